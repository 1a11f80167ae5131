//! One column of a Parquet file, in the few forms that values are taken from.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use tidegate_model::field::Field;

use crate::column::{BadRow, Column, NumberColumn, TIME_US_MAX, int32, int64, refusal, time};
use crate::text::number::parse;

/// A column of a Parquet file.
#[derive(Debug)]
pub(super) enum Source {
    /// Whole numbers.
    Numbers(Int64Array),
    /// Times, in microseconds since the Unix epoch.
    Times(Int64Array),
    /// Text, or anything else written as text.
    Bytes(BinaryViewArray),
}

impl Source {
    /// Returns the column in one of the forms.
    pub(super) fn new(array: &ArrayRef) -> Result<Self, String> {
        use DataType as T;
        let to =
            |to: &DataType| cast(array, to).map_err(|it| format!("the Parquet is damaged: {it}"));
        match array.data_type() {
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
                Ok(Self::Numbers(to(&T::Int64)?.as_primitive::<Int64Type>().clone()))
            }
            T::Timestamp(_, _) => {
                let times = to(&T::Timestamp(TimeUnit::Microsecond, None))?;
                let times = times.as_primitive::<TimestampMicrosecondType>();
                Ok(Self::Times(times.reinterpret_cast()))
            }
            T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Binary | T::LargeBinary | T::BinaryView => {
                Ok(Self::Bytes(to(&T::BinaryView)?.as_binary_view().clone()))
            }
            _ => written(array).map(Self::Bytes),
        }
    }

    /// Appends the values of `rows` to the column of `field`.
    pub(super) fn append(
        &self,
        column: &mut Column,
        field: &Field,
        rows: &[usize],
        bad: &mut Vec<BadRow>,
    ) {
        match column {
            Column::Int32(it) => self.numbers(it, (field, &int32), rows, bad),
            Column::Int64(it) => self.numbers(it, (field, &int64), rows, bad),
            Column::Time(it) => match self {
                Self::Times(times) => {
                    for (at, row) in rows.iter().enumerate() {
                        let value = times.is_valid(*row).then(|| times.value(*row));
                        it.push(value.filter(|it| is_time(*it)));
                        bad.extend(value.filter(|it| !is_time(*it)).map(|it| BadRow {
                            at,
                            reason: refusal(field, it.to_string().as_bytes()),
                        }));
                    }
                }
                Self::Numbers(_) | Self::Bytes(_) => self.numbers(it, (field, &time), rows, bad),
            },
            Column::Text(it) => {
                for (at, row) in rows.iter().enumerate() {
                    it.push(self.bytes(*row).as_deref(), (at, field), bad);
                }
            }
        }
    }

    fn numbers<T: Copy + Default>(
        &self,
        column: &mut NumberColumn<T>,
        (field, convert): (&Field, &dyn Fn(u64) -> Option<T>),
        rows: &[usize],
        bad: &mut Vec<BadRow>,
    ) {
        for (at, row) in rows.iter().enumerate() {
            let Some(bytes) = self.present(*row) else {
                column.push(None);
                continue;
            };
            let number = match self {
                Self::Numbers(it) | Self::Times(it) => u64::try_from(it.value(*row)).ok(),
                Self::Bytes(_) => parse(&bytes, 0, bytes.len()),
            };
            let value = number.and_then(convert);
            if value.is_none() {
                bad.push(BadRow { at, reason: refusal(field, &bytes) });
            }
            column.push(value);
        }
    }

    /// Returns how many bytes of text the value is.
    pub(super) fn n_bytes(&self, row: usize) -> usize {
        match self {
            Self::Numbers(_) | Self::Times(_) => 0,
            Self::Bytes(it) => it.value(row).len(),
        }
    }

    /// Returns the first bytes of the value as a person can read them.
    pub(super) fn shown(&self, row: usize, n_bytes_max: usize) -> String {
        let Some(value) = self.present(row) else { return "-".to_owned() };
        String::from_utf8_lossy(&value[..value.len().min(n_bytes_max)]).into_owned()
    }

    /// Returns the value if it is not NULL in any of its spellings.
    pub(super) fn present(&self, row: usize) -> Option<Cow<'_, [u8]>> {
        self.bytes(row).filter(|it| !matches!(it.as_ref(), b"" | b"-"))
    }

    fn bytes(&self, row: usize) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Numbers(it) | Self::Times(it) => {
                it.is_valid(row).then(|| Cow::Owned(it.value(row).to_string().into_bytes()))
            }
            Self::Bytes(it) => it.is_valid(row).then(|| Cow::Borrowed(it.value(row))),
        }
    }
}

/// Returns whether microseconds since the Unix epoch are a time that a record can have.
fn is_time(time_us: i64) -> bool {
    (0..=TIME_US_MAX).contains(&time_us)
}

/// Returns the values as text, whatever they are.
fn written(array: &ArrayRef) -> Result<BinaryViewArray, String> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options)
        .map_err(|it| format!("a column of this type cannot be read: {it}"))?;
    let value = |row| array.is_valid(row).then(|| formatter.value(row).to_string());
    Ok((0..array.len()).map(value).collect())
}
