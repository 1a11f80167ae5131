//! Puts small files together: the same records in fewer files.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use bytes::Bytes;
use chrono::NaiveDate;
use object_store::ObjectStoreExt as _;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use serde::Serialize;
use tidegate_model::columns::Columns;
use tidegate_model::schema::dictionary_type;

use crate::commit::{self, Writer};
use crate::layout::{EncodedFile, Gather};
use crate::{DataFile, Error, Lake, Result};

/// A file with as many records as this is large enough.
pub const ROWS_PER_FILE: u64 = 1_000_000;

/// Rows that are read at once.
const BATCH_ROWS: usize = 65_536;

/// The stamp of a file whose records were given different contexts.
pub const MIXED_CONTEXT: &str = "mixed";

/// When a day is worth the work.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Put files together only in days with at least so many small ones.
    pub small_files_min: usize,
    /// A file with fewer records is small.
    pub small_rows_max: u64,
}

impl Options {
    /// Every day with two small files.
    pub const ALL: Self = Self { small_files_min: 2, small_rows_max: ROWS_PER_FILE / 2 };
    /// What a collector does by itself at the end. It costs as much as collecting the records again,
    /// so files of a fair size are left alone.
    pub const WHEN_WORTH_IT: Self = Self { small_files_min: 8, small_rows_max: ROWS_PER_FILE / 8 };
}

/// What was put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Files before.
    pub n_files_before: u64,
    /// Files in their place.
    pub n_files_after: u64,
    /// Size before.
    pub size_bytes_before: u64,
    /// Size after.
    pub size_bytes_after: u64,
    /// Records in them.
    pub n_records: u64,
    /// Groups of files that another writer changed meanwhile, left as they are.
    pub n_conflicts: u64,
}

/// Puts small files of the same day together.
pub async fn run(lake: &Lake, options: Options) -> Result<Report> {
    let mut report = Report::default();
    // The writer first: it sees every file that leaves the table after the snapshot.
    let mut writer = Writer::new(lake).await?;
    let snapshot = lake.snapshot().await?;
    let groups = groups(&snapshot.files, options);
    for group in groups {
        match merge(lake, &mut writer, &group).await {
            Ok(added) => report.add(&group, &added),
            Err(Error::Replaced) => report.n_conflicts += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

impl Report {
    fn add(&mut self, group: &[DataFile], added: &[(u64, u64)]) {
        self.n_files_before += group.len() as u64;
        self.size_bytes_before += group.iter().map(|it| it.size_bytes).sum::<u64>();
        self.n_files_after += added.len() as u64;
        self.size_bytes_after += added.iter().map(|it| it.0).sum::<u64>();
        self.n_records += added.iter().map(|it| it.1).sum::<u64>();
    }
}

/// Returns files that should be one: of one day, small, together not much more than a file's worth.
fn groups(files: &[DataFile], options: Options) -> Vec<Vec<DataFile>> {
    let mut small: BTreeMap<Option<NaiveDate>, Vec<&DataFile>> = BTreeMap::new();
    for file in files.iter().filter(|it| it.stats.n_records < options.small_rows_max) {
        small.entry(file.date).or_default().push(file);
    }
    let mut groups = Vec::new();
    for (_, mut day) in small.into_iter().filter(|it| it.1.len() >= options.small_files_min) {
        day.sort_by_key(|it| it.stats.n_records);
        let mut group: Vec<DataFile> = Vec::new();
        let mut n_rows = 0;
        for file in day {
            if n_rows + file.stats.n_records > ROWS_PER_FILE {
                groups.push(std::mem::take(&mut group));
                n_rows = 0;
            }
            n_rows += file.stats.n_records;
            group.push(file.clone());
        }
        groups.push(group);
    }
    groups.retain(|it| it.len() >= 2);
    groups
}

/// Writes the records of `group` as one file; returns size and records of what was written.
async fn merge(lake: &Lake, writer: &mut Writer, group: &[DataFile]) -> Result<Vec<(u64, u64)>> {
    let mut parts = Vec::with_capacity(group.len());
    for file in group {
        parts.push((file.path.clone(), fetch(lake, file).await?));
    }
    let n_records: u64 = group.iter().map(|it| it.stats.n_records).sum();
    let encoded = tokio::task::spawn_blocking(move || encode(&parts)).await;
    let mut encoded = encoded
        .map_err(|it| Error::Damaged { path: group[0].path.clone(), reason: it.to_string() })??;
    let context = common_context(group);
    for file in &mut encoded {
        file.context.clone_from(&context);
    }
    let sizes: Vec<(u64, u64)> =
        encoded.iter().map(|it| (it.bytes.len() as u64, it.stats.n_records)).collect();
    let n_encoded: u64 = sizes.iter().map(|it| it.1).sum();
    if n_encoded != n_records {
        let reason = format!("{n_encoded} records were read, its log says {n_records}");
        return Err(Error::Damaged { path: group[0].path.clone(), reason });
    }
    let mut added = Vec::with_capacity(encoded.len());
    for file in encoded {
        added.push(commit::put(lake, file).await?);
    }
    writer.replace(group, &added).await?;
    Ok(sizes)
}

/// Returns the stamp of the records' context, which is `mixed` if the files differ in it.
fn common_context(group: &[DataFile]) -> Option<String> {
    let first = group.first()?.context.clone();
    let is_same = group.iter().all(|it| it.context == first);
    if is_same { first } else { Some(MIXED_CONTEXT.to_owned()) }
}

/// Reads the records of a data file as whole columns.
pub async fn columns(lake: &Lake, file: &DataFile) -> Result<Columns> {
    let bytes = fetch(lake, file).await?;
    let mut gather = Gather::default();
    read(&file.path, &bytes, &mut gather)?;
    gather.columns()
}

/// Reads the bytes of a data file.
pub(crate) async fn fetch(lake: &Lake, file: &DataFile) -> Result<Bytes> {
    let flows = lake.flows();
    let got = flows.store.get(&flows.path(&file.path)).await;
    let got = got.map_err(|it| Error::storage("read", &file.path, it))?;
    got.bytes().await.map_err(|it| Error::storage("read", &file.path, it))
}

fn encode(parts: &[(String, Bytes)]) -> Result<Vec<EncodedFile>> {
    let mut gather = Gather::default();
    for (path, bytes) in parts {
        read(path, bytes, &mut gather)?;
    }
    gather.files()
}

/// Reads a file with its text as dictionaries, as decoders give it.
fn read(path: &str, bytes: &Bytes, gather: &mut Gather) -> Result<()> {
    let failed = |source| Error::Parquet { action: "decode", path: path.to_owned(), source };
    let plain = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).map_err(failed)?;
    let columns = plain.schema().fields().iter().map(|it| match it.data_type() {
        DataType::Utf8 => Field::new(it.name(), dictionary_type(), it.is_nullable()),
        _ => it.as_ref().clone(),
    });
    let schema = Arc::new(Schema::new(columns.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes.clone(), options)
        .and_then(|it| it.with_batch_size(BATCH_ROWS).build())
        .map_err(failed)?;
    for batch in reader {
        gather.push(batch?);
    }
    Ok(())
}
