//! A network small enough to be written down: two interfaces, two groups.

use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_advise::{Counts, Flow, Report, Study};
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    Fact, FlowLog, Interface, Inventory, Peer, PrefixList, SecurityGroup, SecurityGroupRule,
    Subnet, Validity, Vpc,
};
use tidegate_network::Network;
use tidegate_network::admit::{Packet, Way};

/// All time.
pub(crate) const ALWAYS: Validity = Validity { from_us: i64::MIN, until_us: i64::MAX };

/// Two days.
pub(crate) const WINDOW: Validity = Validity { from_us: 100 * DAY_US, until_us: 102 * DAY_US };

/// Noon of the first.
pub(crate) const NOON_US: i64 = WINDOW.from_us + DAY_US / 2;

/// Returns a fact that always held.
pub(crate) fn always<T>(value: T) -> Fact<T> {
    Fact { validity: ALWAYS, source: "test".to_owned(), value }
}

/// Returns an interface of `vpc-1`.
pub(crate) fn interface(id: &str, address: &str, groups: &[&str]) -> Interface {
    let address = address.parse().unwrap();
    Interface {
        id: id.to_owned(),
        interface_type: "interface".to_owned(),
        primary_address: Some(address),
        private_addresses: vec![address],
        vpc_id: "vpc-1".to_owned(),
        subnet_id: "subnet-1".to_owned(),
        security_group_ids: groups.iter().map(|it| (*it).to_owned()).collect(),
        has_source_dest_check: true,
        ..Interface::default()
    }
}

/// Returns a rule of `sg-web` from `in tcp 22-23 10.0.0.0/8`, its id made of its number.
pub(crate) fn rule(number: usize, text: &str) -> SecurityGroupRule {
    let words: Vec<&str> = text.split(' ').collect();
    let [way, protocol, ports, peer] = words[..] else { panic!("{text}") };
    let (from, to) = ports.split_once('-').unwrap_or((ports, ports));
    let port = |it: &str| if ports == "*" { None } else { Some(it.parse().unwrap()) };
    SecurityGroupRule {
        id: format!("sgr-{number}"),
        group_id: "sg-web".to_owned(),
        is_egress: way == "out",
        protocol: match protocol {
            "all" => None,
            "tcp" => Some(6),
            "udp" => Some(17),
            "icmp" => Some(1),
            other => panic!("{other}"),
        },
        from_port: port(from),
        to_port: port(to),
        peer: match &peer[..3] {
            "sg-" => Peer::SecurityGroup(peer.to_owned()),
            "pl-" => Peer::PrefixList(peer.to_owned()),
            _ => Peer::Cidr(Cidr::parse(peer).unwrap()),
        },
        description: String::new(),
    }
}

/// Returns a network of `sg-web` with these rules, at `eni-web` 10.0.0.1, and `eni-app` 10.0.0.2
/// with `sg-app`, whose rules admit everything.
pub(crate) fn inventory(rules: &[&str]) -> Inventory {
    let group = |id: &str| {
        let vpc_id = "vpc-1".to_owned();
        always(SecurityGroup {
            id: id.to_owned(),
            name: id.to_owned(),
            vpc_id,
            ..SecurityGroup::default()
        })
    };
    let cidrs = vec![Cidr::parse("10.0.0.0/16").unwrap()];
    let all = ["in all * 0.0.0.0/0", "out all * 0.0.0.0/0"];
    let app = all.iter().enumerate().map(|(number, text)| SecurityGroupRule {
        group_id: "sg-app".to_owned(),
        ..rule(number + 100, text)
    });
    let web = rules.iter().enumerate().map(|(number, text)| rule(number, text));
    let subnet = Subnet {
        id: "subnet-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        cidrs: vec![Cidr::parse("10.0.0.0/24").unwrap()],
        ..Subnet::default()
    };
    Inventory {
        interfaces: vec![
            always(interface("eni-app", "10.0.0.2", &["sg-app"])),
            always(interface("eni-web", "10.0.0.1", &["sg-web"])),
        ],
        security_groups: ["sg-app", "sg-empty", "sg-web"].map(group).to_vec(),
        security_group_rules: web.chain(app).map(always).collect(),
        prefix_lists: vec![
            always(PrefixList {
                id: "pl-office".to_owned(),
                entries: Some(vec![Cidr::parse("192.0.2.0/24").unwrap()]),
                ..PrefixList::default()
            }),
            always(PrefixList {
                id: "pl-none".to_owned(),
                entries: Some(Vec::new()),
                ..PrefixList::default()
            }),
        ],
        subnets: vec![always(subnet)],
        vpcs: vec![always(Vpc { id: "vpc-1".to_owned(), cidrs, ..Vpc::default() })],
        flow_logs: vec![always(FlowLog {
            id: "fl-1".to_owned(),
            resource_id: "vpc-1".to_owned(),
            traffic_type: "ALL".to_owned(),
            ..FlowLog::default()
        })],
        ..Inventory::default()
    }
}

