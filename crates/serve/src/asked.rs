//! What the parameters of questions mean, the same for every route.

use tidegate_filter::Filter;
use tidegate_model::span::DAY_US;
use tidegate_query::Bounds;
use tidegate_query::explore::{self, Buckets, Dimension, Key, Metric, Run, Source};
use tokio::time::Instant;

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::question::{Counters, Progress, Question};
use crate::window::Window;
use crate::wire::{Cell, Cost, CostSource};

/// Returns the filter of the parameter `q`.
///
/// # Errors
///
/// `filter`, with the place in the text.
pub(crate) fn filter(q: Option<&str>) -> Result<Filter, Problem> {
    Filter::parse(q.unwrap_or_default()).map_err(|it| {
        let problem = Problem::new(Code::Filter, it.message.clone())
            .span(it.chars.start, it.chars.end)
            .suggestions(it.suggestions.clone());
        match it.hint() {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    })
}

/// Returns the dimensions of a parameter: names with commas between them.
///
/// # Errors
///
/// `usage`, if one is unknown or there are more than `max`.
pub(crate) fn dimensions(
    name: &str,
    text: Option<&str>,
    max: usize,
) -> Result<Vec<Dimension>, Problem> {
    let names = text.unwrap_or_default().split(',').map(str::trim).filter(|it| !it.is_empty());
    let dimensions = names.map(|it| dimension(name, it)).collect::<Result<Vec<_>, _>>()?;
    if dimensions.len() > max {
        let message = format!("`{name}` has {} columns", dimensions.len());
        return Err(Problem::new(Code::Usage, message).hint(format!("{max} are the most")));
    }
    Ok(dimensions)
}

/// Returns the dimension that a parameter names.
///
/// # Errors
///
/// `usage`, if it is unknown.
pub(crate) fn dimension(name: &str, text: &str) -> Result<Dimension, Problem> {
    Dimension::find(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = format!("`{name}` names no column to group by: `{shown}`");
        let problem = Problem::new(Code::Usage, message);
        match Dimension::nearest(text) {
            Some(near) => {
                problem.hint(format!("did you mean `{near}`?")).suggestions(vec![near.to_owned()])
            }
            None => problem.hint("/api/v1/schema lists them as `dimensions`"),
        }
    })
}

/// Returns the metric of a parameter: bytes, if none is named.
///
/// # Errors
///
/// `usage`, if it is unknown.
pub(crate) fn metric(text: Option<&str>) -> Result<Metric, Problem> {
    let text = text.unwrap_or("bytes");
    Metric::find(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let names = Metric::ALL.map(Metric::name).join(", ");
        Problem::new(Code::Usage, format!("`metric` is not one of {names}: `{shown}`"))
    })
}

/// Returns a number within its bounds.
///
/// # Errors
///
/// `usage`, if it is not.
pub(crate) fn limit(number: Option<usize>, default: usize, max: usize) -> Result<usize, Problem> {
    let number = number.unwrap_or(default);
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(Problem::new(Code::Usage, format!("`limit` is {number}"))
        .hint(format!("it may be 1 to {max}")))
}

/// Returns how a window is divided: `auto`, `none`, or a length as `60s`, `5m`, `1h`, `1d`.
///
/// # Errors
///
/// `usage`, if it is none of these, or makes too many buckets.
pub(crate) fn buckets(
    text: Option<&str>,
    window: Window,
    default: &str,
) -> Result<Option<Buckets>, Problem> {
    let text = text.unwrap_or(default);
    let window = explored(window);
    match text {
        "none" => return Ok(None),
        "auto" => return Ok(Some(Buckets::auto(window, HOURLY_FROM_US))),
        _ => {}
    }
    let shown: String = text.chars().take(40).collect();
    let length_s = length_s(text).ok_or_else(|| {
        Problem::new(Code::Usage, format!("`bucket` is no span: `{shown}`"))
            .hint("write `auto`, `none`, or a length: 60s, 5m, 1h, 1d")
    })?;
    let buckets = Buckets::of_length(window, length_s).ok_or_else(|| {
        Problem::new(Code::Usage, format!("`bucket={shown}` makes too many buckets"))
            .hint("take a longer bucket, or a shorter time range")
    })?;
    Ok(Some(buckets))
}

