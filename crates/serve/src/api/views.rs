//! Saved views: names for addresses of the console.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::{check_length, read, update};
use crate::Answered;
use crate::app::App;
use crate::extract::{Named, Posted};
use crate::limit::{NAME_CHARS_MAX, TEXT_CHARS_MAX, URL_CHARS_MAX, VIEWS_MAX};
use crate::problem::{Body, Code, Problem};
use crate::window::text;

/// Name of the document.
const VIEWS: &str = "views";

/// A name for an address of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    /// The name.
    pub name: String,
    /// The address, from its first slash: `/explore?q=...`.
    pub url: String,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// Whether the console opens with it.
    pub is_default: bool,
    /// When it was saved.
    pub saved_at: String,
}

/// A view as it is written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewAsk {
    /// The address, from its first slash.
    pub url: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether the console opens with it; of all views at most one does.
    #[serde(default)]
    pub is_default: bool,
}

/// All saved views, by name
#[utoipa::path(get, path = "/views", tag = "people",
    responses((status = 200, body = Vec<SavedView>), (status = "default", body = Body)))]
pub async fn views(State(app): State<Arc<App>>) -> Answered<Vec<SavedView>> {
    read(&app, VIEWS).await.map(Json)
}

/// One saved view
#[utoipa::path(get, path = "/views/{name}", tag = "people",
    params(("name" = String, Path, description = "Name of the view")),
    responses((status = 200, body = SavedView), (status = "default", body = Body)))]
pub async fn view(State(app): State<Arc<App>>, Named(name): Named<String>) -> Answered<SavedView> {
    let views: Vec<SavedView> = read(&app, VIEWS).await?;
    views.into_iter().find(|it| it.name == name).map(Json).ok_or_else(|| missing(&name))
}

/// Save a view
#[utoipa::path(put, path = "/views/{name}", tag = "people", request_body = ViewAsk,
    params(("name" = String, Path, description = "Name of the view")),
    responses((status = 200, body = SavedView), (status = "default", body = Body)))]
pub async fn put_view(
    State(app): State<Arc<App>>,
    Named(name): Named<String>,
    Posted(ask): Posted<ViewAsk>,
) -> Answered<SavedView> {
    check(&name, &ask)?;
    let view = SavedView {
        name,
        url: ask.url,
        description: ask.description,
        is_default: ask.is_default,
        saved_at: text(app.now()),
    };
    update(&app, VIEWS, |views: &mut Vec<SavedView>| {
        views.retain(|it| it.name != view.name);
        if views.len() >= VIEWS_MAX {
            let message = format!("there are {VIEWS_MAX} views already");
            return Err(Problem::new(Code::TooLarge, message).hint("delete some"));
        }
        if view.is_default {
            for other in views.iter_mut() {
                other.is_default = false;
            }
        }
        views.push(view.clone());
        views.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    })
    .await?;
    Ok(Json(view))
}

/// Forget a view
#[utoipa::path(delete, path = "/views/{name}", tag = "people",
    params(("name" = String, Path, description = "Name of the view")),
    responses((status = 204), (status = "default", body = Body)))]
pub async fn delete_view(
    State(app): State<Arc<App>>,
    Named(name): Named<String>,
) -> Result<StatusCode, Problem> {
    update(&app, VIEWS, |views: &mut Vec<SavedView>| {
        let n_before = views.len();
        views.retain(|it| it.name != name);
        if views.len() < n_before { Ok(()) } else { Err(missing(&name)) }
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn missing(name: &str) -> Problem {
    let shown: String = name.chars().take(NAME_CHARS_MAX).collect();
    Problem::new(Code::NotFound, format!("there is no view `{shown}`"))
}

fn check(name: &str, ask: &ViewAsk) -> Result<(), Problem> {
    if name.trim().is_empty() {
        return Err(Problem::new(Code::Usage, "a view needs a name"));
    }
    check_length("the name", name, NAME_CHARS_MAX)?;
    check_length("the address", &ask.url, URL_CHARS_MAX)?;
    check_length("the description", ask.description.as_deref().unwrap_or(""), TEXT_CHARS_MAX)?;
    // `//host` and `/\host` would lead elsewhere.
    let is_ours = ask.url.starts_with('/') && !ask.url[1..].starts_with(['/', '\\']);
    if !is_ours || ask.url.chars().any(char::is_control) {
        return Err(Problem::new(Code::Usage, "the address of a view is not one of the console")
            .hint("write it from its first slash: /explore?q=action%3DREJECT"));
    }
    Ok(())
}
