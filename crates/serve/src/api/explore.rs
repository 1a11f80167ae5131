//! `GET /explore`: what is on top, over time, compared; the rest is exact.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::question::{DIMENSIONS_MAX, LIMIT_MAX};
use tidegate_query::explore::{Amount, Dimension, Explored, Question as Asked, sql};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked::{self, cell, share, shell_word};
use crate::extract::Params;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::{Window, text};
use crate::wire::{Cell, Cost};

/// Groups if nobody says how many.
const LIMIT_DEFAULT: usize = 10;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ExploreAsk {
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window: a time, a date, `-24h`, `yesterday 14:00`. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Columns to group by, with commas between them, four at most.
    pub by: Option<String>,
    /// `bytes`, `packets`, `flows` (records) or `connections`.
    pub metric: Option<String>,
    /// Groups, 1 to 1,000.
    pub limit: Option<usize>,
    /// `auto`, `none`, or the length of a bucket: `60s`, `5m`, `1h`, `1d`.
    pub bucket: Option<String>,
    /// `none`, `previous`, `day`, `week`, or FROM..UNTIL of the same length.
    pub compare: Option<String>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// What is on top, and the rest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExploreAnswer {
    /// The filter as it was understood.
    pub q: String,
    /// The window as it was understood.
    pub window: Window,
    /// Length of a bucket.
    #[schema(required)]
    pub bucket_s: Option<i64>,
    /// When the first bucket begins: at or before the window.
    #[schema(required)]
    pub buckets_from: Option<String>,
    /// Buckets of a series.
    pub n_buckets: usize,
    /// The window that is compared with.
    #[schema(required)]
    pub compared: Option<Window>,
    /// Columns of the keys.
    pub by: Vec<String>,
    /// What is added up.
    pub metric: String,
    /// The groups on top, the largest first.
    pub rows: Vec<ExploreRow>,
    /// All other groups, if there are any.
    #[schema(required)]
    pub other: Option<ExploreRest>,
    /// All groups.
    pub total: ExploreRest,
    /// A statement with the same rows.
    pub sql: String,
    /// A command with the same rows; without `by`, with the same total.
    pub command: String,
    /// What it cost.
    pub cost: Cost,
}

/// A group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExploreRow {
    /// A value for each column of `by`.
    pub key: Vec<Cell>,
    /// What it comes to.
    pub value: i64,
    /// Of the total, 0 to 1.
    pub share: f64,
    /// Bucket by bucket.
    #[schema(required)]
    pub series: Option<Vec<i64>>,
    /// In the window that is compared with.
    #[schema(required)]
    pub previous: Option<i64>,
    /// In that window, bucket by bucket.
    #[schema(required)]
    pub previous_series: Option<Vec<i64>>,
}

/// Several groups together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExploreRest {
    /// How many groups.
    pub n_groups: u64,
    /// What they come to.
    pub value: i64,
    /// Of the total, 0 to 1.
    pub share: f64,
    /// Bucket by bucket.
    #[schema(required)]
    pub series: Option<Vec<i64>>,
    /// In the window that is compared with.
    #[schema(required)]
    pub previous: Option<i64>,
    /// In that window, bucket by bucket.
    #[schema(required)]
    pub previous_series: Option<Vec<i64>>,
}

/// What is on top, over time and compared, and exactly what the rest is
#[utoipa::path(get, path = "/explore", tag = "questions", params(ExploreAsk),
    responses((status = 200, body = ExploreAnswer), (status = "default", body = Body)))]
pub async fn explore(
    State(app): State<Arc<App>>,
    Params(ask): Params<ExploreAsk>,
    question: Question,
) -> Answered<ExploreAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let compared = asked::compared(&app, ask.compare.as_deref(), window)?;
    let asked = Asked {
        filter: asked::filter(ask.q.as_deref())?,
        window: asked::explored(window),
        by: asked::dimensions("by", ask.by.as_deref(), DIMENSIONS_MAX)?,
        metric: asked::metric(ask.metric.as_deref())?,
        limit: asked::limit(ask.limit, LIMIT_DEFAULT, LIMIT_MAX)?,
        buckets: asked::buckets(ask.bucket.as_deref(), window, "auto")?,
        compared: compared.map(asked::explored),
    };
    if let Some(conflict) = Dimension::conflict(&asked.by) {
        return Err(Problem::new(Code::Usage, format!("`by` cannot be grouped by: {conflict}")));
    }
    question.note(&asked.filter.to_string(), window);
    let run = asked::run(&app, &question, ask.confirm);
    let explored = question
        .run(async { app.explorer.explore(&asked, &run).await.map_err(Problem::from) })
        .await?;
    let cost = asked::cost(&app, &run, explored.source, begun);
    Ok(Json(answer(&asked, explored, (window, compared), cost)))
}

fn answer(
    asked: &Asked,
    explored: Explored,
    (window, compared): (Window, Option<Window>),
    cost: Cost,
) -> ExploreAnswer {
    let total = explored.total.amount.value;
    let rows = explored.top.into_iter().map(|it| ExploreRow {
        key: it.keys.into_iter().map(cell).collect(),
        value: it.amount.value,
        share: share(it.amount.value, total),
        series: it.amount.series,
        previous: it.amount.previous,
        previous_series: it.amount.previous_series,
    });
    let buckets_from = asked.buckets.and_then(|it| moment(it.origin_us));
    ExploreAnswer {
        q: asked.filter.to_string(),
        window,
        bucket_s: asked.buckets.map(|it| it.length_us / 1_000_000),
        buckets_from,
        n_buckets: asked.buckets.map_or(0, |it| it.n),
        compared,
        by: asked.by.iter().map(|it| it.name.to_owned()).collect(),
        metric: asked.metric.name().to_owned(),
        rows: rows.collect(),
        other: explored.other.map(|it| rest(it.n_groups, it.amount, total)),
        total: rest(explored.total.n_groups, explored.total.amount, total),
        sql: sql::statement(asked),
        command: command(asked, window),
        cost,
    }
}

fn moment(at_us: i64) -> Option<String> {
    chrono::DateTime::from_timestamp_micros(at_us).map(text)
}

fn rest(n_groups: u64, amount: Amount, total: i64) -> ExploreRest {
    ExploreRest {
        n_groups,
        value: amount.value,
        share: share(amount.value, total),
        series: amount.series,
        previous: amount.previous,
        previous_series: amount.previous_series,
    }
}

/// Returns the command with the same rows; if there are no groups, with the same total.
fn command(asked: &Asked, window: Window) -> String {
    if asked.by.is_empty() {
        let sql = sql::statement(asked).replace('\n', " ");
        return format!("tidegate sql {}", shell_word(&sql));
    }
    let by: Vec<&str> = asked.by.iter().map(|it| it.name).collect();
    let mut words = vec!["tidegate top".to_owned(), by.join(",")];
    if !asked.filter.is_everything() {
        words.push(shell_word(&asked.filter.to_string()));
    }
    words.push(format!("--by {}", asked.metric.name()));
    words.push(format!("--from {} --to {}", text(window.from), text(window.until)));
    words.push(format!("--limit {}", asked.limit));
    words.join(" ")
}
