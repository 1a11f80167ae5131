//! `GET /tail`: new records of a filter, as they come into the lake.
//!
//! New are the records that a commit brought, even if their files were put together with others
//! before anybody looked. AWS sends records minutes after the fact: `newest` says how old they are.
//! Each event carries the version of the lake as its `id`: who comes back with it misses nothing.

use std::convert::Infallible;
use std::sync::Arc;

use arrow::array::{AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tidegate_filter::Filter;
use tidegate_query::Bounds;
use tidegate_query::explore::Run;
use tidegate_store::{Snapshot, arrivals};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use super::events::{self, Seat, event};
use crate::app::App;
use crate::backend::maybe_time;
use crate::extract::Params;
use crate::lake::LakeState;
use crate::limit::{TAIL_ROWS_MAX, TAIL_TRIES, TAIL_VERSIONS_MAX};
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::wire::{Cell, Column};
use crate::{asked, cells, columns};

/// The header with the `id` of the last event that a client had.
const LAST_EVENT: &str = "last-event-id";

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct TailAsk {
    /// Filter.
    pub q: Option<String>,
    /// Columns, with commas between them; `*` for all.
    pub columns: Option<String>,
}

/// New records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TailEvent {
    /// Columns of the rows.
    pub columns: Vec<Column>,
    /// The records, the newest first.
    pub rows: Vec<Vec<Cell>>,
    /// New records that are not among the rows: they were too many.
    pub n_more: u64,
    /// The newest record of the lake.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest: Option<DateTime<Utc>>,
}

/// New records of a filter: events `flows`; one without rows at the beginning
#[utoipa::path(get, path = "/tail", tag = "questions", params(TailAsk),
    responses((status = 200, body = TailEvent, content_type = "text/event-stream"),
        (status = "default", body = Body)))]
pub async fn tail(
    State(app): State<Arc<App>>,
    question: Question,
    headers: HeaderMap,
    Params(ask): Params<TailAsk>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let filter = asked::filter(ask.q.as_deref())?;
    let columns = columns::named(ask.columns.as_deref())?;
    question.note_tail(&filter.to_string());
    let seat = Seat::take(&app)?;
    let state = app.lake.state().await?;
    let tail = Tail {
        app: Arc::clone(&app),
        filter,
        columns,
        versions: app.lake.listen(),
        told: told_before(&headers).filter(|it| *it <= state.version).unwrap_or(state.version),
        n_failed: 0,
        is_greeted: false,
    };
    let found = stream::unfold(tail, |mut tail| async move {
        let found = tail.next().await?;
        Some(((found, tail.told), tail))
    });
    let events = found.filter_map(|(found, told)| {
        let event = match found {
            Ok(found) => event("flows", &found),
            Err(problem) => event("problem", problem.body()),
        };
        std::future::ready(event.map(|it| Ok(it.id(told.to_string()))))
    });
    Ok(events::stream(&app, seat, events.boxed()))
}

/// Returns the version up to which a client that comes back has been told everything.
fn told_before(headers: &HeaderMap) -> Option<u64> {
    headers.get(LAST_EVENT)?.to_str().ok()?.parse().ok()
}

/// Who follows a filter.
struct Tail {
    app: Arc<App>,
    filter: Filter,
    columns: Vec<Column>,
    versions: watch::Receiver<Arc<LakeState>>,
    /// The version up to which everything has been told.
    told: u64,
    /// Tries since that failed.
    n_failed: u32,
    is_greeted: bool,
}

impl Tail {
    /// Returns what is to be told next; `None` when the server stops.
    async fn next(&mut self) -> Option<Result<TailEvent, Problem>> {
        if !self.is_greeted {
            self.is_greeted = true;
            let newest = self.versions.borrow().newest;
            let columns = self.columns.clone();
            return Some(Ok(TailEvent { columns, rows: Vec::new(), n_more: 0, newest }));
        }
        loop {
            let told = self.told;
            let state = self.versions.wait_for(|it| it.version != told).await.ok()?.clone();
            let found = Box::pin(self.find(&state)).await;
            if found.is_err() && self.n_failed + 1 < TAIL_TRIES {
                self.n_failed += 1;
                tokio::time::sleep(self.app.limits.lake_poll).await;
                continue;
            }
            (self.told, self.n_failed) = (state.version, 0);
            match found {
                Ok(found) if found.rows.is_empty() => {}
                Ok(found) => return Some(Ok(found)),
                Err(problem) => return Some(Err(left_out(&problem, told, state.version))),
            }
        }
    }

    /// Returns the records of the filter that came up to the version of `state`.
    async fn find(&self, state: &LakeState) -> Result<TailEvent, Problem> {
        let arrived = Arc::new(self.arrived(state).await?);
        let condition = self.filter.sql();
        let names: Vec<String> = self.columns.iter().map(|it| columns::quoted(&it.name)).collect();
        let names = names.join(", ");
        let rows = format!(
            "SELECT {names} FROM flows WHERE {condition} \
             ORDER BY \"end\" DESC LIMIT {TAIL_ROWS_MAX}"
        );
        let count = format!("SELECT count(*) AS n FROM flows WHERE {condition}");
        let question = Question::own(&self.app);
        let run = asked::run(&self.app, &question, Some(true));
        let (rows, count) = question
            .run(async {
                let rows = self.ask(&rows, &arrived, &run).await?;
                Ok((rows, self.ask(&count, &arrived, &run).await?))
            })
            .await?;
        let shown = rows.iter().map(cells::rows).collect::<Result<Vec<_>, _>>();
        let shown = shown.map_err(|it| {
            Problem::new(Code::Internal, "the records cannot be shown").because(&it)
        })?;
        let rows: Vec<Vec<Cell>> = shown.into_iter().flatten().collect();
        let n_found = count.first().map_or(0, |it| {
            let counts = it.column(0).as_primitive::<Int64Type>();
            u64::try_from(counts.value(0)).unwrap_or(0)
        });
        let n_more = n_found.saturating_sub(rows.len() as u64);
        Ok(TailEvent { columns: self.columns.clone(), rows, n_more, newest: state.newest })
    }

    /// Returns the table of `state` with only those files that came since everything was told.
    async fn arrived(&self, state: &LakeState) -> Result<Snapshot, Problem> {
        let unknown = || {
            Problem::new(
                Code::NotFound,
                "what came into the lake meanwhile cannot be told any more",
            )
        };
        let newest = state.snapshot.as_ref().ok_or_else(unknown)?;
        let is_near =
            (self.told..=self.told.saturating_add(TAIL_VERSIONS_MAX)).contains(&newest.version);
        if !is_near {
            return Err(unknown());
        }
        arrivals::since(self.app.lake.lake(), self.told, newest).await?.ok_or_else(unknown)
    }

    async fn ask(
        &self,
        sql: &str,
        arrived: &Arc<Snapshot>,
        run: &Run,
    ) -> Result<Vec<RecordBatch>, Problem> {
        let bounds = Bounds { is_query_only: true, ..Bounds::default() };
        let answer = self.app.engine.run_at(sql, bounds, Arc::clone(arrived)).await?;
        run.note(&answer.reading);
        Ok(answer.batches.try_collect().await?)
    }
}

/// Returns what a client is told instead of the records of some versions.
fn left_out(problem: &Problem, told: u64, version: u64) -> Problem {
    let message =
        format!("new records up to version {version} are not shown here: {}", problem.message());
    Problem::new(problem.code(), message)
        .hint(format!("the lake has them: those after version {told} came last"))
}
