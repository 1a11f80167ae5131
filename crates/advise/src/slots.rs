//! The rules that there are now, each with a number, and which rules of the past said the same.
//!
//! What a rule of the past admitted speaks for a rule of today if both say the same for the same
//! group: ids change when a rule is written again, and what a rule says changes under one id.

use hashbrown::HashMap;
use tidegate_model::inventory::{Inventory, SecurityGroupRule, Validity};
use tidegate_network::{Network, Rule, Symbol};

/// The number of a rule of today.
pub(crate) type Slot = u32;

/// The rules of today.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    /// Rules by number, in the order of the inventory.
    pub(crate) rules: Vec<Current>,
    /// For each group the numbers of its rules, past ones too, in the order of [`Network::rules`].
    by_place: HashMap<Symbol, Box<[Option<Slot>]>>,
}

/// A rule of today.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    /// The rule.
    pub(crate) rule: SecurityGroupRule,
    /// Its group.
    pub(crate) group: Symbol,
    /// What it says.
    pub(crate) said: Rule,
    /// Since when it is known.
    pub(crate) validity: Validity,
}

impl Slots {
    /// Numbers the rules that still hold.
    pub(crate) fn new(inventory: &Inventory, network: &Network) -> Self {
        let mut slots = Self { rules: Vec::new(), by_place: HashMap::new() };
        for fact in inventory.security_group_rules.iter().filter(|it| it.validity.is_open()) {
            let Some(group) = network.symbol(&fact.value.group_id) else { continue };
            let said = network.rules(group).iter();
            let id = network.symbol(&fact.value.id);
            let mut said = said.filter(|it| it.validity.is_open() && Some(it.id) == id);
            let Some(said) = said.next().copied() else { continue };
            let rule = fact.value.clone();
            slots.rules.push(Current { rule, group, said, validity: fact.validity });
        }
        let mut by_group: HashMap<Symbol, Vec<Slot>> = HashMap::new();
        for (slot, current) in (0..).zip(&slots.rules) {
            by_group.entry(current.group).or_default().push(slot);
        }
        for (group, own) in by_group {
            let place = |rule: &Rule| {
                own.iter().copied().find(|it| is_same(&slots.rules[*it as usize].said, rule))
            };
            let places = network.rules(group).iter().map(place).collect();
            slots.by_place.insert(group, places);
        }
        slots
    }

    /// Returns the rule of today that says what a rule of the group says.
    #[inline]
    pub(crate) fn at(&self, group: Symbol, place: usize) -> Option<Slot> {
        self.by_place.get(&group)?.get(place).copied().flatten()
    }

    /// Returns how many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.rules.len()
    }

    pub(crate) fn get(&self, slot: Slot) -> &Current {
        &self.rules[slot as usize]
    }
}

/// Returns whether two rules say the same.
fn is_same(one: &Rule, other: &Rule) -> bool {
    one.is_egress == other.is_egress
        && one.protocol == other.protocol
        && (one.from_port, one.to_port) == (other.from_port, other.to_port)
        && one.peer == other.peer
}
