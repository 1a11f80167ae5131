//! The network as the AWS command line prints it after the run: `aws ec2 describe-...`.

use serde_json::{Value, json};

use crate::network::group::{Group, Peer, Rule};
use crate::network::interface::{Interface, Role};
use crate::network::{Network, Subnet, Vpc};
use crate::{FileFormat, Layout, World};

/// When everything of the network was made, as far as AWS says.
const MADE: &str = "2025-01-15T08:00:00.000Z";

/// Returns a file name and its JSON for each call.
pub(crate) fn files(world: &World) -> Vec<(String, Value)> {
    let network = &world.history.network_at(&world.network, world.clock.until);
    let all = |name: &str, values: Vec<Value>| json!({ name: values });
    let each = |kind: &dyn Fn(&Interface) -> Option<Value>| -> Vec<Value> {
        network.interfaces.iter().filter_map(kind).collect()
    };
    let interfaces = each(&|it| Some(interface(network, it)));
    let nat_gateways = each(&|it| nat_gateway(network, it));
    let instances = each(&|it| instance(network, it));
    let groups = (0..network.groups.len()).map(|it| group(network, it)).collect();
    let rules = network.rules.iter().map(|it| rule(network, it)).collect();
    let mut files = vec![
        ("describe-network-interfaces", all("NetworkInterfaces", interfaces)),
        ("describe-security-groups", all("SecurityGroups", groups)),
        ("describe-security-group-rules", all("SecurityGroupRules", rules)),
        ("describe-managed-prefix-lists", all("PrefixLists", prefix_lists(network))),
        (
            "describe-subnets",
            all("Subnets", network.subnets.iter().map(|it| subnet(network, it)).collect()),
        ),
        ("describe-vpcs", all("Vpcs", network.vpcs.iter().map(vpc).collect())),
        ("describe-nat-gateways", all("NatGateways", nat_gateways)),
        ("describe-instances", all("Reservations", instances)),
        (
            "describe-flow-logs",
            all("FlowLogs", network.vpcs.iter().map(|it| flow_log(world, it)).collect()),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (format!("{name}.json"), value))
    .collect::<Vec<_>>();
    for list in &network.prefix_lists {
        let entries: Vec<Value> =
            list.entries.iter().map(|it| json!({ "Cidr": it.to_string() })).collect();
        let name = format!("get-managed-prefix-list-entries-{}.json", list.id);
        files.push((name, all("Entries", entries)));
    }
    files
}

fn tags(name: &str) -> Value {
    json!([{ "Key": "Name", "Value": name }])
}

fn group_names(network: &Network, groups: &[usize]) -> Vec<Value> {
    let name = |it: &usize| json!({ "GroupId": network.groups[*it].id, "GroupName": network.groups[*it].name });
    groups.iter().map(name).collect()
}

/// Returns an interface as an element of `NetworkInterfaces`.
pub(crate) fn interface(network: &Network, interface: &Interface) -> Value {
    let vpc = &network.vpcs[interface.vpc];
    let subnet = &network.subnets[interface.subnet];
    let address = |it: u16| network.addresses[usize::from(it)].to_string();
    let association = interface.public.map(|ip| {
        json!({
            "PublicIp": ip.to_string(),
            "PublicDnsName": format!("ec2-{}.compute-1.amazonaws.com", ip.to_string().replace('.', "-")),
            "IpOwnerId": if interface.role == Role::Alb { "amazon-elb" } else { vpc.account.as_str() },
        })
    });
    let mut addresses =
        vec![json!({ "PrivateIpAddress": address(interface.primary), "Primary": true })];
    if let (Some(association), Some(first)) = (&association, addresses.first_mut()) {
        first["Association"] = association.clone();
    }
    for pod in &interface.pods {
        addresses.push(json!({ "PrivateIpAddress": address(*pod), "Primary": false }));
    }
    let v6: Vec<Value> = interface
        .v6
        .iter()
        .map(|it| json!({ "Ipv6Address": address(*it), "IsPrimaryIpv6": false }))
        .collect();
    let is_managed = !interface.role.is_instance();
    let mut value = json!({
        "NetworkInterfaceId": interface.id,
        "VpcId": vpc.id,
        "SubnetId": subnet.id,
        "AvailabilityZone": network.zone_name(subnet.zone),
        "AvailabilityZoneId": network.zone_id(subnet.zone),
        "OwnerId": vpc.account,
        "Description": interface.description(),
        "InterfaceType": interface.role.interface_type(),
        "Status": "in-use",
        "RequesterManaged": is_managed,
        "SourceDestCheck": interface.role != Role::Nat,
        "MacAddress": mac(&interface.id),
        "PrivateIpAddress": address(interface.primary),
        "PrivateIpAddresses": addresses,
        "Ipv6Addresses": v6,
        "Groups": group_names(network, &interface.groups),
        "Attachment": attachment(interface, &vpc.account),
        "TagSet": tags(&interface.tag(network)),
    });
    if let Some(association) = association {
        value["Association"] = association;
    }
    if is_managed {
        value["RequesterId"] = json!(requester(interface.role));
    }
    value
}

fn requester(role: Role) -> &'static str {
    match role {
        Role::Alb => "amazon-elb",
        Role::Rds => "amazon-rds",
        _ => "amazon-aws",
    }
}

