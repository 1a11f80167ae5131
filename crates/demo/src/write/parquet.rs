//! Text records to AWS's Parquet: the same names with `_`, whole numbers as INT32 and INT64, gzip
//! pages.
//!
//! A number that is `-` is null. Text that is `-` stays `-`: what AWS does there is not documented,
//! and readers must take both.

use std::num::ParseIntError;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::properties::WriterProperties;
use tidegate_model::field::{FIELDS, Kind};

use crate::error::Error;

/// A column while it grows.
enum Column {
    Int32(Int32Builder),
    Int64(Int64Builder),
    Text(StringBuilder),
}

impl Column {
    fn new(field: usize) -> Self {
        match FIELDS[field].kind {
            Kind::Int32 => Self::Int32(Int32Builder::new()),
            Kind::Int64 | Kind::Time => Self::Int64(Int64Builder::new()),
            Kind::Text | Kind::Address | Kind::Tag => Self::Text(StringBuilder::new()),
        }
    }

    fn push(&mut self, cell: &str) -> Result<(), ParseIntError> {
        match self {
            Self::Int32(builder) if cell == "-" => builder.append_null(),
            Self::Int64(builder) if cell == "-" => builder.append_null(),
            Self::Int32(builder) => builder.append_value(cell.parse()?),
            Self::Int64(builder) => builder.append_value(cell.parse()?),
            Self::Text(builder) => builder.append_value(cell),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Int32(builder) => Arc::new(builder.finish()),
            Self::Int64(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}

/// Returns the lines of `text`, which have no header, as a Parquet file.
pub(crate) fn pack(key: &str, format: &[usize], text: &[u8]) -> Result<Vec<u8>, Error> {
    let encode = |source: Box<dyn std::error::Error + Send + Sync>| Error::Encode {
        key: key.to_owned(),
        source,
    };
    let text = std::str::from_utf8(text).map_err(|it| encode(it.into()))?;
    let mut columns: Vec<Column> = format.iter().map(|it| Column::new(*it)).collect();
    for line in text.lines() {
        for (column, cell) in columns.iter_mut().zip(line.split(' ')) {
            column.push(cell).map_err(|it| encode(it.into()))?;
        }
    }
    let schema =
        Arc::new(Schema::new(format.iter().map(|it| column_type(*it)).collect::<Vec<_>>()));
    let arrays = columns.iter_mut().map(Column::finish).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|it| encode(it.into()))?;

    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(GzipLevel::default()))
        .build();
    let mut packed = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut packed, schema, Some(properties))
        .map_err(|it| encode(it.into()))?;
    writer.write(&batch).map_err(|it| encode(it.into()))?;
    writer.close().map_err(|it| encode(it.into()))?;
    Ok(packed)
}

fn column_type(field: usize) -> Field {
    let data_type = match FIELDS[field].kind {
        Kind::Int32 => DataType::Int32,
        Kind::Int64 | Kind::Time => DataType::Int64,
        Kind::Text | Kind::Address | Kind::Tag => DataType::Utf8,
    };
    Field::new(FIELDS[field].column, data_type, true)
}
