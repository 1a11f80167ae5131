//! The ranges of a file's columns, gathered while it is encoded, for the table's log.

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::compute::{max, min};
use arrow::datatypes::{DataType, Int32Type, TimestampMicrosecondType};
use parquet::data_type::ByteArray;
use parquet::file::statistics::Statistics;

use crate::stats::{Bound, COLUMNS, Range, Stats};

/// Adds the range of a text column in a row group.
pub(super) fn of_text(stats: &mut Stats, name: &str, statistics: Option<&Statistics>) {
    let Some(Statistics::ByteArray(values)) = statistics else { return };
    let text = |it: Option<&ByteArray>| {
        it.and_then(|it| it.as_utf8().ok()).map(|it| Bound::Text(it.to_owned()))
    };
    let n_nulls = values.null_count_opt().unwrap_or(0);
    add(stats, name, (text(values.min_opt()), text(values.max_opt()), n_nulls));
}

/// Adds the range of any other column in a row group.
pub(super) fn of_array(stats: &mut Stats, name: &str, array: &ArrayRef) {
    let (min, max) = match array.data_type() {
        DataType::Int32 => {
            let values = array.as_primitive::<Int32Type>();
            let int = |it: Option<i32>| it.map(|it| Bound::Int(it.into()));
            (int(min(values)), int(max(values)))
        }
        DataType::Timestamp(_, _) => {
            let values = array.as_primitive::<TimestampMicrosecondType>();
            (min(values).map(Bound::Time), max(values).map(Bound::Time))
        }
        _ => (None, None),
    };
    add(stats, name, (min, max, array.null_count() as u64));
}

fn add(stats: &mut Stats, name: &str, (min, max, n_nulls): (Option<Bound>, Option<Bound>, u64)) {
    if !COLUMNS.contains(&name) {
        return;
    }
    let none = Range { min: None, max: None, n_nulls: 0 };
    let range = stats.ranges.entry(name.to_owned()).or_insert(none);
    range.n_nulls += n_nulls;
    range.min = pick(range.min.take(), min, |new, old| new < old);
    range.max = pick(range.max.take(), max, |new, old| new > old);
}

fn pick(
    old: Option<Bound>,
    new: Option<Bound>,
    is_better: fn(&Bound, &Bound) -> bool,
) -> Option<Bound> {
    match (old, new) {
        (Some(old), Some(new)) => Some(if is_better(&new, &old) { new } else { old }),
        (old, new) => old.or(new),
    }
}