fn attachment(interface: &Interface, account: &str) -> Value {
    let suffix = interface.id.trim_start_matches("eni-");
    let mut value = json!({
        "AttachmentId": format!("eni-attach-{suffix}"),
        "AttachTime": MADE,
        "DeviceIndex": 0,
        "Status": "attached",
        "DeleteOnTermination": interface.role.is_instance(),
        "InstanceOwnerId": if interface.role.is_instance() { account } else { requester(interface.role) },
    });
    if let Some(instance_id) = &interface.instance_id {
        value["InstanceId"] = json!(instance_id);
    }
    value
}

/// Returns a MAC address made of the interface's id.
fn mac(id: &str) -> String {
    let digits = id.trim_start_matches("eni-");
    let pairs: Vec<&str> = (0..5).filter_map(|it| digits.get(it * 2..it * 2 + 2)).collect();
    format!("0e:{}", pairs.join(":"))
}

fn group(network: &Network, index: usize) -> Value {
    let group: &Group = &network.groups[index];
    let vpc = &network.vpcs[group.vpc];
    let permissions = |is_egress: bool| -> Vec<Value> {
        let rules = network.rules.iter();
        let own = rules.filter(|it| it.group == index && it.is_egress == is_egress);
        own.map(|it| permission(network, it)).collect()
    };
    json!({
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": format!("{} of {}", group.name, vpc.name),
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "SecurityGroupArn": arn(network, vpc, "security-group", &group.id),
        "IpPermissions": permissions(false),
        "IpPermissionsEgress": permissions(true),
        "Tags": tags(group.name),
    })
}

/// Returns the ARN of something of EC2's.
pub(crate) fn arn(network: &Network, vpc: &Vpc, what: &str, id: &str) -> String {
    format!("arn:aws:ec2:{}:{}:{what}/{id}", network.region, vpc.account)
}

fn permission(network: &Network, rule: &Rule) -> Value {
    let mut value = json!({
        "IpProtocol": rule.protocol_name(),
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    });
    if rule.protocol_name() != "-1" {
        let (from_port, to_port) = rule.ports();
        value["FromPort"] = json!(from_port);
        value["ToPort"] = json!(to_port);
    }
    match rule.peer {
        Peer::Range(cidr) if cidr.ip.is_ipv6() => {
            value["Ipv6Ranges"] = json!([{ "CidrIpv6": cidr.to_string() }]);
        }
        Peer::Range(cidr) => value["IpRanges"] = json!([{ "CidrIp": cidr.to_string() }]),
        Peer::List(list) => {
            value["PrefixListIds"] = json!([{ "PrefixListId": network.prefix_lists[list].id }]);
        }
        Peer::Group(group) => {
            let group = &network.groups[group];
            let account = &network.vpcs[group.vpc].account;
            value["UserIdGroupPairs"] = json!([{ "GroupId": group.id, "UserId": account }]);
        }
    }
    value
}

fn rule(network: &Network, rule: &Rule) -> Value {
    let group = &network.groups[rule.group];
    let vpc = &network.vpcs[group.vpc];
    let (from_port, to_port) = rule.ports();
    let mut value = json!({
        "SecurityGroupRuleId": rule.id,
        "GroupId": group.id,
        "GroupOwnerId": vpc.account,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.protocol_name(),
        "FromPort": from_port,
        "ToPort": to_port,
        "Tags": [],
        "SecurityGroupRuleArn": arn(network, vpc, "security-group-rule", &rule.id),
    });
    match rule.peer {
        Peer::Range(cidr) if cidr.ip.is_ipv6() => value["CidrIpv6"] = json!(cidr.to_string()),
        Peer::Range(cidr) => value["CidrIpv4"] = json!(cidr.to_string()),
        Peer::List(list) => value["PrefixListId"] = json!(network.prefix_lists[list].id),
        Peer::Group(peer) => {
            let peer = &network.groups[peer];
            value["ReferencedGroupInfo"] = json!({
                "GroupId": peer.id,
                "UserId": network.vpcs[peer.vpc].account,
                "VpcId": network.vpcs[peer.vpc].id,
            });
        }
    }
    value
}

