//! Lanes: who talks to whom, resolved to interfaces, with all that is the same for every
//! connection between the two: who sees it, under which addresses, and which rules admit it.

use std::net::{IpAddr, Ipv4Addr};

use crate::dice::{Dice, Stream};
use crate::network::address::Addr;
use crate::network::group::{Other, Service};
use crate::network::interface::Role;
use crate::network::{Network, Tier, subnet_index};
use crate::traffic::pool::{Pool, Pools};
use crate::traffic::service::{self, Party, Profile, Row, Way};

/// The most pairs that a row of the table is resolved to.
const PAIRS_MAX: usize = 48;

/// No next hop.
pub(crate) const NO_HOP: u16 = u16::MAX;

/// Where the text of an address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The connection's own client.
    Client,
    /// The connection's own server.
    Server,
    /// An address of the network.
    Fixed(u16),
}

/// At which part of the way a leg is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// At the client's interface.
    Client,
    /// At a NAT gateway.
    Nat,
    /// At the server's interface.
    Server,
}

/// One direction of a connection as one interface sees it: each window of it is a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    /// Index of the interface.
    pub interface: u16,
    /// Part of the way.
    pub side: Side,
    /// Whether it is from client to server.
    pub is_forward: bool,
    /// Whether it leaves the interface.
    pub is_egress: bool,
    /// `srcaddr`.
    pub src: Slot,
    /// `dstaddr`.
    pub dst: Slot,
    /// `pkt-srcaddr`.
    pub pkt_src: Slot,
    /// `pkt-dstaddr`.
    pub pkt_dst: Slot,
    /// Whether the client's port is the one that the NAT gateway chose.
    pub has_nat_port: bool,
    /// `traffic-path`, 0 for none.
    pub path: u8,
    /// Index of the next interface, or [`NO_HOP`].
    pub next_hop: u16,
    /// Index of the VPC, which is the flow log.
    pub vpc: u8,
}

/// One end of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// One of ours: interface, its address in packets, and the address that its records show.
    Own { interface: u16, address: u16, shown: u16 },
    /// An address of a pool.
    Pool(Pool),
    /// An address that each connection brings itself.
    Stranger,
}

/// Two ends, the way between them, and the server's port.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// Who opens.
    pub client: End,
    /// Who answers.
    pub server: End,
    /// How it goes.
    pub way: Way,
    /// Port of the server.
    pub port: u16,
}

/// A resolved pair.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    /// Who opens.
    pub client: End,
    /// Who answers.
    pub server: End,
    /// What a connection is like.
    pub profile: &'static Profile,
    /// Port of the server, which the rules are looked up by.
    pub port: u16,
    /// Whether the client's own groups stop it.
    pub is_stopped: bool,
    /// Whether it is IPv6.
    pub is_v6: bool,
    /// What is seen of it, and where.
    pub legs: Vec<Leg>,
    /// Rules that let it out of the client's interface.
    pub egress_rules: Vec<u16>,
    /// Rules that let it into the server's interface.
    pub ingress_rules: Vec<u16>,
}

/// All lanes, and how often each is taken.
#[derive(Debug)]
pub(crate) struct Lanes {
    /// Every lane; the short ones first, then the long ones, then those of events.
    pub all: Vec<Lane>,
    short: Vec<u32>,
    long: Vec<u32>,
}

impl Lanes {
    /// Returns the lanes of the tables of services.
    pub(crate) fn new(seed: u64, network: &Network, pools: &Pools) -> Self {
        let mut dice = Dice::new(seed, Stream::Lanes, 0);
        let mut lanes = Self { all: Vec::new(), short: Vec::new(), long: Vec::new() };
        for row in service::ROWS {
            let weights = lanes.add_row(network, pools, row, &mut dice);
            lanes.short.extend(weights);
        }
        for row in service::LONG_ROWS {
            let weights = lanes.add_row(network, pools, row, &mut dice);
            lanes.long.extend(weights);
        }
        add_up(&mut lanes.short);
        add_up(&mut lanes.long);
        lanes
    }

