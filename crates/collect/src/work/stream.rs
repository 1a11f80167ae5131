//! Objects that are too large to hold: they are decoded while they are fetched.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tidegate_decode::{Counts, Decoder};
use tidegate_store::ledger::Fingerprint;

use super::{Gone, Known, Worker};
use crate::find::Found;
use crate::progress::Progress;

/// Bytes that are read at a time of what the decoder left.
const REST_BYTES: usize = 256 << 10;

impl Worker {
    /// Reads an object that is too large to hold. What came before it is handed over first, so that
    /// a failure in the middle discards nothing else.
    ///
    /// Whether the content is known shows only at its end: then what was read is discarded.
    pub(super) fn streamed(
        &mut self,
        decoder: &mut Decoder,
        found: &Found,
        reader: &mut dyn Read,
    ) -> Result<(), Gone> {
        self.hand_over(decoder)?;
        let progress = Arc::clone(&self.shared.progress);
        let mut reader =
            Tapped { reader, n_bytes: 0, fingerprint: Fingerprint::default(), progress: &progress };
        // What comes in once cannot be known again.
        let is_once = found.store.is_none();
        let read = decoder.decode_reader(&mut reader, &mut self.sink());
        let read = read.and_then(|counts| {
            let is_whole = is_once || self.read_rest(&mut reader)?;
            Ok(Some(counts).filter(|_| is_whole && !self.shared.stop.is_stopped()))
        });
        let mut counts = match read {
            Ok(Some(counts)) => counts,
            Ok(None) => return self.discard(decoder),
            Err(error) => {
                self.discard(decoder)?;
                return self.failed(found, error.to_string());
            }
        };
        let mut fingerprint = String::new();
        if !is_once {
            fingerprint = reader.fingerprint.finish();
            match self.shared.known(&found.url, &fingerprint) {
                Known::Nothing => {}
                Known::Other => self.n_changed += 1,
                Known::Same => {
                    self.discard(decoder)?;
                    counts = Counts::default();
                }
            }
        }
        self.finish(found, reader.n_bytes, fingerprint, &counts);
        self.hand_over(decoder)
    }

    /// Reads what the decoder left, for it leaves what is behind a damage. Returns whether the end
    /// was reached before the run was stopped.
    fn read_rest(&self, reader: &mut Tapped<'_>) -> io::Result<bool> {
        let mut rest = vec![0; REST_BYTES];
        while !self.shared.stop.is_stopped() {
            match reader.read(&mut rest) {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// Counts and hashes what is read from a stream.
struct Tapped<'a> {
    reader: &'a mut dyn Read,
    n_bytes: u64,
    fingerprint: Fingerprint,
    progress: &'a Progress,
}

impl Read for Tapped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.n_bytes += n_bytes as u64;
        self.fingerprint.update(&buffer[..n_bytes]);
        self.progress.n_bytes_done.fetch_add(n_bytes as u64, Relaxed);
        Ok(n_bytes)
    }
}
