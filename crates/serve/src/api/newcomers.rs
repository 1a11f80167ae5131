//! `GET /newcomers`: how many values of a column are new.

use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::{Metric, Question as Asked};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked;
use crate::extract::Params;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::Window;
use crate::wire::Cost;

/// Days before the window if nobody says how many.
const DAYS_DEFAULT: u32 = 7;

/// Lengths of windows, in days, that are divided into days: so the sums of days answer.
const DAILY: RangeInclusive<i64> = 7..=366;

/// The most days before the window.
const DAYS_MAX: u32 = 366;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NewcomersAsk {
    /// The column, as `srcaddr`.
    pub field: String,
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Days before the window in which a value must not have been seen, 1 to 366.
    pub days: Option<u32>,
    /// `auto`, or the length of a bucket: `60s`, `5m`, `1h`, `1d`.
    pub bucket: Option<String>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// How many values are new.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewcomersAnswer {
    /// The filter as it was understood.
    pub q: String,
    /// The window as it was understood.
    pub window: Window,
    /// The column.
    pub field: String,
    /// Days before the window in which they were not seen.
    pub days: u32,
    /// How many are new.
    pub n_new: i64,
    /// Length of a bucket.
    pub bucket_s: i64,
    /// How many came in each bucket.
    pub series: Vec<i64>,
    /// What it cost.
    pub cost: Cost,
}

/// How many values of a column were not seen in the days before
#[utoipa::path(get, path = "/newcomers", tag = "questions", params(NewcomersAsk),
    responses((status = 200, body = NewcomersAnswer), (status = "default", body = Body)))]
pub async fn newcomers(
    State(app): State<Arc<App>>,
    Params(ask): Params<NewcomersAsk>,
    question: Question,
) -> Answered<NewcomersAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let dimension = asked::dimension("field", &ask.field)?;
    let days = ask.days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        let hint = format!("it may be 1 to {DAYS_MAX}");
        return Err(Problem::new(Code::Usage, format!("`days` is {days}")).hint(hint));
    }
    let is_daily = DAILY.contains(&(window.until - window.from).num_days());
    let auto = if is_daily { "1d" } else { "auto" };
    let bucket = ask.bucket.as_deref().filter(|it| *it != "auto");
    let Some(buckets) = asked::buckets(bucket, window, auto)? else {
        return Err(Problem::new(Code::Usage, "`bucket` may not be `none` here"));
    };
    let asked = Asked {
        filter: asked::filter(ask.q.as_deref())?,
        window: asked::explored(window),
        by: vec![dimension],
        metric: Metric::Flows,
        limit: 1,
        buckets: None,
        compared: None,
    };
    let q = asked.filter.to_string();
    question.note(&q, window);
    let run = asked::run(&app, &question, ask.confirm);
    let work =
        async { Ok::<_, Problem>(app.explorer.newcomers(&asked, buckets, days, &run).await?) };
    let found = question.run(work).await?.unwrap_or_default();
    Ok(Json(NewcomersAnswer {
        q,
        window,
        field: dimension.name.to_owned(),
        days,
        n_new: found.total.amount.value,
        bucket_s: buckets.length_us / 1_000_000,
        series: found.total.amount.series.unwrap_or_default(),
        cost: asked::cost(&app, &run, found.source, begun),
    }))
}
