//! `GET /status`: how the lake, its sources and the server are.

use std::sync::Arc;

use axum::Extension;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Answered;
use crate::app::App;
use crate::auth::{Role, Who};
use crate::backend::{DeadLetters, Disk, InventoryState, SourceHealth, maybe_time};
use crate::problem::Body;
use crate::window::rfc3339;

/// How the lake, its sources and the server are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// Address of the lake.
    pub lake: String,
    /// The server's time.
    #[serde(serialize_with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub now: DateTime<Utc>,
    /// What who asks may do.
    pub role: Role,
    /// Whether a token is needed.
    pub is_token_needed: bool,
    /// The newest record.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest: Option<DateTime<Utc>>,
    /// The oldest record.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub oldest: Option<DateTime<Utc>>,
    /// Records.
    pub n_rows: u64,
    /// Files.
    pub n_files: u64,
    /// Their bytes.
    pub n_bytes: u64,
    /// Version of the table.
    pub lake_version: u64,
    /// The sources that are collected here.
    pub sources: Vec<SourceHealth>,
    /// What was set aside.
    pub dead_letters: DeadLetters,
    /// Room on the lake's disk.
    #[schema(required)]
    pub disk: Option<Disk>,
    /// How fresh the inventory is.
    pub inventory: InventoryState,
    /// The share of the records that summaries cover, 0 to 1.
    pub has_summaries: f64,
}

/// How the lake, its sources and the server are
#[utoipa::path(get, path = "/status", tag = "server",
    responses((status = 200, body = Status), (status = "default", body = Body)))]
pub async fn status(
    State(app): State<Arc<App>>,
    Extension(who): Extension<Who>,
) -> Answered<Status> {
    let lake = app.lake.state().await?;
    Ok(Json(Status {
        version: app.version.to_owned(),
        lake: app.lake.lake().place().url.to_string(),
        now: app.now(),
        role: who.role,
        is_token_needed: app.access.is_token_needed(),
        newest: lake.newest,
        oldest: lake.oldest,
        n_rows: lake.n_rows,
        n_files: lake.n_files,
        n_bytes: lake.n_bytes,
        lake_version: lake.version,
        sources: app.backend.sources(),
        dead_letters: app.backend.dead_letters().await?,
        disk: app.backend.disk().await,
        inventory: app.backend.inventory_state().await?,
        has_summaries: lake.has_summaries,
    }))
}
