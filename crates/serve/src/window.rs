//! Windows of time as people ask for them: `-24h` to `now`, `yesterday 14:00`, dates, RFC 3339.
//!
//! Everything is UTC and half-open. The clock is handed in.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};
use tidegate_model::moment::{self, Moment};
use utoipa::ToSchema;

use crate::limit::WINDOW_DAYS_MAX;
use crate::problem::{Code, Problem};

/// Where a window begins if nobody says.
const FROM_DEFAULT: &str = "-24h";

/// Where it ends.
const UNTIL_DEFAULT: &str = "now";

/// A window of time: from the first moment to the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Window {
    /// The first moment in it.
    #[serde(serialize_with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub from: DateTime<Utc>,
    /// The first moment after it.
    #[serde(serialize_with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub until: DateTime<Utc>,
}

impl Window {
    /// Returns the window that two parameters mean when the clock says `now`.
    ///
    /// # Errors
    ///
    /// If one of them is no time, if the window is empty, or longer than ten years.
    pub fn read(
        from: Option<&str>,
        until: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let from = moment("from", from.unwrap_or(FROM_DEFAULT), now)?;
        let until = moment("until", until.unwrap_or(UNTIL_DEFAULT), now)?;
        Self::new(from, until)
    }

    /// Returns the window between two moments.
    ///
    /// # Errors
    ///
    /// If it is empty, or longer than ten years.
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Self, Problem> {
        if !moment::is_within_reach(from) || !moment::is_within_reach(until) {
            let message = format!("a window from {} until {}", text(from), text(until));
            return Err(Problem::new(Code::Usage, format!("{message} cannot be asked for"))
                .hint(moment::Wrong::Year.to_string()));
        }
        if from >= until {
            let message =
                format!("`from` ({}) is not before `until` ({})", text(from), text(until));
            let hint = "windows are half-open: from=2026-03-02&until=2026-03-03 is one day";
            return Err(Problem::new(Code::Usage, message).hint(hint));
        }
        if until - from > TimeDelta::days(WINDOW_DAYS_MAX) {
            let message = format!("a window of {} days is too long", (until - from).num_days());
            return Err(Problem::new(Code::Usage, message).hint("ten years are the most"));
        }
        Ok(Self { from, until })
    }

    /// Returns the window of the same length that ends where this one begins.
    #[must_use]
    pub fn previous(self) -> Self {
        self.earlier(self.until - self.from)
    }

    /// Returns the same window so much earlier.
    #[must_use]
    pub fn earlier(self, by: TimeDelta) -> Self {
        let back = |it: DateTime<Utc>| it.checked_sub_signed(by).unwrap_or(DateTime::UNIX_EPOCH);
        Self { from: back(self.from), until: back(self.until) }
    }

    /// Returns the first moment, in microseconds since the Unix epoch.
    #[must_use]
    pub fn from_us(self) -> i64 {
        self.from.timestamp_micros()
    }

    /// Returns the first moment after it, in microseconds since the Unix epoch.
    #[must_use]
    pub fn until_us(self) -> i64 {
        self.until.timestamp_micros()
    }
}

/// Returns the moment that the parameter `name` means when the clock says `now`.
///
/// # Errors
///
/// If it is no time.
pub fn moment(name: &str, value: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let value = value.trim();
    // After the hour a blank was a `+` before somebody decoded it.
    let found = value.parse::<Moment>().or_else(|wrong| {
        let decoded = value.replace(' ', "+");
        if value.contains('T') { decoded.parse() } else { Err(wrong) }
    });
    found.map(|it| it.resolve(now)).map_err(|wrong| {
        let message = format!("`{name}` is no time: `{}`", shown(value));
        Problem::new(Code::Usage, message).hint(wrong.to_string())
    })
}

/// Returns a time as the API writes it.
#[must_use]
pub fn text(moment: DateTime<Utc>) -> String {
    moment::text(moment)
}

/// Writes a time as the API writes it.
pub(crate) fn rfc3339<S: Serializer>(
    moment: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*moment))
}

fn shown(value: &str) -> String {
    value.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-03-01T10:20:30Z").unwrap().to_utc()
    }

    fn check(value: &str) -> String {
        match moment("from", value, now()) {
            Ok(moment) => text(moment),
            Err(problem) => problem.message().to_owned(),
        }
    }

    #[test]
    fn a_moment_is_a_time_a_date_a_span_or_a_word() {
        assert_eq!(check("now"), "2026-03-01T10:20:30Z");
        assert_eq!(check("-24h"), "2026-02-28T10:20:30Z");
        assert_eq!(check("-90min"), "2026-03-01T08:50:30Z");
        assert_eq!(check("today"), "2026-03-01T00:00:00Z");
        assert_eq!(check("Yesterday 14:00"), "2026-02-28T14:00:00Z");
        assert_eq!(check("2024-02-29"), "2024-02-29T00:00:00Z");
        assert_eq!(check("2024-02-29T07:08:09+02:00"), "2024-02-29T05:08:09Z");
        assert_eq!(check("2024-02-29T07:08:09 02:00"), "2024-02-29T05:08:09Z");
        assert_eq!(check("2024-02-29 07:08"), "2024-02-29T07:08:00Z");
        for value in ["", "-", "-7", "-7y", "tomorrow", "2024-02-30", "now 14:00", "today 25:00"] {
            assert_eq!(check(value), format!("`from` is no time: `{value}`"));
        }
        for value in ["-9999999999999999999w", "1600-01-01", "2300-01-01"] {
            assert_eq!(check(value), format!("`from` is no time: `{value}`"));
        }
    }

    #[test]
    fn a_window_is_a_day_back_unless_it_is_said_and_never_empty_or_endless() {
        let read = |from, until| match Window::read(from, until, now()) {
            Ok(window) => serde_json::to_string(&window).unwrap(),
            Err(problem) => problem.message().to_owned(),
        };
        insta::assert_snapshot!(
            [
                read(None, None),
                read(Some("now"), None),
                read(Some("2010-01-01"), None),
            ]
            .join("\n"),
            @r#"
        {"from":"2026-02-28T10:20:30Z","until":"2026-03-01T10:20:30Z"}
        `from` (2026-03-01T10:20:30Z) is not before `until` (2026-03-01T10:20:30Z)
        a window of 5903 days is too long
        "#
        );
    }

    #[test]
    fn the_previous_window_ends_where_this_one_begins() {
        let window = Window::read(Some("-2h"), Some("-1h"), now()).unwrap();
        let previous = window.previous();
        assert_eq!(
            (text(previous.from), previous.until),
            ("2026-03-01T07:20:30Z".into(), window.from)
        );
    }
}
