//! New rules as a template of `CloudFormation`.
//!
//! A stack deletes only what a stack made: the old rules are named in the template's metadata, and
//! go by the script, or with the stack that they are of.

use serde_json::{Map, Value, json};
use tidegate_model::inventory::{Peer, SecurityGroupRule};

use super::permission::is_named;
use crate::flow::protocol_name;
use crate::steps::{self, Action, Steps, ports};

/// Returns the template, in JSON; `None` if the plan has no new rules, since a template cannot be
/// empty.
#[must_use]
pub fn cloud_formation(steps: &Steps) -> Option<String> {
    let of = |action| steps.steps.iter().filter(move |it| it.action == action);
    let mut resources = Map::new();
    for rule in of(Action::Authorize).flat_map(|it| &it.rules) {
        let way = if rule.is_egress { "Egress" } else { "Ingress" };
        let group: String = rule.group_id.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{way}{group}N{}", resources.len() + 1);
        resources.insert(name, resource(rule));
    }
    if resources.is_empty() {
        return None;
    }
    let old = of(Action::Revoke).flat_map(|it| &it.rules).map(|it| {
        let id = if is_named(it) { it.id.as_str() } else { "" };
        json!({ "GroupId": it.group_id, "SecurityGroupRuleId": id, "Says": steps::words(it) })
    });
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Narrower security group rules, as advised by tidegate advise sg. The rules \
            that they take the place of are in the metadata: revoke them after a look.",
        "Metadata": { "RulesToRevoke": old.collect::<Vec<_>>() },
        "Resources": resources,
    });
    Some(format!("{template:#}\n"))
}

fn resource(rule: &SecurityGroupRule) -> Value {
    let mut properties = json!({
        "GroupId": rule.group_id,
        "IpProtocol": protocol_name(rule.protocol),
    });
    if let Some((from, to)) = ports(rule) {
        properties["FromPort"] = from.into();
        properties["ToPort"] = to.into();
    }
    let (name, peer) = match (&rule.peer, rule.is_egress) {
        (Peer::Cidr(cidr), _) if cidr.first().is_ipv6() => ("CidrIpv6", cidr.to_string()),
        (Peer::Cidr(cidr), _) => ("CidrIp", cidr.to_string()),
        (Peer::PrefixList(id), false) => ("SourcePrefixListId", id.clone()),
        (Peer::PrefixList(id), true) => ("DestinationPrefixListId", id.clone()),
        (Peer::SecurityGroup(id), false) => ("SourceSecurityGroupId", id.clone()),
        (Peer::SecurityGroup(id), true) => ("DestinationSecurityGroupId", id.clone()),
    };
    properties[name] = peer.into();
    if !rule.description.is_empty() {
        properties["Description"] = rule.description.as_str().into();
    }
    let kind = if rule.is_egress { "SecurityGroupEgress" } else { "SecurityGroupIngress" };
    json!({ "Type": format!("AWS::EC2::{kind}"), "Properties": properties })
}
