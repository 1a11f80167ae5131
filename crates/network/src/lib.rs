//! What the inventory knows, indexed for questions at a moment. Pure.
//!
//! "Which groups had this interface then", "whose address was this then", "which rules had this
//! group then". The facts are kept compact, because a year of a large network is millions of them:
//! texts are [`Symbol`]s, and nothing that no question needs is kept.
//!
//! Where facts of one id overlap, the one that begins later holds.
//!
//! Reading order: `interfaces`, `addresses` and `groups` are the three indexes; [`admit`] asks them
//! whether a packet passes.

pub mod admit;

mod addresses;
mod groups;
mod interfaces;
mod symbols;

use std::net::IpAddr;

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Inventory, Validity};

pub use addresses::Owner;
pub use groups::{Rule, RulePeer};
pub use interfaces::{InterfaceAt, InterfaceIndex, PassThrough};
pub use symbols::Symbol;

use addresses::Addresses;
use groups::Groups;
use interfaces::Interfaces;
use symbols::Symbols;

/// The network as a history.
#[derive(Clone, Debug, Default)]
pub struct Network {
    symbols: Symbols,
    interfaces: Interfaces,
    addresses: Addresses,
    groups: Groups,
}

impl Network {
    /// Indexes an inventory.
    #[must_use]
    pub fn new(inventory: &Inventory) -> Self {
        let mut symbols = Symbols::default();
        let interfaces = Interfaces::new(inventory, &mut symbols);
        let addresses = Addresses::new(inventory, &interfaces, &symbols);
        let groups = Groups::new(inventory, &mut symbols);
        Self { symbols, interfaces, addresses, groups }
    }

    /// Returns whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.interfaces.is_empty()
    }

    /// Returns the text of a symbol; empty if the inventory had nothing to say.
    #[must_use]
    #[inline]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// Returns the symbol of a text, if the inventory has it.
    #[must_use]
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.symbols.find(text)
    }

    /// Returns the interface with this id, or the one that stands for the NAT gateway of this id.
    #[must_use]
    pub fn interface(&self, id: &str) -> Option<InterfaceIndex> {
        self.interfaces.find(self.symbols.find(id)?)
    }

    /// Returns the id of an interface.
    #[must_use]
    pub fn interface_id(&self, interface: InterfaceIndex) -> &str {
        self.text(self.interfaces.id(interface))
    }

    /// Returns the id of an interface, as a symbol.
    #[must_use]
    #[inline]
    pub fn interface_symbol(&self, interface: InterfaceIndex) -> Symbol {
        self.interfaces.id(interface)
    }

    /// Returns what an interface was at a moment, if that is known.
    #[must_use]
    #[inline]
    pub fn at(&self, interface: InterfaceIndex, moment_us: i64) -> Option<&InterfaceAt> {
        self.interfaces.at(interface, moment_us)
    }

    /// Returns everything that an interface ever was, in the order of time.
    #[must_use]
    pub fn states(&self, interface: InterfaceIndex) -> &[InterfaceAt] {
        self.interfaces.states(interface)
    }

    /// Returns every interface.
    pub fn interfaces(&self) -> impl Iterator<Item = InterfaceIndex> {
        self.interfaces.all()
    }

    /// Returns the security groups of an interface, ascending.
    #[must_use]
    #[inline]
    pub fn group_ids(&self, interface: &InterfaceAt) -> &[Symbol] {
        self.interfaces.groups(interface)
    }

    /// Returns everyone who ever had this address, in the order of interfaces and time.
    #[must_use]
    pub fn owners(&self, address: IpAddr) -> Vec<Owner> {
        self.addresses.owners(address)
    }

    /// Returns who of `owners` had the address at a moment: the one in `vpc`, or the only one. A
    /// public address of ours is the last resort.
    #[must_use]
    pub fn owner_at(
        &self,
        owners: &[Owner],
        moment_us: i64,
        vpc: Option<Symbol>,
    ) -> Option<InterfaceIndex> {
        let valid = |is_public: bool| {
            owners.iter().filter(move |it| it.is_public == is_public && it.holds(moment_us))
        };
        let is_private = valid(false).next().is_some();
        let mut found: Option<InterfaceIndex> = None;
        let mut is_unique = true;
        for interface in valid(!is_private).map(|it| it.interface) {
            let at = self.at(interface, moment_us);
            if vpc.is_some() && at.map(|it| it.vpc_id) == vpc {
                return Some(interface);
            }
            is_unique &= found.is_none_or(|it| it == interface);
            found = Some(interface);
        }
        found.filter(|_| is_unique)
    }

    /// Returns the rules that a group ever had, in the order of time.
    #[must_use]
    #[inline]
    pub fn rules(&self, group_id: Symbol) -> &[Rule] {
        self.groups.rules(group_id)
    }

    /// Returns whether anything is known of a group: without, no verdict on its rules is possible.
    #[must_use]
    pub fn knows_group(&self, group_id: Symbol, moment_us: i64) -> bool {
        self.groups.knows(group_id, moment_us)
    }

    /// Returns when anything was known of a group, its rules among it.
    pub fn group_validities(&self, group_id: Symbol) -> impl Iterator<Item = Validity> {
        self.groups.validities(group_id)
    }

    /// Returns whether an address was in a prefix list at a moment; `None` if that is not known.
    #[must_use]
    pub fn is_in_prefix_list(&self, id: Symbol, address: IpAddr, moment_us: i64) -> Option<bool> {
        self.groups.is_in_prefix_list(id, address, moment_us)
    }

    /// Returns the entries of a prefix list at a moment, if they are known.
    #[must_use]
    pub fn prefix_list(&self, id: Symbol, moment_us: i64) -> Option<&[Cidr]> {
        self.groups.prefix_list(id, moment_us)
    }

    /// Returns when a prefix list was what it was.
    pub fn prefix_list_validities(&self, id: Symbol) -> impl Iterator<Item = Validity> {
        self.groups.prefix_list_validities(id)
    }
}
