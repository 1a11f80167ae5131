//! Which row goes where: a file per day, and the order of the rows in it.
//!
//! People ask for one address over a long time, so the rows of a day are first ordered by the
//! *remote* address: the rarer of the two in what was gathered, which for traffic of a network with
//! the world is the world's. Rows are kept apart by whether the source or the destination is remote
//! and by which side has the lower port (the service), in four *lanes*. So every row group holds a
//! narrow range of remote addresses in one known column, and minimum and maximum of that column rule
//! out nearly all row groups; requests and replies do not mix, so ports and sizes compress well.
//!
//! Within a row group nothing is gained by the address any more, and the rows are ordered by time,
//! which makes the times cheap to store.

use std::ops::Range;

use arrow::array::{Array, AsArray as _, TimestampMicrosecondArray};
use arrow::datatypes::Int32Type;
use chrono::{DateTime, NaiveDate};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::span::DAY_US;

use crate::Result;

/// Rows in a row group: small enough that an address rules out most of a day, large enough that
/// the columns compress.
pub(super) const ROW_GROUP_ROWS: usize = 32_768;

/// Remote address in the source or in the destination, service port on either side.
const N_LANES: u32 = 4;

/// A lane with fewer rows shares its row group with the next one.
const LANE_ROWS_MIN: usize = ROW_GROUP_ROWS / 4;

/// Rows in the order in which they are stored.
///
/// Context is made after the rows are in order: rows of one connection are near each other then, and
/// so is what is remembered of it.
#[derive(Debug)]
pub struct Arranged {
    /// The rows. Columns may be added or changed, rows stay where they are.
    pub columns: Columns,
    pub(super) days: Vec<Day>,
}

/// The rows of one day, by row group.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: Option<NaiveDate>,
    pub(super) groups: Vec<Range<usize>>,
}

impl Day {
    pub(super) fn n_rows(&self) -> usize {
        self.groups.iter().map(Range::len).sum()
    }

    /// Returns all rows: the row groups of a day lie one after the other.
    pub(super) fn rows(&self) -> Range<usize> {
        let first = self.groups.first().map_or(0, |it| it.start);
        first..first + self.n_rows()
    }
}

/// Parts the rows by the UTC date of `end` (of `start` where there is none) and orders each day.
///
/// # Errors
///
/// If a column has more values than an array can have.
pub fn arrange(mut columns: Columns) -> Result<Arranged> {
    let (rows, days) = by_day(&columns);
    columns.reorder(&rows.into())?;
    Ok(Arranged { columns, days })
}

/// Leaves rows as they are, as one row group of no day.
#[cfg(test)]
pub(super) fn whole(columns: Columns) -> Arranged {
    let groups = std::iter::once(0..columns.n_rows).collect();
    Arranged { columns, days: vec![Day { date: None, groups }] }
}

/// Returns the positions of the rows in their new order, and where the days are then.
fn by_day(columns: &Columns) -> (Vec<u32>, Vec<Day>) {
    let times = Times { start: columns.time("start"), end: columns.time("end") };
    let remote = Remote::new(columns);
    let day_of: Vec<i64> = (0..columns.n_rows).map(|row| times.day(row)).collect();
    let mut days: Vec<i64> = Vec::new();
    for run in day_of.chunk_by(|a, b| a == b) {
        if !days.contains(&run[0]) {
            days.push(run[0]);
        }
    }
    days.sort_unstable();
    let mut ordered = Vec::with_capacity(columns.n_rows);
    let mut parts = Vec::with_capacity(days.len());
    for day in days {
        let rows = (0_u32..).zip(&day_of).filter(|(_, it)| **it == day).map(|(row, _)| row);
        let rows = counting_sort(rows.collect(), remote.n_ranks, |row| remote.rank[row]);
        let rows = counting_sort(rows, N_LANES, |row| remote.lane[row].into());
        let mut groups = Vec::new();
        for mut group in row_groups(&rows, &remote.lane) {
            times.sort(&mut group);
            let first = ordered.len();
            ordered.append(&mut group);
            groups.push(first..ordered.len());
        }
        parts.push(Day { date: date(day), groups });
    }
    (ordered, parts)
}

/// Cuts ordered rows into row groups, none of which holds more than one lane if that can be.
fn row_groups(rows: &[u32], lane: &[u8]) -> Vec<Vec<u32>> {
    let mut groups = Vec::new();
    let mut waiting: Vec<u32> = Vec::new();
    for run in rows.chunk_by(|a, b| lane[*a as usize] == lane[*b as usize]) {
        waiting.extend_from_slice(run);
        if waiting.len() >= LANE_ROWS_MIN {
            groups.extend(waiting.chunks(ROW_GROUP_ROWS).map(<[u32]>::to_vec));
            waiting.clear();
        }
    }
    if !waiting.is_empty() {
        groups.extend(waiting.chunks(ROW_GROUP_ROWS).map(<[u32]>::to_vec));
    }
    groups
}