/// Returns a flow at `eni-web` from `in tcp 22 10.0.0.2 answered`.
pub(crate) fn flow(text: &str) -> Flow {
    let words: Vec<&str> = text.split(' ').collect();
    let [way, protocol, port, peer, grade] = words[..] else { panic!("{text}") };
    let way = if way == "out" { Way::Egress } else { Way::Ingress };
    let protocol = match protocol {
        "tcp" => 6,
        "udp" => 17,
        _ => 1,
    };
    let packet = Packet { way, protocol, port: port.parse().unwrap(), peer: peer.parse().unwrap() };
    let n_answers = u64::from(grade == "answered");
    let n_replies = u64::from(grade != "silent");
    let n_records = 1 + n_replies;
    Flow {
        interface: 0,
        packet,
        first_us: NOON_US,
        last_us: NOON_US + 1_000_000,
        client_ports: (50_000, 50_000),
        percent: 100,
        counts: Counts {
            n_records,
            n_connections: 1,
            n_replies,
            n_answers,
            n_payloads: 0,
            bytes: 100,
        },
    }
}

/// What the lake has.
pub(crate) struct Seen<'a> {
    /// Flows at `eni-web`.
    pub(crate) flows: &'a [Flow],
    /// Flows at `eni-web` as they would be if the other side had opened them.
    pub(crate) doubtful: &'a [Flow],
    /// Flows at an interface that the inventory does not know.
    pub(crate) strange: &'a [Flow],
    /// Each day of each interface.
    pub(crate) day: Day,
}

/// A day with accepted records.
pub(crate) const ALIVE: Day =
    Day { from_us: 0, n_accept: 10, n_reject: 1, n_nodata: 0, n_skipdata: 0, skipped_s: 0 };

/// Returns a study of what was seen.
pub(crate) fn study<'a>(
    inventory: &'a Inventory,
    network: &'a Network,
    seen: &Seen<'_>,
) -> Study<'a> {
    let mut study = Study::new(inventory, network, WINDOW);
    let interface = study.interface("eni-web");
    for flow in seen.flows {
        study.add(&Flow { interface, ..*flow });
    }
    let stranger = study.interface("eni-strange");
    for flow in seen.strange {
        study.add(&Flow { interface: stranger, ..*flow });
    }
    for id in ["eni-web", "eni-app"] {
        let interface = study.interface(id);
        for from_us in [WINDOW.from_us, WINDOW.from_us + DAY_US] {
            study.add_day(interface, Day { from_us, ..seen.day });
        }
    }
    for flow in seen.doubtful {
        study.add_doubtful(&Flow { interface, ..*flow });
    }
    study
}

/// Returns the report on what was seen.
pub(crate) fn report(inventory: &Inventory, seen: &Seen<'_>) -> Report {
    let network = Network::new(inventory);
    study(inventory, &network, seen).report(&[], &[])
}
