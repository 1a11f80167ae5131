//! Lines of text: where they end, what their fields are, which of them are headers.
//!
//! Text comes in any pieces ([`Feeder::push`]) and is decoded window by window: [`split`] finds
//! all separators of a window at once, [`lines`] decides what each line is, and the fields of the
//! records go to the columns without being copied. A window that has anything but single spaces
//! and line feeds is first rewritten by [`plain`], so that only one form has to be fast.

pub(crate) mod cells;
mod header;
mod lines;
pub(crate) mod number;
mod plain;
mod split;

use std::sync::Arc;

use memchr::{memchr, memrchr};

use crate::layout::Layout;
use crate::run::Run;
use lines::Lines;

/// Bytes of text that are decoded at once: the positions of their fields stay in the first caches.
const WINDOW_BYTES: usize = 32 << 10;

/// Decodes text that comes in pieces.
#[derive(Debug)]
pub(crate) struct Feeder {
    lines: Lines,
    /// The beginning of a line whose end has not come yet.
    carry: Vec<u8>,
    /// Whether `carry` is the beginning of a line that is too long, and the rest is being skipped.
    is_skipping: bool,
}

impl Feeder {
    pub(crate) fn new() -> Self {
        Self { lines: Lines::new(), carry: Vec::new(), is_skipping: false }
    }

    /// Forgets the object before, and takes `given` for lines under no header.
    pub(crate) fn start(&mut self, given: Option<Arc<Layout>>) {
        self.lines.start(given);
        self.carry.clear();
        self.is_skipping = false;
    }

    /// Decodes the next piece.
    pub(crate) fn push(&mut self, piece: &[u8], run: &mut Run<'_>) {
        let mut rest = piece;
        while !rest.is_empty() && !run.sink.is_stopped() {
            let is_fresh = self.carry.is_empty() && !self.is_skipping;
            rest = match window_end(rest, run.limits.line_bytes_max) {
                Some(end) if is_fresh => {
                    self.lines.window(rest, end, run);
                    &rest[end..]
                }
                _ => self.complete(rest, run),
            };
        }
    }

    /// Decodes the last line if it has no end. `is_cut` says that the object is damaged there: the
    /// line may be only a beginning that looks whole.
    pub(crate) fn finish(&mut self, is_cut: bool, run: &mut Run<'_>) {
        if self.is_skipping {
            self.too_long(run);
        } else if is_cut && !self.carry.is_empty() {
            let line = self.lines.take_number();
            let reason = "the line is cut off where the object is damaged".to_owned();
            run.bad_cut(line, reason, &self.carry, true);
        } else if !self.carry.is_empty() {
            self.carry.push(b'\n');
            self.lines.window(&self.carry, self.carry.len(), run);
        }
        self.carry.clear();
        self.is_skipping = false;
    }

    /// Decodes one line of another layout, between the lines that were pushed. The caller has
    /// pushed whole lines only.
    pub(crate) fn line(&mut self, line: &[u8], layout: &Arc<Layout>, run: &mut Run<'_>) {
        self.lines.one(line, layout, run);
    }

    /// Sets a piece aside that counts as a line. The caller has pushed whole lines only.
    pub(crate) fn bad(&mut self, reason: String, raw: &[u8], run: &mut Run<'_>) {
        let line = self.lines.take_number();
        run.bad(line, reason, raw);
    }

    /// Takes the rest of the line that was begun; returns what follows.
    fn complete<'a>(&mut self, piece: &'a [u8], run: &mut Run<'_>) -> &'a [u8] {
        let n_taken = memchr(b'\n', piece).map(|it| it + 1);
        let (taken, rest) = piece.split_at(n_taken.unwrap_or(piece.len()));
        let n_line = self.carry.len() + taken.len() - usize::from(n_taken.is_some());
        if n_line > run.limits.line_bytes_max {
            self.is_skipping = true;
        }
        let kept = if self.is_skipping {
            taken.len().min(run.limits.raw_bytes_max.saturating_sub(self.carry.len()))
        } else {
            taken.len()
        };
        self.carry.extend_from_slice(&taken[..kept]);
        if n_taken.is_some() {
            if self.is_skipping {
                self.too_long(run);
            } else {
                self.lines.window(&self.carry, self.carry.len(), run);
            }
            self.carry.clear();
            self.is_skipping = false;
        }
        rest
    }

    fn too_long(&mut self, run: &mut Run<'_>) {
        let line = self.lines.take_number();
        let reason = format!("the line is longer than {} bytes", run.limits.line_bytes_max);
        run.bad_cut(line, reason, &self.carry, true);
    }
}

/// Returns where to end the next window of `text`: after the last line feed that fits into a
/// window, or after the first if the line is longer; nowhere if there is none close enough.
fn window_end(text: &[u8], line_bytes_max: usize) -> Option<usize> {
    let n_line_max = text.len().min(line_bytes_max + 1);
    let n_window = n_line_max.min(WINDOW_BYTES);
    let at = memrchr(b'\n', &text[..n_window])
        .or_else(|| memchr(b'\n', &text[n_window..n_line_max]).map(|it| n_window + it))?;
    Some(at + 1)
}
