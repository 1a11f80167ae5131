//! A small lake with a server over it, and a client.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tidegate_advise::Report;
use tidegate_decode::{BadLine, Decoder, Sink};
use tidegate_query::{Engine, EngineOptions, LakeSource};
use tidegate_serve::backend::{
    AdviceAsk, CoverageAnswer, CoverageForm, CoverageState, DeadLetters, Disk, InventoryAnswer,
    InventoryAsk, InventoryState, SourceHealth, SourceState,
};
use tidegate_serve::{Access, App, Backend, Clocks, Code, Limits, Parts, Problem};
use tidegate_store::commit::{self, Writer};
use tidegate_store::layout::Gather;
use tidegate_store::ledger::SourceObject;
use tidegate_store::{Lake, Opener, Place, compact};
use tower::ServiceExt as _;
use url::Url;

/// Six records over three days, in the default format.
const SIX: &str = "\
2 123456789012 eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 5000 1713441600 1713441660 ACCEPT OK
2 123456789012 eni-1 203.0.113.9 10.0.0.5 443 40000 6 8 90000 1713441600 1713441660 ACCEPT OK
2 123456789012 eni-1 198.51.100.7 10.0.0.5 51000 22 6 1 40 1713528000 1713528005 REJECT OK
2 123456789012 eni-2 198.51.100.7 10.0.0.6 51001 3389 6 2 80 1713528010 1713528015 REJECT OK
2 123456789012 eni-2 2001:db8::1 2001:db8::2 5353 53 17 3 300 1713614400 1713614460 ACCEPT OK
2 123456789012 eni-3 - - - - - - - 1713614400 1713614460 - NODATA
";

/// Another one, of later.
pub(crate) const SEVENTH: &str = "\
2 123456789012 eni-1 10.0.0.5 203.0.113.9 40001 443 6 1 700 1713700000 1713700060 ACCEPT OK
";

/// A statement that runs for minutes.
pub(crate) const ENDLESS: &str = "SELECT count(*) AS n FROM flows a, flows b, flows c, flows d, \
    flows e, flows f, flows g, flows h, flows i, flows j, flows k, flows l \
    WHERE a.bytes + b.bytes + c.bytes + d.bytes + e.bytes + f.bytes + g.bytes + h.bytes > l.bytes";

/// Noon of 21 April 2024, in milliseconds.
fn now_ms() -> i64 {
    1_713_700_800_000
}

/// Runs `work` on threads with stacks that an unoptimised planner fits into.
pub(crate) fn on_runtime<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(16 * 1024 * 1024)
        .enable_all()
        .build()
        .unwrap();
    let done = runtime.block_on(async { tokio::spawn(work).await });
    // What a failed test left behind is not waited for.
    runtime.shutdown_background();
    done.unwrap()
}

/// What a server is to be like.
pub(crate) struct Wish {
    pub(crate) access: Access,
    pub(crate) limits: Limits,
    /// How long advice is made.
    pub(crate) advice_takes: Duration,
}

impl Default for Wish {
    fn default() -> Self {
        let limits = Limits { lake_poll: Duration::from_millis(20), ..Limits::new(1) };
        Self { access: Access::open(), limits, advice_takes: Duration::ZERO }
    }
}

/// A lake with the records of [`SIX`], and a server over it.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    later_ms: Arc<AtomicU64>,
}

impl World {
    pub(crate) async fn new(wish: Wish) -> Self {
        let folder = TempDir::new().unwrap();
        let place = Place::local(folder.path()).unwrap();
        let lake = Lake::open_or_create(place.clone(), now_ms).await.unwrap();
        store(&lake, SIX).await;
        let later_ms = Arc::new(AtomicU64::new(0));
        let value_bytes_max = Some(tidegate_serve::limit::VALUE_BYTES_MAX);
        let options = EngineOptions {
            threads: 2,
            reads_raw: false,
            value_bytes_max,
            ..EngineOptions::default()
        };
        let source = LakeSource::Lazy { place, clock: now_ms };
        let app = App::new(Parts {
            engine: Arc::new(Engine::new(options, source, Arc::new(Nowhere)).unwrap()),
            lake,
            backend: Arc::new(Quiet { advice_takes: wish.advice_takes }),
            clocks: clocks(&later_ms),
            access: wish.access,
            is_tls: false,
            limits: wish.limits,
            version: "0.0.0",
        });
        let router = tidegate_serve::http::stack::router(&app);
        Self { folder, app, router, later_ms }
    }

    /// Puts records into the lake.
    pub(crate) async fn store(&self, text: &str) {
        let place = Place::local(self.folder.path()).unwrap();
        store(&Lake::open(place, now_ms).await.unwrap(), text).await;
    }

    /// Puts the files of each day together.
    pub(crate) async fn compact(&self) {
        let place = Place::local(self.folder.path()).unwrap();
        let lake = Lake::open(place, now_ms).await.unwrap();
        compact::run(&lake, compact::Options::ALL).await.unwrap();
    }

    /// Takes the lake away.
    pub(crate) fn lose_lake(&self) {
        std::fs::remove_dir_all(self.folder.path().join("flows")).unwrap();
    }

    /// Looks at the lake as the server does again and again.
    pub(crate) async fn look(&self) {
        self.wait(Duration::from_secs(2));
        self.get("/readyz").await;
    }

