//! Encodes a text column of a row group. The gathered columns have dictionaries already, so their ids
//! become places.

use parquet::bloom_filter::Sbbf;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::schema::types::ColumnDescPtr;
use tidegate_model::columns::NULL;

use super::bits::{levels, pack, places, run};
use super::pages::{Chunk, Dictionary, Form, Pages};

/// Text of a row group: an id per row, and the values that the ids stand for, in ascending order.
pub(crate) struct Text<'a, T = String> {
    pub(crate) ids: &'a [u32],
    pub(crate) values: &'a [T],
}

/// Encodes the text of a row group.
pub(crate) fn encode<T: AsRef<str>>(
    text: &Text<'_, T>,
    column: &ColumnDescPtr,
    form: &Form<'_>,
) -> Result<Chunk> {
    let is_valid = |it: &u32| *it != NULL;
    let mut at = text.ids.to_vec();
    at.retain(is_valid);
    let used = renumber(&mut at, text.values);
    let mut body = Vec::new();
    validity(&mut body, text.ids.iter().map(is_valid), at.len());
    places(&mut body, at.iter().copied(), used.len());
    let n_rows = text.ids.len();
    let pages = Pages { n_rows, n_values: n_rows, dictionary: Some(dictionary(&used)), body };
    let bloom_filter = form.bloom_fpp.map(|fpp| bloom_filter(&used, fpp)).transpose()?;
    pages.write(column, form, text_statistics(&used, (n_rows - at.len()) as u64), bloom_filter)
}

/// Appends the definition levels of optional values.
pub(super) fn validity(
    body: &mut Vec<u8>,
    is_valid: impl ExactSizeIterator<Item = bool>,
    n_valid: usize,
) {
    let n_rows = is_valid.len();
    if n_valid == n_rows || n_valid == 0 {
        levels(body, |it| run(it, n_rows, u32::from(n_valid > 0), 1));
    } else {
        levels(body, |it| pack(it, is_valid.map(u32::from), 1));
    }
}

/// Returns the statistics of text.
pub(super) fn text_statistics(used: &[&str], n_nulls: u64) -> Statistics {
    let bound = |it: Option<&&str>| it.map(|it| ByteArray::from(*it));
    let (min, max) = (bound(used.first()), bound(used.last()));
    let (n_distinct, n_nulls) = (Some(used.len() as u64), Some(n_nulls));
    Statistics::ByteArray(ValueStatistics::new(min, max, n_distinct, n_nulls, false))
}

fn bloom_filter(used: &[&str], fpp: f64) -> Result<Sbbf> {
    let mut filter = Sbbf::new_with_ndv_fpp(used.len().max(1) as u64, fpp)?;
    for value in used {
        filter.insert(*value);
    }
    Ok(filter)
}

/// Returns the dictionary of texts.
pub(super) fn dictionary(values: &[&str]) -> Dictionary {
    let n_bytes = values.iter().map(|it| it.len() + 4).sum();
    let mut bytes = Vec::with_capacity(n_bytes);
    for value in values {
        // A value is at most a line of text long.
        bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(value.as_bytes());
    }
    Dictionary { n_values: values.len(), bytes }
}

/// Makes ids among `values` places among those that are used, and returns these, in their order.
pub(super) fn renumber<'a, T: AsRef<str>>(ids: &mut [u32], values: &'a [T]) -> Vec<&'a str> {
    let mut place_of = vec![NULL; values.len()];
    for id in ids.iter() {
        place_of[*id as usize] = 0;
    }
    let mut used = Vec::new();
    let of_used = place_of.iter_mut().zip(values).filter(|(it, _)| **it == 0);
    for (n_used, (place, value)) in (0..).zip(of_used) {
        *place = n_used;
        used.push(value.as_ref());
    }
    for id in ids {
        *id = place_of[*id as usize];
    }
    used
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, AsArray as _, RecordBatch, StringArray};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::super::Gather;

    /// Writes texts as a column of a file and reads them back, in the order of `end`.
    fn round_trip(texts: &[Option<String>]) -> Vec<Option<String>> {
        let ends = (0..).take(texts.len()).collect::<Vec<i64>>();
        let ends = arrow::array::TimestampMicrosecondArray::from(ends).with_timezone("UTC");
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("vpc_id", Arc::new(StringArray::from(texts.to_vec())) as Arc<dyn Array>, true),
            ("end", Arc::new(ends) as _, true),
        ]);
        let mut gather = Gather::default();
        gather.push(batch.unwrap());
        let file = gather.files().unwrap().remove(0);
        let reader = ParquetRecordBatchReaderBuilder::try_new(file.bytes).unwrap();
        let mut read = Vec::new();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let Some(column) = batch.column_by_name("vpc_id") else {
                read.extend(std::iter::repeat_n(None, batch.num_rows()));
                continue;
            };
            let column = column.as_string::<i32>().iter();
            read.extend(column.map(|it| it.map(str::to_owned)));
        }
        read
    }

    #[test]
    fn many_values_and_row_groups_read_back() {
        let texts: Vec<Option<String>> =
            (0..70_000_u32).map(|it| (it % 13 > 0).then(|| format!("v{}", it % 9_001))).collect();
        assert_eq!(round_trip(&texts), texts);
    }

    proptest! {
        #[test]
        fn any_text_reads_back(texts in prop::collection::vec(prop::option::of(".{0,12}"), 1..200)) {
            prop_assert_eq!(round_trip(&texts), texts);
        }
    }
}
