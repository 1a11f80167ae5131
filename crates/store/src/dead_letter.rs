//! Lines that could not be read, kept for people and for another try.
//!
//! One NDJSON file per commit that met bad lines, named by the ledger rows of its objects: a file
//! that no row names was left by a writer that died, and does not count.

use std::collections::BTreeSet;

use chrono::DateTime;
use object_store::ObjectStoreExt as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Lake, Result};

/// Folder of the dead letters within the lake.
pub const FOLDER: &str = "dead-letters";

/// A line that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Address of the object.
    pub object: String,
    /// Line in it, from 1; 0 if it is about the object as a whole.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// The line; bytes that are not UTF-8 are shown as U+FFFD.
    pub raw: String,
    /// Whether `raw` is only the beginning, or not what the bytes were.
    #[serde(default)]
    pub is_truncated: bool,
    /// The names of the columns that the line was read by, if they were known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// Writes `letters` and returns the path of the file, relative to the lake.
pub async fn write(lake: &Lake, letters: &[u8]) -> Result<String> {
    let day = DateTime::from_timestamp_millis(lake.now_ms()).unwrap_or_default().date_naive();
    let path = format!("{FOLDER}/{day}/{}.ndjson", Uuid::new_v4());
    let place = lake.place();
    let written = place.store.put(&place.path(&path), letters.to_vec().into()).await;
    written.map_err(|it| Error::storage("write", &path, it))?;
    Ok(path)
}

/// Returns the files of dead letters that count, oldest first.
pub async fn list(lake: &Lake) -> Result<Vec<String>> {
    let objects = lake.objects().await?;
    let files: BTreeSet<String> = objects.into_iter().filter_map(|it| it.dead_letters).collect();
    Ok(files.into_iter().collect())
}

/// Reads the file at `path`.
pub async fn read(lake: &Lake, path: &str) -> Result<Vec<DeadLetter>> {
    let place = lake.place();
    let got = place.store.get(&place.path(path)).await;
    let got = got.map_err(|it| Error::storage("read", &path, it))?;
    let bytes = got.bytes().await.map_err(|it| Error::storage("read", &path, it))?;
    let lines = bytes.split(|it| *it == b'\n').filter(|it| !it.is_empty());
    let letters: std::result::Result<Vec<DeadLetter>, _> =
        lines.map(serde_json::from_slice).collect();
    letters.map_err(|it| Error::Damaged { path: path.to_owned(), reason: it.to_string() })
}
