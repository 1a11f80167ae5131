//! Security groups and their rules: read now; and rules made and revoked.

use serde_json::Value;
use tidegate_model::inventory::{Peer, SecurityGroupRule, Tags};

use crate::call::request::{Params, query};
use crate::call::service::EC2;
use crate::call::{self};
use crate::listing::pages;
use crate::{Error, Region, Result};

/// Groups that one call may name.
const GROUPS_MAX: usize = 200;

/// The field with the id of a rule.
const RULE_ID: &str = "SecurityGroupRuleId";

/// Which way the traffic of rules goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the interfaces of the group.
    Ingress,
    /// From them.
    Egress,
}

impl Direction {
    /// Returns the direction of a rule.
    #[must_use]
    pub fn of(rule: &SecurityGroupRule) -> Self {
        if rule.is_egress { Self::Egress } else { Self::Ingress }
    }
}

/// A rule to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRule {
    /// What it says; its id and the direction are not looked at.
    pub rule: SecurityGroupRule,
    /// Owner of the group that is its peer, if that is another account.
    pub peer_account_id: Option<String>,
}

/// Returns groups as `describe-security-groups` prints them, and their rules as
/// `describe-security-group-rules` does: two documents, as they are now.
///
/// # Errors
///
/// If one of the groups is not there, or not everything could be read.
pub async fn describe(region: &Region, group_ids: &[String]) -> Result<[Value; 2]> {
    let mut groups = Vec::new();
    let mut rules = Vec::new();
    for ids in group_ids.chunks(GROUPS_MAX) {
        let by_id = |token: Option<&str>| {
            let mut params = Params::new();
            params.add_list("GroupId", ids);
            params.add_some("NextToken", token);
            params
        };
        let action = "DescribeSecurityGroups";
        collect(region, action, "SecurityGroups", &by_id, &mut groups).await?;
        let by_filter = |token: Option<&str>| {
            let mut params = Params::new();
            params.add("Filter.1.Name", "group-id");
            params.add_list("Filter.1.Value", ids);
            params.add("MaxResults", 1_000);
            params.add_some("NextToken", token);
            params
        };
        let action = "DescribeSecurityGroupRules";
        collect(region, action, "SecurityGroupRules", &by_filter, &mut rules).await?;
    }
    let groups = serde_json::json!({ "SecurityGroups": groups });
    Ok([groups, serde_json::json!({ "SecurityGroupRules": rules })])
}

/// Adds all items of a list, or fails.
async fn collect(
    region: &Region,
    action: &'static str,
    key: &str,
    params: &(dyn Fn(Option<&str>) -> Params + Sync),
    items: &mut Vec<Value>,
) -> Result<()> {
    let list = pages(region, action, key, params, &mut |it| items.push(it.clone())).await?;
    list.stopped.map_or(Ok(()), Err)
}

/// Makes rules in one step: all of them or none. Returns their ids, in the order of `rules`.
///
/// `tags` are those of each new rule.
///
/// # Errors
///
/// `InvalidPermission.Duplicate` if one is there already, `RulesPerSecurityGroupLimitExceeded`, ...
pub async fn authorize(
    region: &Region,
    group_id: &str,
    direction: Direction,
    rules: &[NewRule],
    tags: &Tags,
) -> Result<Vec<String>> {
    let action = match direction {
        Direction::Ingress => "AuthorizeSecurityGroupIngress",
        Direction::Egress => "AuthorizeSecurityGroupEgress",
    };
    let mut params = Params::new();
    params.add("GroupId", group_id);
    for (index, rule) in rules.iter().enumerate() {
        add_permission(&mut params, &format!("IpPermissions.{}", index + 1), rule);
    }
    params.add_tags("security-group-rule", tags);
    let request = query(&EC2, action, params);
    let call = call::of(region, &request);
    let (answer, error) = match call::ec2(region, &request).await {
        Ok(answer) => {
            let reason = "rules that were asked for are not there".to_owned();
            (answer, Error::Answer { call, reason })
        }
        Err(error) if error.may_be_done("InvalidPermission.Duplicate") => (Value::Null, error),
        Err(error) => return Err(error),
    };
    if let Some(ids) = ids_of(rules_in(&answer), direction, rules) {
        return Ok(ids);
    }
    // The answer that named them was lost; and servers of another make do not name every rule.
    let [_, listed] = describe(region, &[group_id.to_owned()]).await?;
    ids_of(rules_in(&listed), direction, rules).ok_or(error)
}

fn rules_in(document: &Value) -> &[Value] {
    document["SecurityGroupRules"].as_array().map_or(&[][..], Vec::as_slice)
}

