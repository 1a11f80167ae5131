//! Whether the security groups of an interface let a packet in or out.
//!
//! The packet is the one that opens: groups are stateful, replies are never asked about. All rules
//! of all groups count together, there is no order and no denial ("Security group rules" of the VPC
//! user guide). ICMP rules name a type and a code, which records do not have; such a rule may match,
//! so it does. Whether a rule matches is not known if it names a prefix list or a group of which the
//! inventory has nothing.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use tidegate_model::inventory::Validity;
use tidegate_model::private::is_private;

use crate::{InterfaceAt, InterfaceIndex, Network, Owner, Rule, RulePeer, Symbol};

/// The way of a packet, relative to the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// It arrives.
    Ingress,
    /// It leaves.
    Egress,
}

/// The packet that opens a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packet {
    /// Way.
    pub way: Way,
    /// IANA number.
    pub protocol: u8,
    /// Destination port.
    pub port: u16,
    /// The address at the other end.
    pub peer: IpAddr,
}

/// IANA numbers of the protocols whose rules name ports.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Returns whether the groups of the interface at the moment admit the packet; `None` if the
/// interface, one of its groups, or what a rule that may match names is not known, or if it has no
/// groups, as gateways have none.
#[must_use]
pub fn admits(
    network: &Network,
    interface: InterfaceIndex,
    moment_us: i64,
    packet: &Packet,
) -> Option<bool> {
    let at = network.at(interface, moment_us)?;
    let group_ids = network.group_ids(at);
    let owners = Owners::new(network, packet.peer);
    let mut is_known = !group_ids.is_empty();
    for group_id in group_ids {
        let rules = network.rules(*group_id).iter();
        for rule in rules.filter(|it| it.validity.contains(moment_us)) {
            match matches_with(&owners, rule, moment_us, packet) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_known = false,
            }
        }
        is_known &= network.knows_group(*group_id, moment_us);
    }
    is_known.then_some(false)
}

/// Returns whether the groups of the interface at the moment may admit the packet with any port of
/// a range in the place of its own; whatever is not known may.
#[must_use]
pub fn may_admit(
    network: &Network,
    interface: InterfaceIndex,
    moment_us: i64,
    packet: &Packet,
    ports: RangeInclusive<u16>,
) -> bool {
    let Some(at) = network.at(interface, moment_us) else { return true };
    let group_ids = network.group_ids(at);
    let owners = Owners::new(network, packet.peer);
    let may = |rule: &Rule| {
        // Within the range, the port that is next to the rule's first one.
        let first = rule.from_port.and_then(|it| u16::try_from(it).ok()).unwrap_or(0);
        let port = first.clamp(*ports.start(), *ports.end());
        matches_with(&owners, rule, moment_us, &Packet { port, ..*packet }) != Some(false)
    };
    let refuses = |group_id: &Symbol| {
        let rules = network.rules(*group_id).iter();
        let mut valid = rules.filter(|it| it.validity.contains(moment_us));
        network.knows_group(*group_id, moment_us) && !valid.any(may)
    };
    group_ids.is_empty() || !group_ids.iter().all(refuses)
}

/// Visits every rule that may admit the packet at an interface in a state, of all its groups: the
/// group, the rule's place among [`Network::rules`] of the group, and whether it does for sure.
pub fn admitting(
    owners: &Owners<'_>,
    at: &InterfaceAt,
    moment_us: i64,
    packet: &Packet,
    mut visit: impl FnMut(Symbol, usize, bool),
) {
    for group_id in owners.network.group_ids(at) {
        let rules = owners.network.rules(*group_id).iter().enumerate();
        for (place, rule) in rules.filter(|it| it.1.validity.contains(moment_us)) {
            match matches_with(owners, rule, moment_us, packet) {
                Some(true) => visit(*group_id, place, true),
                Some(false) => {}
                None => visit(*group_id, place, false),
            }
        }
    }
}

