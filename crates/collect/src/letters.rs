//! Bad lines on their way into a file of dead letters.

use std::borrow::Cow;

use tidegate_decode::BadLine;
use tidegate_store::dead_letter::DeadLetter;

/// Lines of one object that are kept: enough to see what is wrong with it. An object of nothing but
/// bad lines is the wrong file, and would be in memory and in the lake a second time.
const LINES_MAX: u64 = 10_000;

/// Size of the letters of one object, for the same reason.
const BYTES_MAX: usize = 4 << 20;

/// Dead letters of one commit, as NDJSON.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    bytes: Vec<u8>,
    object: String,
    /// Lines of this object that are kept, their size, and lines that are not kept.
    n_lines: u64,
    n_bytes: usize,
    n_more: u64,
}

impl Letters {
    /// Begins with the object at `url`.
    pub(crate) fn begin(&mut self, url: &str) {
        let bytes = std::mem::take(&mut self.bytes);
        *self = Self { bytes, object: url.to_owned(), ..Self::default() };
    }

    /// Adds a bad line of the object; beyond the limits it is only counted.
    pub(crate) fn add(&mut self, bad_line: &BadLine) {
        if self.n_lines >= LINES_MAX || self.n_bytes >= BYTES_MAX {
            self.n_more += 1;
            return;
        }
        let raw = String::from_utf8_lossy(&bad_line.raw);
        let is_changed = matches!(raw, Cow::Owned(_));
        self.n_lines += 1;
        self.push(&DeadLetter {
            object: self.object.clone(),
            line: bad_line.line,
            reason: bad_line.reason.clone(),
            raw: raw.into_owned(),
            is_truncated: bad_line.is_truncated || is_changed,
            format: bad_line.format.as_deref().map(ToOwned::to_owned),
        });
    }

    /// Ends with the object: a last letter says how many lines were not kept.
    pub(crate) fn end(&mut self) {
        let n_more = std::mem::take(&mut self.n_more);
        if n_more == 0 {
            return;
        }
        let lines = if n_more == 1 { "line was" } else { "lines were" };
        self.push(&DeadLetter {
            object: self.object.clone(),
            line: 0,
            reason: format!("{n_more} more {lines} set aside and not kept"),
            raw: String::new(),
            is_truncated: true,
            format: None,
        });
    }

    fn push(&mut self, letter: &DeadLetter) {
        let n_bytes_before = self.bytes.len();
        match serde_json::to_writer(&mut self.bytes, letter) {
            Ok(()) => self.bytes.push(b'\n'),
            Err(error) => unreachable!("text and numbers are always JSON: {error}"),
        }
        self.n_bytes += self.bytes.len() - n_bytes_before;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds `n_lines` lines of `n_bytes`; returns how many are kept and what the last letter says.
    fn check(letters: &mut Letters, n_lines: u64, n_bytes: usize) -> (usize, String) {
        letters.begin("s3://acme/a");
        for line in 1..=n_lines {
            let raw = vec![b'x'; n_bytes];
            let reason = "nonsense".to_owned();
            letters.add(&BadLine { line, reason, raw, is_truncated: false, format: None });
        }
        letters.end();
        let bytes = letters.take();
        let lines = bytes.split(|it| *it == b'\n').filter(|it| !it.is_empty());
        let written: Vec<DeadLetter> =
            lines.map(|it| serde_json::from_slice(it).unwrap()).collect();
        let n_kept = written.iter().filter(|it| it.line > 0).count();
        (n_kept, written.last().unwrap().reason.clone())
    }

    #[test]
    fn of_very_many_lines_only_the_first_are_kept_and_the_rest_is_counted() {
        let mut letters = Letters::default();
        let more = |n: &str| format!("{n} set aside and not kept");
        assert_eq!(check(&mut letters, 10_000, 1), (10_000, "nonsense".to_owned()));
        assert_eq!(check(&mut letters, 10_001, 1), (10_000, more("1 more line was")));
        assert_eq!(check(&mut letters, 12_345, 1), (10_000, more("2345 more lines were")));
        let (n_kept, last) = check(&mut letters, 3_000, 4 << 10);
        assert_eq!((n_kept, last), (1_003, more("1997 more lines were")));
    }
}