/// From windows of this length on, a chart has whole hours: two days.
const HOURLY_FROM_US: i64 = 2 * DAY_US;

fn length_s(text: &str) -> Option<i64> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(n_digits);
    let unit_s = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit_s)
}

/// Returns the window that is compared with: `none`, `previous`, `day`, `week`, or the beginning
/// and the end of another of the same length, with `..` between.
///
/// # Errors
///
/// `usage`, if it is none of these.
pub(crate) fn compared(
    app: &App,
    text: Option<&str>,
    window: Window,
) -> Result<Option<Window>, Problem> {
    use chrono::TimeDelta;
    match text.unwrap_or("none") {
        "none" | "" => Ok(None),
        "previous" => Ok(Some(window.previous())),
        "day" => Ok(Some(window.earlier(TimeDelta::days(1)))),
        "week" => Ok(Some(window.earlier(TimeDelta::days(7)))),
        other => {
            let Some((from, until)) = other.split_once("..") else {
                let shown: String = other.chars().take(40).collect();
                return Err(Problem::new(Code::Usage, format!("`compare` is `{shown}`"))
                    .hint("write `none`, `previous`, `day`, `week` or FROM..UNTIL"));
            };
            let compared = app.window(Some(from), Some(until))?;
            if compared.until - compared.from != window.until - window.from {
                return Err(Problem::new(Code::Usage, "`compare` is not as long as the window")
                    .hint("amounts of windows of different lengths say nothing together"));
            }
            Ok(Some(compared))
        }
    }
}

/// Returns a window as the engine has it.
pub(crate) fn explored(window: Window) -> explore::Window {
    explore::Window { from_us: window.from_us(), until_us: window.until_us() }
}

/// Returns what a statement may take; `confirm` reads more than is read without asking.
pub(crate) fn bounds(app: &App, confirm: Option<bool>) -> Bounds {
    let read_bytes_max = Some(app.limits.read_bytes).filter(|_| confirm != Some(true));
    Bounds { is_query_only: true, read_bytes_max, ..Bounds::default() }
}

/// Returns a run of the question, whose progress others can see.
pub(crate) fn run(app: &App, question: &Question, confirm: Option<bool>) -> Run {
    let run = Run::new(bounds(app, confirm));
    let watched = run.clone();
    let counters: Counters = std::sync::Arc::new(move || {
        let progress = watched.progress();
        Progress {
            n_files: progress.n_files,
            n_files_done: progress.n_files,
            n_rows: progress.n_rows,
            n_bytes: progress.n_bytes,
            elapsed_ms: 0,
        }
    });
    question.watch(counters);
    run
}

/// Returns what a run cost that began at `begun`, and counts it if it cost nothing.
pub(crate) fn cost(app: &App, run: &Run, source: Source, begun: Instant) -> Cost {
    if source == Source::Cache {
        app.metrics.count_cache_hit();
    }
    let progress = run.progress();
    Cost {
        elapsed_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        source: match source {
            Source::None => CostSource::None,
            Source::Rows => CostSource::Rows,
            Source::Summary => CostSource::Summary,
            Source::Both => CostSource::Both,
            Source::Cache => CostSource::Cache,
        },
        n_files: progress.n_files,
        n_files_total: progress.n_files_total,
        n_rows: progress.n_rows,
        n_bytes: progress.n_bytes,
        version: progress.version.unwrap_or_default(),
        warnings: Vec::new(),
    }
}

/// Returns a key as a cell.
pub(crate) fn cell(key: Key) -> Cell {
    Cell(match key {
        Key::Number(number) => number.into(),
        Key::Flag(flag) => flag.into(),
        Key::Text(text) => text.into(),
        Key::Null => serde_json::Value::Null,
    })
}

/// Returns the share of a whole.
#[expect(clippy::cast_precision_loss, reason = "a share is shown with three digits")]
pub(crate) fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Returns a text as one word of a command line.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./:,=".contains(it);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
