//! Each rung of the ladder, and what is said there.

use tidegate_model::field::RECOMMENDED_FORMAT;
use tidegate_model::inventory::{
    Fact, FlowLog, Interface, Inventory, SecurityGroup, Subnet, Validity, Vpc,
};

use super::*;
use crate::flow_logs::control;
use crate::flow_logs::loss::log_format;

/// Noon of 2026-03-02.
const NOON_US: i64 = 1_772_452_800_000_000;
const HOUR_US: i64 = 3_600_000_000;

fn fact<T>(value: T) -> Fact<T> {
    let validity = Validity { from_us: 0, until_us: i64::MAX };
    Fact { validity, source: "test".to_owned(), value }
}

/// A VPC with two subnets, the first with two interfaces, the second with one.
fn network() -> Inventory {
    let subnet = |id: &str| Subnet {
        id: id.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        account_id: "111122223333".to_owned(),
        ..Subnet::default()
    };
    let interface = |id: &str, subnet_id: &str| Interface {
        id: id.to_owned(),
        subnet_id: subnet_id.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        account_id: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        status: "in-use".to_owned(),
        ..Interface::default()
    };
    Inventory {
        vpcs: vec![fact(vpc("vpc-1"))],
        subnets: vec![fact(subnet("subnet-1")), fact(subnet("subnet-2"))],
        interfaces: vec![
            fact(interface("eni-1", "subnet-1")),
            fact(interface("eni-2", "subnet-1")),
            fact(interface("eni-3", "subnet-2")),
        ],
        ..Inventory::default()
    }
}

fn vpc(id: &str) -> Vpc {
    Vpc { id: id.to_owned(), account_id: "111122223333".to_owned(), ..Vpc::default() }
}

/// A flow log as it should be.
fn log(id: &str, resource_id: &str) -> FlowLog {
    FlowLog {
        id: id.to_owned(),
        resource_id: resource_id.to_owned(),
        traffic_type: "ALL".to_owned(),
        status: "ACTIVE".to_owned(),
        deliver_status: "SUCCESS".to_owned(),
        destination_type: "s3".to_owned(),
        destination: "arn:aws:s3:::acme-logs".to_owned(),
        log_format: log_format(RECOMMENDED_FORMAT),
        aggregation_interval_s: 60,
        created_us: Some(NOON_US - 48 * HOUR_US),
        ..FlowLog::default()
    }
}

fn arrival(interface_id: &str, hours_ago: i64) -> Arrival {
    Arrival {
        interface_id: interface_id.to_owned(),
        flow_log_id: "fl-1".to_owned(),
        newest_us: NOON_US - hours_ago * HOUR_US,
        n_records: 7,
        ..Arrival::default()
    }
}

fn look(inventory: &Inventory, arrivals: Option<&[Arrival]>) -> String {
    let audit =
        audit(&Look { inventory, moment_us: NOON_US, arrivals, stale_after_us: 3 * HOUR_US });
    let line = |it: &Finding| {
        let outcome = control::outcome(it).name();
        format!("{:<8} {:<11} {outcome:<14} {}", it.place.id, it.rung.name(), it.reason)
    };
    let lines = audit.findings.iter().map(line);
    lines.chain(audit.notes).map(|it| it.trim_end().to_owned() + "\n").collect()
}

fn check(logs: Vec<FlowLog>) -> String {
    let inventory = Inventory { flow_logs: logs.into_iter().map(fact).collect(), ..network() };
    look(&inventory, Some(&["eni-1", "eni-2", "eni-3"].map(|it| arrival(it, 0))))
}

