//! `POST /sql`: a question in SQL, as JSON or as a file.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::Source;
use tidegate_query::{Answer, Bounds, split_statements, weight};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::extract::{Params, Posted};
use crate::limit::{ANSWER_BYTES_MAX, SQL_NESTED_MAX, SQL_OPERATORS_MAX};
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::wire::{Cell, Cost, SqlColumn};
use crate::{Answered, asked, cells, export};

/// Rows of an answer if nobody says how many.
const ROWS_DEFAULT: u64 = 1_000;

/// The most rows of an answer in JSON.
const ROWS_MAX: u64 = 50_000;

/// The most rows of a file.
const EXPORT_ROWS_MAX: u64 = 10_000_000;

/// How the answer is written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SqlParams {
    /// `json`, or a file: `csv`, `ndjson`, `parquet`.
    pub format: Option<String>,
}

/// A question in SQL.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlAsk {
    /// One statement that asks.
    pub sql: String,
    /// Rows at most: 1,000 if not given, up to 50,000 in JSON and 10,000,000 in a file.
    pub rows_max: Option<u64>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// The answer to a question in SQL.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SqlAnswer {
    /// Columns of the rows.
    pub columns: Vec<SqlColumn>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// How many.
    pub n_rows: usize,
    /// Whether there are more.
    pub is_cut: bool,
    /// What a statement without rows says.
    #[schema(required)]
    pub message: Option<String>,
    /// What it cost.
    pub cost: Cost,
}

/// A question in SQL
#[utoipa::path(post, path = "/sql", tag = "questions", params(SqlParams), request_body = SqlAsk,
    responses((status = 200, body = SqlAnswer), (status = "default", body = Body)))]
pub async fn sql(
    State(app): State<Arc<App>>,
    Params(params): Params<SqlParams>,
    question: Question,
    Posted(ask): Posted<SqlAsk>,
) -> Result<Response, Problem> {
    let begun = Instant::now();
    let form = export::form(params.format.as_deref())?;
    let sql = one_statement(&ask.sql)?;
    question.note_sql(&sql);
    let rows_most = if form.is_some() { EXPORT_ROWS_MAX } else { ROWS_MAX };
    let rows_default = if form.is_some() { EXPORT_ROWS_MAX } else { ROWS_DEFAULT };
    let rows_max = ask.rows_max.unwrap_or(rows_default);
    if rows_max == 0 || rows_max > rows_most {
        let hint = format!("it may be 1 to {rows_most}");
        return Err(Problem::new(Code::Usage, format!("`rows_max` is {rows_max}")).hint(hint));
    }
    let bounds = Bounds { rows_max: Some(rows_max), ..asked::bounds(&app, ask.confirm) };
    let hold = question.hold().await?;
    let run = asked::run(&app, &question, ask.confirm);
    let work = async {
        let answer = app.engine().run_within(&sql, bounds).await;
        answer.map_err(|it| Problem::of_sql(&it, &sql))
    };
    let answer = hold.within(work).await?;
    run.note(&answer.reading);
    if let Some(form) = form {
        return export::respond(answer, form, "answer", hold);
    }
    let mut answered = hold.within(read(answer, &sql)).await?;
    drop(hold);
    answered.cost = asked::cost(&app, &run, Source::Rows, begun);
    Ok(Answered::<SqlAnswer>::Ok(Json(answered)).into_response())
}

fn one_statement(text: &str) -> Result<String, Problem> {
    let mut statements = split_statements(text);
    let statement = statements.pop();
    match statement {
        Some(statement) if statements.is_empty() => {
            let weight = weight(&statement);
            let (what, n, max, way) = if weight.n_operators > SQL_OPERATORS_MAX {
                let way = "a long list goes into `IN (...)`";
                ("operators", weight.n_operators, SQL_OPERATORS_MAX, way)
            } else if weight.n_nested > SQL_NESTED_MAX {
                let way = "`WITH name AS (...)` takes a part out";
                ("parts within each other", weight.n_nested, SQL_NESTED_MAX, way)
            } else {
                return Ok(statement);
            };
            let message = format!("the statement has {n} {what}");
            Err(Problem::new(Code::Sql, message).hint(format!("{max} are the most; {way}")))
        }
        Some(_) => {
            Err(Problem::new(Code::Sql, "there is more than one statement")
                .hint("ask them one by one"))
        }
        None => Err(Problem::new(Code::Sql, "there is no statement").hint("`SELECT 1`")),
    }
}

/// Reads the rows of an answer.
async fn read(mut answer: Answer, sql: &str) -> Result<SqlAnswer, Problem> {
    let mut rows = Vec::new();
    let mut n_bytes = 0;
    let failed = |it: tidegate_query::Error| Problem::of_sql(&it, sql);
    while let Some(batch) = answer.batches.try_next().await.map_err(failed)? {
        n_bytes += batch.get_array_memory_size();
        if n_bytes > ANSWER_BYTES_MAX {
            let message = format!("the answer is larger than {ANSWER_BYTES_MAX} bytes");
            return Err(Problem::new(Code::TooLarge, message)
                .hint("ask for fewer rows or columns, or for a file: `?format=parquet`"));
        }
        let shown = cells::rows(&batch).map_err(|it| {
            Problem::new(Code::Sql, "a value of the answer cannot be shown").because(&it)
        })?;
        rows.extend(shown);
    }
    Ok(SqlAnswer {
        columns: cells::columns(&answer.schema),
        n_rows: rows.len(),
        rows,
        is_cut: answer.is_cut.load(Ordering::Relaxed),
        message: answer.message,
        cost: Cost::default(),
    })
}
