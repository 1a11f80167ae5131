//! A small world: a lake, raw logs, and a session over both.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_query::{Answer, Engine, EngineOptions, Error, LakeSource};
use tidegate_store::commit::{self, Writer};
use tidegate_store::layout::Gather;
use tidegate_store::ledger::SourceObject;
use tidegate_store::{Lake, Opener, Place};
use url::Url;

/// Six records over three days, in the default format.
pub(crate) const SIX: &str = "\
2 123456789012 eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 5000 1713441600 1713441660 ACCEPT OK
2 123456789012 eni-1 203.0.113.9 10.0.0.5 443 40000 6 8 90000 1713441600 1713441660 ACCEPT OK
2 123456789012 eni-1 198.51.100.7 10.0.0.5 51000 22 6 1 40 1713528000 1713528005 REJECT OK
2 123456789012 eni-2 198.51.100.7 10.0.0.6 51001 3389 6 2 80 1713528010 1713528015 REJECT OK
2 123456789012 eni-2 2001:db8::1 2001:db8::2 5353 53 17 3 300 1713614400 1713614460 ACCEPT OK
2 123456789012 eni-3 - - - - - - - 1713614400 1713614460 - NODATA
";

/// Runs `work` on threads with stacks that an unoptimised planner fits into.
pub(crate) fn on_runtime<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(16 * 1024 * 1024)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { tokio::spawn(work).await.unwrap() })
}

/// Opens local places, and no others.
#[derive(Debug)]
pub(crate) struct LocalOnly;

#[async_trait]
impl Opener for LocalOnly {
    async fn open(&self, url: &Url) -> tidegate_store::Result<Place> {
        if url.scheme() == "file" {
            return Place::new(Arc::new(LocalFileSystem::new()), url);
        }
        let reason = "there is no network in tests".to_owned();
        Err(tidegate_store::Error::Place { url: url.to_string(), reason })
    }
}

/// Noon of 21 April 2024.
fn clock() -> i64 {
    1_713_700_800_000
}

/// Takes what a decoder finds.
#[derive(Default)]
pub(crate) struct Collect(pub(crate) Gather);

impl Sink for Collect {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        panic!("line {}: {}", bad_line.line, bad_line.reason);
    }
}

/// Puts the records of `text` into the lake in `folder`, in one commit.
pub(crate) async fn store(folder: &Path, text: &str) {
    let lake = Lake::open_or_create(Place::local(folder).unwrap(), clock).await.unwrap();
    let mut sink = Collect(Gather::default());
    let mut decoder = Decoder::new(Options::default());
    let counts = decoder.decode_bytes(&Bytes::from(text.to_owned()), &mut sink);
    decoder.flush(&mut sink);
    let mut files = Vec::new();
    for file in sink.0.files().unwrap() {
        files.push(commit::put(&lake, file).await.unwrap());
    }
    let mut writer = Writer::new(&lake).await.unwrap();
    let object = SourceObject {
        url: format!("file:///logs/{}", writer.version()),
        n_records: counts.n_ok,
        n_nodata: counts.n_nodata,
        ..SourceObject::default()
    };
    writer.append(&files, &[object]).await.unwrap();
}

pub(crate) fn options() -> EngineOptions {
    EngineOptions { threads: 2, ..EngineOptions::default() }
}

/// Returns a session over the lake in `folder`, which need not exist.
pub(crate) fn engine_with(options: EngineOptions, folder: &Path) -> Engine {
    let lake = LakeSource::Lazy { place: Place::local(folder).unwrap(), clock };
    Engine::new(options, lake, Arc::new(LocalOnly)).unwrap()
}

pub(crate) fn engine(folder: &Path) -> Engine {
    engine_with(options(), folder)
}

/// A lake with the records of [`SIX`].
pub(crate) async fn six() -> (TempDir, Engine) {
    let folder = TempDir::new().unwrap();
    store(folder.path(), SIX).await;
    let engine = engine(folder.path());
    (folder, engine)
}

/// Returns the rows of an answer, all of them.
pub(crate) async fn rows(answer: Answer) -> Result<Vec<RecordBatch>, Error> {
    answer.batches.try_collect().await
}

/// Returns what the statement answers, as a table or a message, or the error with its hint.
pub(crate) async fn ask(engine: &Engine, sql: &str) -> String {
    let answer = match engine.run(sql).await {
        Ok(answer) => answer,
        Err(error) => return render(&error),
    };
    if let Some(message) = &answer.message {
        return message.clone();
    }
    let schema = Arc::clone(&answer.schema);
    match rows(answer).await {
        Ok(mut batches) => {
            batches.push(RecordBatch::new_empty(schema));
            pretty_format_batches(&batches).unwrap().to_string()
        }
        Err(error) => render(&error),
    }
}

/// Returns the answer as one line of text per row, cells parted by `|`.
pub(crate) async fn cells(engine: &Engine, sql: &str) -> String {
    let table = ask(engine, sql).await;
    if !table.starts_with('+') {
        return table;
    }
    let lines = table.lines().filter(|it| it.starts_with('|')).skip(1);
    let cells = lines.map(|it| {
        let cells: Vec<&str> = it.trim_matches('|').split('|').map(str::trim).collect();
        cells.join("|")
    });
    cells.collect::<Vec<_>>().join("\n")
}

pub(crate) fn render(error: &Error) -> String {
    let kind = if error.is_usage() { "usage" } else { "error" };
    let mut text = format!("{kind}: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        text = format!("{text}; caused by: {it}");
        cause = it.source();
    }
    if let Some(hint) = error.hint() {
        text = format!("{text}; hint: {hint}");
    }
    text
}
