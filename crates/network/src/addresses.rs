//! Whose address it was.

use std::net::IpAddr;
use std::ops::Range;

use hashbrown::HashMap;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Inventory, Validity};

use crate::interfaces::{InterfaceIndex, Interfaces};
use crate::symbols::Symbols;

/// An interface that had an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub interface: InterfaceIndex,
    /// When.
    pub validity: Validity,
    /// Whether it is a public address, which AWS translates: it never stands for the interface in
    /// its own records.
    pub is_public: bool,
}

impl Owner {
    /// Returns whether it was the owner at a moment.
    #[must_use]
    #[inline]
    pub fn holds(&self, moment_us: i64) -> bool {
        self.validity.contains(moment_us)
    }
}

/// A block of addresses: the first one as 128 bits, and how many bits count.
type Block = (u128, u32);

/// All addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    ranges: HashMap<Block, Range<u32>>,
    owners: Vec<Owner>,
    /// The lengths of blocks that occur, longest first.
    lengths: Vec<u32>,
}

impl Addresses {
    pub(crate) fn new(inventory: &Inventory, interfaces: &Interfaces, symbols: &Symbols) -> Self {
        let mut all = owned_blocks(inventory, interfaces, symbols);
        all.sort_unstable_by_key(|(block, owner)| {
            (*block, owner.interface, owner.is_public, owner.validity)
        });
        let mut addresses = Self::default();
        let mut last: Option<Block> = None;
        for (block, owner) in all {
            if last == Some(block)
                && let Some(before) = addresses.owners.last_mut()
                && (before.interface, before.is_public) == (owner.interface, owner.is_public)
                && before.validity.until_us >= owner.validity.from_us
            {
                before.validity.until_us = before.validity.until_us.max(owner.validity.until_us);
                continue;
            }
            let at = u32::try_from(addresses.owners.len()).unwrap_or(u32::MAX);
            addresses.owners.push(owner);
            addresses.ranges.entry(block).or_insert(at..at).end = at + 1;
            last = Some(block);
        }
        addresses.owners.shrink_to_fit();
        addresses.lengths = addresses.ranges.keys().map(|it| it.1).collect();
        addresses.lengths.sort_unstable_by(|a, b| b.cmp(a));
        addresses.lengths.dedup();
        addresses
    }

    pub(crate) fn owners(&self, address: IpAddr) -> Vec<Owner> {
        let bits = bits_of(address);
        let blocks = self.lengths.iter().map(|n_bits| (bits & mask(*n_bits), *n_bits));
        let ranges = blocks.filter_map(|it| self.ranges.get(&it));
        let owners = ranges.flat_map(|it| &self.owners[it.start as usize..it.end as usize]);
        owners.copied().collect()
    }
}

fn owned_blocks(
    inventory: &Inventory,
    interfaces: &Interfaces,
    symbols: &Symbols,
) -> Vec<(Block, Owner)> {
    let find = |id: &str| symbols.find(id).and_then(|it| interfaces.find(it));
    let mut all = Vec::new();
    for fact in &inventory.interfaces {
        let Some(interface) = find(&fact.value.id) else { continue };
        let validity = fact.validity;
        let own = Owner { interface, validity, is_public: false };
        let value = &fact.value;
        let addresses = value.private_addresses.iter().chain(&value.ipv6_addresses);
        let addresses = addresses.chain(&value.primary_address);
        all.extend(addresses.map(|it| (block_of(*it), own)));
        all.extend(value.prefixes.iter().map(|it| (block_of_cidr(*it), own)));
        let public = Owner { is_public: true, ..own };
        all.extend(value.public_addresses.iter().map(|it| (block_of(*it), public)));
    }
    // The addresses of a NAT gateway with interfaces are those of its interfaces.
    for fact in inventory.nat_gateways.iter().filter(|it| it.value.interface_ids.is_empty()) {
        let Some(interface) = find(&fact.value.id) else { continue };
        let own = Owner { interface, validity: fact.validity, is_public: false };
        all.extend(fact.value.private_addresses.iter().map(|it| (block_of(*it), own)));
        // A regional NAT gateway shows its public address as its own.
        all.extend(fact.value.public_addresses.iter().map(|it| (block_of(*it), own)));
    }
    all
}

fn block_of(address: IpAddr) -> Block {
    (bits_of(address), 128)
}

fn block_of_cidr(cidr: Cidr) -> Block {
    let n_bits = if cidr.first().is_ipv4() { cidr.n_bits() + 96 } else { cidr.n_bits() };
    (bits_of(cidr.first()), n_bits)
}

/// Returns the address as 128 bits, IPv4 mapped into IPv6.
fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => u128::from(it.to_ipv6_mapped()),
        IpAddr::V6(it) => u128::from(it),
    }
}

fn mask(n_bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - n_bits).unwrap_or(0)
}
