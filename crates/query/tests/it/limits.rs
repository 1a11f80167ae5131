//! The limits of a statement.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tempfile::TempDir;
use tidegate_query::EngineOptions;

use crate::world::{ask, cells, engine, engine_with, on_runtime, options, rows};

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
