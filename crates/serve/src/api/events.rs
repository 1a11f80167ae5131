//! `GET /events`: what changes, as it changes. Also what all streams of events have in common.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::watch;

use crate::advice::AdviceState;
use crate::app::App;
use crate::backend::SourceHealth;
use crate::lake::LakeState;
use crate::problem::{Body, Code, Problem};

/// A place among those who listen.
#[derive(Debug)]
pub(super) struct Seat(Arc<App>);

impl Seat {
    /// Takes a place.
    ///
    /// # Errors
    ///
    /// `busy` if all are taken.
    pub(super) fn take(app: &Arc<App>) -> Result<Self, Problem> {
        let seat = Self(Arc::clone(app));
        let n_clients = app.metrics.event_clients.inc();
        if usize::try_from(n_clients).unwrap_or(0) >= app.limits.n_event_clients {
            return Err(Problem::new(Code::Busy, "too many clients listen")
                .hint("close tabs of the console that nobody looks at")
                .retry_after(10));
        }
        Ok(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.metrics.event_clients.dec();
    }
}

/// Returns an event with a value; nothing if it cannot be written.
pub(super) fn event(name: &str, value: &impl Serialize) -> Option<Event> {
    match Event::default().event(name).json_data(value) {
        Ok(event) => Some(event),
        Err(error) => {
            tracing::error!("an event `{name}` cannot be written: {error}");
            None
        }
    }
}

/// Returns the answer that streams events, until the server stops.
pub(super) fn stream(
    app: &Arc<App>,
    seat: Seat,
    events: BoxStream<'static, Result<Event, Infallible>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let stopping = app.stopping.clone();
    let events = events.take_until(stopping.cancelled_owned()).inspect(move |_| {
        // It is taken until the stream ends.
        let _ = &seat;
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(app.limits.heartbeat))
}

/// What changes: events `lake`, `sources` and `advice`
#[utoipa::path(get, path = "/events", tag = "server",
    responses((status = 200, body = LakeState, content_type = "text/event-stream"),
        (status = "default", body = Body)))]
pub async fn events(
    State(app): State<Arc<App>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let seat = Seat::take(&app)?;
    // Who comes is told how it is now.
    app.lake.state().await?;
    let lake = changes(app.lake.listen(), |it| event("lake", &**it));
    let advice = changes(app.advice.listen(), |it: &AdviceState| event("advice", &Told::of(*it)));
    let all = stream::select_all([lake, advice, sources(&app)]);
    Ok(self::stream(&app, seat, all.map(Ok).boxed()))
}

#[derive(Serialize)]
struct Told {
    state: AdviceState,
}

impl Told {
    fn of(state: AdviceState) -> Self {
        Self { state }
    }
}

/// Returns an event for what is there now, and for every change of it.
fn changes<T: Clone + Send + Sync + 'static>(
    mut receiver: watch::Receiver<T>,
    tell: impl Fn(&T) -> Option<Event> + Send + Sync + 'static,
) -> BoxStream<'static, Event> {
    receiver.mark_changed();
    let values = stream::unfold(receiver, |mut receiver| async move {
        receiver.changed().await.ok()?;
        let value = receiver.borrow_and_update().clone();
        Some((value, receiver))
    });
    values.filter_map(move |it| std::future::ready(tell(&it))).boxed()
}

/// Returns an event for the sources as they are, and for every change of them.
fn sources(app: &Arc<App>) -> BoxStream<'static, Event> {
    let state = (Arc::clone(app), None::<Vec<SourceHealth>>);
    let values = stream::unfold(state, |(app, told)| async move {
        loop {
            let sources = app.backend.sources();
            if told.as_ref() != Some(&sources) {
                return Some((sources.clone(), (app, Some(sources))));
            }
            tokio::time::sleep(app.limits.lake_poll).await;
        }
    });
    values.filter_map(|it| std::future::ready(event("sources", &it))).boxed()
}
