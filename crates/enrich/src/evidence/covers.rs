//! Which of the flow logs that cover an interface counts.
//!
//! Several flow logs can watch one interface (of the VPC, the subnet, the interface itself), and
//! each writes its own copy of every record. One of them counts: on each day the one that was seen
//! first. When a flow log is replaced by another (its format cannot be changed), the new one takes
//! over. What was once decided for a day stays, whatever comes later, because rows were written by
//! it: decided days are *pinned*. A day on which the chosen flow log wrote nothing repeats nothing.

/// Seconds of a day.
pub(super) const DAY_S: u32 = 86_400;

/// How much later than the last record that was seen the next one may begin. Before its first one,
/// a flow log wrote nothing that could be repeated.
const SLACK_S: u32 = 3_600;

/// Flow logs that are remembered for an interface. AWS allows more, but nobody reads so many.
const N_LOGS_MAX: usize = 8;

/// Runs of days that are remembered for a flow log, of 8 bytes: one, if the interface is never silent
/// for a day; four months, if it is every second day.
const N_RUNS_MAX: usize = 64;

/// Pinned ranges that are remembered: each run of days and each change of flow logs makes one.
const N_PINS_MAX: usize = 128;

/// What a record says of its packets. A flow log may be about one of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// They were let through.
    Accept,
    /// They were not.
    Reject,
}

impl Action {
    pub(super) fn index(self) -> usize {
        match self {
            Self::Accept => 0,
            Self::Reject => 1,
        }
    }
}

/// Days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) from_day: u32,
    pub(super) until_day: u32,
}

/// A flow log, by its hash, and when its records were.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogRange {
    pub(super) from_s: u32,
    pub(super) log: u64,
    pub(super) until_s: u32,
    /// The days that have records, in order, apart from each other.
    pub(super) days: Vec<Run>,
}

impl LogRange {
    /// Returns a flow log that had records on every day of a range of time.
    pub(super) fn daily(log: u64, from_s: u32, until_s: u32) -> Self {
        let days = vec![Run { from_day: from_s / DAY_S, until_day: until_s / DAY_S + 1 }];
        Self { from_s, log, until_s, days }
    }

    fn merge(&mut self, other: &Self) {
        self.from_s = self.from_s.min(other.from_s);
        self.until_s = self.until_s.max(other.until_s);
        self.days.extend(&other.days);
        self.days.sort_unstable();
        self.days.dedup_by(|after, before| {
            let is_joined = after.from_day <= before.until_day;
            if is_joined {
                before.until_day = before.until_day.max(after.until_day);
            }
            is_joined
        });
        let n_lost = self.days.len().saturating_sub(N_RUNS_MAX);
        self.days.drain(..n_lost);
    }

    fn is_on(&self, day: u32) -> bool {
        let n_begun = self.days.partition_point(|it| it.from_day <= day);
        self.days[..n_begun].last().is_some_and(|it| day < it.until_day)
    }
}

/// Days on which a flow log counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pin {
    pub(super) from_day: u32,
    pub(super) until_day: u32,
    pub(super) log: u64,
}

/// The flow logs of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Covers {
    /// The earliest first.
    pub(super) logs: Vec<LogRange>,
    /// In the order of days, which do not overlap.
    pub(super) pins: Vec<Pin>,
}

