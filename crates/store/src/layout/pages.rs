//! A column of a row group as pages: a dictionary if it has one, and one page of data.
//!
//! What the columns hold is known when they come here, so nothing is hashed or compared, which is
//! what a general writer spends its time on. The form is the plain one that every reader knows: a
//! `PLAIN` dictionary page with the values in ascending order, and a data page (version 1) of levels
//! and bit-packed places.

use std::cell::RefCell;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{CompressedPage, Page, PageWriter as _};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use zstd::bulk::Compressor;

/// How a chunk is written.
pub(crate) struct Form<'a> {
    /// Made once for a file: making one costs as much as packing a small page.
    pub(crate) packer: &'a RefCell<Compressor<'static>>,
    pub(crate) compression: Compression,
    /// Share of false answers that the bloom filter may give; `None` for no filter.
    pub(crate) bloom_fpp: Option<f64>,
}

/// An encoded chunk, ready to be appended to a row group.
pub(crate) struct Chunk {
    pub(crate) bytes: Bytes,
    pub(crate) close: ColumnCloseResult,
}

/// The values that a row group uses, in ascending order, `PLAIN`.
pub(super) struct Dictionary {
    pub(super) n_values: usize,
    pub(super) bytes: Vec<u8>,
}

/// The pages of a chunk, before they are packed.
pub(super) struct Pages {
    /// Rows of the row group.
    pub(super) n_rows: usize,
    /// Values of the chunk, NULLs counted.
    pub(super) n_values: usize,
    /// What the places are in; without, the body has the values themselves.
    pub(super) dictionary: Option<Dictionary>,
    /// The body of the data page: levels, then places or values.
    pub(super) body: Vec<u8>,
}

impl Pages {
    /// Writes the chunk.
    pub(super) fn write(
        &self,
        column: &ColumnDescPtr,
        form: &Form<'_>,
        statistics: Statistics,
        bloom_filter: Option<Sbbf>,
    ) -> Result<Chunk> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let mut encodings = vec![Encoding::PLAIN, Encoding::RLE];
        let mut page_stats = Vec::new();
        let mut dictionary_offset = None;
        // Page headers are small; readers only use the sum to plan their memory.
        let mut n_raw = self.body.len() as u64;
        let mut encoding = Encoding::PLAIN;
        if let Some(dictionary) = &self.dictionary {
            let page = Page::DictionaryPage {
                buf: compressed(&dictionary.bytes, form)?,
                num_values: count(dictionary.n_values)?,
                encoding: Encoding::PLAIN,
                is_sorted: true,
            };
            let written = pages.write_page(CompressedPage::new(page, dictionary.bytes.len()))?;
            dictionary_offset = Some(signed(written.offset));
            encoding = Encoding::RLE_DICTIONARY;
            encodings.push(encoding);
            page_stats.push(stats(PageType::DICTIONARY_PAGE, Encoding::PLAIN));
            n_raw += dictionary.bytes.len() as u64;
        }
        let page = Page::DataPage {
            buf: compressed(&self.body, form)?,
            num_values: count(self.n_values)?,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let in_data = pages.write_page(CompressedPage::new(page, self.body.len()))?;
        page_stats.push(stats(PageType::DATA_PAGE, encoding));

        let mut index = OffsetIndexBuilder::new();
        index.append_row_count(signed(self.n_rows as u64));
        let page_bytes = i32::try_from(in_data.bytes_written).map_err(too_large)?;
        index.append_offset_and_size(signed(in_data.offset), page_bytes);
        let bytes = Bytes::from(sink.into_inner()?);
        let metadata = ColumnChunkMetaData::builder(column.clone())
            .set_encodings(encodings)
            .set_page_encoding_stats(page_stats)
            .set_compression(form.compression)
            .set_num_values(signed(self.n_values as u64))
            .set_total_compressed_size(signed(bytes.len() as u64))
            .set_total_uncompressed_size(signed(n_raw))
            .set_dictionary_page_offset(dictionary_offset)
            .set_data_page_offset(signed(in_data.offset))
            .set_statistics(statistics)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.n_rows as u64,
            metadata,
            bloom_filter,
            column_index: None,
            offset_index: Some(index.build()),
        };
        Ok(Chunk { bytes, close })
    }
}

fn stats(page_type: PageType, encoding: Encoding) -> PageEncodingStats {
    PageEncodingStats { page_type, encoding, count: 1 }
}

fn count(n: usize) -> Result<u32> {
    u32::try_from(n).map_err(too_large)
}

fn signed(n: u64) -> i64 {
    n.cast_signed()
}

fn too_large(error: std::num::TryFromIntError) -> ParquetError {
    ParquetError::External(Box::new(error))
}

fn compressed(bytes: &[u8], form: &Form<'_>) -> Result<Bytes> {
    let packed = form.packer.borrow_mut().compress(bytes);
    packed.map(Bytes::from).map_err(|it| ParquetError::External(Box::new(it)))
}
