//! Encodes a column of a row group that follows from keys.
//!
//! Which keys a row group uses, and which of them a row has, is found once for all columns of the same
//! keys ([`KeyUse`]); a column then works on the used keys, and a row costs one read and some bits.

use std::cmp::Ordering;

use parquet::errors::Result;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;
use tidegate_model::columns::{NULL, OfKeys};

use super::bits::{places, plain};
use super::lists::{self, Lists};
use super::pages::{Chunk, Dictionary, Form, Pages};
use super::text_chunk::{dictionary, renumber, text_statistics, validity};

/// The keys of a row group.
pub(crate) struct KeyUse {
    /// Distinct keys, ascending; rows without a key have [`NULL`], which is the last.
    used: Vec<u32>,
    /// The position in `used` for each row.
    rows: Vec<u32>,
}

impl KeyUse {
    /// Returns the keys of these rows. `scratch` is memory to work in.
    pub(crate) fn new(keys: &[u32], scratch: &mut Vec<u32>) -> Self {
        let n_keys = keys.iter().filter(|it| **it != NULL).max().map_or(0, |it| *it as usize + 1);
        // The place after the last key is for rows without one.
        scratch.clear();
        scratch.resize(n_keys + 1, NULL);
        let slot = |key: u32| (key as usize).min(n_keys);
        let mut used: Vec<u32> = Vec::new();
        for key in keys {
            let place = &mut scratch[slot(*key)];
            if *place == NULL {
                *place = 0;
                used.push(*key);
            }
        }
        used.sort_unstable();
        for (place, key) in (0..).zip(&used) {
            scratch[slot(*key)] = place;
        }
        let rows = keys.iter().map(|it| scratch[slot(*it)]).collect();
        Self { used, rows }
    }

    /// Returns what a column says of each used key.
    fn of_used<T: Copy>(&self, of_keys: &[T], none: T) -> Vec<T> {
        self.used.iter().map(|it| of_keys.get(*it as usize).copied().unwrap_or(none)).collect()
    }
}

/// Encodes what a column says of the keys.
pub(crate) fn encode(
    of_keys: &OfKeys,
    keys: &KeyUse,
    column: &ColumnDescPtr,
    form: &Form<'_>,
) -> Result<Chunk> {
    match of_keys {
        OfKeys::Text { ids, values } => {
            let mut at = keys.of_used(ids, NULL);
            let mut used: Vec<u32> = at.iter().copied().filter(|it| *it != NULL).collect();
            let texts = renumber(&mut used, values);
            let mut places = used.into_iter();
            for it in at.iter_mut().filter(|it| **it != NULL) {
                *it = places.next().unwrap_or(NULL);
            }
            let (body, n_nulls) = body(keys, &at, texts.len());
            let pages = pages(keys, Some(dictionary(&texts)), body);
            pages.write(column, form, text_statistics(&texts, n_nulls), None)
        }
        OfKeys::Lists { ids, values } => {
            let of_used = keys.of_used(ids, NULL);
            let ids: Vec<u32> = keys.rows.iter().map(|it| of_used[*it as usize]).collect();
            lists::encode(&Lists { ids: &ids, values }, column, form)
        }
        OfKeys::Int64(of_keys) => {
            let of_used = keys.of_used(of_keys, None);
            let (values, at) = distinct(&of_used, i64::cmp);
            let (body, n_nulls) = body(keys, &at, values.len());
            let (min, max) = bounds(&values);
            let statistics = Statistics::int64(min, max, None, Some(n_nulls), false);
            let dictionary = fixed(&values, i64::to_le_bytes);
            pages(keys, Some(dictionary), body).write(column, form, statistics, None)
        }
        OfKeys::Float64(of_keys) => {
            let of_used = keys.of_used(of_keys, None);
            let (values, at) = distinct(&of_used, f64::total_cmp);
            let (body, n_nulls) = body(keys, &at, values.len());
            // A bound must be a number, and zero has two (the format's rules for statistics).
            let is_bounded = values.iter().all(|it| it.is_finite() && *it != 0.0);
            let bounded: &[f64] = if is_bounded { &values } else { &[] };
            let (min, max) = bounds(bounded);
            let statistics = Statistics::double(min, max, None, Some(n_nulls), false);
            let dictionary = fixed(&values, f64::to_le_bytes);
            pages(keys, Some(dictionary), body).write(column, form, statistics, None)
        }
        OfKeys::Boolean(of_keys) => booleans(keys, of_keys, column, form),
    }
}

fn pages(keys: &KeyUse, dictionary: Option<Dictionary>, body: Vec<u8>) -> Pages {
    let n_rows = keys.rows.len();
    Pages { n_rows, n_values: n_rows, dictionary, body }
}

/// Returns the body of a page, given the place of each used key's value or [`NULL`], and how many
/// rows have none.
fn body(keys: &KeyUse, at: &[u32], n_values: usize) -> (Vec<u8>, u64) {
    let mut body = Vec::new();
    let rows = keys.rows.iter().map(|it| at[*it as usize]);
    if !at.contains(&NULL) {
        validity(&mut body, rows.clone().map(|_| true), keys.rows.len());
        places(&mut body, rows, n_values);
        return (body, 0);
    }
    let valid: Vec<u32> = rows.clone().filter(|it| *it != NULL).collect();
    validity(&mut body, rows.map(|it| it != NULL), valid.len());
    let n_nulls = (keys.rows.len() - valid.len()) as u64;
    places(&mut body, valid.into_iter(), n_values);
    (body, n_nulls)
}

