//! How a window is divided.

use tidegate_model::span::HOUR_US;

use super::Window;

/// Lengths that a person reads without thinking, in seconds.
const LENGTHS_S: &[i64] =
    &[60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000];

/// Buckets that a chart of a window has if nobody says otherwise: a few pixels each.
const BUCKETS_AUTO_MAX: i64 = 150;

/// Buckets that one question may ask for.
pub const BUCKETS_MAX: i64 = 2_000;

/// The division of a window: buckets of one length, which begin at multiples of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Buckets {
    /// Length of a bucket.
    pub length_us: i64,
    /// Where the first one begins: at or before the window.
    pub origin_us: i64,
    /// How many there are.
    pub n: usize,
}

impl Buckets {
    /// Divides a window into buckets of `length_s` seconds; `None` if that are too many, or none.
    #[must_use]
    pub fn of_length(window: Window, length_s: i64) -> Option<Self> {
        let step_us = length_s.checked_mul(1_000_000).filter(|it| *it > 0)?;
        let origin_us = window.from_us.div_euclid(step_us) * step_us;
        let reach_us = window.until_us.checked_sub(origin_us)?;
        let n = reach_us.div_euclid(step_us) + i64::from(reach_us.rem_euclid(step_us) > 0);
        let n = usize::try_from(n).ok().filter(|_| (1..=BUCKETS_MAX).contains(&n))?;
        Some(Self { length_us: step_us, origin_us, n })
    }

    /// Divides a window into as many buckets as a chart shows; from `hours_from_us` on, whole hours.
    #[must_use]
    pub fn auto(window: Window, hours_from_us: i64) -> Self {
        let is_hourly = window.length_us() >= hours_from_us;
        let fits = |length_s: &&i64| {
            let length_us = **length_s * 1_000_000;
            (!is_hourly || length_us >= HOUR_US)
                && window.length_us() / length_us <= BUCKETS_AUTO_MAX
        };
        let longest_s = LENGTHS_S[LENGTHS_S.len() - 1];
        let length_s = LENGTHS_S.iter().find(fits).copied().unwrap_or(longest_s);
        Self::of_length(window, length_s).unwrap_or(Self {
            length_us: window.length_us().max(1),
            origin_us: window.from_us,
            n: 1,
        })
    }

    /// Returns the same division of another window of the same length.
    #[must_use]
    pub fn moved(self, by_us: i64) -> Self {
        Self { origin_us: self.origin_us - by_us, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from_s: i64, until_s: i64, hours_from_s: i64, expected: (i64, i64, usize)) {
        let window = Window { from_us: from_s * 1_000_000, until_us: until_s * 1_000_000 };
        let buckets = Buckets::auto(window, hours_from_s.saturating_mul(1_000_000));
        let seen = (buckets.length_us / 1_000_000, buckets.origin_us / 1_000_000, buckets.n);
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_window_is_divided_into_lengths_that_people_read() {
        check(0, 3_600, i64::MAX, (60, 0, 60));
        check(30, 3_630, i64::MAX, (60, 0, 61));
        check(0, 86_400, i64::MAX, (600, 0, 144));
        check(0, 86_400, 86_400, (3_600, 0, 24));
        check(0, 30 * 86_400, i64::MAX, (21_600, 0, 120));
        check(0, 3_650 * 86_400, i64::MAX, (2_592_000, 0, 122));
    }

    #[test]
    fn a_division_into_too_many_is_none() {
        let window = Window { from_us: 0, until_us: 86_400_000_000 };
        assert_eq!(Buckets::of_length(window, 1), None);
        assert_eq!(Buckets::of_length(window, 0), None);
        assert_eq!(Buckets::of_length(window, 3_600).map(|it| it.n), Some(24));
    }
}