#[test]
fn missing() {
    insta::assert_snapshot!(check(vec![]), @"
    vpc-1    missing     fail           no flow log watches it
    subnet-1 missing     not-applicable no flow log watches it
    eni-1    missing     not-applicable no flow log watches it
    eni-2    missing     not-applicable no flow log watches it
    subnet-2 missing     not-applicable no flow log watches it
    eni-3    missing     not-applicable no flow log watches it
    the inventory never had a flow log: if `describe-flow-logs` was not read, nothing is known of them
    ");
}

#[test]
fn partial_names_what_nothing_watches() {
    insta::assert_snapshot!(check(vec![log("fl-1", "subnet-1"), log("fl-2", "vpc-9")]), @"
    vpc-1    partial     fail           nothing watches 1 of its interfaces in use: eni-3
    subnet-1 ok          not-applicable
    eni-1    ok          not-applicable
    eni-2    ok          not-applicable
    subnet-2 missing     not-applicable no flow log watches it
    eni-3    missing     not-applicable no flow log watches it
    `fl-2` watches `vpc-9`, which is not known
    ");
    insta::assert_snapshot!(check(vec![log("fl-1", "subnet-1"), log("fl-2", "subnet-2")]), @"
    vpc-1    partial     fail           all of its parts are watched, but nothing that will be added
    subnet-1 ok          not-applicable
    eni-1    ok          not-applicable
    eni-2    ok          not-applicable
    subnet-2 stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    eni-3    stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    ");
}

#[test]
fn inactive() {
    let log = FlowLog { status: "INACTIVE".to_owned(), ..log("fl-1", "vpc-1") };
    insta::assert_snapshot!(check(vec![log]), @"
    vpc-1    inactive    fail           fl-1 is INACTIVE
    subnet-1 inactive    not-applicable fl-1 is INACTIVE
    eni-1    inactive    not-applicable fl-1 is INACTIVE
    eni-2    inactive    not-applicable fl-1 is INACTIVE
    subnet-2 inactive    not-applicable fl-1 is INACTIVE
    eni-3    inactive    not-applicable fl-1 is INACTIVE
    ");
}

#[test]
fn failing_tells_why_and_what_helps() {
    let log = |error: &str| FlowLog {
        deliver_status: "FAILED".to_owned(),
        deliver_error: error.to_owned(),
        ..log("fl-1", "eni-1")
    };
    let first = |error| {
        check(vec![log(error)]).lines().find(|it| it.starts_with("eni-1")).unwrap().to_owned()
    };
    insta::assert_snapshot!(first("Access error"), @"eni-1    failing     not-applicable fl-1 cannot deliver: Access error; the role's trust must name vpc-flow-logs.amazonaws.com, or the bucket's policy delivery.logs.amazonaws.com: `tidegate setup flow-logs` writes both");
    insta::assert_snapshot!(first("Rate limited"), @"eni-1    failing     not-applicable fl-1 cannot deliver: Rate limited; CloudWatch Logs throttles: deliver to S3, or ask for a higher quota");
    insta::assert_snapshot!(first(""), @"eni-1    failing     not-applicable fl-1 cannot deliver: no reason given; if it stays so, make it anew");
    // One that fails does no harm beside one that delivers.
    let both =
        vec![log("Access error"), FlowLog { id: "fl-2".to_owned(), ..self::log("", "vpc-1") }];
    assert!(check(both).lines().any(|it| it.starts_with("eni-1    ok")));
}

#[test]
fn stale_if_nothing_arrives_although_aws_delivers() {
    let inventory = Inventory { flow_logs: vec![fact(log("fl-1", "vpc-1"))], ..network() };
    insta::assert_snapshot!(look(&inventory, Some(&[arrival("eni-1", 1), arrival("eni-2", 30)])), @"
    vpc-1    ok          pass
    subnet-1 ok          not-applicable
    eni-1    ok          not-applicable
    eni-2    stale       not-applicable the newest record is 30 h old; is arn:aws:s3:::acme-logs collected?
    subnet-2 stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    eni-3    stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    ");
    insta::assert_snapshot!(look(&inventory, Some(&[arrival("eni-1", 100)])), @"
    vpc-1    stale       pass           the newest record is 4 days old; is arn:aws:s3:::acme-logs collected?
    subnet-1 stale       not-applicable the newest record is 4 days old; is arn:aws:s3:::acme-logs collected?
    eni-1    stale       not-applicable the newest record is 4 days old; is arn:aws:s3:::acme-logs collected?
    eni-2    stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    subnet-2 stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    eni-3    stale       not-applicable no record of it is in the lake's window; is arn:aws:s3:::acme-logs collected?
    ");
    // Of another flow log, or of a lake without records: no proof of anything.
    let other = Arrival { flow_log_id: "fl-7".to_owned(), ..arrival("eni-3", 0) };
    assert!(look(&inventory, Some(&[other])).contains("eni-3    stale"));
    insta::assert_snapshot!(look(&inventory, None), @"
    vpc-1    ok          pass
    subnet-1 ok          not-applicable
    eni-1    ok          not-applicable
    eni-2    ok          not-applicable
    subnet-2 ok          not-applicable
    eni-3    ok          not-applicable
    the lake has no records: whether they arrive was not looked at
    ");
}

#[test]
fn a_new_flow_log_and_an_interface_out_of_use_have_time() {
    let new = FlowLog { created_us: Some(NOON_US - HOUR_US), ..log("fl-1", "vpc-1") };
    let mut inventory = Inventory { flow_logs: vec![fact(new)], ..network() };
    assert!(!look(&inventory, Some(&[])).contains("stale"));
    inventory.flow_logs = vec![fact(log("fl-1", "vpc-1"))];
    for interface in &mut inventory.interfaces {
        interface.value.status = "available".to_owned();
    }
    assert!(!look(&inventory, Some(&[])).contains("stale"));
}

#[test]
fn reject_only_and_accept_only_and_both_together() {
    let only =
        |id: &str, traffic: &str| FlowLog { traffic_type: traffic.to_owned(), ..log(id, "vpc-1") };
    let first = |logs| check(logs).lines().find(|it| it.starts_with("vpc-1")).unwrap().to_owned();
    insta::assert_snapshot!(first(vec![only("fl-1", "REJECT")]), @"vpc-1    reject-only pass           only what was rejected is logged: no rule can ever be proved to be used");
    insta::assert_snapshot!(first(vec![only("fl-1", "ACCEPT")]), @"vpc-1    accept-only fail           only what was accepted is logged: scans, missing rules and refusals stay unseen, and CIS wants the rejected");
    insta::assert_snapshot!(first(vec![only("fl-1", "ACCEPT"), only("fl-2", "REJECT")]), @"vpc-1    ok          pass");
}

#[test]
fn thin_names_the_fields_that_proof_needs() {
    let default = FlowLog { log_format: String::new(), ..log("fl-1", "vpc-1") };
    insta::assert_snapshot!(check(vec![default]), @"
    vpc-1    thin        pass           without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    subnet-1 thin        not-applicable without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    eni-1    thin        not-applicable without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    eni-2    thin        not-applicable without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    subnet-2 thin        not-applicable without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    eni-3    thin        not-applicable without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    ");
    // Fields that are only useful make nothing thin.
    let names: Vec<&str> = RECOMMENDED_FORMAT.iter().copied().filter(|it| *it != "az-id").collect();
    let useful = FlowLog { log_format: log_format(&names), ..log("fl-1", "vpc-1") };
    let inventory = Inventory { flow_logs: vec![fact(useful)], ..network() };
    let look =
        Look { inventory: &inventory, moment_us: NOON_US, arrivals: None, stale_after_us: 0 };
    let finding = &audit(&look).findings[0];
    assert_eq!(finding.rung, Rung::Ok);
    assert_eq!(finding.missing_fields.iter().map(|it| it.field).collect::<Vec<_>>(), ["az-id"]);
}

#[test]
fn ok() {
    insta::assert_snapshot!(check(vec![log("fl-1", "vpc-1")]), @"
    vpc-1    ok          pass
    subnet-1 ok          not-applicable
    eni-1    ok          not-applicable
    eni-2    ok          not-applicable
    subnet-2 ok          not-applicable
    eni-3    ok          not-applicable
    ");
}

#[test]
fn what_another_account_shares_is_not_our_fault() {
    let mut inventory = network();
    inventory.vpcs[0].value.account_id = "999988887777".to_owned();
    for subnet in &mut inventory.subnets {
        subnet.value.account_id = "999988887777".to_owned();
    }
    insta::assert_snapshot!(look(&inventory, None), @"
    vpc-1    not-yours   not-applicable account 999988887777 shares it: only that account can switch flow logs on for it, or see them; you can for your own interfaces
    subnet-1 not-yours   not-applicable account 999988887777 shares it: only that account can switch flow logs on for it, or see them; you can for your own interfaces
    eni-1    missing     not-applicable no flow log watches it
    eni-2    missing     not-applicable no flow log watches it
    subnet-2 not-yours   not-applicable account 999988887777 shares it: only that account can switch flow logs on for it, or see them; you can for your own interfaces
    eni-3    missing     not-applicable no flow log watches it
    the inventory never had a flow log: if `describe-flow-logs` was not read, nothing is known of them
    the lake has no records: whether they arrive was not looked at
    ");
    // Its default group is only seen by its owner: then it is ours too.
    let group = SecurityGroup {
        id: "sg-1".to_owned(),
        account_id: "999988887777".to_owned(),
        ..SecurityGroup::default()
    };
    inventory.security_groups = vec![fact(group)];
    assert!(look(&inventory, None).starts_with("vpc-1    missing"));
    let look =
        Look { inventory: &inventory, moment_us: NOON_US, arrivals: None, stale_after_us: 0 };
    assert!(audit(&look).findings[0].is_shared);
}

#[test]
fn an_empty_vpc_is_said_to_be_empty() {
    let is_default = Vpc { is_default: true, ..vpc("vpc-2") };
    let vpcs = vec![fact(vpc("vpc-1")), fact(is_default)];
    insta::assert_snapshot!(look(&Inventory { vpcs, ..Inventory::default() }, None), @"
    vpc-1    missing     fail           no flow log watches it; it has no interfaces
    vpc-2    missing     fail           no flow log watches it; the default VPC is empty: rather delete it
    the inventory never had a flow log: if `describe-flow-logs` was not read, nothing is known of them
    the lake has no records: whether they arrive was not looked at
    ");
    insta::assert_snapshot!(look(&Inventory::default(), None), @"
    the inventory has no VPC at this moment: `tidegate inventory sync`, or `inventory import` of what `aws ec2 describe-vpcs`, `describe-subnets`, `describe-network-interfaces` and `describe-flow-logs` print
    the lake has no records: whether they arrive was not looked at
    ");
}

#[test]
fn what_is_logged_twice_is_named_where_it_can_be_deleted() {
    let logs = vec![log("fl-1", "vpc-1"), log("fl-2", "vpc-1"), log("fl-3", "eni-3")];
    let inventory = Inventory { flow_logs: logs.into_iter().map(fact).collect(), ..network() };
    let look =
        Look { inventory: &inventory, moment_us: NOON_US, arrivals: None, stale_after_us: 0 };
    let audit = audit(&look);
    let twice = audit.telling().map(|it| format!("{}: {}", it.place.id, it.duplicates.join(" ")));
    assert_eq!(twice.collect::<Vec<_>>(), ["vpc-1: fl-1 fl-2", "eni-3: fl-3"]);
    assert_eq!(audit.count(PlaceKind::Interface, Rung::Ok), 3);
}

#[test]
fn the_network_is_seen_as_it_was_at_the_moment() {
    let mut inventory = Inventory { flow_logs: vec![fact(log("fl-1", "vpc-1"))], ..network() };
    inventory.flow_logs[0].validity.until_us = NOON_US;
    assert!(look(&inventory, None).starts_with("vpc-1    missing"));
}
