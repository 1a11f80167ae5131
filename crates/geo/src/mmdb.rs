//! MMDB databases of any of the usual makers.
//!
//! Two layouts exist. `MaxMind`'s is nested (`country.iso_code`), and DB-IP's own files follow it;
//! `IPinfo`'s and ip-location-db's are flat (`country_code`). What a database holds is found out from
//! its first records, since what it says of its type is free text.

mod layout;

use std::net::IpAddr;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate};
use hashbrown::HashSet;
use maxminddb::{MaxMindDbError, Reader, WithinOptions};

use crate::Error;
use crate::place::{AutonomousSystem, Place};

use layout::{Layout, Shape};

/// Records that are looked at to find out what a database holds. The first networks of a city
/// database are not all in cities, those of some hundreds are.
const PROBES_MAX: usize = 1_000;

/// Keys that an error names, so that it stays readable.
const KEYS_MAX: usize = 12;

/// An open database.
#[derive(Debug)]
pub struct Database {
    name: String,
    reader: Reader<Bytes>,
    layout: Layout,
    holds: Holds,
}

/// What the records of a database hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Countries.
    pub country: bool,
    /// Cities, regions or coordinates.
    pub city: bool,
    /// Autonomous systems.
    pub system: bool,
}

/// What a database knows of an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Where it is, if the record has a country.
    pub place: Option<Place>,
    /// Who announces it.
    pub system: Option<AutonomousSystem>,
}

impl Database {
    /// Returns the database in `bytes`; `name` is what errors and descriptions call it, usually the
    /// file's name without its ending.
    ///
    /// # Errors
    ///
    /// [`Error::NotMmdb`] if the bytes are no MMDB or cut short, [`Error::DamagedMmdb`] if no record
    /// can be read, [`Error::OtherMmdb`] if it is about something else.
    pub fn open(name: &str, bytes: Bytes) -> Result<Self, Error> {
        let reader = Reader::from_source(bytes)
            .map_err(|source| Error::NotMmdb { name: name.to_owned(), source })?;
        let probe = probe(&reader)
            .map_err(|source| Error::DamagedMmdb { name: name.to_owned(), source })?;
        if probe.holds == Holds::default() {
            let database_type = reader.metadata().database_type.clone();
            return Err(Error::OtherMmdb {
                name: name.to_owned(),
                database_type,
                keys: probe.keys,
            });
        }
        let Probe { layout, holds, .. } = probe;
        Ok(Self { name: name.to_owned(), reader, layout, holds })
    }

    /// What the database is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its maker calls it, as `GeoLite2-City`.
    #[must_use]
    pub fn database_type(&self) -> &str {
        &self.reader.metadata().database_type
    }

    /// The day on which it was built (UTC), if that is a day.
    #[must_use]
    pub fn built(&self) -> Option<NaiveDate> {
        let built_s = i64::try_from(self.reader.metadata().build_epoch).ok()?;
        Some(DateTime::from_timestamp(built_s, 0)?.date_naive())
    }

    /// What its records hold.
    #[must_use]
    pub fn holds(&self) -> Holds {
        self.holds
    }

    /// Returns where the record of `address` stands, which many addresses share.
    ///
    /// # Errors
    ///
    /// If the database is damaged there.
    pub fn locate(&self, address: IpAddr) -> Result<Option<usize>, MaxMindDbError> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        Ok(self.reader.lookup(address)?.offset())
    }

    /// Returns what the database knows of `address`.
    ///
    /// # Errors
    ///
    /// If the database is damaged there.
    pub fn look_up(&self, address: IpAddr) -> Result<Record, MaxMindDbError> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(Record::default());
        }
        let found = self.reader.lookup(address)?;
        layout::read(&found, self.layout)
    }
}

/// What was found out from the first records.
struct Probe {
    layout: Layout,
    holds: Holds,
    keys: String,
}

/// Fails only if no record at all can be read: one bad record is no reason to refuse the rest.
fn probe(reader: &Reader<Bytes>) -> Result<Probe, MaxMindDbError> {
    let mut layout = None;
    let mut holds = Holds::default();
    let mut keys: HashSet<String> = HashSet::new();
    let mut first_error = None;
    let networks = reader.networks(WithinOptions::default())?;
    for network in networks.take(PROBES_MAX) {
        let shape = network.and_then(|it| it.decode::<Shape>());
        match shape {
            Ok(Some(shape)) => {
                let found = shape.holds();
                holds.country |= found.country;
                holds.city |= found.city;
                holds.system |= found.system;
                layout = layout.or_else(|| shape.layout());
                let room = KEYS_MAX.saturating_sub(keys.len());
                keys.extend(shape.into_keys().take(room));
            }
            Ok(None) => {}
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match (first_error, keys.is_empty()) {
        (Some(error), true) => Err(error),
        _ => Ok(Probe { layout: layout.unwrap_or(Layout::Flat), holds, keys: listed(keys) }),
    }
}

fn listed(keys: HashSet<String>) -> String {
    if keys.is_empty() {
        return "no keys".to_owned();
    }
    let mut keys: Vec<String> = keys.into_iter().map(|it| format!("`{it}`")).collect();
    keys.sort_unstable();
    keys.join(", ")
}
