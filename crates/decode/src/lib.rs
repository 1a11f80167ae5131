//! Decodes VPC Flow Logs: bytes in, Arrow batches out.
//!
//! [`Decoder`] takes one object after the other, whatever AWS put into it (text, gzip, zstd,
//! Parquet, `CloudWatch` Logs or Firehose JSON), and hands record batches and bad lines to a
//! [`Sink`]. It is pure: no clock, no environment, no I/O but the reader it is given.
//!
//! Three promises hold for any bytes. No line is lost: what was read is the sum of what was kept
//! and what was set aside ([`Counts`]). Nothing panics. Memory is bounded by [`Limits`].
//!
//! Reading order: [`decoder`](Decoder) drives; `body` finds out what an object is; `container`
//! unpacks; `envelope` finds the lines in JSON; `text` finds the fields of lines; `column` turns
//! fields into columns; `parquet` does the same for AWS's Parquet files.

mod batches;
mod body;
mod column;
mod container;
mod counts;
mod decoder;
mod envelope;
mod format;
mod layout;
mod options;
mod parquet;
mod run;
mod text;

pub use counts::{BadLine, Counts, Sink};
pub use decoder::Decoder;
pub use format::{FormatError, LogFormat};
pub use options::{Limits, Options};
