//! Apache Parquet, zstd.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::{Error, Out, Writer};

/// Rows of a row group, which bound the memory of the writer.
const GROUP_ROWS_MAX: usize = 128 << 10;

/// Writes row groups.
pub struct Parquet {
    writer: ArrowWriter<Out>,
}

impl Parquet {
    /// Returns a writer that has written what comes first.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    pub fn new(schema: &SchemaRef, out: Out) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS_MAX))
            .set_created_by(concat!("tidegate ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
        Ok(Self { writer })
    }
}

impl Writer for Parquet {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch)?;
        Ok(())
    }

    fn finish(&mut self, _is_cut: bool) -> Result<(), Error> {
        self.writer.finish()?;
        std::io::Write::flush(self.writer.inner_mut())?;
        Ok(())
    }
}

impl From<ParquetError> for Error {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) => match source.downcast::<std::io::Error>() {
                Ok(source) => (*source).into(),
                Err(source) => Self::Encode(source),
            },
            other => Self::Encode(Box::new(other)),
        }
    }
}
