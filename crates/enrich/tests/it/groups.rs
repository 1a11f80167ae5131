//! Security groups at the time of a record: who is admitted, and why something was rejected.

use insta::assert_snapshot;
use tidegate_enrich::Network;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    Fact, Interface, Inventory, Peer, PrefixList, SecurityGroup, SecurityGroupRule, Validity,
};
use tidegate_network::admit::{Packet, Way, admits, same_during};

use crate::support::{ALWAYS, always, columns, enriched, interface, table};

/// A moment of the records below, and the one at which the groups change.
const AT_US: i64 = 1_700_000_000_000_000;
const CHANGE_US: i64 = AT_US + 3_600_000_000;

fn rule(id: &str, group_id: &str, port: i32, peer: Peer) -> SecurityGroupRule {
    SecurityGroupRule {
        id: id.to_owned(),
        group_id: group_id.to_owned(),
        is_egress: false,
        protocol: Some(6),
        from_port: Some(port),
        to_port: Some(port),
        peer,
        description: String::new(),
    }
}

fn cidr(text: &str) -> Peer {
    Peer::Cidr(Cidr::parse(text).unwrap())
}

fn fact<T>(from_us: i64, until_us: i64, value: T) -> Fact<T> {
    Fact { validity: Validity { from_us, until_us }, source: "test".to_owned(), value }
}

/// Two interfaces: `eni-1` has `sg-web` and, from the change on, `sg-admin` beside; `eni-2` has
/// `sg-app`. Port 22 of `sg-web` is open until the change.
fn inventory() -> Inventory {
    let groups = |ids: &[&str]| ids.iter().map(|it| (*it).to_owned()).collect();
    let mut web = interface("eni-1", "10.0.0.1");
    web.vpc_id = "vpc-1".to_owned();
    web.security_group_ids = groups(&["sg-web"]);
    let mut admin = web.clone();
    admin.security_group_ids = groups(&["sg-admin", "sg-web"]);
    let mut app = interface("eni-2", "10.0.0.2");
    app.vpc_id = "vpc-1".to_owned();
    app.security_group_ids = groups(&["sg-app"]);
    let group = |id: &str| always(SecurityGroup { id: id.to_owned(), ..SecurityGroup::default() });
    let list = PrefixList {
        id: "pl-1".to_owned(),
        entries: Some(vec![Cidr::parse("198.51.100.0/24").unwrap()]),
        ..PrefixList::default()
    };
    let any = SecurityGroupRule { protocol: None, ..rule("sgr-5", "sg-app", 0, cidr("0.0.0.0/0")) };
    Inventory {
        interfaces: vec![
            fact(i64::MIN, CHANGE_US, web),
            fact(CHANGE_US, i64::MAX, admin),
            always(app),
        ],
        security_groups: vec![group("sg-admin"), group("sg-app"), group("sg-web")],
        security_group_rules: vec![
            fact(i64::MIN, CHANGE_US, rule("sgr-1", "sg-web", 22, cidr("0.0.0.0/0"))),
            always(rule("sgr-2", "sg-web", 443, Peer::PrefixList("pl-1".to_owned()))),
            always(rule("sgr-3", "sg-web", 5432, Peer::SecurityGroup("sg-app".to_owned()))),
            always(rule("sgr-4", "sg-admin", 8443, cidr("192.0.2.0/24"))),
            fact(ALWAYS.from_us, ALWAYS.until_us, any),
        ],
        prefix_lists: vec![always(list)],
        ..Inventory::default()
    }
}

