//! Puts what was found into columns.

use std::sync::Arc;

use arrow::array::{ArrayRef, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int64Type};
use tidegate_model::columns::{Column, Columns, NULL};

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
pub(super) fn fill(columns: &mut Columns, side: &str, addresses: &[u32], found: &Found<'_>) {
    if let Some(rows) = Rows::of(addresses, &found.places) {
        rows.put_texts(columns, side, PLACE_TEXTS);
        rows.put_numbers::<Float64Type>(columns, side, PLACE_NUMBERS);
    }
    if let Some(rows) = Rows::of(addresses, &found.systems) {
        rows.put_numbers::<Int64Type>(columns, side, SYSTEM_NUMBERS);
        rows.put_texts(columns, side, SYSTEM_TEXTS);
    }
    if let Some(rows) = Rows::of(addresses, &found.aws_ranges) {
        rows.put_texts(columns, side, RANGE_TEXTS);
    }
}

/// The thing of each row.
struct Rows<'a, T> {
    items: &'a [T],
    /// The position in `items` for each row, or the number of items if the row has none.
    ids: Vec<u32>,
    /// Whether any row has the item.
    is_used: Vec<bool>,
}

impl<'a, T: Clone> Rows<'a, T> {
    /// Returns the thing of each row; `None` if no row has one.
    fn of(addresses: &[u32], things: &'a Things<'_, T>) -> Option<Self> {
        let items: &[T] = &things.items;
        let none = u32::try_from(items.len()).unwrap_or(NULL);
        let of_addresses: Vec<u32> = things.of_addresses.iter().map(|it| (*it).min(none)).collect();
        let thing = |address: &u32| of_addresses.get(*address as usize).copied().unwrap_or(none);
        let ids: Vec<u32> = addresses.iter().map(thing).collect();
        let mut is_used = vec![false; items.len() + 1];
        for id in &ids {
            is_used[*id as usize] = true;
        }
        is_used.truncate(items.len());
        let is_any = is_used.contains(&true);
        is_any.then_some(Self { items, ids, is_used })
    }

    /// What the used items say, by item; the one more is for rows without an item.
    fn said<V>(&self, of: impl Fn(&'a T) -> Option<V>) -> Vec<Option<V>> {
        let items = self.items.iter().zip(&self.is_used);
        items.map(|(it, is_used)| if *is_used { of(it) } else { None }).chain([None]).collect()
    }

    fn put_texts(&self, columns: &mut Columns, side: &str, texts: &[TextOf<T>]) {
        for (name, of) in texts {
            let said = self.said(of);
            let mut values: Vec<&str> = said.iter().copied().flatten().collect();
            values.sort_unstable();
            values.dedup();
            if values.is_empty() {
                continue;
            }
            let rank = |it: Option<&str>| values.binary_search(&it?).ok()?.try_into().ok();
            let ranks: Vec<u32> = said.iter().map(|it| rank(*it).unwrap_or(NULL)).collect();
            let ids = self.ids.iter().map(|it| ranks[*it as usize]).collect();
            let values = values.into_iter().map(str::to_owned).collect();
            columns.put(&format!("{side}_{name}"), Column::Text { ids, values });
        }
    }

    fn put_numbers<P>(&self, columns: &mut Columns, side: &str, numbers: &[Of<T, P::Native>])
    where
        P: ArrowPrimitiveType,
    {
        for (name, of) in numbers {
            let said = self.said(of);
            let number = |it: &u32| said[*it as usize].unwrap_or_default();
            let values: ScalarBuffer<P::Native> = self.ids.iter().map(number).collect();
            let is_some = |row: usize| said[self.ids[row] as usize].is_some();
            let nulls = NullBuffer::new(BooleanBuffer::collect_bool(self.ids.len(), is_some));
            if nulls.null_count() < self.ids.len() {
                let array: ArrayRef = Arc::new(PrimitiveArray::<P>::new(values, Some(nulls)));
                columns.put(&format!("{side}_{name}"), Column::Plain(array));
            }
        }
    }
}
