//! `GET /values`: values of a column that begin in some way, the most frequent first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_model::names;
use tidegate_query::explore::Key;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked;
use crate::extract::Params;
use crate::problem::{Body, Problem};
use crate::question::Question;
use crate::wire::Cost;

/// Values if nobody says how many.
const LIMIT_DEFAULT: usize = 20;

/// The most values.
const LIMIT_MAX: usize = 200;

/// What is asked.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ValuesAsk {
    /// The column.
    pub field: String,
    /// How the values begin.
    pub prefix: Option<String>,
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Values, 1 to 200.
    pub limit: Option<usize>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// Values of a column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValuesAnswer {
    /// The column.
    pub field: String,
    /// Its values, the most frequent first.
    pub values: Vec<FieldValue>,
    /// What it cost.
    pub cost: Cost,
}

/// A value of a column.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldValue {
    /// The value.
    pub value: String,
    /// What it is called.
    #[schema(required)]
    pub label: Option<String>,
    /// Records with it.
    pub n_flows: i64,
}

/// Values of a column that begin in some way, the most frequent first
#[utoipa::path(get, path = "/values", tag = "questions", params(ValuesAsk),
    responses((status = 200, body = ValuesAnswer), (status = "default", body = Body)))]
pub async fn values(
    State(app): State<Arc<App>>,
    Params(ask): Params<ValuesAsk>,
    question: Question,
) -> Answered<ValuesAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let dimension = asked::dimension("field", &ask.field)?;
    let filter = asked::filter(ask.q.as_deref())?;
    question.note(&filter.to_string(), window);
    let limit = asked::limit(ask.limit, LIMIT_DEFAULT, LIMIT_MAX)?;
    let run = asked::run(&app, &question, ask.confirm);
    let prefix = ask.prefix.unwrap_or_default();
    let work = async {
        let values = app.explorer.values(
            (&filter, asked::explored(window)),
            (dimension, &prefix),
            limit,
            &run,
        );
        Ok::<_, Problem>(values.await?)
    };
    let (found, source) = question.run(work).await?;
    let values = found.into_iter().filter(|it| it.0 != Key::Null).map(|(key, n_flows)| {
        let value = key.to_string();
        let label = label(dimension.name, &value);
        FieldValue { value, label, n_flows }
    });
    Ok(Json(ValuesAnswer {
        field: dimension.name.to_owned(),
        values: values.collect(),
        cost: asked::cost(&app, &run, source, begun),
    }))
}

/// Returns what the value of a column is called, if it has another name.
pub(crate) fn label(field: &str, value: &str) -> Option<String> {
    let number = value.parse::<u16>().ok()?;
    match field {
        "srcport" | "dstport" | "client_port" | "server_port" | "port" => {
            names::service(number.into(), names::TCP).map(str::to_owned)
        }
        "protocol" => names::protocol(number.into()).map(str::to_owned),
        _ => None,
    }
}
