//! Corrects the sums of addresses for packets that had another address than the interface saw.
//!
//! Behind a gateway or in a pod, `pkt_srcaddr` is the true source and `srcaddr` is not. That is so of
//! few records, so the sums by true address are those by `srcaddr` and a correction: what is taken
//! from the one address is added to the other.

use std::borrow::Cow;

use tidegate_model::columns::{Column, NULL};

use super::cells::Cells;
use super::dimension::Dimension;
use super::runs::Counted;
use super::tally::{ByCode, Entry, small};

/// Returns the corrections that lead from the addresses of a column to those of another, where that
/// has any.
pub(super) fn count<'a>(
    dimension: &'static Dimension,
    (from, to): (Option<&'a Column>, Option<&'a Column>),
    cells: &Cells<'_>,
) -> Counted<'a> {
    let mut counted = Counted { dimension, labels: Vec::new(), hours: Vec::new() };
    let Some(Column::Text { ids: to, values: to_values }) = to else { return counted };
    let (from, from_values): (&[u32], &[String]) = match from {
        Some(Column::Text { ids, values }) => (ids, values),
        _ => (&[], &[]),
    };
    let from = |row: usize| from.get(row).copied().unwrap_or(NULL);
    let Union { labels, from: from_codes, to: to_codes } = Union::new(from_values, to_values);
    let null = small(labels.len());
    let code = |codes: &[u32], id: u32| codes.get(id as usize).copied().unwrap_or(null);
    let ends = |row: usize| [code(&from_codes, from(row)), code(&to_codes, to[row])];
    let mut tally = ByCode::new(labels.len(), cells.n_cells());
    let rows = cells.rows.clone().filter(|row| to[*row] != NULL);
    let moved = rows.map(|row| (row, ends(row))).filter(|(_, [from, to])| from != to);
    tally.extend(moved.flat_map(|(row, [from, to])| {
        let (cell, sums) = (cells.cell(row), cells.sums(row));
        let less = Entry { code: from, cell, sums: sums.negated() };
        [less, Entry { code: to, cell, sums }]
    }));
    counted.hours = tally.into_entries();
    counted.labels = labels.into_iter().map(Cow::Borrowed).collect();
    counted
}

/// The values of two columns as one.
struct Union<'a> {
    /// Distinct, ascending.
    labels: Vec<&'a str>,
    /// The position in `labels` of each value of the one column, and of the other.
    from: Vec<u32>,
    to: Vec<u32>,
}

impl<'a> Union<'a> {
    /// Returns the union of values that are distinct and ascending.
    fn new(from: &'a [String], to: &'a [String]) -> Self {
        let n_values = from.len().max(to.len());
        let mut union = Self {
            labels: Vec::with_capacity(n_values),
            from: Vec::with_capacity(from.len()),
            to: Vec::with_capacity(to.len()),
        };
        let (mut from, mut to) = (from.iter().peekable(), to.iter().peekable());
        loop {
            let label = match (from.peek(), to.peek()) {
                (Some(a), Some(b)) => *a.min(b),
                (Some(it), None) | (None, Some(it)) => *it,
                (None, None) => return union,
            };
            let code = small(union.labels.len());
            union.from.extend(from.next_if_eq(&label).map(|_| code));
            union.to.extend(to.next_if_eq(&label).map(|_| code));
            union.labels.push(label);
        }
    }
}
