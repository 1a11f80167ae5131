//! Which row goes where: a file per day, and the order of the rows in it.

use arrow::array::{Array, TimestampMicrosecondArray, UInt32Array};
use chrono::{DateTime, NaiveDate};

use super::columns::{Columns, NULL};
use crate::Result;

const US_PER_DAY: i64 = 86_400_000_000;

/// The rows of one day, in the order in which they are stored.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: Option<NaiveDate>,
    pub(super) rows: UInt32Array,
}

/// Parts the rows by the UTC date of `end` (of `start` where there is none) and orders each day.
pub(super) fn by_day(columns: &mut Columns) -> Result<Vec<Day>> {
    let start = columns.time("start");
    let end = columns.time("end");
    let day_of = |row: usize| {
        let time = value(end, row).or_else(|| value(start, row));
        time.map_or(i64::MIN, |it| it.div_euclid(US_PER_DAY))
    };
    let keys = sort_keys(columns);
    let mut rows: Vec<(i64, u64, u32)> = (0..columns.n_rows)
        .zip(0_u32..)
        .map(|(row, index)| (day_of(row), keys[row], index))
        .collect();
    rows.sort_unstable();
    let days = rows.chunk_by(|a, b| a.0 == b.0).map(|day| Day {
        date: date(day[0].0),
        rows: day.iter().map(|it| it.2).collect::<Vec<u32>>().into(),
    });
    Ok(days.collect())
}

fn value(times: Option<&TimestampMicrosecondArray>, row: usize) -> Option<i64> {
    times.filter(|it| it.is_valid(row)).map(|it| it.value(row))
}

fn date(day: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(day.checked_mul(86_400)?, 0).map(|it| it.date_naive())
}

fn sort_keys(columns: &Columns) -> Vec<u64> {
    let mode = std::env::var("TG_ORDER").unwrap_or_default();
    let bucket: i64 = std::env::var("TG_BUCKET").ok().and_then(|x| x.parse().ok()).unwrap_or(86_400);
    let n = columns.n_rows;
    let src = columns.text("srcaddr");
    let dst = columns.text("dstaddr");
    let mut keys = vec![0u64; n];
    let (Some((src, sv)), Some((dst, dv))) = (src, dst) else { return keys };
    let mut counts: hashbrown::HashMap<&str, u32> = hashbrown::HashMap::new();
    let mut sc = vec![0u32; sv.len()];
    let mut dc = vec![0u32; dv.len()];
    for id in src { if *id != NULL { sc[*id as usize] += 1 } }
    for id in dst { if *id != NULL { dc[*id as usize] += 1 } }
    for (v, c) in sv.iter().zip(&sc) { *counts.entry(v).or_default() += c }
    for (v, c) in dv.iter().zip(&dc) { *counts.entry(v).or_default() += c }
    let sc: Vec<u32> = sv.iter().map(|v| counts[v.as_str()]).collect();
    let dc: Vec<u32> = dv.iter().map(|v| counts[v.as_str()]).collect();
    let start = columns.time("start");
    let iface = columns.text("interface_id");
    for row in 0..n {
        let (s, d) = (src[row], dst[row]);
        let t = value(start, row).unwrap_or(0) / 1_000_000 % 86_400;
        let i = iface.map_or(0, |x| x.0[row]) as u64 & 0xffff;
        if s == NULL || d == NULL { keys[row] = ((t / bucket) as u64) << 47; continue; }
        let (class, remote) = if sc[s as usize] <= dc[d as usize] { (0u64, s) } else { (1, d) };
        let b = (t / bucket) as u64;
        let tt = t as u64;
        keys[row] = match mode.as_str() {
            "time" => tt << 20,
            "iface" => b << 47 | (i << 18) | tt,
            "iface_class" => b << 47 | (i << 38) | class << 37 | (remote as u64 & 0xfffff) << 17 | tt,
            "class_time" => b << 47 | class << 46 | tt,
            _ => b << 47 | class << 46 | (remote as u64 & 0xfffffff) << 17 | tt,
        };
    }
    keys
}
