//! `GET /movers`: what moved most between two windows.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::Question as Asked;
use tidegate_query::explore::movers::{Moved, Mover};
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

/// Groups if nobody says how many.
const LIMIT_DEFAULT: usize = 10;

/// The most groups.
const LIMIT_MAX: usize = 100;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MoversAsk {
    /// The column, as `server_port`.
    pub field: String,
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// `bytes`, `packets`, `flows` (records) or `connections`.
    pub metric: Option<String>,
    /// `week` (if not given), `day`, `previous`, or FROM..UNTIL of the same length.
    pub compare: Option<String>,
    /// Values, 1 to 100.
    pub limit: Option<usize>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// What moved most.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoversAnswer {
    /// The filter as it was understood.
    pub q: String,
    /// The window as it was understood.
    pub window: Window,
    /// The window that is compared with.
    pub compared: Window,
    /// The column.
    pub field: String,
    /// What is added up.
    pub metric: String,
    /// The values, what moved most first: of the 100 largest now and the 100 largest then.
    pub rows: Vec<MoverRow>,
    /// What all values come to.
    pub total: i64,
    /// What they came to then.
    pub previous: i64,
    /// What it cost.
    pub cost: Cost,
}

/// A value that moved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoverRow {
    /// The value.
    pub key: Cell,
    /// What it comes to.
    pub value: i64,
    /// What it came to then.
    pub previous: i64,
}

/// What moved most between two windows: of the largest now, and of the largest then
#[utoipa::path(get, path = "/movers", tag = "questions", params(MoversAsk),
    responses((status = 200, body = MoversAnswer), (status = "default", body = Body)))]
pub async fn movers(
    State(app): State<Arc<App>>,
    Params(ask): Params<MoversAsk>,
    question: Question,
) -> Answered<MoversAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let compare = ask.compare.as_deref().unwrap_or("week");
    let Some(compared) = asked::compared(&app, Some(compare), window)? else {
        return Err(Problem::new(Code::Usage, "`compare` may not be `none` here"));
    };
    let asked = Asked {
        filter: asked::filter(ask.q.as_deref())?,
        window: asked::explored(window),
        by: vec![asked::dimension("field", &ask.field)?],
        metric: asked::metric(ask.metric.as_deref())?,
        limit: asked::limit(ask.limit, LIMIT_DEFAULT, LIMIT_MAX)?,
        buckets: None,
        compared: None,
    };
    let q = asked.filter.to_string();
    question.note(&q, window);
    let run = asked::run(&app, &question, ask.confirm);
    let before = asked::explored(compared);
    let work = async { Ok::<_, Problem>(app.explorer.movers(&asked, before, &run).await?) };
    let Moved { movers, total, previous, source } = question.run(work).await?;
    Ok(Json(MoversAnswer {
        q,
        window,
        compared,
        field: ask.field,
        metric: asked.metric.name().to_owned(),
        rows: movers.into_iter().filter_map(row).collect(),
        total,
        previous,
        cost: asked::cost(&app, &run, source, begun),
    }))
}

fn row(mover: Mover) -> Option<MoverRow> {
    let Mover { mut keys, value, previous } = mover;
    Some(MoverRow { key: cell(keys.pop()?), value, previous })
}
