//! Prints how long the decoding of a file takes: `decode_speed FILE [ROUNDS]`.

use std::io::Write;
use std::time::Instant;

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Counts, Decoder, Options, Sink};

/// What the program uses, so that times compare.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Counts what comes.
#[derive(Default)]
struct Tally {
    batches: usize,
    rows: usize,
    bad: usize,
}

impl Sink for Tally {
    fn batch(&mut self, batch: RecordBatch) {
        self.batches += 1;
        self.rows += batch.num_rows();
    }

    fn bad_line(&mut self, _: BadLine) {
        self.bad += 1;
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
        let n_records = u128::from(counts.n_records().max(1));
        writeln!(
            out,
            "{} records, {} rows in {} batches, {} bad: {} ns a record, {} MB/s",
            counts.n_records(),
            tally.rows,
            tally.batches,
            tally.bad,
            elapsed.as_nanos() / n_records,
            u128::from(counts.text_bytes) / elapsed.as_micros().max(1),
        )?;
    }
    Ok(())
}
