//! What was read: one row per object, in Parquet segments beside the table's files.
//!
//! A commit that adds records also adds the rows of the objects they came from, as a new *segment*,
//! and moves the *root* (the list of segments, kept in the table's own log as domain metadata) to
//! include it. A segment that no root names does not count, so a writer that dies before its commit
//! leaves no trace but a file that `vacuum` removes. Small segments are merged as they pile up:
//! a ledger of a million objects is a few dozen files.
//!
//! An object is the same object if address and tag (version id or etag) are the same.

use std::collections::{HashMap, HashSet};
use std::hash::Hasher as _;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use uuid::Uuid;

use crate::{Error, Place, Result};

/// Folder of the segments within the table; readers and vacuums of Delta pass over names with `_`.
pub const FOLDER: &str = "_ledger";

/// The form of root and segments that this version writes.
const FORMAT: u32 = 1;

/// As many segments as this are put together...
const SEGMENTS_MAX: usize = 24;
/// ...by merging this many of the smallest.
const SEGMENTS_PER_MERGE: usize = 20;

/// One object that was read: where, which, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceObject {
    /// Address, as `s3://bucket/key` or `file:///path`.
    pub url: String,
    /// Version id, etag, or what else tells two contents at one address apart.
    pub tag: String,
    /// Hash of the content as it lay there, in hexadecimal; empty if it was not taken.
    pub fingerprint: String,
    /// Size as it lay there.
    pub size_bytes: u64,
    /// When it was last changed, in milliseconds since the Unix epoch.
    pub modified_ms: i64,
    /// When it was read.
    pub read_ms: i64,
    /// Records stored, NODATA and SKIPDATA not counted.
    pub n_records: u64,
    /// NODATA records stored.
    pub n_nodata: u64,
    /// SKIPDATA records stored.
    pub n_skipdata: u64,
    /// Lines set aside.
    pub n_bad: u64,
    /// Decompressed size.
    pub text_bytes: u64,
    /// Smallest `start`, in microseconds since the Unix epoch.
    pub start_us: Option<i64>,
    /// Largest `end`.
    pub end_us: Option<i64>,
    /// File of the lake with the lines set aside.
    pub dead_letters: Option<String>,
}

impl SourceObject {
    /// Returns the identity of the object.
    #[must_use]
    pub fn id(&self) -> u128 {
        object_id(&self.url, &self.tag)
    }
}

/// Returns the identity of an object: the same address and tag are the same object.
#[must_use]
pub fn object_id(url: &str, tag: &str) -> u128 {
    hash(format!("{url}\n{tag}").as_bytes())
}

/// Returns the fingerprint of a content.
#[must_use]
pub fn fingerprint(content: &[u8]) -> String {
    format!("{:032x}", hash(content))
}

/// The fingerprint of a content that comes in pieces.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint(SipHasher13);

impl Fingerprint {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.write(piece);
    }

    /// Returns what [`fingerprint`] gives for all pieces together.
    #[must_use]
    pub fn finish(&self) -> String {
        format!("{:032x}", self.0.finish128().as_u128())
    }
}

fn hash(bytes: &[u8]) -> u128 {
    SipHasher13::new().hash(bytes).as_u128()
}

/// Sums over all objects, kept in the root so that nobody has to read the segments for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Objects read.
    pub n_objects: u64,
    /// Records stored, NODATA and SKIPDATA not counted.
    pub n_records: u64,
    /// NODATA records stored.
    pub n_nodata: u64,
    /// SKIPDATA records stored.
    pub n_skipdata: u64,
    /// Lines set aside.
    pub n_bad: u64,
    /// Size of the objects as they lay there.
    pub size_bytes: u64,
    /// Largest `end` seen, in microseconds since the Unix epoch.
    pub end_us: Option<i64>,
    /// When the last object was read, in milliseconds since the Unix epoch.
    pub read_ms: i64,
    /// Records of every kind that were stored and have been expired since.
    pub n_expired: u64,
}

impl Totals {
    /// Adds one object.
    pub fn add(&mut self, object: &SourceObject) {
        self.n_objects += 1;
        self.n_records += object.n_records;
        self.n_nodata += object.n_nodata;
        self.n_skipdata += object.n_skipdata;
        self.n_bad += object.n_bad;
        self.size_bytes += object.size_bytes;
        self.end_us = self.end_us.max(object.end_us);
        self.read_ms = self.read_ms.max(object.read_ms);
    }
}

