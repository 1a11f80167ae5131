//! Encodes a text column of a row group: a dictionary, and one page of places in it.
//!
//! The gathered columns have dictionaries already, so nothing is hashed or compared here, which is
//! what a general writer spends its time on. The form is the plain one that every reader knows:
//! a `PLAIN` dictionary page with the values in ascending order, and a data page (version 1) of
//! definition levels and bit-packed places.

use std::cell::RefCell;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{CompressedPage, Page, PageWriter as _};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use tidegate_model::columns::NULL;
use zstd::bulk::Compressor;

/// Text of a row group: an id per row, and the values that the ids stand for, in ascending order.
pub(super) struct Text<'a> {
    pub(super) ids: &'a [u32],
    pub(super) values: &'a [String],
}

/// How a chunk is written.
pub(super) struct Form<'a> {
    /// Made once for a file: making one costs as much as packing a small page.
    pub(super) packer: &'a RefCell<Compressor<'static>>,
    pub(super) compression: Compression,
    /// Share of false answers that the bloom filter may give; `None` for no filter.
    pub(super) bloom_fpp: Option<f64>,
}

/// An encoded chunk, ready to be appended to a row group.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

/// The values that a row group uses, and every row's place among them.
struct Places<'a> {
    used: Vec<&'a str>,
    at: Vec<u32>,
    is_valid: Vec<bool>,
}

/// Encodes the rows with these indexes.
pub(super) fn encode(
    text: &Text<'_>,
    rows: &[u32],
    column: &ColumnDescPtr,
    form: &Form<'_>,
) -> Result<Chunk> {
    let places = Places::new(text, rows);
    let pages = Pages {
        n_rows: rows.len(),
        n_values: rows.len(),
        n_nulls: places.is_valid.iter().filter(|it| !**it).count(),
        used: &places.used,
        body: places.page(),
    };
    pages.write(column, form)
}

/// The pages of a chunk, before they are packed.
pub(super) struct Pages<'a> {
    /// Rows of the row group.
    pub(super) n_rows: usize,
    /// Values of the chunk, NULLs counted.
    pub(super) n_values: usize,
    /// NULLs among them.
    pub(super) n_nulls: usize,
    /// The dictionary, in ascending order.
    pub(super) used: &'a [&'a str],
    /// The body of the data page: levels, then places.
    pub(super) body: Vec<u8>,
}

