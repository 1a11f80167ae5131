//! The records themselves, page by page, the newest or the oldest first.
//!
//! A page is looked for in growing spans of time from its end of the window, for the first records
//! of a month are in its last minutes: the time alone leaves most files and pages out.

use std::fmt::Write as _;

use arrow::array::{AsArray as _, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::TimestampMicrosecondType;
use futures::TryStreamExt as _;
use tidegate_filter::Filter;
use tidegate_model::span::MINUTE_US;

use super::ranking::failed;
use super::relation::condition_of;
use super::{Explorer, Run, Window};
use crate::Result;

/// Records of one page.
pub const PAGE_MAX: usize = 5_000;

/// How much longer each span is than the one before.
const GROWTH: i64 = 8;

/// What puts records of the same moment into one order. The columns of the page come behind it:
/// what none of them tells apart is the same record for who reads the page.
const TIES: [&str; 10] = [
    "start",
    "interface_id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "action",
    "packets",
    "bytes",
];

/// Which end of the window comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest records first.
    Newest,
    /// The oldest records first.
    Oldest,
}

/// Where a page begins: behind so many records of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The moment.
    pub at_us: i64,
    /// Records of that moment that were on earlier pages.
    pub n_seen: usize,
}

impl Cursor {
    /// Reads a cursor as [`Display`](std::fmt::Display) writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (at, n_seen) = text.split_once('.')?;
        Some(Self { at_us: at.parse().ok()?, n_seen: n_seen.parse().ok()? })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at_us, self.n_seen)
    }
}

/// Which records are wanted.
#[derive(Clone, Debug)]
pub struct PageQuestion {
    /// Which records.
    pub filter: Filter,
    /// Of which time.
    pub window: Window,
    /// Which end comes first.
    pub order: Order,
    /// Columns, as they stand behind `SELECT`; the same for all pages.
    pub columns: Vec<String>,
    /// Where the page begins, if not at the end of the window.
    pub after: Option<Cursor>,
    /// Records of the page.
    pub limit: usize,
}

/// A page of records.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records, with the columns that were asked for; `None` if there are none.
    pub rows: Option<RecordBatch>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
    /// The time of the first record.
    pub first_at_us: Option<i64>,
}

impl Page {
    const EMPTY: Self = Self { rows: None, next: None, first_at_us: None };
}

impl PageQuestion {
    /// Returns the statement with the records of the first page.
    #[must_use]
    pub fn sql(&self) -> String {
        let columns = self.columns.join(", ");
        self.statement(self.window, &columns, 0)
    }

    /// Returns the statement with the records in whatever order they come: a file of millions is
    /// not sorted in memory.
    #[must_use]
    pub fn sql_unordered(&self) -> String {
        let columns = self.columns.join(", ");
        format!("{}\nLIMIT {}", self.selection(self.window, &columns), self.limit)
    }

    fn selection(&self, window: Window, columns: &str) -> String {
        let mut sql = format!("SELECT {columns}\nFROM flows\nWHERE {}", window.sql());
        if let Some(condition) = condition_of(&self.filter) {
            sql.push_str("\n  AND ");
            sql.push_str(&condition);
        }
        sql
    }

    fn statement(&self, window: Window, columns: &str, n_skipped: usize) -> String {
        let direction = match self.order {
            Order::Newest => "DESC",
            Order::Oldest => "ASC",
        };
        let mut sql = self.selection(window, columns);
        let _ = write!(sql, "\nORDER BY \"end\" {direction}, {} LIMIT {}", self.ties(), self.limit);
        if n_skipped > 0 {
            let _ = write!(sql, " OFFSET {n_skipped}");
        }
        sql
    }

    /// Returns what puts records of the same moment into one order, the same for all pages.
    fn ties(&self) -> String {
        let columns = self.columns.iter().map(String::as_str);
        let others = columns.filter(|it| is_name(it) && !TIES.contains(it));
        TIES.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }

    /// Returns the part of the window that this page and later ones are in.
    fn rest(&self) -> Window {
        let Window { from_us, until_us } = self.window;
        match (self.after, self.order) {
            (None, _) => self.window,
            (Some(it), Order::Newest) => {
                Window { from_us, until_us: until_us.min(it.at_us.saturating_add(1)) }
            }
            (Some(it), Order::Oldest) => Window { from_us: from_us.max(it.at_us), until_us },
        }
    }
}

/// Whether a column is a plain name, other than that of the time. What is computed follows from
/// those.
fn is_name(column: &str) -> bool {
    column.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// Returns the spans of `window` in which records are looked for, one after the other.
fn spans(window: Window, order: Order, first_us: i64) -> Vec<Window> {
    let mut spans = Vec::new();
    let mut rest = window;
    let mut length_us = first_us.max(1);
    while rest.length_us() > 0 {
        // What is nearly all is taken at once.
        let is_last = length_us.saturating_mul(2) >= rest.length_us();
        let length = if is_last { rest.length_us() } else { length_us };
        let Window { from_us, until_us } = rest;
        let (span, left) = match order {
            Order::Newest => {
                let cut = until_us - length;
                (Window { from_us: cut, until_us }, Window { from_us, until_us: cut })
            }
            Order::Oldest => {
                let cut = from_us + length;
                (Window { from_us, until_us: cut }, Window { from_us: cut, until_us })
            }
        };
        spans.push(span);
        rest = left;
        length_us = length_us.saturating_mul(GROWTH);
    }
    spans
}

impl Explorer {
    /// Returns a page of records.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn page(&self, question: &PageQuestion, run: &Run) -> Result<Page> {
        let columns = format!("{}, \"end\" AS _at", question.columns.join(", "));
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut n_rows = 0;
        for (index, span) in
            spans(question.rest(), question.order, MINUTE_US).into_iter().enumerate()
        {
            let n_seen = question.after.filter(|_| index == 0).map_or(0, |it| it.n_seen);
            let left = PageQuestion { limit: question.limit - n_rows, ..question.clone() };
            let sql = left.statement(span, &columns, n_seen);
            // The spans share the files of a day, and read each record once.
            let mut answer = self.statement(&sql, &run.apart()).await?;
            while let Some(batch) = answer.batches.try_next().await? {
                n_rows += batch.num_rows();
                batches.push(batch);
            }
            if n_rows >= question.limit {
                break;
            }
        }
        let Some(first) = batches.first() else { return Ok(Page::EMPTY) };
        let rows = concat_batches(&first.schema(), &batches).map_err(|it| failed(&it))?;
        Ok(page(rows, question))
    }
}

/// Takes the time off the rows, and makes of it where the next page begins.
fn page(mut rows: RecordBatch, question: &PageQuestion) -> Page {
    let times = rows.remove_column(question.columns.len());
    let n_rows = rows.num_rows();
    if n_rows == 0 {
        return Page::EMPTY;
    }
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let at_us = times.value(n_rows - 1);
    let mut n_seen = (0..n_rows).rev().take_while(|it| times.value(*it) == at_us).count();
    if n_seen == n_rows {
        let before = question.after.filter(|it| it.at_us == at_us);
        n_seen += before.map_or(0, |it| it.n_seen);
    }
    let next = (n_rows >= question.limit).then_some(Cursor { at_us, n_seen });
    Page { rows: Some(rows), next, first_at_us: Some(times.value(0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(order: Order, expected: &[(i64, i64)]) {
        let spans = spans(Window { from_us: 0, until_us: 1_000 }, order, 10);
        let seen: Vec<(i64, i64)> = spans.iter().map(|it| (it.from_us, it.until_us)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn spans_grow_from_the_end_that_comes_first_and_cover_the_window() {
        check(Order::Newest, &[(990, 1_000), (910, 990), (0, 910)]);
        check(Order::Oldest, &[(0, 10), (10, 90), (90, 1_000)]);
    }

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = Cursor { at_us: 1_772_409_600_000_000, n_seen: 3 };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(Cursor::parse("12"), None);
        assert_eq!(Cursor::parse("a.b"), None);
    }
}
