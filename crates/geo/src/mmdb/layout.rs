//! The two layouts of records: types of the wire, beside what reads them.

mod cell;
mod flat;
mod nested;

use std::collections::BTreeMap;

use bytes::Bytes;
use maxminddb::{LookupResult, MaxMindDbError};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Holds, Record};

/// How the keys of a record are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// As `country.iso_code`.
    Nested,
    /// As `country_code`.
    Flat,
}

/// Returns what the record that was found says; nothing if none was found.
pub(super) fn read(
    found: &LookupResult<'_, Bytes>,
    layout: Layout,
) -> Result<Record, MaxMindDbError> {
    let record = match layout {
        Layout::Nested => found.decode::<nested::Nested<'_>>()?.map(nested::Nested::into_record),
        Layout::Flat => found.decode::<flat::Flat<'_>>()?.map(flat::Flat::into_record),
    };
    Ok(record.unwrap_or_default())
}

/// The keys of a record, with no more of the values than tells a map from text.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Shape(BTreeMap<String, Outline>);

/// Whether a value is a map or a list.
enum Outline {
    Container,
    Scalar,
}

impl Shape {
    pub(super) fn holds(&self) -> Holds {
        let has = |keys: &[&str]| keys.iter().any(|it| self.0.contains_key(*it));
        Holds {
            // See `name` in `flat`.
            country: has(&["country", "country_code"]) && !has(&["name"]),
            city: has(&["city", "subdivisions", "location", "state1", "region"]),
            system: has(&["autonomous_system_number", "asn"]),
        }
    }

    /// Tells the layout by the keys that hold a map in one of them; `None` if this record has none.
    /// AS databases of both makes are flat, and both layouts read them.
    pub(super) fn layout(&self) -> Option<Layout> {
        let known = ["country", "city", "location", "subdivisions"];
        let outlines = known.iter().filter_map(|it| self.0.get(*it));
        let mut layouts = outlines.map(|it| match it {
            Outline::Container => Layout::Nested,
            Outline::Scalar => Layout::Flat,
        });
        layouts.next()
    }

    pub(super) fn into_keys(self) -> impl Iterator<Item = String> {
        self.0.into_keys()
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutlineVisitor)
    }
}

struct OutlineVisitor;

impl<'de> serde::de::Visitor<'de> for OutlineVisitor {
    type Value = Outline;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Outline::Container)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Outline, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Outline::Container)
    }

    fn visit_str<E>(self, _: &str) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Outline, E> {
        Ok(Outline::Scalar)
    }
}
