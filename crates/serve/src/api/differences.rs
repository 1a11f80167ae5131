//! `GET /differences`: what is different within a span, field by field.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::difference::Difference;
use tidegate_query::explore::{Dimension, Question as Asked, Source};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked::{self, cell};
use crate::extract::Params;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::Window;
use crate::wire::{Cell, Cost};

/// Fields that are compared: what a person would look at one after the other.
const FIELDS: [&str; 14] = [
    "action",
    "direction",
    "protocol",
    "server_port",
    "srcaddr",
    "dstaddr",
    "interface_id",
    "security_group_ids",
    "subnet_id",
    "src_country_code",
    "dst_country_code",
    "src_as_name",
    "tcp_flags",
    "reject_cause",
];

/// Fields if nobody says how many.
const LIMIT_DEFAULT: usize = 8;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DifferencesAsk {
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Begin of the span within.
    pub inside_from: String,
    /// End of the span within.
    pub inside_until: String,
    /// `bytes`, `packets` or `flows` (records, if none is named).
    pub metric: Option<String>,
    /// Fields, 1 to 14.
    pub limit: Option<usize>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// What is different within a span.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferencesAnswer {
    /// The span.
    pub inside: Window,
    /// The fields, the one that differs most first.
    pub fields: Vec<DifferentField>,
    /// What it cost.
    pub cost: Cost,
}

/// A field whose shares differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferentField {
    /// The field.
    pub field: String,
    /// How much: 0, the same shares, to 1, nothing in common.
    pub score: f64,
    /// The values that differ most.
    pub rows: Vec<DifferentValue>,
    /// All other values together: with them the shares add up to 1.
    pub other: DifferentRest,
}

/// A value and its shares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferentValue {
    /// The value.
    pub value: Cell,
    /// Its share within the span, 0 to 1.
    pub inside: f64,
    /// Its share in the rest of the window, 0 to 1.
    pub outside: f64,
}

/// Several values and their shares.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DifferentRest {
    /// Their share within the span, 0 to 1.
    pub inside: f64,
    /// Their share in the rest of the window, 0 to 1.
    pub outside: f64,
}

/// What is different within a span of the window, field by field
#[utoipa::path(get, path = "/differences", tag = "questions", params(DifferencesAsk),
    responses((status = 200, body = DifferencesAnswer), (status = "default", body = Body)))]
pub async fn differences(
    State(app): State<Arc<App>>,
    Params(ask): Params<DifferencesAsk>,
    question: Question,
) -> Answered<DifferencesAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let inside = app.window(Some(&ask.inside_from), Some(&ask.inside_until))?;
    if inside.from < window.from || inside.until > window.until || inside == window {
        return Err(Problem::new(Code::Usage, "the span is not a part of the window")
            .hint("`inside_from` and `inside_until` lie within `from` and `until`"));
    }
    let limit = asked::limit(ask.limit, LIMIT_DEFAULT, FIELDS.len())?;
    let dimensions: Vec<Dimension> = FIELDS.iter().filter_map(|it| Dimension::find(it)).collect();
    let asked = Asked {
        filter: asked::filter(ask.q.as_deref())?,
        window: asked::explored(window),
        by: Vec::new(),
        metric: asked::metric(Some(ask.metric.as_deref().unwrap_or("flows")))?,
        limit,
        buckets: None,
        compared: None,
    };
    if !asked.metric.is_additive() {
        return Err(Problem::new(Code::Usage, "shares of connections do not add up")
            .hint("take bytes, packets or flows"));
    }
    question.note(&asked.filter.to_string(), window);
    let run = asked::run(&app, &question, ask.confirm);
    let span = asked::explored(inside);
    let work = async {
        let found = app.explorer.differences(&asked, span, &dimensions, &run).await?;
        Ok::<(Vec<Difference>, Source), Problem>(found)
    };
    let (found, source) = question.run(work).await?;
    let fields = found.into_iter().filter(|it| it.score > 0.0).take(limit).map(field);
    let fields = fields.collect();
    Ok(Json(DifferencesAnswer { inside, fields, cost: asked::cost(&app, &run, source, begun) }))
}

fn field(found: Difference) -> DifferentField {
    let rows = found.values.into_iter().map(|(key, shares)| DifferentValue {
        value: cell(key),
        inside: shares.inside,
        outside: shares.outside,
    });
    DifferentField {
        field: found.dimension.name.to_owned(),
        score: found.score,
        rows: rows.collect(),
        other: DifferentRest { inside: found.other.inside, outside: found.other.outside },
    }
}
