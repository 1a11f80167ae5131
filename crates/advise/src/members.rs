//! Who carried which group, and when.

use hashbrown::{HashMap, HashSet};
use tidegate_model::inventory::{Fact, Interface, Inventory, Peer, Validity};
use tidegate_network::{InterfaceAt, InterfaceIndex, Network, Symbol};

/// The time in which an interface carried a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) interface: InterfaceIndex,
    pub(crate) validity: Validity,
}

/// All memberships.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    by_group: HashMap<Symbol, Vec<Membership>>,
    /// Groups of which a member is a network load balancer, which hides whose address is whose.
    behind_balancer: HashSet<Symbol>,
}

impl Members {
    pub(crate) fn new(network: &Network) -> Self {
        let mut members = Self::default();
        for interface in network.interfaces() {
            network.states(interface).iter().for_each(|it| members.add(network, it));
        }
        members
    }

    fn add(&mut self, network: &Network, at: &InterfaceAt) {
        let membership = Membership { interface: at.interface, validity: at.validity };
        let is_balancer = network.text(at.interface_type) == "network_load_balancer";
        for group in network.group_ids(at) {
            self.by_group.entry(*group).or_default().push(membership);
            self.behind_balancer.extend(is_balancer.then_some(*group));
        }
    }

    /// Returns who carried the group in some part of a range, with that part.
    pub(crate) fn during(
        &self,
        group: Symbol,
        range: Validity,
    ) -> impl Iterator<Item = Membership> {
        let all = self.by_group.get(&group).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(move |it| {
            let validity = clipped(it.validity, range)?;
            Some(Membership { validity, ..*it })
        })
    }

    /// Returns whether nobody carried the group in any part of a range.
    pub(crate) fn is_empty(&self, group: Symbol, range: Validity) -> bool {
        self.during(group, range).next().is_none()
    }

    /// Returns whether a network load balancer ever carried the group.
    pub(crate) fn is_behind_balancer(&self, group: Symbol) -> bool {
        self.behind_balancer.contains(&group)
    }
}

/// Returns the part of a range that lies in another, if there is one.
pub(crate) fn clipped(validity: Validity, range: Validity) -> Option<Validity> {
    let from_us = validity.from_us.max(range.from_us);
    let until_us = validity.until_us.min(range.until_us);
    (from_us < until_us).then_some(Validity { from_us, until_us })
}

/// Returns at most `n_max` moments of a window at which most of what admits changes, ascending: rules
/// that come and go, interfaces whose groups with rules become others, lists with other entries. A
/// flow that is cut there was admitted by the same rules all the time.
pub(crate) fn splits(inventory: &Inventory, window: Validity, n_max: usize) -> Vec<i64> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    let mut count = |moment_us: i64| {
        if window.from_us < moment_us && moment_us < window.until_us {
            *counts.entry(moment_us).or_default() += 1;
        }
    };
    for validity in inventory.security_group_rules.iter().map(|it| it.validity) {
        count(validity.from_us);
        count(validity.until_us);
    }
    for pair in inventory.prefix_lists.windows(2).filter(|it| it[0].value.id == it[1].value.id) {
        count(pair[1].validity.from_us);
    }
    let rules = inventory.security_group_rules.iter().map(|it| &it.value);
    let named = rules.flat_map(|it| match &it.peer {
        Peer::SecurityGroup(id) => [Some(it.group_id.as_str()), Some(id.as_str())],
        Peer::Cidr(_) | Peer::PrefixList(_) => [Some(it.group_id.as_str()), None],
    });
    let named: HashSet<&str> = named.flatten().collect();
    let of = |fact: &Fact<Interface>| -> Vec<String> {
        let groups = fact.value.security_group_ids.iter();
        groups.filter(|it| named.contains(it.as_str())).cloned().collect()
    };
    for pair in inventory.interfaces.windows(2).filter(|it| it[0].value.id == it[1].value.id) {
        if of(&pair[0]) != of(&pair[1]) {
            count(pair[1].validity.from_us);
        }
    }
    let mut all: Vec<(usize, i64)> = counts.into_iter().map(|(moment, n)| (n, moment)).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(n_max);
    let mut moments: Vec<i64> = all.into_iter().map(|it| it.1).collect();
    moments.sort_unstable();
    moments
}

/// Returns every moment at which a fact begins or ends that rules follow from, ascending.
pub(crate) fn moments(inventory: &Inventory) -> Vec<i64> {
    let interfaces = inventory.interfaces.iter().map(|it| it.validity);
    let groups = inventory.security_groups.iter().map(|it| it.validity);
    let rules = inventory.security_group_rules.iter().map(|it| it.validity);
    let lists = inventory.prefix_lists.iter().map(|it| it.validity);
    let all = interfaces.chain(groups).chain(rules).chain(lists);
    let mut moments: Vec<i64> = all.flat_map(|it| [it.from_us, it.until_us]).collect();
    moments.sort_unstable();
    moments.dedup();
    moments.retain(|it| *it != i64::MIN && *it != i64::MAX);
    moments
}
