//! Who talks to whom: the services of the network as a table.

use crate::network::interface::Role;
use crate::network::{DATA, DEV, PROD};
use crate::traffic::pool::Pool;

/// TCP.
pub(crate) const TCP: u8 = 6;
/// UDP.
pub(crate) const UDP: u8 = 17;
/// ICMP.
pub(crate) const ICMP: u8 = 1;

/// How large one direction of a connection is: `base` bytes of payload, doubled at random up to
/// `doublings` times, so that few connections carry most of the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Bytes of payload of the most frequent connection.
    pub base: u32,
    /// How often it may double.
    pub doublings: u32,
}

/// What a connection of a service is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    /// Protocol number.
    pub protocol: u8,
    /// Port of the server.
    pub port: u16,
    /// From client to server.
    pub forward: Size,
    /// From server to client.
    pub reverse: Size,
    /// The longest time of a short connection.
    pub duration_s_max: u32,
}

const fn profile(
    (protocol, port): (u8, u16),
    forward: (u32, u32),
    reverse: (u32, u32),
    duration_s_max: u32,
) -> Profile {
    let forward = Size { base: forward.0, doublings: forward.1 };
    let reverse = Size { base: reverse.0, doublings: reverse.1 };
    Profile { protocol, port, forward, reverse, duration_s_max }
}

/// HTTPS of a web site.
pub(crate) const HTTPS: Profile = profile((TCP, 443), (700, 5), (3_000, 10), 40);
/// SSH by people.
pub(crate) const SSH: Profile = profile((TCP, 22), (4_000, 6), (6_000, 8), 250);
const HTTP: Profile = profile((TCP, 80), (300, 2), (500, 2), 5);
const WEB: Profile = profile((TCP, 8080), (900, 5), (3_500, 9), 10);
const NODE_PORT: Profile = profile((TCP, 30_080), (900, 5), (2_500, 9), 10);
const APP: Profile = profile((TCP, 8000), (800, 5), (1_800, 8), 6);
const POD: Profile = profile((TCP, 8081), (500, 4), (900, 7), 4);
const POSTGRES: Profile = profile((TCP, 5432), (600, 6), (1_500, 10), 20);
const CASSANDRA: Profile = profile((TCP, 9042), (500, 5), (1_200, 8), 15);
const GOSSIP: Profile = profile((TCP, 7000), (2_000, 4), (2_000, 4), 30);
const DNS: Profile = profile((UDP, 53), (40, 1), (120, 2), 1);
const NTP: Profile = profile((UDP, 123), (48, 0), (48, 0), 1);
const CALL: Profile = profile((TCP, 443), (1_200, 6), (2_400, 8), 12);
const OBJECTS: Profile = profile((TCP, 443), (9_000, 10), (12_000, 11), 30);
const ITEMS: Profile = profile((TCP, 443), (1_100, 3), (900, 4), 8);
const METRICS: Profile = profile((TCP, 9100), (300, 0), (22_000, 1), 2);
const PING: Profile = profile((ICMP, 0), (168, 0), (168, 0), 3);
const DEV_API: Profile = profile((TCP, 5000), (600, 4), (1_500, 6), 10);
const DEV_WEB: Profile = profile((TCP, 8080), (600, 3), (4_000, 7), 15);

/// One side of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// The interfaces of a role in a VPC.
    Own(usize, Role),
    /// The pods of a VPC.
    Pods(usize),
    /// Outside.
    Out(Pool),
}

/// How the traffic of a row goes and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Straight.
    Direct,
    /// Straight, IPv6.
    DirectV6,
    /// Through the NAT gateway of the client's VPC.
    Nat,
    /// Stopped by the client's own groups.
    StoppedAtClient,
}

/// A row: who talks to whom, how, how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Who opens.
    pub client: Party,
    /// Who answers.
    pub server: Party,
    /// What a connection is like.
    pub profile: &'static Profile,
    /// How it goes.
    pub way: Way,
    /// Share of the connections.
    pub weight: u32,
}

const fn row(client: Party, server: Party, profile: &'static Profile, weight: u32) -> Row {
    Row { client, server, profile, way: Way::Direct, weight }
}

const fn by(way: Way, row: Row) -> Row {
    Row { way, ..row }
}

use Party::{Out, Own, Pods};
use Role::{Alb, App, Bastion, Batch, Db, Dev, DevWeb, Dns, Endpoint, Lambda, Monitor, Rds, Web};
use Way::{DirectV6, Nat, StoppedAtClient};

