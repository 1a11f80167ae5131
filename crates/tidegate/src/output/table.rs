//! A table that fits the window.
//!
//! Long text is cut with `…`; an address or a number is never cut and nothing ever wraps. If the
//! columns still do not fit, those that hold only NULL are left out, then those on the right,
//! and a line below the table says so.

use std::io::Write as _;

use anstyle::Style;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use comfy_table::{Attribute, Cell, CellAlignment, presets};

use super::cell::{Cells, harmless, numeric, options};
use super::{Error, Look, Out, Rest, Writer, say};
use crate::quantity::count;

/// After this many rows beyond the shown ones nobody counts further.
const COUNTED_ROWS_MAX: u64 = 1_000_000;

/// The most characters of one value.
const CELL_CHARS_MAX: usize = 200;

/// The narrowest that a text column is cut to before columns are left out. An IPv6 address has up
/// to 39 characters, an ARN more.
const TEXT_CHARS_MIN: usize = 40;

/// The narrowest window; in a narrower one lines are left to the terminal.
const WINDOW_MIN: usize = 20;

/// Between two columns.
const GAP: usize = 2;

pub(super) struct Table {
    out: Out,
    look: Look,
    names: Vec<String>,
    is_number: Vec<bool>,
    rows: Vec<Vec<Option<String>>>,
    rest: Rest,
}

impl Table {
    pub(super) fn new(schema: &SchemaRef, out: Out, look: Look) -> Self {
        Self {
            out,
            look,
            names: schema.fields().iter().map(|it| cut(&harmless(it.name()))).collect(),
            is_number: numeric(schema),
            rows: Vec::new(),
            rest: Rest::default(),
        }
    }

    fn n_free(&self) -> usize {
        let n_free = self.look.rows_max.saturating_sub(self.rows.len() as u64);
        usize::try_from(n_free).unwrap_or(usize::MAX)
    }

    fn widths(&self) -> Vec<usize> {
        let column = |index: usize| {
            let cells =
                self.rows.iter().map(|row| n_chars(row[index].as_deref().unwrap_or("NULL")));
            cells.chain([n_chars(&self.names[index])]).max().unwrap_or(0)
        };
        (0..self.names.len()).map(column).collect()
    }

    /// Returns the width of each column that is shown, in order; `None` where columns are left out.
    fn arrange(&self) -> Vec<Option<(usize, usize)>> {
        let mut widths = self.widths();
        let all = || widths.iter().copied().enumerate().map(Some).collect();
        let Some(window) = self.look.width.filter(|it| *it >= WINDOW_MIN) else { return all() };
        if total(&widths) <= window {
            return all();
        }
        narrow(&mut widths, &self.is_number, window);
        let filled = (0..widths.len()).filter(|it| self.has_value(*it));
        leave_out(&filled.map(|it| (it, widths[it])).collect::<Vec<_>>(), window)
    }

    fn has_value(&self, column: usize) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|it| it[column].is_some())
    }

    fn render(&self, columns: &[Option<(usize, usize)>]) -> comfy_table::Table {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_header(columns.iter().map(|it| {
            let name = it.map_or("…", |(index, _)| self.names[index].as_str());
            self.align(Cell::new(name), *it).add_attribute(Attribute::Bold)
        }));
        let rule = |it: &Option<(usize, usize)>| "─".repeat(it.map_or(1, |(_, width)| width));
        table.add_row(columns.iter().map(|it| Cell::new(rule(it)).add_attribute(Attribute::Dim)));
        for row in &self.rows {
            table.add_row(columns.iter().map(|it| self.cell(row, *it)));
        }
        let last = columns.len().saturating_sub(1);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
        }
        if self.look.is_coloured {
            table.enforce_styling()
        } else {
            table.force_no_tty()
        };
        table
    }

    fn cell(&self, row: &[Option<String>], column: Option<(usize, usize)>) -> Cell {
        let Some((index, width)) = column else { return Cell::new("…") };
        match &row[index] {
            Some(text) => self.align(Cell::new(shorten(text, width)), column),
            None => self.align(Cell::new("NULL"), column).add_attribute(Attribute::Dim),
        }
    }

    fn align(&self, cell: Cell, column: Option<(usize, usize)>) -> Cell {
        let is_number = column.is_some_and(|(index, _)| self.is_number[index]);
        cell.set_alignment(if is_number { CellAlignment::Right } else { CellAlignment::Left })
    }

    fn footer(&self, columns: &[Option<(usize, usize)>], is_cut: bool) -> Vec<String> {
        let mut notes = Vec::new();
        let rows = count(self.rest.n_hidden);
        match (self.rest.n_hidden, self.rest.is_more || is_cut) {
            (0, false) => {}
            (0, true) => notes.push("... more rows, use `--limit`".to_owned()),
            (_, true) => notes.push(format!("... more than {rows} more rows, use `--limit`")),
            (_, false) => notes.push(format!("... {rows} more rows, use `--limit`")),
        }
        let n_shown = columns.iter().flatten().count();
        if n_shown < self.names.len() {
            let n_columns = self.names.len();
            notes.push(format!(
                "... {n_shown} of {n_columns} columns fit; name the ones you need, or use `--output ndjson`"
            ));
        }
        notes
    }
}