    fn add_row(
        &mut self,
        network: &Network,
        pools: &Pools,
        row: &Row,
        dice: &mut Dice,
    ) -> Vec<u32> {
        let servers = ends(network, row.server, row.way);
        let mut pairs: Vec<(End, End)> = ends(network, row.client, row.way)
            .into_iter()
            .flat_map(|client| servers.iter().map(move |server| (client, *server)))
            .filter(|(client, server)| !is_same_interface(*client, *server))
            .collect();
        while pairs.len() > PAIRS_MAX {
            let out = dice.index(pairs.len());
            pairs.swap_remove(out);
        }
        let n_pairs = u32::try_from(pairs.len()).unwrap_or(1).max(1);
        let mut weights = Vec::with_capacity(pairs.len());
        for (client, server) in pairs {
            let pair = Pair { client, server, way: row.way, port: row.profile.port };
            self.all.push(lane(network, pools, row.profile, pair));
            weights.push(row.weight * 1_000 / n_pairs * dice.range(50, 150) / 100);
        }
        weights
    }

    /// Adds a lane that only planned events and noise take; returns its index.
    pub(crate) fn add(
        &mut self,
        network: &Network,
        pools: &Pools,
        profile: &'static Profile,
        pair: Pair,
    ) -> u32 {
        self.all.push(lane(network, pools, profile, pair));
        u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
    }

    /// Notes that a lane to a stranger leads to an address of the own range.
    pub(crate) fn stays_inside(&mut self, lane: u32) {
        for leg in &mut self.all[lane as usize].legs {
            leg.path = leg.path.min(1);
        }
    }

    /// Notes that no rule lets a lane's packets in, though rules would admit its connections.
    pub(crate) fn comes_late(&mut self, lane: u32) {
        self.all[lane as usize].ingress_rules.clear();
    }

    /// Returns whether a rule lets a lane's connections into the server's interface.
    pub(crate) fn is_admitted(&self, lane: u32) -> bool {
        !self.all[lane as usize].ingress_rules.is_empty()
    }

    /// Returns the index of a lane for a short connection.
    pub(crate) fn pick_short(&self, dice: &mut Dice) -> u32 {
        pick(&self.short, dice)
    }

    /// Returns the index of a lane for a long connection.
    pub(crate) fn pick_long(&self, dice: &mut Dice) -> u32 {
        u32::try_from(self.short.len()).unwrap_or(0) + pick(&self.long, dice)
    }
}

impl Lane {
    /// Returns whether a leg is the one that counts of all views of its direction: the sender's,
    /// or the receiver's if the sender is not one of ours.
    pub(crate) fn counts(&self, leg: &Leg) -> bool {
        let (sender, sender_side, receiver_side) = if leg.is_forward {
            (self.client, Side::Client, Side::Server)
        } else {
            (self.server, Side::Server, Side::Client)
        };
        let is_own = matches!(sender, End::Own { .. });
        leg.side == if is_own { sender_side } else { receiver_side }
    }

    /// Returns the index of the interface whose address a leg shows at its other end, or
    /// [`NO_HOP`].
    pub(crate) fn peer(&self, leg: &Leg) -> u16 {
        match leg.side {
            Side::Client => interface_of(self.server),
            Side::Server => interface_of(self.client),
            Side::Nat => leg.next_hop,
        }
    }
}

fn add_up(weights: &mut [u32]) {
    let mut total = 0;
    for weight in weights {
        total += *weight;
        *weight = total;
    }
}

fn pick(sums: &[u32], dice: &mut Dice) -> u32 {
    let wanted = dice.below(sums.last().copied().unwrap_or(0));
    u32::try_from(sums.partition_point(|it| *it <= wanted)).unwrap_or(0)
}

fn is_same_interface(client: End, server: End) -> bool {
    match (client, server) {
        (End::Own { interface: one, .. }, End::Own { interface: other, .. }) => one == other,
        _ => false,
    }
}

/// Returns the ends that a party stands for.
fn ends(network: &Network, party: Party, way: Way) -> Vec<End> {
    let indexes = || (0_u16..).zip(&network.interfaces);
    match party {
        Party::Out(pool) => vec![End::Pool(pool)],
        Party::Own(vpc, role) => indexes()
            .filter(|(_, it)| it.vpc == vpc && it.role == role)
            .map(|(index, it)| {
                let address = it.v6.filter(|_| way == Way::DirectV6).unwrap_or(it.primary);
                End::Own { interface: index, address, shown: address }
            })
            .collect(),
        Party::Pods(vpc) => indexes()
            .filter(|(_, it)| it.vpc == vpc)
            .flat_map(|(index, it)| {
                let end =
                    |pod: &u16| End::Own { interface: index, address: *pod, shown: it.primary };
                it.pods.iter().map(end).collect::<Vec<_>>()
            })
            .collect(),
    }
}

