//! Security groups and their rules.
//!
//! `describe-security-groups` has the rules too, as permissions without ids and with several peers
//! each: one rule per peer comes of it. `describe-security-group-rules` has AWS's ids.

use serde_json::Value;
use tidegate_model::inventory::{Peer, SecurityGroup, SecurityGroupRule};

use super::item::{Item, cidr, parts_of_arn};
use super::{Context, Reader};
use crate::Kind;
use crate::kind::rule_key;

/// Numbers of the protocols that AWS writes by name.
const PROTOCOLS: &[(&str, u8)] = &[("tcp", 6), ("udp", 17), ("icmp", 1), ("icmpv6", 58)];

/// Lists of permissions, and whether they are about traffic that leaves.
const PERMISSIONS: &[(&str, bool)] = &[("IpPermissions", false), ("IpPermissionsEgress", true)];

/// Reads an item of `describe-security-groups`.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let group = group(reader, item)?;
    permissions(reader, context, item, &group.id);
    reader.add(context, group, None);
    Some(())
}

/// Returns the group that an item describes.
pub(super) fn group(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<SecurityGroup> {
    let (_, region) = parts_of_arn(&item.text("SecurityGroupArn"));
    Some(SecurityGroup {
        id: item.id("GroupId", reader)?,
        name: item.text("GroupName"),
        description: item.text("Description"),
        vpc_id: item.text("VpcId"),
        account_id: item.text("OwnerId"),
        region,
        tags: item.tags(&["Tags"]),
    })
}

/// Reads the rules of a group from its permissions, which are all that it has.
pub(super) fn permissions(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
    group_id: &str,
) {
    // A choice of fields without permissions says nothing about them.
    let mut is_whole = PERMISSIONS.iter().all(|it| item.get(it.0).is_some());
    for (name, is_egress) in PERMISSIONS {
        for permission in item.list(name) {
            let of = (group_id, *is_egress);
            is_whole &= read_permission(reader, context, &permission, of).is_some();
        }
    }
    // A rule that cannot be read may be one that is known.
    if is_whole {
        reader.list_surely(context, Kind::SecurityGroupRule, group_id);
    }
}

/// Reads the rules of a permission of a group and a direction; `None` if one of them cannot be read.
fn read_permission(
    reader: &mut Reader<'_>,
    context: &Context,
    permission: &Item<'_>,
    (group_id, is_egress): (&str, bool),
) -> Option<()> {
    let base = base(reader, permission, group_id, is_egress)?;
    let mut whole = Some(());
    for peer in peers(reader, permission) {
        let Some((peer, description)) = peer else {
            whole = None;
            continue;
        };
        let rule = SecurityGroupRule { peer, description, ..base.clone() };
        reader.add_alone(context, named_by_content(rule), None);
    }
    whole
}

/// Returns a rule with everything but its peer.
fn base(
    reader: &mut Reader<'_>,
    item: &Item<'_>,
    group_id: &str,
    is_egress: bool,
) -> Option<SecurityGroupRule> {
    let ports = (item.int("FromPort"), item.int("ToPort"));
    let protocol = protocol(reader, &item.child("IpProtocol"))?;
    Some(rule(group_id, is_egress, protocol, ports))
}

/// Returns a rule without peer and id. `protocol` is `None` for all.
pub(super) fn rule(
    group_id: &str,
    is_egress: bool,
    protocol: Option<u8>,
    ports: (Option<i64>, Option<i64>),
) -> SecurityGroupRule {
    // Ports of other protocols mean nothing: see "Security group rules" in the VPC User Guide.
    let has_ports = protocol.is_some_and(|it| PROTOCOLS.iter().any(|(_, known)| *known == it));
    let port = |it: Option<i64>| {
        let port = it.filter(|it| has_ports && *it >= 0);
        port.and_then(|it| i32::try_from(it).ok())
    };
    SecurityGroupRule {
        id: String::new(),
        group_id: group_id.to_owned(),
        is_egress,
        protocol,
        from_port: port(ports.0),
        to_port: port(ports.1),
        peer: Peer::SecurityGroup(String::new()),
        description: String::new(),
    }
}

/// Returns the number of the protocol, `Some(None)` for all.
#[expect(clippy::option_option, reason = "unreadable, all, or one")]
pub(super) fn protocol(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Option<u8>> {
    let text = match item.value {
        Value::String(it) => it.to_ascii_lowercase(),
        Value::Number(it) => it.to_string(),
        _ => String::new(),
    };
    if text == "-1" || text == "all" {
        return Some(None);
    }
    let known = PROTOCOLS.iter().find(|it| it.0 == text).map(|it| it.1);
    let protocol = known.or_else(|| text.parse().ok());
    if protocol.is_none() {
        reader.note(&item.path, &format!("`{text}` is not a protocol"));
    }
    protocol.map(Some)
}

/// Lists of a permission, and the field of an entry that is the peer.
const PEERS: &[(&str, &str)] = &[
    ("IpRanges", "CidrIp"),
    ("Ipv4Ranges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId"),
    ("UserIdGroupPairs", "GroupId"),
];

/// Returns the peers with their descriptions, `None` for each that cannot be read.
fn peers(reader: &mut Reader<'_>, permission: &Item<'_>) -> Vec<Option<(Peer, String)>> {
    let mut peers = Vec::new();
    for (list, field) in PEERS {
        // AWS Config repeats `ipv4Ranges` as `ipRanges`, a list of texts.
        let is_repeated = *list == "IpRanges" && permission.get("Ipv4Ranges").is_some();
        if is_repeated {
            continue;
        }
        for entry in permission.list(list) {
            let peer = peer(reader, &entry, field);
            peers.push(peer.map(|it| (it, entry.text("Description"))));
        }
    }
    peers
}

fn peer(reader: &mut Reader<'_>, entry: &Item<'_>, field: &str) -> Option<Peer> {
    if let Some(text) = entry.value.as_str() {
        return cidr(text, &entry.path, reader).map(Peer::Cidr);
    }
    match field {
        "CidrIp" | "CidrIpv6" => {
            entry.id(field, reader)?;
            entry.cidr(field, reader).map(Peer::Cidr)
        }
        "PrefixListId" => entry.id(field, reader).map(Peer::PrefixList),
        _ => entry.id(field, reader).map(Peer::SecurityGroup),
    }
}

/// Reads an item of `describe-security-group-rules`.
pub(super) fn read_rule(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let (id, group_id) = (item.id("SecurityGroupRuleId", reader)?, item.id("GroupId", reader)?);
    let is_egress = item.flag("IsEgress").unwrap_or(false);
    let base = base(reader, item, &group_id, is_egress)?;
    let peer = peer_of_rule(reader, item)?;
    let description = item.text("Description");
    reader.add(context, SecurityGroupRule { id, peer, description, ..base }, None);
    Some(())
}

fn peer_of_rule(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Peer> {
    for field in ["CidrIpv4", "CidrIpv6"] {
        if item.get(field).is_some() {
            return item.cidr(field, reader).map(Peer::Cidr);
        }
    }
    if item.get("PrefixListId").is_some() {
        return Some(Peer::PrefixList(item.text("PrefixListId")));
    }
    let group_id = item.child("ReferencedGroupInfo").text("GroupId");
    if group_id.is_empty() {
        reader.note(&item.path, "the rule has no peer");
        return None;
    }
    Some(Peer::SecurityGroup(group_id))
}

/// Gives a rule that has no id of AWS one that is made of what it says.
pub(super) fn named_by_content(mut rule: SecurityGroupRule) -> SecurityGroupRule {
    rule.id = rule_key(&rule);
    rule
}
