//! The rhythm of the day and the week, in whole numbers.

use crate::step::{Clock, DAY_S};

/// Traffic of each hour, UTC: a service whose people are mostly in America.
const HOURS: [u64; 24] = [
    62, 55, 47, 40, 33, 28, 25, 24, 26, 31, 38, 47, 60, 74, 86, 93, 97, 100, 99, 97, 93, 87, 79, 70,
];

/// Percent of a working day, from Thursday, on which the Unix epoch began.
const WEEKDAYS: [u64; 7] = [100, 95, 62, 58, 97, 101, 103];

/// Returns the weight of a step.
pub(crate) fn weight(clock: &Clock, step: u64) -> u64 {
    let from = clock.step_from(step);
    let second = from % DAY_S;
    let hour = (second / 3_600) as usize;
    let within = second % 3_600;
    let (here, next) = (HOURS[hour % 24], HOURS[(hour + 1) % 24]);
    let level = here * (3_600 - within) + next * within;
    let day = WEEKDAYS[(from / DAY_S % 7) as usize];
    level * day
}

/// Splits a total over steps by the rhythm, exactly.
#[derive(Debug)]
pub(crate) struct Split {
    /// Sum of the weights before each step, and of all at the end.
    sums: Vec<u64>,
}

impl Split {
    /// Returns the split of a run.
    pub(crate) fn new(clock: &Clock) -> Self {
        let mut sums = vec![0];
        let mut sum = 0;
        for step in 0..clock.n_steps() {
            sum += weight(clock, step);
            sums.push(sum);
        }
        Self { sums }
    }

    /// Returns the share of `total` that falls to `step`.
    pub(crate) fn share(&self, total: u64, step: u64) -> u64 {
        let at = |it: usize| self.sums.get(it).copied().unwrap_or(0);
        let whole = self.sums.last().copied().unwrap_or(1).max(1);
        let until = |sum: u64| {
            let part = u128::from(total) * u128::from(sum) / u128::from(whole);
            u64::try_from(part).unwrap_or(u64::MAX)
        };
        let step = usize::try_from(step).unwrap_or(usize::MAX - 1);
        until(at(step + 1)) - until(at(step))
    }
}

/// Returns the share of `total` that falls to `index` of `n` equal parts; all add up to `total`.
pub(crate) fn even_share(total: u64, index: u64, n: u64) -> u64 {
    even_sum(total, index + 1, n) - even_sum(total, index, n)
}

/// Returns the sum of the first `index` of `n` equal shares.
pub(crate) fn even_sum(total: u64, index: u64, n: u64) -> u64 {
    let part = u128::from(total) * u128::from(index) / u128::from(n.max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clock(days: u32) -> Clock {
        let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        Clock::new(date, days, 60)
    }

    proptest! {
        #[test]
        fn the_shares_add_up_to_the_total(total in 0_u64..10_000_000, days in 1_u32..9) {
            let clock = clock(days);
            let split = Split::new(&clock);
            let sum: u64 = (0..clock.n_steps()).map(|it| split.share(total, it)).sum();
            prop_assert_eq!(sum, total);
            let even: u64 = (0..7).map(|it| even_share(total, it, 7)).sum();
            prop_assert_eq!(even, total);
        }
    }

    #[test]
    fn the_day_is_busier_than_the_night_and_the_weekend_quieter() {
        let clock = clock(7);
        let at = |day: u64, hour: u64| weight(&clock, day * 288 + hour * 12);
        assert!(at(0, 17) > 3 * at(0, 6));
        assert!(at(0, 17) > at(5, 17), "2026-03-02 is a Monday");
    }
}
