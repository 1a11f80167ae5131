//! What is unusual on the time line: an hour that comes to far more than the same hour usually does.

use tidegate_model::span::{DAY_US, HOUR_US};

use super::question::Question;
use super::{Buckets, Explorer, Run, Source, Window};
use crate::Result;

/// Days before the window that tell what is usual.
const DAYS_BEFORE: i64 = 7;

/// How many times the usual an amount must be.
const TIMES_MIN: i64 = 3;

/// Below this, nothing is worth a flag.
const VALUE_MIN: i64 = 20;

/// Flags that an answer has; the largest are kept.
pub const SPIKES_MAX: usize = 50;

/// Days of the longest window: beyond, an hour is less than a pixel.
const WINDOW_DAYS_MAX: i64 = 92;

/// An unusual span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spike {
    /// When.
    pub window: Window,
    /// What it came to.
    pub value: i64,
    /// What the same hours usually come to.
    pub usual: i64,
}

impl Explorer {
    /// Returns what is unusual in the window of a question, the earliest first, and where that came
    /// from. What it groups by,
    /// its buckets and what it compares with are not used.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn spikes(&self, question: &Question, run: &Run) -> Result<(Vec<Spike>, Source)> {
        let Window { from_us, until_us } = question.window;
        let from_us =
            from_us.max(until_us - WINDOW_DAYS_MAX * DAY_US).div_euclid(HOUR_US) * HOUR_US;
        let long = Window { from_us: from_us - DAYS_BEFORE * DAY_US, until_us };
        let Some(buckets) = Buckets::of_length(long, HOUR_US / 1_000_000).or_else(|| hourly(long))
        else {
            return Ok((Vec::new(), Source::None));
        };
        let asked = Question {
            window: long,
            by: Vec::new(),
            buckets: Some(buckets),
            compared: None,
            ..question.clone()
        };
        let explored = self.explore(&asked, run).await?;
        let source = explored.source;
        let hours = explored.total.amount.series.unwrap_or_default();
        let first = usize::try_from((from_us - buckets.origin_us) / HOUR_US).unwrap_or(0);
        Ok((spikes(&hours, first, buckets.origin_us), source))
    }
}

/// Returns the hours of a window that is longer than a chart's may be.
fn hourly(window: Window) -> Option<Buckets> {
    let n = usize::try_from(window.length_us() / HOUR_US + 1).ok()?;
    Some(Buckets { length_us: HOUR_US, origin_us: window.from_us, n })
}

/// Returns the unusual ones of `hours` from `first` on; neighbours are one.
fn spikes(hours: &[i64], first: usize, origin_us: i64) -> Vec<Spike> {
    let mut spikes: Vec<Spike> = Vec::new();
    for index in first..hours.len() {
        let Some(usual) = usual(hours, index) else { continue };
        let value = hours[index];
        if value < VALUE_MIN || value < usual.saturating_mul(TIMES_MIN) {
            continue;
        }
        let at_us = origin_us + i64::try_from(index).unwrap_or(i64::MAX) * HOUR_US;
        match spikes.last_mut().filter(|it| it.window.until_us == at_us) {
            Some(last) => {
                last.window.until_us += HOUR_US;
                last.value += value;
                last.usual += usual;
            }
            None => spikes.push(Spike {
                window: Window { from_us: at_us, until_us: at_us + HOUR_US },
                value,
                usual,
            }),
        }
    }
    spikes.sort_by_key(|it| std::cmp::Reverse(it.value - it.usual));
    spikes.truncate(SPIKES_MAX);
    spikes.sort_by_key(|it| it.window.from_us);
    spikes
}

/// Returns what an hour usually comes to: the middle of the same hour of the days before; where
/// nothing was recorded before, the middle of all other hours.
fn usual(hours: &[i64], index: usize) -> Option<i64> {
    let begun = hours.iter().position(|it| *it > 0)?;
    let days = (1..=7).filter_map(|day| index.checked_sub(day * 24)).filter(|it| *it >= begun);
    let same: Vec<i64> = days.map(|it| hours[it]).collect();
    if same.len() >= 3 {
        return Some(middle(same));
    }
    let others = (begun..hours.len()).filter(|it| *it != index).map(|it| hours[it]);
    let others: Vec<i64> = others.collect();
    (others.len() >= 3).then(|| middle(others))
}

fn middle(mut amounts: Vec<i64>) -> i64 {
    amounts.sort_unstable();
    amounts[amounts.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hours: &[i64], first: usize, expected: &[(i64, i64, i64, i64)]) {
        let seen = spikes(hours, first, 0);
        let seen: Vec<_> = seen
            .iter()
            .map(|it| {
                let Window { from_us, until_us } = it.window;
                (from_us / HOUR_US, until_us / HOUR_US, it.value, it.usual)
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn an_hour_far_above_the_same_hour_of_other_days_is_a_spike() {
        let mut hours = vec![10; 24 * 5];
        for day in 0..5 {
            hours[day * 24 + 3] = 900;
        }
        hours[4 * 24 + 7] = 400;
        hours[4 * 24 + 8] = 300;
        check(&hours, 4 * 24, &[(4 * 24 + 7, 4 * 24 + 9, 700, 20)]);
    }

    #[test]
    fn a_first_day_is_compared_with_its_other_hours() {
        let mut hours = vec![50; 24];
        hours[9] = 500;
        check(&hours, 0, &[(9, 10, 500, 50)]);
        check(&[500, 0], 0, &[]);
        check(&[], 0, &[]);
    }

    #[test]
    fn few_records_are_no_spike() {
        let mut hours = vec![1; 24];
        hours[9] = 19;
        check(&hours, 0, &[]);
    }
}
