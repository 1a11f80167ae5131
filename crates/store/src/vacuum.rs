//! Deletes files that no version of interest names.

use std::collections::HashSet;

use futures::TryStreamExt as _;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use serde::Serialize;

use crate::delta::Table;
use crate::lake::FLOWS;
use crate::{DataFile, Error, Lake, Place, Result, dead_letter, summary, table};

/// Files that are not in the table are left alone for so long: the commit of a huge object may be
/// on its way.
pub const AGE_MS_MIN: i64 = 24 * 3_600_000;

/// What was deleted, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Paths relative to the lake.
    pub files: Vec<String>,
    /// Their size.
    pub size_bytes: u64,
    /// Whether nothing was deleted because nobody wanted it.
    pub is_dry_run: bool,
}

/// Deletes data files, summaries, ledger segments and dead letters that no version of the last `age_ms` names
/// and that were written before (an age of at least [`AGE_MS_MIN`] is kept). A reader of an older
/// version may still want them: a week is a good age.
pub async fn run(lake: &Lake, age_ms: i64, is_dry_run: bool) -> Result<Report> {
    let mut report = Report { is_dry_run, ..Report::default() };
    let oldest_ms = lake.now_ms() - age_ms.max(AGE_MS_MIN);
    let mut named = named(lake).await?;
    let version = lake.snapshot().await?.version;
    named.extend(lately_removed(lake.table(), FLOWS, version, oldest_ms).await?);
    let small = table::names(lake).await?;
    for name in &small {
        named.extend(named_by_small(lake, name, oldest_ms).await?);
    }
    let folders = [FLOWS, dead_letter::FOLDER].into_iter().chain(small.iter().map(String::as_str));
    for folder in folders {
        for meta in list(lake.place(), folder).await? {
            let path = relative(lake.place(), &meta);
            let is_log = path.starts_with(&format!("{folder}/_delta_log"));
            let is_young = meta.last_modified.timestamp_millis() > oldest_ms;
            if is_log || is_young || named.contains(&path) {
                continue;
            }
            if !is_dry_run {
                let deleted = lake.place().store.delete(&meta.location).await;
                deleted.map_err(|it| Error::storage("delete", &path, it))?;
            }
            report.size_bytes += meta.size;
            report.files.push(path);
        }
    }
    report.files.sort_unstable();
    Ok(report)
}

async fn named(lake: &Lake) -> Result<HashSet<String>> {
    let snapshot = lake.snapshot().await?;
    let in_flows = |it: &str| format!("{FLOWS}/{it}");
    let summaries = snapshot.files.iter().filter_map(DataFile::summary_path);
    let paths = snapshot.files.iter().map(|it| it.path.clone()).chain(summaries);
    let files = paths.map(|it| in_flows(&it));
    let segments = snapshot.ledger.segments.iter().map(|it| in_flows(&it.path));
    let mut named: HashSet<String> = files.chain(segments).collect();
    named.extend(dead_letter::list(lake).await?);
    Ok(named)
}

/// Returns the files that a small table names, or named since `oldest_ms`.
async fn named_by_small(lake: &Lake, name: &str, oldest_ms: i64) -> Result<HashSet<String>> {
    let Some(small) = table::open(lake, name).await? else { return Ok(HashSet::new()) };
    let log = Table::new(small.place);
    let mut named = lately_removed(&log, name, small.version, oldest_ms).await?;
    named.extend(small.files.iter().map(|it| format!("{name}/{}", it.path)));
    Ok(named)
}

/// Returns the files that left the table in the folder since `oldest_ms`, and their summaries, from
/// the log's own tombstones.
async fn lately_removed(
    table: &Table,
    folder: &str,
    mut version: u64,
    oldest_ms: i64,
) -> Result<HashSet<String>> {
    let mut removed = HashSet::new();
    while let Some(actions) = table.read(version).await? {
        let times = actions.iter().filter_map(|it| it["commitInfo"]["timestamp"].as_i64());
        if times.max().is_some_and(|it| it < oldest_ms) {
            break;
        }
        let paths = actions.iter().filter_map(|it| it["remove"]["path"].as_str());
        for path in paths.map(|it| it.replace("%3D", "=")) {
            removed.insert(format!("{folder}/{}", summary::path(&path)));
            removed.insert(format!("{folder}/{path}"));
        }
        let Some(before) = version.checked_sub(1) else { break };
        version = before;
    }
    Ok(removed)
}

async fn list(place: &Place, folder: &str) -> Result<Vec<ObjectMeta>> {
    let listed = place.store.list(Some(&place.path(folder))).try_collect().await;
    listed.map_err(|it| Error::storage("list", &folder, it))
}

fn relative(place: &Place, meta: &ObjectMeta) -> String {
    let path = meta.location.as_ref();
    let path = path.strip_prefix(place.prefix.as_ref()).unwrap_or(path);
    path.trim_start_matches('/').replace("%3D", "=")
}
