//! Retention: whole days leave the table.

use chrono::NaiveDate;
use serde::Serialize;

use crate::commit::Writer;
use crate::{DataFile, Lake, Result};

/// What was taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Days that were taken out, oldest first.
    pub days: Vec<NaiveDate>,
    /// Files that were taken out; `vacuum` deletes them.
    pub n_files: u64,
    /// Records that were taken out.
    pub n_records: u64,
    /// Size of the files.
    pub size_bytes: u64,
}

/// Takes the days before `keep_from` out of the table. Nothing is read or rewritten.
pub async fn run(lake: &Lake, keep_from: NaiveDate) -> Result<Report> {
    let mut writer = Writer::new(lake).await?;
    let snapshot = lake.snapshot().await?;
    let is_old = |it: &&DataFile| it.date.is_some_and(|date| date < keep_from);
    let old: Vec<DataFile> = snapshot.files.iter().filter(is_old).cloned().collect();
    if old.is_empty() {
        return Ok(Report::default());
    }
    writer.expire(&old).await?;
    let mut days: Vec<NaiveDate> = old.iter().filter_map(|it| it.date).collect();
    days.sort_unstable();
    days.dedup();
    Ok(Report {
        days,
        n_files: old.len() as u64,
        n_records: old.iter().map(|it| it.stats.n_records).sum(),
        size_bytes: old.iter().map(|it| it.size_bytes).sum(),
    })
}
