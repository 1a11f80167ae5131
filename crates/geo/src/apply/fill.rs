//! Puts what was found into columns.

use tidegate_model::columns::{Columns, Keys, NULL, OfKeys};

use super::look::{Found, Things};
use crate::aws_ranges::AwsRange;
use crate::place::{AutonomousSystem, Place};

/// A column of numbers: how its name goes on after the side, and what it has of a thing.
type Of<T, V> = (&'static str, fn(&T) -> Option<V>);

/// A column of text, the same way.
type TextOf<T> = (&'static str, for<'a> fn(&'a T) -> Option<&'a str>);

const PLACE_TEXTS: &[TextOf<Place>] = &[
    ("country_code", |it| it.country_code.as_deref()),
    ("country_name", |it| it.country_name.as_deref()),
    ("region_code", |it| it.region_code.as_deref()),
    ("region_name", |it| it.region_name.as_deref()),
    ("city", |it| it.city.as_deref()),
];
const PLACE_NUMBERS: &[Of<Place, f64>] =
    &[("latitude", |it| it.latitude), ("longitude", |it| it.longitude)];
const SYSTEM_NUMBERS: &[Of<AutonomousSystem, i64>] =
    &[("as_number", |it| Some(i64::from(it.number)))];
const SYSTEM_TEXTS: &[TextOf<AutonomousSystem>] = &[("as_name", |it| it.name.as_deref())];
const RANGE_TEXTS: &[TextOf<AwsRange>] =
    &[("aws_service", |it| Some(&it.service)), ("aws_region", |it| Some(&it.region))];

/// Takes out every column of a side that [`fill`] could put.
pub(super) fn clear(columns: &mut Columns, side: &str) {
    let places = PLACE_TEXTS.iter().map(|it| it.0).chain(PLACE_NUMBERS.iter().map(|it| it.0));
    let systems = SYSTEM_TEXTS.iter().map(|it| it.0).chain(SYSTEM_NUMBERS.iter().map(|it| it.0));
    for name in places.chain(systems).chain(RANGE_TEXTS.iter().map(|it| it.0)) {
        columns.remove(&format!("{side}_{name}"));
    }
}

/// Puts the columns of a side; `addresses` has the address of each row.
pub(super) fn fill(columns: &mut Columns, side: &str, addresses: Vec<u32>, found: &Found<'_>) {
    let mut is_used = vec![false; found.places.of_addresses.len()];
    for address in addresses.iter().filter(|it| **it != NULL) {
        is_used[*address as usize] = true;
    }
    let keys = Keys::new(addresses);
    let mut filling = Filling { columns, side, keys, is_used };
    filling.put_texts(&found.places, PLACE_TEXTS);
    filling.put_numbers(&found.places, PLACE_NUMBERS, OfKeys::Float64);
    filling.put_numbers(&found.systems, SYSTEM_NUMBERS, OfKeys::Int64);
    filling.put_texts(&found.systems, SYSTEM_TEXTS);
    filling.put_texts(&found.aws_ranges, RANGE_TEXTS);
}

/// One side of rows in the making.
struct Filling<'a> {
    columns: &'a mut Columns,
    side: &'a str,
    /// The address of each row.
    keys: Keys,
    /// Whether any row has the address.
    is_used: Vec<bool>,
}

impl Filling<'_> {
    /// Returns what is said of each address that a row has, if anything is of any.
    fn of_addresses<T: Clone, V: Copy>(
        &self,
        things: &Things<'_, T>,
        of_items: &[Option<V>],
    ) -> Option<Vec<Option<V>>> {
        let addresses = things.of_addresses.iter().zip(&self.is_used);
        let said = addresses.map(|(item, is_used)| {
            of_items.get(*item as usize).copied().flatten().filter(|_| *is_used)
        });
        let said: Vec<Option<V>> = said.collect();
        said.iter().any(Option::is_some).then_some(said)
    }

    fn put_texts<T: Clone>(&mut self, things: &Things<'_, T>, texts: &[TextOf<T>]) {
        for (name, of) in texts {
            let mut values: Vec<&str> = things.items.iter().filter_map(of).collect();
            values.sort_unstable();
            values.dedup();
            let rank = |it: &str| values.binary_search(&it).ok()?.try_into().ok();
            let ranks: Vec<Option<u32>> = things.items.iter().map(|it| rank(of(it)?)).collect();
            let Some(ids) = self.of_addresses(things, &ranks) else { continue };
            let ids = ids.into_iter().map(|it| it.unwrap_or(NULL)).collect();
            let values = values.into_iter().map(str::to_owned).collect();
            self.put(name, OfKeys::Text { ids, values });
        }
    }

    fn put_numbers<T: Clone, V: Copy>(
        &mut self,
        things: &Things<'_, T>,
        numbers: &[Of<T, V>],
        of_keys: impl Fn(Vec<Option<V>>) -> OfKeys,
    ) {
        for (name, of) in numbers {
            let of_items: Vec<Option<V>> = things.items.iter().map(of).collect();
            if let Some(said) = self.of_addresses(things, &of_items) {
                self.put(name, of_keys(said));
            }
        }
    }

    fn put(&mut self, name: &str, of_keys: OfKeys) {
        self.columns.put_keyed(&format!("{}_{name}", self.side), &self.keys, of_keys);
    }
}
