//! Rows of Arrow as cells of JSON.

use arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::DateTime;
use serde_json::{Map, Number, Value};

use crate::window::text;
use crate::wire::{Cell, SqlColumn};

/// Returns the columns of a schema, with their types as SQL names them.
pub(crate) fn columns(schema: &arrow::datatypes::Schema) -> Vec<SqlColumn> {
    let fields = schema.fields().iter();
    fields
        .map(|it| SqlColumn { name: it.name().clone(), kind: type_name(it.data_type()) })
        .collect()
}

/// Returns the rows of a batch.
///
/// # Errors
///
/// If a column cannot be shown, which no type of ours is.
pub(crate) fn rows(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, ArrowError> {
    let columns = batch.columns().iter().map(values);
    let columns: Vec<Vec<Value>> = columns.collect::<Result<_, _>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let row = |_| columns.iter_mut().map(|it| Cell(it.next().unwrap_or_default())).collect();
    Ok((0..batch.num_rows()).map(row).collect())
}

/// Returns the values of a column.
fn values(array: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    let to = |it: DataType| cast(array, &it);
    match array.data_type() {
        DataType::Boolean => Ok(each(array.as_boolean(), |it, row| it.value(row).into())),
        DataType::Timestamp(_, _) => {
            let times = to(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))?;
            let times = times.as_primitive::<TimestampMicrosecondType>();
            Ok(each(times, |it, row| time(it.value(row))))
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let floats = to(DataType::Float64)?;
            let number = |it: f64| Number::from_f64(it).map_or(Value::Null, Value::Number);
            Ok(each(floats.as_primitive::<Float64Type>(), |it, row| number(it.value(row))))
        }
        DataType::UInt64 => {
            let numbers = array.as_primitive::<arrow::datatypes::UInt64Type>();
            Ok(each(numbers, |it, row| it.value(row).into()))
        }
        it if it.is_integer() => {
            let numbers = to(DataType::Int64)?;
            Ok(each(numbers.as_primitive::<Int64Type>(), |it, row| it.value(row).into()))
        }
        DataType::List(_) => (0..array.len())
            .map(|row| {
                if array.is_null(row) {
                    return Ok(Value::Null);
                }
                values(&array.as_list::<i32>().value(row)).map(Value::Array)
            })
            .collect(),
        DataType::Map(_, _) => (0..array.len()).map(|row| map(array, row)).collect(),
        DataType::Null => Ok(vec![Value::Null; array.len()]),
        _ => match to(DataType::Utf8View) {
            Ok(texts) => Ok(each(texts.as_string_view(), |it, row| it.value(row).into())),
            Err(_) => shown(array),
        },
    }
}

/// Returns values that nothing else is said of as a person reads them.
fn shown(array: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    let options = FormatOptions::new().with_display_error(false);
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
    let value = |row| {
        if array.is_null(row) {
            return Ok(Value::Null);
        }
        Ok(formatter.value(row).try_to_string()?.into())
    };
    (0..array.len()).map(value).collect()
}

fn each<A: Array>(array: &A, value: impl Fn(&A, usize) -> Value) -> Vec<Value> {
    let row = |row| if array.is_null(row) { Value::Null } else { value(array, row) };
    (0..array.len()).map(row).collect()
}

fn time(at_us: i64) -> Value {
    DateTime::from_timestamp_micros(at_us).map_or(Value::Null, |it| text(it).into())
}

fn map(array: &ArrayRef, row: usize) -> Result<Value, ArrowError> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    let entries = array.as_map().value(row);
    let (keys, texts) = (values(entries.column(0))?, values(entries.column(1))?);
    let entries = keys.into_iter().zip(texts);
    let entries = entries.map(|(key, it)| (key.as_str().unwrap_or_default().to_owned(), it));
    Ok(Value::Object(entries.collect::<Map<_, _>>()))
}

fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Timestamp(_, _) => "timestamp".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "double".to_owned(),
        DataType::Int64 | DataType::UInt64 => "bigint".to_owned(),
        it if it.is_integer() => "integer".to_owned(),
        DataType::List(it) => format!("list of {}", type_name(it.data_type())),
        DataType::Map(_, _) => "map".to_owned(),
        DataType::Dictionary(_, it) => type_name(it),
        other => other.to_string().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Date32Array, Float64Array, Int32Array, ListArray, StringArray};
    use arrow::array::{NullArray, TimestampMicrosecondArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn check(array: &ArrayRef, expected: &str) {
        assert_eq!(serde_json::to_string(&values(array).unwrap()).unwrap(), expected);
    }

    #[test]
    fn every_type_has_a_form_in_json() {
        check(&(Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef), "[1,null]");
        check(&(Arc::new(Float64Array::from(vec![0.5, f64::NAN])) as ArrayRef), "[0.5,null]");
        check(&(Arc::new(StringArray::from(vec![Some("a"), None])) as ArrayRef), r#"["a",null]"#);
        let times = TimestampMicrosecondArray::from(vec![1_772_409_600_000_000]);
        check(&(Arc::new(times.with_timezone("UTC")) as ArrayRef), r#"["2026-03-02T00:00:00Z"]"#);
        check(&(Arc::new(Date32Array::from(vec![20_514])) as ArrayRef), r#"["2026-03-02"]"#);
        let lists = [Some(vec![Some(1), Some(2)]), None];
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists);
        check(&(Arc::new(lists) as ArrayRef), "[[1,2],null]");
        check(&(Arc::new(NullArray::new(2)) as ArrayRef), "[null,null]");
    }
}
