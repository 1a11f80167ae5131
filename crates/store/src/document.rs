//! Small documents that several writers share: each change is a new version, made by one
//! conditional put. Who was slower reads again and tries again; nothing is lost.
//!
//! A version is a file of its own, as in the log of the table: local disks know no other condition
//! than that a file is not there yet.

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions};

use crate::{Error, Lake, Result};

/// Folder within the lake.
const FOLDER: &str = "_state";

/// Versions that are kept beside the newest, for readers that have just listed them.
const VERSIONS_KEPT: u64 = 4;

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

/// Writes `version` of the document `name`; returns `false` if another writer did before.
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
    if let Err(error) = forget(lake, name, version).await {
        // Nobody reads them; the next write tries again.
        tracing::warn!("old versions of `{name}` are left in the lake: {error}");
    }
    Ok(true)
}

async fn forget(lake: &Lake, name: &str, newest: u64) -> Result<()> {
    let place = lake.place();
    for version in versions(lake, name).await? {
        if version + VERSIONS_KEPT < newest {
            let path = path(name, version);
            let deleted = place.store.delete(&place.path(&path)).await;
            deleted.map_err(|it| Error::storage("delete", &path, it))?;
        }
    }
    Ok(())
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
