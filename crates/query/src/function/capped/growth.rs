//! How much a function makes of its arguments.

use arrow::array::{Array as _, ArrayRef, Int64Array};
use arrow::compute::cast;
use arrow::compute::kernels::length::length;
use arrow::datatypes::DataType;
use datafusion::common::cast::as_int64_array;
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

/// Bytes of a value in a list, at most, beside those of its text.
const ELEMENT_BYTES: u64 = 16;

/// Bytes of a character, at most.
const CHAR_BYTES: u64 = 4;

/// Bytes that a byte of a date's form becomes, at most: `%+` is a whole time with its zone.
const FORM_BYTES: u64 = 24;

/// How much a function makes of its arguments: which of them are multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Growth {
    /// All of them together.
    Sum,
    /// The same, with the first between them.
    SumBetween,
    /// The first, as often as the second says.
    Repeat,
    /// As many characters as the second says.
    Pad,
    /// The third for every occurrence of the second in the first.
    Replace,
    /// The same, where an occurrence may be empty and be in the third.
    ReplacePattern,
    /// A list as long as the second says, of the third.
    Resize,
    /// The third for every element of the first.
    ReplaceElements,
    /// The second between all elements of the first.
    Join,
    /// Whole numbers from one to another.
    Range,
    /// What the second says of the first.
    Form,
}

/// What a function makes of a batch of rows, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// Bytes of the largest value.
    pub(super) n_bytes_most: u64,
    /// Bytes of all values.
    pub(super) n_bytes: u64,
}

/// The functions that make much, by name.
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Growth)] = &[
    ("concat", Growth::Sum), ("concat_ws", Growth::SumBetween), ("overlay", Growth::Sum),
    ("array_append", Growth::Sum), ("array_concat", Growth::Sum), ("array_prepend", Growth::Sum),
    ("arrays_zip", Growth::Sum), ("make_array", Growth::Sum), ("map", Growth::Sum),
    ("array_repeat", Growth::Repeat), ("repeat", Growth::Repeat),
    ("lpad", Growth::Pad), ("rpad", Growth::Pad),
    ("replace", Growth::Replace), ("regexp_replace", Growth::ReplacePattern),
    ("array_resize", Growth::Resize),
    ("array_replace", Growth::ReplaceElements), ("array_replace_all", Growth::ReplaceElements),
    ("array_replace_n", Growth::ReplaceElements),
    ("array_to_string", Growth::Join),
    ("generate_series", Growth::Range), ("range", Growth::Range),
    ("to_char", Growth::Form),
];

/// Returns what a function makes, if it is one that makes much.
pub(super) fn of(name: &str) -> Option<Growth> {
    FUNCTIONS.iter().find(|it| it.0 == name).map(|it| it.1)
}

impl Growth {
    /// Returns what the function makes, at most.
    ///
    /// # Errors
    ///
    /// If it cannot be told.
    pub(super) fn made(self, name: &str, args: &ScalarFunctionArgs) -> Result<Made> {
        let is_one = args.args.iter().all(|it| matches!(it, ColumnarValue::Scalar(_)));
        let n_rows = if is_one { 1 } else { args.number_rows };
        let sizes: Vec<Sizes> = args.args.iter().map(Sizes::of).collect();
        let numbers = self.numbers(name, &args.args)?;
        let all = (0..n_rows).map(|row| {
            let size = |index: usize| sizes.get(index).map_or(0, |it| it.bytes.at(row));
            let count = |index: usize| sizes.get(index).map_or(0, |it| it.count.at(row));
            let number = |index: usize| numbers.get(index).map_or(0, |it| it.at(row));
            self.of_row(&Row { size: &size, count: &count, number: &number, n_args: sizes.len() })
        });
        Ok(all.fold(Made::default(), |made, it| Made {
            n_bytes_most: made.n_bytes_most.max(it),
            n_bytes: made.n_bytes.saturating_add(it),
        }))
    }

    /// Returns the arguments that are numbers, if they matter.
    fn numbers(self, name: &str, args: &[ColumnarValue]) -> Result<Vec<Each<i64>>> {
        match self {
            Self::Repeat | Self::Pad | Self::Resize => {
                args.iter().take(2).map(|it| Ok(numbers(it).unwrap_or(Each::One(0)))).collect()
            }
            Self::Range => {
                let numbers = args.iter().map(numbers).collect::<Option<_>>();
                numbers.map_or_else(
                    || {
                        exec_err!(
                            "{name} makes lists of whole numbers here; for times, write \
                             `FROM {name}(...)`, which makes rows"
                        )
                    },
                    Ok,
                )
            }
            _ => Ok(Vec::new()),
        }
    }

