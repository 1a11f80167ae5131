//! What is too much, too long, or not there.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use tidegate_serve::Limits;

use crate::world::{Answer, ENDLESS, Wish, World, on_runtime, request, write};

fn sql(statement: &str) -> axum::http::Request<Body> {
    let body = serde_json::json!({ "sql": statement, "confirm": true });
    write("POST", "/api/v1/sql", &body.to_string())
}

fn limited(change: impl FnOnce(&mut Limits)) -> Wish {
    let mut wish = Wish::default();
    change(&mut wish.limits);
    wish
}

#[test]
fn what_is_not_there_is_said_to_be_so() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let told = world.get("/api/v1/elephants").await.told();
        assert_eq!(told, "404 not_found: there is no route `/api/v1/elephants`");
        let patch = world.ask(write("PATCH", "/api/v1/views", "")).await;
        assert_eq!(patch.told(), "405 usage: `/api/v1/views` does not know PATCH");
        let told = world.get("/api/v1/findings?untl=now").await.told();
        assert_eq!(told, "400 usage: there is no parameter `untl` here");
        let told = world.get("/api/v1/findings?from=now&until=-1h").await.told();
        assert!(
            told.starts_with("400 usage: `from` (2024-04-21T12:00:00Z) is not before"),
            "{told}"
        );
    });
}

#[test]
fn what_a_statement_has_wrong_is_not_the_servers_fault() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        for (statement, expected) in [
            ("SELECT 1 / 0", "400 sql: a number is divided by zero"),
            ("SELECT CAST('x' AS INT)", "400 sql: cannot cast string 'x' to value of Int32 type"),
            (
                "SELECT date_trunc('foo', now())",
                "400 sql: unsupported date_trunc granularity: 'foo'",
            ),
            ("SELECT regexp_like('a', '(')", "400 sql: cannot read the pattern: unclosed group"),
            (
                "SELECT length(repeat('x', 1500000000))",
                "400 sql: `repeat` could make a value of 1500000000 bytes: 1048576 may be",
            ),
            ("SELECT * FROM flowz", "400 sql: there is no table `flowz`"),
        ] {
            let told = world.ask(sql(statement)).await.told();
            assert!(told.starts_with(expected), "{told}");
        }
        for (part, n) in [(" AT TIME ZONE 'UTC'", 2_000), (" XOR 1", 10_000), ("::int", 12_000)] {
            let told = world.ask(sql(&format!("SELECT now(){}", part.repeat(n)))).await.told();
            assert!(told.starts_with("400 sql: the statement has "), "{told}");
        }
        for part in ["POSITION(", "CAST(", "CASE WHEN true THEN "] {
            let told = world.ask(sql(&format!("SELECT {}1", part.repeat(40)))).await.told();
            assert_eq!(told, "400 sql: the statement has 40 parts within each other");
        }
    });
}

#[test]
fn no_path_leads_out_of_the_console() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let paths = [
            "/../Cargo.toml",
            "/assets/../../Cargo.toml",
            "/..%2f..%2fCargo.toml",
            "/%2e%2e/%2e%2e/Cargo.toml",
            "//etc/passwd",
            "/assets/%00.js",
            "/assets/nothing-like-it.js",
        ];
        for path in paths {
            let answer = world.get(path).await;
            assert!(!answer.text.contains("[package]") && !answer.text.contains("root:"), "{path}");
            assert!(matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND), "{path}");
        }
        let page = world.get("/explore").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.header("content-type").starts_with("text/html"));
    });
}

#[test]
fn every_answer_says_what_a_browser_must_not_do() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        for path in ["/", "/api/v1/status", "/api/v1/elephants"] {
            let answer = world.get(path).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'self'; "), "{path}: {policy}");
            assert!(!policy.contains("script-src"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
        }
        assert_eq!(world.get("/api/v1/status").await.header("cache-control"), "no-store");
    });
}

#[test]
fn what_is_too_long_is_not_read() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let long = format!(r#"{{"url": "/{}"}}"#, "x".repeat(64 << 10));
        let told = world.ask(write("PUT", "/api/v1/views/a", &long)).await.told();
        assert_eq!(told, "413 too_large: the body is longer than 65536 bytes");
        let path = format!("/api/v1/findings?from={}", "x".repeat(17 << 10));
        let told = world.get(&path).await.told();
        assert_eq!(told, "413 too_large: the address and headers are longer than 16384 bytes");
        let told = world.ask(write("PUT", "/api/v1/views/a", "{\"url\": ")).await.told();
        assert!(told.starts_with("400 usage: the body cannot be read: EOF"), "{told}");
    });
}

