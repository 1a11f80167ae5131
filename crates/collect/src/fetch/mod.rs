//! Fetches objects ahead of the decoders, within a budget of memory.

mod pieces;
mod steady;

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _};
use object_store::{GetOptions, GetResultPayload, ObjectMeta};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::find::Found;
use crate::progress::Progress;
use pieces::Pieces;
use steady::Steady;

/// Larger objects are read as a stream while they are decoded.
pub(crate) const WHOLE_BYTES_MAX: u64 = 32 << 20;

/// Objects that are fetched at the same time.
const N_FETCHES: usize = 16;

/// The unit in which memory is handed out.
const UNIT_BYTES: u64 = 4096;

/// What is said of an object that is not any more what was listed.
const CHANGED: &str = "changed while it was read";

/// An object with its content.
pub(crate) struct Job {
    pub(crate) found: Found,
    pub(crate) content: Content,
    _memory: Option<OwnedSemaphorePermit>,
}

/// The content of an object, as it lies there.
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// Too large to hold.
    Stream(Box<dyn Read + Send>),
    /// It could not be had.
    Failed(String),
}

/// Returns the objects with their contents, in order, at most `memory_bytes` at a time.
pub(crate) fn fetch<'a>(
    objects: impl Stream<Item = Found> + Send + 'a,
    memory_bytes: u64,
) -> BoxStream<'a, Job> {
    let n_units = usize::try_from(memory_bytes / UNIT_BYTES).unwrap_or(Semaphore::MAX_PERMITS);
    let memory = Arc::new(Semaphore::new(n_units));
    let with_memory = objects.then(move |found| {
        let memory = Arc::clone(&memory);
        async move {
            let wanted = found.meta.size.min(WHOLE_BYTES_MAX).div_ceil(UNIT_BYTES).max(1);
            let wanted = u32::try_from(wanted.min(n_units as u64)).unwrap_or(u32::MAX);
            (found, memory.acquire_many_owned(wanted).await.ok())
        }
    });
    let fetched = with_memory.map(|(found, memory)| async move {
        let content = content(&found).await.unwrap_or_else(|it| Content::Failed(reason(&it)));
        Job { found, content, _memory: memory }
    });
    fetched.buffered(N_FETCHES).boxed()
}

async fn content(found: &Found) -> Result<Content, object_store::Error> {
    let Some(store) = &found.store else {
        return Ok(Content::Stream(Box::new(io::stdin())));
    };
    let got = store.get_opts(&found.meta.location, as_listed(&found.meta)).await?;
    let is_small = found.meta.size <= WHOLE_BYTES_MAX;
    match got.payload {
        GetResultPayload::File(file, _) => {
            let mut file = Steady::new(file).map_err(generic)?;
            if !is_small {
                return Ok(Content::Stream(Box::new(file)));
            }
            let n_bytes = usize::try_from(found.meta.size).unwrap_or(0);
            let read = tokio::task::spawn_blocking(move || {
                let mut bytes = Vec::with_capacity(n_bytes);
                file.read_to_end(&mut bytes).map(|_| Bytes::from(bytes))
            });
            Ok(match read.await? {
                Ok(bytes) => Content::Whole(bytes),
                Err(error) => Content::Failed(error.to_string()),
            })
        }
        GetResultPayload::Stream(_) if is_small => Ok(Content::Whole(got.bytes().await?)),
        GetResultPayload::Stream(pieces) => Ok(Content::Stream(Box::new(Pieces::new(pieces)))),
    }
}

/// Returns a request for exactly the content that was listed.
///
/// The etag comes first: a version of S3's may be asked for only with a permission of its own. A
/// weak etag matches nothing (RFC 9110, "If-Match").
fn as_listed(meta: &ObjectMeta) -> GetOptions {
    let e_tag = meta.e_tag.clone().filter(|it| !it.starts_with("W/"));
    let version = meta.version.clone().filter(|_| e_tag.is_none());
    GetOptions { if_match: e_tag, version, ..GetOptions::default() }
}

fn reason(error: &object_store::Error) -> String {
    match error {
        object_store::Error::Precondition { .. } => CHANGED.to_owned(),
        error => error.to_string(),
    }
}

fn generic(error: io::Error) -> object_store::Error {
    object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(error) }
}

/// Counts an object that is to be read.
pub(crate) fn note_found(progress: &Progress, found: &Found) {
    progress.n_objects_found.fetch_add(1, Relaxed);
    progress.n_bytes_found.fetch_add(found.meta.size, Relaxed);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;
    use object_store::path::Path;
    use object_store::{ObjectStore, ObjectStoreExt as _};

    use super::*;

    /// Lists an object, lets `change` happen, and fetches it as it was listed.
    async fn check<F: Future<Output = ()>>(
        store: Arc<dyn ObjectStore>,
        change: impl FnOnce(Arc<dyn ObjectStore>, Path) -> F,
    ) -> String {
        let path = Path::from("a.log");
        store.put(&path, "before".into()).await.unwrap();
        let meta = store.head(&path).await.unwrap();
        change(Arc::clone(&store), path).await;
        let tag = meta.e_tag.clone().unwrap();
        let found = Found { url: "mem:///a.log".to_owned(), tag, store: Some(store), meta };
        match content(&found).await {
            Ok(Content::Whole(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(Content::Failed(reason)) => reason,
            Ok(Content::Stream(_)) => unreachable!("it is small"),
            Err(error) => reason(&error),
        }
    }

    async fn leave(_: Arc<dyn ObjectStore>, _: Path) {}

    async fn rewrite(store: Arc<dyn ObjectStore>, path: Path) {
        store.put(&path, "after, and longer".into()).await.unwrap();
    }

    #[tokio::test]
    async fn an_object_is_read_as_it_was_listed_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let local = object_store::local::LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        let stores: [Arc<dyn ObjectStore>; 2] = [Arc::new(InMemory::new()), Arc::new(local)];
        for store in stores {
            assert_eq!(check(Arc::clone(&store), leave).await, "before");
            assert_eq!(check(store, rewrite).await, CHANGED);
        }
    }

    #[test]
    fn an_object_without_a_usable_etag_is_asked_for_by_its_version() {
        let check = |e_tag: Option<&str>, expected: (Option<&str>, Option<&str>)| {
            let meta = ObjectMeta {
                location: Path::default(),
                last_modified: chrono::DateTime::UNIX_EPOCH,
                size: 0,
                e_tag: e_tag.map(ToOwned::to_owned),
                version: Some("7".to_owned()),
            };
            let options = as_listed(&meta);
            assert_eq!((options.if_match.as_deref(), options.version.as_deref()), expected);
        };
        check(Some("\"ab\""), (Some("\"ab\""), None));
        check(Some("W/\"ab\""), (None, Some("7")));
        check(None, (None, Some("7")));
    }
}
