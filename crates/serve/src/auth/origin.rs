//! In whose name a request is sent: a page of ours, a program, or a page of somebody else.

use axum::http::{HeaderMap, Method, Uri, header};

use crate::problem::{Code, Problem};

/// The header that every write has: a foreign page cannot send it without asking first.
pub(super) const WRITE_HEADER: &str = "x-tidegate";

/// Refuses a request whose `Host` is not a name of this machine: a foreign name that resolves to
/// the loopback ("DNS rebinding") would make a foreign page one of ours.
pub(super) fn check_host(headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let is_local = host(headers, uri).is_some_and(is_loopback_name);
    if is_local {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, "the `Host` of the request is not this machine")
        .hint("without tokens only `localhost`, `127.0.0.1` and `[::1]` are answered"))
}

/// Refuses what a foreign page sends.
pub(super) fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").and_then(|it| it.to_str().ok());
    match site {
        Some("cross-site" | "same-site") => Err(foreign()),
        _ => Ok(()),
    }
}

/// Refuses a write that does not come from a page of ours, or from a program that means it.
pub(super) fn check_write(headers: &HeaderMap, uri: &Uri, method: &Method) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    if headers.get(WRITE_HEADER).is_none_or(|it| it != "1") {
        let message = format!("a {method} needs the header `{WRITE_HEADER}: 1`");
        return Err(Problem::new(Code::Forbidden, message)
            .hint("it shows that no foreign page sends the request"));
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().ok().and_then(|it| it.split_once("://")).map(|(_, it)| it);
    if origin.is_some() && origin == host(headers, uri) { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Problem {
    Problem::new(Code::Forbidden, "the request was sent by a foreign page")
        .hint("open the console at the address that `tidegate serve` prints")
}

/// Returns the host and the port that a request is for.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let named = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_name_is_one_of_three() {
        for name in ["localhost", "localhost:8765", "127.0.0.1:1", "127.0.0.2", "[::1]:8765"] {
            assert!(is_loopback_name(name), "{name}");
        }
        for name in ["", ":80", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "::1"]
        {
            assert!(!is_loopback_name(name), "{name}");
        }
    }

    fn check(origin: Option<&str>, marker: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "localhost:8765".parse().unwrap());
        origin.map(|it| headers.insert(header::ORIGIN, it.parse().unwrap()));
        marker.map(|it| headers.insert(WRITE_HEADER, it.parse().unwrap()));
        let uri = Uri::from_static("/api/v1/views/a");
        let checked = check_write(&headers, &uri, &Method::PUT);
        assert_eq!(checked.is_ok(), expected, "{origin:?} {marker:?}");
    }

    #[test]
    fn a_write_has_its_header_and_no_foreign_origin() {
        check(None, Some("1"), true);
        check(Some("http://localhost:8765"), Some("1"), true);
        check(Some("http://localhost:8765"), None, false);
        check(None, Some("2"), false);
        for foreign in ["http://localhost:8766", "https://evil.example", "null", ""] {
            check(Some(foreign), Some("1"), false);
        }
    }
}
