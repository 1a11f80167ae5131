//! What came into the table between two versions: the files of its commits, one by one.
//!
//! Files that only hold again what was there, put together or with another context, are not among
//! them. A file that was put together with others meanwhile is: it stays in its place until
//! [`vacuum`](crate::vacuum) takes it.

use serde_json::Value;
use tidegate_model::schema::DATE;

use crate::stats::Stats;
use crate::{DataFile, Lake, Result, Snapshot};

/// Returns `newest` with only those files that brought records after the version `since`; `None` if
/// the log does not have all of these commits any more.
///
/// # Errors
///
/// If a commit cannot be read.
pub async fn since(lake: &Lake, since: u64, newest: &Snapshot) -> Result<Option<Snapshot>> {
    let mut files = Vec::new();
    for version in since.saturating_add(1)..=newest.version {
        let Some(actions) = lake.table().read(version).await? else { return Ok(None) };
        files.extend(arrived(&actions));
    }
    Ok(Some(Snapshot { files: files.into(), ..newest.clone() }))
}

/// Returns the files of a commit, if it brought records and took none away.
fn arrived(actions: &[Value]) -> Vec<DataFile> {
    let changes = |it: &&Value| it["dataChange"] != false;
    let replaces = actions.iter().filter_map(|it| it.get("remove")).any(|it| changes(&it));
    if replaces {
        return Vec::new();
    }
    actions.iter().filter_map(|it| it.get("add")).filter(changes).filter_map(file).collect()
}

fn file(add: &Value) -> Option<DataFile> {
    Some(DataFile {
        // Our names need no encoding; other writers may encode the `=`.
        path: add["path"].as_str()?.replace("%3D", "="),
        size_bytes: add["size"].as_u64()?,
        date: add["partitionValues"][DATE].as_str().and_then(|it| it.parse().ok()),
        modified_ms: add["modificationTime"].as_i64().unwrap_or_default(),
        stats: add["stats"].as_str().map(Stats::from_json).unwrap_or_default(),
        context: None,
        summary_bytes: None,
    })
}
