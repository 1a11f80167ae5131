//! `GET /facets`: the largest values of many columns at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::{self, Question as Asked, Source};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked::{self, cell, share};
use crate::extract::Params;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::Window;
use crate::wire::{Cell, Cost};

/// Values of a column if nobody says how many.
const LIMIT_DEFAULT: usize = 8;

/// The most values of a column.
const LIMIT_MAX: usize = 100;

/// The most columns: each is a question of its own.
const FIELDS_MAX: usize = 16;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FacetsAsk {
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Columns, with commas between them, sixteen at most.
    pub fields: Option<String>,
    /// `bytes`, `packets`, `flows` (records) or `connections`.
    pub metric: Option<String>,
    /// Values of each column, 1 to 100.
    pub limit: Option<usize>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// The largest values of some columns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FacetsAnswer {
    /// The filter as it was understood.
    pub q: String,
    /// The window as it was understood.
    pub window: Window,
    /// What is added up.
    pub metric: String,
    /// A list for each column.
    pub facets: Vec<Facet>,
    /// What it cost.
    pub cost: Cost,
}

/// The largest values of a column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Facet {
    /// The column.
    pub field: String,
    /// Its largest values.
    pub rows: Vec<FacetRow>,
    /// All other values, if there are any.
    #[schema(required)]
    pub other: Option<FacetRow>,
    /// How many values there are.
    pub n_values: u64,
    /// What all of them come to.
    pub total: i64,
}

/// A value of a column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FacetRow {
    /// The value; nothing for all others together.
    pub value: Cell,
    /// What it comes to.
    pub amount: i64,
    /// Of the total, 0 to 1.
    pub share: f64,
}

/// The largest values of many columns at once
#[utoipa::path(get, path = "/facets", tag = "questions", params(FacetsAsk),
    responses((status = 200, body = FacetsAnswer), (status = "default", body = Body)))]
pub async fn facets(
    State(app): State<Arc<App>>,
    Params(ask): Params<FacetsAsk>,
    question: Question,
) -> Answered<FacetsAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let fields = asked::dimensions("fields", ask.fields.as_deref(), FIELDS_MAX)?;
    if fields.is_empty() {
        return Err(Problem::new(Code::Usage, "`fields` is missing")
            .hint("name columns: fields=action,dstport"));
    }
    let asked = Asked {
        filter: asked::filter(ask.q.as_deref())?,
        window: asked::explored(window),
        by: Vec::new(),
        metric: asked::metric(ask.metric.as_deref())?,
        limit: asked::limit(ask.limit, LIMIT_DEFAULT, LIMIT_MAX)?,
        buckets: None,
        compared: None,
    };
    let q = asked.filter.to_string();
    question.note(&q, window);
    let run = asked::run(&app, &question, ask.confirm);
    let work = async { app.explorer.facets(&asked, &fields, &run).await.map_err(Problem::from) };
    let (facets, source): (Vec<explore::Facet>, Source) = question.run(work).await?;
    Ok(Json(FacetsAnswer {
        q,
        window,
        metric: asked.metric.name().to_owned(),
        facets: facets.into_iter().map(facet).collect(),
        cost: asked::cost(&app, &run, source, begun),
    }))
}

fn facet(facet: explore::Facet) -> Facet {
    let total = facet.total;
    let shown: i64 = facet.top.iter().map(|it| it.1).sum();
    let has_more = facet.n_values > facet.top.len() as u64;
    let row = |value, amount| FacetRow { value, amount, share: share(amount, total) };
    Facet {
        field: facet.dimension.name.to_owned(),
        other: has_more.then(|| row(cell(explore::Key::Null), total - shown)),
        rows: facet.top.into_iter().map(|(key, amount)| row(cell(key), amount)).collect(),
        n_values: facet.n_values,
        total,
    }
}
