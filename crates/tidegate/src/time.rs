//! Spans of time as people type them, and the clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::Utc;
use tidegate_model::moment;

pub(crate) use tidegate_model::moment::Moment;

/// Returns the time, in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// A length of time: `30s`, `5m`, `2h`, `90d`, `1w`, `250ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = moment::Wrong;

    fn from_str(text: &str) -> Result<Self, moment::Wrong> {
        moment::span(text).map(Self)
    }
}

impl fmt::Display for Span {
    /// Writes the span with the largest unit that divides it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        for (size, unit) in units {
            if millis > 0 && millis.is_multiple_of(size) {
                return write!(formatter, "{}{unit}", millis / size);
            }
        }
        write!(formatter, "{millis}ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_as_it_was_read() {
        for text in ["0ms", "250ms", "30s", "90m", "2h", "90d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        assert_eq!("120s".parse::<Span>().unwrap().to_string(), "2m");
    }
}
