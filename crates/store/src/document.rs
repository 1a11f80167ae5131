//! Small documents that several writers share: each change is a new version, made by one
//! conditional put. Who was slower reads again and tries again; nothing is lost.
//!
//! A version is a file of its own, as in the log of the table: local disks know no other condition
//! than that a file is not there yet. Old versions are deleted, so the name of one that was read long
//! ago may be free again: who wrote it looks whether the document has gone on without them.

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions};

use crate::{Error, Lake, Result};

/// Folder within the lake.
const FOLDER: &str = "_state";

/// Versions that are kept beside the newest: so many may be written while somebody lists them and reads
/// one.
const VERSIONS_KEPT: u64 = 16;

/// How often a version that is gone is looked for again.
const TRIES: usize = 4;

/// A document at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its version, from 1.
    pub version: u64,
    /// What is in it.
    pub bytes: Bytes,
}

/// Reads the newest version of the document `name`; `None` if there never was one.
pub async fn read(lake: &Lake, name: &str) -> Result<Option<Document>> {
    let place = lake.place();
    for _ in 0..TRIES {
        let Some(version) = versions(lake, name).await?.into_iter().max() else { return Ok(None) };
        let path = path(name, version);
        match place.store.get(&place.path(&path)).await {
            Ok(got) => {
                let bytes = got.bytes().await.map_err(|it| Error::storage("read", &path, it))?;
                return Ok(Some(Document { version, bytes }));
            }
            // Newer ones were written since the listing.
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(Error::storage("read", &path, error)),
        }
    }
    let reason = "it changes faster than it can be read".to_owned();
    Err(Error::Damaged { path: format!("{FOLDER}/{name}"), reason })
}

/// Writes `version` of the document `name`; returns `false` if another writer did before, or if it
/// cannot be told: then the newest version is to be read, changed and written again.
///
/// # Errors
///
/// If the document cannot be written, or cannot be looked at afterwards: it may be written then.
pub async fn write(lake: &Lake, name: &str, version: u64, bytes: Bytes) -> Result<bool> {
    let place = lake.place();
    let path = path(name, version);
    let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match place.store.put_opts(&place.path(&path), bytes.into(), options).await {
        Ok(_) => {}
        Err(
            object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. },
        ) => {
            return Ok(false);
        }
        Err(error) => return Err(Error::storage("write", &path, error)),
    }
    let versions = versions(lake, name).await?;
    // A version is deleted only when one is there that is so much newer, and the newest one never is.
    if versions.iter().any(|it| is_forgotten(version, *it)) {
        return Ok(false);
    }
    for old in versions.into_iter().filter(|it| is_forgotten(*it, version)) {
        forget(lake, name, old).await;
    }
    Ok(true)
}

/// Whether `version` may have been deleted if there is the version `newer`.
fn is_forgotten(version: u64, newer: u64) -> bool {
    version.saturating_add(VERSIONS_KEPT) < newer
}

/// Deletes a version that nobody reads any more. If it stays, the next write tries again.
async fn forget(lake: &Lake, name: &str, version: u64) {
    let place = lake.place();
    let path = path(name, version);
    match place.store.delete(&place.path(&path)).await {
        // Another writer was faster.
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => tracing::warn!("an old version of `{name}` is left in the lake: {error}"),
    }
}

async fn versions(lake: &Lake, name: &str) -> Result<Vec<u64>> {
    let place = lake.place();
    let folder = format!("{FOLDER}/{name}");
    let listed = place.store.list(Some(&place.path(&folder))).try_collect::<Vec<_>>().await;
    let listed = listed.map_err(|it| Error::storage("list", &folder, it))?;
    let numbers = listed.iter().filter_map(|it| it.location.filename()?.strip_suffix(".json"));
    Ok(numbers.filter_map(|it| it.parse().ok()).collect())
}

fn path(name: &str, version: u64) -> String {
    format!("{FOLDER}/{name}/{version:020}.json")
}
