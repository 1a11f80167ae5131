//! One column, both ways: from facts to Arrow and back.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray as _, BooleanArray, Int32Array, ListBuilder, MapBuilder,
    MapFieldNames, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    DataType, Field, Int32Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use tidegate_model::inventory::{Fact, Tags, Validity};
use tidegate_model::schema::extra_type;

use crate::{Error, Result};

/// A row of a table.
pub(super) trait Row: Default + Clone + 'static {
    /// Name of the table.
    const TABLE: &'static str;

    /// Its columns, without those of every table.
    const COLUMNS: &'static [Column<Self>];
}

/// A column: its name, and how its value is taken from a row and put into one.
pub(super) struct Column<T> {
    pub(super) name: &'static str,
    pub(super) access: Access<T>,
}

/// How a value is taken and put. What puts a text returns whether it can be understood.
pub(super) enum Access<T> {
    /// Text; empty is NULL.
    Text(Of<T, String>),
    /// A value that is stored as text, or nothing.
    Value(fn(&T) -> Option<String>, fn(&mut T, &str) -> bool),
    /// Values that are stored as texts.
    Values(fn(&T) -> Vec<String>, fn(&mut T, &str) -> bool),
    /// The same, but NULL if nothing tells them. The second begins with no value.
    Known(fn(&T) -> Option<Vec<String>>, fn(&mut T), fn(&mut T, &str) -> bool),
    /// True or false.
    Flag(Of<T, bool>),
    /// A number, or nothing.
    Int(fn(&T) -> Option<i32>, fn(&mut T, i32)),
    /// A moment in microseconds since the Unix epoch, or nothing.
    Time(fn(&T) -> Option<i64>, fn(&mut T, i64)),
    /// Tags.
    Tags(Of<T, Tags>),
}

/// A value that a row has: to be read, and to be changed.
pub(super) struct Of<T, V> {
    get: fn(&T) -> &V,
    get_mut: fn(&mut T) -> &mut V,
}

impl<T> Column<T> {
    /// A column of text.
    pub(super) const fn text(
        name: &'static str,
        get: fn(&T) -> &String,
        get_mut: fn(&mut T) -> &mut String,
    ) -> Self {
        Self { name, access: Access::Text(Of { get, get_mut }) }
    }

    /// A column of yes and no.
    pub(super) const fn flag(
        name: &'static str,
        get: fn(&T) -> &bool,
        get_mut: fn(&mut T) -> &mut bool,
    ) -> Self {
        Self { name, access: Access::Flag(Of { get, get_mut }) }
    }

    /// A column of tags.
    pub(super) const fn tags(
        name: &'static str,
        get: fn(&T) -> &Tags,
        get_mut: fn(&mut T) -> &mut Tags,
    ) -> Self {
        Self { name, access: Access::Tags(Of { get, get_mut }) }
    }
}

const VALID_FROM: &str = "valid_from";
const VALID_UNTIL: &str = "valid_until";
const SOURCE: &str = "source";

/// Returns the type of moments.
pub(super) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Returns the columns of a table.
pub(super) fn schema<T: Row>() -> SchemaRef {
    let own = T::COLUMNS.iter().map(|it| Field::new(it.name, it.access.data_type(), true));
    let common = [(VALID_FROM, time_type()), (VALID_UNTIL, time_type()), (SOURCE, DataType::Utf8)];
    let common = common.into_iter().map(|(name, data_type)| Field::new(name, data_type, true));
    Arc::new(Schema::new(own.chain(common).collect::<Vec<_>>()))
}

/// Returns facts as a table.
pub(super) fn to_batch<T: Row>(facts: &[Fact<T>]) -> Result<RecordBatch> {
    let mut columns: Vec<ArrayRef> = T::COLUMNS.iter().map(|it| it.access.array(facts)).collect();
    let moments = |moment: fn(&Fact<T>) -> Option<i64>| times(facts.iter().map(moment));
    columns.push(moments(|it| Some(it.validity.from_us).filter(|it| *it > i64::MIN)));
    columns.push(moments(|it| Some(it.validity.until_us).filter(|it| *it < i64::MAX)));
    columns
        .push(Arc::new(facts.iter().map(|it| Some(it.source.as_str())).collect::<StringArray>()));
    Ok(RecordBatch::try_new(schema::<T>(), columns)?)
}

/// Adds the rows of a table to `facts`.
pub(super) fn from_batch<T: Row>(batch: &RecordBatch, facts: &mut Vec<Fact<T>>) -> Result<()> {
    let mut values = vec![T::default(); batch.num_rows()];
    for column in T::COLUMNS {
        let Some(array) = array::<T>(batch, column.name, &column.access.data_type())? else {
            continue;
        };
        column.put(array, &mut values)?;
    }
    let from_us = moments::<T>(batch, VALID_FROM, i64::MIN)?;
    let until_us = moments::<T>(batch, VALID_UNTIL, i64::MAX)?;
    let sources =
        array::<T>(batch, SOURCE, &DataType::Utf8)?.map(arrow::array::AsArray::as_string::<i32>);
    for (row, value) in values.into_iter().enumerate() {
        let source = sources.filter(|it| it.is_valid(row)).map_or("", |it| it.value(row));
        let validity = Validity { from_us: from_us[row], until_us: until_us[row] };
        facts.push(Fact { validity, source: source.to_owned(), value });
    }
    Ok(())
}

