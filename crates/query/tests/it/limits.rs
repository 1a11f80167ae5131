//! The limits of a statement.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tempfile::TempDir;
use tidegate_query::{EngineOptions, Error};

use crate::world::{ask, cells, engine, engine_with, on_runtime, options, render, rows};

/// Returns how many rows come of `sql` under a row limit, and whether it was cut.
fn cut(sql: &'static str, rows_max: u64) -> (usize, bool) {
    on_runtime(async move {
        let folder = TempDir::new().unwrap();
        let engine =
            engine_with(EngineOptions { rows_max: Some(rows_max), ..options() }, folder.path());
        let answer = engine.run(sql).await.unwrap();
        let is_cut = std::sync::Arc::clone(&answer.is_cut);
        let batches = rows(answer).await.unwrap();
        (
            batches.iter().map(arrow::array::RecordBatch::num_rows).sum(),
            is_cut.load(Ordering::Relaxed),
        )
    })
}

#[test]
fn more_rows_than_may_be_are_cut_and_that_is_said() {
    assert_eq!(cut("SELECT * FROM range(100000)", 10), (10, true));
    assert_eq!(cut("SELECT * FROM range(10)", 10), (10, false));
    assert_eq!(cut("SELECT * FROM range(9)", 10), (9, false));
    assert_eq!(cut("SELECT * FROM range(9)", 0), (0, true));
    assert_eq!(cut("SHOW TABLES", 1), (1, true));
}

#[test]
fn a_query_that_takes_too_long_is_stopped() {
    let text = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let options = EngineOptions { timeout: Some(Duration::from_millis(200)), ..options() };
        let engine = engine_with(options, folder.path());
        let sql = "SELECT sum(value % 7) FROM range(1000000000000)";
        ask(&engine, sql).await
    });
    assert_eq!(
        text,
        "error: the query was stopped after 0.2 s; hint: narrow the time range (`WHERE \"end\" >= ...`), or raise `--timeout`"
    );
}

#[test]
fn a_query_that_needs_too_much_memory_says_so() {
    let text = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let options = EngineOptions { memory_bytes_max: 1 << 20, ..options() };
        let engine = engine_with(options, folder.path());
        let sql =
            "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.value = b.value";
        ask(&engine, sql).await
    });
    assert!(
        text.starts_with("error: the query needs more memory than the 1048576 bytes it may have: "),
        "{text}"
    );
    assert!(
        text.ends_with(
            "hint: narrow the time range, group by fewer columns, or raise the memory limit"
        ),
        "{text}"
    );
}

/// Returns what a session with a limit on values makes of each statement.
fn capped(statements: &'static [&'static str]) -> String {
    on_runtime(async move {
        let folder = TempDir::new().unwrap();
        let limited = EngineOptions {
            value_bytes_max: Some(1 << 20),
            memory_bytes_max: 64 << 20,
            ..options()
        };
        let engine = engine_with(limited, folder.path());
        let mut told = Vec::new();
        for sql in statements {
            let answer = match engine.run(sql).await {
                Ok(answer) => rows(answer).await.map(|it| it.len()).map_err(|it| render(&it)),
                Err(error) => Err(render(&error)),
            };
            let told_of = match answer {
                Ok(_) => cells(&engine, sql).await,
                Err(error) => error.split("; hint").next().unwrap_or_default().to_owned(),
            };
            told.push(format!("{}\n    {}", &sql[7..], told_of.replace('\n', " / ")));
        }
        told.join("\n")
    })
}

