//! Interfaces by id and moment.

use std::ops::Range;

use hashbrown::HashMap;
use tidegate_model::inventory::{Fact, Interface, Inventory, Validity};

use crate::symbols::{Symbol, Symbols};

/// An interface of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterfaceIndex(u32);

impl InterfaceIndex {
    /// Returns a number below the number of interfaces.
    #[must_use]
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How an interface hands on what is neither from it nor to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassThrough {
    /// It does not.
    #[default]
    No,
    /// A NAT gateway: each packet is seen inside and outside.
    Nat,
    /// The interface of a transit gateway's attachment: each packet is seen once.
    TransitGateway,
    /// A transit gateway itself, by its own flow log: each packet is seen coming and going.
    Router,
    /// An appliance, a gateway load balancer, a trunk: each packet is seen coming and going.
    Appliance,
}

impl PassThrough {
    /// Returns how interfaces of AWS's type hand on, as far as the type tells.
    #[must_use]
    pub fn of_type(interface_type: &str) -> Option<Self> {
        match interface_type {
            // The reference of the EC2 API and its answers spell it differently.
            "nat_gateway" | "natGateway" | "regional_nat_gateway" => Some(Self::Nat),
            "transit_gateway" => Some(Self::TransitGateway),
            "gateway_load_balancer" | "gateway_load_balancer_endpoint" | "trunk" => {
                Some(Self::Appliance)
            }
            _ => None,
        }
    }
}

/// What an interface was in a range of time.
#[derive(Clone, Copy, Debug)]
pub struct InterfaceAt {
    /// Whose state it is.
    pub interface: InterfaceIndex,
    /// When it was so.
    pub validity: Validity,
    /// VPC.
    pub vpc_id: Symbol,
    /// Subnet.
    pub subnet_id: Symbol,
    /// Owner.
    pub account_id: Symbol,
    /// Instance.
    pub instance_id: Symbol,
    /// AWS's `InterfaceType`.
    pub interface_type: Symbol,
    /// The service that the interface belongs to.
    pub service: Symbol,
    /// How it hands on.
    pub pass_through: PassThrough,
    groups: u32,
    position: u32,
}

impl InterfaceAt {
    /// Returns a number that no other state has.
    #[must_use]
    #[inline]
    pub fn position(&self) -> u32 {
        self.position
    }
}

/// All interfaces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interfaces {
    by_id: HashMap<Symbol, InterfaceIndex>,
    ids: Vec<Symbol>,
    /// For each interface the range of its states, which are in the order of time.
    ranges: Vec<Range<u32>>,
    states: Vec<InterfaceAt>,
    group_lists: Vec<Box<[Symbol]>>,
}

impl Interfaces {
    pub(crate) fn new(inventory: &Inventory, symbols: &mut Symbols) -> Self {
        let mut interfaces = Self::default();
        let mut lists: HashMap<Box<[Symbol]>, u32> = HashMap::new();
        let mut facts: Vec<&Fact<Interface>> = inventory.interfaces.iter().collect();
        facts.sort_by(|a, b| {
            (&a.value.id, a.validity.from_us).cmp(&(&b.value.id, b.validity.from_us))
        });
        for fact in facts {
            let value = &fact.value;
            let groups: Box<[Symbol]> =
                value.security_group_ids.iter().map(|it| symbols.add(it)).collect();
            let n_lists = index(interfaces.group_lists.len());
            let groups = *lists.entry(groups).or_insert_with_key(|it| {
                interfaces.group_lists.push(it.clone());
                n_lists
            });
            let at = InterfaceAt {
                interface: InterfaceIndex::default(),
                position: 0,
                validity: fact.validity,
                vpc_id: symbols.add(&value.vpc_id),
                subnet_id: symbols.add(&value.subnet_id),
                account_id: symbols.add(&value.account_id),
                instance_id: symbols.add(&value.instance_id),
                interface_type: symbols.add(&value.interface_type),
                service: symbols.add(&value.service),
                pass_through: pass_through(value),
                groups,
            };
            let id = symbols.add(&value.id);
            interfaces.push(id, at);
        }
        interfaces.add_nat_gateways(inventory, symbols);
        interfaces
    }

    /// Adds a state, whose interface is a new one or the last one.
    fn push(&mut self, id: Symbol, mut at: InterfaceAt) {
        let n_states = index(self.states.len());
        if self.ids.last() == Some(&id) {
            if let Some(last) = self.states.last_mut() {
                last.validity.until_us = last.validity.until_us.min(at.validity.from_us);
            }
        } else {
            self.by_id.insert(id, InterfaceIndex(index(self.ids.len())));
            self.ids.push(id);
            self.ranges.push(n_states..n_states);
        }
        at.interface = InterfaceIndex(index(self.ids.len() - 1));
        at.position = n_states;
        self.states.push(at);
        if let Some(range) = self.ranges.last_mut() {
            range.end = n_states + 1;
        }
    }

    /// A regional NAT gateway has no interface, so its records name the gateway itself.
    fn add_nat_gateways(&mut self, inventory: &Inventory, symbols: &mut Symbols) {
        for fact in &inventory.nat_gateways {
            let id = symbols.add(&fact.value.id);
            if self.by_id.contains_key(&id) && self.ids.last() != Some(&id) {
                continue;
            }
            let at = InterfaceAt {
                interface: InterfaceIndex::default(),
                position: 0,
                validity: fact.validity,
                vpc_id: symbols.add(&fact.value.vpc_id),
                subnet_id: symbols.add(&fact.value.subnet_id),
                account_id: Symbol::EMPTY,
                instance_id: Symbol::EMPTY,
                interface_type: Symbol::EMPTY,
                service: symbols.add("nat-gateway"),
                pass_through: PassThrough::Nat,
                groups: u32::MAX,
            };
            self.push(id, at);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn find(&self, id: Symbol) -> Option<InterfaceIndex> {
        self.by_id.get(&id).copied()
    }

    #[inline]
    pub(crate) fn id(&self, interface: InterfaceIndex) -> Symbol {
        self.ids[interface.index()]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = InterfaceIndex> {
        (0..index(self.ids.len())).map(InterfaceIndex)
    }

    #[inline]
    pub(crate) fn states(&self, interface: InterfaceIndex) -> &[InterfaceAt] {
        let range = self.ranges.get(interface.index());
        range.map_or(&[], |it| &self.states[it.start as usize..it.end as usize])
    }

    #[inline]
    pub(crate) fn at(&self, interface: InterfaceIndex, moment_us: i64) -> Option<&InterfaceAt> {
        let states = self.states(interface);
        let n_begun = states.partition_point(|it| it.validity.from_us <= moment_us);
        states[..n_begun].last().filter(|it| it.validity.contains(moment_us))
    }

    #[inline]
    pub(crate) fn groups(&self, at: &InterfaceAt) -> &[Symbol] {
        self.group_lists.get(at.groups as usize).map_or(&[], AsRef::as_ref)
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Returns how an interface hands on.
fn pass_through(interface: &Interface) -> PassThrough {
    match PassThrough::of_type(&interface.interface_type) {
        Some(pass_through) => pass_through,
        None if interface.service == "nat-gateway" => PassThrough::Nat,
        None if !interface.has_source_dest_check => PassThrough::Appliance,
        None => PassThrough::No,
    }
}
