//! Sums in the order of the file: by grain, then by dimension, value, bucket and way.

use std::borrow::Cow;

use super::cells::Cells;
use super::dimension::{Dimension, Records};
use super::tally::{Entry, Sums};
use super::{DAY, HOUR, MINUTE};

/// What was counted of a dimension.
pub(super) struct Counted<'a> {
    pub(super) dimension: &'static Dimension,
    /// What codes stand for, ascending; the code after the last is NULL.
    pub(super) labels: Vec<Cow<'a, str>>,
    /// By code and hour.
    pub(super) hours: Vec<Entry>,
}

/// Rows of one grain and one dimension.
pub(super) struct Run {
    pub(super) grain: &'static str,
    pub(super) dimension: &'static str,
    /// Which labels the codes are of.
    pub(super) labels: usize,
    /// By code and cell.
    pub(super) entries: Vec<Entry>,
}

/// All rows.
pub(super) struct Runs<'a> {
    pub(super) labels: Vec<Vec<Cow<'a, str>>>,
    all: Vec<Run>,
    /// Over all values, for dimensions of which no row has a value.
    hours: Vec<Entry>,
    days: Vec<Entry>,
}

impl<'a> Runs<'a> {
    /// Returns the sums over all values, given those of each cell of a minute.
    pub(super) fn new(minutes: &[Sums], cells: &Cells<'_>) -> Self {
        let cell_of = |(cell, sums): (u32, &Sums)| Entry { code: 0, cell, sums: *sums };
        let entries = (0..).zip(minutes).map(cell_of).filter(|it| it.sums.flows != 0);
        let minutes: Vec<Entry> = entries.collect();
        let hours = coarser(&minutes, |it| cells.hour_of(it));
        let days = coarser(&hours, |it| cells.day_of(it));
        let run = |grain, entries| Run { grain, dimension: "", labels: 0, entries };
        let all = vec![run(DAY, days.clone()), run(HOUR, hours.clone()), run(MINUTE, minutes)];
        Self { labels: vec![Vec::new()], all, hours, days }
    }

    /// Adds what was counted of a dimension.
    pub(super) fn push(&mut self, counted: Counted<'a>, cells: &Cells<'_>) {
        let Counted { dimension, labels, hours } = counted;
        let days = coarser(&hours, |it| cells.day_of(it));
        let at = self.labels.len();
        self.labels.push(labels);
        let run = |grain, entries| Run { grain, dimension: dimension.name, labels: at, entries };
        self.all.extend([run(DAY, days), run(HOUR, hours)]);
    }

    /// Adds a dimension of which no row has a value: all is NULL.
    pub(super) fn push_absent(&mut self, dimension: &'static Dimension, cells: &Cells<'_>) {
        let is_wanted = |it: &&Entry| match dimension.records {
            Records::All => true,
            Records::Rejected => cells.is_rejected(it.cell),
        };
        let wanted = |it: &[Entry]| it.iter().filter(is_wanted).copied().collect();
        let (days, hours) = (wanted(&self.days), wanted(&self.hours));
        let run = |grain, entries| Run { grain, dimension: dimension.name, labels: 0, entries };
        self.all.extend([run(DAY, days), run(HOUR, hours)]);
    }

    /// Returns the rows in their order.
    pub(super) fn in_order(&self) -> Vec<&Run> {
        let mut runs: Vec<&Run> = self.all.iter().filter(|it| !it.entries.is_empty()).collect();
        runs.sort_unstable_by_key(|it| (it.grain, it.dimension));
        runs
    }
}

/// Adds up what is in one cell of a coarser grain. Cells of a code stay in their order.
fn coarser(entries: &[Entry], coarser: impl Fn(u32) -> u32) -> Vec<Entry> {
    let mut sums: Vec<Entry> = Vec::new();
    for run in entries.chunk_by(|a, b| a.code == b.code) {
        let first = sums.len();
        for entry in run {
            let cell = coarser(entry.cell);
            let at = sums[first..].partition_point(|it| it.cell < cell) + first;
            match sums.get_mut(at) {
                Some(it) if it.cell == cell => it.sums.add(entry.sums),
                _ => sums.insert(at, Entry { cell, ..*entry }),
            }
        }
    }
    sums.retain(|it| it.sums != Sums::default());
    sums
}
