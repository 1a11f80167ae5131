//! The console: files in the binary.
//!
//! A path without a file is the console's own business, as `/explore`: it gets the page.

use axum::body::Body;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::{Code, Problem};

/// What `make build` made of the console; empty if the program was built without it.
#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Console;

/// The page.
const INDEX: &str = "index.html";

/// Files below it have a hash of their content in the name.
const HASHED: &str = "assets/";

const WITHOUT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Tidegate</title>\n<h1>Tidegate</h1>\n<p>This program was built without its console. \
    <code>make build</code> builds both; <code>cargo build</code> alone takes the console that is \
    in <code>console/dist</code>.</p>\n<p>The API is there: <a href=\"/api/openapi.json\">\
    its description</a>, <a href=\"/api/v1/status\">the status</a>.</p>\n</html>\n";

/// Answers what no route does.
pub(super) async fn assets(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::new(Code::NotFound, format!("there is no route `{}`", uri.path()))
            .hint("/api/openapi.json lists them")
            .into_response();
    }
    if !method.is_safe() {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = is_plain(path).then(|| Console::get(path)).flatten() {
        return send(path, file);
    }
    // A name with a dot is a file that is not there: a page in its place would only confuse. Further
    // down a dot is in the address of a page: `/entity/address/10.0.0.1`.
    let is_file = !path.contains('/') && path.contains('.');
    match Console::get(INDEX) {
        _ if path.starts_with(HASHED) || (is_file && path != INDEX) => {
            StatusCode::NOT_FOUND.into_response()
        }
        Some(index) => send(INDEX, index),
        None => Html(WITHOUT).into_response(),
    }
}

/// Returns whether a path stays below where it begins.
fn is_plain(path: &str) -> bool {
    let is_fine = |it: &str| it != "." && it != ".." && !it.is_empty();
    path.split('/').all(is_fine) && !path.contains(['\\', '%', '\0'])
}

fn send(path: &str, file: EmbeddedFile) -> Response {
    let is_hashed = path.starts_with(HASHED);
    let keeping = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = file.metadata.mimetype().to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keeping.to_owned())];
    (headers, Body::from(file.data)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_where_it_begins() {
        for path in ["index.html", "assets/a.js", "a/b/c"] {
            assert!(is_plain(path), "{path}");
        }
        for path in ["", "..", "a/../b", "./a", "a//b", "a\\b", "%2e%2e/a", "/etc/passwd"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
