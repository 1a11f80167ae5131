//! What is noted of each request: metrics, the audit log, and that it is in flight until its last
//! byte.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt as _;
use tokio::time::Instant;

use super::connection::{Connection, InFlight};
use crate::app::App;
use crate::audit::Record;
use crate::auth::guard::address;
use crate::metrics::RequestLabels;

/// Route of what has none: assets, and what is not there.
const OTHER: &str = "other";

/// Tracks a request from its head to the last byte of its answer.
pub(super) async fn track(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| OTHER.to_owned(), |it| it.as_str().to_owned());
    let record = Record::default();
    let mut ending = Ending {
        app,
        route,
        method: request.method().clone(),
        address: address(&request),
        record: record.clone(),
        status: StatusCode::OK,
        begun: Instant::now(),
        _in_flight: request.extensions().get::<Connection>().map(Connection::begin),
    };
    request.extensions_mut().insert(record);
    let mut response = next.run(request).await;
    ending.status = response.status();
    if let Some(n_bytes) = response.body().size_hint().exact() {
        // A stream in place of the body hides its length.
        let length = response.headers_mut().entry(header::CONTENT_LENGTH);
        length.or_insert_with(|| HeaderValue::from(n_bytes));
    }
    response.map(|body| {
        let ending = ending;
        Body::from_stream(body.into_data_stream().inspect(move |_| {
            // Dropped with the stream: at the end, or when the client is gone.
            let _ = &ending;
        }))
    })
}

/// A request that is being answered; its end is noted when this is dropped.
struct Ending {
    app: Arc<App>,
    route: String,
    method: Method,
    address: IpAddr,
    record: Record,
    status: StatusCode,
    begun: Instant,
    _in_flight: Option<InFlight>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let elapsed = self.begun.elapsed();
        let status = self.status.as_u16();
        let asked = self.record.asked();
        let is_telling = asked.q.is_some() || asked.sql.is_some() || !self.method.is_safe();
        if is_telling {
            tracing::info!(
                target: "audit",
                who = asked.who.as_deref().unwrap_or("nobody"),
                address = %self.address,
                method = %self.method,
                route = self.route,
                q = asked.q,
                window = asked.window,
                sql = asked.sql,
                status,
                elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
                "a question was answered"
            );
        }
        let labels = RequestLabels { route: self.route.clone(), status: status.into() };
        self.app.metrics.note_request(&labels, elapsed);
    }
}
