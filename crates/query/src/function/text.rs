//! Arguments and results that functions over text have in common.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_string_view_array;
use datafusion::common::{exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, Signature, Volatility};

/// The signature of a function whose arguments are checked by its `coerce_types`.
pub(crate) fn checked() -> Signature {
    Signature::user_defined(Volatility::Immutable)
}

/// Returns text for each of the arguments, or an error if one is not text or their number is wrong.
pub(crate) fn all_text(name: &str, types: &[DataType], n: usize) -> Result<Vec<DataType>> {
    if types.len() != n {
        return plan_err!("{name} takes {n} arguments, got {}", types.len());
    }
    for data_type in types {
        if !is_text(data_type) {
            return plan_err!("{name} takes text, got {data_type}");
        }
    }
    Ok(vec![DataType::Utf8View; n])
}

/// Returns whether values of the type are text, or nothing at all.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// Returns a whole number for each argument, of which there are from `n_min` to `n_max`.
pub(crate) fn all_ints(
    name: &str,
    types: &[DataType],
    (n_min, n_max): (usize, usize),
) -> Result<Vec<DataType>> {
    if types.len() < n_min || types.len() > n_max {
        return plan_err!("{name} takes {n_min} to {n_max} arguments, got {}", types.len());
    }
    for data_type in types {
        if !data_type.is_integer() && !data_type.is_null() {
            return plan_err!("{name} takes whole numbers, got {data_type}");
        }
    }
    Ok(vec![DataType::Int64; types.len()])
}

/// Calls `act` with the only argument, as an array, and makes a constant of the result if the
/// argument was one.
pub(crate) fn over_one(
    args: ScalarFunctionArgs,
    act: impl Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let Some(arg) = args.args.into_iter().next() else { return exec_err!("no argument") };
    match arg {
        ColumnarValue::Array(array) => Ok(ColumnarValue::Array(act(&array)?)),
        ColumnarValue::Scalar(value) => scalar(&act(&value.to_array()?)?),
    }
}

/// Returns the first value of `array` as a constant.
pub(crate) fn scalar(array: &ArrayRef) -> Result<ColumnarValue> {
    let value = datafusion::common::ScalarValue::try_from_array(array, 0)?;
    Ok(ColumnarValue::Scalar(value))
}

/// Calls `act` for each text in `array` that is there, once for a run of equal ones.
pub(crate) fn map_text<T: Copy>(
    array: &ArrayRef,
    act: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>> {
    let texts: &StringViewArray = as_string_view_array(array)?;
    let mut last: Option<(&str, Option<T>)> = None;
    let mut results = Vec::with_capacity(texts.len());
    for text in texts {
        let result = match (text, last) {
            (None, _) => None,
            (Some(text), Some((seen, result))) if seen == text => result,
            (Some(text), _) => {
                let result = act(text);
                last = Some((text, result));
                result
            }
        };
        results.push(result);
    }
    Ok(results)
}

/// Returns an array of constant texts.
pub(crate) fn texts(values: impl Iterator<Item = Option<&'static str>>) -> ArrayRef {
    Arc::new(values.collect::<StringViewArray>())
}
