//! `tidegate sql`, one-shot.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::run::{Here, LOG};

const ROWS: &str =
    "SELECT srcaddr, bytes, action, start FROM flows WHERE log_status = 'OK' ORDER BY srcaddr";

#[test]
fn the_same_rows_have_every_form() {
    let here = Here::with_lake();
    let ask = |format: &str| here.run(&["sql", ROWS, "--lake", "lake", "--output", format]).stdout;
    insta::assert_snapshot!(ask("table"), @"
    srcaddr        bytes  action  start
    ─────────────  ─────  ──────  ────────────────────
    172.31.16.139   4249  ACCEPT  2014-12-14T04:06:50Z
    172.31.9.69     4249  REJECT  2014-12-14T04:06:50Z
    ");
    insta::assert_snapshot!(ask("ndjson"), @r#"
    {"srcaddr":"172.31.16.139","bytes":4249,"action":"ACCEPT","start":"2014-12-14T04:06:50Z"}
    {"srcaddr":"172.31.9.69","bytes":4249,"action":"REJECT","start":"2014-12-14T04:06:50Z"}
    "#);
    insta::assert_snapshot!(ask("json"), @r#"
    [
    {"srcaddr":"172.31.16.139","bytes":4249,"action":"ACCEPT","start":"2014-12-14T04:06:50Z"},
    {"srcaddr":"172.31.9.69","bytes":4249,"action":"REJECT","start":"2014-12-14T04:06:50Z"}
    ]
    "#);
    insta::assert_snapshot!(ask("csv"), @"
    srcaddr,bytes,action,start
    172.31.16.139,4249,ACCEPT,2014-12-14T04:06:50Z
    172.31.9.69,4249,REJECT,2014-12-14T04:06:50Z
    ");
    insta::assert_snapshot!(ask("markdown"), @"
    | srcaddr | bytes | action | start |
    | --- | ---: | --- | --- |
    | 172.31.16.139 | 4249 | ACCEPT | 2014-12-14T04:06:50Z |
    | 172.31.9.69 | 4249 | REJECT | 2014-12-14T04:06:50Z |
    ");
}

#[test]
fn strange_values_stay_what_they_are() {
    let here = Here::new();
    let strange = "SELECT NULL AS nothing, '' AS empty, 'a,\"b\"' AS quoted, 'x|y' AS bar, \
                   chr(27) || '[31m' AS escape, 1.5 AS half, TIMESTAMP '2026-03-02 10:00:00.5' AS t";
    let ask = |format: &str| here.run(&["sql", strange, "--output", format]).stdout;
    insta::assert_snapshot!(ask("csv").escape_debug(), @r#"nothing,empty,quoted,bar,escape,half,t\n,\"\",\"a,\"\"b\"\"\",x|y,\u{1b}[31m,1.5,2026-03-02T10:00:00.500\n"#);
    insta::assert_snapshot!(ask("table"), @r#"
    nothing  empty  quoted  bar  escape      half  t
    ───────  ─────  ──────  ───  ──────────  ────  ───────────────────────
    NULL            a,"b"   x|y  \u{1b}[31m   1.5  2026-03-02T10:00:00.500
    "#);
    insta::assert_snapshot!(ask("ndjson"), @r#"{"nothing":null,"empty":"","quoted":"a,\"b\"","bar":"x|y","escape":"\u001b[31m","half":1.5,"t":"2026-03-02T10:00:00.500"}"#);
    insta::assert_snapshot!(ask("markdown"), @r#"
    | nothing | empty | quoted | bar | escape | half | t |
    | --- | --- | --- | --- | --- | ---: | --- |
    |  |  | a,"b" | x\|y | \u{1b}[31m | 1.5 | 2026-03-02T10:00:00.500 |
    "#);
}

#[test]
fn rows_beyond_the_limit_are_counted_or_cut_off() {
    let here = Here::new();
    let series = "SELECT value FROM generate_series(1, 25000)";
    let ask = |format: &str| here.run(&["sql", series, "--limit", "2", "--output", format]);
    insta::assert_snapshot!(ask("table").shown(), @"
    exit 0
    --- stdout
    value
    ─────
        1
        2
    ... 24,998 more rows, use `--limit`
    ");
    insta::assert_snapshot!(ask("ndjson").shown(), @r#"
    exit 0
    --- stdout
    {"value":1}
    {"value":2}
    --- stderr
    warning: cut off after 2 rows, use `--limit`
    "#);
    assert_eq!(here.run(&["sql", series]).stdout.lines().count(), 25_000);
    let none = here.run(&["sql", "SELECT 1 AS one WHERE false", "--output", "json"]);
    assert_eq!(none.stdout, "[]\n");
    let none = here.run(&["sql", "SELECT 1 AS one WHERE false", "--output", "table"]);
    assert_eq!(none.stdout, "one\n───\n(no rows)\n");
}

#[test]
fn statements_come_from_an_argument_a_file_or_stdin() {
    let here = Here::new();
    here.write("ask.sql", "SELECT 1 AS a; -- one\nSELECT ';' AS b;\n");
    let expected = "{\"a\":1}\n{\"b\":\";\"}\n";
    assert_eq!(here.run(&["sql", "-f", "ask.sql"]).stdout, expected);
    assert_eq!(here.run(&["sql", "SELECT 1 AS a; SELECT ';' AS b"]).stdout, expected);
    assert_eq!(here.run_on("SELECT 1 AS a; SELECT ';' AS b", &["sql"]).stdout, expected);
    insta::assert_snapshot!(here.run(&["sql", " ; "]).shown(), @r#"
    exit 2
    --- stderr
    error: there is no statement

    hint: `tidegate sql "SELECT 1"`
    "#);
}

#[test]
fn a_wrong_statement_is_a_usage_error_with_a_hint() {
    let here = Here::with_lake();
    let ask = |sql: &str| here.run(&["sql", sql, "--lake", "lake"]).shown();
    insta::assert_snapshot!(ask("SELECT srcadr FROM flows"), @"
    exit 2
    --- stderr
    error: there is no column `srcadr`

    hint: did you mean `srcaddr`?
    ");
    insta::assert_snapshot!(here.run(&["sql", "SELECT * FROM flows", "--lake", "x"]).shown(), @"
    exit 2
    --- stderr
    error: there is no lake at `file://[HERE]/x`

    hint: `tidegate collect PATH` makes one; `--lake` names it
    ");
    let parquet = here.run(&["sql", "SELECT 1; SELECT 2", "--out", "x.parquet"]);
    assert_eq!(parquet.code, 2);
}

#[test]
fn raw_logs_are_asked_in_place_and_bad_lines_are_told() {
    let here = Here::new();
    here.write("flow.log", &format!("{LOG}2 123 eni-1 nonsense\n"));
    let ran = here.run(&["sql", "SELECT count(*) AS n FROM flow_logs('flow.log')"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"n\":3}\n"));
    assert!(ran.stderr.starts_with("warning: left out 1 bad lines of "), "{}", ran.stderr);
}

#[test]
fn a_file_is_written_whole_in_the_form_of_its_name() {
    let here = Here::with_lake();
    let ran = here.run(&["sql", ROWS, "--lake", "lake", "--out", "rows.csv"]);
    assert_eq!(ran.shown(), "exit 0");
    let written = std::fs::read_to_string(here.path("rows.csv")).unwrap();
    assert_eq!(written.lines().count(), 3);
    let ran = here.run(&["sql", ROWS, "--lake", "lake", "--out", "rows.parquet"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(std::fs::read(here.path("rows.parquet")).unwrap().starts_with(b"PAR1"));
    let ran = here.run(&[
        "sql",
        "SELECT 1 / (value - 9000) FROM generate_series(1, 9999)",
        "--out",
        "x.csv",
    ]);
    assert_eq!(ran.code, 2);
    let names = std::fs::read_dir(here.path(".")).unwrap().map(|it| it.unwrap().file_name());
    assert!(!names.into_iter().any(|it| it.to_string_lossy().starts_with("x.csv")));
}

#[test]
fn a_plan_says_what_was_not_read() {
    let here = Here::with_lake();
    let count = "SELECT count(*) FROM flows WHERE srcaddr = '172.31.9.69'";
    let ran = here.run(&["sql", "--explain", "--analyze", count, "--lake", "lake"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("row groups: "), "{}", ran.stdout);
    let ran = here.run(&["sql", "--analyze", count]);
    assert_eq!(ran.code, 2);
}

#[test]
fn a_query_that_runs_too_long_is_stopped() {
    let here = Here::new();
    let slow = "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 1000000) b \
                WHERE a.value % 7 = b.value % 11";
    let ran = here.run(&["sql", slow, "--timeout", "200ms"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: the query was stopped after 0.2 s\n"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let here = Here::new();
    for format in ["ndjson", "csv", "json"] {
        let series = "SELECT value FROM generate_series(1, 2000000)";
        let mut command = here.command(&["sql", series, "--output", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let code = child.wait().unwrap().code();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{format}: {line}");
    }
}