#[test]
fn where_facts_overlap_the_later_one_holds() {
    let state = |from_us: i64, until_us: i64, vpc_id: &str| {
        let vpc_id = vpc_id.to_owned();
        fact(from_us, until_us, Interface { vpc_id, ..interface("eni-1", "10.0.0.1") })
    };
    let interfaces = vec![
        state(0, 100, "vpc-a"),
        state(50, 80, "vpc-b"),
        state(50, 60, "vpc-c"),
        state(90, 90, "vpc-d"),
    ];
    let network = Network::new(&Inventory { interfaces, ..Inventory::default() });
    let eni = network.interface("eni-1").unwrap();
    let check = |moment_us: i64, expected: Option<&str>| {
        let actual = network.at(eni, moment_us).map(|it| network.text(it.vpc_id));
        assert_eq!(actual, expected, "{moment_us}");
    };
    check(-1, None);
    check(0, Some("vpc-a"));
    check(49, Some("vpc-a"));
    check(50, Some("vpc-c"));
    check(60, None);
    check(90, None);
    let owners = network.owners("10.0.0.1".parse().unwrap());
    assert_eq!(network.owner_at(&owners, 55, None), Some(eni));
    assert_eq!(network.owner_at(&owners, 200, None), None);
}

#[test]
fn of_two_networks_with_one_address_the_own_one_is_meant() {
    let in_vpc = |id: &str, vpc_id: &str| {
        let vpc_id = vpc_id.to_owned();
        always(Interface { vpc_id, ..interface(id, "10.0.0.1") })
    };
    let interfaces = vec![in_vpc("eni-1", "vpc-a"), in_vpc("eni-2", "vpc-b")];
    let network = Network::new(&Inventory { interfaces, ..Inventory::default() });
    let owners = network.owners("10.0.0.1".parse().unwrap());
    let check = |vpc_id: Option<&str>, expected: Option<&str>| {
        let vpc_id = vpc_id.and_then(|it| network.symbol(it));
        let actual = network.owner_at(&owners, AT_US, vpc_id).map(|it| network.interface_id(it));
        assert_eq!(actual, expected, "{vpc_id:?}");
    };
    check(Some("vpc-b"), Some("eni-2"));
    check(None, None);
}

#[test]
fn any_rule_of_any_group_of_that_time_admits() {
    let network = Network::new(&inventory());
    let eni = network.interface("eni-1").unwrap();
    let check = |moment_us: i64, port: u16, peer: &str, expected: bool| {
        let packet = Packet { way: Way::Ingress, protocol: 6, port, peer: peer.parse().unwrap() };
        let actual = admits(&network, eni, moment_us, &packet);
        assert_eq!(actual, Some(expected), "{port} from {peer} at {moment_us}");
    };
    check(AT_US, 22, "203.0.113.9", true);
    check(CHANGE_US, 22, "203.0.113.9", false);
    check(AT_US, 443, "198.51.100.7", true);
    check(AT_US, 443, "203.0.113.9", false);
    check(AT_US, 5432, "10.0.0.2", true);
    check(AT_US, 5432, "10.0.0.3", false);
    check(AT_US, 8443, "192.0.2.1", false);
    check(CHANGE_US, 8443, "192.0.2.1", true);
    let out = Packet { way: Way::Egress, protocol: 6, port: 22, peer: "10.0.0.2".parse().unwrap() };
    assert_eq!(admits(&network, eni, AT_US, &out), Some(false));
}

#[test]
fn what_a_rule_names_and_nobody_knows_may_match() {
    let mut inventory = inventory();
    let group = Peer::SecurityGroup("sg-other".to_owned());
    inventory.security_group_rules.push(always(rule("sgr-6", "sg-web", 9000, group)));
    inventory.prefix_lists[0].validity.until_us = CHANGE_US;
    let network = Network::new(&inventory);
    let eni = network.interface("eni-1").unwrap();
    let check = |moment_us: i64, port: u16, peer: &str, expected: Option<bool>| {
        let packet = Packet { way: Way::Ingress, protocol: 6, port, peer: peer.parse().unwrap() };
        let actual = admits(&network, eni, moment_us, &packet);
        assert_eq!(actual, expected, "{port} from {peer} at {moment_us}");
        // An answer is not kept beyond the change.
        let during = same_during(&network, eni, moment_us, &packet);
        let is_kept = [CHANGE_US - 1, CHANGE_US].map(|it| during.contains(it));
        assert_eq!(is_kept, [moment_us < CHANGE_US, moment_us >= CHANGE_US]);
    };
    check(AT_US, 443, "203.0.113.9", Some(false));
    check(CHANGE_US, 443, "203.0.113.9", None);
    check(AT_US, 9000, "10.0.0.3", None);
    // Whose groups are known, and who can have none.
    check(AT_US, 9000, "10.0.0.2", Some(false));
    check(AT_US, 9000, "203.0.113.9", Some(false));
    check(AT_US, 5432, "10.0.0.3", Some(false));
}

