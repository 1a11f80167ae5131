//! Rules that another rule of their group contains, and rules that cannot admit anything.
//!
//! Both follow from the rules alone, whatever was seen.

use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_network::{Network, Rule, RulePeer, Symbol};

use crate::flow::{ICMP, ICMPV6, TCP, UDP};
use crate::members::Members;
use crate::slots::{Current, Slot, Slots};
use crate::usage::Use;
use crate::verdict::NoOp;

/// Returns for each rule the one of its group that contains it, if there is one. Of rules that say
/// the same, the first stays.
pub(crate) fn shadows(slots: &Slots, network: &Network, moment_us: i64) -> Vec<Option<Slot>> {
    let mut by_group: HashMap<Symbol, Vec<Slot>> = HashMap::new();
    for (slot, current) in (0..).zip(&slots.rules) {
        by_group.entry(current.group).or_default().push(slot);
    }
    let lists = Lists { network, moment_us };
    let shadow = |(slot, current): (Slot, &Current)| {
        let own = by_group.get(&current.group).map_or(&[][..], Vec::as_slice);
        own.iter().copied().find(|other| {
            let said = &slots.get(*other).said;
            let is_first = *other < slot || !lists.contains(&current.said, said);
            *other != slot && is_first && lists.contains(said, &current.said)
        })
    };
    (0..).zip(&slots.rules).map(shadow).collect()
}

/// What prefix lists hold at a moment.
struct Lists<'a> {
    network: &'a Network,
    moment_us: i64,
}

impl Lists<'_> {
    /// Returns whether a rule admits all that another one does.
    fn contains(&self, wide: &Rule, narrow: &Rule) -> bool {
        wide.is_egress == narrow.is_egress
            && contains_ports(wide, narrow)
            && self.contains_peer(wide.peer, narrow.peer)
    }

    fn contains_peer(&self, wide: RulePeer, narrow: RulePeer) -> bool {
        if wide == narrow {
            return true;
        }
        let entries = |peer: RulePeer| match peer {
            RulePeer::Cidr(cidr) => Some(vec![cidr]),
            RulePeer::PrefixList(id) => {
                self.network.prefix_list(id, self.moment_us).map(<[Cidr]>::to_vec)
            }
            RulePeer::SecurityGroup(_) => None,
        };
        // A list changes, a block does not: what only a list's entries of today contain may not be
        // contained tomorrow, so that the narrower one must be a block.
        let is_fixed = matches!(wide, RulePeer::Cidr(_));
        match (entries(wide), entries(narrow)) {
            (Some(wide), Some(narrow)) if is_fixed && !narrow.is_empty() => {
                narrow.iter().all(|it| wide.iter().any(|wide| contains(*wide, *it)))
            }
            _ => false,
        }
    }
}

/// Returns whether a block contains another.
pub(crate) fn contains(wide: Cidr, narrow: Cidr) -> bool {
    wide.n_bits() <= narrow.n_bits() && wide.contains(narrow.first())
}

fn contains_ports(wide: &Rule, narrow: &Rule) -> bool {
    match (wide.protocol, narrow.protocol) {
        (None, _) => true,
        (Some(wide), Some(narrow)) if wide != narrow => false,
        (Some(_), None) => false,
        (Some(protocol), Some(_)) => match protocol {
            TCP | UDP => {
                let (from, to) = port_range(wide);
                let (narrow_from, narrow_to) = port_range(narrow);
                from <= narrow_from && narrow_to <= to
            }
            ICMP | ICMPV6 => {
                let is_all = |port: Option<i32>| port.is_none_or(|it| it == -1);
                let is_type = is_all(wide.from_port) || wide.from_port == narrow.from_port;
                let is_code = is_all(wide.to_port) || wide.to_port == narrow.to_port;
                is_type && is_code
            }
            _ => true,
        },
    }
}

/// Returns the first and the last port that a rule of TCP or UDP admits.
pub(crate) fn port_range(rule: &Rule) -> (i32, i32) {
    match (rule.from_port, rule.to_port) {
        (None | Some(-1), _) => (0, i32::from(u16::MAX)),
        (Some(from), to) => (from, to.filter(|it| *it >= 0).unwrap_or(from)),
    }
}

/// Finds rules that cannot admit anything.
pub(crate) struct NoOps<'a> {
    pub(crate) network: &'a Network,
    pub(crate) members: &'a Members,
    pub(crate) window: Validity,
    resolvers: Vec<IpAddr>,
    /// Groups that functions of Lambda have, whose interfaces come and go.
    resting: Vec<Symbol>,
}

