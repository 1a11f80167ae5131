//! Security groups with their rules, and prefix lists.

use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Fact, Inventory, Peer, SecurityGroupRule, Validity};

use crate::symbols::{Symbol, Symbols};

/// The other end that a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulePeer {
    /// A block of addresses.
    Cidr(Cidr),
    /// The entries of a prefix list.
    PrefixList(Symbol),
    /// The interfaces that carry a group.
    SecurityGroup(Symbol),
}

/// A rule in a range of time.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// When it was there.
    pub validity: Validity,
    /// `sgr-...`.
    pub id: Symbol,
    /// Whether it is about traffic that leaves.
    pub is_egress: bool,
    /// IANA number of the protocol; `None` for all.
    pub protocol: Option<u8>,
    /// First port, or ICMP type; `None` for all.
    pub from_port: Option<i32>,
    /// Last port, or ICMP code; `None` for all.
    pub to_port: Option<i32>,
    /// The other end.
    pub peer: RulePeer,
}

/// The entries of a prefix list in a range of time, `None` if they are not known.
type Entries = (Validity, Option<Box<[Cidr]>>);

/// All groups and prefix lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    rules: HashMap<Symbol, Vec<Rule>>,
    known: HashMap<Symbol, Vec<Validity>>,
    prefix_lists: HashMap<Symbol, Vec<Entries>>,
}

impl Groups {
    pub(crate) fn new(inventory: &Inventory, symbols: &mut Symbols) -> Self {
        let mut groups = Self::default();
        for fact in &inventory.security_groups {
            let id = symbols.add(&fact.value.id);
            groups.known.entry(id).or_default().push(fact.validity);
        }
        for fact in &inventory.security_group_rules {
            let group_id = symbols.add(&fact.value.group_id);
            let rule = rule_of(fact, symbols);
            groups.rules.entry(group_id).or_default().push(rule);
        }
        for rules in groups.rules.values_mut() {
            rules.sort_by_key(|it| (it.id, it.validity.from_us));
            clip(rules);
            rules.sort_by_key(|it| (it.validity.from_us, it.id));
        }
        for fact in &inventory.prefix_lists {
            let id = symbols.add(&fact.value.id);
            let entries = fact.value.entries.as_deref().map(Into::into);
            groups.prefix_lists.entry(id).or_default().push((fact.validity, entries));
        }
        for entries in groups.prefix_lists.values_mut() {
            entries.sort_by_key(|it| it.0.from_us);
        }
        groups
    }

    pub(crate) fn rules(&self, group_id: Symbol) -> &[Rule] {
        self.rules.get(&group_id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn knows(&self, group_id: Symbol, moment_us: i64) -> bool {
        let is_listed = self.known.get(&group_id);
        is_listed.is_some_and(|it| it.iter().any(|it| it.contains(moment_us)))
            || self.rules(group_id).iter().any(|it| it.validity.contains(moment_us))
    }

    /// Returns when anything was known of a group.
    pub(crate) fn validities(&self, group_id: Symbol) -> impl Iterator<Item = Validity> {
        let listed = self.known.get(&group_id).into_iter().flatten().copied();
        listed.chain(self.rules(group_id).iter().map(|it| it.validity))
    }

    pub(crate) fn is_in_prefix_list(
        &self,
        id: Symbol,
        address: IpAddr,
        moment_us: i64,
    ) -> Option<bool> {
        let entries = self.prefix_list(id, moment_us)?;
        Some(entries.iter().any(|it| it.contains(address)))
    }

    pub(crate) fn prefix_list(&self, id: Symbol, moment_us: i64) -> Option<&[Cidr]> {
        let facts = self.prefix_lists.get(&id)?;
        facts.iter().rev().find(|it| it.0.contains(moment_us))?.1.as_deref()
    }

    pub(crate) fn prefix_list_validities(&self, id: Symbol) -> impl Iterator<Item = Validity> {
        self.prefix_lists.get(&id).into_iter().flatten().map(|it| it.0)
    }
}

/// Ends each rule where the next state of the same rule begins.
fn clip(rules: &mut [Rule]) {
    for at in 1..rules.len() {
        let (before, after) = rules.split_at_mut(at);
        let (Some(before), Some(after)) = (before.last_mut(), after.first()) else { continue };
        if before.id == after.id {
            before.validity.until_us = before.validity.until_us.min(after.validity.from_us);
        }
    }
}

fn rule_of(fact: &Fact<SecurityGroupRule>, symbols: &mut Symbols) -> Rule {
    let value = &fact.value;
    let peer = match &value.peer {
        Peer::Cidr(cidr) => RulePeer::Cidr(*cidr),
        Peer::PrefixList(id) => RulePeer::PrefixList(symbols.add(id)),
        Peer::SecurityGroup(id) => RulePeer::SecurityGroup(symbols.add(id)),
    };
    Rule {
        validity: fact.validity,
        id: symbols.add(&value.id),
        is_egress: value.is_egress,
        protocol: value.protocol,
        from_port: value.from_port,
        to_port: value.to_port,
        peer,
    }
}

#[cfg(test)]
mod tests {
    use tidegate_model::inventory::PrefixList;

    use super::*;

    #[test]
    fn a_list_whose_entries_nothing_tells_is_not_an_empty_one() {
        let fact = |id: &str, entries| Fact {
            validity: Validity { from_us: 0, until_us: i64::MAX },
            source: String::new(),
            value: PrefixList { id: id.to_owned(), entries, ..PrefixList::default() },
        };
        let block = Cidr::parse("192.0.2.0/24").unwrap();
        let inventory = Inventory {
            prefix_lists: vec![
                fact("pl-empty", Some(Vec::new())),
                fact("pl-office", Some(vec![block])),
                fact("pl-unknown", None),
            ],
            ..Inventory::default()
        };
        let mut symbols = Symbols::default();
        let groups = Groups::new(&inventory, &mut symbols);
        let mut check =
            |id: &str| groups.is_in_prefix_list(symbols.add(id), "192.0.2.1".parse().unwrap(), 7);
        assert_eq!(check("pl-empty"), Some(false));
        assert_eq!(check("pl-office"), Some(true));
        assert_eq!(check("pl-unknown"), None);
        assert_eq!(check("pl-none"), None);
    }
}
