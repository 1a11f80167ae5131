//! The names of EC2's XML as the AWS command line writes them, and what is no text.
//!
//! EC2 answers `<networkInterfaceSet><item>...`, the command line prints `"NetworkInterfaces":
//! [...]`: whoever reads the one can read the other after [`to_json`]. A name that is not in the table
//! begins with a capital letter and is else the same. Source: the model of the API, version 2016-11-15.

use serde_json::{Map, Value};

use super::xml::Element;

/// What an element holds.
#[derive(Clone, Copy)]
enum Form {
    /// A list of `<item>`.
    List,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Text, or elements.
    Plain,
}

use Form::{Flag, List, Number, Plain};

/// Names within an element that are others elsewhere: the element around, name, name as printed.
const LOCAL_NAMES: &[(&str, &str, &str)] = &[
    ("instancesSet", "groupSet", "SecurityGroups"),
    ("networkInterfaceSet", "tagSet", "TagSet"),
    ("productCodes", "type", "ProductCodeType"),
];

/// Name, name as printed (empty: with a capital letter), what it holds.
const NAMES: &[(&str, &str, Form)] = &[
    ("associatedSubnetSet", "AssociatedSubnets", List),
    ("attachedApplianceSet", "AttachedAppliances", List),
    ("blockDeviceMapping", "BlockDeviceMappings", List),
    ("cidrBlockAssociationSet", "", List),
    ("elasticGpuAssociationSet", "ElasticGpuAssociations", List),
    ("elasticInferenceAcceleratorAssociationSet", "ElasticInferenceAcceleratorAssociations", List),
    ("entrySet", "Entries", List),
    ("flowLogIdSet", "FlowLogIds", List),
    ("flowLogSet", "FlowLogs", List),
    ("geographySet", "Geography", List),
    ("groupSet", "Groups", List),
    ("groups", "UserIdGroupPairs", List),
    ("instancesSet", "Instances", List),
    ("ipPermissions", "", List),
    ("ipPermissionsEgress", "", List),
    ("ipRanges", "", List),
    ("ipv4PrefixSet", "Ipv4Prefixes", List),
    ("ipv6AddressesSet", "Ipv6Addresses", List),
    ("ipv6CidrBlockAssociationSet", "", List),
    ("ipv6PrefixSet", "Ipv6Prefixes", List),
    ("ipv6Ranges", "", List),
    ("licenseSet", "Licenses", List),
    ("metricCategoryIdSet", "MetricCategoryIds", List),
    ("natGatewayAddressSet", "NatGatewayAddresses", List),
    ("natGatewaySet", "NatGateways", List),
    ("networkInterfaceSet", "NetworkInterfaces", List),
    ("prefixListIds", "", List),
    ("prefixListSet", "PrefixLists", List),
    ("privateIpAddressSet", "PrivateIpAddresses", List),
    ("privateIpAddressesSet", "PrivateIpAddresses", List),
    ("productCodes", "", List),
    ("regionInfo", "Regions", List),
    ("reservationSet", "Reservations", List),
    ("revokedSecurityGroupRuleSet", "RevokedSecurityGroupRules", List),
    ("secondaryInterfaceSet", "SecondaryInterfaces", List),
    ("securityGroupInfo", "SecurityGroups", List),
    ("securityGroupReferenceSet", "", List),
    ("securityGroupRuleSet", "SecurityGroupRules", List),
    ("subnetSet", "Subnets", List),
    ("tagFieldSpecificationSet", "TagFieldSpecifications", List),
    ("tagKeySet", "TagKeys", List),
    ("tagSet", "Tags", List),
    ("unknownIpPermissionSet", "UnknownIpPermissions", List),
    ("unsuccessful", "", List),
    ("vpcSet", "Vpcs", List),
    ("dnsName", "PublicDnsName", Plain),
    ("groupDescription", "Description", Plain),
    ("instanceState", "State", Plain),
    ("ipAddress", "PublicIpAddress", Plain),
    ("productCode", "ProductCodeId", Plain),
    ("reason", "StateTransitionReason", Plain),
    ("regionEndpoint", "Endpoint", Plain),
    ("amiLaunchIndex", "", Number),
    ("availableIpAddressCount", "", Number),
    ("coreCount", "", Number),
    ("deviceIndex", "", Number),
    ("ebsCardIndex", "", Number),
    ("enaQueueCount", "", Number),
    ("enableLniAtDeviceIndex", "", Number),
    ("fromPort", "", Number),
    ("httpPutResponseHopLimit", "", Number),
    ("maxAggregationInterval", "", Number),
    ("maxEntries", "", Number),
    ("networkCardIndex", "", Number),
    ("partitionNumber", "", Number),
    ("tcpEstablishedTimeout", "", Number),
    ("threadsPerCore", "", Number),
    ("toPort", "", Number),
    ("udpStreamTimeout", "", Number),
    ("udpTimeout", "", Number),
    ("version", "", Number),
    ("assignIpv6AddressOnCreation", "", Flag),
    ("configured", "", Flag),
    ("defaultForAz", "", Flag),
    ("deleteOnTermination", "", Flag),
    ("denyAllIgwTraffic", "", Flag),
    ("ebsOptimized", "", Flag),
    ("enaSrdEnabled", "", Flag),
    ("enaSrdUdpEnabled", "", Flag),
    ("enaSupport", "", Flag),
    ("enableDns64", "", Flag),
    ("enableResourceNameDnsAAAARecord", "", Flag),
    ("enableResourceNameDnsARecord", "", Flag),
    ("enabled", "", Flag),
    ("hiddenByDefault", "", Flag),
    ("hiveCompatiblePartitions", "", Flag),
    ("ipamPrefixListResolverSyncEnabled", "", Flag),
    ("ipv6Native", "", Flag),
    ("isDefault", "", Flag),
    ("isEgress", "", Flag),
    ("isPrimary", "", Flag),
    ("isPrimaryIpv6", "", Flag),
    ("managed", "", Flag),
    ("mapCustomerOwnedIpOnLaunch", "", Flag),
    ("mapPublicIpOnLaunch", "", Flag),
    ("perHourPartition", "", Flag),
    ("primary", "", Flag),
    ("requesterManaged", "", Flag),
    ("return", "", Flag),
    ("sourceDestCheck", "", Flag),
];

