//! What was seen at an interface: that it is logged, its own address, the flow logs that cover it.
//!
//! An interface's own address is in every one of its records (AWS shows its primary private address
//! for all others, "Flow log limitations"), and no other address is. It is learned without a list of
//! addresses: for each bit of the addresses' hashes, count how often it was set. A bit of the own
//! address is set in every record or only as often as the counterparts set it.

use super::covers::{Action, Covers};
use super::tuple::Span;
use crate::hash;

/// Bits of an address's hash that are counted.
pub(super) const N_BITS: usize = 32;

/// Records from which an address is learned: fewer say too little about the counterparts.
const N_RECORDS_MIN: u32 = 16;

/// Bits that must speak for an address: that many agree by chance once in a million times.
const N_CLEAR_BITS_MIN: u32 = 20;

/// What is kept of an interface.
#[derive(Clone, Debug, Default)]
pub(crate) struct InterfaceMemory {
    pub(super) n_records: u32,
    pub(super) until_s: u32,
    /// When records of it were accepted: then, what it sends is logged.
    pub(crate) logged: Span,
    /// Whether it took packets whose true destination is a public address.
    pub(super) is_gateway: bool,
    /// For IPv4 and IPv6.
    pub(super) learned: [Option<Box<Learned>>; 2],
    pub(super) covers: [Covers; 2],
}

impl InterfaceMemory {
    pub(super) fn merge(&mut self, other: Self) {
        self.n_records = self.n_records.saturating_add(other.n_records);
        self.until_s = self.until_s.max(other.until_s);
        self.logged.merge(other.logged);
        self.is_gateway |= other.is_gateway;
        for (own, other) in self.learned.iter_mut().zip(other.learned) {
            match (own, other) {
                (Some(own), Some(other)) => own.merge(&other),
                (own @ None, other) => *own = other,
                (Some(_), None) => {}
            }
        }
        for (own, other) in self.covers.iter_mut().zip(other.covers) {
            own.merge(other);
        }
    }

    pub(super) fn pin(&mut self) {
        self.covers.iter_mut().for_each(Covers::pin);
    }

    /// Returns whether a flow log was chosen for any day.
    pub(super) fn is_pinned(&self) -> bool {
        self.covers.iter().any(|it| !it.pins.is_empty())
    }

    /// Returns what was chosen, and nothing else.
    pub(super) fn pins(&self) -> Self {
        let pins = |it: &Covers| Covers { pins: it.pins.clone(), logs: Vec::new() };
        Self { covers: self.covers.each_ref().map(pins), ..Self::default() }
    }

    pub(super) fn until_s(&self) -> u32 {
        self.until_s
    }

    /// Returns the flow logs that write this action of the interface.
    pub(crate) fn covers(&self, action: Action) -> &Covers {
        &self.covers[action.index()]
    }

    /// Returns whether the interface hands packets on to the internet, as a NAT gateway does: what it
    /// takes is for a public address, which is never its own ("Flow log limitations").
    pub(crate) fn is_gateway(&self) -> bool {
        self.is_gateway
    }

    /// Returns what tells the own address of this family.
    pub(crate) fn own_address(&self, is_v6: bool) -> Option<OwnAddress> {
        self.learned[usize::from(is_v6)].as_ref()?.own_address()
    }
}

/// How often each bit was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Learned {
    pub(super) n_records: u32,
    pub(super) n_set: [u32; N_BITS],
}

/// What is known of an address: some bits of its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnAddress {
    clear: u32,
    bits: u32,
}

impl OwnAddress {
    /// Returns whether an address can be the one, by its hash.
    pub(crate) fn fits(self, address: u64) -> bool {
        (low(address) ^ self.bits) & self.clear == 0
    }
}

impl Learned {
    #[inline]
    pub(super) fn add(&mut self, src: u64, dst: u64) {
        self.n_records = self.n_records.saturating_add(1);
        let (src, dst) = (low(src), low(dst));
        for (bit, n) in (0..).zip(&mut self.n_set) {
            *n = n.saturating_add((src >> bit & 1) + (dst >> bit & 1));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.n_records = self.n_records.saturating_add(other.n_records);
        for (own, other) in self.n_set.iter_mut().zip(other.n_set) {
            *own = own.saturating_add(other);
        }
    }

    fn own_address(&self) -> Option<OwnAddress> {
        if self.n_records < N_RECORDS_MIN {
            return None;
        }
        // The own address was in 99 of 100 records at least.
        let slack = self.n_records / 100;
        let mut own = OwnAddress { clear: 0, bits: 0 };
        for (bit, n) in (0..).zip(self.n_set) {
            if n > self.n_records.saturating_add(slack) {
                own.clear |= 1 << bit;
                own.bits |= 1 << bit;
            } else if n.saturating_add(slack) < self.n_records {
                own.clear |= 1 << bit;
            }
        }
        (own.clear.count_ones() >= N_CLEAR_BITS_MIN).then_some(own)
    }
}

/// Returns the bits of a hash that are counted.
#[inline]
fn low(hash: u64) -> u32 {
    let [low, _] = hash::halves(hash);
    low
}