#[test]
fn a_function_makes_no_value_that_memory_cannot_hold() {
    insta::assert_snapshot!(capped(&[
        "SELECT length(repeat('x', 1500000000))",
        "SELECT length(repeat('x', 1000000))",
        "SELECT sum(length(repeat('x', 1000000 + value))) FROM range(8192)",
        "SELECT length(lpad('x', 1000000000)), length(rpad('x', 1000000000))",
        "SELECT length(rpad('x', 1000000000, 'y'))",
        "SELECT length(replace(repeat('x', 60000), 'x', repeat('y', 60000)))",
        "SELECT length(regexp_replace(repeat('x', 60000), 'x', repeat('y', 60000), 'g'))",
        "SELECT cardinality(array_repeat(1, 1000000000))",
        "SELECT cardinality(array_resize([1], 1000000000, 2))",
        "SELECT cardinality(range(1000000000)), cardinality(generate_series(1, 1000000000))",
        "SELECT range(3), generate_series(9, 1, -4), range(5, 5)",
        "SELECT generate_series(DATE '2026-01-01', DATE '2026-01-02', INTERVAL '1' DAY)",
        "SELECT length(array_to_string(range(100000), repeat('x', 100000)))",
        "SELECT cardinality(array_replace_all(array_repeat('a', 9000), 'a', repeat('x', 9000)))",
        "SELECT length(concat(s, s)) FROM (SELECT repeat('x', 600000) AS s)",
        "SELECT length(concat_ws(s, 'a', 'b', 'c')) FROM (SELECT repeat('x', 600000) AS s)",
        "SELECT length(s || s) FROM (SELECT repeat('x', 600000) AS s)",
        "SELECT cardinality([s, s]) FROM (SELECT repeat('x', 600000) AS s)",
        "SELECT cardinality(s || s) FROM (SELECT range(70000) AS s)",
        "SELECT length(to_char(now(), repeat('%+', 60000)))",
        "SELECT array_agg(value) OVER (ORDER BY value) FROM range(3)",
        "SELECT 'a' || 1 || NULL, 'a' || 1 || 'b', 2 || 'x', [1] || 2, [1] || [2]",
    ]), @"
    length(repeat('x', 1500000000))
        usage: `repeat` could make a value of 1500000000 bytes: 1048576 may be
    length(repeat('x', 1000000))
        1000000
    sum(length(repeat('x', 1000000 + value))) FROM range(8192)
        usage: `repeat` could make a batch of rows of 8225550336 bytes: 67108864 may be
    length(lpad('x', 1000000000)), length(rpad('x', 1000000000))
        usage: `lpad` could make a value of 4000000000 bytes: 1048576 may be
    length(rpad('x', 1000000000, 'y'))
        usage: `rpad` could make a value of 4000000000 bytes: 1048576 may be
    length(replace(repeat('x', 60000), 'x', repeat('y', 60000)))
        usage: `replace` could make a value of 3600120000 bytes: 1048576 may be
    length(regexp_replace(repeat('x', 60000), 'x', repeat('y', 60000), 'g'))
        usage: `regexp_replace` could make a value of 5400120000 bytes: 1048576 may be
    cardinality(array_repeat(1, 1000000000))
        usage: `array_repeat` could make a value of 16000000000 bytes: 1048576 may be
    cardinality(array_resize([1], 1000000000, 2))
        usage: `array_resize` could make a value of 32000000000 bytes: 1048576 may be
    cardinality(range(1000000000)), cardinality(generate_series(1, 1000000000))
        usage: `range` could make a value of 8000000008 bytes: 1048576 may be
    range(3), generate_series(9, 1, -4), range(5, 5)
        [0, 1, 2]|[9, 5, 1]|[]
    generate_series(DATE '2026-01-01', DATE '2026-01-02', INTERVAL '1' DAY)
        usage: generate_series makes lists of whole numbers here; for times, write `FROM generate_series(...)`, which makes rows
    length(array_to_string(range(100000), repeat('x', 100000)))
        usage: `array_to_string` could make a value of 10000800232 bytes: 1048576 may be
    cardinality(array_replace_all(array_repeat('a', 9000), 'a', repeat('x', 9000)))
        usage: `array_replace_all` could make a value of 81045260 bytes: 1048576 may be
    length(concat(s, s)) FROM (SELECT repeat('x', 600000) AS s)
        usage: `concat` could make a value of 1200000 bytes: 1048576 may be
    length(concat_ws(s, 'a', 'b', 'c')) FROM (SELECT repeat('x', 600000) AS s)
        usage: `concat_ws` could make a value of 3000003 bytes: 1048576 may be
    length(s || s) FROM (SELECT repeat('x', 600000) AS s)
        usage: `||` could make a value of 1200000 bytes: 1048576 may be
    cardinality([s, s]) FROM (SELECT repeat('x', 600000) AS s)
        usage: `make_array` could make a value of 1200000 bytes: 1048576 may be
    cardinality(s || s) FROM (SELECT range(70000) AS s)
        usage: `array_concat` could make a value of 1120016 bytes: 1048576 may be
    length(to_char(now(), repeat('%+', 60000)))
        usage: `to_char` could make a value of 2880000 bytes: 1048576 may be
    array_agg(value) OVER (ORDER BY value) FROM range(3)
        usage: array_agg over a window is not answered here
    'a' || 1 || NULL, 'a' || 1 || 'b', 2 || 'x', [1] || 2, [1] || [2]
        |a1b|2x|[1, 2]|[1, 2]
    ");
}

#[test]
fn what_aggregates_hold_is_counted() {
    for sql in [
        "SELECT length(string_agg(repeat('x', 1000), '')) FROM range(1000000)",
        "SELECT cardinality(array_agg(repeat('x', 1000))) FROM range(1000000)",
        "SELECT cardinality(array_agg(DISTINCT value)) FROM range(100000000)",
    ] {
        let is_memory = on_runtime(async move {
            let folder = TempDir::new().unwrap();
            let options = EngineOptions { memory_bytes_max: 64 << 20, ..options() };
            let engine = engine_with(options, folder.path());
            let answer = engine.run(sql).await.unwrap();
            matches!(rows(answer).await, Err(Error::Memory { .. }))
        });
        assert!(is_memory, "{sql}");
    }
}

#[test]
fn statements_of_one_session_run_side_by_side_and_settings_last() {
    let answers = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let engine = engine(folder.path());
        let (a, b) = futures::join!(
            cells(&engine, "SELECT count(*) FROM range(100000)"),
            cells(&engine, "SELECT sum(value) FROM range(1000)")
        );
        ask(&engine, "SET datafusion.execution.batch_size = 77").await;
        let set = cells(&engine, "SHOW datafusion.execution.batch_size").await;
        ask(&engine, "PREPARE twice AS SELECT 2 * $1").await;
        let twice = cells(&engine, "EXECUTE twice(21)").await;
        [a, b, set, twice].join("\n")
    });
    assert_eq!(answers, "100000\n499500\ndatafusion.execution.batch_size|77\n42");
}

#[test]
fn a_statement_without_rows_says_what_it_did() {
    let answers = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let engine = engine(&folder.path().join("lake"));
        let file = folder.path().join("out.parquet");
        let mut answers = Vec::new();
        for sql in [
            "CREATE TABLE t AS SELECT value AS x FROM range(5)".to_owned(),
            "CREATE TABLE IF NOT EXISTS t AS SELECT 1".to_owned(),
            format!("COPY t TO '{}'", file.display()),
            format!("CREATE EXTERNAL TABLE p STORED AS PARQUET LOCATION '{}'", file.display()),
            "SELECT sum(x) FROM p".to_owned(),
            "DROP TABLE p".to_owned(),
            "SELECT * FROM p".to_owned(),
        ] {
            answers.push(cells(&engine, &sql).await);
        }
        answers.join("\n")
    });
    insta::assert_snapshot!(answers, @r"
    table `t` made
    `t` already exists as a table here; left as it is
    5
    table `p` made
    10
    table `p` dropped
    usage: there is no table `p`; hint: `SHOW TABLES` lists the tables
    ");
}
