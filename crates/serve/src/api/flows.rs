//! `GET /flows`: the records, page by page, or all of them as a file. `GET /flows/related`: those
//! of the same connection, both ways.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use tidegate_filter::Filter;
use tidegate_query::explore::records::{Cursor, Order, PAGE_MAX, PageQuestion};
use tidegate_query::explore::{Metric, Question as Asked, Source};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::asked::{self, shell_word};
use crate::extract::Params;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::{self, Window, text};
use crate::wire::{Cell, Column, Cost};
use crate::{Answered, cells, columns, export};

/// Records of a page if nobody says how many.
const LIMIT_DEFAULT: usize = 100;

/// Records of a file.
const EXPORT_ROWS_MAX: usize = 10_000_000;

/// How far around a record related ones are looked for.
const RELATED_MINUTES: i64 = 60;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FlowsAsk {
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Records of a page, 1 to 5,000; of a file, up to 10,000,000.
    pub limit: Option<usize>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// `newest` or `oldest` first.
    pub order: Option<String>,
    /// Columns, with commas between them; `*` for all.
    pub columns: Option<String>,
    /// `json`, or a file: `csv`, `ndjson`, `parquet`.
    pub format: Option<String>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// A page of records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlowsAnswer {
    /// The filter as it was understood.
    pub q: String,
    /// The window as it was understood.
    pub window: Window,
    /// Columns of the rows.
    pub columns: Vec<Column>,
    /// The records.
    pub rows: Vec<Vec<Cell>>,
    /// Where the next page begins, if there is more.
    #[schema(required)]
    pub next: Option<String>,
    /// How many records there are; on the first page only.
    #[schema(required)]
    pub n_total: Option<i64>,
    /// A statement with the same rows.
    pub sql: String,
    /// A command with the same rows.
    pub command: String,
    /// What it cost.
    pub cost: Cost,
}

/// The records, page by page, or all of them as a file
#[utoipa::path(get, path = "/flows", tag = "questions", params(FlowsAsk),
    responses((status = 200, body = FlowsAnswer), (status = "default", body = Body)))]
pub async fn flows(
    State(app): State<Arc<App>>,
    Params(ask): Params<FlowsAsk>,
    question: Question,
) -> Result<Response, Problem> {
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let filter = asked::filter(ask.q.as_deref())?;
    question.note(&filter.to_string(), window);
    let form = export::form(ask.format.as_deref())?;
    let limit_max = if form.is_some() { EXPORT_ROWS_MAX } else { PAGE_MAX };
    let limit_default = if form.is_some() { EXPORT_ROWS_MAX } else { LIMIT_DEFAULT };
    let columns = columns::named(ask.columns.as_deref())?;
    let page = PageQuestion {
        filter,
        window: asked::explored(window),
        order: order(ask.order.as_deref())?,
        columns: columns.iter().map(|it| columns::quoted(&it.name)).collect(),
        after: ask.after.as_deref().map(cursor).transpose()?,
        limit: asked::limit(ask.limit, limit_default, limit_max)?,
    };
    let Some(form) = form else {
        return Ok(answer(&app, &question, page, (window, columns), ask.confirm)
            .await?
            .into_response());
    };
    let hold = question.hold().await?;
    let run = asked::run(&app, &question, ask.confirm);
    let sql = page.sql_unordered();
    let bounds = asked::bounds(&app, ask.confirm);
    let answer = hold.within(async { Ok(app.engine().run_within(&sql, bounds).await?) }).await?;
    run.note(&answer.reading);
    export::respond(answer, form, "flows", hold)
}

async fn answer(
    app: &App,
    question: &Question,
    page: PageQuestion,
    (window, columns): (Window, Vec<Column>),
    confirm: Option<bool>,
) -> Answered<FlowsAnswer> {
    let begun = Instant::now();
    let run = asked::run(app, question, confirm);
    let work = async {
        let n_total = match page.after {
            Some(_) => None,
            None => Some(app.explorer.explore(&total(&page), &run).await?.total.amount.value),
        };
        Ok::<_, Problem>((app.explorer.page(&page, &run).await?, n_total))
    };
    let (found, n_total) = question.run(work).await?;
    let rows = match &found.rows {
        None => Vec::new(),
        Some(batch) => cells::rows(batch).map_err(|it| {
            Problem::new(Code::Internal, "the records cannot be shown").because(&it)
        })?,
    };
    Ok(Json(FlowsAnswer {
        q: page.filter.to_string(),
        window,
        columns,
        rows,
        next: found.next.map(|it| it.to_string()),
        n_total,
        sql: page.sql(),
        command: command(&page, window),
        cost: asked::cost(app, &run, Source::Rows, begun),
    }))
}

