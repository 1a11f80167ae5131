//! What is to be collected, and how.

use std::sync::Arc;
use std::time::Duration;

use tidegate_decode::LogFormat;

use crate::Context;

/// Memory for a whole run, if nobody says otherwise.
pub const MEMORY_BYTES: u64 = 384 << 20;

/// What is to be collected, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, folders, patterns, `s3://bucket/prefix`; `-` is standard input.
    pub sources: Vec<String>,
    /// Half-open window in microseconds since the Unix epoch: objects whose name says that they
    /// cannot hold records of it are left out.
    pub window: (Option<i64>, Option<i64>),
    /// Accounts to read, by the object's name; all if empty.
    pub accounts: Vec<String>,
    /// Regions to read, by the object's name; all if empty.
    pub regions: Vec<String>,
    /// Threads that decode.
    pub n_threads: usize,
    /// Memory that objects, rows and files on their way may take together.
    pub memory_bytes_max: u64,
    /// Commit after so many objects of a thread, however small.
    pub objects_per_commit_max: u64,
    /// Format of lines without a header.
    pub log_format: Option<LogFormat>,
    /// Look again after this long, until stopped.
    pub follow: Option<Duration>,
    /// What records are given beside what AWS wrote; nothing if it is not set.
    pub context: Option<Arc<Context>>,
    /// Put small files together at the end where it is worth it.
    pub is_compacting: bool,
}

impl Request {
    /// Returns a request for everything in `sources`.
    #[must_use]
    pub fn new(sources: Vec<String>) -> Self {
        Self {
            sources,
            window: (None, None),
            accounts: Vec::new(),
            regions: Vec::new(),
            n_threads: 2,
            memory_bytes_max: MEMORY_BYTES,
            objects_per_commit_max: 20_000,
            log_format: None,
            follow: None,
            context: None,
            is_compacting: true,
        }
    }
}
