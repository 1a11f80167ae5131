//! How many counterparts an endpoint has: a server has many, a client's port has one.
//!
//! A scanner that sends from one port has many counterparts as well. But they differ in their
//! addresses only or in their ports only (one port of many hosts, many ports of one host), whereas
//! the clients of a server differ in both. So both are estimated, by a bitmap each: how many of 64
//! bits are set tells how many there were, well enough up to some hundred, and bitmaps merge.

use crate::hash;

/// The counterparts of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fan {
    pub(super) addresses: u64,
    pub(super) ports: u64,
    pub(super) until_s: u32,
}

/// Returns the key of an endpoint.
#[inline]
pub(super) fn key(endpoint: u64, protocol: u16) -> u64 {
    hash::mix(endpoint ^ u64::from(protocol))
}

impl Fan {
    /// Adds a counterpart.
    #[inline]
    pub(super) fn add(&mut self, address: u64, port: u16, until_s: u32) {
        self.addresses |= 1 << (address >> 58);
        self.ports |= 1 << (hash::mix(u64::from(port)) >> 58);
        self.until_s = self.until_s.max(until_s);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.addresses |= other.addresses;
        self.ports |= other.ports;
        self.until_s = self.until_s.max(other.until_s);
    }

    /// Returns how many counterparts differ in address and port.
    #[inline]
    pub(crate) fn n_clients(&self) -> u32 {
        self.n_addresses().min(self.n_ports())
    }

    /// Returns how many addresses the counterparts have, up to 64.
    #[inline]
    pub(crate) fn n_addresses(&self) -> u32 {
        self.addresses.count_ones()
    }

    /// Returns how many ports the counterparts have, up to 64.
    #[inline]
    pub(crate) fn n_ports(&self) -> u32 {
        self.ports.count_ones()
    }

    /// Returns what decides who is forgotten last: those with several counterparts, then the newest.
    pub(super) fn worth(&self) -> u32 {
        let has_many = u32::from(self.n_clients() > 1);
        (has_many << 31) | (self.until_s >> 1)
    }
}
