//! `GET /filter`: what a filter means. `GET /filter/complete`: how it may go on.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use tidegate_filter::{CompletionKind as Kind, Wanted};
use tidegate_query::explore::{Dimension, Key};

use crate::Answered;
use crate::api::values::label;
use crate::app::App;
use crate::asked;
use crate::extract::Params;
use crate::problem::{Body, Problem};
use crate::question::Question;
use crate::window::Window;

/// Values from the records that are offered.
const VALUES_MAX: usize = 12;

/// A filter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct FilterAsk {
    /// The filter.
    pub q: Option<String>,
}

/// What a filter means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilterAnswer {
    /// The filter as it was understood.
    pub text: String,
    /// Its parts, if all of them must pass; with `and` between their texts they are the filter.
    #[schema(required)]
    pub pills: Option<Vec<Pill>>,
    /// The filter with source and destination, client and server exchanged.
    pub swapped: String,
    /// The condition in SQL.
    pub sql: String,
}

/// A part of a filter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pill {
    /// Its text.
    pub text: String,
    /// Whether it says what must not be.
    pub is_negated: bool,
    /// The field, if it is about one.
    #[schema(required)]
    pub field: Option<String>,
    /// What is asked of the field.
    pub operator: String,
    /// The values.
    pub values: Vec<String>,
    /// The text of the opposite.
    pub opposite: String,
    /// What to show.
    pub label: String,
}

/// What a filter means
#[utoipa::path(get, path = "/filter", tag = "questions", params(FilterAsk),
    responses((status = 200, body = FilterAnswer), (status = "default", body = Body)))]
pub async fn filter(
    State(_): State<Arc<App>>,
    Params(ask): Params<FilterAsk>,
) -> Answered<FilterAnswer> {
    let filter = asked::filter(ask.q.as_deref())?;
    let pills = filter.pills().map(|it| it.into_iter().map(pill).collect());
    Ok(Json(FilterAnswer {
        text: filter.to_string(),
        pills,
        swapped: filter.swapped().to_string(),
        sql: if filter.is_everything() { "TRUE".to_owned() } else { filter.sql() },
    }))
}

fn pill(pill: tidegate_filter::Pill) -> Pill {
    Pill {
        text: pill.text,
        is_negated: pill.is_negated,
        field: Some(pill.field.to_owned()),
        operator: pill.operator.to_owned(),
        values: pill.values,
        opposite: pill.opposite,
        label: pill.label,
    }
}

/// A filter that is being written.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct CompleteAsk {
    /// What is written.
    pub q: Option<String>,
    /// Where the cursor stands, in characters; at the end if not given.
    pub at: Option<usize>,
    /// Begin of the window that values are taken from. A day back if not given.
    pub from: Option<String>,
    /// End of it. Now if not given.
    pub until: Option<String>,
}

/// How a filter may go on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompleteAnswer {
    /// The first character that an item replaces.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    /// What may stand there.
    pub items: Vec<Completion>,
}

/// What may stand in a filter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Completion {
    /// What is inserted.
    pub insert: String,
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it means.
    #[schema(required)]
    pub doc: Option<String>,
    /// Records with this value.
    #[schema(required)]
    pub n_flows: Option<i64>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A field.
    Field,
    /// An operator.
    Operator,
    /// A value.
    Value,
    /// A key word.
    Keyword,
}

/// How a filter may go on: fields, operators, values from the records
#[utoipa::path(get, path = "/filter/complete", tag = "questions", params(CompleteAsk),
    responses((status = 200, body = CompleteAnswer), (status = "default", body = Body)))]
pub async fn complete(
    State(app): State<Arc<App>>,
    Params(ask): Params<CompleteAsk>,
    question: Question,
) -> Answered<CompleteAnswer> {
    let q = ask.q.unwrap_or_default();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let found = tidegate_filter::complete(&q, ask.at.unwrap_or(usize::MAX));
    let mut items: Vec<Completion> = found.items.into_iter().map(|it| item(it, None)).collect();
    if let Some(wanted) = found.wanted {
        items.extend(values(&app, &question, &wanted, window).await?);
    }
    Ok(Json(CompleteAnswer { start: found.chars.start, end: found.chars.end, items }))
}

fn item(item: tidegate_filter::Completion, n_flows: Option<i64>) -> Completion {
    let kind = match item.kind {
        Kind::Field => CompletionKind::Field,
        Kind::Operator => CompletionKind::Operator,
        Kind::Value => CompletionKind::Value,
        Kind::Keyword => CompletionKind::Keyword,
    };
    Completion { insert: item.insert, label: item.label, kind, doc: item.doc, n_flows }
}

/// Returns values of the field from the records: of a field over several columns, those of the
/// first.
async fn values(
    app: &App,
    question: &Question,
    wanted: &Wanted,
    window: Window,
) -> Result<Vec<Completion>, Problem> {
    let own = Dimension::find(wanted.field.name);
    let first = || wanted.field.columns.all().find_map(Dimension::find);
    let Some(dimension) = own.or_else(first) else { return Ok(Vec::new()) };
    let run = asked::run(app, question, None);
    let everything = tidegate_filter::Filter::everything();
    let work = async {
        let window = asked::explored(window);
        let asked = (&everything, window);
        Ok(app.explorer.values(asked, (dimension, &wanted.prefix), VALUES_MAX, &run).await?)
    };
    let (found, _) = question.run(work).await?;
    let items = found.into_iter().filter(|it| it.0 != Key::Null).map(|(key, n_flows)| {
        let value = key.to_string();
        let doc = label(dimension.name, &value);
        item(tidegate_filter::Completion::value(&value, doc), Some(n_flows))
    });
    Ok(items.collect())
}
