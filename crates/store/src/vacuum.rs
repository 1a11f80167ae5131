//! Deletes files that no version of interest names.

use std::collections::HashSet;

use futures::TryStreamExt as _;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use serde::Serialize;

use crate::{Error, Lake, Place, Result, dead_letter};

/// Files younger than this are never deleted: their commit may be on its way.
pub const AGE_MS_MIN: i64 = 3_600_000;

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

/// Deletes data files, ledger segments and dead letters that the newest version does not name and
/// that are older than `age_ms` (at least [`AGE_MS_MIN`]). A reader of an older version may still
/// want them: a week is a good age.
pub async fn run(lake: &Lake, age_ms: i64, is_dry_run: bool) -> Result<Report> {
    let mut report = Report { is_dry_run, ..Report::default() };
    let oldest_ms = lake.now_ms() - age_ms.max(AGE_MS_MIN);
    let named = named(lake).await?;
    for folder in [crate::lake::FLOWS, dead_letter::FOLDER] {
        for meta in list(lake.place(), folder).await? {
            let path = relative(lake.place(), &meta);
            let is_log = path.starts_with(&format!("{}/_delta_log", crate::lake::FLOWS));
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
    let in_flows = |it: &str| format!("{}/{it}", crate::lake::FLOWS);
    let files = snapshot.files.iter().map(|it| in_flows(&it.path));
    let segments = snapshot.ledger.segments.iter().map(|it| in_flows(&it.path));
    let mut named: HashSet<String> = files.chain(segments).collect();
    named.extend(dead_letter::list(lake).await?);
    Ok(named)
}

async fn list(place: &Place, folder: &str) -> Result<Vec<ObjectMeta>> {
    let listed = place.store.list(Some(&place.path(folder))).try_collect().await;
    listed.map_err(|it| Error::storage("list", folder, it))
}

fn relative(place: &Place, meta: &ObjectMeta) -> String {
    let path = meta.location.as_ref();
    let path = path.strip_prefix(place.prefix.as_ref()).unwrap_or(path);
    path.trim_start_matches('/').replace("%3D", "=")
}
