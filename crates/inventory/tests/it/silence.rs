//! What follows from what a later listing does not have.

use tidegate_inventory::read::{Extent, read};
use tidegate_inventory::{Changes, File, History, Kind, Seen};

use crate::support::{MOMENT_US, shown};

/// Merges files that come one after the other; returns the facts that still hold as their ids by
/// kind, and what the last one changed.
fn check(files: &[&str]) -> (String, Changes) {
    let (history, changes) = merged(files);
    let mut lines = Vec::new();
    for line in shown(&history).lines().filter(|it| !it.is_empty()) {
        let id = line.split('"').nth(3).filter(|_| line.starts_with('{'));
        match id {
            Some(_) if line.contains("valid_until") => {}
            Some(id) => lines.push(format!("  {id}")),
            None => lines.push(line.to_owned()),
        }
    }
    (lines.join("\n"), changes)
}

fn merged(files: &[&str]) -> (History, Changes) {
    let mut history = History::default();
    let mut changes = Changes::default();
    for (moment_us, text) in (MOMENT_US..).zip(files) {
        let mut seen = Seen::default();
        let (bytes, extent) = (text.as_bytes(), Extent::Complete);
        read(&File { name: "file.json", bytes, moment_us, extent }, &mut seen);
        changes = history.merge(seen, None);
    }
    (history, changes)
}

/// Returns a document of an account in a region.
fn listed(account_id: &str, lists: &str) -> String {
    format!(r#"{{"ListedAccountId": "{account_id}", "ListedRegion": "eu-west-1", {lists}}}"#)
}

const SUBNETS: &str = r#""Subnets": [
    {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "111111111111"},
    {"SubnetId": "subnet-2", "VpcId": "vpc-1", "OwnerId": "111111111111"}]"#;

const GROUPS: &str = r#""SecurityGroups": [
    {"GroupId": "sg-1", "VpcId": "vpc-1", "OwnerId": "111111111111"},
    {"GroupId": "sg-2", "VpcId": "vpc-1", "OwnerId": "111111111111"}]"#;

#[test]
fn what_an_account_sees_of_a_shared_vpc_closes_nothing_of_the_owner() {
    let shared_subnet = r#""Subnets": [
        {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": "111111111111"}]"#;
    let shared_group = r#""SecurityGroups": [
        {"GroupId": "sg-1", "VpcId": "vpc-1", "OwnerId": "111111111111"}]"#;
    let owner = [listed("111111111111", SUBNETS), listed("111111111111", GROUPS)].concat();
    let guest = |account_id| [listed(account_id, shared_subnet), listed(account_id, shared_group)];
    let (open, _) = check(&[&owner, &guest("222222222222").concat()]);
    insta::assert_snapshot!(open, @"
    security_groups
      sg-1
      sg-2
    subnets
      subnet-1
      subnet-2
    ");
    // The owner's own listing has all that there is.
    let (open, _) = check(&[&owner, &guest("111111111111").concat()]);
    insta::assert_snapshot!(open, @"
    security_groups
      sg-1
    subnets
      subnet-1
    ");
}

/// Two rules, one with a block that cannot be read; as AWS prints groups, and as it prints rules.
fn rules(second: &str) -> String {
    let rule = |id: u8, cidr: &str| {
        format!(
            r#"{{"SecurityGroupRuleId": "sgr-{id}", "GroupId": "sg-1", "IpProtocol": "tcp",
            "FromPort": 443, "ToPort": 443, "IsEgress": false, "CidrIpv4": "{cidr}"}}"#
        )
    };
    let groups = format!(
        r#""SecurityGroups": [{{"GroupId": "sg-1", "VpcId": "vpc-1", "OwnerId": "111111111111",
        "IpPermissionsEgress": [], "IpPermissions": [{{"IpProtocol": "tcp", "FromPort": 443,
        "ToPort": 443, "IpRanges": [{{"CidrIp": "10.0.0.0/8"}}, {{"CidrIp": "{second}"}}]}}]}}]"#
    );
    let rules = [rule(1, "10.0.0.0/8"), rule(2, second)].join(",");
    let rules = format!(r#""SecurityGroupRules": [{rules}]"#);
    [listed("111111111111", &groups), listed("111111111111", &rules)].concat()
}

#[test]
fn what_cannot_be_read_stays_as_known() {
    let (open, changes) = check(&[&rules("192.0.2.0/24"), &rules("192.0.2.0/240")]);
    insta::assert_snapshot!(open, @"
    security_groups
      sg-1
    security_group_rules
      sgr-1
      sgr-2
    ");
    assert_eq!(changes.counts[&Kind::SecurityGroupRule].n_closed, 0);
    let one = r#""SecurityGroupRules": [{"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1",
        "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "10.0.0.0/8"}]"#;
    let (_, changes) = check(&[&rules("192.0.2.0/24"), &listed("111111111111", one)]);
    assert_eq!(changes.counts[&Kind::SecurityGroupRule].n_closed, 1);
    // A file that does not say whose it is is no other.
    let vpc = r#"{"Subnets": [{"VpcId": "vpc-1", "OwnerId": "111111111111"}, {"SubnetId":
        "subnet-1", "VpcId": "vpc-1", "OwnerId": "111111111111"}]}"#;
    let (open, _) = check(&[&listed("111111111111", SUBNETS), vpc]);
    insta::assert_snapshot!(open, @"
    subnets
      subnet-1
      subnet-2
    ");
    // A note that leaves nothing out does not matter.
    let interface = |id: &str, time: &str| {
        format!(
            r#"{{"NetworkInterfaceId": "{id}", "VpcId": "vpc-1", "OwnerId": "111111111111",
            "Attachment": {{"AttachTime": "{time}"}}}}"#
        )
    };
    let both = [interface("eni-1", "2026-01-01T00:00:00Z"), interface("eni-2", "last week")];
    let both = format!(r#"{{"NetworkInterfaces": [{}]}}"#, both.join(","));
    let one = format!(r#"{{"NetworkInterfaces": [{}]}}"#, interface("eni-2", "last week"));
    let (open, _) = check(&[&both, &one]);
    insta::assert_snapshot!(open, @"
    interfaces
      eni-2
    ");
}

#[test]
fn entries_that_nothing_tells_are_unknown_and_those_that_were_known_stay() {
    let list = r#""PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": "111111111111"}]"#;
    let list = listed("111111111111", list);
    let entries =
        |cidr: &str| format!(r#"{{"PrefixListId": "pl-1", "Entries": [{{"Cidr": "{cidr}"}}]}}"#);
    let check = |files: &[&str]| {
        let (history, _) = merged(files);
        let mut facts = history.inventory.prefix_lists.iter();
        let open = facts.find(|it| it.validity.is_open()).unwrap();
        let entries = open.value.entries.as_ref()?;
        Some(entries.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(check(&[&list]), None);
    let broken = [&list[..], &entries("10.0.0.0/80")].concat();
    assert_eq!(check(&[&broken]), None);
    let whole = [&list[..], &entries("10.0.0.0/8")].concat();
    let known = Some(vec!["10.0.0.0/8".to_owned()]);
    assert_eq!(check(&[&list, &whole]), known);
    assert_eq!(check(&[&whole, &list]), known);
    assert_eq!(check(&[&whole, &broken]), known);
    let none = [&list[..], r#"{"PrefixListId": "pl-1", "Entries": []}"#].concat();
    assert_eq!(check(&[&whole, &none]), Some(Vec::new()));
}
