//! What questions to the lake answer, route by route, and how bad ones fail.

use axum::http::StatusCode;
use serde_json::Value;

use crate::world::{Wish, World, on_runtime, write};

/// The three days of the records.
const DAYS: &str = "from=2024-04-18&until=2024-04-21";

/// A name for the golden file, the route and the parameters.
const GOOD: &[(&str, &str)] = &[
    ("explore", "explore?by=srcaddr&metric=flows&limit=2&bucket=1d"),
    ("explore_compared", "explore?q=action%20%3D%20REJECT&bucket=none&compare=previous"),
    ("explore_two", "explore?by=interface_id,action&metric=packets&bucket=none"),
    ("explore_connections", "explore?by=server_port&metric=connections&bucket=none"),
    ("explore_nothing", "explore?q=1.2.3.4&by=srcaddr&bucket=1d"),
    ("facets", "facets?fields=action,dstport,security_group_ids&metric=flows&limit=2"),
    ("flows", "flows?limit=2"),
    ("flows_oldest", "flows?limit=1&order=oldest&columns=end,srcaddr,bytes"),
    ("flows_next", "flows?limit=2&after=1713528015000000.1&columns=end,srcaddr"),
    ("values", "values?field=dstport&prefix=4"),
    ("filter", "filter?q=action%20%3D%20reject%20and%20not%2022"),
    ("filter_not_a_list", "filter?q=22%20or%203389"),
    ("filter_complete", "filter/complete?q=srcaddr%20%3D%201"),
    ("spikes", "spikes"),
    (
        "differences",
        "differences?inside_from=2024-04-19&inside_until=2024-04-20&metric=flows&limit=2",
    ),
    ("entity_address", "entity/address/10.0.0.5"),
    ("entity_port", "entity/port/443"),
    ("entity_unknown", "entity/instance/i-0"),
    ("newcomers", "newcomers?field=srcaddr&days=1&bucket=1d"),
    ("movers", "movers?field=srcaddr&metric=flows&compare=2024-04-17..2024-04-20&limit=3"),
    ("names", "names"),
];

fn with_days(path: &str) -> String {
    let is_plain = ["filter?", "names"].iter().any(|it| path.starts_with(it));
    let joint = if path.contains('?') { '&' } else { '?' };
    if is_plain { format!("/api/v1/{path}") } else { format!("/api/v1/{path}{joint}{DAYS}") }
}

/// Returns an answer for people, without what differs from run to run.
fn shown(text: &str) -> String {
    let mut answer: Value = serde_json::from_str(text).unwrap();
    if let Some(cost) = answer.get_mut("cost") {
        cost["elapsed_ms"] = Value::Null;
        cost["n_bytes"] = Value::Null;
        // How early the newest records rule out the rest is a race between threads.
        if cost["source"] == "rows" {
            cost["n_rows"] = Value::Null;
        }
    }
    serde_json::to_string_pretty(&answer).unwrap()
}

#[test]
fn every_question_has_its_answer() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        for (name, path) in GOOD {
            let answer = world.get(&with_days(path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            insta::assert_snapshot!(*name, shown(&answer.text));
        }
    });
}

#[test]
fn the_schema_tells_what_can_be_named() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let answer = world.get("/api/v1/schema").await;
        let schema: Value = serde_json::from_str(&answer.text).unwrap();
        let names = |list: &str| {
            let all = schema[list].as_array().unwrap().iter();
            all.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(names("tables").contains(&"flow_summaries".to_owned()), "{:?}", names("tables"));
        assert!(names("fields").contains(&"security_group_ids".to_owned()));
        assert!(names("functions").contains(&"cidr_contains".to_owned()));
        let end = &schema["fields"].as_array().unwrap()[0];
        insta::assert_snapshot!(end, @r#"{"doc":"Highest flow-log version among the chosen fields; 2 for the default format. Not a reliable mark of what is present.","entity":null,"name":"version","since":2,"type":"number","unit":null}"#);
    });
}

