//! The column of fields that nobody knows: a map from the name to the raw value.

use std::sync::Arc;

use arrow::array::{ArrayRef, MapArray, StringArray, StructArray};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field as ArrowField};
use tidegate_model::schema::extra_type;

use super::BadRow;
use super::number::row_index;
use super::{shown, truncate_nulls, validity};
use crate::text::cells::{Cells, Row};

/// The column that is being gathered. Every row has the same number of pairs only as long as one
/// layout fills it, so each row remembers where it ends.
#[derive(Debug, Default)]
pub(crate) struct ExtraColumn {
    keys: Strings,
    values: Strings,
    nulls: Vec<u32>,
    /// For each row, the number of pairs up to its end.
    ends: Vec<i32>,
}

#[derive(Debug, Default)]
struct Strings {
    bytes: Vec<u8>,
    ends: Vec<i32>,
}

impl Strings {
    fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(length(self.bytes.len()));
    }

    fn truncate(&mut self, n: usize) {
        self.ends.truncate(n);
        let n_bytes = self.ends.last().map_or(0, |it| it.unsigned_abs() as usize);
        self.bytes.truncate(n_bytes);
    }

    fn take(&mut self, validity: Option<NullBuffer>) -> StringArray {
        let ends = std::mem::take(&mut self.ends);
        let bytes = std::mem::take(&mut self.bytes);
        StringArray::new(offsets(&ends), Buffer::from_vec(bytes), validity)
    }
}

impl ExtraColumn {
    /// Appends the values of the unknown fields of every row; one that is not UTF-8 is reported.
    pub(crate) fn append(
        &mut self,
        (cells, rows): (&Cells<'_>, &[Row]),
        names: &[(usize, Arc<str>)],
        bad: &mut Vec<BadRow>,
    ) {
        for (at, row) in rows.iter().enumerate() {
            for (slot, name) in names {
                let value = cells.field(*row, *slot);
                match std::str::from_utf8(value) {
                    Ok(_) => self.pair(name, (value != b"-").then_some(value)),
                    Err(_) => bad.push(BadRow { at, reason: not_utf8(name, value) }),
                }
            }
            self.end_row();
        }
    }

    /// Appends one pair to the row that is being filled. `value` must be UTF-8.
    pub(crate) fn pair(&mut self, name: &str, value: Option<&[u8]>) {
        if value.is_none() {
            self.nulls.push(row_index(self.keys.ends.len()));
        }
        self.keys.push(name.as_bytes());
        self.values.push(value.unwrap_or_default());
    }

    /// Ends the row that is being filled.
    pub(crate) fn end_row(&mut self) {
        self.ends.push(length(self.keys.ends.len()));
    }

    pub(crate) fn truncate(&mut self, n_rows: usize) {
        self.ends.truncate(n_rows);
        let n_pairs = self.ends.last().map_or(0, |it| it.unsigned_abs() as usize);
        self.keys.truncate(n_pairs);
        self.values.truncate(n_pairs);
        truncate_nulls(&mut self.nulls, n_pairs);
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.keys.bytes.len().max(self.values.bytes.len())
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        let DataType::Map(entries, is_sorted) = extra_type() else {
            unreachable!("the type of `extra` is a map")
        };
        let DataType::Struct(columns) = entries.data_type() else {
            unreachable!("the entries of a map are a struct")
        };
        let nulls = std::mem::take(&mut self.nulls);
        let validity = validity(self.keys.ends.len(), &nulls);
        let keys: ArrayRef = Arc::new(self.keys.take(None));
        let values: ArrayRef = Arc::new(self.values.take(validity));
        let pairs = StructArray::new(columns.clone(), vec![keys, values], None);
        let ends = std::mem::take(&mut self.ends);
        let entries: Arc<ArrowField> = Arc::clone(&entries);
        Arc::new(MapArray::new(entries, offsets(&ends), pairs, None, is_sorted))
    }
}

/// Returns why `value` cannot be kept.
pub(crate) fn not_utf8(name: &str, value: &[u8]) -> String {
    format!("`{name}` is `{}`, not UTF-8", shown(value))
}

fn offsets(ends: &[i32]) -> OffsetBuffer<i32> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.extend_from_slice(ends);
    OffsetBuffer::new(offsets.into())
}

fn length(n: usize) -> i32 {
    i32::try_from(n).unwrap_or_else(|_| unreachable!("a batch is cut far below 2 GiB of text"))
}