impl Writer for Table {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let n_shown = batch.num_rows().min(self.n_free());
        let options = options();
        let cells = Cells::new(batch, &options)?;
        for row in 0..n_shown {
            let texts = (0..batch.num_columns())
                .map(|column| Ok(cells.text(row, column)?.map(|it| cut(&harmless(&it)))));
            self.rows.push(texts.collect::<Result<_, Error>>()?);
        }
        self.rest.n_hidden += (batch.num_rows() - n_shown) as u64;
        Ok(())
    }

    fn wants_more(&self) -> bool {
        self.rest.n_hidden < COUNTED_ROWS_MAX
    }

    fn finish(&mut self, is_cut: bool) -> Result<(), Error> {
        self.rest.is_more = !self.wants_more();
        let columns = self.arrange();
        if !columns.is_empty() {
            for line in self.render(&columns).lines() {
                writeln!(self.out, "{}", line.trim_end())?;
            }
        }
        let style = if self.look.is_coloured { say::FAINT } else { Style::new() };
        if self.rows.is_empty() {
            writeln!(self.out, "{}", say::styled(style, "(no rows)"))?;
        }
        for note in self.footer(&columns, is_cut) {
            writeln!(self.out, "{}", say::styled(style, note))?;
        }
        self.out.flush()?;
        Ok(())
    }
}

fn n_chars(text: &str) -> usize {
    text.chars().count()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

fn cut(text: &str) -> String {
    shorten(text, CELL_CHARS_MAX)
}

/// Returns `text`, cut to `n_max` characters.
fn shorten(text: &str, n_max: usize) -> String {
    if n_chars(text) <= n_max {
        return text.to_owned();
    }
    text.chars().take(n_max.saturating_sub(1)).chain(['…']).collect()
}

/// Narrows the widest text columns until all fit, or each is at its narrowest.
fn narrow(widths: &mut [usize], is_number: &[bool], window: usize) {
    while total(widths) > window {
        let texts = (0..widths.len()).filter(|it| !is_number[*it]);
        let Some(widest) = texts.max_by_key(|it| widths[*it]) else { return };
        if widths[widest] <= TEXT_CHARS_MIN {
            return;
        }
        let excess = total(widths) - window;
        widths[widest] = widths[widest].saturating_sub(excess).max(TEXT_CHARS_MIN);
    }
}

/// Leaves out columns from the right until the rest fits; at least the first stays.
///
/// The first columns of `flows` say who talked to whom, so they are worth more than the last.
fn leave_out(columns: &[(usize, usize)], window: usize) -> Vec<Option<(usize, usize)>> {
    let widths: Vec<usize> = columns.iter().map(|it| it.1).collect();
    let all = columns.iter().copied().map(Some);
    if total(&widths) <= window || columns.len() <= 1 {
        return all.collect();
    }
    // Behind the shown ones stands one column of a single `…`.
    let fits = |n_shown: &usize| total(&widths[..*n_shown]) + GAP < window;
    let n_shown = (1..columns.len()).rev().find(fits).unwrap_or(1);
    all.take(n_shown).chain([None]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(widths: &[usize], window: usize) -> String {
        let columns: Vec<(usize, usize)> = widths.iter().copied().enumerate().collect();
        let shown = leave_out(&columns, window);
        let names =
            shown.iter().map(|it| it.map_or("…".to_owned(), |(index, _)| index.to_string()));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_on_the_right_go_first_and_the_first_stays() {
        assert_eq!(check(&[10, 10, 10], 34), "0 1 2");
        assert_eq!(check(&[10, 10, 10], 33), "0 1 …");
        assert_eq!(check(&[10, 10, 10], 25), "0 1 …");
        assert_eq!(check(&[10, 10, 10], 24), "0 …");
        assert_eq!(check(&[10, 10, 10], 5), "0 …");
        assert_eq!(check(&[10], 5), "0");
    }

    #[test]
    fn text_is_narrowed_before_columns_are_left_out_and_numbers_are_not() {
        let mut widths = [120, 20, 60];
        narrow(&mut widths, &[false, true, false], 110);
        assert_eq!(widths, [40, 20, 46]);
        narrow(&mut widths, &[false, true, false], 20);
        assert_eq!(widths, [40, 20, 40]);
    }
}