fn prefix_lists(network: &Network) -> Vec<Value> {
    let value = |it: &crate::network::group::PrefixList| {
        json!({
            "PrefixListId": it.id,
            "PrefixListName": it.name,
            "AddressFamily": "IPv4",
            "State": "create-complete",
            "MaxEntries": it.entries.len(),
            "Version": 1,
            "OwnerId": it.owner,
            "PrefixListArn": format!("arn:aws:ec2:{}:{}:prefix-list/{}", network.region, it.owner.to_lowercase(), it.id),
        })
    };
    network.prefix_lists.iter().map(value).collect()
}

fn subnet(network: &Network, subnet: &Subnet) -> Value {
    let vpc = &network.vpcs[subnet.vpc];
    json!({
        "SubnetId": subnet.id,
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "CidrBlock": subnet.cidr.to_string(),
        "Ipv6CidrBlockAssociationSet": [{
            "Ipv6CidrBlock": subnet.cidr_v6.to_string(),
            "Ipv6CidrBlockState": { "State": "associated" },
        }],
        "AvailabilityZone": network.zone_name(subnet.zone),
        "AvailabilityZoneId": network.zone_id(subnet.zone),
        "MapPublicIpOnLaunch": subnet.tier == crate::network::Tier::Public,
        "State": "available",
        "Tags": tags(&format!("{}-{}-{}", vpc.name, subnet.tier.name(), subnet.zone + 1)),
    })
}

fn vpc(vpc: &Vpc) -> Value {
    json!({
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "CidrBlock": vpc.cidr.to_string(),
        "CidrBlockAssociationSet": [{
            "CidrBlock": vpc.cidr.to_string(),
            "CidrBlockState": { "State": "associated" },
        }],
        "Ipv6CidrBlockAssociationSet": [{
            "Ipv6CidrBlock": vpc.cidr_v6.to_string(),
            "Ipv6CidrBlockState": { "State": "associated" },
        }],
        "InstanceTenancy": "default",
        "IsDefault": false,
        "State": "available",
        "Tags": tags(vpc.name),
    })
}

fn nat_gateway(network: &Network, interface: &Interface) -> Option<Value> {
    let public = interface.public.filter(|_| interface.role == Role::Nat)?;
    let address = &network.addresses[usize::from(interface.primary)];
    Some(json!({
        "NatGatewayId": interface.resource_id,
        "VpcId": network.vpcs[interface.vpc].id,
        "SubnetId": network.subnets[interface.subnet].id,
        "State": "available",
        "ConnectivityType": "public",
        "CreateTime": MADE,
        "NatGatewayAddresses": [{
            "NetworkInterfaceId": interface.id,
            "PrivateIp": address.to_string(),
            "PublicIp": public.to_string(),
            "IsPrimary": true,
            "Status": "succeeded",
        }],
        "Tags": tags(&interface.name),
    }))
}

fn instance(network: &Network, interface: &Interface) -> Option<Value> {
    let instance_id = interface.instance_id.as_ref()?;
    let vpc = &network.vpcs[interface.vpc];
    let subnet = &network.subnets[interface.subnet];
    let suffix = instance_id.trim_start_matches("i-");
    let mut instance = json!({
        "InstanceId": instance_id,
        "InstanceType": "m7i.large",
        "State": { "Code": 16, "Name": "running" },
        "LaunchTime": MADE,
        "VpcId": vpc.id,
        "SubnetId": subnet.id,
        "PrivateIpAddress": network.addresses[usize::from(interface.primary)].to_string(),
        "Placement": { "AvailabilityZone": network.zone_name(subnet.zone), "Tenancy": "default" },
        "SecurityGroups": group_names(network, &interface.groups),
        "NetworkInterfaces": [{ "NetworkInterfaceId": interface.id, "Status": "in-use" }],
        "Tags": tags(&interface.tag(network)),
    });
    if let Some(public) = interface.public {
        instance["PublicIpAddress"] = json!(public.to_string());
    }
    Some(json!({
        "ReservationId": format!("r-{suffix}"),
        "OwnerId": vpc.account,
        "Instances": [instance],
    }))
}

fn flow_log(world: &World, vpc: &Vpc) -> Value {
    let spec = &world.spec;
    let names = world.format.iter().map(|it| {
        let name = tidegate_model::field::FIELDS[*it].name;
        format!("${{{name}}}")
    });
    let file_format = match spec.file_format {
        FileFormat::Text => "plain-text",
        FileFormat::Parquet => "parquet",
    };
    json!({
        "FlowLogId": vpc.flow_log_id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": vpc.id,
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": format!("arn:aws:s3:::tidegate-demo/{}", spec.prefix),
        "LogFormat": names.collect::<Vec<_>>().join(" "),
        "MaxAggregationInterval": spec.interval_s,
        "DeliverLogsStatus": "SUCCESS",
        "CreationTime": MADE,
        "DestinationOptions": {
            "FileFormat": file_format,
            "HiveCompatiblePartitions": spec.layout == Layout::Hive,
            "PerHourPartition": spec.is_hourly,
        },
        "Tags": tags(&format!("{}-flow-log", vpc.name)),
    })
}
