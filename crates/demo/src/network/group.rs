//! Security groups, their rules, and which rule admits which traffic.
//!
//! Some rules are used, some are not, some are far wider than what uses them: the truth says which.

use std::net::{IpAddr, Ipv4Addr};

use crate::dice::Dice;
use crate::network::address::{Cidr, OFFICE};
use crate::network::{DATA, DEV, Network, PROD};

/// Any protocol, as the rules write it.
const ANY: i16 = -1;
const TCP: i16 = 6;
const UDP: i16 = 17;
const ICMP: i16 = 1;

/// A security group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// `sg-...`.
    pub id: String,
    /// Name, unique in its VPC.
    pub name: &'static str,
    /// Index of the VPC.
    pub vpc: usize,
}

/// Whom a rule admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A range of addresses.
    Range(Cidr),
    /// The members of a group, by index.
    Group(usize),
    /// The entries of a prefix list, by index.
    List(usize),
}

/// A rule of a security group.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// `sgr-...`.
    pub id: String,
    /// Index of the group.
    pub group: usize,
    /// Whether it is for outgoing traffic.
    pub is_egress: bool,
    /// Protocol number, or -1 for all.
    pub protocol: i16,
    /// First port.
    pub from_port: u16,
    /// Last port.
    pub to_port: u16,
    /// Whom it admits.
    pub peer: Peer,
}

/// A managed prefix list.
#[derive(Clone, Debug)]
pub(crate) struct PrefixList {
    /// `pl-...`.
    pub id: String,
    /// Name, as `com.amazonaws.us-east-1.s3`.
    pub name: String,
    /// `AWS` or the account.
    pub owner: String,
    /// The ranges.
    pub entries: Vec<Cidr>,
}

/// Index of the prefix list of the offices.
const OFFICE_LIST: usize = 0;
/// Index of AWS's prefix list of S3.
const S3_LIST: usize = 1;

/// The range that S3 answers from.
pub(crate) const S3: Cidr = Cidr::v4([52, 216, 0, 0], 15);
/// The range that `DynamoDB` answers from.
pub(crate) const DYNAMODB: Cidr = Cidr::v4([52, 94, 0, 0], 22);

/// Returns the prefix lists of the account and of AWS.
pub(crate) fn prefix_lists(account: &str, dice: &mut Dice) -> Vec<PrefixList> {
    let office = PrefixList {
        id: format!("pl-0{}", dice.hex(16)),
        name: "offices".to_owned(),
        owner: account.to_owned(),
        entries: vec![OFFICE],
    };
    let aws = |id: &str, name: &str, cidr: Cidr| PrefixList {
        id: id.to_owned(),
        name: format!("com.amazonaws.REGION.{name}"),
        owner: "AWS".to_owned(),
        entries: vec![cidr],
    };
    vec![office, aws("pl-63a5400a", "s3", S3), aws("pl-02cd2c6b", "dynamodb", DYNAMODB)]
}