    fn of_row(self, row: &Row<'_>) -> u64 {
        let Row { size, count, number, n_args } = *row;
        let times = |it: i64| u64::try_from(it).unwrap_or(0);
        let sum = || (0..n_args).map(size).fold(0, u64::saturating_add);
        match self {
            Self::Sum => sum(),
            Self::SumBetween => sum().saturating_add(size(0).saturating_mul(n_args as u64)),
            Self::Repeat => size(0).saturating_mul(times(number(1))),
            Self::Pad => CHAR_BYTES.saturating_mul(times(number(1))),
            Self::Replace => {
                let n_found = size(0) / size(1).max(1) + 1;
                size(0).saturating_add(n_found.saturating_mul(size(2)))
            }
            Self::ReplacePattern => {
                // Each group of what was found may stand in the third, two bytes for each.
                let n_found = size(0) + size(0) / 2 + 1;
                size(0).saturating_add(n_found.saturating_mul(size(2)))
            }
            Self::Resize => (ELEMENT_BYTES + size(2)).saturating_mul(times(number(1))),
            Self::ReplaceElements => size(0).saturating_add(count(0).saturating_mul(size(2))),
            Self::Join => {
                size(0).saturating_add(count(0).saturating_mul(size(1).saturating_add(size(2))))
            }
            Self::Range => {
                let (from, until) =
                    if n_args > 1 { (number(0), number(1)) } else { (0, number(0)) };
                let step = if n_args > 2 { number(2).unsigned_abs().max(1) } else { 1 };
                (from.abs_diff(until) / step + 1).saturating_mul(8)
            }
            Self::Form => size(1).saturating_mul(FORM_BYTES),
        }
    }
}

/// The arguments of one row.
struct Row<'a> {
    size: &'a dyn Fn(usize) -> u64,
    count: &'a dyn Fn(usize) -> u64,
    number: &'a dyn Fn(usize) -> i64,
    n_args: usize,
}

/// What an argument has in each row.
enum Each<T> {
    /// The same in all.
    One(T),
    /// Another in each.
    All(Vec<T>),
}

impl<T: Copy + Default> Each<T> {
    fn at(&self, row: usize) -> T {
        match self {
            Self::One(it) => *it,
            Self::All(all) => all.get(row).copied().unwrap_or_default(),
        }
    }
}

/// How large an argument is.
struct Sizes {
    /// Its bytes.
    bytes: Each<u64>,
    /// Its elements, if it is a list.
    count: Each<u64>,
}

impl Sizes {
    fn of(arg: &ColumnarValue) -> Self {
        match arg {
            ColumnarValue::Scalar(it) => {
                if let Some(text) = it.try_as_str() {
                    let n_bytes = text.map_or(0, |it| it.len() as u64);
                    return Self { bytes: Each::One(n_bytes), count: Each::One(1) };
                }
                let n_bytes = (it.size() - size_of_val(it)) as u64 + ELEMENT_BYTES;
                let count = it.to_array().ok().and_then(|it| lengths(&it));
                let count = count.map_or(1, |it| it.at(0));
                Self { bytes: Each::One(n_bytes), count: Each::One(count) }
            }
            ColumnarValue::Array(array) => {
                let lengths = lengths(array);
                if is_text(array.data_type())
                    && let Some(bytes) = lengths
                {
                    return Self { bytes, count: Each::One(1) };
                }
                // Parts of an array may share what they are parts of.
                let n_bytes = array.to_data().get_slice_memory_size();
                let n_bytes = n_bytes.unwrap_or_else(|_| array.get_array_memory_size());
                let n_bytes = n_bytes.div_ceil(array.len().max(1)) as u64;
                Self { bytes: Each::One(n_bytes), count: lengths.unwrap_or(Each::One(1)) }
            }
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Returns the bytes of texts, or the elements of lists.
fn lengths(array: &ArrayRef) -> Option<Each<u64>> {
    let lengths = length(array).ok()?;
    let lengths = cast(&lengths, &DataType::Int64).ok()?;
    let lengths: &Int64Array = as_int64_array(&lengths).ok()?;
    let one = |it: Option<i64>| it.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
    Some(Each::All(lengths.iter().map(one).collect()))
}

/// Returns the whole numbers of an argument; `None` if they are others.
fn numbers(arg: &ColumnarValue) -> Option<Each<i64>> {
    let is_number = arg.data_type().is_integer() || arg.data_type().is_null();
    let numbers = |array: &ArrayRef| {
        let numbers = cast(array, &DataType::Int64).ok()?;
        let numbers: &Int64Array = as_int64_array(&numbers).ok()?;
        Some(numbers.iter().map(Option::unwrap_or_default).collect::<Vec<i64>>())
    };
    match arg {
        _ if !is_number => None,
        ColumnarValue::Scalar(it) => {
            let one = numbers(&it.to_array().ok()?)?;
            Some(Each::One(one.first().copied().unwrap_or_default()))
        }
        ColumnarValue::Array(array) => numbers(array).map(Each::All),
    }
}
