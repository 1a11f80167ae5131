//! How time is cut: steps, windows, slots.
//!
//! A *step* is the unit of work: it can be made without any other. A *window* is an aggregation
//! interval. A *slot* is a part of a step whose records stand together: a window if the interval is
//! 60 s, else the five minutes of one object.

use chrono::NaiveDate;

/// Seconds that one object covers: AWS publishes every five minutes.
pub(crate) const OBJECT_S: u64 = 300;

/// Seconds of a day.
pub(crate) const DAY_S: u64 = 86_400;

/// Returns how many steps a day has.
pub(crate) fn n_per_day(interval_s: u32) -> u64 {
    DAY_S / u64::from(interval_s).max(OBJECT_S)
}

/// The clock of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// First second of the run, Unix time.
    pub from: u64,
    /// Second after the last.
    pub until: u64,
    /// Aggregation interval.
    pub interval_s: u64,
    /// Length of a step.
    pub step_s: u64,
}

impl Clock {
    /// Returns the clock of a run of `days` from midnight of `date`.
    pub(crate) fn new(date: NaiveDate, days: u32, interval_s: u32) -> Self {
        let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        let from = midnight.max(0).unsigned_abs();
        let interval_s = u64::from(interval_s);
        let step_s = interval_s.max(OBJECT_S);
        Self { from, until: from + u64::from(days) * DAY_S, interval_s, step_s }
    }

    /// Returns the number of steps.
    pub(crate) fn n_steps(&self) -> u64 {
        (self.until - self.from) / self.step_s
    }

    /// Returns the first second of a step.
    pub(crate) fn step_from(&self, step: u64) -> u64 {
        self.from + step * self.step_s
    }

    /// Returns the windows in a step.
    pub(crate) fn n_windows(&self) -> u64 {
        self.step_s / self.interval_s
    }

    /// Returns the slots in a step.
    pub(crate) fn n_slots(&self) -> usize {
        if self.interval_s < OBJECT_S { 5 } else { 2 }
    }

    /// Returns the objects in a step, for each flow log.
    pub(crate) fn n_objects(&self) -> usize {
        if self.interval_s < OBJECT_S { 1 } else { 2 }
    }

    /// Returns the slot of a record that ends at `end`, in the step that begins at `step_from`.
    pub(crate) fn slot(&self, step_from: u64, end: u64) -> usize {
        let slot_s = self.interval_s.min(OBJECT_S);
        let slot = end.saturating_sub(step_from) / slot_s;
        usize::try_from(slot).unwrap_or(usize::MAX).min(self.n_slots() - 1)
    }
}