impl<'a> NoOps<'a> {
    pub(crate) fn new(
        inventory: &Inventory,
        network: &'a Network,
        members: &'a Members,
        window: Validity,
    ) -> Self {
        let blocks = inventory.vpcs.iter().flat_map(|it| &it.value.cidrs);
        // Amazon's resolver has the third address of each block ("DNS attributes" of the VPC user
        // guide).
        let resolver = |cidr: &Cidr| match cidr.first() {
            IpAddr::V4(it) => Some(IpAddr::V4((u32::from(it) + 2).into())),
            IpAddr::V6(_) => None,
        };
        let resolvers = blocks.filter_map(resolver).collect();
        let functions = inventory.functions.iter().filter(|it| it.validity.is_open());
        let resting = functions.flat_map(|it| &it.value.security_group_ids);
        let resting = resting.filter_map(|it| network.symbol(it)).collect();
        Self { network, members, window, resolvers, resting }
    }

    /// Returns why a rule cannot admit anything, if so; `used` is what is known of its use.
    pub(crate) fn of(&self, current: &Current, used: &Use) -> Option<NoOp> {
        if self.is_empty(current.group) {
            return Some(NoOp::GroupNotAttached);
        }
        match current.said.peer {
            RulePeer::SecurityGroup(group) => {
                let is_known = self.network.knows_group(group, self.window.until_us - 1);
                let is_empty = is_known && used.doubts.is_empty() && self.is_empty(group);
                is_empty.then_some(NoOp::PeerWithoutMembers)
            }
            RulePeer::PrefixList(list) => {
                let entries = self.network.prefix_list(list, self.window.until_us - 1);
                entries.is_some_and(<[Cidr]>::is_empty).then_some(NoOp::EmptyPrefixList)
            }
            RulePeer::Cidr(cidr) => {
                let is_egress = current.said.is_egress;
                (is_egress && self.is_unfiltered(cidr)).then_some(NoOp::NotFiltered)
            }
        }
    }

    /// Returns whether nobody carried a group in the window, or does since.
    fn is_empty(&self, group: Symbol) -> bool {
        let until_now = Validity { until_us: i64::MAX, ..self.window };
        self.members.is_empty(group, until_now) && !self.resting.contains(&group)
    }

    /// Returns whether groups do not look at what leaves for a block: link-local addresses (metadata,
    /// time, licences, ECS) and Amazon's resolver ("Security group rules" of the VPC user guide).
    fn is_unfiltered(&self, cidr: Cidr) -> bool {
        let link_local = Cidr::V4 { network: 0xa9fe_0000, n_bits: 16 };
        let is_one = cidr.n_bits() == 32 && cidr.first().is_ipv4();
        contains(link_local, cidr) || (is_one && self.resolvers.contains(&cidr.first()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Option<i32> = None;

    fn rule(protocol: Option<u8>, ports: (Option<i32>, Option<i32>), cidr: &str) -> Rule {
        Rule {
            validity: Validity { from_us: i64::MIN, until_us: i64::MAX },
            id: Symbol::EMPTY,
            is_egress: false,
            protocol,
            from_port: ports.0,
            to_port: ports.1,
            peer: RulePeer::Cidr(Cidr::parse(cidr).unwrap()),
        }
    }

    fn check(wide: &Rule, narrow: &Rule, expected: bool) {
        let network = Network::default();
        let lists = Lists { network: &network, moment_us: 0 };
        assert_eq!(lists.contains(wide, narrow), expected, "{wide:?} {narrow:?}");
    }

    #[test]
    fn a_rule_contains_another_if_protocol_ports_and_peer_do() {
        let ssh = rule(Some(TCP), (Some(22), Some(22)), "10.1.0.0/16");
        check(&rule(None, (NONE, NONE), "10.0.0.0/8"), &ssh, true);
        check(&rule(Some(TCP), (NONE, NONE), "10.0.0.0/8"), &ssh, true);
        check(&rule(Some(TCP), (Some(20), Some(25)), "10.1.0.0/16"), &ssh, true);
        check(&rule(Some(UDP), (NONE, NONE), "10.0.0.0/8"), &ssh, false);
        check(&rule(Some(TCP), (Some(23), Some(25)), "10.0.0.0/8"), &ssh, false);
        check(&rule(Some(TCP), (NONE, NONE), "10.1.0.0/17"), &ssh, false);
        check(&rule(None, (NONE, NONE), "::/0"), &ssh, false);
        check(&ssh, &rule(None, (NONE, NONE), "10.1.0.0/16"), false);
        let ping = rule(Some(ICMP), (Some(8), Some(0)), "10.1.0.0/16");
        check(&rule(Some(ICMP), (NONE, NONE), "10.0.0.0/8"), &ping, true);
        check(&ping, &rule(Some(ICMP), (NONE, NONE), "10.1.0.0/16"), false);
    }
}