impl Covers {
    /// Adds records of a flow log.
    pub(super) fn add(&mut self, range: LogRange) {
        match self.logs.iter_mut().find(|it| it.log == range.log) {
            Some(known) => known.merge(&range),
            None => self.logs.push(range),
        }
        self.logs.sort_unstable();
        if self.logs.len() > N_LOGS_MAX {
            let oldest = self.logs.iter().enumerate().min_by_key(|it| (it.1.until_s, it.1.log));
            if let Some((at, _)) = oldest {
                self.logs.remove(at);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for range in other.logs {
            self.add(range);
        }
        if !other.pins.is_empty() {
            self.pins.extend(other.pins);
            self.settle();
        }
    }

    /// Orders the pins; where two disagree about a day, the one that began earlier has it.
    fn settle(&mut self) {
        self.pins.sort_unstable();
        let mut settled: Vec<Pin> = Vec::with_capacity(self.pins.len());
        for mut pin in self.pins.drain(..) {
            let last = settled.last_mut();
            pin.from_day = last.as_ref().map_or(0, |it| it.until_day).max(pin.from_day);
            if pin.from_day >= pin.until_day {
                continue;
            }
            match last {
                Some(last) if last.log == pin.log && last.until_day == pin.from_day => {
                    last.until_day = pin.until_day;
                }
                _ => settled.push(pin),
            }
        }
        let n_lost = settled.len().saturating_sub(N_PINS_MAX);
        settled.drain(..n_lost);
        self.pins = settled;
    }

    /// Decides for the days seen so far.
    pub(super) fn pin(&mut self) {
        let runs = self.logs.iter().flat_map(|it| &it.days).filter(|it| !self.is_pinned(**it));
        let days = runs.flat_map(|it| it.from_day..it.until_day);
        let pins = days.filter(|it| self.pinned(*it).is_none()).filter_map(|day| {
            let log = self.first_on(day)?.log;
            Some(Pin { from_day: day, until_day: day + 1, log })
        });
        let pins: Vec<Pin> = pins.collect();
        if !pins.is_empty() {
            self.pins.extend(pins);
            self.settle();
        }
    }

    /// Returns whether one flow log is pinned on all of these days.
    fn is_pinned(&self, days: Run) -> bool {
        self.pins.iter().any(|it| it.from_day <= days.from_day && it.until_day >= days.until_day)
    }

    /// Returns whether a record of `log` repeats one of the flow log that counts.
    pub(crate) fn is_duplicate(&self, log: u64, at_s: u32) -> bool {
        let day = at_s / DAY_S;
        let pinned = self.pinned(day);
        if pinned == Some(log) {
            return false;
        }
        // Of a flow log that wrote nothing on this day, nothing is repeated.
        let pinned = self.logs.iter().find(|it| Some(it.log) == pinned && it.is_on(day));
        let chosen = pinned.or_else(|| self.first_on(day)).filter(|it| it.log != log);
        // On the day on which one ends and the other begins, both count, each in its time.
        chosen.is_some_and(|it| it.from_s <= at_s && at_s <= it.until_s.saturating_add(SLACK_S))
    }

    fn pinned(&self, day: u32) -> Option<u64> {
        let n_begun = self.pins.partition_point(|it| it.from_day <= day);
        self.pins[..n_begun].last().filter(|it| day < it.until_day).map(|it| it.log)
    }

    fn first_on(&self, day: u32) -> Option<&LogRange> {
        self.logs.iter().find(|it| it.is_on(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: u32 = DAY_S;

    fn covers(ranges: &[(u64, u32, u32)]) -> Covers {
        let mut covers = Covers::default();
        for (log, from_s, until_s) in ranges {
            covers.add(LogRange::daily(*log, *from_s, *until_s));
        }
        covers
    }

    #[test]
    fn of_two_flow_logs_the_first_counts() {
        let check = |covers: &Covers, log: u64, at_s: u32, expected: bool| {
            assert_eq!(covers.is_duplicate(log, at_s), expected, "{log} at {at_s}");
        };
        let both = covers(&[(1, DAYS, 3 * DAYS), (2, DAYS + 5, 3 * DAYS)]);
        check(&both, 1, 2 * DAYS, false);
        check(&both, 2, 2 * DAYS, true);
        // Before the first one began, the second was alone.
        check(&covers(&[(1, DAYS + 500, 3 * DAYS)]), 2, DAYS + 400, false);

        let replaced = covers(&[(1, DAYS, 3 * DAYS + 100), (2, 3 * DAYS + 200, 9 * DAYS)]);
        check(&replaced, 2, 3 * DAYS + 300, true);
        check(&replaced, 2, 3 * DAYS + 8_000, false);
        check(&replaced, 2, 4 * DAYS, false);
        check(&replaced, 1, 2 * DAYS, false);
    }

    #[test]
    fn what_was_pinned_stays() {
        let mut covers = covers(&[(2, 5 * DAYS, 6 * DAYS)]);
        covers.pin();
        covers.add(LogRange::daily(1, DAYS, 9 * DAYS));
        assert!(!covers.is_duplicate(2, 5 * DAYS));
        assert!(covers.is_duplicate(1, 5 * DAYS));
        assert!(!covers.is_duplicate(1, 8 * DAYS));
        covers.pin();
        covers.pin();
        assert_eq!(covers.pins.len(), 3);
    }

    #[test]
    fn a_day_without_rows_of_the_chosen_flow_log_repeats_nothing() {
        let gap = covers(&[(1, DAYS, DAYS), (1, 9 * DAYS, 9 * DAYS), (2, 5 * DAYS, 9 * DAYS)]);
        let mut pinned = gap.clone();
        pinned.pin();
        let check = |covers: &Covers, log: u64, day: u32, expected: bool| {
            assert_eq!(covers.is_duplicate(log, day * DAYS), expected, "{log} on {day}");
        };
        for covers in [&gap, &pinned] {
            check(covers, 2, 5, false);
            check(covers, 2, 9, true);
            check(covers, 1, 9, false);
        }
        let days: Vec<_> =
            pinned.pins.iter().map(|it| (it.from_day, it.until_day, it.log)).collect();
        assert_eq!(days, [(1, 2, 1), (5, 9, 2), (9, 10, 1)]);
        // Only pins are known, and then the rows of one flow log, not of the pinned one.
        let mut alone = Covers { pins: pinned.pins.clone(), logs: Vec::new() };
        check(&alone, 2, 9, false);
        alone.add(LogRange::daily(2, 9 * DAYS, 9 * DAYS));
        check(&alone, 2, 9, false);
        alone.add(LogRange::daily(1, 9 * DAYS, 9 * DAYS));
        check(&alone, 2, 9, true);
    }

    #[test]
    fn days_meet_in_any_order_and_have_a_limit() {
        let days = |days: &mut dyn Iterator<Item = u32>| {
            let all: Vec<_> = days.map(|it| (1, it * DAYS, it * DAYS)).collect();
            covers(&all).logs.swap_remove(0).days
        };
        assert_eq!(days(&mut [4, 2, 3, 7].into_iter()), days(&mut [7, 3, 4, 2].into_iter()));
        assert_eq!(days(&mut [4, 2, 3].into_iter()), [Run { from_day: 2, until_day: 5 }]);
        let sparse = days(&mut (0..200).step_by(2));
        assert_eq!(sparse.len(), N_RUNS_MAX);
        assert_eq!(sparse.last(), Some(&Run { from_day: 198, until_day: 199 }));
    }
}
