//! What the network consists of.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::documents::check_length;
use crate::Answered;
use crate::app::App;
use crate::backend::{InventoryAnswer, InventoryAsk};
use crate::extract::{Named, Params};
use crate::limit::{INVENTORY_ROWS_MAX, NAME_CHARS_MAX};
use crate::problem::Body;
use crate::question::Question;
use crate::window::moment;

/// Rows if nobody says.
const ROWS_DEFAULT: usize = 1_000;

/// Which things are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// The moment; now if it is not given.
    at: Option<String>,
    /// Text that a row must have.
    q: Option<String>,
    /// Rows at most; 1,000 if it is not given.
    limit: Option<usize>,
}

/// Things of one kind: `interfaces`, `security-groups`, `subnets`, `vpcs`, `instances`, ...
#[utoipa::path(get, path = "/inventory/{kind}", tag = "network",
    params(("kind" = String, Path, description = "Kind of things"), Ask),
    responses((status = 200, body = InventoryAnswer), (status = "default", body = Body)))]
pub async fn inventory(
    State(app): State<Arc<App>>,
    question: Question,
    Named(kind): Named<String>,
    Params(ask): Params<Ask>,
) -> Answered<InventoryAnswer> {
    check_length("the text", ask.q.as_deref().unwrap_or(""), NAME_CHARS_MAX)?;
    let at = ask.at.map(|it| moment("at", &it, app.now())).transpose()?;
    let limit = ask.limit.unwrap_or(ROWS_DEFAULT).min(INVENTORY_ROWS_MAX);
    let ask = InventoryAsk { kind, at, q: ask.q, limit };
    question.run(app.backend.inventory(&ask)).await.map(Json)
}
