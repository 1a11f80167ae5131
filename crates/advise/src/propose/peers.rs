//! Whom a service should be open for: the observed peers in words that last.
//!
//! In this order, each for what the one before left: a group that the peers carry, a prefix list
//! that holds them, their subnets, their VPC, and for the rest the fewest blocks. Peers come and go,
//! so that one address stands for its subnet wherever that is known. Nothing is ever wider than the
//! rule.

use std::collections::BTreeSet;
use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Inventory, Peer, PrefixList, SecurityGroup, Validity};
use tidegate_model::private::is_private;
use tidegate_network::{InterfaceIndex, Network, Symbol};

use crate::members::Members;
use crate::propose::cover::{ADDRESSES_MAX, cover};
use crate::shadow::contains;

/// Networks outside (blocks of 24 bits, of 48 for IPv6) from which on a service is meant for the
/// public.
pub(crate) const PUBLIC_NETWORKS_MIN: usize = 32;

/// Blocks for what nothing else stands for.
pub(crate) const BLOCKS_MAX: usize = 8;

/// Groups that may stand for the peers of one service.
const GROUPS_MAX: usize = 5;

/// Subnets that may stand for the peers of one service; of more, their VPC does.
const SUBNETS_MAX: usize = 8;

/// What peers of a service are told as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// As these.
    Peers(BTreeSet<Peer>),
    /// It is meant for the public: so many networks outside use it.
    Public(usize),
    /// The rule's own peer has to stay.
    AsBefore,
}

/// What peers can be told as.
pub(crate) struct Places<'a> {
    network: &'a Network,
    members: &'a Members,
    window: Validity,
    subnets: Vec<(Cidr, String)>,
    vpcs: HashMap<String, Vec<Cidr>>,
    lists: Vec<(&'a PrefixList, &'a [Cidr])>,
    /// Interfaces with an address of IPv6, which a group that is named admits as well.
    dual: BTreeSet<InterfaceIndex>,
}

/// Whose peers they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The block that the rule names.
    pub(crate) rule: Cidr,
    pub(crate) is_egress: bool,
    /// The rule's group.
    pub(crate) group: &'a SecurityGroup,
    /// Its VPC.
    pub(crate) vpc: Symbol,
    /// Addresses and when they were seen.
    pub(crate) peers: &'a [(IpAddr, i64)],
}

impl<'a> Places<'a> {
    pub(crate) fn new(
        inventory: &'a Inventory,
        network: &'a Network,
        members: &'a Members,
        window: Validity,
    ) -> Self {
        let subnets = inventory.subnets.iter().filter(|it| it.validity.is_open());
        let subnets = subnets.flat_map(|it| {
            let vpc_id = it.value.vpc_id.clone();
            it.value.cidrs.iter().map(move |cidr| (*cidr, vpc_id.clone()))
        });
        let mut vpcs: HashMap<String, Vec<Cidr>> = HashMap::new();
        for fact in inventory.vpcs.iter().filter(|it| it.validity.is_open()) {
            vpcs.entry(fact.value.id.clone()).or_default().extend(&fact.value.cidrs);
        }
        let lists = inventory.prefix_lists.iter().filter(|it| it.validity.is_open());
        let lists = lists.filter_map(|it| Some((&it.value, it.value.entries.as_deref()?)));
        let is_dual = inventory.interfaces.iter().filter(|it| !it.value.ipv6_addresses.is_empty());
        Self {
            network,
            members,
            window,
            subnets: subnets.collect(),
            vpcs,
            lists: lists.collect(),
            dual: is_dual.filter_map(|it| network.interface(&it.value.id)).collect(),
        }
    }