/// Whom a rule of the table below admits.
#[derive(Clone, Copy)]
enum Whom {
    Any,
    AnyV6,
    V4(u8, u8, u8),
    Named(&'static str),
    List(usize),
}

use Whom::{Any, AnyV6, List, Named, V4};

/// A row of the table below: whether egress, protocol, ports, whom.
type Row = (bool, i16, u16, u16, Whom);

const IN: bool = false;
const OUT: bool = true;
const LAST: u16 = u16::MAX;
const ALL_OUT: Row = (OUT, ANY, 0, LAST, Any);

/// The groups: VPC, name, rules.
#[rustfmt::skip]
const GROUPS: &[(usize, &str, &[Row])] = &[
    (PROD, "default", &[(IN, ANY, 0, LAST, Named("default")), ALL_OUT]),
    (PROD, "alb", &[
        (IN, TCP, 443, 443, Any), (IN, TCP, 443, 443, AnyV6), (IN, TCP, 80, 80, Any),
        (IN, TCP, 8443, 8443, Any),
        (OUT, TCP, 8080, 8080, Named("web")), (OUT, TCP, 30_000, 32_767, Named("eks")),
    ]),
    (PROD, "web", &[
        (IN, TCP, 8080, 8080, Named("alb")), (IN, TCP, 1024, LAST, V4(10, 0, 16)),
        ALL_OUT, (OUT, ANY, 0, LAST, AnyV6),
    ]),
    (PROD, "app", &[
        (IN, TCP, 8000, 8000, Named("web")), (IN, TCP, 8000, 8000, Named("eks")),
        (IN, TCP, 9000, 9150, V4(10, 0, 16)), (IN, TCP, 3389, 3389, V4(10, 0, 8)), ALL_OUT,
    ]),
    (PROD, "eks", &[
        (IN, ANY, 0, LAST, Named("eks")), (IN, TCP, 30_000, 32_767, Named("alb")),
        (IN, TCP, 9100, 9100, Named("monitor")), ALL_OUT,
    ]),
    (PROD, "batch", &[
        (IN, TCP, 9100, 9100, Named("monitor")), (IN, UDP, 8125, 8125, V4(10, 0, 16)), ALL_OUT,
    ]),
    (PROD, "bastion", &[(IN, TCP, 22, 22, Any), (OUT, TCP, 22, 22, V4(10, 0, 8))]),
    (PROD, "dns", &[(IN, UDP, 53, 53, V4(10, 0, 8)), (IN, TCP, 53, 53, V4(10, 0, 8)), ALL_OUT]),
    (PROD, "monitor", &[(IN, TCP, 3000, 3000, List(OFFICE_LIST)), ALL_OUT]),
    (PROD, "lambda", &[(OUT, TCP, 443, 443, Any), (OUT, TCP, 5432, 5432, V4(10, 1, 16))]),
    (PROD, "endpoint", &[(IN, TCP, 443, 443, V4(10, 0, 16)), ALL_OUT]),
    (PROD, "common", &[(IN, TCP, 22, 22, Named("bastion")), (IN, ICMP, 0, LAST, Named("monitor"))]),
    (PROD, "standby", &[(IN, TCP, 22, 22, Named("bastion")), ALL_OUT]),
    (PROD, "legacy", &[(IN, TCP, 21, 21, Any), (IN, TCP, 23, 23, Any), ALL_OUT]),
    (DATA, "default", &[(IN, ANY, 0, LAST, Named("default")), ALL_OUT]),
    (DATA, "rds", &[
        (IN, TCP, 5432, 5432, V4(10, 0, 16)), (IN, TCP, 5432, 5432, Named("batch")),
        (IN, TCP, 5432, 5432, Named("rds")), (IN, TCP, 3306, 3306, V4(10, 0, 8)),
        (OUT, TCP, 5432, 5432, Named("rds")),
    ]),
    (DATA, "db", &[
        (IN, TCP, 7000, 7001, Named("db")), (IN, TCP, 9042, 9042, V4(10, 0, 16)),
        (IN, TCP, 1433, 1433, Any), (OUT, TCP, 7000, 7001, Named("db")),
    ]),
    (DATA, "batch", &[
        (OUT, TCP, 443, 443, List(S3_LIST)), (OUT, TCP, 443, 443, V4(10, 1, 16)),
        (OUT, TCP, 5432, 5432, Named("rds")),
    ]),
    (DATA, "common", &[(IN, TCP, 22, 22, V4(10, 0, 16))]),
    (DATA, "endpoint", &[(IN, TCP, 443, 443, V4(10, 1, 16)), ALL_OUT]),
    (DATA, "standby", &[(IN, TCP, 5432, 5432, Named("batch")), ALL_OUT]),
    (DEV, "default", &[(IN, ANY, 0, LAST, Named("default")), ALL_OUT]),
    (DEV, "dev-web", &[
        (IN, TCP, 443, 443, Any), (IN, TCP, 8000, 8999, Any), (IN, TCP, 22, 22, List(OFFICE_LIST)),
        ALL_OUT,
    ]),
    (DEV, "dev", &[(IN, ANY, 0, LAST, V4(10, 2, 16)), (IN, TCP, 22, 22, Any), ALL_OUT]),
    (DEV, "lambda", &[ALL_OUT]),
    (DEV, "standby", &[(IN, TCP, 22, 22, Named("dev-web")), ALL_OUT]),
];

/// Adds every group and rule of [`GROUPS`].
pub(crate) fn add_groups(network: &mut Network, dice: &mut Dice) {
    for (vpc, name, _) in GROUPS {
        let id = format!("sg-0{}", dice.hex(16));
        network.groups.push(Group { id, name, vpc: *vpc });
    }
    for (group, (vpc, _, rows)) in GROUPS.iter().enumerate() {
        for (is_egress, protocol, from_port, to_port, whom) in *rows {
            let rule = Rule {
                id: format!("sgr-0{}", dice.hex(16)),
                group,
                is_egress: *is_egress,
                protocol: *protocol,
                from_port: *from_port,
                to_port: *to_port,
                peer: peer(*whom, *vpc),
            };
            network.rules.push(rule);
        }
    }
    let region = network.region.clone();
    for list in &mut network.prefix_lists {
        list.name = list.name.replace("REGION", &region);
    }
}

fn peer(whom: Whom, vpc: usize) -> Peer {
    match whom {
        Any => Peer::Range(Cidr::any(false)),
        AnyV6 => Peer::Range(Cidr::any(true)),
        V4(a, b, len) => Peer::Range(Cidr { ip: IpAddr::V4(Ipv4Addr::new(a, b, 0, 0)), len }),
        List(index) => Peer::List(index),
        Named(name) => {
            let at = GROUPS.iter().position(|it| it.0 == vpc && it.1 == name);
            match at {
                Some(index) => Peer::Group(index),
                None => unreachable!("the table of groups names `{name}`, which it has not"),
            }
        }
    }
}

/// The other end of a connection, as rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Other {
    /// Its address.
    pub ip: IpAddr,
    /// Its interface, if it is ours.
    pub interface: Option<usize>,
}

