//! Whether the security groups of an interface let a packet in or out.
//!
//! The packet is the one that opens: groups are stateful, replies are never asked about. All rules
//! of all groups count together, there is no order and no denial ("Security group rules" of the VPC
//! user guide). ICMP rules name a type and a code, which records do not have; such a rule may match,
//! so it does. Whether a rule matches is not known if it names a prefix list or a group of which the
//! inventory has nothing.

use std::net::IpAddr;

use tidegate_model::inventory::Validity;
use tidegate_model::private::is_private;

use crate::{InterfaceIndex, Network, Rule, RulePeer, Symbol};

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
    let mut is_known = !group_ids.is_empty();
    for group_id in group_ids {
        let rules = network.rules(*group_id).iter();
        for rule in rules.filter(|it| it.validity.contains(moment_us)) {
            match matches(network, rule, moment_us, packet) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_known = false,
            }
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
    for group_id in network.group_ids(at) {
        network.group_validities(*group_id).for_each(&mut narrow);
        for rule in network.rules(*group_id) {
            match rule.peer {
                RulePeer::PrefixList(id) => {
                    network.prefix_list_validities(id).for_each(&mut narrow);
                }
                RulePeer::SecurityGroup(id) => {
                    network.group_validities(id).for_each(&mut narrow);
                }
                RulePeer::Cidr(_) => {}
            }
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

/// Returns whether a rule admits the packet, whenever the rule is valid; `None` if what it names is
/// not known at the moment.
#[must_use]
pub fn matches(network: &Network, rule: &Rule, moment_us: i64, packet: &Packet) -> Option<bool> {
    if rule.is_egress != (packet.way == Way::Egress) || !matches_protocol(rule, packet) {
        return Some(false);
    }
    match rule.peer {
        RulePeer::Cidr(cidr) => Some(cidr.contains(packet.peer)),
        RulePeer::PrefixList(id) => network.is_in_prefix_list(id, packet.peer, moment_us),
        RulePeer::SecurityGroup(id) => has_group(network, id, moment_us, packet.peer),
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
fn has_group(network: &Network, group_id: Symbol, moment_us: i64, address: IpAddr) -> Option<bool> {
    let owners = network.owners(address);
    let valid = owners.iter().filter(|it| !it.is_public && it.holds(moment_us));
    let mut is_known = network.knows_group(group_id, moment_us);
    for state in valid.filter_map(|it| network.at(it.interface, moment_us)) {
        if network.group_ids(state).contains(&group_id) {
            return Some(true);
        }
        // All groups of the interface are known.
        is_known = true;
    }
    // A public address never matches a reference to a group.
    let is_public = address.is_ipv4() && !is_private(address);
    (is_known || is_public).then_some(false)
}
