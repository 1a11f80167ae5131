//! Whether the security groups of an interface let a packet in or out.
//!
//! The packet is the one that opens: groups are stateful, replies are never asked about. All rules
//! of all groups count together, there is no order and no denial ("Security group rules" of the VPC
//! user guide). ICMP rules name a type and a code, which records do not have; such a rule may match,
//! so it does.

use std::net::IpAddr;

use tidegate_model::inventory::Validity;

use crate::network::{InterfaceIndex, Network, Rule, RulePeer, Symbol};

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
/// interface or one of its groups is not known, or if it has none, as gateways have none.
#[must_use]
pub fn admits(
    network: &Network,
    interface: InterfaceIndex,
    moment_us: i64,
    packet: &Packet,
) -> Option<bool> {
    let at = network.at(interface, moment_us)?;
    let group_ids = network.group_ids(at);
    let mut is_known = !group_ids.is_empty();
    for group_id in group_ids {
        let mut rules = matching(network, *group_id, moment_us, packet);
        if rules.next().is_some() {
            return Some(true);
        }
        is_known &= network.knows_group(*group_id, moment_us);
    }
    is_known.then_some(false)
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
    for rule in network.group_ids(at).iter().flat_map(|it| network.rules(*it)) {
        narrow(rule.validity);
        if let RulePeer::PrefixList(id) = rule.peer {
            network.prefix_list_validities(id).for_each(&mut narrow);
        }
    }
    for owner in network.owners(packet.peer) {
        narrow(owner.validity);
        if let Some(at) = network.at(owner.interface, moment_us) {
            narrow(at.validity);
        }
    }
    range
}

/// Returns the rules of a group that admit the packet at the moment.
pub fn matching<'a>(
    network: &'a Network,
    group_id: Symbol,
    moment_us: i64,
    packet: &'a Packet,
) -> impl Iterator<Item = &'a Rule> {
    let rules = network.rules(group_id).iter();
    let valid = rules.filter(move |it| it.validity.contains(moment_us));
    valid.filter(move |it| matches(network, it, moment_us, packet))
}

/// Returns whether a rule admits the packet, whenever the rule is valid.
#[must_use]
pub fn matches(network: &Network, rule: &Rule, moment_us: i64, packet: &Packet) -> bool {
    rule.is_egress == (packet.way == Way::Egress)
        && matches_protocol(rule, packet)
        && matches_peer(network, rule.peer, moment_us, packet.peer)
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

fn matches_peer(network: &Network, peer: RulePeer, moment_us: i64, address: IpAddr) -> bool {
    match peer {
        RulePeer::Cidr(cidr) => cidr.contains(address),
        RulePeer::PrefixList(id) => network.is_in_prefix_list(id, address, moment_us),
        // A public address never matches a reference to a group.
        RulePeer::SecurityGroup(id) => {
            let owners = network.owners(address);
            let valid = owners.iter().filter(|it| !it.is_public && it.holds(moment_us));
            let mut states = valid.filter_map(|it| network.at(it.interface, moment_us));
            states.any(|it| network.group_ids(it).contains(&id))
        }
    }
}
