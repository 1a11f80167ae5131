//! Containers: what an object is packed in, and how to unpack it.

mod gzip;
mod member;
mod sniff;
mod zstd;

pub(crate) use gzip::GzipStream;
pub(crate) use member::Unpacker;
pub(crate) use sniff::{BYTE_ORDER_MARK, Kind, sniff};
pub(crate) use zstd::ZstdStream;

/// Why a container cannot be unpacked further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) reason: String,
    /// Whether what came out before may end in the middle of a line.
    pub(crate) is_cut: bool,
}

/// Takes unpacked bytes; returns whether more are wanted.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(&[u8]) -> bool;