/// Returns the distinct values, ascending, and the place of each one among them or [`NULL`].
fn distinct<T: Copy>(
    values: &[Option<T>],
    compare: impl Fn(&T, &T) -> Ordering,
) -> (Vec<T>, Vec<u32>) {
    let mut known: Vec<T> = values.iter().copied().flatten().collect();
    known.sort_unstable_by(&compare);
    known.dedup_by(|a, b| compare(a, b).is_eq());
    let place = |it: T| known.binary_search_by(|known| compare(known, &it)).ok()?.try_into().ok();
    let at = values.iter().map(|it| it.and_then(place).unwrap_or(NULL)).collect();
    (known, at)
}

/// Returns the dictionary of values of a fixed width.
fn fixed<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Dictionary {
    let n_values = values.len();
    Dictionary { n_values, bytes: values.iter().flat_map(|it| bytes(*it)).collect() }
}

/// Returns the first and the last of ascending values.
fn bounds<T: Copy>(values: &[T]) -> (Option<T>, Option<T>) {
    (values.first().copied(), values.last().copied())
}

fn booleans(
    keys: &KeyUse,
    of_keys: &[Option<bool>],
    column: &ColumnDescPtr,
    form: &Form<'_>,
) -> Result<Chunk> {
    let of_used = keys.of_used(of_keys, None);
    let rows = keys.rows.iter().map(|it| of_used[*it as usize]);
    let valid: Vec<bool> = rows.clone().flatten().collect();
    let mut body = Vec::new();
    validity(&mut body, rows.map(|it| it.is_some()), valid.len());
    plain(&mut body, valid.iter().map(|it| u32::from(*it)), 1);
    let n_nulls = (keys.rows.len() - valid.len()) as u64;
    let mut known: Vec<bool> = of_used.iter().copied().flatten().collect();
    known.sort_unstable();
    let (min, max) = bounds(&known);
    let statistics = Statistics::boolean(min, max, None, Some(n_nulls), false);
    pages(keys, None, body).write(column, form, statistics, None)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;
    use tidegate_model::columns::{Columns, Keys};

    use super::*;
    use crate::layout::{arrange, files, order};

    /// The columns that are filled, one of each type.
    const NAMES: [&str; 5] =
        ["src_country_code", "security_group_ids", "src_as_number", "src_latitude", "counted"];

    /// Returns what readers get of keyed columns, and of the same with a value for each row.
    fn check(keys: Vec<u32>, of_keys: [OfKeys; 5]) -> [Vec<String>; 2] {
        let keys = Keys::new(keys);
        let mut keyed = Columns { n_rows: keys.len(), ..Columns::default() };
        for (name, of_keys) in NAMES.iter().zip(of_keys) {
            keyed.put_keyed(name, &keys, of_keys);
        }
        let mut settled = keyed.clone();
        settled.settle();
        let groups = order::whole(keyed);
        [files(&groups).unwrap(), files(&arrange(settled).unwrap()).unwrap()].map(|files| {
            let bytes = Bytes::clone(&files[0].bytes);
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
            let batches: Vec<_> = reader.map(|it| it.unwrap()).collect();
            let cell = |name: &str| {
                let columns: Vec<_> = batches.iter().map(|it| it.column_by_name(name)).collect();
                format!("{columns:?}")
            };
            NAMES.iter().map(|it| cell(it)).collect::<Vec<String>>()
        })
    }

    fn by_key<T: Clone + std::fmt::Debug>(
        value: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = Vec<Option<T>>> {
        prop::collection::vec(prop::option::of(value), 5)
    }

    prop_compose! {
        fn any_of_keys()(
            ids in prop::collection::vec(prop::sample::select(vec![0, 1, 2, NULL]), 5),
            numbers in by_key(any::<i64>()),
            fractions in by_key(-90.0..90.0),
            flags in by_key(any::<bool>()),
        ) -> [OfKeys; 5] {
            let texts: Vec<String> = ["AT", "DE", "US"].map(str::to_owned).into();
            let lists = vec![vec!["sg-1".to_owned()], vec![], vec!["sg-1".into(), "sg-2".into()]];
            [
                OfKeys::Text { ids: ids.clone(), values: texts },
                OfKeys::Lists { ids, values: lists },
                OfKeys::Int64(numbers),
                OfKeys::Float64(fractions),
                OfKeys::Boolean(flags),
            ]
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn keys_read_back_as_the_values_they_stand_for(
            keys in prop::collection::vec(prop::sample::select(vec![0, 1, 2, 3, 4, NULL]), 8..200),
            of_keys in any_of_keys(),
        ) {
            let [keyed, settled] = check(keys, of_keys);
            for (keyed, settled) in keyed.iter().zip(&settled) {
                // A column without values is not written where that is known.
                if settled != "[None]" {
                    prop_assert_eq!(keyed, settled);
                }
            }
        }
    }
}