#[test]
fn sql_answers_and_only_asks() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let ask = async |sql: &str| {
            let body = serde_json::json!({ "sql": sql }).to_string();
            world.ask(write("POST", "/api/v1/sql", &body)).await
        };
        let sql = "SELECT srcaddr, count(*) AS n, max(\"end\") AS last FROM flows GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2";
        insta::assert_snapshot!("sql", shown(&ask(sql).await.text));
        let bad = [
            "SELEC 1",
            "SELECT srcadr FROM flows",
            "SELECT 1; SELECT 2",
            "",
            "CREATE TABLE x AS SELECT 1",
            "COPY flows TO '/tmp/x.csv'",
            "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
            "SELECT * FROM flow_logs('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SET datafusion.execution.batch_size = 1",
            "DROP TABLE flows",
            "EXPLAIN ANALYZE COPY flows TO '/tmp/x.csv'",
        ];
        let long = format!("SELECT 1{}", "+1".repeat(20_000));
        let told_long = ask(&long).await.told();
        assert_eq!(told_long, "400 sql: the statement has 20001 operators");
        let wide = ask("SELECT repeat('x', 200000) FROM range(1000)").await;
        assert_eq!(wide.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", wide.text);
        let shown = ask("SELECT named_struct('a', 1) AS s").await;
        assert!(shown.text.contains(r#"[["{a: 1}"]]"#), "{}", shown.text);
        let mut told = Vec::new();
        for sql in bad {
            told.push(format!("{sql}\n  {}", ask(sql).await.told()));
        }
        insta::assert_snapshot!("sql_refused", told.join("\n"));
    });
}

#[test]
fn files_are_whole() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let csv = world.get(&with_days("flows?format=csv&columns=srcaddr,bytes,action")).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"flows.csv\"");
        let mut lines: Vec<&str> = csv.text.lines().collect();
        lines.sort_unstable();
        insta::assert_snapshot!("flows_csv", lines.join("\n"));
        let lines =
            world.get(&with_days("flows?format=ndjson&columns=srcaddr&q=action%3DREJECT")).await;
        assert_eq!(lines.text, "{\"srcaddr\":\"198.51.100.7\"}\n".repeat(2));
        let parquet = world.get(&with_days("flows?format=parquet")).await;
        assert_eq!(parquet.status, StatusCode::OK);
        assert!(parquet.text.starts_with("PAR1") && parquet.text.ends_with("PAR1"));
    });
}

#[test]
fn a_file_counts_like_any_other_question() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let counted = async || {
            let metrics = world.get("/metrics").await.text;
            let lines = metrics.lines().filter(|it| {
                it.starts_with("tidegate_rows_read") || it.starts_with("tidegate_queries_cancelled")
            });
            lines.collect::<Vec<_>>().join(", ")
        };
        world.get(&with_days("flows?format=csv")).await;
        let told = "tidegate_queries_cancelled_total 0, tidegate_rows_read_total 6";
        assert_eq!(counted().await, told);
        let body = serde_json::json!({ "sql": "SELECT srcaddr FROM flows" }).to_string();
        world.ask(write("POST", "/api/v1/sql?format=ndjson", &body)).await;
        let told = "tidegate_queries_cancelled_total 0, tidegate_rows_read_total 12";
        assert_eq!(counted().await, told);
    });
}

#[test]
fn related_records_are_of_both_ways_page_by_page() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let path = "/api/v1/flows/related?srcaddr=10.0.0.5&srcport=40000&dstaddr=203.0.113.9\
            &dstport=443&protocol=6&at=2024-04-18T12:00:00Z&columns=srcaddr,bytes&limit=1";
        let page = async |path: &str| {
            let answer: Value = serde_json::from_str(&world.get(path).await.text).unwrap();
            (answer["rows"].to_string(), answer["next"].as_str().map(str::to_owned))
        };
        let (rows, next) = page(path).await;
        assert_eq!(rows, r#"[["10.0.0.5",5000]]"#);
        let (rows, next) = page(&format!("{path}&after={}", next.unwrap())).await;
        assert_eq!(rows, r#"[["203.0.113.9",90000]]"#);
        let (rows, next) = page(&format!("{path}&after={}", next.unwrap())).await;
        assert_eq!((rows.as_str(), next), ("[]", None));
    });
}