/// Returns an answer of EC2 as the command line prints it.
pub(crate) fn to_json(root: &Element) -> Value {
    object(root, "")
}

/// Returns the elements of `element`, which stand in the list or element `around`.
fn object(element: &Element, around: &str) -> Value {
    let mut map = Map::new();
    for child in &element.children {
        let row = NAMES.iter().find(|it| it.0 == child.name);
        let printed = printed(around, &child.name, row.map_or("", |it| it.1));
        map.insert(printed, value(child, row.map_or(Plain, |it| it.2)));
    }
    Value::Object(map)
}

fn printed(around: &str, name: &str, in_table: &str) -> String {
    let local = LOCAL_NAMES.iter().find(|it| it.0 == around && it.1 == name).map(|it| it.2);
    match local.unwrap_or(in_table) {
        "" => {
            let mut characters = name.chars();
            let first = characters.next().map(|it| it.to_ascii_uppercase());
            first.into_iter().chain(characters).collect()
        }
        printed => printed.to_owned(),
    }
}

fn value(element: &Element, form: Form) -> Value {
    match form {
        List => element.children.iter().map(|it| plain(it, &element.name)).collect(),
        Number => element.text.trim().parse::<i64>().map_or_else(|_| text(element), Value::from),
        Flag => element.text.trim().parse::<bool>().map_or_else(|_| text(element), Value::from),
        Plain => plain(element, &element.name),
    }
}

fn plain(element: &Element, around: &str) -> Value {
    if element.children.is_empty() { text(element) } else { object(element, around) }
}

fn text(element: &Element) -> Value {
    Value::from(element.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::xml;

    fn check(text: &str) -> String {
        to_json(&xml::parse(text.as_bytes()).unwrap()).to_string()
    }

    #[test]
    fn names_numbers_flags_and_lists_are_as_the_command_line_prints_them() {
        insta::assert_snapshot!(check(
            "<DescribeSecurityGroupsResponse><requestId>r</requestId><securityGroupInfo><item>
            <groupId>sg-1</groupId><groupDescription>443</groupDescription><ipPermissions><item>
            <ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><groups><item>
            <groupId>sg-2</groupId></item></groups><ipRanges/></item></ipPermissions><tagSet><item>
            <key>a</key><value>true</value></item></tagSet></item></securityGroupInfo>
            </DescribeSecurityGroupsResponse>"
        ), @r#"{"RequestId":"r","SecurityGroups":[{"Description":"443","GroupId":"sg-1","IpPermissions":[{"FromPort":443,"IpProtocol":"tcp","IpRanges":[],"ToPort":443,"UserIdGroupPairs":[{"GroupId":"sg-2"}]}],"Tags":[{"Key":"a","Value":"true"}]}]}"#);
        insta::assert_snapshot!(check(
            "<R><networkInterfaceSet><item><tagSet/><groupSet/><sourceDestCheck>false
            </sourceDestCheck></item></networkInterfaceSet><reservationSet><item><groupSet/>
            <instancesSet><item><groupSet/><networkInterfaceSet><item><groupSet/></item>
            </networkInterfaceSet></item></instancesSet></item></reservationSet></R>"
        ), @r#"{"NetworkInterfaces":[{"Groups":[],"SourceDestCheck":false,"TagSet":[]}],"Reservations":[{"Groups":[],"Instances":[{"NetworkInterfaces":[{"Groups":[]}],"SecurityGroups":[]}]}]}"#);
    }

    #[test]
    fn no_name_is_in_the_table_twice() {
        let mut names: Vec<&str> = NAMES.iter().map(|it| it.0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }
}
