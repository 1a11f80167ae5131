//! A report with something of everything.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Peer, SecurityGroup, SecurityGroupRule, Validity};

use crate::checks::{Finding, Severity};
use crate::coverage::Coverage;
use crate::groups::{GroupAdvice, GroupVerdict};
use crate::missing::MissingRule;
use crate::propose::narrow::Width;
use crate::propose::{Change, ChangeKind, Plan};
use crate::replay::Replay;
use crate::report::{Report, RuleAdvice};
use crate::space::Space;
use crate::study::Totals;
use crate::usage::Use;
use crate::verdict::{Confidence, Doubt, Verdict};

/// Midnight of 2026-02-01.
const FEBRUARY_US: i64 = 1_769_904_000_000_000;
const DAY_US: i64 = 86_400_000_000;

pub(super) fn report() -> Report {
    let rules = vec![
        used(),
        advice("sgr-0002", "sg-1", 22, "0.0.0.0/0", Verdict::Unused),
        advice("sgr-0003", "sg-1", 25, "10.0.0.0/8", Verdict::Unprovable(vec![Doubt::Coverage])),
        advice(
            "sgr-0004",
            "sg-2",
            5432,
            "10.1.2.0/24",
            Verdict::Redundant { by: "sgr-0005".to_owned() },
        ),
    ];
    let old = |index: usize| rules[index].rule.clone();
    let changes = vec![
        Change {
            kind: ChangeKind::Narrow,
            authorize: vec![
                rule("", "sg-1", 443, Peer::SecurityGroup("sg-7".to_owned())),
                rule("", "sg-1", 443, Peer::Cidr(Cidr::parse("2001:db8::/64").unwrap())),
            ],
            ..change(old(0), "used by sg-7 and one subnet")
        },
        change(old(1), "nothing used it"),
        change(old(3), "sgr-0005 admits all that it admits"),
    ];
    Report {
        window: Validity { from_us: FEBRUARY_US, until_us: FEBRUARY_US + 30 * DAY_US },
        totals: Totals {
            n_flows: 41_234,
            n_records: 1_000_000,
            n_connections: 72_000,
            ..Totals::default()
        },
        groups: vec![
            group("sg-1", "web", GroupVerdict::Used),
            group("sg-2", "db", GroupVerdict::Used),
            group("sg-3", "old <img>", GroupVerdict::Unused),
        ],
        plan: Plan { changes, replay: replay(), taken_back: vec!["sg-8".to_owned()] },
        findings: vec![finding()],
        missing: vec![missing()],
        unchecked: vec!["launch templates", "ECS services"],
        rules,
    }
}

fn rule(id: &str, group_id: &str, port: i32, peer: Peer) -> SecurityGroupRule {
    SecurityGroupRule {
        id: id.to_owned(),
        group_id: group_id.to_owned(),
        is_egress: false,
        protocol: Some(6),
        from_port: Some(port),
        to_port: Some(port),
        peer,
        description: "it's ${old} <img>".to_owned(),
    }
}

fn advice(id: &str, group_id: &str, port: i32, cidr: &str, verdict: Verdict) -> RuleAdvice {
    RuleAdvice {
        rule: rule(id, group_id, port, Peer::Cidr(Cidr::parse(cidr).unwrap())),
        group_name: if group_id == "sg-1" { "web" } else { "db" }.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        verdict,
        confidence: Confidence::Medium,
        reasons: vec!["looked at 14 days".to_owned()],
        used: Use::default(),
        coverage: Coverage {
            total_s: 1_000,
            covered_s: 992,
            n_interfaces: 2,
            ..Coverage::default()
        },
        observed: Validity { from_us: FEBRUARY_US, until_us: FEBRUARY_US + 30 * DAY_US },
        width: None,
    }
}

fn used() -> RuleAdvice {
    RuleAdvice {
        confidence: Confidence::High,
        reasons: Vec::new(),
        used: Use {
            n_answered: 71_000,
            n_sole: 70_500,
            bytes: 5_000_000,
            first_us: Some(FEBRUARY_US),
            last_us: Some(FEBRUARY_US + 29 * DAY_US),
            n_peers: 12,
            ..Use::default()
        },
        width: Some(Width::TooWide { why: "used by sg-7 and one subnet".to_owned() }),
        ..advice("sgr-0001", "sg-1", 443, "10.0.0.0/8", Verdict::Used)
    }
}

fn change(revoke: SecurityGroupRule, why: &str) -> Change {
    Change {
        kind: ChangeKind::Remove,
        group_name: if revoke.group_id == "sg-1" { "web" } else { "db" }.to_owned(),
        revoke,
        authorize: Vec::new(),
        why: why.to_owned(),
        confidence: Confidence::Medium,
        notes: vec!["looked at 14 days".to_owned()],
    }
}

fn replay() -> Replay {
    Replay {
        n_flows: 40_000,
        n_connections: 71_500,
        n_attempts_stopped: 300,
        space_before: Space { v4: 4_294_967_296.0, v6: 0.0 },
        space_after: Space { v4: 700_000.0, v6: 1.0 },
        group_ids: vec!["sg-1".to_owned(), "sg-2".to_owned()],
        ..Replay::default()
    }
}

fn group(id: &str, name: &str, verdict: GroupVerdict) -> GroupAdvice {
    let group = SecurityGroup {
        id: id.to_owned(),
        name: name.to_owned(),
        description: "by | hand".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        account_id: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        ..SecurityGroup::default()
    };
    GroupAdvice {
        group,
        verdict,
        n_interfaces: 1,
        n_interfaces_in_window: 1,
        referenced_by: Vec::new(),
        functions: Vec::new(),
    }
}

fn finding() -> Finding {
    Finding {
        check: "world-open-ssh",
        controls: &["EC2.13", "CIS 5.2"],
        severity: Severity::High,
        group_id: "sg-1".to_owned(),
        group_name: "web".to_owned(),
        rule_id: Some("sgr-0002".to_owned()),
        message: "the world may use SSH (22)".to_owned(),
        observed: "nothing used it".to_owned(),
    }
}

fn missing() -> MissingRule {
    MissingRule {
        interface_id: "eni-1".to_owned(),
        group_ids: vec!["sg-2".to_owned()],
        is_egress: false,
        protocol: 6,
        port: 5432,
        peer: "10.0.4.7".parse().unwrap(),
        peer_interface_id: Some("eni-2".to_owned()),
        peer_group_ids: vec!["sg-1".to_owned()],
        n_records: 77,
        first_us: FEBRUARY_US,
        last_us: FEBRUARY_US + DAY_US,
    }
}
