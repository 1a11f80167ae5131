//! A local file system in which something goes wrong.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tidegate_store::{Opener, Place, Result as StoreResult};
use url::Url;

/// A request, just before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    List,
    Head,
    Get,
}

/// Says whether a request goes wrong, and may do mischief before it is answered.
type Mischief = Arc<dyn Fn(Call, &Path) -> bool + Send + Sync>;

/// Opens local folders in which requests go wrong.
pub(crate) struct FaultyPlaces {
    mischief: Mischief,
}

impl FaultyPlaces {
    /// Returns places where the requests go wrong for which `mischief` says so.
    pub(crate) fn new(mischief: impl Fn(Call, &Path) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { mischief: Arc::new(mischief) })
    }
}

impl fmt::Debug for FaultyPlaces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FaultyPlaces")
    }
}

#[async_trait]
impl Opener for FaultyPlaces {
    async fn open(&self, url: &Url) -> StoreResult<Place> {
        let files = LocalFileSystem::new();
        Place::new(Arc::new(Faulty { files, mischief: Arc::clone(&self.mischief) }), url)
    }
}

struct Faulty {
    files: LocalFileSystem,
    mischief: Mischief,
}

impl Faulty {
    fn answer(&self, call: Call, path: &Path) -> Result<()> {
        let source = "the network is down".into();
        let is_wrong = (self.mischief)(call, path);
        if is_wrong { Err(Error::Generic { store: "faulty", source }) } else { Ok(()) }
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Faulty")
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.answer(if options.head { Call::Head } else { Call::Get }, location)?;
        self.files.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.answer(Call::List, prefix.unwrap_or(&Path::default())) {
            Ok(()) => self.files.list(prefix),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.answer(Call::List, prefix.unwrap_or(&Path::default()))?;
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}
