//! Statistics of a file, as Delta keeps them in its log.
//!
//! Only the columns that people filter on are kept: see [`COLUMNS`].

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The columns with a range in the log.
pub const COLUMNS: &[&str] = &[
    "start",
    "end",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "action",
    "log_status",
    "interface_id",
    "account_id",
    "vpc_id",
    "region",
];

/// A bound of a column in a file.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Bound {
    /// Of text.
    Text(String),
    /// Of a number.
    Int(i64),
    /// Of a time, in microseconds since the Unix epoch.
    Time(i64),
}

/// Smallest value, largest value and number of NULLs of a column in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Not larger than any value.
    pub min: Option<Bound>,
    /// Not smaller than any value.
    pub max: Option<Bound>,
    /// How many values are NULL.
    pub n_nulls: u64,
}

/// The statistics of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Rows in the file.
    pub n_records: u64,
    /// Ranges, by column name.
    pub ranges: BTreeMap<String, Range>,
}

/// The form in the Delta log ("Per-file Statistics" in the Delta protocol).
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wire {
    num_records: u64,
    min_values: BTreeMap<String, Value>,
    max_values: BTreeMap<String, Value>,
    null_count: BTreeMap<String, Value>,
}

impl Stats {
    /// Returns the text that goes into an `add` action.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut wire = Wire { num_records: self.n_records, ..Wire::default() };
        for (column, range) in &self.ranges {
            if let Some(min) = &range.min {
                wire.min_values.insert(column.clone(), min.to_value(0));
            }
            if let Some(max) = &range.max {
                wire.max_values.insert(column.clone(), max.to_value(999));
            }
            wire.null_count.insert(column.clone(), Value::from(range.n_nulls));
        }
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads the text of an `add` action; a column that is not understood has no range.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let Ok(wire) = serde_json::from_str::<Wire>(text) else { return Self::default() };
        let ranges = wire.null_count.iter().filter_map(|(column, n_nulls)| {
            let bound = |values: &BTreeMap<String, Value>| {
                values.get(column).and_then(|it| Bound::from_value(column, it))
            };
            let range = Range {
                min: bound(&wire.min_values),
                max: bound(&wire.max_values),
                n_nulls: n_nulls.as_u64()?,
            };
            Some((column.clone(), range))
        });
        Self { n_records: wire.num_records, ranges: ranges.collect() }
    }
}

impl Bound {
    /// Delta keeps times to the millisecond; `round_up_us` widens an upper bound to the next one.
    fn to_value(&self, round_up_us: i64) -> Value {
        match self {
            Self::Text(it) => Value::from(it.as_str()),
            Self::Int(it) => Value::from(*it),
            Self::Time(it) => {
                let millis = (it + round_up_us).div_euclid(1000);
                DateTime::from_timestamp_millis(millis).map_or(Value::Null, |it| {
                    it.to_rfc3339_opts(SecondsFormat::Millis, true).into()
                })
            }
        }
    }

    fn from_value(column: &str, value: &Value) -> Option<Self> {
        match value {
            Value::String(it) if column == "start" || column == "end" => {
                let time = DateTime::parse_from_rfc3339(it).ok()?;
                Some(Self::Time(time.timestamp_micros()))
            }
            Value::String(it) => Some(Self::Text(it.clone())),
            Value::Number(it) => it.as_i64().map(Self::Int),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_survive_the_log_and_an_upper_time_is_never_too_small() {
        let range = |min, max| Range { min: Some(min), max: Some(max), n_nulls: 3 };
        let stats = Stats {
            n_records: 7,
            ranges: BTreeMap::from([
                ("dstport".to_owned(), range(Bound::Int(22), Bound::Int(443))),
                ("end".to_owned(), range(Bound::Time(1_000), Bound::Time(2_001))),
                (
                    "srcaddr".to_owned(),
                    range(Bound::Text("10.0.0.1".into()), Bound::Text("9".into())),
                ),
            ]),
        };
        let read = Stats::from_json(&stats.to_json());
        assert_eq!(read.ranges["end"].max, Some(Bound::Time(3_000)));
        assert_eq!(read.ranges["end"].min, Some(Bound::Time(1_000)));
        assert_eq!(read.ranges["dstport"], stats.ranges["dstport"]);
        assert_eq!(read.ranges["srcaddr"], stats.ranges["srcaddr"]);
        assert_eq!(read.n_records, 7);
    }

    #[test]
    fn text_that_is_not_statistics_gives_none() {
        assert_eq!(Stats::from_json("nonsense"), Stats::default());
    }
}
