//! The routes. A handler is one file and one line here.

pub mod advice;
pub mod coverage;
pub mod differences;
mod documents;
pub mod entity;
pub mod events;
pub mod explore;
pub mod facets;
pub mod filter;
pub mod findings;
pub mod flows;
pub mod inventory;
pub mod movers;
pub mod newcomers;
pub mod notes;
pub mod queries;
pub mod schema;
pub mod session;
pub mod spikes;
pub mod sql;
pub mod status;
pub mod tail;
pub mod values;
pub mod views;

use std::sync::Arc;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// Where the routes are.
pub const PREFIX: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(info(
    title = "Tidegate",
    description = "Questions about VPC Flow Logs in a lake.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Document;

/// Returns the routes below [`PREFIX`] for which one must be known.
fn guarded_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(advice::advice))
        .routes(routes!(advice::emit))
        .routes(routes!(coverage::coverage))
        .routes(routes!(coverage::emit))
        .routes(routes!(differences::differences))
        .routes(routes!(entity::entity))
        .routes(routes!(events::events))
        .routes(routes!(explore::explore))
        .routes(routes!(facets::facets))
        .routes(routes!(filter::complete))
        .routes(routes!(filter::filter))
        .routes(routes!(findings::findings))
        .routes(routes!(flows::flows))
        .routes(routes!(flows::related))
        .routes(routes!(inventory::inventory))
        .routes(routes!(notes::notes))
        .routes(routes!(notes::put_note, notes::delete_note))
        .routes(routes!(queries::cancel))
        .routes(routes!(queries::progress))
        .routes(routes!(movers::movers))
        .routes(routes!(newcomers::newcomers))
        .routes(routes!(schema::names))
        .routes(routes!(schema::schema))
        .routes(routes!(spikes::spikes))
        .routes(routes!(sql::sql))
        .routes(routes!(status::status))
        .routes(routes!(tail::tail))
        .routes(routes!(values::values))
        .routes(routes!(views::view, views::put_view, views::delete_view))
        .routes(routes!(views::views))
}

/// Returns the routes below [`PREFIX`] for everybody.
fn open_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(
        session::session,
        session::begin_session,
        session::end_session
    ))
}

/// Returns the routes for which one must be known, without what stands around them.
pub(crate) fn guarded() -> Router<Arc<App>> {
    OpenApiRouter::new().nest(PREFIX, guarded_routes()).into()
}

/// Returns the routes for everybody.
pub(crate) fn open() -> Router<Arc<App>> {
    OpenApiRouter::new().nest(PREFIX, open_routes()).into()
}

/// Returns the description of all routes, as JSON for people.
///
/// # Errors
///
/// If it cannot be written.
pub fn openapi_text() -> serde_json::Result<String> {
    let all = OpenApiRouter::with_openapi(Document::openapi());
    let all = all.nest(PREFIX, guarded_routes().merge(open_routes()));
    let mut document = all.into_openapi();
    // The description is of the API, not of a build.
    "1".clone_into(&mut document.info.version);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
