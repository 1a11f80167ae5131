//! Prints what enriching a folder of logs takes: `enrich_cost FOLDER [ROUNDS]`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_enrich::{Context, Evidence, Network};
use tidegate_model::columns::Columns;

/// What the program uses, so that times compare.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rows that are enriched together.
const N_ROWS: usize = 1_000_000;

/// Keeps batches.
#[derive(Default)]
struct Kept(Vec<RecordBatch>);

impl Sink for Kept {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, _: BadLine) {}
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let Some(folder) = args.next() else {
        return Err(std::io::Error::other("enrich_cost FOLDER [ROUNDS]"));
    };
    let n_rounds = args.next().and_then(|it| it.parse().ok()).unwrap_or(3);
    let parts = load(Path::new(&folder))?;
    let network = Network::default();
    let mut out = std::io::stdout().lock();
    for _ in 0..n_rounds {
        let mut evidence = Evidence::default();
        let (mut observing, mut applying) = (Duration::ZERO, Duration::ZERO);
        let mut n_rows = 0;
        for part in &parts {
            let mut columns = part.clone();
            let start = Instant::now();
            let noted = evidence.observe(&columns);
            evidence.pin();
            observing += start.elapsed();
            let start = Instant::now();
            let context = Context { network: &network, evidence: &evidence };
            tidegate_enrich::apply_noted(&mut columns, &context, &noted);
            applying += start.elapsed();
            n_rows += columns.n_rows as u128;
        }
        writeln!(
            out,
            "{n_rows} rows, {} connections: observe {} ns a row, apply {} ns a row",
            evidence.n_tuples(),
            observing.as_nanos() / n_rows.max(1),
            applying.as_nanos() / n_rows.max(1),
        )?;
    }
    Ok(())
}

/// Returns all rows of a folder, in parts.
fn load(folder: &Path) -> std::io::Result<Vec<Columns>> {
    let mut parts = Vec::new();
    let mut kept = Kept::default();
    let mut decoder = Decoder::new(Options::default());
    for path in files(folder)? {
        decoder.decode_bytes(&Bytes::from(std::fs::read(path)?), &mut kept);
        decoder.flush(&mut kept);
        if kept.0.iter().map(RecordBatch::num_rows).sum::<usize>() >= N_ROWS {
            parts.push(merge(std::mem::take(&mut kept.0))?);
        }
    }
    parts.push(merge(kept.0)?);
    Ok(parts)
}

/// Returns the rows in about the order in which the lake stores them, which is when they are enriched.
fn merge(batches: Vec<RecordBatch>) -> std::io::Result<Columns> {
    let mut columns = Columns::merge(batches).map_err(std::io::Error::other)?;
    let mut rows: Vec<u32> = (0..u32::try_from(columns.n_rows).unwrap_or(u32::MAX)).collect();
    if let (Some(src), Some(dst)) = (columns.text("srcaddr"), columns.text("dstaddr")) {
        let remote = |row: &u32| {
            let ids = [src.0, dst.0].map(|it| it[*row as usize]);
            if src.1.len() > dst.1.len() { ids[0] } else { ids[0].max(ids[1]) }
        };
        rows.sort_by_key(remote);
        rows.chunks_mut(32_768).for_each(<[u32]>::sort_unstable);
    }
    columns.reorder(&rows.into()).map_err(std::io::Error::other)?;
    Ok(columns)
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            paths.extend(files(&path)?);
        } else if path.to_string_lossy().contains(".log") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
