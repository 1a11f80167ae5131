//! Addresses to autonomous systems, by ranges.
//!
//! A table is built once from CSV ([`AsnTable::build`]) and written in a form of our own
//! ([`AsnTable::bytes`]), from which it is opened without being parsed: half a million ranges are
//! ready in the time that a checksum takes. A lookup is a binary search.

mod build;
mod csv;
mod form;

use std::net::IpAddr;

use bytes::Bytes;
use chrono::NaiveDate;

use crate::place::AutonomousSystem;

pub use build::{BadRange, Built};

use form::Ranges;

/// Ranges of addresses with their autonomous systems.
#[derive(Clone, Debug)]
pub struct AsnTable {
    name: String,
    bytes: Bytes,
    built: Option<NaiveDate>,
    v4: Ranges<u32>,
    v6: Ranges<u128>,
    numbers: Bytes,
    name_ends: Bytes,
    names: Bytes,
}

impl AsnTable {
    /// What the table is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day of the ranges, if it is known.
    #[must_use]
    pub fn built(&self) -> Option<NaiveDate> {
        self.built
    }

    /// The table as it is kept in a file.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Number of ranges.
    #[must_use]
    pub fn n_ranges(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Number of pairs of a number and a name.
    #[must_use]
    pub fn n_systems(&self) -> usize {
        self.numbers.len() / size_of::<u32>()
    }

    /// Returns the place in the table of the system that announces `address`, which many addresses
    /// share.
    #[must_use]
    pub fn locate(&self, address: IpAddr) -> Option<u32> {
        match address {
            IpAddr::V4(it) => self.v4.find(u32::from(it)),
            IpAddr::V6(it) => self.v6.find(u128::from(it)),
        }
    }

    /// Returns the system at a place in the table; `None` if it has no such place.
    #[must_use]
    pub fn system(&self, place: u32) -> Option<AutonomousSystem> {
        let index = place as usize;
        let number: u32 = form::number_at(&self.numbers, index)?;
        let begin: u32 = match index.checked_sub(1) {
            Some(before) => form::number_at(&self.name_ends, before)?,
            None => 0,
        };
        let end: u32 = form::number_at(&self.name_ends, index)?;
        let name = self.names.get(begin as usize..end as usize)?;
        let name = str::from_utf8(name).ok()?;
        let name = (!name.is_empty()).then(|| name.to_owned());
        Some(AutonomousSystem { number, name })
    }

    /// Returns the system that announces `address`.
    #[must_use]
    pub fn look_up(&self, address: IpAddr) -> Option<AutonomousSystem> {
        self.system(self.locate(address)?)
    }
}
