//! What stands before the routes: who asks, in whose name, how often, and whether they may.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, Method};
use axum::middleware::Next;
use axum::response::Response;

use super::{Role, origin};
use crate::app::App;
use crate::audit::Record;
use crate::problem::{Code, Problem};

/// Routes whose writes change nothing that stays: to read is enough.
const READERS_MAY: &[&str] = &["/api/v1/sql", "/api/v1/queries/{id}"];

/// Refuses requests that foreign pages send or that are for foreign names.
pub(crate) async fn origin(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (headers, uri) = (request.headers(), request.uri());
    if !app.access.is_token_needed() {
        origin::check_host(headers, uri)?;
    }
    if uri.path().starts_with("/api/") {
        origin::check_site(headers)?;
    }
    origin::check_write(headers, uri, request.method())?;
    Ok(next.run(request).await)
}

/// Refuses requests of clients that ask too often.
pub(crate) async fn rate(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let address = address(&request);
    // Whoever is on this machine can do worse; a proxy on it speaks for many.
    if !address.is_loopback() && !app.rates.is_allowed(address) {
        return Err(Problem::new(Code::Rate, "this client asks too often")
            .hint("wait a second")
            .retry_after(1));
    }
    Ok(next.run(request).await)
}

/// Refuses requests of who is not known or may not.
pub(crate) async fn identity(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let address = address(&request);
    let who = app.access.who(request.headers(), address, (app.clocks.steady)());
    let who = who.inspect_err(|_| {
        app.metrics.auth_failures.inc();
    })?;
    if let Some(record) = request.extensions().get::<Record>() {
        record.note_who(&who.name);
    }
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    if role_needed(request.method(), path.unwrap_or_default()) > who.role {
        app.metrics.auth_failures.inc();
        return Err(Problem::new(Code::Forbidden, "this needs the role `admin`")
            .hint("sign in with the token of the role `admin`"));
    }
    request.extensions_mut().insert(who);
    Ok(next.run(request).await)
}

fn role_needed(method: &Method, path: &str) -> Role {
    if method.is_safe() || READERS_MAY.contains(&path) { Role::Read } else { Role::Admin }
}

/// The address of the client.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(address_in(&parts.extensions)))
    }
}

/// Returns the address of the client; tests without a socket are local.
pub(crate) fn address(request: &Request) -> IpAddr {
    address_in(request.extensions())
}

fn address_in(extensions: &Extensions) -> IpAddr {
    let info = extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |it| it.0.ip().to_canonical())
}
