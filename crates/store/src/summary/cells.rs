//! When and in which way a record was: its *cell*, and what it adds.
//!
//! The *way* of a record is its action, its direction and its initiator. The few ways that a file
//! has are numbered in their order, and so are its hours: a cell is one number for both, and cells
//! in order are in the order of the file.

use std::ops::Range;

use arrow::array::{Array as _, AsArray as _, BooleanArray, Int64Array, TimestampMicrosecondArray};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::span::{DAY_US, MINUTE_US};

use super::tally::{Sums, small};

const MINUTES_PER_HOUR: u32 = 60;

/// Hours of a day: a data file has no more.
const N_HOURS: u32 = 24;

/// Ways that are thinkable from the values of a file. There are three actions with NULL, six
/// directions and four initiators; a file with so many more is none that we wrote.
const N_WAYS_MAX: usize = 4096;

/// Rows that are worked on together: what is known of them stays near the processor.
pub(super) const BLOCK_ROWS: usize = 4096;

/// Text by row.
#[derive(Clone, Copy)]
struct Text<'a> {
    ids: &'a [u32],
    values: &'a [String],
}

/// The columns that tell a record's way and what it adds, with a value for each row.
pub(super) struct Settled<'a> {
    columns: &'a Columns,
    /// Those that were kept by key.
    settled: Vec<(&'static str, Column)>,
}

impl<'a> Settled<'a> {
    const NAMES: [&'static str; 5] = ["action", "direction", "initiator", "vantage", "counted"];

    pub(super) fn new(columns: &'a Columns) -> Self {
        let settled = Self::NAMES.into_iter().filter_map(|name| match columns.get(name)? {
            Column::Keyed { keys, of_keys } => Some((name, of_keys.settled(keys))),
            _ => None,
        });
        Self { columns, settled: settled.collect() }
    }

    fn get(&self, name: &str) -> Option<&Column> {
        let settled = self.settled.iter().find(|it| it.0 == name).map(|it| &it.1);
        settled.or_else(|| self.columns.get(name))
    }
}

impl<'a> Text<'a> {
    /// Returns the column; one that no row has is empty. `None` if it is not text.
    fn of(columns: &'a Settled<'_>, name: &str) -> Option<Self> {
        match columns.get(name) {
            None => Some(Self { ids: &[], values: &[] }),
            Some(Column::Text { ids, values }) => Some(Self { ids, values }),
            Some(_) => None,
        }
    }

    /// Returns the position of the row's value; that of NULL is the last.
    fn code(&self, row: usize) -> usize {
        let id = self.ids.get(row).copied().unwrap_or(NULL);
        (id as usize).min(self.values.len())
    }

    fn id(&self, value: &str) -> Option<usize> {
        self.values.binary_search_by(|it| it.as_str().cmp(value)).ok()
    }
}

/// What is known of the rows of a file.
pub(super) struct Cells<'a> {
    /// The rows of the file.
    pub(super) rows: Range<usize>,
    /// Action, direction and initiator.
    texts: [Text<'a>; 3],
    /// The thinkable way of each row.
    thinkable: Vec<u16>,
    /// The number of each thinkable way.
    way_of: Vec<u32>,
    /// The ways that there are: the position of the value of each text, or [`NULL`].
    ways: Vec<[u32; 3]>,
    is_rejected: Vec<bool>,
    ends: Option<&'a TimestampMicrosecondArray>,
    /// The first hour, in hours since the epoch.
    first_hour: i64,
    n_hours: u32,
    amounts: Amounts<'a>,
}

/// Cells and sums of some rows.
#[derive(Default)]
pub(super) struct Block {
    pub(super) rows: Range<usize>,
    /// Minute and way.
    pub(super) minutes: Vec<u32>,
    /// Hour and way.
    pub(super) cells: Vec<u32>,
    pub(super) sums: Vec<Sums>,
}

impl<'a> Cells<'a> {
    /// Returns `None` if the rows are of more than a day, or in more ways than there are.
    pub(super) fn new(settled: &'a Settled<'a>, rows: Range<usize>) -> Option<Self> {
        let columns = settled.columns;
        let text = |name| Text::of(settled, name);
        let texts = [text("action")?, text("direction")?, text("initiator")?];
        let n_ways = texts.iter().map(|it| it.values.len() + 1).product();
        if n_ways > N_WAYS_MAX {
            return None;
        }
        let ends = columns.time("end");
        let (first_hour, n_hours) = hours(ends, rows.clone())?;
        let amounts = Amounts::new(settled, texts[0])?;
        let (way_of, ways, is_rejected) = (vec![NULL; n_ways], Vec::new(), Vec::new());
        let mut cells = Self {
            rows,
            texts,
            thinkable: Vec::new(),
            way_of,
            ways,
            is_rejected,
            ends,
            first_hour,
            n_hours,
            amounts,
        };
        cells.number_ways();
        Some(cells)
    }

