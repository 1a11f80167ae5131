//! Bad lines on their way into a file of dead letters.

use std::borrow::Cow;

use tidegate_decode::BadLine;
use tidegate_store::dead_letter::DeadLetter;

/// Dead letters of one commit, as NDJSON.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    bytes: Vec<u8>,
}

impl Letters {
    /// Adds a bad line of the object at `url`.
    pub(crate) fn add(&mut self, url: &str, bad_line: &BadLine) {
        let raw = String::from_utf8_lossy(&bad_line.raw);
        let is_changed = matches!(raw, Cow::Owned(_));
        let letter = DeadLetter {
            object: url.to_owned(),
            line: bad_line.line,
            reason: bad_line.reason.clone(),
            raw: raw.into_owned(),
            is_truncated: bad_line.is_truncated || is_changed,
            format: None,
        };
        if serde_json::to_writer(&mut self.bytes, &letter).is_ok() {
            self.bytes.push(b'\n');
        }
    }

    /// Returns the size of what waits here.
    pub(crate) fn n_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Takes what waits here.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}