struct Times<'a> {
    start: Option<&'a TimestampMicrosecondArray>,
    end: Option<&'a TimestampMicrosecondArray>,
}

impl Times<'_> {
    fn day(&self, row: usize) -> i64 {
        let time = value(self.end, row).or_else(|| value(self.start, row));
        time.map_or(i64::MIN, |it| it.div_euclid(DAY_US))
    }

    /// Orders rows by `start`, then by `end`.
    fn sort(&self, rows: &mut [u32]) {
        let key = |row: u32| {
            let row = row as usize;
            (value(self.start, row).unwrap_or(0), value(self.end, row).unwrap_or(0))
        };
        rows.sort_by_cached_key(|it| key(*it));
    }
}

fn value(times: Option<&TimestampMicrosecondArray>, row: usize) -> Option<i64> {
    times.filter(|it| it.is_valid(row)).map(|it| it.value(row))
}

fn date(day: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(day.checked_mul(86_400)?, 0).map(|it| it.date_naive())
}

/// Orders `rows` by a small key; rows of one key stay in their order.
fn counting_sort(rows: Vec<u32>, n_keys: u32, key: impl Fn(usize) -> u32) -> Vec<u32> {
    let mut first = vec![0_u32; n_keys as usize + 1];
    for row in &rows {
        first[key(*row as usize) as usize + 1] += 1;
    }
    for index in 1..first.len() {
        first[index] += first[index - 1];
    }
    let mut sorted = vec![0; rows.len()];
    for row in rows {
        let place = &mut first[key(row as usize) as usize];
        sorted[*place as usize] = row;
        *place += 1;
    }
    sorted
}

/// The remote address and the lane of every row.
struct Remote {
    /// Rank of the remote address among all addresses, in the order of their text.
    rank: Vec<u32>,
    n_ranks: u32,
    lane: Vec<u8>,
}

impl Remote {
    fn new(columns: &Columns) -> Self {
        let n_rows = columns.n_rows;
        let (Some(src), Some(dst)) = (columns.text("srcaddr"), columns.text("dstaddr")) else {
            return Self { rank: vec![0; n_rows], n_ranks: 1, lane: vec![0; n_rows] };
        };
        let addresses = Addresses::new(src, dst);
        let ports = [columns.get("srcport"), columns.get("dstport")].map(port_values);
        let port = |side: usize, row: usize| ports[side].map_or(0, |it| it[row]);
        let mut rank = Vec::with_capacity(n_rows);
        let mut lane = Vec::with_capacity(n_rows);
        for row in 0..n_rows {
            let (src, dst) = (addresses.src(src.0[row]), addresses.dst(dst.0[row]));
            let is_src = src.count <= dst.count;
            rank.push(if is_src { src.rank } else { dst.rank });
            let is_service_src = port(0, row) < port(1, row);
            lane.push(u8::from(!is_src) << 1 | u8::from(is_service_src));
        }
        Self { rank, n_ranks: addresses.n_ranks, lane }
    }
}

fn port_values(column: Option<&Column>) -> Option<&[i32]> {
    match column? {
        Column::Plain(array) => {
            array.as_primitive_opt::<Int32Type>().map(|it| it.values().as_ref())
        }
        _ => None,
    }
}

/// An address: how often it was seen on either side, and its place in the order of all.
#[derive(Clone, Copy, Default)]
struct Address {
    count: u32,
    rank: u32,
}

/// The addresses of both sides, by the ids of each side's dictionary.
struct Addresses {
    src: Vec<Address>,
    dst: Vec<Address>,
    n_ranks: u32,
}

impl Addresses {
    fn new(src: (&[u32], &[String]), dst: (&[u32], &[String])) -> Self {
        let (mut src_side, mut dst_side) = (counts(src), counts(dst));
        let (mut i, mut j) = (0, 0);
        // Rank 0 is a row without addresses.
        let mut rank = 0;
        while i < src_side.len() || j < dst_side.len() {
            let order = match (src.1.get(i), dst.1.get(j)) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(_), None) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let on_src = order.is_le().then_some(i);
            let on_dst = order.is_ge().then_some(j);
            let count = on_src.map_or(0, |it| src_side[it].count)
                + on_dst.map_or(0, |it| dst_side[it].count);
            rank += 1;
            if let Some(index) = on_src {
                src_side[index] = Address { count, rank };
                i += 1;
            }
            if let Some(index) = on_dst {
                dst_side[index] = Address { count, rank };
                j += 1;
            }
        }
        Self { src: src_side, dst: dst_side, n_ranks: rank + 1 }
    }

    fn src(&self, id: u32) -> Address {
        if id == NULL { Address::default() } else { self.src[id as usize] }
    }

    fn dst(&self, id: u32) -> Address {
        if id == NULL { Address::default() } else { self.dst[id as usize] }
    }
}