#[test]
fn a_bad_question_says_what_is_wrong_and_where() {
    const BAD: &[&str] = &[
        "explore?by=srcadr",
        "explore?by=a,b,c,d,e",
        "explore?metric=byte",
        "explore?limit=0",
        "explore?limit=1001",
        "explore?bucket=1s&from=2024-04-18&until=2024-04-21",
        "explore?bucket=soon",
        "explore?compare=never",
        "explore?compare=2024-04-01..2024-04-02&from=2024-04-18&until=2024-04-21",
        "explore?q=action%20%3D%20REJCT",
        "explore?q=(((",
        "explore?from=2010-01-01&until=2024-04-21",
        "explore?from=now&until=-1h",
        "explore?elephant=1",
        "facets",
        "facets?fields=bytes",
        "flows?columns=elephant",
        "flows?after=first",
        "flows?order=loudest",
        "flows?format=pdf",
        "flows/related?srcaddr=10.0.0.5",
        "values?field=start",
        "movers?field=start",
        "movers?field=srcaddr&compare=none",
        "movers?field=srcaddr&limit=101",
        "differences?inside_from=2024-01-01&inside_until=2024-01-02",
        "entity/ghost/1",
        "entity/address/10.0.0",
        "entity/port/65536",
        "spikes?action=MAYBE",
        "explore?by=security_group_ids,peer_security_group_ids",
        "explore?by=srcaddr,srcaddr",
        "explore?from=1600-01-01&until=1600-01-02",
        "explore?from=-262143-01-02&until=-262143-01-03&bucket=5000000000000s",
        "differences?metric=connections&inside_from=-2h&inside_until=-1h",
        "no/such/route",
    ];
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let mut told = Vec::new();
        for path in BAD {
            let answer = world.get(&format!("/api/v1/{path}")).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
            told.push(format!("{path}\n  {}", answer.text));
        }
        insta::assert_snapshot!("bad_questions", told.join("\n"));
    });
}

#[test]
fn the_same_question_again_is_not_worked_out_again() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let path = with_days("explore?by=srcaddr");
        let source = async || {
            let answer: Value = serde_json::from_str(&world.get(&path).await.text).unwrap();
            (answer["cost"]["source"].clone(), answer["rows"].clone())
        };
        let first = source().await;
        let second = source().await;
        assert_eq!((second.0.as_str(), &second.1), (Some("cache"), &first.1));
        world.until_told(&["cache_hits_total 1"]).await;
        world.store(crate::world::SEVENTH).await;
        assert_ne!(source().await.0.as_str(), Some("cache"));
    });
}

#[test]
fn what_reads_too_much_asks_first() {
    on_runtime(async {
        let mut wish = Wish::default();
        wish.limits.read_bytes = 1;
        let world = World::new(wish).await;
        let path = with_days("explore?q=srcaddr%3D10.0.0.5&by=dstport&bucket=none");
        let answer = world.get(&path).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.text);
        let problem: Value = serde_json::from_str(&answer.text).unwrap();
        assert!(problem["cost"]["n_rows"].as_u64() > Some(0), "{problem}");
        let confirmed = [
            path,
            with_days("newcomers?q=srcaddr%3D10.0.0.5&field=dstport&days=1"),
            with_days("values?q=srcaddr%3D10.0.0.5&field=dstport&prefix=4"),
            with_days(
                "differences?q=srcaddr%3D10.0.0.5&metric=flows\
                 &inside_from=2024-04-19&inside_until=2024-04-20",
            ),
            with_days("spikes?q=srcaddr%3D10.0.0.5"),
            with_days("entity/address/10.0.0.5"),
        ];
        for path in confirmed {
            let confirmed = world.get(&format!("{path}&confirm=true")).await;
            assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text);
        }
    });
}
