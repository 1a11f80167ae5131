//! Each verdict, and what keeps "unused" from being said.

use insta::assert_snapshot;
use tidegate_advise::Flow;
use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_advise::verdict::Verdict;
use tidegate_model::inventory::{Inventory, Validity};

use crate::small::{ALIVE, NOON_US, Seen, WINDOW, always, flow, interface, inventory, report};

const NOTHING: Seen<'_> = Seen { flows: &[], doubtful: &[], strange: &[], day: ALIVE };

/// Renders the verdicts on the rules of `sg-web`.
fn render(inventory: &Inventory, seen: &Seen<'_>) -> String {
    let report = report(inventory, seen);
    let own = report.rules.iter().filter(|it| it.rule.group_id == "sg-web");
    let line = |it: &tidegate_advise::RuleAdvice| {
        let why = match &it.verdict {
            Verdict::Redundant { by } => by.clone(),
            Verdict::NoOp(no_op) => no_op.words().to_owned(),
            Verdict::Unprovable(doubts) => {
                doubts.iter().map(|it| it.name()).collect::<Vec<_>>().join(" ")
            }
            _ => format!("{} {} {}", it.used.n_answered, it.used.n_one_way, it.used.n_attempts),
        };
        format!("{} {}: {why}", it.rule.id, it.verdict.name())
    };
    own.map(line).collect::<Vec<_>>().join("\n")
}

fn check(rules: &[&str], flows: &[&str]) -> String {
    let flows: Vec<Flow> = flows.iter().map(|it| flow(it)).collect();
    render(&inventory(rules), &Seen { flows: &flows, ..NOTHING })
}