/// One file of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Path relative to the table's folder.
    pub path: String,
    /// Rows in it.
    pub n_objects: u64,
}

/// Where the ledger stands: kept in the table's log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    format: u32,
    /// The files that count, oldest first.
    pub segments: Vec<Segment>,
    /// Sums over all of them.
    pub totals: Totals,
}

impl Root {
    /// Returns the text for the table's log.
    #[must_use]
    pub fn to_json(&self) -> String {
        let root = Self { format: FORMAT, ..self.clone() };
        serde_json::to_string(&root).unwrap_or_default()
    }

    /// Reads the text of the table's log.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let root: Self = serde_json::from_str(text).map_err(|it| format!("its ledger: {it}"))?;
        if root.format > FORMAT {
            return Err(format!(
                "its ledger has form {}, this version knows {FORMAT}",
                root.format
            ));
        }
        Ok(root)
    }

    /// Returns the root after `segment`, which holds `objects`.
    #[must_use]
    pub fn with(&self, segment: Segment, objects: &[SourceObject]) -> Self {
        let mut root = self.clone();
        root.segments.push(segment);
        for object in objects {
            root.totals.add(object);
        }
        root
    }
}

/// The identities of everything that was read, in memory.
#[derive(Debug, Default)]
pub struct Ledger {
    ids: HashSet<u128>,
    /// By address: when its newest content was read, and the fingerprint of that.
    newest: HashMap<u64, (i64, u128)>,
    loaded: HashSet<String>,
}

impl Ledger {
    /// Reads the segments of `root` that were not read yet.
    pub async fn catch_up(&mut self, table: &Place, root: &Root) -> Result<()> {
        for path in self.unread(root) {
            let objects = read_segment(table, &path).await?;
            self.add_segment(&path, &objects);
        }
        Ok(())
    }

    /// Returns the paths of the segments of `root` that were not read yet.
    #[must_use]
    pub fn unread(&self, root: &Root) -> Vec<String> {
        let paths = root.segments.iter().map(|it| &it.path);
        paths.filter(|it| !self.loaded.contains(*it)).cloned().collect()
    }

    /// Adds what a segment holds.
    pub fn add_segment(&mut self, path: &str, objects: &[SourceObject]) {
        for object in objects {
            self.insert(object);
        }
        self.mark_loaded(path);
    }

    /// Notes that `segment` holds nothing that is not known here.
    pub fn mark_loaded(&mut self, segment: &str) {
        self.loaded.insert(segment.to_owned());
    }

    /// Adds one object.
    pub fn insert(&mut self, object: &SourceObject) {
        self.ids.insert(object.id());
        if let Ok(fingerprint) = u128::from_str_radix(&object.fingerprint, 16) {
            let newest = self.newest.entry(url_key(&object.url)).or_default();
            *newest = (*newest).max((object.read_ms, fingerprint));
        }
    }

    /// Returns whether the object was read.
    #[must_use]
    pub fn contains(&self, id: u128) -> bool {
        self.ids.contains(&id)
    }

    /// Returns whether the newest content read at `url` had this fingerprint.
    #[must_use]
    pub fn has_content(&self, url: &str, fingerprint: &str) -> bool {
        let known = self.newest.get(&url_key(url)).map(|it| it.1);
        known.is_some() && known == u128::from_str_radix(fingerprint, 16).ok()
    }

    /// Returns whether any content of `url` was read whose fingerprint was taken.
    #[must_use]
    pub fn has_address(&self, url: &str) -> bool {
        self.newest.contains_key(&url_key(url))
    }

    /// Returns how many objects were read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether nothing was read yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

fn url_key(url: &str) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    let key = hash(url.as_bytes()) as u64;
    key
}

/// Writes `objects` as a new segment, which counts only when a root names it.
pub async fn write_segment(table: &Place, objects: &[SourceObject]) -> Result<Segment> {
    let path = format!("{FOLDER}/{}.parquet", Uuid::new_v4());
    let bytes = encode(objects).map_err(|source| Error::Parquet {
        action: "encode",
        path: path.clone(),
        source,
    })?;
    let written = table.store.put(&table.path(&path), bytes.into()).await;
    written.map_err(|it| Error::storage("write", &path, it))?;
    Ok(Segment { path, n_objects: objects.len() as u64 })
}