    /// Returns what to tell the peers of a service as.
    pub(crate) fn tell(&self, asked: &Asked<'_>) -> Told {
        let is_inside = |it: &&(IpAddr, i64)| self.is_inside(it.0);
        let inside: Vec<(IpAddr, i64)> = asked.peers.iter().filter(is_inside).copied().collect();
        let outside: Vec<IpAddr> =
            asked.peers.iter().filter(|it| !is_inside(it)).map(|it| it.0).collect();
        let n_networks = networks(&outside);
        if !asked.is_egress && n_networks >= PUBLIC_NETWORKS_MIN {
            return Told::Public(n_networks);
        }
        let (groups, rest) = self.by_groups(asked, &inside);
        let mut told = BTreeSet::new();
        let mut rest: Vec<IpAddr> = self.by_subnets(asked, &rest, &mut told);
        told.extend(without(groups, &told));
        let outside = self.by_lists(asked, &outside, &mut told);
        if asked.is_egress && !outside.is_empty() {
            // Addresses of services outside change from day to day.
            return Told::AsBefore;
        }
        rest.extend(outside);
        let blocks = cover(&rest, BLOCKS_MAX);
        if blocks.is_empty() && !rest.is_empty() {
            return Told::AsBefore;
        }
        told.extend(blocks.into_iter().map(Peer::Cidr));
        let is_as_before = told.contains(&Peer::Cidr(asked.rule));
        if is_as_before { Told::AsBefore } else { Told::Peers(told) }
    }

    fn is_inside(&self, address: IpAddr) -> bool {
        let is_private = address.is_ipv4() && is_private(address);
        is_private || self.subnets.iter().any(|it| it.0.contains(address))
    }

    /// Finds groups of the rule's VPC for the peers that carry them; returns these, and the other
    /// peers.
    fn by_groups(&self, asked: &Asked<'_>, peers: &[(IpAddr, i64)]) -> (Vec<Stand>, Vec<IpAddr>) {
        let mut carried: HashMap<Symbol, BTreeSet<(IpAddr, InterfaceIndex)>> = HashMap::new();
        for (address, moment_us) in peers {
            for (group, interface) in self.groups_of(asked.vpc, *address, *moment_us) {
                carried.entry(group).or_default().insert((*address, interface));
            }
        }
        carried.retain(|group, own| self.may_stand(asked, *group, own));
        let mut rest: BTreeSet<IpAddr> = peers.iter().map(|it| it.0).collect();
        let mut stands = Vec::new();
        for _ in 0..GROUPS_MAX {
            let n_new = |own: &BTreeSet<(IpAddr, InterfaceIndex)>| {
                own.iter().filter(|it| rest.contains(&it.0)).count()
            };
            let best = carried.iter().max_by_key(|(group, own)| (n_new(own), **group));
            let Some((group, own)) = best.filter(|it| n_new(it.1) > 0) else { break };
            let own: Vec<IpAddr> = own.iter().map(|it| it.0).collect();
            rest.retain(|it| !own.contains(it));
            stands.push((Peer::SecurityGroup(self.network.text(*group).to_owned()), own));
        }
        (stands, rest.into_iter().collect())
    }

    /// Returns the groups of the interface of a VPC that had an address.
    fn groups_of(
        &self,
        vpc: Symbol,
        address: IpAddr,
        moment_us: i64,
    ) -> Vec<(Symbol, InterfaceIndex)> {
        let owners = self.network.owners(address);
        let interface = self.network.owner_at(&owners, moment_us, Some(vpc));
        let at = interface.and_then(|it| self.network.at(it, moment_us));
        let at = at.filter(|it| it.vpc_id == vpc);
        let groups = at.map_or(&[][..], |it| self.network.group_ids(it));
        groups.iter().copied().zip(interface.into_iter().cycle()).collect()
    }

