//! Changes played back.

use std::net::IpAddr;

use proptest::prelude::*;
use tidegate_advise::Flow;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Fact, PrefixList, SecurityGroupRule, Validity};
use tidegate_network::Network;

use crate::small::{ALIVE, NOON_US, Seen, always, flow, inventory, report, rule, study};

fn seen(flows: &[Flow]) -> Seen<'_> {
    Seen { flows, doubtful: &[], strange: &[], day: ALIVE }
}

/// Plays a change back; returns blocked, stopped and admitted.
fn check(flows: &[&str], rejected: &[&str], revoke: &[&str], authorize: &[&str]) -> [u64; 3] {
    const TODAY: [&str; 2] = ["in tcp 22 0.0.0.0/0", "in tcp 80 10.0.0.0/8"];
    let inventory = inventory(&TODAY);
    let network = Network::new(&inventory);
    let flows: Vec<Flow> = flows.iter().map(|it| flow(it)).collect();
    let mut study = study(&inventory, &network, &seen(&flows));
    let interface = study.interface("eni-web");
    let rejected: Vec<Flow> = rejected.iter().map(|it| Flow { interface, ..flow(it) }).collect();
    let rules = |texts: &[&str]| -> Vec<SecurityGroupRule> {
        texts.iter().map(|it| rule(50, it)).collect()
    };
    let replay = study.replay(&rules(revoke), &rules(authorize), &rejected);
    [replay.n_blocked, replay.n_attempts_stopped, replay.n_rejects_admitted]
}

#[test]
fn what_a_change_would_have_done_is_counted() {
    let ssh = [
        "in tcp 22 203.0.113.9 answered",
        "in tcp 22 198.51.100.7 refused",
        "in tcp 22 192.0.2.1 answered",
    ];
    let rejected = ["in tcp 443 203.0.113.9 silent"];
    let world = ["in tcp 22 0.0.0.0/0"];
    assert_eq!(check(&ssh, &rejected, &world, &[]), [2, 1, 0]);
    assert_eq!(check(&ssh, &rejected, &world, &["in tcp 22 203.0.113.0/24"]), [1, 1, 0]);
    assert_eq!(check(&ssh, &rejected, &world, &["in tcp 20-500 0.0.0.0/0"]), [0, 0, 1]);
    assert_eq!(check(&ssh, &rejected, &world, &["in tcp 22 pl-office"]), [1, 1, 0]);
    // What nobody knows admits nothing.
    assert_eq!(check(&ssh, &rejected, &world, &["in tcp 22 sg-nobody"]), [2, 1, 0]);
    assert_eq!(check(&ssh, &rejected, &[], &[]), [0, 0, 0]);
}

