//! What is offered, and what is left alone.

use insta::assert_snapshot;
use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_advise::propose::narrow::Width;
use tidegate_advise::render::script;
use tidegate_advise::steps::{Steps, words};
use tidegate_advise::verdict::Confidence;
use tidegate_advise::{Flow, Report, Study};
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_network::Network;

use crate::small::{ALIVE, Seen, WINDOW, flow, inventory, report};

const NOTHING: Seen<'_> = Seen { flows: &[], doubtful: &[], strange: &[], day: ALIVE };

/// A rule that is wider than what [`calls`] of 8080 need.
const WIDE: &str = "in tcp 8000-8999 10.0.0.0/8";

/// Returns enough calls of a port to narrow a rule, of forty hosts of a network.
fn calls(port: u16, network: &str) -> Vec<Flow> {
    (1..=40).map(|it| flow(&format!("in tcp {port} {network}.{it} answered"))).collect()
}

/// Renders how wide rules of `sg-web` are and what is done to them; the others are left out.
fn render(report: &Report) -> String {
    let mut lines = Vec::new();
    for advice in report.rules.iter().filter(|it| it.rule.group_id == "sg-web") {
        let id = &advice.rule.id;
        let change = report.plan.changes.iter().find(|it| it.revoke.id == *id);
        let width = advice.width.as_ref().map(Width::name);
        if width.is_none() && change.is_none() {
            continue;
        }
        let done = change.map(|it| {
            let come = it.authorize.iter().map(words).collect::<Vec<_>>().join(", ");
            format!("{:?} {come}", it.kind)
        });
        let line = format!("{id} {}: {}", width.unwrap_or("-"), done.unwrap_or_default());
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn check(rules: &[&str], seen: &Seen<'_>) -> String {
    render(&report(&inventory(rules), seen))
}

#[test]
fn nothing_is_narrowed_of_which_uses_may_be_missing() {
    let flows = calls(8080, "10.0.0");
    let seen = Seen { flows: &flows, ..NOTHING };
    assert_snapshot!(check(&[WIDE], &seen), @"sgr-0 too-wide: Narrow ingress tcp 8080 from 10.0.0.0/24");
    let day = Day { n_skipdata: 90, skipped_s: 5_400, ..ALIVE };
    assert_snapshot!(check(&[WIDE], &Seen { day, ..seen }), @"sgr-0 too-early:");
    let strange = [flow("in tcp 8081 10.0.0.9 answered")];
    assert_snapshot!(check(&[WIDE], &Seen { strange: &strange, ..seen }), @"sgr-0 too-early:");
}

#[test]
fn what_was_skipped_lowers_how_sure_it_is_that_less_will_do() {
    let confidence = |n_skipdata: u64| {
        let inventory = inventory(&[WIDE]);
        let network = Network::new(&inventory);
        let until_us = WINDOW.from_us + 40 * DAY_US;
        let mut study = Study::new(&inventory, &network, Validity { until_us, ..WINDOW });
        for id in ["eni-web", "eni-app"] {
            let interface = study.interface(id);
            for from_us in (0..40).map(|it| WINDOW.from_us + it * DAY_US) {
                study.add_day(interface, Day { from_us, n_skipdata, ..ALIVE });
            }
        }
        let interface = study.interface("eni-web");
        for flow in calls(8080, "10.0.0") {
            study.add(&Flow { interface, ..flow });
        }
        let changes = study.report(&[], &[]).plan.changes;
        changes.iter().find(|it| it.revoke.id == "sgr-0").map(|it| it.confidence)
    };
    assert_eq!(confidence(0), Some(Confidence::High));
    assert_eq!(confidence(1), Some(Confidence::Medium));
}

#[test]
fn a_redundant_rule_stays_if_what_contains_it_changes() {
    let flows = calls(8080, "10.0.0");
    let seen = Seen { flows: &flows, ..NOTHING };
    assert_snapshot!(check(&[WIDE, "in tcp 8100 10.0.0.0/8"], &seen), @"sgr-0 too-wide: Narrow ingress tcp 8080 from 10.0.0.0/24");
    assert_snapshot!(check(&["in tcp 22 10.0.0.0/8", "in tcp 22 10.0.0.0/9"], &seen), @"sgr-0 -: Remove");
    // Each contains the one before.
    let nested = ["in tcp 8080 10.0.0.0/28", "in tcp 8080 10.0.0.0/25", "in tcp 8080 10.0.0.0/24"];
    assert_snapshot!(check(&nested, &seen), @r"
    sgr-0 -: Remove
    sgr-1 -: Remove
    sgr-2 fits:
    ");
}

#[test]
fn of_what_has_no_effect_only_what_groups_do_not_filter_goes() {
    let rules = ["in tcp 22 sg-empty", "in tcp 22 pl-none", "out udp 53 10.0.0.2/32"];
    assert_snapshot!(check(&rules, &NOTHING), @"sgr-2 -: Remove");
}

#[test]
fn an_id_that_is_not_of_aws_is_no_command() {
    let script_of = |id: &str| {
        let mut inventory = inventory(&["in tcp 22 10.0.0.0/8"]);
        id.clone_into(&mut inventory.security_group_rules[0].value.id);
        inventory.security_group_rules.truncate(1);
        script::script(&Steps::of(&report(&inventory, &NOTHING)))
    };
    assert!(script_of("sgr-0a1F").contains("--security-group-rule-ids sgr-0a1F\n"));
    for id in ["sgr-", "sgr-0 $(id)", "sgr-0;id", "sgr-xyz", "$(id)"] {
        let text = script_of(id);
        assert!(text.contains("--ip-permissions"), "{id}: {text}");
        assert!(!text.contains("rule-ids") && !text.contains("$(id)"), "{id}: {text}");
    }
}

#[test]
fn a_prefix_list_is_named_if_it_is_of_the_region_and_of_aws_or_the_account() {
    let named = |(owner, region): (&str, &str)| {
        let mut inventory: Inventory = inventory(&["in tcp 8080 0.0.0.0/0"]);
        for group in &mut inventory.security_groups {
            "111111111111".clone_into(&mut group.value.account_id);
            "eu-west-1".clone_into(&mut group.value.region);
        }
        let list = &mut inventory.prefix_lists[0].value;
        owner.clone_into(&mut list.owner_id);
        region.clone_into(&mut list.region);
        let flows = calls(8080, "192.0.2");
        render(&report(&inventory, &Seen { flows: &flows, ..NOTHING })).contains("pl-office")
    };
    assert!(named(("111111111111", "eu-west-1")));
    assert!(named(("AWS", "eu-west-1")));
    assert!(named(("AWS", "")));
    assert!(!named(("AWS", "us-east-1")));
    assert!(!named(("222222222222", "eu-west-1")));
}

#[test]
fn all_changes_of_a_group_share_the_room_of_its_quota() {
    let flows = [calls(8080, "10.0.0"), calls(9090, "10.0.0")].concat();
    let seen = Seen { flows: &flows, ..NOTHING };
    let widths = |way: &str, n: usize| {
        let fill = (0..n).map(|it| format!("{way} tcp {} 10.9.0.0/16", 100 + 2 * it));
        let fill: Vec<String> = fill.collect();
        let mut rules = vec![WIDE, "in tcp 9000-9999 10.0.0.0/8"];
        rules.extend(fill.iter().map(String::as_str));
        let text = check(&rules, &seen);
        let own = text.lines().filter(|it| !it.contains(" -: Remove"));
        own.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(widths("in", 56), @r"
    sgr-0 too-wide: Narrow ingress tcp 8080 from 10.0.0.0/24
    sgr-1 too-wide: Narrow ingress tcp 9090 from 10.0.0.0/24
    ");
    assert_snapshot!(widths("in", 57), @r"
    sgr-0 too-wide: Narrow ingress tcp 8080 from 10.0.0.0/24
    sgr-1 no-gain:
    ");
    assert_snapshot!(widths("out", 57), @r"
    sgr-0 too-wide: Narrow ingress tcp 8080 from 10.0.0.0/24
    sgr-1 too-wide: Narrow ingress tcp 9090 from 10.0.0.0/24
    ");
}
