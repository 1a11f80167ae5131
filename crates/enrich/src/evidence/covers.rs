//! Which of the flow logs that cover an interface counts.
//!
//! Several flow logs can watch one interface (of the VPC, the subnet, the interface itself), and
//! each writes its own copy of every record. One of them counts: on each day the one that was seen
//! first. When a flow log is replaced by another (its format cannot be changed), the new one takes
//! over. What was once decided for a day stays, whatever comes later, because rows were written by
//! it: decided days are *pinned*.

/// Seconds of a day.
const DAY_S: u32 = 86_400;

/// How late another flow log may be with records of the same time.
const SLACK_S: u32 = 3_600;

/// Flow logs that are remembered for an interface. AWS allows more, but nobody reads so many.
const N_LOGS_MAX: usize = 8;

/// Pinned ranges that are remembered: each change of flow logs makes one.
const N_PINS_MAX: usize = 64;

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

/// A flow log, by its hash, and from when to when its records were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogRange {
    pub(super) from_s: u32,
    pub(super) log: u64,
    pub(super) until_s: u32,
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
            Some(known) => {
                known.from_s = known.from_s.min(range.from_s);
                known.until_s = known.until_s.max(range.until_s);
            }
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
        let days = self.logs.iter().map(|it| (it.from_s / DAY_S, it.until_s / DAY_S + 1));
        let (Some(from), Some(until)) =
            (days.clone().map(|it| it.0).min(), days.map(|it| it.1).max())
        else {
            return;
        };
        let is_pinned = self.pins.iter().any(|it| it.from_day <= from && it.until_day >= until);
        if is_pinned {
            return;
        }
        let open = (from..until).filter(|it| self.pinned(*it).is_none());
        let pins = open.filter_map(|day| {
            let log = self.first_on(day)?.log;
            Some(Pin { from_day: day, until_day: day + 1, log })
        });
        let pins: Vec<Pin> = pins.collect();
        self.pins.extend(pins);
        self.settle();
    }

    /// Returns whether a record of `log` repeats one of the flow log that counts.
    pub(crate) fn is_duplicate(&self, log: u64, from_s: u32, until_s: u32) -> bool {
        let day = from_s / DAY_S;
        let pinned = self.pinned(day);
        let chosen = pinned.or_else(|| self.first_on(day).map(|it| it.log));
        let Some(chosen) = chosen.filter(|it| *it != log) else { return false };
        let range = self.logs.iter().find(|it| it.log == chosen);
        // On the day on which one ends and the other begins, both count, each in its time.
        range.is_none_or(|it| {
            from_s <= it.until_s.saturating_add(SLACK_S)
                && until_s.saturating_add(SLACK_S) >= it.from_s
        })
    }

    fn pinned(&self, day: u32) -> Option<u64> {
        let n_begun = self.pins.partition_point(|it| it.from_day <= day);
        self.pins[..n_begun].last().filter(|it| day < it.until_day).map(|it| it.log)
    }

    fn first_on(&self, day: u32) -> Option<&LogRange> {
        let is_on = |it: &&LogRange| it.from_s / DAY_S <= day && day <= it.until_s / DAY_S;
        self.logs.iter().find(is_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: u32 = DAY_S;

    fn covers(ranges: &[(u64, u32, u32)]) -> Covers {
        let mut covers = Covers::default();
        for (log, from_s, until_s) in ranges {
            covers.add(LogRange { from_s: *from_s, log: *log, until_s: *until_s });
        }
        covers
    }

    #[test]
    fn of_two_flow_logs_the_first_counts() {
        let check = |covers: &Covers, log: u64, at_s: u32, expected: bool| {
            assert_eq!(covers.is_duplicate(log, at_s, at_s), expected, "{log} at {at_s}");
        };
        let both = covers(&[(1, DAYS, 3 * DAYS), (2, DAYS + 5, 3 * DAYS)]);
        check(&both, 1, 2 * DAYS, false);
        check(&both, 2, 2 * DAYS, true);

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
        covers.add(LogRange { from_s: DAYS, log: 1, until_s: 9 * DAYS });
        assert!(!covers.is_duplicate(2, 5 * DAYS, 5 * DAYS));
        assert!(covers.is_duplicate(1, 5 * DAYS, 5 * DAYS));
        assert!(!covers.is_duplicate(1, 8 * DAYS, 8 * DAYS));
        covers.pin();
        covers.pin();
        assert_eq!(covers.pins.len(), 3);
    }
}
