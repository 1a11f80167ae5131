//! Questions that run: how far they are, and how to cancel them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use futures::{Stream, StreamExt as _, stream};
use uuid::Uuid;

use super::events::{self, Seat};
use crate::app::App;
use crate::extract::Named;
use crate::limit::PROGRESS_EVERY;
use crate::problem::{Body, Code, Problem};
use crate::question::Progress;

/// How long a question may come after who watches it: both are sent at once.
const COMING_MAX: Duration = Duration::from_secs(5);

/// How far a question is, until it ends: events `progress`, at the end one `done`
#[utoipa::path(get, path = "/queries/{id}/events", tag = "server",
    params(("id" = String, Path, description = "The `x-query-id` of the question")),
    responses((status = 200, body = Progress, content_type = "text/event-stream"),
        (status = "default", body = Body)))]
pub async fn progress(
    State(app): State<Arc<App>>,
    Named(id): Named<Uuid>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let seat = Seat::take(&app)?;
    let n_misses_max = COMING_MAX.as_millis() / PROGRESS_EVERY.as_millis();
    let state = Watching { app: Arc::clone(&app), id, n_misses: 0, n_misses_max, is_seen: false };
    let progress = stream::unfold(Some(state), |state| async move {
        let mut state = state?;
        let event = state.next().await;
        let is_last = event.is_none();
        let event = event.unwrap_or_else(|| Event::default().event("done").data("{}"));
        Some((Ok(event), (!is_last).then_some(state)))
    });
    Ok(events::stream(&app, seat, progress.boxed()))
}

struct Watching {
    app: Arc<App>,
    id: Uuid,
    n_misses: u128,
    n_misses_max: u128,
    is_seen: bool,
}

impl Watching {
    /// Returns the next event; `None` when the question has ended, or never came.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::time::sleep(PROGRESS_EVERY).await;
            if let Some(entry) = self.app.queries.find(self.id) {
                self.is_seen = true;
                return events::event("progress", &entry.progress());
            }
            self.n_misses += 1;
            if self.is_seen || self.n_misses >= self.n_misses_max {
                return None;
            }
        }
    }
}

/// Cancel a question
#[utoipa::path(delete, path = "/queries/{id}", tag = "server",
    params(("id" = String, Path, description = "The `x-query-id` of the question")),
    responses((status = 204), (status = "default", body = Body)))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    if app.queries.cancel(id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(Code::NotFound, format!("no question named `{id}` runs"))
        .hint("it may have ended just now"))
}