    /// Returns whether a group may stand for peers: not many others carry it, and it admits nothing
    /// that the rule does not.
    fn may_stand(
        &self,
        asked: &Asked<'_>,
        group: Symbol,
        own: &BTreeSet<(IpAddr, InterfaceIndex)>,
    ) -> bool {
        let interfaces: BTreeSet<InterfaceIndex> = own.iter().map(|it| it.1).collect();
        let all: BTreeSet<InterfaceIndex> =
            self.members.during(group, self.window).map(|it| it.interface).collect();
        let is_open = self.network.rules(group).iter().any(|it| it.validity.is_open());
        let is_few = all.len() <= (2 * interfaces.len()).max(interfaces.len() + 2);
        let is_one_family = all.is_disjoint(&self.dual);
        let vpc = self.network.text(asked.vpc);
        let blocks = self.vpcs.get(vpc).map_or(&[][..], Vec::as_slice);
        let is_within = |it: &Cidr| !it.first().is_ipv4() || contains(asked.rule, *it);
        let is_narrower = !blocks.is_empty() && blocks.iter().all(is_within);
        is_open && is_few && is_one_family && is_narrower
    }

    /// Takes subnets, or VPCs, for the peers that are in them; returns the other peers.
    fn by_subnets(
        &self,
        asked: &Asked<'_>,
        peers: &[IpAddr],
        told: &mut BTreeSet<Peer>,
    ) -> Vec<IpAddr> {
        let mut rest = Vec::new();
        let mut found: BTreeSet<(&str, Cidr)> = BTreeSet::new();
        for address in peers {
            let own = self.subnets.iter().find(|it| it.0.contains(*address));
            match own.filter(|it| contains(asked.rule, it.0)) {
                Some((cidr, vpc_id)) => {
                    found.insert((vpc_id, *cidr));
                }
                None => rest.push(*address),
            }
        }
        let n_subnets = found.len();
        for (vpc_id, subnet) in found {
            let blocks = self.vpcs.get(vpc_id).map_or(&[][..], Vec::as_slice);
            let whole = blocks.iter().find(|it| contains(**it, subnet));
            let whole = whole.filter(|it| n_subnets > SUBNETS_MAX && contains(asked.rule, **it));
            told.insert(Peer::Cidr(whole.copied().unwrap_or(subnet)));
        }
        rest
    }

    /// Takes prefix lists for the peers that are in them; returns the other peers.
    fn by_lists(
        &self,
        asked: &Asked<'_>,
        peers: &[IpAddr],
        told: &mut BTreeSet<Peer>,
    ) -> Vec<IpAddr> {
        let mut rest = peers.to_vec();
        for (list, entries) in self.lists.iter().filter(|it| may_name(asked.group, it.0)) {
            let is_narrower = entries.iter().all(|it| contains(asked.rule, *it));
            let has = |it: &IpAddr| entries.iter().any(|entry| entry.contains(*it));
            if is_narrower && rest.iter().any(has) {
                told.insert(Peer::PrefixList(list.id.clone()));
                rest.retain(|it| !has(it));
            }
        }
        rest
    }
}

/// Returns whether rules of a group may name a prefix list: it is of the same region, and of AWS or
/// of the group's own account. Of another one's list the owner decides what is in it.
fn may_name(group: &SecurityGroup, list: &PrefixList) -> bool {
    let is_known = !group.region.is_empty() && !list.region.is_empty();
    let is_own = list.owner_id == "AWS" || list.owner_id == group.account_id;
    is_own && (!is_known || group.region == list.region)
}

/// A peer that stands for addresses.
type Stand = (Peer, Vec<IpAddr>);

/// Returns those that stand for an address that no block holds.
fn without(stands: Vec<Stand>, told: &BTreeSet<Peer>) -> Vec<Peer> {
    let is_held = |address: &IpAddr| {
        told.iter().any(|it| matches!(it, Peer::Cidr(cidr) if cidr.contains(*address)))
    };
    let needed = stands.into_iter().filter(|(_, own)| !own.iter().all(is_held));
    needed.map(|it| it.0).collect()
}

/// Returns how many networks addresses are in; at most so many as can be told apart.
fn networks(addresses: &[IpAddr]) -> usize {
    let network = |it: &IpAddr| Cidr::new(*it, if it.is_ipv4() { 24 } else { 48 });
    let all: BTreeSet<Option<Cidr>> = addresses.iter().take(ADDRESSES_MAX).map(network).collect();
    all.len()
}