/// Reads the rows of the segment at `path`.
pub async fn read_segment(table: &Place, path: &str) -> Result<Vec<SourceObject>> {
    let got = table.store.get(&table.path(path)).await;
    let got = got.map_err(|it| Error::storage("read", &path, it))?;
    let bytes = got.bytes().await.map_err(|it| Error::storage("read", &path, it))?;
    decode(bytes).map_err(|source| Error::Parquet {
        action: "decode",
        path: path.to_owned(),
        source,
    })
}

/// Merges small segments of `root` if there are many; returns the root to write instead.
pub(crate) async fn merge_if_many(table: &Place, root: Root) -> Result<Root> {
    if root.segments.len() < SEGMENTS_MAX {
        return Ok(root);
    }
    let mut by_size: Vec<&Segment> = root.segments.iter().collect();
    by_size.sort_by_key(|it| it.n_objects);
    let small: HashSet<&str> =
        by_size.iter().take(SEGMENTS_PER_MERGE).map(|it| it.path.as_str()).collect();
    let mut objects = Vec::new();
    for segment in root.segments.iter().filter(|it| small.contains(it.path.as_str())) {
        objects.extend(read_segment(table, &segment.path).await?);
    }
    let merged = write_segment(table, &objects).await?;
    let kept = root.segments.iter().filter(|it| !small.contains(it.path.as_str())).cloned();
    let segments = kept.chain([merged]).collect();
    Ok(Root { segments, ..root })
}

fn schema() -> SchemaRef {
    let int = |name| Field::new(name, DataType::Int64, false);
    let text = |name, is_nullable| Field::new(name, DataType::Utf8, is_nullable);
    let time = |name, unit| Field::new(name, DataType::Timestamp(unit, Some("UTC".into())), true);
    Arc::new(Schema::new(vec![
        text("url", false),
        text("tag", false),
        text("fingerprint", false),
        int("size_bytes"),
        time("modified", TimeUnit::Millisecond),
        time("read", TimeUnit::Millisecond),
        int("n_records"),
        int("n_nodata"),
        int("n_skipdata"),
        int("n_bad"),
        int("text_bytes"),
        time("start", TimeUnit::Microsecond),
        time("end", TimeUnit::Microsecond),
        text("dead_letters", true),
    ]))
}

/// Returns `objects` as a batch, as they stand in a segment and as SQL sees them.
pub fn to_batch(objects: &[SourceObject]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let text = |get: fn(&SourceObject) -> &str| -> ArrayRef {
        Arc::new(objects.iter().map(|it| Some(get(it))).collect::<StringArray>())
    };
    let int = |get: fn(&SourceObject) -> u64| -> ArrayRef {
        Arc::new(objects.iter().map(|it| get(it).cast_signed()).collect::<Int64Array>())
    };
    let millis = |get: fn(&SourceObject) -> i64| -> ArrayRef {
        let values = TimestampMillisecondArray::from_iter_values(objects.iter().map(get));
        Arc::new(values.with_timezone("UTC"))
    };
    let micros = |get: fn(&SourceObject) -> Option<i64>| -> ArrayRef {
        let values: TimestampMicrosecondArray = objects.iter().map(get).collect();
        Arc::new(values.with_timezone("UTC"))
    };
    let dead: StringArray = objects.iter().map(|it| it.dead_letters.as_deref()).collect();
    let columns = vec![
        text(|it| &it.url),
        text(|it| &it.tag),
        text(|it| &it.fingerprint),
        int(|it| it.size_bytes),
        millis(|it| it.modified_ms),
        millis(|it| it.read_ms),
        int(|it| it.n_records),
        int(|it| it.n_nodata),
        int(|it| it.n_skipdata),
        int(|it| it.n_bad),
        int(|it| it.text_bytes),
        micros(|it| it.start_us),
        micros(|it| it.end_us),
        Arc::new(dead),
    ];
    RecordBatch::try_new(schema(), columns)
}

fn encode(objects: &[SourceObject]) -> Result<Bytes, parquet::errors::ParquetError> {
    let batch = to_batch(objects)?;
    let level = ZstdLevel::try_new(3)?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema(), Some(properties))?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?.into())
}

fn decode(bytes: Bytes) -> Result<Vec<SourceObject>, parquet::errors::ParquetError> {
    let mut objects = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()? {
        let batch = batch?;
        let rows = Rows::new(&batch)?;
        objects.extend((0..batch.num_rows()).map(|row| rows.object(row)));
    }
    Ok(objects)
}

