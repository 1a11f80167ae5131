//! A sink that counts.

use tidegate_decode::{BadLine, Counts, Limits, Sink};

/// Counts what comes.
#[derive(Default)]
pub(crate) struct Tally {
    n_rows: u64,
    n_bad: u64,
}

impl Tally {
    /// Asserts that nothing was lost between counting and handing out.
    pub(crate) fn assert_matches(&self, counts: &Counts) {
        assert_eq!(self.n_rows, counts.n_records());
        assert_eq!(self.n_bad, counts.n_bad);
    }
}

impl Sink for Tally {
    fn batch(&mut self, batch: arrow::record_batch::RecordBatch) {
        self.n_rows += batch.num_rows() as u64;
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        assert!(bad_line.raw.len() <= Limits::default().raw_bytes_max);
        assert!(!bad_line.reason.is_empty());
        self.n_bad += 1;
    }
}