#[test]
fn what_was_answered_is_used_and_what_was_tried_is_not() {
    let rules = [
        "in tcp 22 0.0.0.0/0",
        "in tcp 80 0.0.0.0/0",
        "in udp 514 0.0.0.0/0",
        "in tcp 443 0.0.0.0/0",
        "in tcp 5432 sg-app",
        "in tcp 8080 pl-office",
    ];
    let flows = [
        "in tcp 22 203.0.113.9 refused",
        "in tcp 22 203.0.113.8 silent",
        "in tcp 80 203.0.113.9 answered",
        "in udp 514 203.0.113.9 silent",
        "in tcp 5432 10.0.0.2 answered",
        "in tcp 8080 192.0.2.9 answered",
    ];
    assert_snapshot!(check(&rules, &flows), @r"
    sgr-0 attempt-only: 0 0 2
    sgr-1 used: 1 0 0
    sgr-2 used: 0 1 0
    sgr-3 unused: 0 0 0
    sgr-4 used: 1 0 0
    sgr-5 used: 1 0 0
    ");
}

#[test]
fn replies_and_other_ways_prove_nothing() {
    let rules = ["in tcp 443 0.0.0.0/0", "out tcp 443 0.0.0.0/0", "out tcp * 10.0.0.0/8"];
    assert_snapshot!(check(&rules, &["in tcp 443 203.0.113.9 answered"]), @r"
    sgr-0 used: 1 0 0
    sgr-1 unused: 0 0 0
    sgr-2 unused: 0 0 0
    ");
}

#[test]
fn a_rule_within_another_is_redundant_and_of_two_that_say_the_same_one_stays() {
    let rules = [
        "in tcp 20-30 10.0.0.0/8",
        "in tcp 22 10.1.0.0/16",
        "in tcp 80 sg-app",
        "in tcp 80 sg-app",
        "in tcp 22 pl-office",
    ];
    assert_snapshot!(check(&rules, &[]), @r"
    sgr-0 unused: 0 0 0
    sgr-1 redundant: sgr-0
    sgr-2 unused: 0 0 0
    sgr-3 redundant: sgr-2
    sgr-4 unused: 0 0 0
    ");
}

#[test]
fn what_can_admit_nothing_has_no_effect() {
    let rules = [
        "in tcp 22 sg-empty",
        "in tcp 22 pl-none",
        "out tcp 80 169.254.169.254/32",
        "out udp 53 10.0.0.2/32",
        "out udp 53 10.0.0.3/32",
    ];
    assert_snapshot!(check(&rules, &[]), @r"
    sgr-0 no-op: no interface carries the group that it names
    sgr-1 no-op: the prefix list that it names is empty
    sgr-2 no-op: security groups do not filter traffic to this address
    sgr-3 no-op: security groups do not filter traffic to this address
    sgr-4 unused: 0 0 0
    ");
}

#[test]
fn of_what_nobody_watched_nothing_is_said() {
    let inventory = inventory(&["in tcp 22 0.0.0.0/0"]);
    let seen = |day: Day| render(&inventory, &Seen { day, ..NOTHING });
    assert_snapshot!(seen(ALIVE), @"sgr-0 unused: 0 0 0");
    // Nothing shows that what is accepted would have come.
    assert_snapshot!(seen(Day { n_accept: 0, n_reject: 0, n_nodata: 9, ..ALIVE }), @"sgr-0 unprovable: coverage");
    let skipped = Day { n_skipdata: 90, skipped_s: 5_400, ..ALIVE };
    assert_snapshot!(seen(skipped), @"sgr-0 unprovable: coverage");

    let mut reject_only = inventory.clone();
    reject_only.flow_logs[0].value.traffic_type = "REJECT".to_owned();
    let day = Day { n_accept: 0, ..ALIVE };
    assert_snapshot!(render(&reject_only, &Seen { day, ..NOTHING }), @"sgr-0 unprovable: reject-only");
    // Nobody told of a flow log, and nothing that was accepted was ever seen.
    reject_only.flow_logs.clear();
    assert_snapshot!(render(&reject_only, &Seen { day, ..NOTHING }), @"sgr-0 unprovable: reject-only");

    let mut late = inventory.clone();
    late.flow_logs[0].value.created_us = Some(NOON_US);
    assert_snapshot!(render(&late, &NOTHING), @"sgr-0 unprovable: coverage");

    let mut young = inventory.clone();
    young.security_group_rules[0].validity.from_us = WINDOW.until_us - 3_600_000_000;
    assert_snapshot!(render(&young, &NOTHING), @"sgr-0 unprovable: short-look");
}

#[test]
fn who_opened_is_doubted_unless_only_one_side_could() {
    let inventory =
        inventory(&["in tcp 8000-9000 10.0.0.0/8", "in tcp 22 0.0.0.0/0", "out all * 0.0.0.0/0"]);
    let doubtful = [flow("in tcp 8080 10.0.0.2 answered"), flow("in tcp 23 10.0.0.2 answered")];
    let seen = Seen { doubtful: &doubtful, ..NOTHING };
    assert_snapshot!(render(&inventory, &seen), @r"
    sgr-0 unprovable: initiator
    sgr-1 unused: 0 0 0
    sgr-2 unused: 0 0 0
    ");
    // A guess proves nothing, a good guess does.
    let guess = |percent: u8| [Flow { percent, ..doubtful[0] }];
    assert!(
        render(&inventory, &Seen { flows: &guess(60), ..NOTHING }).starts_with("sgr-0 unprovable")
    );
    assert!(render(&inventory, &Seen { flows: &guess(80), ..NOTHING }).starts_with("sgr-0 used"));
    // Nothing lets the other side's opening out.
    let mut only = inventory.clone();
    only.security_group_rules.retain(|it| it.value.id != "sgr-2");
    assert!(render(&only, &seen).starts_with("sgr-0 used"));
}

#[test]
fn interfaces_and_peers_that_nobody_knows_leave_doubt() {
    let known = inventory(&["in tcp 22 0.0.0.0/0", "in tcp 80 0.0.0.0/0", "in tcp 443 pl-gone"]);
    let strange = [flow("in tcp 22 203.0.113.9 answered")];
    let flows = [flow("in tcp 443 203.0.113.9 answered")];
    let seen = Seen { strange: &strange, flows: &flows, ..NOTHING };
    assert_snapshot!(render(&known, &seen), @r"
    sgr-0 unprovable: unknown-interface
    sgr-1 unused: 0 0 0
    sgr-2 unprovable: unknown-peer
    ");
}

#[test]
fn a_type_of_icmp_is_proven_only_if_nothing_else_admits() {
    let ping = ["in icmp 8-0 0.0.0.0/0"];
    assert_snapshot!(check(&ping, &["in icmp 0 203.0.113.9 answered"]), @"sgr-0 used: 1 0 0");
    let both = ["in icmp 8-0 0.0.0.0/0", "in icmp 3-4 10.0.0.0/8"];
    assert_snapshot!(check(&both, &["in icmp 0 10.0.0.2 answered"]), @r"
    sgr-0 unprovable: icmp-type
    sgr-1 unprovable: icmp-type
    ");
}

#[test]
fn the_groups_of_the_time_count() {
    // `eni-web` carried another group until the second day began.
    let change_us = WINDOW.from_us + DAY_US;
    let mut changed = inventory(&["in tcp 22 0.0.0.0/0", "in tcp 80 0.0.0.0/0"]);
    changed.interfaces[1].validity.from_us = change_us;
    let mut before = always(interface("eni-web", "10.0.0.1", &["sg-app"]));
    before.validity = Validity { until_us: change_us, ..before.validity };
    changed.interfaces.insert(1, before);
    let at = |text: &str, first_us: i64, last_us: i64| Flow { first_us, last_us, ..flow(text) };
    let text = "in tcp 22 203.0.113.9 answered";
    let verdict = |flow: Flow| {
        let text = render(&changed, &Seen { flows: &[flow], ..NOTHING });
        text.lines().next().unwrap().to_owned()
    };
    assert_snapshot!(verdict(at(text, NOON_US, NOON_US)), @"sgr-0 unused: 0 0 0");
    assert_snapshot!(verdict(at(text, change_us + DAY_US / 2, change_us + DAY_US / 2)), @"sgr-0 used: 1 0 0");
    // It began before: perhaps the rule had nothing to do with it.
    assert_snapshot!(verdict(at(text, NOON_US, change_us + DAY_US / 2)), @"sgr-0 unprovable: change");
    // Times of records may be late.
    assert_snapshot!(verdict(at(text, change_us - 1, change_us - 1)), @"sgr-0 unprovable: change");

    // Nothing is known of the first day.
    let mut unknown = changed;
    unknown.interfaces.remove(1);
    let seen = Seen { flows: &[at(text, NOON_US, NOON_US)], ..NOTHING };
    assert_snapshot!(render(&unknown, &seen).lines().next().unwrap(), @"sgr-0 unprovable: groups-then");
}

#[test]
fn what_guidelines_forbid_is_named() {
    let rules = [
        "in all * 0.0.0.0/0",
        "in tcp 22 ::/0",
        "in tcp 20-30 0.0.0.0/0",
        "in tcp 443 0.0.0.0/0",
        "in tcp 8443 0.0.0.0/0",
        "in tcp 22 10.0.0.0/8",
        "out tcp 22 0.0.0.0/0",
    ];
    let mut inventory = inventory(&rules);
    inventory.security_groups[2].value.name = "default".to_owned();
    let findings = report(&inventory, &NOTHING).findings;
    let own = findings.iter().filter(|it| it.group_id == "sg-web");
    let line = |it: &tidegate_advise::checks::Finding| {
        let rule_id = it.rule_id.as_deref().unwrap_or("-");
        let controls = it.controls.join(", ");
        format!("{rule_id} {} {}: {} ({controls})", it.severity.name(), it.check, it.message)
    };
    assert_snapshot!(own.map(line).collect::<Vec<_>>().join("\n"), @r"
    - high default-group-open: the default group of vpc-1 has 7 rules (EC2.2, CIS 5.4)
    sgr-0 critical world-open-all: the world may use every protocol and port (EC2.18, EC2.19, CIS 5.2)
    sgr-1 high world-open-ssh: the world may use SSH (22) (EC2.13, EC2.19, CIS 5.3)
    sgr-2 high world-open-ssh: the world may use SSH (22) (EC2.13, EC2.19, CIS 5.2)
    sgr-2 critical world-open-risky: the world may use FTP (20), FTP (21), Telnet (23), SMTP (25) (EC2.19)
    sgr-4 high world-open-port: the world may use tcp 8443 (EC2.18)
    ");
}

#[test]
fn a_peer_that_nobody_knew_at_the_time_leaves_doubt() {
    let rules = ["in tcp 5432 sg-app", "in tcp 80 sg-app"];
    // Of the address nobody ever knew: it lived between two looks at the inventory.
    assert_snapshot!(check(&rules, &["in tcp 5432 10.0.0.77 answered"]), @r"
    sgr-0 unprovable: unknown-peer
    sgr-1 unused: 0 0 0
    ");
    // Of the address somebody knows since the window ended.
    let mut late = inventory(&rules);
    late.interfaces[0].validity.from_us = WINDOW.until_us;
    let flows = [flow("in tcp 5432 10.0.0.2 answered")];
    assert_snapshot!(render(&late, &Seen { flows: &flows, ..NOTHING }), @r"
    sgr-0 unprovable: unknown-peer
    sgr-1 unused: 0 0 0
    ");
}

#[test]
fn a_group_that_is_carried_since_has_an_effect() {
    let mut late = inventory(&["in tcp 22 10.0.0.0/8"]);
    late.interfaces[1].validity.from_us = WINDOW.until_us;
    assert_snapshot!(render(&late, &NOTHING), @"sgr-0 unprovable: coverage");
}