/// Adds a permission with one peer.
fn add_permission(params: &mut Params, prefix: &str, NewRule { rule, peer_account_id }: &NewRule) {
    let mut add = |name: &str, value: &str| params.add(&format!("{prefix}.{name}"), value);
    add("IpProtocol", &protocol_of(rule));
    // No port means all of them, which AWS wants to be told for protocols that have ports.
    let is_icmp = matches!(rule.protocol, Some(1 | 58));
    let (first, last) = if is_icmp { (-1, -1) } else { (0, 65_535) };
    if is_icmp || matches!(rule.protocol, Some(6 | 17)) {
        add("FromPort", &rule.from_port.unwrap_or(first).to_string());
        add("ToPort", &rule.to_port.unwrap_or(last).to_string());
    }
    let (peers, name, value) = match &rule.peer {
        Peer::Cidr(it) if it.to_string().contains(':') => {
            ("Ipv6Ranges", "CidrIpv6", it.to_string())
        }
        Peer::Cidr(it) => ("IpRanges", "CidrIp", it.to_string()),
        Peer::PrefixList(it) => ("PrefixListIds", "PrefixListId", it.clone()),
        Peer::SecurityGroup(it) => ("Groups", "GroupId", it.clone()),
    };
    add(&format!("{peers}.1.{name}"), &value);
    if let (Peer::SecurityGroup(_), Some(account_id)) = (&rule.peer, peer_account_id) {
        add(&format!("{peers}.1.UserId"), account_id);
    }
    if !rule.description.is_empty() {
        add(&format!("{peers}.1.Description"), &rule.description);
    }
}

/// Returns the ids of `rules` in the listing, in their order: by what they say, since AWS promises no
/// order. `None` if one is not there.
fn ids_of(listed: &[Value], direction: Direction, rules: &[NewRule]) -> Option<Vec<String>> {
    let mut left: Vec<&Value> = listed.iter().collect();
    left.retain(|it| it["IsEgress"].as_bool() == Some(direction == Direction::Egress));
    let mut ids = Vec::new();
    for NewRule { rule, .. } in rules {
        let index = left.iter().position(|it| is_of(it, rule))?;
        ids.push(left.remove(index)[RULE_ID].as_str()?.to_owned());
    }
    Some(ids)
}

fn is_of(listed: &Value, rule: &SecurityGroupRule) -> bool {
    let text = |name: &str| listed[name].as_str().unwrap_or_default();
    let is_peer = match &rule.peer {
        Peer::Cidr(it) => [text("CidrIpv4"), text("CidrIpv6")].contains(&it.to_string().as_str()),
        Peer::PrefixList(it) => text("PrefixListId") == it,
        Peer::SecurityGroup(it) => listed["ReferencedGroupInfo"]["GroupId"].as_str() == Some(it),
    };
    let is_port = |name: &str, wanted: Option<i32>| {
        wanted.is_none_or(|it| listed[name].as_i64() == Some(i64::from(it)))
    };
    is_peer
        && text("IpProtocol") == protocol_of(rule)
        && is_port("FromPort", rule.from_port)
        && is_port("ToPort", rule.to_port)
}

/// Returns the protocol as AWS writes it.
fn protocol_of(rule: &SecurityGroupRule) -> String {
    match rule.protocol {
        None => "-1".to_owned(),
        Some(6) => "tcp".to_owned(),
        Some(17) => "udp".to_owned(),
        Some(1) => "icmp".to_owned(),
        Some(58) => "icmpv6".to_owned(),
        Some(other) => other.to_string(),
    }
}

/// Revokes rules of a group by their ids, in one step.
///
/// # Errors
///
/// `InvalidSecurityGroupRuleId.NotFound` if one is gone already, ...
pub async fn revoke(
    region: &Region,
    group_id: &str,
    direction: Direction,
    rule_ids: &[String],
) -> Result<()> {
    let action = match direction {
        Direction::Ingress => "RevokeSecurityGroupIngress",
        Direction::Egress => "RevokeSecurityGroupEgress",
    };
    let mut params = Params::new();
    params.add("GroupId", group_id);
    params.add_list("SecurityGroupRuleId", rule_ids);
    match call::ec2(region, &query(&EC2, action, params)).await {
        Ok(_) => Ok(()),
        Err(error) if error.may_be_done("InvalidSecurityGroupRuleId.NotFound") => {
            let [_, listed] = describe(region, &[group_id.to_owned()]).await?;
            let mut left = rules_in(&listed).iter().filter_map(|it| it[RULE_ID].as_str());
            if left.any(|it| rule_ids.iter().any(|id| id == it)) { Err(error) } else { Ok(()) }
        }
        Err(error) => Err(error),
    }
}
