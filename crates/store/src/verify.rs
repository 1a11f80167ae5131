//! Reads everything again and compares it with what the log, the ledger and the summaries say.

use arrow::array::AsArray as _;
use arrow::datatypes::TimestampMicrosecondType;
use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Serialize;
use tidegate_model::span::DAY_US;

use crate::compact::fetch;
use crate::{DataFile, Error, Lake, Result, compact, summary};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Files that were read.
    pub n_files: u64,
    /// Records in them.
    pub n_records: u64,
    /// Summaries that add up to the records of their file.
    pub n_summaries: u64,
    /// Records that the ledger says were stored and not expired.
    pub n_expected: u64,
    /// Objects in the ledger.
    pub n_objects: u64,
    /// What is wrong, in words; empty if all is well.
    pub problems: Vec<String>,
}

/// Reads every file of the lake and checks rows, days, summaries and the ledger's sums.
pub async fn run(lake: &Lake) -> Result<Report> {
    let snapshot = lake.snapshot().await?;
    let mut report = Report { n_files: snapshot.files.len() as u64, ..Report::default() };
    for file in snapshot.files.iter() {
        match check(lake, file).await {
            Ok(n_rows) => report.n_records += n_rows,
            Err(error) => {
                report.problems.push(in_words(&error));
                continue;
            }
        }
        match check_summary(lake, file).await {
            Ok(is_there) => report.n_summaries += u64::from(is_there),
            Err(error) => report.problems.push(in_words(&error)),
        }
    }
    let totals = snapshot.ledger.totals;
    let objects = lake.objects_in(&snapshot).await?;
    report.n_objects = objects.len() as u64;
    let n_stored: u64 = objects.iter().map(|it| it.n_records + it.n_nodata + it.n_skipdata).sum();
    report.n_expected = n_stored.saturating_sub(totals.n_expired);
    if report.n_records != report.n_expected {
        report.problems.push(format!(
            "the files hold {} records, the ledger says {}",
            report.n_records, report.n_expected
        ));
    }
    let mut ids: Vec<u128> = objects.iter().map(crate::ledger::SourceObject::id).collect();
    ids.sort_unstable();
    let n_twice = ids.windows(2).filter(|it| it[0] == it[1]).count();
    if n_twice > 0 {
        report.problems.push(format!("{n_twice} objects are in the ledger twice"));
    }
    if totals.n_objects != report.n_objects {
        report.problems.push(format!(
            "the ledger has {} objects, its sums say {}",
            report.n_objects, totals.n_objects
        ));
    }
    Ok(report)
}

fn in_words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

async fn check(lake: &Lake, file: &DataFile) -> Result<u64> {
    let bytes = fetch(lake, file).await?;
    let damaged = |reason: String| Error::Damaged { path: file.path.clone(), reason };
    if bytes.len() as u64 != file.size_bytes {
        let reason = format!("{} bytes, its log says {}", bytes.len(), file.size_bytes);
        return Err(damaged(reason));
    }
    let checked = file.clone();
    let read = tokio::task::spawn_blocking(move || read_all(&checked, bytes)).await;
    let n_rows = read.map_err(|it| damaged(it.to_string()))??;
    if n_rows != file.stats.n_records {
        return Err(damaged(format!("{n_rows} records, its log says {}", file.stats.n_records)));
    }
    Ok(n_rows)
}

/// Adds the records up again; returns whether there is a summary to compare with.
async fn check_summary(lake: &Lake, file: &DataFile) -> Result<bool> {
    let Some(path) = file.summary_path() else { return Ok(false) };
    let flows = lake.flows();
    let got = flows.store.get(&flows.path(&path)).await;
    let got = got.map_err(|it| Error::storage("read", &path, it))?;
    let bytes = got.bytes().await.map_err(|it| Error::storage("read", &path, it))?;
    let columns = compact::columns(lake, file).await?;
    let damaged = |reason: String| Error::Damaged { path: path.clone(), reason };
    if Some(bytes.len() as u64) != file.summary_bytes {
        return Err(damaged(format!("{} bytes, its log says otherwise", bytes.len())));
    }
    let checked = path.clone();
    let check = move || summary::check::check(&checked, bytes, &columns);
    let done = tokio::task::spawn_blocking(check).await;
    done.map_err(|it| damaged(it.to_string()))??;
    Ok(true)
}

fn read_all(file: &DataFile, bytes: Bytes) -> Result<u64> {
    let failed = |source| Error::Parquet { action: "decode", path: file.path.clone(), source };
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)
        .and_then(|it| it.with_batch_size(65_536).build())
        .map_err(failed)?;
    let epoch = chrono::NaiveDate::default();
    let day = file.date.map(|it| (it - epoch).num_days());
    let mut n_rows = 0;
    for batch in reader {
        let batch = batch?;
        n_rows += batch.num_rows() as u64;
        let Some(end) = batch.column_by_name("end") else { continue };
        let Some(end) = end.as_primitive_opt::<TimestampMicrosecondType>() else { continue };
        let is_other = |it: i64| Some(it.div_euclid(DAY_US)) != day;
        let n_other = end.iter().flatten().filter(|it| is_other(*it)).count();
        if n_other > 0 {
            let reason = format!("{n_other} records of another day");
            return Err(Error::Damaged { path: file.path.clone(), reason });
        }
    }
    Ok(n_rows)
}
