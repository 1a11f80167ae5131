//! What a caller can choose: the log format and the limits.

use crate::format::LogFormat;

/// How objects are decoded.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format of lines in objects that have no header of their own.
    pub log_format: Option<LogFormat>,
    /// What no input can exceed.
    pub limits: Limits,
}

/// What no input can exceed, so that memory stays bounded whatever the bytes are.
///
/// A limit that is passed is never silent: the line or the object comes back as a
/// [`BadLine`](crate::BadLine).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest line of text.
    pub line_bytes_max: usize,
    /// How much of a bad line is kept.
    pub raw_bytes_max: usize,
    /// Most text that one object may hold, decompressed.
    pub object_text_bytes_max: u64,
    /// Most decompressed bytes for each compressed byte, looked at once an object has expanded to
    /// [`EXPANSION_FREE_BYTES`]. Deflate itself cannot pass 1032.
    pub expansion_ratio_max: u64,
    /// Largest Parquet object that is taken from a stream (it has to be in memory whole).
    pub parquet_bytes_max: usize,
    /// Largest JSON document in an envelope. AWS's own are below 6 MB.
    pub json_bytes_max: usize,
    /// Most fields in a format.
    pub fields_max: usize,
    /// Rows at which a batch is handed out.
    pub batch_rows: usize,
    /// Bytes of distinct text in one column at which a batch is handed out before it is full.
    pub dictionary_bytes_max: usize,
}

/// Expansion below which nobody asks for the ratio: small files may compress well.
pub(crate) const EXPANSION_FREE_BYTES: u64 = 64 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes_max: 64 << 10,
            raw_bytes_max: 4 << 10,
            object_text_bytes_max: 64 << 30,
            expansion_ratio_max: 1_100,
            parquet_bytes_max: 1 << 30,
            json_bytes_max: 64 << 20,
            fields_max: 256,
            batch_rows: 65_536,
            dictionary_bytes_max: 64 << 20,
        }
    }
}