    fn number_ways(&mut self) {
        self.thinkable = self.rows.clone().map(|it| self.thinkable(it)).collect();
        for thinkable in &self.thinkable {
            self.way_of[usize::from(*thinkable)] = 0;
        }
        let [actions, directions, initiators] = self.texts.map(|it| it.values.len() + 1);
        let id = |code: usize, n: usize| if code + 1 == n { NULL } else { small(code) };
        let rejected = self.texts[0].id("REJECT");
        for (thinkable, way) in self.way_of.iter_mut().enumerate().filter(|it| *it.1 == 0) {
            *way = small(self.ways.len());
            let (rest, initiator) = (thinkable / initiators, thinkable % initiators);
            let (action, direction) = (rest / directions, rest % directions);
            self.is_rejected.push(rejected == Some(action));
            self.ways.push([
                id(action, actions),
                id(direction, directions),
                id(initiator, initiators),
            ]);
        }
    }

    fn thinkable(&self, row: usize) -> u16 {
        let [action, direction, initiator] = &self.texts;
        let n_directions = direction.values.len() + 1;
        let n_initiators = initiator.values.len() + 1;
        let both = action.code(row) * n_directions + direction.code(row);
        u16::try_from(both * n_initiators + initiator.code(row)).unwrap_or(u16::MAX)
    }

    fn way(&self, row: usize) -> u32 {
        self.way_of[usize::from(self.thinkable[row - self.rows.start])]
    }

    /// Returns the minute of a row since the first hour; rows without an end come last.
    fn minute(&self, row: usize) -> u32 {
        let end = self.ends.filter(|it| it.is_valid(row)).map(|it| it.value(row));
        let Some(end) = end else { return self.n_hours * MINUTES_PER_HOUR };
        let minute = end.div_euclid(MINUTE_US) - self.first_hour * i64::from(MINUTES_PER_HOUR);
        u32::try_from(minute).unwrap_or(self.n_hours * MINUTES_PER_HOUR)
    }

    pub(super) fn cell(&self, row: usize) -> u32 {
        self.minute(row) / MINUTES_PER_HOUR * self.n_ways() + self.way(row)
    }

    pub(super) fn sums(&self, row: usize) -> Sums {
        self.amounts.of(row)
    }

    /// Fills `block` with what is known of `rows`.
    pub(super) fn fill(&self, block: &mut Block, rows: Range<usize>) {
        let n_ways = self.n_ways();
        block.minutes.clear();
        block.cells.clear();
        block.sums.clear();
        for row in rows.clone() {
            let (way, minute) = (self.way(row), self.minute(row));
            block.minutes.push(minute * n_ways + way);
            block.cells.push(minute / MINUTES_PER_HOUR * n_ways + way);
        }
        block.sums.extend(rows.clone().map(|row| self.amounts.of(row)));
        block.rows = rows;
    }

    pub(super) fn n_ways(&self) -> u32 {
        small(self.ways.len())
    }

    pub(super) fn n_cells(&self) -> u32 {
        (self.n_hours + 1) * self.n_ways()
    }

    pub(super) fn n_minute_cells(&self) -> u32 {
        (self.n_hours * MINUTES_PER_HOUR + 1) * self.n_ways()
    }

    /// Returns the cell of the hour that a cell of a minute is in.
    pub(super) fn hour_of(&self, minute_cell: u32) -> u32 {
        let (minute, way) = (minute_cell / self.n_ways(), minute_cell % self.n_ways());
        minute / MINUTES_PER_HOUR * self.n_ways() + way
    }

