//! About which traffic is asked once more, and what follows from it.

use insta::assert_snapshot;
use tidegate_advise::Flow;
use tidegate_network::Network;

use crate::small::{ALIVE, Seen, flow, inventory, report, rule, study};

/// Renders what is asked about the group's interface and others that nobody knows.
fn check(rules: &[&str], flows: &[&str]) -> String {
    let inventory = inventory(rules);
    let network = Network::new(&inventory);
    let flows: Vec<Flow> = flows.iter().map(|it| flow(it)).collect();
    let seen = Seen { flows: &flows, doubtful: &[], strange: &[], day: ALIVE };
    let study = study(&inventory, &network, &seen);
    let wanted = study.doubtful();
    let mut lines = Vec::new();
    for part in wanted.iter().filter(|it| it.interface_ids != ["eni-app"]) {
        for it in part.services.iter().filter(|it| it.protocol.is_some()) {
            let way = if it.is_egress { "out" } else { "in" };
            let ids = part.interface_ids.join(" ");
            lines.push(format!("{ids}: {way} {}-{}", it.from_port, it.to_port));
        }
    }
    lines.join("\n")
}

#[test]
fn rules_are_asked_about_unless_all_of_them_is_used() {
    let rules = ["in tcp 22 10.0.0.2/32", "in tcp 80 sg-app", "in tcp 443 10.0.0.0/8"];
    let wide = ["in tcp 8000-8010 10.0.0.2/32", "in tcp 9000 10.0.0.2/32"];
    let used = [
        "in tcp 22 10.0.0.2 answered",
        "in tcp 80 10.0.0.2 answered",
        "in tcp 443 10.0.0.2 answered",
        "in tcp 8001 10.0.0.2 answered",
    ];
    assert_snapshot!(check(&[&rules[..], &wide].concat(), &used), @r"
    eni-web: in 443-443
    eni-web: in 8000-8010
    eni-web: in 9000-9000
    eni-strange: in 443-443
    eni-strange: in 8000-8010
    eni-strange: in 9000-9000
    ");
}

#[test]
fn who_may_have_opened_what_a_wide_rule_admits_is_told() {
    let rules = ["in tcp 20-90 10.0.0.0/8", "out all * 0.0.0.0/0"];
    let inventory = inventory(&rules);
    let flows = [flow("in tcp 22 10.0.0.2 answered")];
    let other = [flow("in tcp 80 10.0.0.2 answered")];
    let seen = Seen { flows: &flows, doubtful: &other, strange: &[], day: ALIVE };
    let advice = report(&inventory, &seen);
    let own = advice.rules.iter().find(|it| it.rule.id == "sgr-0").unwrap();
    let doubts: Vec<&str> = own.used.doubts.iter().map(|it| it.name()).collect();
    assert_eq!((own.verdict.name(), doubts.join(" ")), ("used", "initiator".to_owned()));
    let network = Network::new(&inventory);
    let study = study(&inventory, &network, &seen);
    let replay = |revoke: &[_]| study.replay(revoke, &[], &[]);
    let gone = replay(&[rule(0, rules[0])]);
    assert_eq!((gone.n_blocked, gone.n_not_asked), (1, 1));
    assert_eq!(replay(&[]).n_not_asked, 0);
}
