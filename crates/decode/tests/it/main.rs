//! The decoder from outside: bytes in, what comes out rendered as text.

mod support;

mod containers;
mod envelopes;
mod golden;
mod laws;
mod limits;
mod parquet;
mod published;
mod text;
mod wild;