    /// Returns the cell of the day that a cell of an hour is in. Records without an end are apart.
    pub(super) fn day_of(&self, cell: u32) -> u32 {
        let (hour, way) = (cell / self.n_ways(), cell % self.n_ways());
        let day = if hour < self.n_hours { 0 } else { self.n_hours.min(1) };
        day * self.n_ways() + way
    }

    /// Returns whether the records of the cell were rejected.
    pub(super) fn is_rejected(&self, cell: u32) -> bool {
        self.is_rejected[(cell % self.n_ways()) as usize]
    }

    /// Returns a number for the initiator of a row.
    pub(super) fn initiator(&self, row: usize) -> usize {
        self.texts[2].code(row)
    }

    /// Returns the number for an initiator, if any row has it.
    pub(super) fn initiator_of(&self, value: &str) -> Option<usize> {
        self.texts[2].id(value)
    }

    /// Returns action, direction and initiator of all ways, each as ids and values.
    pub(super) fn texts_of_ways(&self) -> [(Vec<u32>, &'a [String]); 3] {
        [0, 1, 2].map(|at| (self.ways.iter().map(|it| it[at]).collect(), self.texts[at].values))
    }

    /// Returns the starts of hours, of minutes in them, or of the day, in microseconds; the last is
    /// of records without an end.
    pub(super) fn starts(&self, minutes: u32) -> Vec<Option<i64>> {
        let n = (self.n_hours * MINUTES_PER_HOUR).div_ceil(minutes);
        let first = self.first_hour * i64::from(MINUTES_PER_HOUR);
        let start = |it: u32| (first + i64::from(it * minutes)).saturating_mul(MINUTE_US);
        (0..n).map(|it| Some(start(it))).chain([None]).collect()
    }
}

/// Returns the first hour and how many there are up to the last; `None` if that is more than a day.
fn hours(ends: Option<&TimestampMicrosecondArray>, rows: Range<usize>) -> Option<(i64, u32)> {
    let Some(ends) = ends else { return Some((0, 0)) };
    let ends = ends.slice(rows.start, rows.len());
    let bounds = (arrow::compute::min(&ends), arrow::compute::max(&ends));
    let (Some(first), Some(last)) = bounds else { return Some((0, 0)) };
    // From the start of the first day: so a day is a bucket, and its hours are those of a file.
    let day = first.div_euclid(DAY_US);
    (last.div_euclid(DAY_US) == day).then_some((day * i64::from(N_HOURS), N_HOURS))
}

/// What rows add to sums.
struct Amounts<'a> {
    bytes: Option<&'a Int64Array>,
    packets: Option<&'a Int64Array>,
    counted: Option<&'a BooleanArray>,
    action: Text<'a>,
    rejected: usize,
    vantage: Text<'a>,
    duplicate: usize,
}

impl<'a> Amounts<'a> {
    fn new(settled: &'a Settled<'a>, action: Text<'a>) -> Option<Self> {
        let columns = settled.columns;
        let vantage = Text::of(settled, "vantage")?;
        let counted = match settled.get("counted") {
            None => None,
            Some(Column::Plain(array)) => Some(array.as_boolean_opt()?),
            Some(_) => return None,
        };
        let none = usize::MAX;
        Some(Self {
            bytes: columns.int64("bytes"),
            packets: columns.int64("packets"),
            counted,
            action,
            rejected: action.id("REJECT").unwrap_or(none),
            vantage,
            duplicate: vantage.id("duplicate").unwrap_or(none),
        })
    }

    fn of(&self, row: usize) -> Sums {
        if !self.is_counted(row) {
            return Sums { flows: 1, bytes: 0, packets: 0 };
        }
        Sums { flows: 1, bytes: number(self.bytes, row), packets: number(self.packets, row) }
    }

    /// Of all views of the same packets, one counts; of rejected packets there is none that does,
    /// but one that is no duplicate.
    fn is_counted(&self, row: usize) -> bool {
        let is_false = self.counted.is_some_and(|it| it.is_valid(row) && !it.value(row));
        !is_false
            || self.action.code(row) == self.rejected && self.vantage.code(row) != self.duplicate
    }
}

fn number(array: Option<&Int64Array>, row: usize) -> i64 {
    array.filter(|it| it.is_valid(row)).map_or(0, |it| it.value(row))
}