/// Returns the end for an own interface's primary address.
pub(crate) fn own(network: &Network, interface: usize) -> End {
    let primary = network.interfaces[interface].primary;
    let interface = u16::try_from(interface).unwrap_or(u16::MAX);
    End::Own { interface, address: primary, shown: primary }
}

fn lane(network: &Network, pools: &Pools, profile: &'static Profile, pair: Pair) -> Lane {
    let Pair { client, server, way, port } = pair;
    let service = Service { protocol: profile.protocol, port };
    let rules = |at: End, is_egress: bool, other: End| match at {
        End::Own { interface, .. } => {
            let other = seen(network, pools, other);
            network.admitting(interface.into(), is_egress, other, service)
        }
        _ => Vec::new(),
    };
    let legs = match way {
        Way::Nat => nat_legs(network, client, server),
        _ => direct_legs(network, client, server),
    };
    Lane {
        client,
        server,
        profile,
        port,
        is_stopped: way == Way::StoppedAtClient,
        is_v6: way == Way::DirectV6,
        legs,
        egress_rules: rules(client, true, server),
        ingress_rules: rules(server, false, client),
    }
}

/// Returns how rules see an end; a stranger as somebody in no list and no group.
fn seen(network: &Network, pools: &Pools, end: End) -> Other {
    match end {
        End::Own { interface, address, .. } => Other {
            ip: network.addresses[usize::from(address)].ip,
            interface: Some(interface.into()),
        },
        End::Pool(pool) => Other { ip: pools.addresses(pool)[0].ip, interface: None },
        End::Stranger => Other { ip: IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)), interface: None },
    }
}

fn slot(end: End, other: Slot) -> Slot {
    match end {
        End::Own { address, .. } => Slot::Fixed(address),
        _ => other,
    }
}

fn interface_of(end: End) -> u16 {
    match end {
        End::Own { interface, .. } => interface,
        _ => NO_HOP,
    }
}

fn vpc_of(network: &Network, interface: u16) -> u8 {
    u8::try_from(network.interfaces[usize::from(interface)].vpc).unwrap_or(0)
}

/// Returns `traffic-path` of what leaves `from` for `to`.
fn path(network: &Network, from: u16, to: End) -> u8 {
    let own = &network.interfaces[usize::from(from)];
    match to {
        End::Own { interface, .. } => {
            let is_same = network.interfaces[usize::from(interface)].vpc == own.vpc;
            if is_same { 1 } else { 4 }
        }
        End::Pool(pool) if pool.is_gateway() => 7,
        _ if own.role.is_instance() => 8,
        _ => 2,
    }
}

/// Returns both directions at each own interface.
fn direct_legs(network: &Network, client: End, server: End) -> Vec<Leg> {
    let client_slot = slot(client, Slot::Client);
    let server_slot = slot(server, Slot::Server);
    let mut legs = Vec::with_capacity(4);
    if let End::Own { interface, shown, .. } = client {
        let leg = Leg {
            interface,
            side: Side::Client,
            is_forward: true,
            is_egress: true,
            src: Slot::Fixed(shown),
            dst: server_slot,
            pkt_src: client_slot,
            pkt_dst: server_slot,
            has_nat_port: false,
            path: path(network, interface, server),
            next_hop: interface_of(server),
            vpc: vpc_of(network, interface),
        };
        legs.extend([leg, turned(leg, leg.path)]);
    }
    if let End::Own { interface, shown, .. } = server {
        let leg = Leg {
            interface,
            side: Side::Server,
            is_forward: true,
            is_egress: false,
            src: client_slot,
            dst: Slot::Fixed(shown),
            pkt_src: client_slot,
            pkt_dst: server_slot,
            has_nat_port: false,
            path: 0,
            next_hop: interface_of(client),
            vpc: vpc_of(network, interface),
        };
        legs.extend([leg, turned(leg, path(network, interface, client))]);
    }
    legs
}

