//! What rules have found. There are no rules yet, so nothing is found.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::extract::Params;
use crate::problem::Body;
use crate::window::Window;
use crate::wire::{Cost, EntityLink};

/// Which findings are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// Begin of the window; a day back if it is not given.
    from: Option<String>,
    /// End of the window; now if it is not given.
    until: Option<String>,
    /// Only findings that are at least as bad.
    #[param(inline)]
    severity: Option<Severity>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingsAnswer {
    /// The window.
    pub window: Window,
    /// The findings, the worst first.
    pub findings: Vec<Finding>,
    /// What the answer cost.
    pub cost: Cost,
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Finding {
    /// Its identifier.
    pub id: String,
    /// The rule that found it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// Whom it is about.
    #[schema(required)]
    pub entity: Option<EntityLink>,
    /// Filter of its records.
    pub q: String,
    /// When it was.
    pub window: Window,
    /// What became of it.
    pub status: FindingStatus,
    /// Whether it only shows what findings look like.
    pub is_sample: bool,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it some time.
    Low,
    /// Look at it today.
    Medium,
    /// Look at it now.
    High,
    /// Act now.
    Critical,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingStatus {
    /// Nobody has said anything.
    Open,
    /// It is not to be shown again.
    Suppressed,
    /// It is over.
    Closed,
}

/// What rules have found, the worst first
#[utoipa::path(get, path = "/findings", tag = "advice", params(Ask),
    responses((status = 200, body = FindingsAnswer), (status = "default", body = Body)))]
pub async fn findings(
    State(app): State<Arc<App>>,
    Params(ask): Params<Ask>,
) -> Answered<FindingsAnswer> {
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let version = app.lake.state().await?.version;
    Ok(Json(FindingsAnswer {
        window,
        findings: found(ask.severity),
        cost: Cost { version, ..Cost::default() },
    }))
}

/// Returns what the rules have found that is at least so bad: they are none.
fn found(_at_least: Option<Severity>) -> Vec<Finding> {
    Vec::new()
}
