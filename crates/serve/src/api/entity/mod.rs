//! `GET /entity/{kind}/{id}`: who a thing is, when it was seen, and how to ask about it.

mod kind;
mod known;
mod seen;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tidegate_query::explore::Source;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::api::notes::{Note, note_on};
use crate::app::App;
use crate::asked;
use crate::backend::maybe_time;
use crate::extract::{Named, Params};
use crate::problem::{Body, Problem};
use crate::question::Question;
use crate::wire::{Cost, EntityLink};

use kind::Kind;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct EntityAsk {
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// A thing of the network or of the world.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entity {
    /// `address`, `interface`, `instance`, `security-group`, `subnet`, `vpc`, `account`, `port`,
    /// `as` or `country`.
    pub kind: String,
    /// Its identifier.
    pub id: String,
    /// What to call it.
    pub title: String,
    /// More of that.
    #[schema(required)]
    pub subtitle: Option<String>,
    /// Whether the inventory or the records know it.
    pub is_known: bool,
    /// What is known of it.
    pub facts: Vec<EntityFact>,
    /// Its first record in the window.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub first_seen: Option<DateTime<Utc>>,
    /// Its last record in the window.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_seen: Option<DateTime<Utc>>,
    /// How to ask about it.
    pub views: Vec<EntityView>,
    /// What somebody noted.
    #[schema(required)]
    pub note: Option<Note>,
    /// What belongs to it.
    pub related: Vec<EntityLink>,
    /// What it was, and when.
    pub history: Vec<EntityState>,
    /// What it cost.
    pub cost: Cost,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityFact {
    /// What it is about.
    pub name: String,
    /// What it says.
    pub value: String,
    /// The thing that it names.
    #[schema(required)]
    pub link: Option<EntityLink>,
}

/// A way to ask about a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityView {
    /// Its name.
    pub name: String,
    /// The filter.
    pub q: String,
    /// Column of the other side.
    pub peer: String,
    /// Column of the port.
    pub port: String,
}

/// What a thing was, for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityState {
    /// Since when.
    #[schema(required)]
    pub from: Option<String>,
    /// Until when; nothing if it still is.
    #[schema(required)]
    pub until: Option<String>,
    /// What it was, or what changed.
    pub text: String,
}

/// Returns the identifier of a thing in its usual spelling.
///
/// # Errors
///
/// `not_found`, if there is no such kind, or the identifier is none.
pub(crate) fn spelled(kind: &str, id: &str) -> Result<String, Problem> {
    Kind::find(kind)?.check(id)
}

/// Who a thing is, when it was seen, and how to ask about it
#[utoipa::path(get, path = "/entity/{kind}/{id}", tag = "questions", params(
        ("kind" = String, Path, description = "Kind of thing: address, interface, instance, security-group, subnet, vpc, account, port, as, country"),
        ("id" = String, Path, description = "Its identifier"),
        EntityAsk),
    responses((status = 200, body = Entity), (status = "default", body = Body)))]
pub async fn entity(
    State(app): State<Arc<App>>,
    Named((kind, id)): Named<(String, String)>,
    Params(ask): Params<EntityAsk>,
    question: Question,
) -> Answered<Entity> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let kind = Kind::find(&kind)?;
    let id = kind.check(&id)?;
    let filter = asked::filter(Some(&kind.filter(&id)))?;
    question.note(&filter.to_string(), window);
    let run = asked::run(&app, &question, ask.confirm);
    let window = asked::explored(window);
    let work = async {
        let known = known::known(&app, kind, &id).await?;
        let seen = seen::seen(&app, &filter, window, &run).await?;
        let note = note_on(&app, kind.name(), &id).await?;
        Ok::<_, Problem>((known, seen, note))
    };
    let (known, seen, note) = question.run(work).await?;
    let plain = kind.title(&id);
    let title = known.title.unwrap_or_else(|| plain.clone());
    Ok(Json(Entity {
        kind: kind.name().to_owned(),
        subtitle: Some(plain).filter(|it| *it != title),
        title,
        is_known: known.is_found || seen.first.is_some(),
        facts: known.facts,
        first_seen: seen.first,
        last_seen: seen.last,
        views: kind.views(&id),
        note,
        related: known.related,
        history: known.history,
        cost: asked::cost(&app, &run, Source::Rows, begun),
        id,
    }))
}