/// Returns the question how many records there are.
fn total(page: &PageQuestion) -> Asked {
    Asked {
        filter: page.filter.clone(),
        window: page.window,
        by: Vec::new(),
        metric: Metric::Flows,
        limit: 1,
        buckets: None,
        compared: None,
    }
}

fn order(text: Option<&str>) -> Result<Order, Problem> {
    match text {
        None | Some("newest") => Ok(Order::Newest),
        Some("oldest") => Ok(Order::Oldest),
        Some(_) => Err(Problem::new(Code::Usage, "`order` is neither `newest` nor `oldest`")),
    }
}

fn cursor(text: &str) -> Result<Cursor, Problem> {
    Cursor::parse(text).ok_or_else(|| {
        Problem::new(Code::Usage, "`after` is not what `next` of a page was")
            .hint("leave it out to begin with the first page")
    })
}

fn command(page: &PageQuestion, window: Window) -> String {
    let mut words = vec!["tidegate flows".to_owned()];
    if !page.filter.is_everything() {
        words.push(shell_word(&page.filter.to_string()));
    }
    words.push(format!("--from {} --to {}", text(window.from), text(window.until)));
    let columns: Vec<&str> = page.columns.iter().map(|it| it.trim_matches('"')).collect();
    words.push(format!("--columns {} --limit {}", columns.join(","), page.limit));
    if page.order == Order::Oldest {
        words.push("--oldest".to_owned());
    }
    words.join(" ")
}

/// Which record.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RelatedAsk {
    /// Source address.
    pub srcaddr: String,
    /// Source port.
    pub srcport: u16,
    /// Destination address.
    pub dstaddr: String,
    /// Destination port.
    pub dstport: u16,
    /// Protocol number.
    pub protocol: u8,
    /// A moment near it: an hour to both sides is looked at.
    pub at: String,
    /// Records of a page, 1 to 5,000.
    pub limit: Option<usize>,
    /// Where the page begins: `next` of the page before.
    pub after: Option<String>,
    /// Columns, with commas between them; `*` for all.
    pub columns: Option<String>,
}

/// The records of the same connection, both ways, at all interfaces, page by page
#[utoipa::path(get, path = "/flows/related", tag = "questions", params(RelatedAsk),
    responses((status = 200, body = FlowsAnswer), (status = "default", body = Body)))]
pub async fn related(
    State(app): State<Arc<App>>,
    Params(ask): Params<RelatedAsk>,
    question: Question,
) -> Answered<FlowsAnswer> {
    let at = window::moment("at", &ask.at, app.now())?;
    let span = TimeDelta::minutes(RELATED_MINUTES);
    let (from, until) = (at.checked_sub_signed(span), at.checked_add_signed(span));
    let window = Window::new(from.unwrap_or(at), until.unwrap_or(at))?;
    let address = |name: &str, text: &str| {
        let address = text.parse::<std::net::IpAddr>();
        address.map_err(|_| Problem::new(Code::Usage, format!("`{name}` is no address")))
    };
    let (src, dst) = (address("srcaddr", &ask.srcaddr)?, address("dstaddr", &ask.dstaddr)?);
    let RelatedAsk { srcport, dstport, protocol, .. } = ask;
    let way = |src, srcport, dst, dstport| {
        format!(
            "(srcaddr = {src} and srcport = {srcport} and dstaddr = {dst} and dstport = {dstport})"
        )
    };
    let (one, other) = (way(src, srcport, dst, dstport), way(dst, dstport, src, srcport));
    let filter: Filter =
        asked::filter(Some(&format!("protocol = {protocol} and ({one} or {other})")))?;
    question.note(&filter.to_string(), window);
    let columns = columns::named(ask.columns.as_deref())?;
    let page = PageQuestion {
        filter,
        window: asked::explored(window),
        order: Order::Oldest,
        columns: columns.iter().map(|it| columns::quoted(&it.name)).collect(),
        after: ask.after.as_deref().map(cursor).transpose()?,
        limit: asked::limit(ask.limit, LIMIT_DEFAULT, PAGE_MAX)?,
    };
    answer(&app, &question, page, (window, columns), None).await
}