/// Returns the reply to a leg, as the same interface sees it; `path` is for the one that leaves.
fn turned(leg: Leg, path: u8) -> Leg {
    Leg {
        is_forward: !leg.is_forward,
        is_egress: !leg.is_egress,
        src: leg.dst,
        dst: leg.src,
        pkt_src: leg.pkt_dst,
        pkt_dst: leg.pkt_src,
        path: if leg.is_egress { 0 } else { path },
        ..leg
    }
}

/// Returns what an instance and the NAT gateway of its VPC see of a connection to the internet.
fn nat_legs(network: &Network, client: End, server: End) -> Vec<Leg> {
    let mut legs = direct_legs(network, client, server);
    let End::Own { interface, address, .. } = client else { return legs };
    let nat = nat_of(network, interface);
    let nat_address = Slot::Fixed(network.interfaces[usize::from(nat)].primary);
    for leg in &mut legs {
        leg.next_hop = nat;
        leg.path = leg.path.min(1);
    }
    let inner = Leg {
        interface: nat,
        side: Side::Nat,
        is_forward: true,
        is_egress: false,
        src: Slot::Fixed(address),
        dst: nat_address,
        pkt_src: Slot::Fixed(address),
        pkt_dst: Slot::Server,
        has_nat_port: false,
        path: 0,
        next_hop: interface,
        vpc: vpc_of(network, nat),
    };
    let outer = Leg {
        is_egress: true,
        src: nat_address,
        dst: Slot::Server,
        pkt_src: nat_address,
        has_nat_port: true,
        path: 2,
        next_hop: NO_HOP,
        ..inner
    };
    let inner_reply = Leg { src: nat_address, dst: Slot::Fixed(address), ..turned(inner, 1) };
    legs.extend([inner, outer, turned(outer, 2), inner_reply]);
    legs
}

/// Returns the NAT gateway in the same zone, else the first of the VPC.
fn nat_of(network: &Network, interface: u16) -> u16 {
    let own = &network.interfaces[usize::from(interface)];
    let zone = network.subnets[own.subnet].zone;
    let place = subnet_index(own.vpc, Tier::Public, zone);
    let nats = || {
        (0_u16..)
            .zip(&network.interfaces)
            .filter(|(_, it)| it.role == Role::Nat && it.vpc == own.vpc)
    };
    nats().find(|(_, it)| it.subnet == place).or_else(|| nats().next()).map_or(0, |it| it.0)
}

impl Slot {
    /// Returns the address, given the connection's own client and server.
    pub(crate) fn address<'a>(
        self,
        network: &'a Network,
        (client, server): (&'a Addr, &'a Addr),
    ) -> &'a Addr {
        match self {
            Self::Client => client,
            Self::Server => server,
            Self::Fixed(index) => &network.addresses[usize::from(index)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Spec, World};

    #[test]
    fn what_is_accepted_is_admitted_and_what_is_stopped_is_not() {
        for seed in [1, 2, 3] {
            let world = World::new(Spec::small(seed)).unwrap();
            let groups = |end: End| match end {
                End::Own { interface, .. } => {
                    world.network.interfaces[usize::from(interface)].groups.len()
                }
                _ => 0,
            };
            let n_ordinary = world.lanes.short.len() + world.lanes.long.len();
            for lane in &world.lanes.all[..n_ordinary] {
                let ends = (lane.client, lane.server, lane.port);
                assert_eq!(lane.ingress_rules.is_empty(), groups(lane.server) == 0, "{ends:?}");
                let is_let_out = !lane.egress_rules.is_empty();
                assert_eq!(is_let_out, groups(lane.client) > 0 && !lane.is_stopped, "{ends:?}");
            }
        }
    }

    #[test]
    fn a_lane_has_two_legs_at_each_own_interface_and_four_at_a_nat_gateway() {
        let world = World::new(Spec::small(1)).unwrap();
        for lane in &world.lanes.all {
            let at = |side: Side| lane.legs.iter().filter(|it| it.side == side).count();
            let own = |end: End| if matches!(end, End::Own { .. }) { 2 } else { 0 };
            assert_eq!((at(Side::Client), at(Side::Server)), (own(lane.client), own(lane.server)));
            assert!([0, 4].contains(&at(Side::Nat)));
            let n_forward = lane.legs.iter().filter(|it| it.is_forward).count();
            assert_eq!(n_forward * 2, lane.legs.len(), "every request has its reply");
        }
    }
}