#[test]
fn who_asks_too_often_waits_a_second() {
    on_runtime(async {
        let wish = limited(|it| (it.requests_per_second, it.requests_burst) = (1, 3));
        let world = World::new(wish).await;
        let address: SocketAddr = "[2001:db8::7]:5000".parse().unwrap();
        let get = || {
            let mut get = request("GET", "/healthz").body(Body::empty()).unwrap();
            get.extensions_mut().insert(ConnectInfo(address));
            get
        };
        for _ in 0..3 {
            assert_eq!(world.ask(get()).await.status, StatusCode::OK);
        }
        let answer = world.ask(get()).await;
        assert_eq!(answer.told(), "429 rate: this client asks too often");
        assert_eq!(answer.header("retry-after"), "1");
    });
}

#[test]
fn a_question_that_takes_too_long_is_stopped() {
    on_runtime(async {
        let world = World::new(limited(|it| it.query_time = Duration::from_millis(300))).await;
        let answer = world.ask(sql(ENDLESS)).await;
        assert_eq!(answer.told(), "504 too_slow: the question was stopped after 0 s");
        world.until_free().await;
    });
}

/// Asks something endless under a name, and returns the answer when there is one.
fn ask_endless(world: &World, id: &str) -> tokio::task::JoinHandle<StatusCode> {
    let mut endless = sql(ENDLESS);
    endless.headers_mut().insert("x-query-id", id.parse().unwrap());
    let router = world.router.clone();
    tokio::spawn(async move {
        use tower::ServiceExt as _;
        router.oneshot(endless).await.unwrap().status()
    })
}

pub(crate) async fn until_running(world: &World) {
    world.until_told(&["queries_running 1"]).await;
}

const ID: &str = "0b6c6d4e-3f8a-4b57-9d0c-0c1f6f1f7a11";

#[test]
fn who_finds_all_places_taken_is_told_when_to_come_again() {
    on_runtime(async {
        let wish = limited(|it| {
            (it.n_queries, it.n_waiting) = (1, 0);
        });
        let world = World::new(wish).await;
        let endless = ask_endless(&world, ID);
        until_running(&world).await;
        let answer: Answer = world.ask(sql("SELECT 1 AS one")).await;
        assert_eq!(answer.told(), "503 busy: too many questions are waiting");
        assert_eq!(answer.header("retry-after"), "2");
        endless.abort();
        world.until_free().await;
        assert_eq!(world.ask(sql("SELECT 1 AS one")).await.status, StatusCode::OK);
    });
}

#[test]
fn who_waits_in_line_has_their_turn() {
    on_runtime(async {
        let wish = limited(|it| {
            (it.n_queries, it.n_waiting) = (1, 1);
        });
        let world = World::new(wish).await;
        let endless = ask_endless(&world, ID);
        until_running(&world).await;
        let (answer, ()) = tokio::join!(world.ask(sql("SELECT 1 AS one")), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            endless.abort();
        });
        assert_eq!(answer.status, StatusCode::OK);
    });
}

#[test]
fn a_question_can_be_cancelled_by_its_name() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let endless = ask_endless(&world, ID);
        until_running(&world).await;
        let mut second = sql("SELECT 1 AS one");
        second.headers_mut().insert("x-query-id", ID.parse().unwrap());
        let told = world.ask(second).await.told();
        assert_eq!(told, format!("400 usage: a question named `{ID}` runs already"));

        let cancel = || write("DELETE", &format!("/api/v1/queries/{ID}"), "");
        assert_eq!(world.ask(cancel()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(endless.await.unwrap(), StatusCode::CONFLICT);
        world.until_free().await;
        let metrics = world.get("/metrics").await.text;
        assert!(metrics.contains("tidegate_queries_cancelled_total 1"), "{metrics}");
        let told = world.ask(cancel()).await.told();
        assert_eq!(told, format!("404 not_found: no question named `{ID}` runs"));
    });
}

#[test]
fn a_request_that_is_dropped_stops_its_question() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let endless = ask_endless(&world, ID);
        until_running(&world).await;
        endless.abort();
        world.until_free().await;
    });
}
