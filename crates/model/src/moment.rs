//! Moments as people type them: `-7d`, `yesterday 18:00`, `2026-03-02T10:00Z`; and spans: `30s`.
//!
//! Everything is UTC. A moment is parsed without a clock and resolved with one, so that tests own
//! the hour. The command line, the API and the filter language read the same.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono::{SecondsFormat, Timelike as _};

/// Years that can be asked for: what engines that count nanoseconds can name from 1970 on.
pub const YEARS: RangeInclusive<i32> = 1970..=2261;

/// The longest span: a hundred years.
const SPAN_S_MAX: u64 = 100 * 366 * 86_400;

/// Why a text is no moment or no span: what can be written instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It has no form of a moment.
    #[error(
        "write a date (2026-03-02), a time (2026-03-02T10:00Z), a span back from now (-7d, -90m), \
         `now`, `today`, `yesterday` or `yesterday 18:00`"
    )]
    Moment,
    /// It is too long ago, or too far ahead.
    #[error("only years from {} to {} can be asked for", YEARS.start(), YEARS.end())]
    Year,
    /// It has no form of a span.
    #[error("write a number and a unit: 250ms, 30s, 5m, 2h, 90d or 1w")]
    Span,
    /// It is too long a span.
    #[error("the longest span is a hundred years")]
    TooLong,
}

/// A moment, perhaps relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This very moment.
    At(DateTime<Utc>),
    /// So long before now.
    Ago(Duration),
    /// A time of day.
    OfDay {
        /// Of which day: 0 is today, 1 yesterday.
        days_ago: u64,
        /// Since its midnight.
        time: NaiveTime,
    },
}

impl Moment {
    /// Returns the moment when the clock says `now`; 1970, if it is before that.
    #[must_use]
    pub fn resolve(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(moment) => moment,
            Self::Ago(span) => TimeDelta::from_std(span)
                .ok()
                .and_then(|it| now.checked_sub_signed(it))
                .map_or(DateTime::UNIX_EPOCH, |it| it.max(DateTime::UNIX_EPOCH)),
            Self::OfDay { days_ago, time } => {
                let day = now.date_naive();
                let day = day.checked_sub_days(Days::new(days_ago)).unwrap_or(day);
                day.and_time(time).and_utc()
            }
        }
    }
}

impl FromStr for Moment {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        if let Some(span) = text.strip_prefix('-') {
            return Ok(Self::Ago(self::span(span)?));
        }
        if let Some(moment) = worded(text) {
            return Ok(moment);
        }
        let moment = absolute(text).ok_or(Wrong::Moment)?;
        if is_within_reach(moment) { Ok(Self::At(moment)) } else { Err(Wrong::Year) }
    }
}

/// `now`, `today`, `yesterday`, `yesterday 18:00`
fn worded(text: &str) -> Option<Moment> {
    let text = text.to_ascii_lowercase();
    let (word, time) = match text.split_once(' ') {
        Some((word, time)) => (word, Some(time.trim())),
        None => (text.as_str(), None),
    };
    let days_ago = match (word, time) {
        ("now", None) => return Some(Moment::Ago(Duration::ZERO)),
        ("today", _) => 0,
        ("yesterday", _) => 1,
        _ => return None,
    };
    let time = time.map_or(Some(NaiveTime::MIN), |it| {
        let forms = ["%H:%M", "%H:%M:%S"];
        forms.iter().find_map(|form| NaiveTime::parse_from_str(it, form).ok())
    });
    let time = time.filter(|it| it.nanosecond() < NANOS_MAX)?;
    Some(Moment::OfDay { days_ago, time })
}

/// From here on, nanoseconds are those of a leap second, which no column can hold.
const NANOS_MAX: u32 = 1_000_000_000;

