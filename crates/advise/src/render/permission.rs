//! Rules as the AWS command line and templates take them.

use serde_json::{Value, json};
use tidegate_model::inventory::{Peer, SecurityGroupRule};

use crate::flow::protocol_name;
use crate::steps::ports;

/// Returns a rule as an element of `IpPermissions`.
pub(super) fn permission(rule: &SecurityGroupRule) -> Value {
    let mut permission = json!({ "IpProtocol": protocol_name(rule.protocol) });
    if let Some((from, to)) = ports(rule) {
        permission["FromPort"] = from.into();
        permission["ToPort"] = to.into();
    }
    let (list, name, value) = match &rule.peer {
        Peer::Cidr(cidr) if cidr.first().is_ipv6() => ("Ipv6Ranges", "CidrIpv6", cidr.to_string()),
        Peer::Cidr(cidr) => ("IpRanges", "CidrIp", cidr.to_string()),
        Peer::PrefixList(id) => ("PrefixListIds", "PrefixListId", id.clone()),
        Peer::SecurityGroup(id) => ("UserIdGroupPairs", "GroupId", id.clone()),
    };
    let mut peer = json!({ name: value });
    if !rule.description.is_empty() {
        peer["Description"] = rule.description.as_str().into();
    }
    permission[list] = json!([peer]);
    permission
}

/// Returns whether a rule's id is AWS's own, by which it can be revoked.
pub(super) fn is_named(rule: &SecurityGroupRule) -> bool {
    let digits = rule.id.strip_prefix("sgr-").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_hexdigit())
}
