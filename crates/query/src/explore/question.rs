//! What may be asked.

use tidegate_filter::Filter;

use super::{Buckets, Dimension, Metric};

/// Groups that one question may ask for.
pub const LIMIT_MAX: usize = 1_000;

/// Dimensions that one question may group by.
pub const DIMENSIONS_MAX: usize = 4;

/// A span of time, half-open, in microseconds since the Unix epoch. A record's time is its `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first moment in it.
    pub from_us: i64,
    /// The first moment after it.
    pub until_us: i64,
}

impl Window {
    /// Returns its length in microseconds.
    #[must_use]
    pub fn length_us(self) -> i64 {
        self.until_us.saturating_sub(self.from_us)
    }

    /// Returns the window of the same length that lies `by_us` before this one.
    #[must_use]
    pub fn before(self, by_us: i64) -> Self {
        Self {
            from_us: self.from_us.saturating_sub(by_us),
            until_us: self.until_us.saturating_sub(by_us),
        }
    }

    /// Returns the condition on records that stand in it.
    pub(crate) fn sql(self) -> String {
        let (from, until) = (timestamp(self.from_us), timestamp(self.until_us));
        format!("\"end\" >= {from} AND \"end\" < {until}")
    }
}

/// Returns a moment as a constant of SQL.
pub(crate) fn timestamp(at_us: i64) -> String {
    use chrono::{DateTime, SecondsFormat, Utc};
    let at = DateTime::<Utc>::from_timestamp_micros(at_us).unwrap_or_default();
    format!("TIMESTAMP '{}'", at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// One question to the records.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which records.
    pub filter: Filter,
    /// Of which time.
    pub window: Window,
    /// What groups are made of; none asks for the total alone.
    pub by: Vec<Dimension>,
    /// What is added up.
    pub metric: Metric,
    /// How many groups are wanted.
    pub limit: usize,
    /// How the time is divided, if it is.
    pub buckets: Option<Buckets>,
    /// The window that is compared with, if any: as long as the first.
    pub compared: Option<Window>,
}
