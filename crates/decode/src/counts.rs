//! What comes out beside the batches: counts, and the lines that were set aside.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

/// A line, message or row that is no record, with its place and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Number of the line in the decompressed text, or of the message or row, from 1; 0 is the
    /// object itself.
    pub line: u64,
    /// What is wrong and, if that is known, what to do.
    pub reason: String,
    /// The line as it was, at most [`Limits::raw_bytes_max`](crate::Limits) of it.
    pub raw: Vec<u8>,
    /// Whether `raw` is only the beginning of the line.
    pub is_truncated: bool,
    /// The names of the fields that the line was read by, separated by spaces; none if no format
    /// was known.
    pub format: Option<Arc<str>>,
}

/// What was in one object.
///
/// `n_read` is always the sum of `n_ok`, `n_nodata`, `n_skipdata` and `n_bad`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines, messages or rows that should be records, and objects that are bad as a whole.
    pub n_read: u64,
    /// Records of traffic: every `log-status` but the next two.
    pub n_ok: u64,
    /// Records with `log-status` `NODATA`.
    pub n_nodata: u64,
    /// Records with `log-status` `SKIPDATA`.
    pub n_skipdata: u64,
    /// What was set aside.
    pub n_bad: u64,
    /// Header lines.
    pub n_headers: u64,
    /// Control messages of `CloudWatch` Logs, which are dropped.
    pub n_control: u64,
    /// Decompressed bytes. Of Parquet: bytes of the decoded columns.
    pub text_bytes: u64,
    /// Earliest `start`, in microseconds since the Unix epoch.
    pub start_us_min: Option<i64>,
    /// Latest `end`, in microseconds since the Unix epoch.
    pub end_us_max: Option<i64>,
}

impl Counts {
    /// Returns the number of records, of whatever `log-status`.
    #[must_use]
    pub fn n_records(&self) -> u64 {
        self.n_ok + self.n_nodata + self.n_skipdata
    }

    /// Adds the counts of another object to these.
    pub fn add(&mut self, other: &Self) {
        self.n_read += other.n_read;
        self.n_ok += other.n_ok;
        self.n_nodata += other.n_nodata;
        self.n_skipdata += other.n_skipdata;
        self.n_bad += other.n_bad;
        self.n_headers += other.n_headers;
        self.n_control += other.n_control;
        self.text_bytes += other.text_bytes;
        self.seen_start(other.start_us_min);
        self.seen_end(other.end_us_max);
    }

    pub(crate) fn seen_start(&mut self, start_us: Option<i64>) {
        self.start_us_min = self.start_us_min.into_iter().chain(start_us).min();
    }

    pub(crate) fn seen_end(&mut self, end_us: Option<i64>) {
        self.end_us_max = self.end_us_max.into_iter().chain(end_us).max();
    }

    pub(crate) fn assert_whole(&self) {
        assert_eq!(self.n_read, self.n_records() + self.n_bad, "a line was lost: {self:?}");
    }
}

/// Takes what a [`Decoder`](crate::Decoder) makes.
pub trait Sink {
    /// Takes the next batch. Its rows may come from several objects.
    fn batch(&mut self, batch: RecordBatch);

    /// Takes a line that was set aside.
    fn bad_line(&mut self, bad_line: BadLine);

    /// Returns whether nobody wants more, so that the object may be left half read.
    fn is_stopped(&self) -> bool {
        false
    }
}
