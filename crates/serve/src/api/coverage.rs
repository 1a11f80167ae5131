//! What is logged and what is not, and what would close the gaps.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::Answered;
use crate::app::App;
use crate::backend::{CoverageAnswer, CoverageFormParams};
use crate::extract::Params;
use crate::problem::{Body, Problem};
use crate::question::Question;

/// Which VPC, subnet and interface is logged, how well, and why not
#[utoipa::path(get, path = "/coverage", tag = "advice",
    responses((status = 200, body = CoverageAnswer), (status = "default", body = Body)))]
pub async fn coverage(State(app): State<Arc<App>>, question: Question) -> Answered<CoverageAnswer> {
    question.run(app.backend.coverage()).await.map(Json)
}

/// What would close the gaps
#[utoipa::path(get, path = "/coverage/emit", operation_id = "emit_coverage", tag = "advice",
    params(CoverageFormParams),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "default", body = Body)))]
pub async fn emit(
    State(app): State<Arc<App>>,
    question: Question,
    Params(ask): Params<CoverageFormParams>,
) -> Result<Response, Problem> {
    let text = question.run(app.backend.emit_coverage(ask.form)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
