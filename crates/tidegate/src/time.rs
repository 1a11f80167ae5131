//! Moments and spans as people type them: `-7d`, `yesterday`, `2026-03-02T10:00Z`, `30s`.
//!
//! Everything is UTC. A moment is parsed without a clock and resolved with one, so that tests own
//! the hour.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// The longest span: a hundred years.
const SPAN_S_MAX: u64 = 100 * 366 * 86_400;

/// Returns the time, in milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// A moment, perhaps relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// This very moment.
    At(DateTime<Utc>),
    /// So long before now.
    Ago(Duration),
    /// The midnight that began the day so many days before today.
    Midnight {
        /// 0 is today, 1 yesterday.
        days_ago: u64,
    },
}

impl Moment {
    /// Returns the moment when the clock says `now`.
    pub(crate) fn resolve(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(moment) => moment,
            Self::Ago(span) => TimeDelta::from_std(span)
                .ok()
                .and_then(|it| now.checked_sub_signed(it))
                .unwrap_or(DateTime::UNIX_EPOCH),
            Self::Midnight { days_ago } => {
                let day = now.date_naive();
                let day = day.checked_sub_days(Days::new(days_ago)).unwrap_or(day);
                day.and_time(NaiveTime::MIN).and_utc()
            }
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => return Ok(Self::Ago(Duration::ZERO)),
            "today" => return Ok(Self::Midnight { days_ago: 0 }),
            "yesterday" => return Ok(Self::Midnight { days_ago: 1 }),
            _ => {}
        }
        if let Some(span) = text.strip_prefix('-') {
            return Ok(Self::Ago(span.parse::<Span>()?.0));
        }
        absolute(text).map(Self::At).ok_or_else(|| {
            "write a date (2026-03-02), a time (2026-03-02T10:00Z), a span back from now (-7d, \
             -90m), `now`, `today` or `yesterday`"
                .to_owned()
        })
    }
}

fn absolute(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    let text = text.strip_suffix('Z').unwrap_or(text).replacen(' ', "T", 1);
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H"];
    forms.iter().find_map(|it| NaiveDateTime::parse_from_str(&text, it).ok()).map(|it| it.and_utc())
}

/// A length of time: `30s`, `5m`, `2h`, `90d`, `1w`, `250ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write a number and a unit: 250ms, 30s, 5m, 2h, 90d or 1w".to_owned();
        let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(n_digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let span_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return Err(wrong()),
        };
        let span = number.checked_mul(span_ms).map(Duration::from_millis);
        match span {
            Some(span) if span.as_secs() <= SPAN_S_MAX => Ok(Self(span)),
            _ => Err("the longest span is a hundred years".to_owned()),
        }
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

    fn check(text: &str) -> String {
        let now = DateTime::parse_from_rfc3339("2026-03-01T10:20:30Z").unwrap().to_utc();
        match text.parse::<Moment>() {
            Ok(moment) => moment.resolve(now).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
            Err(error) => error,
        }
    }

    #[test]
    fn a_moment_is_a_date_a_time_or_a_span_back_from_now() {
        assert_eq!(check("now"), "2026-03-01T10:20:30Z");
        assert_eq!(check("today"), "2026-03-01T00:00:00Z");
        assert_eq!(check("yesterday"), "2026-02-28T00:00:00Z");
        assert_eq!(check("-7d"), "2026-02-22T10:20:30Z");
        assert_eq!(check("-90m"), "2026-03-01T08:50:30Z");
        assert_eq!(check("2024-02-29"), "2024-02-29T00:00:00Z");
        assert_eq!(check("2024-02-29T07:08Z"), "2024-02-29T07:08:00Z");
        assert_eq!(check("2024-02-29 07:08:09.5"), "2024-02-29T07:08:09.500Z");
        assert_eq!(check("2024-02-29T07:08:09+02:00"), "2024-02-29T05:08:09Z");
    }

    #[test]
    fn what_is_no_moment_says_how_to_write_one() {
        for text in ["", "2024-02-30", "tomorrow", "7d", "2024-02-29T25:00"] {
            assert!(check(text).starts_with("write a date"), "{text}: {}", check(text));
        }
        for text in ["-", "-7", "-7y", "-d", "--7d"] {
            assert!(check(text).starts_with("write a number"), "{text}: {}", check(text));
        }
        assert_eq!(check("-99999999999w"), "the longest span is a hundred years");
        assert_eq!(check("-99999999999999999999999w").split(':').count(), 2);
    }

    #[test]
    fn a_span_is_written_as_it_was_read() {
        for text in ["0ms", "250ms", "30s", "90m", "2h", "90d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        assert_eq!("120s".parse::<Span>().unwrap().to_string(), "2m");
    }
}
