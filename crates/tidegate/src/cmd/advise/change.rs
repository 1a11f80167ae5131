//! A change of rules that somebody has in a file.
//!
//! What the AWS command line prints of groups and rules says how they would be: rules of these
//! groups that it does not have go. A plan of Terraform says both, before and after.

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde_json::{Value, json};
use tidegate_inventory::Seen;
use tidegate_inventory::read::{Extent, File};
use tidegate_model::inventory::{Inventory, SecurityGroupRule};

use crate::failure::Usage;

/// What goes and what comes.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Rules that go.
    pub(super) revoke: Vec<SecurityGroupRule>,
    /// Rules that come.
    pub(super) authorize: Vec<SecurityGroupRule>,
    /// What could not be read, in words.
    pub(super) notes: Vec<String>,
}

impl Change {
    /// Returns the groups that change, ascending.
    pub(super) fn group_ids(&self) -> Vec<String> {
        let all = self.revoke.iter().chain(&self.authorize).map(|it| it.group_id.clone());
        all.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

/// Reads a change.
///
/// # Errors
///
/// If the file is no JSON, or has no rules.
pub(super) fn read(name: &str, bytes: &[u8], inventory: &Inventory) -> anyhow::Result<Change> {
    let attempt = || format!("cannot read `{name}`");
    let document: Value = serde_json::from_slice(bytes).with_context(attempt)?;
    let change = match document["resource_changes"].as_array() {
        Some(resources) => of_plan(name, resources),
        None => of_listing(name, bytes, inventory)?,
    };
    if change.revoke.is_empty() && change.authorize.is_empty() {
        let hint = "it must have rules of security groups, and they must differ from those of now";
        return Err(Usage::new(format!("`{name}` changes no rule"), hint).into());
    }
    Ok(change)
}

/// Returns the change from the rules of today to those of a listing.
fn of_listing(name: &str, bytes: &[u8], inventory: &Inventory) -> anyhow::Result<Change> {
    let seen = seen(name, bytes);
    let groups = seen.security_groups.iter().map(|it| it.value.id.as_str());
    let rules = seen.security_group_rules.iter().map(|it| it.value.group_id.as_str());
    let groups: BTreeSet<&str> = groups.chain(rules).collect();
    if groups.is_empty() {
        let hint = "give what `aws ec2 describe-security-groups`, `aws ec2 \
                    describe-security-group-rules` or `terraform show -json PLAN` prints";
        return Err(Usage::new(format!("`{name}` has no security groups"), hint).into());
    }
    let today = inventory.security_group_rules.iter().filter(|it| it.validity.is_open());
    let today = today.map(|it| &it.value).filter(|it| groups.contains(it.group_id.as_str()));
    let today: Vec<SecurityGroupRule> = today.cloned().collect();
    Ok(between(&today, &rules_of(&seen), notes(&seen)))
}

/// Returns the change that a plan of Terraform makes.
fn of_plan(name: &str, resources: &[Value]) -> Change {
    let [before, after] = ["before", "after"].map(|side| seen(name, &state(resources, side)));
    let mut notes = notes(&after);
    let made = resources.iter().filter(|it| it["type"] == "aws_security_group");
    let made = made.filter(|it| it["change"]["before"].is_null());
    notes.extend(made.map(|it| {
        let address = it["address"].as_str().unwrap_or_default();
        format!("{address} is a new group: nobody carries it yet, so its rules admit nothing")
    }));
    between(&rules_of(&before), &rules_of(&after), notes)
}

/// Returns one side of a plan in the form of Terraform's state.
fn state(resources: &[Value], side: &str) -> Vec<u8> {
    let resource = |it: &Value| {
        let mut attributes = it["change"][side].clone();
        if !attributes.is_object() {
            return None;
        }
        if attributes["id"].is_null() {
            // What is not made yet has no id.
            attributes["id"] = it["address"].clone();
        }
        Some(json!({
            "mode": it["mode"],
            "type": it["type"],
            "name": it["name"],
            "instances": [{ "attributes": attributes }],
        }))
    };
    let resources: Vec<Value> = resources.iter().filter_map(resource).collect();
    json!({ "version": 4, "resources": resources }).to_string().into_bytes()
}

fn seen(name: &str, bytes: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let file = File { name, bytes, moment_us: 0, extent: Extent::Partial };
    tidegate_inventory::read::read(&file, &mut seen);
    seen
}

fn rules_of(seen: &Seen) -> Vec<SecurityGroupRule> {
    seen.security_group_rules.iter().map(|it| it.value.clone()).collect()
}

fn notes(seen: &Seen) -> Vec<String> {
    seen.notes.iter().map(|it| format!("{}: {}", it.place, it.reason)).collect()
}

fn between(
    before: &[SecurityGroupRule],
    after: &[SecurityGroupRule],
    notes: Vec<String>,
) -> Change {
    let without = |all: &[SecurityGroupRule], others: &[SecurityGroupRule]| {
        let is_new = |it: &&SecurityGroupRule| others.iter().all(|other| !is_same(it, other));
        all.iter().filter(is_new).cloned().collect()
    };
    Change { revoke: without(before, after), authorize: without(after, before), notes }
}

/// Returns whether two rules say the same for the same group.
fn is_same(one: &SecurityGroupRule, other: &SecurityGroupRule) -> bool {
    one.group_id == other.group_id
        && one.is_egress == other.is_egress
        && one.protocol == other.protocol
        && (one.from_port, one.to_port) == (other.from_port, other.to_port)
        && one.peer == other.peer
}

#[cfg(test)]
mod tests {
    use tidegate_model::inventory::{Fact, Validity};

    use super::*;

    const TODAY: &str = r#"{ "SecurityGroups": [{ "GroupId": "sg-1", "VpcId": "vpc-1",
        "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "IpRanges": [{ "CidrIp": "0.0.0.0/0" }, { "CidrIp": "10.0.0.0/8" }] }],
        "IpPermissionsEgress": [] }] }"#;

    fn check(text: &str) -> String {
        let validity = Validity { from_us: i64::MIN, until_us: i64::MAX };
        let fact = |value| Fact { validity, source: String::new(), value };
        let rules = rules_of(&seen("today", TODAY.as_bytes()));
        let security_group_rules = rules.into_iter().map(fact).collect();
        let inventory = Inventory { security_group_rules, ..Inventory::default() };
        match read("change.json", text.as_bytes(), &inventory) {
            Err(error) => format!("{error:#}"),
            Ok(change) => {
                let rule = |sign: &str, it: &SecurityGroupRule| {
                    format!("{sign} {} {:?} {:?}", it.group_id, it.from_port, it.peer)
                };
                let gone = change.revoke.iter().map(|it| rule("-", it));
                let come = change.authorize.iter().map(|it| rule("+", it));
                gone.chain(come).chain(change.notes.iter().cloned()).collect::<Vec<_>>().join("\n")
            }
        }
    }

    #[test]
    fn a_listing_says_how_groups_would_be() {
        let narrower = TODAY.replace("0.0.0.0/0", "192.0.2.0/24");
        insta::assert_snapshot!(check(&narrower), @"
        - sg-1 Some(22) Cidr(V4 { network: 0, n_bits: 0 })
        + sg-1 Some(22) Cidr(V4 { network: 3221225984, n_bits: 24 })
        ");
        insta::assert_snapshot!(check(TODAY), @"`change.json` changes no rule");
        insta::assert_snapshot!(check("{}"), @"`change.json` has no security groups");
        insta::assert_snapshot!(check("rules"), @"cannot read `change.json`: expected value at line 1 column 1");
    }

    #[test]
    fn a_plan_of_terraform_says_before_and_after() {
        let rule = |cidr: &str| {
            json!({ "id": "sgr-1", "security_group_id": "sg-1", "ip_protocol": "tcp",
                "from_port": 22, "to_port": 22, "cidr_ipv4": cidr })
        };
        let resource = |address: &str, before: Value, after: Value| {
            json!({ "address": address, "mode": "managed", "name": "it",
                "type": "aws_vpc_security_group_ingress_rule",
                "change": { "before": before, "after": after } })
        };
        let plan = json!({ "resource_changes": [
            resource("a", rule("0.0.0.0/0"), rule("10.0.0.0/8")),
            resource("b", rule("192.0.2.0/24"), Value::Null),
            resource("c", Value::Null, json!({ "security_group_id": "sg-1", "ip_protocol": "-1" })),
        ] });
        insta::assert_snapshot!(check(&plan.to_string()), @"
        - sg-1 Some(22) Cidr(V4 { network: 0, n_bits: 0 })
        - sg-1 Some(22) Cidr(V4 { network: 3221225984, n_bits: 24 })
        + sg-1 Some(22) Cidr(V4 { network: 167772160, n_bits: 8 })
        resources[1].instances[0].attributes: the rule has no peer
        ");
    }
}
