//! A lake and a folder of logs to try things on.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tidegate_collect::{Progress, Request, Result, Stop, Summary, run};
use tidegate_store::lake::Clock;
use tidegate_store::{Lake, Opener, Place, Result as StoreResult, verify};
use url::Url;

/// Opens local folders only.
#[derive(Debug)]
pub(crate) struct LocalPlaces;

#[async_trait]
impl Opener for LocalPlaces {
    async fn open(&self, url: &Url) -> StoreResult<Place> {
        Place::local(&url.to_file_path().expect("a file URL"))
    }
}

/// A lake and a folder of logs, both empty, gone when dropped.
pub(crate) struct World {
    folder: TempDir,
}

/// 2024-04-19 00:00 UTC.
pub(crate) const MIDNIGHT: i64 = 1_713_484_800;

fn clock() -> i64 {
    (MIDNIGHT + 86_400) * 1000
}

impl World {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Returns the folder in which logs and lake are.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.root().join("logs")
    }

    pub(crate) async fn lake(&self) -> Lake {
        self.lake_at("lake", clock).await
    }

    /// Returns the lake of this name, with this clock.
    pub(crate) async fn lake_at(&self, name: &str, clock: Clock) -> Lake {
        let place = Place::local(&self.root().join(name)).unwrap();
        Lake::open_or_create(place, clock).await.unwrap()
    }

    /// Writes a file into the folder of logs.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.logs().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes `n_objects` objects of `n_lines` records in AWS's tree.
    pub(crate) fn write_tree(&self, n_objects: usize, n_lines: usize) {
        for index in 0..n_objects {
            self.write(&key(index), &gzip(text(index, n_lines).as_bytes()));
        }
    }

    /// Returns the request for the folder of logs.
    pub(crate) fn request(&self) -> Request {
        Request::new(vec![self.logs().display().to_string()])
    }

    /// Collects the folder of logs and returns what came of it.
    pub(crate) async fn collect(&self) -> Summary {
        self.collect_with(&self.request()).await.unwrap()
    }

    pub(crate) async fn collect_with(&self, request: &Request) -> Result<Summary> {
        self.collect_from(Arc::new(LocalPlaces), request).await
    }

    /// Collects what the sources of `request` hold, opened by `opener`.
    pub(crate) async fn collect_from(
        &self,
        opener: Arc<dyn Opener>,
        request: &Request,
    ) -> Result<Summary> {
        let lake = self.lake().await;
        run(&lake, opener, request, Arc::new(Progress::default()), &Stop::default()).await
    }

    /// Reads everything in the lake again; returns the records.
    pub(crate) async fn verified(&self) -> u64 {
        let report = verify::run(&self.lake().await).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        report.n_records
    }
}

/// Says when a file was last changed, in milliseconds since the Unix epoch.
pub(crate) fn set_modified(path: &Path, modified_ms: i64) {
    let since = Duration::from_millis(modified_ms.try_into().unwrap());
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + since).unwrap();
}

/// Returns the name of the object with this number: a day each 12.
pub(crate) fn key(index: usize) -> String {
    let (day, hour) = (19 + index / 12, index % 12);
    format!(
        "AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04/{day}/\
         123456789012_vpcflowlogs_us-east-1_fl-1234abcd_202404{day}T{hour:02}00Z_{index:08x}.log.gz"
    )
}

/// Returns the text of the object with this number. No two records are the same.
pub(crate) fn text(index: usize, n_lines: usize) -> String {
    let mut text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
                    packets bytes start end action log-status\n"
        .to_owned();
    let seconds = |it: usize| i64::try_from(it).unwrap();
    let hour = MIDNIGHT + 86_400 * seconds(index / 12) + 3_600 * seconds(index % 12);
    for line in 0..n_lines {
        let start = hour + seconds(line % 3_000);
        writeln!(
            text,
            "2 123456789012 eni-{:08x} 203.0.{}.{} 10.0.0.{} {} 443 6 {} {} {start} {} ACCEPT OK",
            line % 7,
            line / 250 % 250,
            line % 250,
            index % 250,
            1024 + line % 60_000,
            1 + line,
            40 * (1 + line),
            start + 30,
        )
        .unwrap();
    }
    text
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Returns the repository's neighbour with real data, or says why the test is skipped.
#[expect(clippy::print_stdout, reason = "tells why nothing was tested")]
pub(crate) fn shared_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no folder `{}`", folder.display());
    None
}