fn moments<T: Row>(batch: &RecordBatch, name: &'static str, unknown: i64) -> Result<Vec<i64>> {
    let Some(array) = array::<T>(batch, name, &time_type())? else {
        return Ok(vec![unknown; batch.num_rows()]);
    };
    let array = array.as_primitive::<TimestampMicrosecondType>();
    Ok(array.iter().map(|it| it.unwrap_or(unknown)).collect())
}

/// Returns a column, if the table has it.
fn array<'a, T: Row>(
    batch: &'a RecordBatch,
    name: &'static str,
    expected: &DataType,
) -> Result<Option<&'a ArrayRef>> {
    let Some(array) = batch.column_by_name(name) else { return Ok(None) };
    if array.data_type().equals_datatype(expected) {
        return Ok(Some(array));
    }
    Err(Error::Column {
        table: T::TABLE,
        column: name,
        found: array.data_type().to_string(),
        expected: expected.to_string(),
    })
}

pub(super) fn times(moments: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(moments.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

impl<T> Access<T> {
    fn data_type(&self) -> DataType {
        match self {
            Self::Text(..) | Self::Value(..) => DataType::Utf8,
            Self::Values(..) | Self::Known(..) => {
                DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
            }
            Self::Flag(..) => DataType::Boolean,
            Self::Int(..) => DataType::Int32,
            Self::Time(..) => time_type(),
            Self::Tags(..) => extra_type(),
        }
    }

    fn array(&self, facts: &[Fact<T>]) -> ArrayRef {
        let rows = facts.iter().map(|it| &it.value);
        match self {
            Self::Text(of) => {
                let texts = rows.map(|it| Some((of.get)(it)).filter(|it| !it.is_empty()));
                Arc::new(texts.collect::<StringArray>())
            }
            Self::Value(get, _) => Arc::new(rows.map(get).collect::<StringArray>()),
            Self::Values(get, _) => lists(rows.map(|it| Some(get(it)))),
            Self::Known(get, _, _) => lists(rows.map(get)),
            Self::Flag(of) => {
                Arc::new(rows.map(|it| Some(*(of.get)(it))).collect::<BooleanArray>())
            }
            Self::Int(get, _) => Arc::new(rows.map(get).collect::<Int32Array>()),
            Self::Time(get, _) => times(rows.map(get)),
            Self::Tags(of) => tags(rows.map(of.get)),
        }
    }
}

fn lists(rows: impl Iterator<Item = Option<Vec<String>>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in rows {
        builder.append_option(row.map(|it| it.into_iter().map(Some)));
    }
    Arc::new(builder.finish())
}

fn tags<'a>(rows: impl Iterator<Item = &'a Tags>) -> ArrayRef {
    let names = MapFieldNames {
        entry: "key_value".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let mut builder = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for row in rows {
        for (key, value) in row {
            builder.keys().append_value(key);
            builder.values().append_value(value);
        }
        // As many keys as values were appended.
        let _ = builder.append(true);
    }
    Arc::new(builder.finish())
}

impl<T: Row> Column<T> {
    fn put(&self, array: &ArrayRef, rows: &mut [T]) -> Result<()> {
        for (index, row) in rows.iter_mut().enumerate() {
            if array.is_null(index) {
                continue;
            }
            let wrong = |value| Error::Value { table: T::TABLE, column: self.name, value };
            self.access.put(array, index, row).map_err(wrong)?;
        }
        Ok(())
    }
}

impl<T> Access<T> {
    /// Puts a value into a row, or returns what cannot be understood.
    fn put(&self, array: &ArrayRef, index: usize, row: &mut T) -> Result<(), String> {
        match self {
            Self::Text(of) => {
                array.as_string::<i32>().value(index).clone_into((of.get_mut)(row));
            }
            Self::Value(_, set) => {
                let text = array.as_string::<i32>().value(index);
                return if set(row, text) { Ok(()) } else { Err(text.to_owned()) };
            }
            Self::Values(_, add) => return put_texts(array, index, |it| add(row, it)),
            Self::Known(_, begin, add) => {
                begin(row);
                return put_texts(array, index, |it| add(row, it));
            }
            Self::Flag(of) => *(of.get_mut)(row) = array.as_boolean().value(index),
            Self::Int(_, set) => set(row, array.as_primitive::<Int32Type>().value(index)),
            Self::Time(_, set) => {
                set(row, array.as_primitive::<TimestampMicrosecondType>().value(index));
            }
            Self::Tags(of) => *(of.get_mut)(row) = read_tags(array, index),
        }
        Ok(())
    }
}

fn read_tags(array: &ArrayRef, index: usize) -> Tags {
    let entries = array.as_map().value(index);
    let (keys, values) = (entries.column(0).as_string::<i32>(), entries.column(1));
    let values = values.as_string::<i32>();
    let pairs = keys.iter().zip(values.iter());
    pairs
        .filter_map(|(key, value)| Some((key?.to_owned(), value.unwrap_or_default().to_owned())))
        .collect()
}

/// Hands over the texts of a list, up to the first that cannot be understood, which is returned.
fn put_texts(
    array: &ArrayRef,
    index: usize,
    mut add: impl FnMut(&str) -> bool,
) -> Result<(), String> {
    let texts = array.as_list::<i32>().value(index);
    let mut texts = texts.as_string::<i32>().iter().flatten();
    texts.find(|it| !add(it)).map_or(Ok(()), |it| Err(it.to_owned()))
}