/// Reads a date, which is its midnight, or a time; one without a zone is of UTC.
#[must_use]
pub fn absolute(text: &str) -> Option<DateTime<Utc>> {
    if let Some(date) = date(text) {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    let moment = DateTime::parse_from_rfc3339(text).map(|it| it.to_utc()).ok().or_else(|| {
        let text = text.strip_suffix(['Z', 'z']).unwrap_or(text).replacen(' ', "T", 1);
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        let found = forms.iter().find_map(|it| NaiveDateTime::parse_from_str(&text, it).ok());
        found.map(|it| it.and_utc())
    });
    // Years of more or fewer digits are written in forms of their own.
    moment.filter(|it| it.nanosecond() < NANOS_MAX && (0..=9_999).contains(&it.year()))
}

/// Reads a date, as `2026-03-02`.
#[must_use]
pub fn date(text: &str) -> Option<NaiveDate> {
    let is_form = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    if is_form { text.parse().ok() } else { None }
}

/// Reads a length of time: `30s`, `5m`, `2h`, `90d`, `1w`, `250ms`.
pub fn span(text: &str) -> Result<Duration, Wrong> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(n_digits);
    let number: u64 = number.parse().map_err(|_| Wrong::Span)?;
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return Err(Wrong::Span),
    };
    let span = number.checked_mul(unit_ms).map(Duration::from_millis);
    span.filter(|it| it.as_secs() <= SPAN_S_MAX).ok_or(Wrong::TooLong)
}

/// Whether a moment can be asked for: its year is one of [`YEARS`].
#[must_use]
pub fn is_within_reach(moment: DateTime<Utc>) -> bool {
    YEARS.contains(&moment.year())
}

/// Returns a moment as it is written everywhere: `2026-03-02T10:00:00Z`.
#[must_use]
pub fn text(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str) -> String {
        let now = DateTime::parse_from_rfc3339("2026-03-01T10:20:30Z").unwrap().to_utc();
        match typed.parse::<Moment>() {
            Ok(moment) => text(moment.resolve(now)),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_moment_is_a_date_a_time_a_word_or_a_span_back_from_now() {
        assert_eq!(check("now"), "2026-03-01T10:20:30Z");
        assert_eq!(check("today"), "2026-03-01T00:00:00Z");
        assert_eq!(check("today 08:00"), "2026-03-01T08:00:00Z");
        assert_eq!(check("yesterday"), "2026-02-28T00:00:00Z");
        assert_eq!(check("Yesterday  18:00:05"), "2026-02-28T18:00:05Z");
        assert_eq!(check("-7d"), "2026-02-22T10:20:30Z");
        assert_eq!(check("-90m"), "2026-03-01T08:50:30Z");
        assert_eq!(check("-90min"), "2026-03-01T08:50:30Z");
        assert_eq!(check("2024-02-29"), "2024-02-29T00:00:00Z");
        assert_eq!(check("2024-02-29T07:08Z"), "2024-02-29T07:08:00Z");
        assert_eq!(check("2024-02-29 07:08:09.5"), "2024-02-29T07:08:09.500Z");
        assert_eq!(check("2024-02-29T07:08:09+02:00"), "2024-02-29T05:08:09Z");
    }

    #[test]
    fn what_is_no_moment_says_how_to_write_one() {
        for typed in [
            "",
            "2024-02-30",
            "2024-2-9",
            "tomorrow",
            "7d",
            "now 14:00",
            "today 25:00",
            "today 23:59:60",
            "2024-02-29T25:00",
            "2024-12-31T23:59:60Z",
            "+12024-02-29T10:00",
        ] {
            assert_eq!(check(typed), Wrong::Moment.to_string(), "{typed}");
        }
        for typed in ["-", "-7", "-7y", "-d", "--7d", "-99999999999999999999999w"] {
            assert_eq!(check(typed), Wrong::Span.to_string(), "{typed}");
        }
        for typed in ["1600-01-01", "2300-01-01T00:00Z", "9999-12-31"] {
            assert_eq!(check(typed), "only years from 1970 to 2261 can be asked for", "{typed}");
        }
        assert_eq!(check("-30000d"), "1970-01-01T00:00:00Z");
        assert_eq!(check("-99999999999w"), "the longest span is a hundred years");
    }

    #[test]
    fn what_is_beyond_nanoseconds_is_out_of_reach() {
        let check = |typed: &str, expected: bool| {
            assert_eq!(is_within_reach(absolute(typed).unwrap()), expected, "{typed}");
        };
        check("1969-12-31T23:59:59.999999Z", false);
        check("1970-01-01", true);
        check("2261-12-31T23:59:59.999999Z", true);
        check("2262-01-01", false);
        check("9999-12-31", false);
    }
}