fn counts((ids, values): (&[u32], &[String])) -> Vec<Address> {
    let mut addresses = vec![Address::default(); values.len()];
    for id in ids.iter().filter(|it| **it != NULL) {
        addresses[*id as usize].count += 1;
    }
    addresses
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int32Array, RecordBatch, StringArray};

    use super::*;

    /// Returns the rows of each day as `src:port>dst:port@start`.
    fn check(rows: &[(&str, i32, &str, i32, i64)]) -> Vec<String> {
        let text = |it: Vec<&str>| Arc::new(StringArray::from(it)) as _;
        let int = |it: Vec<i32>| Arc::new(Int32Array::from(it)) as _;
        let time =
            |it: Vec<i64>| Arc::new(TimestampMicrosecondArray::from(it).with_timezone("UTC")) as _;
        let batch = RecordBatch::try_from_iter([
            ("srcaddr", text(rows.iter().map(|it| it.0).collect())),
            ("dstaddr", text(rows.iter().map(|it| it.2).collect())),
            ("srcport", int(rows.iter().map(|it| it.1).collect())),
            ("dstport", int(rows.iter().map(|it| it.3).collect())),
            ("end", time(rows.iter().map(|it| it.4).collect())),
        ]);
        let columns = Columns::merge(vec![batch.unwrap()]).unwrap();
        let shown = |row: &u32| {
            let it = &rows[*row as usize];
            format!("{}:{}>{}:{}", it.0, it.1, it.2, it.3)
        };
        let (ordered, days) = by_day(&columns);
        days.iter()
            .map(|day| {
                let rows = day.groups.iter().flat_map(|it| &ordered[it.clone()]);
                let rows: Vec<String> = rows.map(shown).collect();
                format!("{} {}", day.date.unwrap(), rows.join(" "))
            })
            .collect()
    }

    #[test]
    fn a_day_has_its_own_file_and_a_row_group_is_in_the_order_of_time() {
        let rows = [
            ("9.9.9.9", 5000, "10.0.0.1", 443, DAY_US + 2),
            ("10.0.0.1", 443, "9.9.9.9", 5000, DAY_US + 1),
            ("8.8.8.8", 5000, "10.0.0.1", 443, 7),
        ];
        assert_eq!(
            check(&rows),
            [
                "1970-01-01 8.8.8.8:5000>10.0.0.1:443",
                "1970-01-02 10.0.0.1:443>9.9.9.9:5000 9.9.9.9:5000>10.0.0.1:443",
            ]
        );
    }

    #[test]
    fn a_lane_has_row_groups_of_its_own_unless_it_is_small() {
        let n_rows = [10, ROW_GROUP_ROWS + 5, LANE_ROWS_MIN, 3];
        let lanes = (0_u8..).zip(n_rows);
        let lane: Vec<u8> = lanes.flat_map(|(lane, n)| std::iter::repeat_n(lane, n)).collect();
        let rows: Vec<u32> = (0_u32..).take(lane.len()).collect();
        let sizes: Vec<usize> = row_groups(&rows, &lane).iter().map(Vec::len).collect();
        assert_eq!(sizes, [ROW_GROUP_ROWS, 15, LANE_ROWS_MIN, 3]);
    }

    #[test]
    fn rows_of_a_key_stay_in_their_order() {
        let keys = [2, 0, 1, 0, 2];
        assert_eq!(counting_sort((0..5).collect(), 3, |it| keys[it]), [1, 3, 2, 0, 4]);
    }

    #[test]
    fn the_rarer_address_is_remote() {
        let src: (Vec<u32>, Vec<String>) =
            (vec![0, 1, 1], vec!["10.0.0.1".into(), "9.9.9.9".into()]);
        let dst: (Vec<u32>, Vec<String>) = (vec![0, 0, 0], vec!["10.0.0.1".into()]);
        let addresses = Addresses::new((&src.0, &src.1), (&dst.0, &dst.1));
        assert_eq!((addresses.src(0).count, addresses.src(1).count), (4, 2));
        assert_eq!(addresses.src(0).rank, addresses.dst(0).rank);
        assert_eq!(addresses.n_ranks, 3);
    }
}