/// The columns of a segment, by type.
struct Rows<'a> {
    text: [&'a StringArray; 4],
    int: [&'a Int64Array; 6],
    millis: [&'a TimestampMillisecondArray; 2],
    micros: [&'a TimestampMicrosecondArray; 2],
}

impl<'a> Rows<'a> {
    fn new(batch: &'a RecordBatch) -> Result<Self, parquet::errors::ParquetError> {
        Ok(Self {
            text: columns(batch, ["url", "tag", "fingerprint", "dead_letters"])?,
            int: columns(
                batch,
                ["size_bytes", "n_records", "n_nodata", "n_skipdata", "n_bad", "text_bytes"],
            )?,
            millis: columns(batch, ["modified", "read"])?,
            micros: columns(batch, ["start", "end"])?,
        })
    }

    fn object(&self, row: usize) -> SourceObject {
        let text = |column: usize| self.text[column].value(row).to_owned();
        let int = |column: usize| self.int[column].value(row).cast_unsigned();
        let micros = |column: usize| {
            let values = self.micros[column];
            values.is_valid(row).then(|| values.value(row))
        };
        SourceObject {
            url: text(0),
            tag: text(1),
            fingerprint: text(2),
            size_bytes: int(0),
            modified_ms: self.millis[0].value(row),
            read_ms: self.millis[1].value(row),
            n_records: int(1),
            n_nodata: int(2),
            n_skipdata: int(3),
            n_bad: int(4),
            text_bytes: int(5),
            start_us: micros(0),
            end_us: micros(1),
            dead_letters: self.text[3].is_valid(row).then(|| text(3)),
        }
    }
}

fn columns<'a, T: Array + 'static, const N: usize>(
    batch: &'a RecordBatch,
    names: [&str; N],
) -> Result<[&'a T; N], parquet::errors::ParquetError> {
    let found: Option<Vec<&T>> =
        names.iter().map(|it| batch.column_by_name(it)?.as_any().downcast_ref()).collect();
    found.and_then(|it| it.try_into().ok()).ok_or_else(|| {
        parquet::errors::ParquetError::General(format!("no columns {names:?} of the right type"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(n: u64) -> SourceObject {
        SourceObject {
            url: format!("s3://b/{n}"),
            tag: "t".to_owned(),
            fingerprint: fingerprint(&n.to_le_bytes()),
            size_bytes: n,
            n_records: n,
            end_us: (n > 0).then_some(5),
            dead_letters: (n == 2).then(|| "x".to_owned()),
            ..SourceObject::default()
        }
    }

    #[test]
    fn a_segment_reads_back_as_it_was_written() {
        let objects: Vec<SourceObject> = (0..3).map(object).collect();
        assert_eq!(decode(encode(&objects).unwrap()).unwrap(), objects);
    }

    #[test]
    fn a_fingerprint_is_the_same_in_one_piece_and_in_many() {
        let content: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        for n_bytes in [1, 7, 8, 9, 333, 1_000] {
            let mut pieces = Fingerprint::default();
            content.chunks(n_bytes).for_each(|it| pieces.update(it));
            assert_eq!(pieces.finish(), fingerprint(&content), "{n_bytes}");
        }
    }

    #[test]
    fn a_root_of_a_newer_form_is_refused() {
        let refused = Root::from_json(r#"{"format":9,"segments":[],"totals":{}}"#);
        assert_eq!(refused.unwrap_err(), "its ledger has form 9, this version knows 1");
    }

    #[test]
    fn the_same_content_under_a_new_tag_is_recognised() {
        let mut ledger = Ledger::default();
        ledger.insert(&object(1));
        assert!(ledger.contains(object_id("s3://b/1", "t")));
        assert!(!ledger.contains(object_id("s3://b/1", "u")));
        assert!(ledger.has_content("s3://b/1", &fingerprint(&1_u64.to_le_bytes())));
        let later = SourceObject {
            tag: "v".to_owned(),
            fingerprint: fingerprint(b"later"),
            read_ms: 1,
            ..object(1)
        };
        ledger.insert(&later);
        ledger.insert(&object(1));
        assert!(ledger.has_content("s3://b/1", &fingerprint(b"later")));
        assert!(!ledger.has_content("s3://b/2", &fingerprint(&1_u64.to_le_bytes())));
    }
}
