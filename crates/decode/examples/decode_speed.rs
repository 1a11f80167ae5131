//! Prints how long the decoding of a file takes: `decode_speed FILE [ROUNDS]`.

use std::io::Write;
use std::time::Instant;

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Counts, Decoder, Options, Sink};

/// What the program uses, so that times compare.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default)]
struct Tally {
    n_batches: usize,
    n_rows: usize,
    n_bad: usize,
}

impl Sink for Tally {
    fn batch(&mut self, batch: RecordBatch) {
        self.n_batches += 1;
        self.n_rows += batch.num_rows();
    }

    fn bad_line(&mut self, _: BadLine) {
        self.n_bad += 1;
    }
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        return Err(std::io::Error::other("decode_speed FILE [ROUNDS]"));
    };
    let n_rounds = args.next().and_then(|it| it.parse().ok()).unwrap_or(5);
    let object = Bytes::from(std::fs::read(path)?);
    let mut out = std::io::stdout().lock();
    let mut decoder = Decoder::new(Options::default());
    for _ in 0..n_rounds {
        let mut tally = Tally::default();
        let start = Instant::now();
        let counts: Counts = decoder.decode_bytes(&object, &mut tally);
        decoder.flush(&mut tally);
        let elapsed = start.elapsed();
        let n_records = counts.n_records().max(1);
        writeln!(
            out,
            "{} records, {} rows in {} batches, {} bad: {:.1} ns a record, {:.0} MB/s",
            counts.n_records(),
            tally.n_rows,
            tally.n_batches,
            tally.n_bad,
            elapsed.as_secs_f64() * 1e9 / n_records as f64,
            counts.text_bytes as f64 / 1e6 / elapsed.as_secs_f64(),
        )?;
    }
    Ok(())
}