/// A connection as rules see it: protocol and port of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// Protocol number.
    pub protocol: u8,
    /// Port of the server.
    pub port: u16,
}

impl Network {
    /// Returns the indexes of the rules of `interface` that admit a connection; all of them, for a
    /// group has no order and no refusal.
    pub(crate) fn admitting(
        &self,
        interface: usize,
        is_egress: bool,
        other: Other,
        service: Service,
    ) -> Vec<u16> {
        let groups = &self.interfaces[interface].groups;
        let admits = |rule: &Rule| {
            groups.contains(&rule.group)
                && rule.is_egress == is_egress
                && rule.admits_service(service)
                && self.admits_peer(rule.peer, other)
        };
        let indexes = (0_u16..).zip(&self.rules);
        indexes.filter(|(_, rule)| admits(rule)).map(|(index, _)| index).collect()
    }

    fn admits_peer(&self, peer: Peer, other: Other) -> bool {
        match peer {
            Peer::Range(cidr) => cidr.contains(other.ip),
            Peer::List(list) => {
                self.prefix_lists[list].entries.iter().any(|it| it.contains(other.ip))
            }
            Peer::Group(group) => {
                other.interface.is_some_and(|it| self.interfaces[it].groups.contains(&group))
            }
        }
    }
}

impl Rule {
    fn admits_service(&self, service: Service) -> bool {
        let is_protocol = self.protocol == ANY || self.protocol == i16::from(service.protocol);
        let has_ports = self.protocol == TCP || self.protocol == UDP;
        let is_port = (self.from_port..=self.to_port).contains(&service.port);
        is_protocol && (!has_ports || is_port)
    }

    /// Returns the protocol as AWS writes it.
    pub(crate) fn protocol_name(&self) -> &'static str {
        match self.protocol {
            TCP => "tcp",
            UDP => "udp",
            ICMP => "icmp",
            _ => "-1",
        }
    }

    /// Returns first and last port as AWS writes them: -1 where ports mean nothing.
    pub(crate) fn ports(&self) -> (i32, i32) {
        if self.protocol == TCP || self.protocol == UDP {
            (self.from_port.into(), self.to_port.into())
        } else {
            (-1, -1)
        }
    }
}
