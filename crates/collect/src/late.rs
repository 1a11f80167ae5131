//! Late knowledge: gives stored days their context again, after a better inventory or database came.
//!
//! A day is read twice: first the evidence sees all of it and of the day before, then each file gets
//! its columns anew. So the result depends on the records alone, not on the order in which they were
//! collected. All files of a day are replaced in one commit: a reader sees the day before or after
//! it, and a collector that adds files meanwhile is not in the way.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use tidegate_enrich::Evidence;
use tidegate_model::columns::Columns;
use tidegate_store::commit::{self, NewFile, Writer};
use tidegate_store::layout::{self, EncodedFile};
use tidegate_store::{DataFile, Error as StoreError, Lake, compact};

use crate::context::Context;
use crate::{Error, Result, Stop};

/// How often a day is tried that another writer changes at the same time.
const N_TRIES_MAX: u32 = 5;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Days that were looked at.
    pub n_days: u64,
    /// Files that were written again.
    pub n_files: u64,
    /// Files whose columns are the same as before.
    pub n_files_same: u64,
    /// Records in the files that were written again.
    pub n_records: u64,
    /// Days that another writer changed each time, left as they are.
    pub conflicts: Vec<NaiveDate>,
    /// What is wrong with the databases, if anything is.
    pub trouble: Option<String>,
    /// Whether somebody stopped the run before its end.
    pub is_interrupted: bool,
}

/// Enriches the days of `window` that are in the lake; `on_day` is told of each when it is done.
///
/// # Errors
///
/// If the lake fails. Days that were done before stay done.
pub async fn enrich(
    lake: &Lake,
    context: &Arc<Context>,
    window: RangeInclusive<NaiveDate>,
    stop: &Stop,
    on_day: &mut (dyn FnMut(NaiveDate, &Report) + Send),
) -> Result<Report> {
    let mut report = Report::default();
    let snapshot = lake.snapshot().await?;
    let mut days: Vec<NaiveDate> = snapshot.files.iter().filter_map(|it| it.date).collect();
    days.sort_unstable();
    days.dedup();
    for day in days.into_iter().filter(|it| window.contains(it)) {
        if stop.is_stopped() {
            report.is_interrupted = true;
            break;
        }
        report.n_days += 1;
        if !one_day(lake, context, day, &mut report).await? {
            report.conflicts.push(day);
        }
        on_day(day, &report);
    }
    report.trouble = context.trouble();
    Ok(report)
}

/// Enriches a day; returns whether it was done.
async fn one_day(
    lake: &Lake,
    context: &Arc<Context>,
    day: NaiveDate,
    report: &mut Report,
) -> Result<bool> {
    for _ in 0..N_TRIES_MAX {
        // The writer first: it sees every file that leaves the table after the snapshot.
        let mut writer = Writer::new(lake).await?;
        let snapshot = lake.snapshot().await?;
        let before = day.checked_sub_days(Days::new(1));
        let of = |date: Option<NaiveDate>| snapshot.files.iter().filter(move |it| it.date == date);
        let evidence = Arc::new(seen(lake, context, of(before).chain(of(Some(day)))).await?);
        let mut change = Change::default();
        for file in of(Some(day)) {
            change.add(lake, context, &evidence, file).await?;
        }
        if change.removed.is_empty() {
            report.n_files_same += change.n_same;
            return Ok(true);
        }
        match writer.enrich(&change.removed, &change.added).await {
            Ok(_) => {
                report.n_files_same += change.n_same;
                report.n_files += change.added.len() as u64;
                report.n_records += change.removed.iter().map(|it| it.stats.n_records).sum::<u64>();
                return Ok(true);
            }
            Err(StoreError::Replaced) => {}
            Err(error) => return Err(Error::Lake(error)),
        }
    }
    Ok(false)
}

/// Returns the evidence of these files, with what was pinned for ever.
async fn seen(
    lake: &Lake,
    context: &Arc<Context>,
    files: impl Iterator<Item = &DataFile>,
) -> Result<Evidence> {
    let mut evidence = context.with_evidence(Evidence::pins);
    for file in files {
        let columns = compact::columns(lake, file).await?;
        evidence = in_background(move || {
            evidence.observe(&columns);
            evidence
        })
        .await?;
    }
    evidence.pin();
    Ok(evidence)
}

/// What is to be published of a day.
#[derive(Default)]
struct Change {
    removed: Vec<DataFile>,
    added: Vec<NewFile>,
    n_same: u64,
}

impl Change {
    /// Gives the records of a file their context, and writes them if that is another than before.
    async fn add(
        &mut self,
        lake: &Lake,
        context: &Arc<Context>,
        evidence: &Arc<Evidence>,
        file: &DataFile,
    ) -> Result<()> {
        let before = compact::columns(lake, file).await?;
        let n_records = file.stats.n_records;
        check(file, before.n_rows as u64, "are in it")?;
        let is_stamped = file.context.as_deref() == Some(context.stamp());
        let (context, evidence) = (Arc::clone(context), Arc::clone(evidence));
        let encoded =
            in_background(move || again(&before, is_stamped, &context, &evidence)).await??;
        if encoded.is_empty() {
            self.n_same += 1;
            return Ok(());
        }
        let n_encoded = encoded.iter().map(|it| it.stats.n_records).sum();
        check(file, n_encoded, &format!("of {n_records} came of it"))?;
        self.removed.push(file.clone());
        for file in encoded {
            self.added.push(commit::put(lake, file).await?);
        }
        Ok(())
    }
}

/// Refuses to go on if a file does not have the records that the table's log says it has.
fn check(file: &DataFile, n_records: u64, what: &str) -> Result<()> {
    if n_records == file.stats.n_records {
        return Ok(());
    }
    let reason = format!("{n_records} records {what}");
    Err(Error::Lake(StoreError::Damaged { path: file.path.clone(), reason }))
}

/// Returns the files for the rows with their context; none if nothing has changed.
fn again(
    before: &Columns,
    is_stamped: bool,
    context: &Context,
    evidence: &Evidence,
) -> Result<Vec<EncodedFile>> {
    let mut after = before.clone();
    context.apply_with(&mut after, evidence);
    after.settle();
    if is_stamped && *before == after {
        return Ok(Vec::new());
    }
    let mut files = layout::files(&layout::arrange(after)?)?;
    for file in &mut files {
        file.context = Some(context.stamp().to_owned());
    }
    Ok(files)
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|it| Error::Worker { reason: it.to_string() })
}
