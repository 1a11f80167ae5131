//! `GET /tail`: new records of a filter, as they come into the lake.
//!
//! New are the records of files that a commit of the collector added; files that were only put
//! together again have none. AWS sends records minutes after the fact: `newest` says how old they
//! are.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;

use arrow::array::{AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tidegate_filter::Filter;
use tidegate_query::Bounds;
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use super::events::{self, Seat, event};
use crate::app::App;
use crate::backend::maybe_time;
use crate::extract::Params;
use crate::lake::LakeState;
use crate::limit::TAIL_ROWS_MAX;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::wire::{Cell, Column};
use crate::{asked, cells, columns};

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
    Params(ask): Params<TailAsk>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let filter = asked::filter(ask.q.as_deref())?;
    let columns = columns::named(ask.columns.as_deref())?;
    question.note_tail(&filter.to_string());
    let seat = Seat::take(&app)?;
    app.lake.state().await?;
    let mut versions = app.lake.listen();
    let seen = Seen::of(&versions.borrow_and_update());
    let tail = Tail { app: Arc::clone(&app), filter, columns, versions, seen, is_greeted: false };
    let found = stream::unfold(tail, |mut tail| async move {
        let found = tail.next().await?;
        Some((found, tail))
    });
    let events = found.filter_map(|it| {
        let event = match it {
            Ok(found) => event("flows", &found),
            Err(problem) => event("problem", problem.body()),
        };
        std::future::ready(event.map(Ok))
    });
    Ok(events::stream(&app, seat, events.boxed()))
}

/// Who follows a filter.
struct Tail {
    app: Arc<App>,
    filter: Filter,
    columns: Vec<Column>,
    versions: watch::Receiver<Arc<LakeState>>,
    seen: Seen,
    is_greeted: bool,
}

/// What of the lake has been told.
#[derive(Debug, Default)]
struct Seen {
    files: HashSet<String>,
    n_ever: u64,
    newest: Option<DateTime<Utc>>,
}

/// What came since.
#[derive(Debug, PartialEq)]
struct News {
    files: HashSet<String>,
    /// Only records after it: some of the files have older ones too.
    after: Option<DateTime<Utc>>,
}

impl Seen {
    fn of(state: &LakeState) -> Self {
        Self {
            files: state.files.iter().map(|it| it.path.clone()).collect(),
            n_ever: state.n_ever,
            newest: state.newest,
        }
    }

    /// Returns what came since, if anything did.
    fn news(&self, state: &LakeState) -> Option<News> {
        let n_came = state.n_ever.saturating_sub(self.n_ever);
        if n_came == 0 {
            return None;
        }
        let new = || state.files.iter().filter(|it| !self.files.contains(&it.path));
        let n_rows: u64 = new().map(|it| it.stats.n_records).sum();
        // Files were put together between two looks, new ones and old ones.
        let is_mixed = n_rows > n_came;
        let files: HashSet<String> = new().map(|it| it.path.clone()).collect();
        (!files.is_empty()).then(|| News { files, after: self.newest.filter(|_| is_mixed) })
    }
}

impl Tail {
    /// Returns what is to be told next; `None` when the server stops.
    async fn next(&mut self) -> Option<Result<TailEvent, Problem>> {
        if !self.is_greeted {
            self.is_greeted = true;
            let newest = self.seen.newest;
            let columns = self.columns.clone();
            return Some(Ok(TailEvent { columns, rows: Vec::new(), n_more: 0, newest }));
        }
        loop {
            self.versions.changed().await.ok()?;
            let state = Arc::clone(&self.versions.borrow_and_update());
            let news = self.seen.news(&state);
            self.seen = Seen::of(&state);
            let Some(news) = news else { continue };
            match Box::pin(self.find(&news, state.newest)).await {
                Ok(found) if found.rows.is_empty() => {}
                found => return Some(found),
            }
        }
    }

    async fn find(&self, news: &News, newest: Option<DateTime<Utc>>) -> Result<TailEvent, Problem> {
        let mut condition = self.filter.sql();
        if let Some(after) = news.after {
            let after = after.format("%Y-%m-%dT%H:%M:%S%.6fZ");
            condition = format!("{condition} AND \"end\" > TIMESTAMP '{after}'");
        }
        let names: Vec<String> = self.columns.iter().map(|it| columns::quoted(&it.name)).collect();
        let names = names.join(", ");
        let rows = format!(
            "SELECT {names} FROM flows WHERE {condition} ORDER BY \"end\" DESC LIMIT {TAIL_ROWS_MAX}"
        );
        let count = format!("SELECT count(*) AS n FROM flows WHERE {condition}");
        let question = Question::own(&self.app);
        let (rows, count) = question
            .run(async { Ok((self.ask(&rows, news).await?, self.ask(&count, news).await?)) })
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
        Ok(TailEvent { columns: self.columns.clone(), rows, n_more, newest })
    }

    async fn ask(&self, sql: &str, news: &News) -> Result<Vec<RecordBatch>, Problem> {
        let bounds = Bounds { is_query_only: true, ..Bounds::default() };
        let answer = self.app.engine.run_over(sql, bounds, news.files.clone()).await?;
        Ok(answer.batches.try_collect().await?)
    }
}

#[cfg(test)]
mod tests {
    use tidegate_store::DataFile;
    use tidegate_store::stats::Stats;

    use super::*;

    fn state(files: &[(&str, u64)], n_ever: u64) -> LakeState {
        let file = |(path, n_records): &(&str, u64)| DataFile {
            path: (*path).to_owned(),
            size_bytes: 1,
            date: None,
            modified_ms: 0,
            stats: Stats { n_records: *n_records, ..Stats::default() },
            context: None,
            summary_bytes: None,
        };
        let newest = DateTime::from_timestamp(1_000, 0);
        LakeState {
            files: files.iter().map(file).collect(),
            n_ever,
            newest,
            ..LakeState::default()
        }
    }

    fn check(before: &[(&str, u64)], after: &[(&str, u64)], n_came: u64) -> String {
        let seen = Seen::of(&state(before, 100));
        match seen.news(&state(after, 100 + n_came)) {
            None => "nothing".to_owned(),
            Some(news) => {
                let mut files: Vec<String> = news.files.into_iter().collect();
                files.sort();
                format!(
                    "{} {}",
                    files.join("+"),
                    if news.after.is_some() { "later" } else { "all" }
                )
            }
        }
    }

    #[test]
    fn new_are_the_records_of_files_that_a_collector_added() {
        let before = [("a", 50), ("b", 50)];
        assert_eq!(check(&before, &[("a", 50), ("b", 50), ("c", 7), ("d", 3)], 10), "c+d all");
        assert_eq!(check(&before, &[("ab", 100)], 0), "nothing");
        assert_eq!(check(&before, &[("abc", 107)], 7), "abc later");
        assert_eq!(check(&before, &before, 0), "nothing");
    }
}