#[test]
fn a_plan_that_is_offered_blocks_nothing() {
    let peers = (1..=40).map(|it| format!("in tcp 8080 10.0.0.{it} answered"));
    let flows: Vec<Flow> = peers.map(|it| flow(&it)).collect();
    let inventory = inventory(&["in tcp 8000-9000 10.0.0.0/8", "in tcp 22 0.0.0.0/0"]);
    let plan = report(&inventory, &seen(&flows)).plan;
    let told: Vec<String> = plan
        .changes
        .iter()
        .filter(|it| it.revoke.group_id == "sg-web")
        .map(|it| {
            let come: Vec<String> = it
                .authorize
                .iter()
                .map(|it| format!("{:?}-{:?} {:?}", it.from_port, it.to_port, it.peer))
                .collect();
            format!("{}: {}", it.revoke.id, come.join(", ")).trim_end().to_owned()
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    sgr-0: Some(8080)-Some(8080) Cidr(V4 { network: 167772160, n_bits: 24 })
    sgr-1:
    ");
    assert!(plan.replay.is_safe());
}

#[test]
fn a_used_rule_is_no_no_op_even_if_it_names_the_address_of_a_resolver() {
    let inventory = inventory(&["out tcp 24-25 10.0.0.2/32"]);
    let network = Network::new(&inventory);
    let flows = [flow("out tcp 24 10.0.0.2 answered")];
    let report = study(&inventory, &network, &seen(&flows)).report(&[], &[]);
    let advice = report.rules.iter().find(|it| it.rule.group_id == "sg-web").unwrap();
    assert_eq!(advice.verdict.name(), "used");
    assert!(report.plan.taken_back.is_empty());
}

/// Rules and flows of a few ports and addresses, so that they meet.
fn rules() -> impl Strategy<Value = Vec<String>> {
    let one = (any::<bool>(), 0_u16..6, 0_u16..3, 0_u32..8, 8_u32..=32).prop_map(
        |(is_out, from, n, host, bits)| {
            let way = if is_out { "out" } else { "in" };
            format!("{way} tcp {}-{} 10.0.0.{host}/{bits}", 20 + from, 20 + from + n)
        },
    );
    prop::collection::vec(one, 1..8)
}

fn flows() -> impl Strategy<Value = Vec<String>> {
    let one = (any::<bool>(), 0_u16..8, 0_u32..8, any::<bool>()).prop_map(
        |(is_out, port, host, is_answered)| {
            let way = if is_out { "out" } else { "in" };
            let grade = if is_answered { "answered" } else { "refused" };
            format!("{way} tcp {} 10.0.0.{host} {grade}", 20 + port)
        },
    );
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn no_change_blocks_nothing_and_no_offer_does(rules in rules(), flows in flows()) {
        let texts: Vec<&str> = rules.iter().map(String::as_str).collect();
        let inventory = inventory(&texts);
        let network = Network::new(&inventory);
        let flows: Vec<Flow> = flows.iter().map(|it| flow(it)).collect();
        let study = study(&inventory, &network, &seen(&flows));
        let nothing = study.replay(&[], &[], &[]);
        prop_assert_eq!((nothing.n_flows, nothing.n_blocked), (0, 0));
        let report = study.report(&[], &[]);
        prop_assert!(report.plan.replay.is_safe());
        prop_assert!(report.plan.taken_back.is_empty(), "{:?}", report.plan.taken_back);
        // The same, looked at without the replay: what was answered is still admitted by a rule.
        let gone: Vec<&str> = report.plan.changes.iter().map(|it| it.revoke.id.as_str()).collect();
        let kept = inventory.security_group_rules.iter().map(|it| &it.value);
        let kept = kept.filter(|it| !gone.contains(&it.id.as_str()));
        let come = report.plan.changes.iter().flat_map(|it| &it.authorize);
        let after: Vec<&SecurityGroupRule> = kept.chain(come).collect();
        let before: Vec<&SecurityGroupRule> =
            inventory.security_group_rules.iter().map(|it| &it.value).collect();
        for flow in flows.iter().filter(|it| it.counts.n_answers > 0) {
            let is_safe = !admits(&before, flow) || admits(&after, flow);
            prop_assert!(is_safe, "{flow:?} is blocked by {:?}", report.plan.changes);
        }
    }
}

/// Returns whether rules of `sg-web` admit a flow of TCP; groups are those of the small network.
fn admits(rules: &[&SecurityGroupRule], flow: &Flow) -> bool {
    use tidegate_model::inventory::Peer;
    use tidegate_network::admit::Way;
    let app: IpAddr = "10.0.0.2".parse().unwrap();
    let web: IpAddr = "10.0.0.1".parse().unwrap();
    rules.iter().filter(|it| it.group_id == "sg-web").any(|rule| {
        let port = i32::from(flow.packet.port);
        let is_port =
            rule.from_port.is_none_or(|from| (from..=rule.to_port.unwrap_or(from)).contains(&port));
        let is_peer = match &rule.peer {
            Peer::Cidr(cidr) => cidr.contains(flow.packet.peer),
            Peer::SecurityGroup(id) if id == "sg-app" => flow.packet.peer == app,
            Peer::SecurityGroup(id) if id == "sg-web" => flow.packet.peer == web,
            Peer::SecurityGroup(_) | Peer::PrefixList(_) => false,
        };
        let is_way = rule.is_egress == (flow.packet.way == Way::Egress);
        is_way && rule.protocol.is_none_or(|it| it == flow.packet.protocol) && is_port && is_peer
    })
}

/// Plays back that a rule of some goes; returns how many of the flows would be blocked.
fn check_unknown(rules: &[&str], gone: usize, flows: &[&str]) -> u64 {
    let mut inventory = inventory(rules);
    for id in ["pl-unseen", "pl-other"] {
        let list = PrefixList { id: id.to_owned(), entries: None, ..PrefixList::default() };
        inventory.prefix_lists.push(always(list));
    }
    inventory.prefix_lists.sort_by(|one, other| one.value.id.cmp(&other.value.id));
    let network = Network::new(&inventory);
    let flows: Vec<Flow> = flows.iter().map(|it| flow(it)).collect();
    let study = study(&inventory, &network, &seen(&flows));
    study.replay(&[rule(gone, rules[gone])], &[], &[]).n_blocked
}

#[test]
fn a_list_of_which_nobody_knows_the_entries_takes_the_place_of_no_rule() {
    let flows = ["in tcp 443 10.0.0.9 answered", "in tcp 80 198.51.100.7 answered"];
    let known = ["in tcp 443 10.0.0.0/8", "in tcp 0-65535 pl-unseen"];
    assert_eq!(check_unknown(&known, 0, &flows), 1);
    assert_eq!(check_unknown(&known, 1, &flows), 1);
    // The same entries, whatever they are, but not those of another list.
    let same = ["in tcp 80 pl-unseen", "in tcp 0-65535 pl-unseen"];
    assert_eq!(check_unknown(&same, 0, &flows), 0);
    let other = ["in tcp 80 pl-unseen", "in tcp 0-65535 pl-other"];
    assert_eq!(check_unknown(&other, 0, &flows), 1);
}

#[test]
fn a_flow_is_asked_about_in_each_part_of_its_time() {
    let mut inventory = inventory(&["in tcp 22 10.0.0.0/8"]);
    let list = |from_us, until_us, entry: &str| Fact {
        validity: Validity { from_us, until_us },
        source: "test".to_owned(),
        value: PrefixList {
            id: "pl-office".to_owned(),
            entries: Some(vec![Cidr::parse(entry).unwrap()]),
            ..PrefixList::default()
        },
    };
    inventory.prefix_lists = vec![
        list(i64::MIN, NOON_US + 10, "10.0.0.0/8"),
        list(NOON_US + 10, NOON_US + 20, "192.0.2.0/24"),
        list(NOON_US + 20, i64::MAX, "10.0.0.0/8"),
    ];
    let network = Network::new(&inventory);
    let blocked = |last_us: i64| {
        let flows = [Flow { last_us, ..flow("in tcp 22 10.0.0.9 answered") }];
        let study = study(&inventory, &network, &seen(&flows));
        let (revoke, authorize) = ("in tcp 22 10.0.0.0/8", "in tcp 22 pl-office");
        study.replay(&[rule(0, revoke)], &[rule(50, authorize)], &[]).n_blocked
    };
    assert_eq!([blocked(NOON_US + 9), blocked(NOON_US + 30)], [0, 1]);
}

#[test]
fn rules_of_a_change_that_are_not_there_are_told() {
    let inventory = inventory(&["in tcp 22 10.0.0.0/8"]);
    let network = Network::new(&inventory);
    let study = study(&inventory, &network, &seen(&[]));
    let revoke = [rule(1, "in tcp 22 10.0.0.0/8"), rule(2, "in tcp 22 10.0.0.0/8")];
    let authorize = [rule(3, "in tcp 23 sg-nobody"), rule(4, "in tcp 23 sg-app")];
    let replay = study.replay(&revoke, &authorize, &[]);
    let ids: Vec<&str> = replay.not_found.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["sgr-2", "sgr-3"]);
}
