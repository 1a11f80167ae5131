//! When a call is tried again: as the SDKs do in their standard mode.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How often a call is tried: the first time, and four times more.
pub(super) const TRIES_MAX: u32 = 5;

/// The longest pause of ours.
const PAUSE_MAX: Duration = Duration::from_secs(20);

/// The longest pause that AWS may ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);

/// A pause that is being made.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How pauses are made, and what they depend on. Handed in, so that tests do not wait.
#[derive(Clone)]
pub struct Pace {
    /// Makes a pause.
    pub sleep: Arc<dyn Fn(Duration) -> Sleep + Send + Sync>,
    /// Returns a number from 0 to 1, another one each time.
    pub jitter: fn() -> f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { sleep: Arc::new(|pause| Box::pin(tokio::time::sleep(pause))), jitter }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pace")
    }
}

impl Pace {
    /// Returns the pause before the next try, `None` if there was the last one.
    ///
    /// Any time up to 1 s, 2 s, 4 s and so on ("full jitter"), and not before AWS wants it.
    pub(super) fn pause(&self, n_tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if n_tries >= TRIES_MAX {
            return None;
        }
        let longest = Duration::from_secs(1 << (n_tries - 1)).min(PAUSE_MAX);
        let pause = longest.mul_f64((self.jitter)().clamp(0.0, 1.0));
        Some(pause.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX)))
    }

    pub(super) async fn sleep(&self, pause: Duration) {
        (self.sleep)(pause).await;
    }
}

/// Every state of the standard library's hasher has random keys.
fn jitter() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    f64::from(u32::try_from(bits).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_and_are_not_shorter_than_aws_wants() {
        let pace = Pace { jitter: || 1.0, ..Pace::default() };
        let check = |n_tries, after: Option<u64>| {
            pace.pause(n_tries, after.map(Duration::from_secs)).map(|it| it.as_secs())
        };
        assert_eq!(
            [1, 2, 3, 4, 5].map(|it| check(it, None)),
            [Some(1), Some(2), Some(4), Some(8), None]
        );
        assert_eq!(check(1, Some(30)), Some(30));
        assert_eq!(check(1, Some(86_400)), Some(60));
    }

    #[test]
    fn the_jitter_lies_between_nothing_and_one_and_is_not_always_the_same() {
        let numbers: Vec<f64> = (0..99).map(|_| jitter()).collect();
        assert!(numbers.iter().all(|it| (0.0..=1.0).contains(it)));
        assert!(numbers.iter().any(|it| *it < 0.5) && numbers.iter().any(|it| *it > 0.5));
    }
}
