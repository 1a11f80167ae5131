//! The layers around the routes, and the routes outside of the API's version.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tower_http::compression::CompressionLayer;

use super::{assets, headers, track};
use crate::api;
use crate::app::App;
use crate::auth::guard;
use crate::limit::{BODY_BYTES_MAX, HEAD_BYTES_MAX};
use crate::problem::{Code, Problem};

/// The text format of Prometheus.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns the whole server as a service: all that a socket needs, and all that a test does.
pub fn router(app: &Arc<App>) -> Router {
    let state = || Arc::clone(app);
    let known = from_fn_with_state(state(), guard::identity);
    let guarded = api::guarded().route("/metrics", get(metrics)).layer(known);
    let routes = guarded
        .merge(api::open())
        .route("/api/openapi.json", get(openapi))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .fallback(assets::assets)
        .method_not_allowed_fallback(wrong_method)
        .with_state(state());
    routes
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(state(), guard::origin))
        .layer(from_fn_with_state(state(), guard::rate))
        .layer(from_fn(head_limit))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(headers::headers))
        .layer(from_fn_with_state(state(), track::track))
}

async fn wrong_method(request: Request) -> Response {
    let message = format!("`{}` does not know {}", request.uri().path(), request.method());
    let problem = Problem::new(Code::Usage, message).hint("/api/openapi.json lists what it knows");
    let mut response = problem.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

async fn head_limit(request: Request, next: Next) -> Result<Response, Problem> {
    let line = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    let headers = request.headers().iter().map(|(name, it)| name.as_str().len() + it.len());
    if line + headers.sum::<usize>() > HEAD_BYTES_MAX {
        let message = format!("the address and headers are longer than {HEAD_BYTES_MAX} bytes");
        return Err(Problem::new(Code::TooLarge, message).hint("a shorter filter"));
    }
    Ok(next.run(request).await)
}

async fn openapi() -> Response {
    let kind = (header::CONTENT_TYPE, "application/json");
    match api::openapi_text() {
        Ok(text) => ([kind], text).into_response(),
        Err(error) => Problem::new(Code::Internal, "the description cannot be written")
            .because(&error)
            .into_response(),
    }
}

async fn healthz() -> &'static str {
    "ok\n"
}

/// Says whether the lake can be read. It needs no token, so where one is demanded it does not say what
/// is wrong with which lake.
async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    match app.lake.state().await {
        Ok(_) => Ok("ready\n"),
        Err(error) if app.access.is_token_needed() => {
            let problem = Problem::from(error);
            tracing::warn!(causes = ?problem.body().causes, "not ready: {}", problem.message());
            Err(Problem::new(Code::Lake, "the lake cannot be read").hint("the log says why"))
        }
        Err(error) => Err(error.into()),
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.metrics.set_queries(app.queries.counts());
    // All else is told even if the lake is away: it is then that somebody looks.
    let lake = app.lake.state().await;
    let lake = lake.inspect_err(|it| tracing::warn!("the lake cannot be looked at: {it}"));
    app.metrics.set_lake(lake.ok());
    app.metrics.set_sources(&app.backend.sources());
    let text = app
        .metrics
        .text()
        .map_err(|it| Problem::new(Code::Internal, "the metrics cannot be written").because(&it))?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response())
}
