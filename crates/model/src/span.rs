//! Lengths of time in microseconds, as timestamps count.

/// A minute.
pub const MINUTE_US: i64 = 60_000_000;

/// An hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;

/// A day of UTC, which has no leap seconds.
pub const DAY_US: i64 = 24 * HOUR_US;
