//! The session of a browser: a token is shown once, and a cookie stands for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Answered;
use crate::app::App;
use crate::auth::guard::Client;
use crate::auth::{COOKIE, Role};
use crate::extract::Posted;
use crate::limit::SESSION_AGE_MAX;
use crate::problem::{Body, Code, Problem};

/// Who asks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// What they may do; nothing before they have shown a token.
    #[schema(required)]
    pub role: Option<Role>,
    /// Whether a token is needed at all.
    pub is_token_needed: bool,
}

/// A token that is shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionAsk {
    /// The token.
    pub token: String,
}

/// Who asks, and whether they need a token
#[utoipa::path(get, path = "/session", tag = "server",
    responses((status = 200, body = SessionAnswer), (status = "default", body = Body)))]
pub async fn session(State(app): State<Arc<App>>, request: Request) -> Answered<SessionAnswer> {
    let now = (app.clocks.steady)();
    let address = crate::auth::guard::address(&request);
    let role = match app.access.who(request.headers(), address, now) {
        Ok(who) => Some(who.role),
        Err(problem) if problem.code() == Code::Rate => return Err(problem),
        Err(_) => None,
    };
    Ok(Json(SessionAnswer { role, is_token_needed: app.access.is_token_needed() }))
}

/// Show a token; a cookie comes back
#[utoipa::path(post, path = "/session", tag = "server", request_body = SessionAsk,
    responses((status = 200, body = SessionAnswer), (status = "default", body = Body)))]
pub async fn begin_session(
    State(app): State<Arc<App>>,
    Client(address): Client,
    headers: HeaderMap,
    Posted(ask): Posted<SessionAsk>,
) -> Result<Response, Problem> {
    let is_token_needed = app.access.is_token_needed();
    if !is_token_needed {
        let answer = SessionAnswer { role: Some(Role::Admin), is_token_needed };
        return Ok(Json(answer).into_response());
    }
    let now = (app.clocks.steady)();
    let role = app.access.role_of(ask.token.trim(), address, now).inspect_err(|_| {
        app.metrics.auth_failures.inc();
    })?;
    app.access.end_session(&headers);
    let id = app.access.begin_session(role, now);
    let age_s = i64::try_from(SESSION_AGE_MAX.as_secs()).unwrap_or(i64::MAX);
    let cookie = cookie(&app, &headers, id, age_s)?;
    let answer = SessionAnswer { role: Some(role), is_token_needed };
    Ok(([(header::SET_COOKIE, cookie)], Json(answer)).into_response())
}

/// End the session
#[utoipa::path(delete, path = "/session", tag = "server",
    responses((status = 204), (status = "default", body = Body)))]
pub async fn end_session(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.access.end_session(&headers);
    let cookie = cookie(&app, &headers, String::new(), 0)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

fn cookie(app: &App, headers: &HeaderMap, id: String, age_s: i64) -> Result<HeaderValue, Problem> {
    // A proxy in front that ends TLS says so.
    let is_behind_tls = headers.get("x-forwarded-proto").is_some_and(|it| it == "https");
    let cookie = Cookie::build((COOKIE, id))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.is_tls || is_behind_tls)
        .max_age(cookie::time::Duration::seconds(age_s))
        .build();
    HeaderValue::from_str(&cookie.to_string())
        .map_err(|it| Problem::new(Code::Internal, "the cookie cannot be written").because(&it))
}
