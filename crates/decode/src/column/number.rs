//! Columns of numbers and times.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array, TimestampMicrosecondArray};
use tidegate_model::field::Field;

use super::{BadRow, shown, truncate_nulls, validity};
use crate::text::cells::{Cells, Row};
use crate::text::number::parse;

/// Values above are milliseconds, not seconds.
const SECONDS_MAX: u64 = i32::MAX as u64;

const MILLISECONDS_MIN: u64 = SECONDS_MAX + 1;

/// The last millisecond of the year 9999, beyond which a number is no time.
const MILLISECONDS_MAX: u64 = 253_402_300_799_999;

/// The same, in microseconds.
pub(crate) const TIME_US_MAX: i64 = 253_402_300_799_999_999;

/// Returns the value as stored, if it fits into 32 bits.
pub(crate) fn int32(value: u64) -> Option<i32> {
    i32::try_from(value).ok()
}

/// Returns the value as stored, if it fits into 64 bits.
pub(crate) fn int64(value: u64) -> Option<i64> {
    i64::try_from(value).ok()
}

/// Returns seconds or milliseconds as microseconds, if they are a time.
pub(crate) fn time(value: u64) -> Option<i64> {
    let milliseconds = match value {
        0..=SECONDS_MAX => value * 1_000,
        MILLISECONDS_MIN..=MILLISECONDS_MAX => value,
        _ => return None,
    };
    i64::try_from(milliseconds * 1_000).ok()
}

/// A column of numbers that is being gathered.
#[derive(Debug, Default)]
pub(crate) struct NumberColumn<T> {
    values: Vec<T>,
    nulls: Vec<u32>,
    /// Rows of the batch before: the next will have about as many.
    n_expected: usize,
}

impl<T: Copy + Default> NumberColumn<T> {
    /// Appends the number at `slot` of every row, converted.
    pub(crate) fn append(
        &mut self,
        (cells, rows): (&Cells<'_>, &[Row]),
        slot: usize,
        (field, convert): (&Field, impl Fn(u64) -> Option<T>),
        bad: &mut Vec<BadRow>,
    ) {
        let Self { values, nulls, n_expected } = self;
        if values.is_empty() {
            values.reserve(*n_expected);
        }
        let n_before = values.len();
        values.extend(rows.iter().enumerate().map(|(at, row)| {
            let (start, end) = cells.at(*row, slot);
            if let Some(value) = parse(cells.text, start, end).and_then(&convert) {
                return value;
            }
            match &cells.text[start..end] {
                b"-" => nulls.push(row_index(n_before + at)),
                value => bad.push(BadRow { at, reason: refusal(field, value) }),
            }
            T::default()
        }));
    }

    /// Appends one value.
    pub(crate) fn push(&mut self, value: Option<T>) {
        if value.is_none() {
            self.nulls.push(row_index(self.values.len()));
        }
        self.values.push(value.unwrap_or_default());
    }

    pub(crate) fn truncate(&mut self, n_rows: usize) {
        self.values.truncate(n_rows);
        truncate_nulls(&mut self.nulls, n_rows);
    }

    fn take(&mut self) -> (Vec<T>, Vec<u32>) {
        self.n_expected = self.values.len();
        (std::mem::take(&mut self.values), std::mem::take(&mut self.nulls))
    }
}

impl NumberColumn<i32> {
    pub(crate) fn finish_int32(&mut self) -> ArrayRef {
        let (values, nulls) = self.take();
        let validity = validity(values.len(), &nulls);
        Arc::new(Int32Array::new(values.into(), validity))
    }
}

impl NumberColumn<i64> {
    pub(crate) fn finish_int64(&mut self) -> ArrayRef {
        let (values, nulls) = self.take();
        let validity = validity(values.len(), &nulls);
        Arc::new(Int64Array::new(values.into(), validity))
    }

    pub(crate) fn finish_time(&mut self) -> ArrayRef {
        let (values, nulls) = self.take();
        let validity = validity(values.len(), &nulls);
        Arc::new(TimestampMicrosecondArray::new(values.into(), validity).with_timezone("UTC"))
    }

    /// Returns the smallest value of the rows from `from` on.
    pub(crate) fn min(&self, from: usize) -> Option<i64> {
        if self.is_dense(from) {
            return self.values[from..].iter().copied().min();
        }
        self.present(from).min()
    }

    /// Returns the largest value of the rows from `from` on.
    pub(crate) fn max(&self, from: usize) -> Option<i64> {
        if self.is_dense(from) {
            return self.values[from..].iter().copied().max();
        }
        self.present(from).max()
    }

    fn is_dense(&self, from: usize) -> bool {
        self.nulls.last().is_none_or(|it| (*it as usize) < from)
    }

    fn present(&self, from: usize) -> impl Iterator<Item = i64> {
        let is_null = |at: usize| self.nulls.binary_search(&row_index(at)).is_ok();
        (from..self.values.len()).filter(move |at| !is_null(*at)).map(|at| self.values[at])
    }
}

/// Returns the position of a row as it is kept in lists of NULLs.
pub(super) fn row_index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or_else(|_| unreachable!("a batch is far smaller than 2^32 rows"))
}

/// Returns why `value` cannot be this field.
pub(crate) fn refusal(field: &Field, value: &[u8]) -> String {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let why = if is_number { "out of range" } else { "not a whole number" };
    format!("`{}` is `{}`, {why}", field.name, shown(value))
}
