//! What is in the lake, in a few numbers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::stats::Bound;
use crate::{Lake, Result};

/// What is in the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Address of the lake.
    pub url: String,
    /// Version of the table.
    pub version: u64,
    /// Records of every kind in the table.
    pub n_records: u64,
    /// Records taken out by retention.
    pub n_expired: u64,
    /// NODATA records ever read.
    pub n_nodata: u64,
    /// SKIPDATA records ever read.
    pub n_skipdata: u64,
    /// Lines ever set aside.
    pub n_bad: u64,
    /// Files of the table.
    pub n_files: u64,
    /// Their size.
    pub size_bytes: u64,
    /// Records in files that have a summary.
    pub n_records_summarized: u64,
    /// Size of the summaries.
    pub summary_bytes: u64,
    /// Size of the objects that were read.
    pub source_bytes: u64,
    /// Objects that were read.
    pub n_objects: u64,
    /// The days, oldest first; records without a time come first, without a date.
    pub days: Vec<Day>,
    /// Where the records came from, the largest first.
    pub sources: Vec<Source>,
    /// Smallest `start` in the table.
    pub oldest: Option<DateTime<Utc>>,
    /// Largest `end` in the table.
    pub newest: Option<DateTime<Utc>>,
    /// When the last object was read.
    pub read: Option<DateTime<Utc>>,
}

/// One day of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// The UTC date of `end`.
    pub date: Option<NaiveDate>,
    /// Records of every kind.
    pub n_records: u64,
    /// Files.
    pub n_files: u64,
    /// Their size.
    pub size_bytes: u64,
    /// What the records' context was made from, each once; empty if they have none.
    pub contexts: BTreeSet<String>,
}

/// One bucket, folder or other origin of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Address up to the part that differs between days and objects.
    pub url: String,
    /// Objects read from it.
    pub n_objects: u64,
    /// Records of every kind read from it.
    pub n_records: u64,
    /// Lines set aside.
    pub n_bad: u64,
    /// Size of the objects.
    pub size_bytes: u64,
    /// Largest `end` that came from it.
    pub newest: Option<DateTime<Utc>>,
}

/// Reads the state of the lake from its log and its ledger; no data file is opened.
pub async fn read(lake: &Lake) -> Result<Status> {
    let snapshot = lake.snapshot().await?;
    let totals = snapshot.ledger.totals;
    let mut days: BTreeMap<Option<NaiveDate>, Day> = BTreeMap::new();
    for file in snapshot.files.iter() {
        let day = days.entry(file.date).or_default();
        day.date = file.date;
        day.n_records += file.stats.n_records;
        day.n_files += 1;
        day.size_bytes += file.size_bytes;
        day.contexts.extend(file.context.clone());
    }
    let bound = |column: &str, is_max: bool| {
        let ranges = snapshot.files.iter().filter_map(|it| it.stats.ranges.get(column));
        let times = ranges.filter_map(|it| match if is_max { &it.max } else { &it.min } {
            Some(Bound::Time(time)) => Some(*time),
            _ => None,
        });
        let time = if is_max { times.max() } else { times.min() };
        time.and_then(DateTime::from_timestamp_micros)
    };
    let summarized = || snapshot.files.iter().filter(|it| it.summary_bytes.is_some());
    Ok(Status {
        url: lake.place().url.to_string(),
        version: snapshot.version,
        n_records: snapshot.n_records(),
        n_expired: totals.n_expired,
        n_nodata: totals.n_nodata,
        n_skipdata: totals.n_skipdata,
        n_bad: totals.n_bad,
        n_files: snapshot.files.len() as u64,
        size_bytes: snapshot.files.iter().map(|it| it.size_bytes).sum(),
        n_records_summarized: summarized().map(|it| it.stats.n_records).sum(),
        summary_bytes: summarized().filter_map(|it| it.summary_bytes).sum(),
        source_bytes: totals.size_bytes,
        n_objects: totals.n_objects,
        days: days.into_values().collect(),
        sources: sources(lake).await?,
        oldest: bound("start", false),
        newest: bound("end", true),
        read: DateTime::from_timestamp_millis(totals.read_ms).filter(|_| totals.read_ms > 0),
    })
}

async fn sources(lake: &Lake) -> Result<Vec<Source>> {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    for object in lake.objects().await? {
        let url = root_of(&object.url).to_owned();
        let source = sources.entry(url).or_default();
        source.n_objects += 1;
        source.n_records += object.n_records + object.n_nodata + object.n_skipdata;
        source.n_bad += object.n_bad;
        source.size_bytes += object.size_bytes;
        let newest = object.end_us.and_then(DateTime::from_timestamp_micros);
        source.newest = source.newest.max(newest);
    }
    let named = sources.into_iter().map(|(url, source)| Source { url, ..source });
    let mut sources: Vec<Source> = named.collect();
    sources.sort_by_key(|it| std::cmp::Reverse(it.n_records));
    Ok(sources)
}

/// Returns the part of an address that the objects of one flow log share.
///
/// In AWS's trees that is everything before the year; elsewhere the folder.
fn root_of(url: &str) -> &str {
    let is_year = |it: &str| {
        let year = it.strip_prefix("year=").unwrap_or(it);
        year.len() == 4 && year.bytes().all(|it| it.is_ascii_digit())
    };
    let mut end = 0;
    for part in url.split('/') {
        if end > 0 && is_year(part) {
            return &url[..end - 1];
        }
        end += part.len() + 1;
    }
    url.rfind('/').map_or(url, |it| &url[..it])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_one_flow_log_share_a_source() {
        let check = |url: &str, expected: &str| assert_eq!(root_of(url), expected);
        check(
            "s3://b/AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04/19/x.log.gz",
            "s3://b/AWSLogs/123456789012/vpcflowlogs/us-east-1",
        );
        check(
            "s3://b/p/aws-region=eu-west-1/year=2024/month=04/x",
            "s3://b/p/aws-region=eu-west-1",
        );
        check("file:///logs/a.gz", "file:///logs");
        check("-", "-");
    }
}
