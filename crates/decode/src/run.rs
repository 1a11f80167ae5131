//! What the stages of one object share: where rows, bad lines and counts go.

use std::sync::Arc;

use crate::batches::{Batches, Builder};
use crate::column::BadRow;
use crate::counts::{BadLine, Counts, Sink};
use crate::layout::ColumnSet;
use crate::options::{EXPANSION_FREE_BYTES, Limits};

/// The decoding of one object.
pub(crate) struct Run<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) batches: &'a mut Batches,
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) counts: Counts,
    /// Bytes of the object that were read so far.
    pub(crate) n_packed: u64,
    /// Bytes that came out of all containers so far.
    pub(crate) n_unpacked: u64,
}

/// Puts rows into every column of a builder; what does not fit goes to the list.
pub(crate) type Fill<'a, R> = &'a dyn Fn(&mut Builder, &[R], &mut Vec<BadRow>);

impl Run<'_> {
    /// Sets a line aside.
    pub(crate) fn bad(&mut self, line: u64, reason: String, raw: &[u8]) {
        let kept = raw.len().min(self.limits.raw_bytes_max);
        self.bad_cut(line, reason, &raw[..kept], kept < raw.len());
    }

    /// Sets a line aside of which only the beginning is known.
    pub(crate) fn bad_cut(&mut self, line: u64, reason: String, raw: &[u8], is_truncated: bool) {
        let kept = raw.len().min(self.limits.raw_bytes_max);
        let is_truncated = is_truncated || kept < raw.len();
        let raw = raw[..kept].to_vec();
        self.set_aside(BadLine { line, reason, raw, is_truncated, format: None });
    }

    /// Sets a line aside that was read by `format`.
    pub(crate) fn bad_of(
        &mut self,
        format: Option<Arc<str>>,
        line: u64,
        reason: String,
        raw: &[u8],
    ) {
        let kept = raw.len().min(self.limits.raw_bytes_max);
        let is_truncated = kept < raw.len();
        let raw = raw[..kept].to_vec();
        self.set_aside(BadLine { line, reason, raw, is_truncated, format });
    }

    fn set_aside(&mut self, bad_line: BadLine) {
        self.counts.n_read += 1;
        self.counts.n_bad += 1;
        self.sink.bad_line(bad_line);
    }

    /// Sets the object itself aside, or what is left of it.
    pub(crate) fn bad_object(&mut self, reason: String) {
        self.bad(0, reason, &[]);
    }

    /// Counts what a container gave; returns why the object must be left, if it must.
    pub(crate) fn unpacked(&mut self, n_bytes: usize) -> Result<(), String> {
        self.n_unpacked += n_bytes as u64;
        let n_bytes_max = self.limits.object_text_bytes_max;
        if self.n_unpacked > n_bytes_max {
            return Err(format!(
                "the object holds more than {n_bytes_max} bytes; the rest is left"
            ));
        }
        let ratio_max = self.limits.expansion_ratio_max;
        let is_bomb = self.n_unpacked > EXPANSION_FREE_BYTES
            && self.n_unpacked / ratio_max.max(1) > self.n_packed;
        if is_bomb {
            return Err(format!(
                "the object expands more than {ratio_max} times; the rest is left"
            ));
        }
        Ok(())
    }

    /// Adds `rows` to the batch with these columns; `fill` puts some of them into it, all or none.
    /// Rows that do not fit are given to `on_bad`.
    pub(crate) fn append<R: Copy>(
        &mut self,
        set: ColumnSet,
        rows: &[R],
        fill: Fill<'_, R>,
        on_bad: &mut dyn FnMut(&R, String),
    ) {
        let mut rest = rows;
        while !rest.is_empty() {
            let builder = self.batches.builder(set, self.sink);
            let (rows, later) = rest.split_at(builder.room(self.limits).min(rest.len()));
            rest = later;
            let mut bad = Vec::new();
            fill(builder, rows, &mut bad);
            builder.commit(rows.len(), bad.is_empty());
            let mut n_kept = rows.len();
            if !bad.is_empty() {
                let kept = without(rows, bad, on_bad);
                n_kept = kept.len();
                let mut none = Vec::new();
                fill(builder, &kept, &mut none);
                assert!(none.is_empty(), "a row was good and is bad now: {none:?}");
                builder.commit(n_kept, true);
            }
            builder.count(n_kept, &mut self.counts);
            builder.flush_if_full(self.limits, self.sink);
        }
    }
}

/// Returns the rows that are not bad, and reports the others with the first reason of each.
fn without<R: Copy>(
    rows: &[R],
    mut bad: Vec<BadRow>,
    on_bad: &mut dyn FnMut(&R, String),
) -> Vec<R> {
    bad.sort_by_key(|it| it.at);
    bad.dedup_by_key(|it| it.at);
    let mut bad = bad.into_iter().peekable();
    let mut kept = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        match bad.next_if(|it| it.at == at) {
            Some(bad_row) => on_bad(row, bad_row.reason),
            None => kept.push(*row),
        }
    }
    kept
}