/// Returns the moments in a range at which the rules that admit the packet at the interface may
/// become others, in the order of time: where a fact that they follow from begins or ends.
#[must_use]
pub fn changes(
    network: &Network,
    interface: InterfaceIndex,
    packet: &Packet,
    range: Validity,
) -> Vec<i64> {
    let mut moments = Vec::new();
    let mut add = |it: Validity| {
        let inside = [it.from_us, it.until_us];
        let inside = inside.into_iter().filter(|it| range.from_us < *it && *it < range.until_us);
        moments.extend(inside);
    };
    let overlaps = |it: Validity| it.from_us < range.until_us && range.from_us < it.until_us;
    for at in network.states(interface).iter().filter(|it| overlaps(it.validity)) {
        add(at.validity);
        for group_id in network.group_ids(at) {
            facts_of_group(network, *group_id, &mut add);
        }
    }
    for owner in network.owners(packet.peer) {
        add(owner.validity);
        network.states(owner.interface).iter().for_each(|it| add(it.validity));
    }
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Returns a range of time around the moment in which [`admits`] says the same, so that the answer
/// can be kept: none of the facts that it follows from begins or ends within.
#[must_use]
pub fn same_during(
    network: &Network,
    interface: InterfaceIndex,
    moment_us: i64,
    packet: &Packet,
) -> Validity {
    let mut range = Validity { from_us: i64::MIN, until_us: i64::MAX };
    let mut narrow = |it: Validity| {
        for bound in [it.from_us, it.until_us] {
            if bound <= moment_us {
                range.from_us = range.from_us.max(bound);
            } else {
                range.until_us = range.until_us.min(bound);
            }
        }
    };
    let Some(at) = network.at(interface, moment_us) else {
        return Validity { from_us: moment_us, until_us: moment_us.saturating_add(1) };
    };
    narrow(at.validity);
    for group_id in network.group_ids(at) {
        facts_of_group(network, *group_id, &mut narrow);
    }
    for owner in network.owners(packet.peer) {
        narrow(owner.validity);
        if let Some(at) = network.at(owner.interface, moment_us) {
            narrow(at.validity);
        }
    }
    range
}

/// Visits when each fact held that a group's admission follows from.
fn facts_of_group(network: &Network, group_id: Symbol, visit: &mut impl FnMut(Validity)) {
    network.group_validities(group_id).for_each(&mut *visit);
    for rule in network.rules(group_id) {
        match rule.peer {
            RulePeer::PrefixList(id) => network.prefix_list_validities(id).for_each(&mut *visit),
            RulePeer::SecurityGroup(id) => network.group_validities(id).for_each(&mut *visit),
            RulePeer::Cidr(_) => {}
        }
    }
}

/// Whose an address was, looked up when a rule first asks: most rules name blocks.
#[derive(Debug)]
pub struct Owners<'a> {
    network: &'a Network,
    address: IpAddr,
    found: OnceCell<Vec<Owner>>,
}

impl<'a> Owners<'a> {
    /// Returns the owners of an address.
    #[must_use]
    pub fn new(network: &'a Network, address: IpAddr) -> Self {
        Self { network, address, found: OnceCell::new() }
    }

    fn all(&self) -> &[Owner] {
        self.found.get_or_init(|| self.network.owners(self.address))
    }
}

/// Returns whether a rule admits the packet, whenever the rule is valid; `None` if what it names is
/// not known at the moment.
#[must_use]
pub fn matches(network: &Network, rule: &Rule, moment_us: i64, packet: &Packet) -> Option<bool> {
    matches_with(&Owners::new(network, packet.peer), rule, moment_us, packet)
}

/// Returns the same as [`matches()`]; `owners` are those of the packet's peer, for many rules.
#[must_use]
pub fn matches_with(
    owners: &Owners<'_>,
    rule: &Rule,
    moment_us: i64,
    packet: &Packet,
) -> Option<bool> {
    if rule.is_egress != (packet.way == Way::Egress) || !matches_protocol(rule, packet) {
        return Some(false);
    }
    match rule.peer {
        RulePeer::Cidr(cidr) => Some(cidr.contains(packet.peer)),
        RulePeer::PrefixList(id) => owners.network.is_in_prefix_list(id, packet.peer, moment_us),
        RulePeer::SecurityGroup(id) => has_group(owners, id, moment_us),
    }
}

fn matches_protocol(rule: &Rule, packet: &Packet) -> bool {
    let Some(protocol) = rule.protocol else { return true };
    if protocol != packet.protocol {
        return false;
    }
    // Of other protocols, AWS lets everything pass whatever the ports of the rule.
    let has_ports = matches!(protocol, TCP | UDP);
    let port = i32::from(packet.port);
    let is_from = rule.from_port.is_none_or(|it| it <= port);
    let is_to = rule.to_port.is_none_or(|it| port <= it);
    !has_ports || rule.from_port == Some(-1) || (is_from && is_to)
}

/// Returns whether an interface with this address carries the group.
fn has_group(owners: &Owners<'_>, group_id: Symbol, moment_us: i64) -> Option<bool> {
    let Owners { network, address, .. } = owners;
    let valid = owners.all().iter().filter(|it| !it.is_public && it.holds(moment_us));
    let mut is_known = network.knows_group(group_id, moment_us);
    for state in valid.filter_map(|it| network.at(it.interface, moment_us)) {
        if network.group_ids(state).contains(&group_id) {
            return Some(true);
        }
        // All groups of the interface are known.
        is_known = true;
    }
    // A public address never matches a reference to a group.
    let is_public = address.is_ipv4() && !is_private(*address);
    (is_known || is_public).then_some(false)
}
