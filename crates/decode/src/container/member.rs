//! Gzip that is in memory: one member at a time, by the fastest means.
//!
//! libdeflate unpacks a whole member at once, several times faster than a stream can. It wants the
//! room in advance and does not say where the member ended. So the room is guessed from the size
//! that gzip writes at the end, and the end is found by what must stand there: checksum and size
//! of what came out, eight bytes. Whatever does not fit is left to [`GzipStream`](super::GzipStream).

use std::fmt;

use libdeflater::{Crc, DecompressionError, Decompressor};
use memchr::memmem;

/// Largest member that is unpacked at once.
const MEMBER_BYTES_MAX: usize = 64 << 20;

/// Smallest room that is tried.
const ROOM_BYTES_MIN: usize = 256 << 10;

/// Deflate cannot pack more than this into a byte.
const EXPANSION_MAX: usize = 1_032;

const HEADER_BYTES_MIN: usize = 10;
const TRAILER_BYTES: usize = 8;

/// Unpacks members into a buffer that it keeps.
#[derive(Default)]
pub(crate) struct Unpacker {
    decompressor: Option<Decompressor>,
    room: Vec<u8>,
}

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").field("room_bytes", &self.room.len()).finish_non_exhaustive()
    }
}

impl Unpacker {
    /// Returns what the first member of `packed` holds, and how long the member is; nothing if it
    /// is damaged, empty or too large, or if its end cannot be found.
    pub(crate) fn member(&mut self, packed: &[u8]) -> Option<(&[u8], usize)> {
        let n_bytes = self.unpack(packed)?;
        let unpacked = &self.room[..n_bytes];
        let mut crc = Crc::new();
        crc.update(unpacked);
        let mut trailer = [0; TRAILER_BYTES];
        trailer[..4].copy_from_slice(&crc.sum().to_le_bytes());
        trailer[4..].copy_from_slice(&u32::try_from(n_bytes).ok()?.to_le_bytes());
        let at = memmem::find(packed.get(HEADER_BYTES_MIN..)?, &trailer)?;
        Some((unpacked, HEADER_BYTES_MIN + at + TRAILER_BYTES))
    }

    fn unpack(&mut self, packed: &[u8]) -> Option<usize> {
        let last = packed.last_chunk::<4>()?;
        let n_bytes_max = packed.len().saturating_mul(EXPANSION_MAX).min(MEMBER_BYTES_MAX);
        let n_bytes = (u32::from_le_bytes(*last) as usize).clamp(1, n_bytes_max);
        if self.room.len() < n_bytes {
            self.room.resize(n_bytes.max(ROOM_BYTES_MIN), 0);
        }
        let decompressor = self.decompressor.get_or_insert_default();
        loop {
            match decompressor.gzip_decompress(packed, &mut self.room) {
                // The trailer of an empty member is all zeros, and zeros may stand before it.
                Ok(0) | Err(DecompressionError::BadData) => return None,
                Ok(n_bytes) => return Some(n_bytes),
                Err(DecompressionError::InsufficientSpace) if self.room.len() < n_bytes_max => {
                    self.room.resize((self.room.len() * 2).min(MEMBER_BYTES_MAX), 0);
                }
                Err(DecompressionError::InsufficientSpace) => return None,
            }
        }
    }
}
