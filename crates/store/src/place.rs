//! Where things are: an object store and a prefix in it.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use url::Url;

use crate::{Error, Result};

/// A folder: a local directory, or a bucket and a prefix.
#[derive(Clone, Debug)]
pub struct Place {
    /// The store: the whole file system, or the whole bucket.
    pub store: Arc<dyn ObjectStore>,
    /// The folder's address, without a slash at the end: `file:///data/lake`, `s3://bucket/lake`.
    pub url: Url,
    /// The folder's path within `store`.
    pub prefix: Path,
}

/// Opens places. Only the binary knows credentials, so it hands one in.
#[async_trait]
pub trait Opener: Send + Sync + std::fmt::Debug {
    /// Opens the place that `url` names.
    async fn open(&self, url: &Url) -> Result<Place>;
}

impl Place {
    /// Returns the place of `url` in `store`, which holds the whole file system or bucket.
    pub fn new(store: Arc<dyn ObjectStore>, url: &Url) -> Result<Self> {
        let mut url = url.clone();
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let prefix = Path::from_url_path(&path)
            .map_err(|it| Error::Place { url: url.to_string(), reason: it.to_string() })?;
        Ok(Self { store, url, prefix })
    }

    /// Returns the place of a local folder, which need not exist yet.
    pub fn local(folder: &std::path::Path) -> Result<Self> {
        let url = local_url(folder)?;
        Self::new(Arc::new(LocalFileSystem::new()), &url)
    }

    /// Returns the folder `name` in this one.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{name}", self.url.path()));
        Self { store: Arc::clone(&self.store), url, prefix: self.path(name) }
    }

    /// Returns the path within [`Self::store`] of `name`, relative to this folder.
    #[must_use]
    pub fn path(&self, name: &str) -> Path {
        let separator = if self.prefix.as_ref().is_empty() { "" } else { "/" };
        let full = format!("{}{separator}{name}", self.prefix);
        Path::parse(&full).unwrap_or_else(|_| Path::from(full))
    }
}

/// Returns the `file://` address of a local path: absolute, and for what exists without links, so
/// that an object has one address however it was named.
pub fn local_url(path: &std::path::Path) -> Result<Url> {
    let failed = |reason: String| Error::Place { url: path.display().to_string(), reason };
    let absolute = match std::fs::canonicalize(path) {
        Ok(path) => path,
        Err(_) => without_dots(&std::path::absolute(path).map_err(|it| failed(it.to_string()))?),
    };
    Url::from_file_path(&absolute).map_err(|()| failed("the path is not absolute".to_owned()))
}

/// Takes `..` out of an absolute path that does not exist yet.
fn without_dots(path: &std::path::Path) -> std::path::PathBuf {
    let mut clean = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}