/// The ordinary, short connections.
pub(crate) const ROWS: &[Row] = &[
    row(Out(Pool::Clients), Own(PROD, Alb), &HTTPS, 220),
    row(Out(Pool::Clients), Own(PROD, Alb), &HTTP, 25),
    by(DirectV6, row(Out(Pool::ClientsV6), Own(PROD, Alb), &HTTPS, 35)),
    row(Own(PROD, Alb), Own(PROD, Web), &WEB, 120),
    row(Own(PROD, Alb), Own(PROD, Role::Eks), &NODE_PORT, 40),
    row(Own(PROD, Web), Own(PROD, App), &APP, 90),
    row(Pods(PROD), Own(PROD, App), &APP, 40),
    row(Pods(PROD), Pods(PROD), &POD, 25),
    row(Pods(PROD), Own(DATA, Rds), &POSTGRES, 25),
    row(Own(PROD, App), Own(DATA, Rds), &POSTGRES, 60),
    row(Own(PROD, App), Own(DATA, Db), &CASSANDRA, 30),
    row(Own(PROD, Lambda), Own(DATA, Rds), &POSTGRES, 10),
    row(Own(PROD, Web), Own(PROD, Dns), &DNS, 18),
    row(Own(PROD, App), Own(PROD, Dns), &DNS, 18),
    row(Own(PROD, Batch), Own(PROD, Dns), &DNS, 6),
    row(Pods(PROD), Own(PROD, Dns), &DNS, 18),
    by(Nat, row(Own(PROD, Dns), Out(Pool::Resolvers), &DNS, 12)),
    by(Nat, row(Own(PROD, App), Out(Pool::Hosts), &CALL, 30)),
    by(Nat, row(Own(PROD, Batch), Out(Pool::Hosts), &CALL, 8)),
    by(Nat, row(Pods(PROD), Out(Pool::Hosts), &CALL, 15)),
    by(Nat, row(Own(PROD, Web), Out(Pool::Clocks), &NTP, 5)),
    by(DirectV6, row(Own(PROD, Web), Out(Pool::HostsV6), &CALL, 8)),
    row(Own(PROD, Batch), Out(Pool::S3), &OBJECTS, 12),
    row(Own(PROD, App), Out(Pool::DynamoDb), &ITEMS, 14),
    row(Own(PROD, App), Own(PROD, Endpoint), &CALL, 14),
    row(Own(PROD, Web), Own(PROD, Endpoint), &CALL, 10),
    row(Own(PROD, Lambda), Own(PROD, Endpoint), &CALL, 6),
    row(Own(PROD, Monitor), Own(PROD, Web), &METRICS, 10),
    row(Own(PROD, Monitor), Own(PROD, App), &METRICS, 10),
    row(Own(PROD, Monitor), Own(PROD, Batch), &METRICS, 5),
    row(Own(PROD, Monitor), Own(PROD, Role::Eks), &METRICS, 5),
    row(Own(PROD, Monitor), Own(PROD, Web), &PING, 6),
    row(Out(Pool::Office), Own(PROD, Bastion), &SSH, 1),
    row(Own(PROD, Bastion), Own(PROD, Web), &SSH, 1),
    row(Own(PROD, Bastion), Own(PROD, App), &SSH, 1),
    row(Own(DATA, Batch), Own(DATA, Rds), &POSTGRES, 12),
    row(Own(DATA, Batch), Out(Pool::S3), &OBJECTS, 6),
    row(Own(DATA, Batch), Own(DATA, Endpoint), &CALL, 4),
    row(Own(DATA, Db), Own(DATA, Db), &GOSSIP, 10),
    row(Own(DATA, Rds), Own(DATA, Rds), &POSTGRES, 2),
    by(StoppedAtClient, row(Own(DATA, Db), Out(Pool::Hosts), &CALL, 2)),
    row(Out(Pool::Clients), Own(DEV, DevWeb), &HTTPS, 8),
    row(Out(Pool::Clients), Own(DEV, DevWeb), &DEV_WEB, 6),
    row(Out(Pool::Office), Own(DEV, DevWeb), &SSH, 1),
    row(Own(DEV, DevWeb), Own(DEV, Dev), &DEV_API, 8),
    by(Nat, row(Own(DEV, Dev), Out(Pool::Hosts), &CALL, 10)),
    by(Nat, row(Own(DEV, Lambda), Out(Pool::Hosts), &CALL, 2)),
];

/// The connections that last for many windows.
pub(crate) const LONG_ROWS: &[Row] = &[
    row(Own(PROD, App), Own(DATA, Rds), &POSTGRES, 10),
    row(Pods(PROD), Own(DATA, Rds), &POSTGRES, 6),
    row(Own(DATA, Rds), Own(DATA, Rds), &POSTGRES, 4),
    row(Own(DATA, Db), Own(DATA, Db), &GOSSIP, 4),
    row(Own(PROD, App), Own(DATA, Db), &CASSANDRA, 4),
    row(Out(Pool::Clients), Own(PROD, Alb), &HTTPS, 8),
    row(Out(Pool::Office), Own(PROD, Bastion), &SSH, 1),
    row(Own(PROD, Bastion), Own(PROD, App), &SSH, 1),
];