#[test]
fn a_rejection_is_explained_by_the_groups_of_its_time() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action tcp-flags reject-reason";
    let lines = "\
        eni-1 203.0.113.9 10.0.0.1 40000 22 6 1 60 1700000000 1700000001 REJECT 2 -\n\
        eni-1 203.0.113.9 10.0.0.1 40001 22 6 1 60 1700003600 1700003601 REJECT 2 -\n\
        eni-1 203.0.113.9 10.0.0.1 40002 80 6 1 - 1700003600 1700003601 REJECT 2 BPA\n\
        eni-1 203.0.113.9 10.0.0.1 40003 80 6 1 60 1700003600 1700003601 REJECT 2 EC\n\
        eni-2 10.0.0.2 203.0.113.9 40004 80 6 9 900 1700000000 1700000030 ACCEPT 3 -\n\
        eni-2 203.0.113.9 10.0.0.2 80 40004 6 9 900 1700000000 1700000030 ACCEPT 19 -\n\
        eni-2 203.0.113.9 10.0.0.2 80 40004 6 1 40 1700000090 1700000090 REJECT 4 -\n\
        eni-9 203.0.113.9 10.0.0.9 40005 80 6 1 60 1700003600 1700003601 REJECT 2 -";
    let rows = enriched(columns(format, lines), &inventory());
    let names = [
        "srcport",
        "dstport",
        "security_group_ids",
        "peer_security_group_ids",
        "initiator_source",
        "nacl_asymmetric",
        "reject_cause",
    ];
    assert_snapshot!(table(&rows, &names).join("\n"), @r"
    40000 22 sg-web - syn false nacl
    40001 22 sg-admin+sg-web - syn false security-group
    40002 80 sg-admin+sg-web - syn false block-public-access
    40003 80 sg-admin+sg-web - syn false encryption-control
    40004 80 sg-app - syn false -
    80 40004 sg-app - syn false -
    80 40004 sg-app - connection false late-packet
    40005 80 - - syn false unknown
    ");
}

#[test]
fn both_ends_have_the_groups_of_their_time() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action vpc-id";
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT -\n\
        eni-2 10.0.0.1 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT vpc-aws\n\
        eni-1 10.0.0.2 10.0.0.1 80 40000 6 9 900 1700003600 1700003601 ACCEPT -\n\
        eni-2 10.0.0.2 10.0.0.1 80 40000 6 9 900 1700003600 1700003601 ACCEPT -\n\
        eni-7 10.0.0.2 10.0.0.7 80 40000 6 9 900 1700003600 1700003601 ACCEPT -";
    let rows = enriched(columns(format, lines), &inventory());
    let names = [
        "interface_id",
        "direction",
        "vpc_id",
        "security_group_ids",
        "peer_interface_id",
        "peer_security_group_ids",
        "vantage",
        "counted",
    ];
    assert_snapshot!(table(&rows, &names).join("\n"), @r"
    eni-1 egress vpc-1 sg-web eni-2 sg-app sender true
    eni-2 ingress vpc-aws sg-app eni-1 sg-web receiver false
    eni-1 ingress vpc-1 sg-admin+sg-web eni-2 sg-app receiver false
    eni-2 egress vpc-1 sg-app eni-1 sg-admin+sg-web sender true
    eni-7 unknown - - - - unknown false
    ");
}