    /// Moves the steady clock.
    pub(crate) fn wait(&self, span: Duration) {
        self.later_ms.fetch_add(u64::try_from(span.as_millis()).unwrap(), SeqCst);
    }

    /// Returns the answer to a request.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = text.replace(&self.folder.path().display().to_string(), "[LAKE]");
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// Waits until no question runs.
    pub(crate) async fn until_free(&self) {
        self.until_told(&["queries_running 0"]).await;
    }

    /// Waits until the metrics have these lines.
    pub(crate) async fn until_told(&self, lines: &[&str]) {
        for _ in 0..500 {
            let metrics = self.get("/metrics").await.text;
            if lines.iter().all(|it| metrics.contains(&format!("tidegate_{it}\n"))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not {lines:?}:\n{}", self.get("/metrics").await.text);
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Returns the status and the code and message of the problem.
    pub(crate) fn told(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.text).unwrap_or_default();
        let part = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
        format!("{} {}: {}", self.status.as_u16(), part("code"), part("message"))
    }

    /// Returns the body for reading.
    pub(crate) fn pretty(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.text).unwrap();
        serde_json::to_string_pretty(&body).unwrap()
    }

    /// Returns a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("-", |it| it.to_str().unwrap())
    }
}

/// Begins a request as a program on this machine sends it.
pub(crate) fn request(method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(path).header("host", "localhost:8765")
}

/// Returns a write as the console sends it.
pub(crate) fn write(method: &str, path: &str, body: &str) -> Request<Body> {
    let request = request(method, path).header("x-tidegate", "1");
    request.body(Body::from(body.to_owned())).unwrap()
}

fn clocks(later_ms: &Arc<AtomicU64>) -> Clocks {
    let (begun, later_ms) = (Instant::now(), Arc::clone(later_ms));
    Clocks {
        wall: Arc::new(|| DateTime::from_timestamp_millis(now_ms()).unwrap()),
        steady: Arc::new(move || {
            let later = Duration::from_millis(later_ms.load(SeqCst));
            // Time goes on as well, so that what is a second old is read again.
            begun + begun.elapsed() + later
        }),
    }
}

async fn store(lake: &Lake, text: &str) {
    let mut sink = Collect(Gather::default());
    let mut decoder = Decoder::new(tidegate_decode::Options::default());
    let counts = decoder.decode_bytes(&Bytes::from(text.to_owned()), &mut sink);
    decoder.flush(&mut sink);
    let mut files = Vec::new();
    for file in sink.0.files().unwrap() {
        files.push(commit::put(lake, file).await.unwrap());
    }
    let mut writer = Writer::new(lake).await.unwrap();
    let object = SourceObject {
        url: format!("file:///logs/{}", writer.version()),
        n_records: counts.n_ok,
        n_nodata: counts.n_nodata,
        ..SourceObject::default()
    };
    writer.append(&files, &[object]).await.unwrap();
}

struct Collect(Gather);

impl Sink for Collect {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        panic!("line {}: {}", bad_line.line, bad_line.reason);
    }
}

#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Opener for Nowhere {
    async fn open(&self, url: &Url) -> tidegate_store::Result<Place> {
        let reason = "nothing is opened here".to_owned();
        Err(tidegate_store::Error::Place { url: url.to_string(), reason })
    }
}

/// A program without advice, inventory and credentials, and with one source.
#[derive(Debug)]
struct Quiet {
    advice_takes: Duration,
}

fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

#[async_trait]
impl Backend for Quiet {
    fn sources(&self) -> Vec<SourceHealth> {
        vec![SourceHealth {
            url: "s3://acme/logs".to_owned(),
            state: SourceState::Idle,
            newest_record: Some(time("2024-04-20T12:01:00Z")),
            lag_s: Some(86_340),
            last_pass_at: Some(time("2024-04-21T11:59:30Z")),
            n_objects: 3,
            n_records: 6,
            n_bad_lines: 1,
            error: None,
        }]
    }

    async fn disk(&self) -> Option<Disk> {
        Some(Disk { free_bytes: 1_000, total_bytes: 4_000 })
    }

    async fn dead_letters(&self) -> Result<DeadLetters, Problem> {
        Ok(DeadLetters { n_objects: 1, n_bytes: 120 })
    }

    async fn inventory_state(&self) -> Result<InventoryState, Problem> {
        Ok(InventoryState::default())
    }

    async fn inventory(&self, ask: &InventoryAsk) -> Result<InventoryAnswer, Problem> {
        let (columns, rows) = (Vec::new(), Vec::new());
        Ok(InventoryAnswer { kind: ask.kind.clone(), columns, rows, n_total: 0 })
    }

    async fn coverage(&self) -> Result<CoverageAnswer, Problem> {
        Ok(CoverageAnswer {
            state: CoverageState::Unavailable,
            reason: Some("the inventory has no VPC".to_owned()),
            summary: None,
            resources: Vec::new(),
            flow_logs: Vec::new(),
            inventory_at: None,
        })
    }

    async fn emit_coverage(&self, _: CoverageForm) -> Result<String, Problem> {
        Err(Problem::new(Code::NotFound, "the inventory has no VPC"))
    }

    async fn advise(&self, _: &AdviceAsk) -> Result<Report, Problem> {
        tokio::time::sleep(self.advice_takes).await;
        Err(Problem::new(Code::NotFound, "the lake knows no security groups with rules")
            .hint("`tidegate inventory sync` reads them"))
    }
}