impl Pages<'_> {
    /// Writes the chunk.
    pub(super) fn write(&self, column: &ColumnDescPtr, form: &Form<'_>) -> Result<Chunk> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let dictionary = dictionary(self.used);
        let page = Page::DictionaryPage {
            buf: compressed(&dictionary, form)?,
            num_values: count(self.used.len())?,
            encoding: Encoding::PLAIN,
            is_sorted: true,
        };
        let in_dictionary = pages.write_page(CompressedPage::new(page, dictionary.len()))?;
        let page = Page::DataPage {
            buf: compressed(&self.body, form)?,
            num_values: count(self.n_values)?,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let in_data = pages.write_page(CompressedPage::new(page, self.body.len()))?;

        let mut index = OffsetIndexBuilder::new();
        index.append_row_count(signed(self.n_rows as u64));
        let page_bytes = i32::try_from(in_data.bytes_written).map_err(too_large)?;
        index.append_offset_and_size(signed(in_data.offset), page_bytes);
        let bytes = Bytes::from(sink.into_inner()?);
        // Page headers are small; readers only use the sum to plan their memory.
        let n_raw = (dictionary.len() + self.body.len()) as u64;
        let metadata = ColumnChunkMetaData::builder(column.clone())
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_page_encoding_stats(vec![
                stats(PageType::DICTIONARY_PAGE, Encoding::PLAIN),
                stats(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY),
            ])
            .set_compression(form.compression)
            .set_num_values(signed(self.n_values as u64))
            .set_total_compressed_size(signed(bytes.len() as u64))
            .set_total_uncompressed_size(signed(n_raw))
            .set_dictionary_page_offset(Some(signed(in_dictionary.offset)))
            .set_data_page_offset(signed(in_data.offset))
            .set_statistics(self.statistics())
            .build()?;
        let bloom_filter = form.bloom_fpp.map(|fpp| self.bloom_filter(fpp)).transpose()?;
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

    fn statistics(&self) -> Statistics {
        let bound = |it: Option<&&str>| it.map(|it| ByteArray::from(*it));
        let n_distinct = Some(self.used.len() as u64);
        let (min, max) = (bound(self.used.first()), bound(self.used.last()));
        let n_nulls = Some(self.n_nulls as u64);
        Statistics::ByteArray(ValueStatistics::new(min, max, n_distinct, n_nulls, false))
    }

    fn bloom_filter(&self, fpp: f64) -> Result<Sbbf> {
        let mut filter = Sbbf::new_with_ndv_fpp(self.used.len().max(1) as u64, fpp)?;
        for value in self.used {
            filter.insert(*value);
        }
        Ok(filter)
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

fn dictionary(values: &[&str]) -> Vec<u8> {
    let n_bytes = values.iter().map(|it| it.len() + 4).sum();
    let mut bytes = Vec::with_capacity(n_bytes);
    for value in values {
        // A value is at most a line of text long.
        bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(value.as_bytes());
    }
    bytes
}

impl<'a> Places<'a> {
    fn new(text: &Text<'a>, rows: &[u32]) -> Self {
        // The rows lie anywhere, so each is looked up once: what follows reads in order.
        let mut at: Vec<u32> = rows.iter().map(|it| text.ids[*it as usize]).collect();
        let mut is_valid = Vec::new();
        if at.contains(&NULL) {
            is_valid.extend(at.iter().map(|it| *it != NULL));
            at.retain(|it| *it != NULL);
        }
        let used = renumber(&mut at, text.values);
        Self { used, at, is_valid }
    }

    /// Returns the body of the data page: definition levels, then places.
    fn page(&self) -> Vec<u8> {
        let mut page = Vec::new();
        if self.is_valid.is_empty() {
            levels(&mut page, |it| run(it, self.at.len(), 1, 1));
        } else {
            let valid: Vec<u32> = self.is_valid.iter().map(|it| u32::from(*it)).collect();
            levels(&mut page, |it| pack(it, &valid, 1));
        }
        places(&mut page, &self.at, self.used.len());
        page
    }
}

/// Appends levels with their length before them.
pub(super) fn levels(page: &mut Vec<u8>, append: impl FnOnce(&mut Vec<u8>)) {
    let begin = page.len();
    page.extend_from_slice(&[0; 4]);
    append(page);
    let n_bytes = page.len() - begin - 4;
    page[begin..begin + 4].copy_from_slice(&n_bytes.to_le_bytes()[..4]);
}

/// Appends places among `n_used` values, with their width before them.
pub(super) fn places(page: &mut Vec<u8>, at: &[u32], n_used: usize) {
    let highest = n_used.saturating_sub(1);
    let width = usize::BITS - highest.leading_zeros();
    page.push(width.to_le_bytes()[0]);
    if highest == 0 {
        run(page, at.len(), 0, width);
    } else {
        pack(page, at, width);
    }
}

/// Makes ids among `values` places among those that are used, and returns these, in their order.
pub(super) fn renumber<'a>(ids: &mut [u32], values: &'a [String]) -> Vec<&'a str> {
    let mut place_of = vec![NULL; values.len()];
    for id in ids.iter() {
        place_of[*id as usize] = 0;
    }
    let mut used = Vec::new();
    let of_used = place_of.iter_mut().zip(values).filter(|(it, _)| **it == 0);
    for (n_used, (place, value)) in (0..).zip(of_used) {
        *place = n_used;
        used.push(value.as_str());
    }
    for id in ids {
        *id = place_of[*id as usize];
    }
    used
}

/// Appends a run of `n` equal values ("Run Length Encoding / Bit-Packing Hybrid").
pub(super) fn run(bytes: &mut Vec<u8>, n: usize, value: u32, width: u32) {
    varint(bytes, (n as u64) << 1);
    let n_bytes = width.div_ceil(8) as usize;
    bytes.extend_from_slice(&value.to_le_bytes()[..n_bytes]);
}

/// Appends `values` bit-packed, in groups of eight, the last one filled up with zeros.
pub(super) fn pack(bytes: &mut Vec<u8>, values: &[u32], width: u32) {
    let n_groups = values.len().div_ceil(8);
    varint(bytes, (n_groups as u64) << 1 | 1);
    bytes.reserve(n_groups * width as usize + 8);
    let (mut bits, mut n_bits) = (0_u64, 0);
    for value in values.iter().copied().chain(std::iter::repeat_n(0, n_groups * 8 - values.len())) {
        bits |= u64::from(value) << n_bits;
        n_bits += width;
        if n_bits >= 32 {
            bytes.extend_from_slice(&bits.to_le_bytes()[..4]);
            bits >>= 32;
            n_bits -= 32;
        }
    }
    // Eight values are whole bytes, so are all groups.
    bytes.extend_from_slice(&bits.to_le_bytes()[..n_bits as usize / 8]);
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, AsArray as _, RecordBatch, StringArray};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;

    use super::super::Gather;

    /// Writes texts as a column of a file and reads them back, in the order of `end`.
    fn round_trip(texts: &[Option<String>]) -> Vec<Option<String>> {
        let ends = (0..).take(texts.len()).collect::<Vec<i64>>();
        let ends = arrow::array::TimestampMicrosecondArray::from(ends).with_timezone("UTC");
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("vpc_id", Arc::new(StringArray::from(texts.to_vec())) as Arc<dyn Array>, true),
            ("end", Arc::new(ends) as _, true),
        ]);
        let mut gather = Gather::default();
        gather.push(batch.unwrap());
        let file = gather.files().unwrap().remove(0);
        let reader = ParquetRecordBatchReaderBuilder::try_new(file.bytes).unwrap();
        let mut read = Vec::new();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let Some(column) = batch.column_by_name("vpc_id") else {
                read.extend(std::iter::repeat_n(None, batch.num_rows()));
                continue;
            };
            let column = column.as_string::<i32>().iter();
            read.extend(column.map(|it| it.map(str::to_owned)));
        }
        read
    }

    #[test]
    fn many_values_and_row_groups_read_back() {
        let texts: Vec<Option<String>> =
            (0..70_000_u32).map(|it| (it % 13 > 0).then(|| format!("v{}", it % 9_001))).collect();
        assert_eq!(round_trip(&texts), texts);
    }

    proptest! {
        #[test]
        fn any_text_reads_back(texts in prop::collection::vec(prop::option::of(".{0,12}"), 1..200)) {
            prop_assert_eq!(round_trip(&texts), texts);
        }
    }
}
