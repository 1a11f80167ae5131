//! Who may what.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use tidegate_serve::{Access, Options, Token, server};

use crate::world::{Wish, World, on_runtime, request, write};

const READ: &str = "read-token-0123456789abcdef";
const ADMIN: &str = "admin-token-0123456789abcdef";
const VIEW: &str = r#"{"url": "/explore?q=a"}"#;

fn tokens() -> Wish {
    let access = Access::new(Token::parse(READ).ok(), Token::parse(ADMIN).ok());
    Wish { access, ..Wish::default() }
}

fn with(token: &str, path: &str) -> Request<Body> {
    let request = request("GET", path).header("authorization", format!("Bearer {token}"));
    request.body(Body::empty()).unwrap()
}

fn from(address: &str, mut request: Request<Body>) -> Request<Body> {
    let address: SocketAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

#[test]
fn without_a_token_nothing_is_told() {
    on_runtime(async {
        let world = World::new(tokens()).await;
        for path in ["/api/v1/status", "/api/v1/events", "/api/v1/views", "/metrics"] {
            let answer = world.get(path).await;
            assert_eq!(answer.told(), "401 denied: a token is needed", "{path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        for path in ["/healthz", "/readyz", "/api/openapi.json", "/"] {
            assert_eq!(world.get(path).await.status, StatusCode::OK, "{path}");
        }
        let session = world.get("/api/v1/session").await.text;
        assert_eq!(session, r#"{"role":null,"is_token_needed":true}"#);
    });
}

#[test]
fn where_a_token_is_needed_nobody_else_is_told_which_lake_is_not_ready() {
    on_runtime(async {
        let told = async |wish: Wish| {
            let world = World::new(wish).await;
            world.lose_lake();
            let answer = world.get("/readyz").await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
            answer
        };
        let open = told(Wish::default()).await;
        assert!(open.text.contains("[LAKE]"), "{open:?}");
        let guarded = told(tokens()).await;
        assert!(!guarded.text.contains("[LAKE]"), "{guarded:?}");
        assert_eq!(guarded.told(), "503 lake: the lake cannot be read");
    });
}

#[test]
fn each_token_has_its_role_and_who_reads_does_not_write() {
    on_runtime(async {
        let world = World::new(tokens()).await;
        assert_eq!(world.ask(with(READ, "/api/v1/status")).await.status, StatusCode::OK);
        let session = world.ask(with(ADMIN, "/api/v1/session")).await.text;
        assert_eq!(session, r#"{"role":"admin","is_token_needed":true}"#);
        let put = |token: &str| {
            let mut put = write("PUT", "/api/v1/views/a", VIEW);
            let value = format!("Bearer {token}").parse().unwrap();
            put.headers_mut().insert("authorization", value);
            put
        };
        let told = world.ask(put(READ)).await.told();
        assert_eq!(told, "403 forbidden: this needs the role `admin`");
        assert_eq!(world.ask(put(ADMIN)).await.status, StatusCode::OK);
        let mut sql = write("POST", "/api/v1/sql", r#"{"sql": "SELECT 1 AS one"}"#);
        sql.headers_mut().insert("authorization", format!("Bearer {READ}").parse().unwrap());
        assert_eq!(world.ask(sql).await.status, StatusCode::OK);
    });
}

#[test]
fn of_a_thousand_wrong_tokens_ten_are_denied_and_the_rest_must_wait() {
    on_runtime(async {
        let mut wish = tokens();
        wish.limits.requests_burst = 10_000;
        let world = World::new(wish).await;
        let mut n_denied = 0;
        for number in 0..1_000 {
            let wrong = with(&format!("wrong-token-0123456789-{number}"), "/api/v1/status");
            let answer = world.ask(from("192.0.2.1:5000", wrong)).await;
            n_denied += usize::from(answer.status == StatusCode::UNAUTHORIZED);
        }
        assert_eq!(n_denied, 10);
        let wrong = with("wrong-token-0123456789-last", "/api/v1/status");
        let answer = world.ask(from("192.0.2.1:5001", wrong)).await;
        assert_eq!(answer.told(), "429 rate: too many wrong tokens came from this address");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 61);
        let other = from("192.0.2.2:5000", with(READ, "/api/v1/status"));
        assert_eq!(world.ask(other).await.status, StatusCode::OK);
        // Behind a proxy all have one address: a right token is not shut out by wrong ones.
        let again = from("192.0.2.1:5000", with(READ, "/api/v1/status"));
        assert_eq!(world.ask(again).await.status, StatusCode::OK);
    });
}

#[test]
fn a_session_stands_for_its_token_until_it_ends_or_is_too_old() {
    on_runtime(async {
        let world = World::new(tokens()).await;
        let shown = format!(r#"{{"token": "{ADMIN}"}}"#);
        let begin = || write("POST", "/api/v1/session", &shown);
        let answer = world.ask(begin()).await;
        let cookie = answer.header("set-cookie").to_owned();
        let (id, flags) = cookie.split_once("; ").unwrap();
        assert_eq!(flags, "HttpOnly; SameSite=Strict; Path=/; Max-Age=43200");
        assert!(!id.contains(ADMIN));
        let asked = || request("GET", "/api/v1/status").header("cookie", id);
        let status = |it: Request<Body>| world.ask(it);
        assert_eq!(status(asked().body(Body::empty()).unwrap()).await.status, StatusCode::OK);
        world.wait(Duration::from_hours(12));
        let old = status(asked().body(Body::empty()).unwrap()).await;
        assert_eq!(old.told(), "401 denied: a token is needed");

        let answer = world.ask(begin()).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let mut end = write("DELETE", "/api/v1/session", "");
        end.headers_mut().insert("cookie", cookie.parse().unwrap());
        let ended = world.ask(end).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
        assert!(ended.header("set-cookie").contains("Max-Age=0"));
        let gone = request("GET", "/api/v1/status").header("cookie", cookie);
        let gone = world.ask(gone.body(Body::empty()).unwrap()).await;
        assert_eq!(gone.told(), "401 denied: a token is needed");
        let wrong = write("POST", "/api/v1/session", r#"{"token": "x"}"#);
        assert_eq!(world.ask(wrong).await.told(), "401 denied: the token is wrong");
    });
}

#[test]
fn behind_tls_the_cookie_is_for_tls_only() {
    on_runtime(async {
        let world = World::new(tokens()).await;
        let shown = format!(r#"{{"token": "{READ}"}}"#);
        let mut begin = write("POST", "/api/v1/session", &shown);
        begin.headers_mut().insert("x-forwarded-proto", "https".parse().unwrap());
        let answer = world.ask(begin).await;
        assert!(answer.header("set-cookie").contains("; Secure"), "{answer:?}");
    });
}

#[test]
fn a_foreign_page_is_refused() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let get = |name: &str, value: &str| {
            let request = Request::builder().uri("/api/v1/status").header(name, value);
            request.body(Body::empty()).unwrap()
        };
        // A name of theirs that leads to this machine.
        let told = world.ask(get("host", "evil.example")).await.told();
        assert_eq!(told, "403 forbidden: the `Host` of the request is not this machine");
        let mut fetched = get("host", "localhost:8765");
        fetched.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let told = world.ask(fetched).await.told();
        assert_eq!(told, "403 forbidden: the request was sent by a foreign page");

        let put = |header: Option<(&'static str, &str)>| {
            let mut put = write("PUT", "/api/v1/views/a", VIEW);
            if let Some((name, value)) = header {
                put.headers_mut().insert(name, value.parse().unwrap());
            }
            put
        };
        let foreign = world.ask(put(Some(("origin", "http://evil.example")))).await;
        assert_eq!(foreign.told(), "403 forbidden: the request was sent by a foreign page");
        let mut bare = put(None);
        bare.headers_mut().remove("x-tidegate");
        let told = world.ask(bare).await.told();
        assert_eq!(told, "403 forbidden: a PUT needs the header `x-tidegate: 1`");
        let own = world.ask(put(Some(("origin", "http://localhost:8765")))).await;
        assert_eq!(own.status, StatusCode::OK);
    });
}

#[test]
fn where_others_can_reach_it_it_does_not_start_without_a_token() {
    on_runtime(async {
        let options = |listen: &str| Options { listen: listen.parse().unwrap(), tls: None };
        let open = World::new(Wish::default()).await;
        let error = server::bind(&options("0.0.0.0:0"), &open.app).await.unwrap_err();
        let told = "`0.0.0.0:0` can be reached by others, and no token is set";
        assert_eq!(error.to_string(), told);
        let guarded = World::new(tokens()).await;
        assert!(server::bind(&options("0.0.0.0:0"), &guarded.app).await.is_ok());
        assert!(server::bind(&options("127.0.0.1:0"), &open.app).await.is_ok());
    });
}
