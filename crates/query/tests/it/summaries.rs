//! Sums of summaries are the sums of the records, whatever state the lake is in.

use std::path::Path;

use chrono::NaiveDate;
use tempfile::TempDir;
use tidegate_decode::{Decoder, Options};
use tidegate_query::Engine;
use tidegate_store::commit::{self, Writer};
use tidegate_store::ledger::SourceObject;
use tidegate_store::summary::{DIMENSIONS, Records};
use tidegate_store::{Lake, Place, compact, expire, verify};

use crate::world::{Collect, SIX, cells, engine, on_runtime, store};

/// A record of the second day, as it was added by somebody who writes no summaries.
const FOREIGN: &str = "\
2 123456789012 eni-9 198.51.100.7 10.0.0.9 51000 22 6 3 120 1713531600 1713531605 REJECT OK
";

/// One dimension of each kind; that all are right, the store's own tests say.
const ASKED: &[&str] = &["", "srcaddr", "dstport", "server_port", "log_status", "vpc_id"];

fn clock() -> i64 {
    1_713_700_800_000
}

async fn lake(folder: &Path) -> Lake {
    Lake::open(Place::local(folder).unwrap(), clock).await.unwrap()
}

/// Adds records in files without a summary.
async fn store_without(folder: &Path, text: &str) {
    let lake = lake(folder).await;
    let mut sink = Collect::default();
    let mut decoder = Decoder::new(Options::default());
    let counts = decoder.decode_bytes(&text.to_owned().into(), &mut sink);
    decoder.flush(&mut sink);
    let mut files = Vec::new();
    for mut file in sink.0.files().unwrap() {
        file.summary = None;
        files.push(commit::put(&lake, file).await.unwrap());
    }
    let url = "file:///logs/foreign".to_owned();
    let object = SourceObject { url, n_records: counts.n_ok, ..SourceObject::default() };
    Writer::new(&lake).await.unwrap().append(&files, &[object]).await.unwrap();
}

/// The sums of a column by hour and way: from records, then from summaries and what has none.
fn statements(column: &str, records: Records) -> [String; 2] {
    let only = if records == Records::Rejected { "WHERE action = 'REJECT'" } else { "" };
    let of_records = |table: &str| {
        format!(
            "SELECT CAST({column} AS VARCHAR) AS value, date_trunc('hour', \"end\") AS bucket, \
             action, direction, initiator, count(*) AS flows, \
             coalesce(sum(bytes), 0) AS bytes, coalesce(sum(packets), 0) AS packets \
             FROM {table} {only} GROUP BY 1, 2, 3, 4, 5"
        )
    };
    let by = "SELECT value, bucket, action, direction, initiator, sum(flows), sum(bytes), \
              sum(packets)";
    let order = "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5";
    let dimension = if column == "NULL" { "" } else { column };
    [
        format!("{by} FROM ({}) {order}", of_records("flows")),
        format!(
            "{by} FROM (SELECT value, bucket, action, direction, initiator, flows, bytes, packets \
             FROM flow_summaries WHERE grain = 'hour' AND dimension = '{dimension}' \
             UNION ALL {}) {order}",
            of_records("flows_unsummarized")
        ),
    ]
}

/// Compares some dimensions; returns how many rows stood for the records.
async fn check(engine: &Engine) -> usize {
    let mut n_rows = 0;
    for dimension in DIMENSIONS.iter().filter(|it| ASKED.contains(&it.name)) {
        let column = if dimension.name.is_empty() { "NULL" } else { dimension.name };
        let [records, summaries] = statements(column, dimension.records);
        let expected = cells(engine, &records).await;
        assert_eq!(cells(engine, &summaries).await, expected, "{column}");
        n_rows += expected.lines().count();
    }
    n_rows
}

#[test]
fn sums_are_those_of_the_records_in_any_state_of_the_lake() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), SIX).await;
        let engine = engine(folder.path());
        assert!(check(&engine).await > 20);
        store_without(folder.path(), FOREIGN).await;
        let foreign = "SELECT count(*), min(srcaddr) FROM flows_unsummarized";
        assert_eq!(cells(&engine, foreign).await, "1|198.51.100.7");
        assert!(check(&engine).await > 20);
        let lake = lake(folder.path()).await;
        // Rows are read anew, so the foreign ones are summed up as well.
        compact::run(&lake, compact::Options::ALL).await.unwrap();
        assert_eq!(cells(&engine, foreign).await, "0|");
        assert!(check(&engine).await > 20);
        let report = verify::run(&lake).await.unwrap();
        assert_eq!((report.problems.as_slice(), report.n_summaries), (&[][..], 3));
        expire::run(&lake, NaiveDate::from_ymd_opt(2024, 4, 20).unwrap()).await.unwrap();
        assert!(check(&engine).await > 5);
        let days = "SELECT DISTINCT date FROM flow_summaries";
        assert_eq!(cells(&engine, days).await, "2024-04-20");
    });
}

#[test]
fn a_window_reads_the_summaries_of_its_days() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), SIX).await;
        let engine = engine(folder.path());
        let sql = "SELECT value, sum(flows), sum(bytes) FROM flow_summaries \
                   WHERE grain = 'day' AND dimension = 'dstport' \
                   AND bucket >= TIMESTAMP '2024-04-19' AND bucket < TIMESTAMP '2024-04-20' \
                   GROUP BY 1 ORDER BY 1";
        assert_eq!(cells(&engine, sql).await, "22|1|40\n3389|1|80");
        let plan = engine.explain(sql, true).await.unwrap();
        assert!(plan.contains("files: 1 of 3 read"), "{plan}");
        let tables = cells(&engine, "SHOW TABLES").await;
        assert!(tables.contains("flow_summaries|BASE TABLE"), "{tables}");
        assert!(!tables.contains("flows_unsummarized"), "{tables}");
    });
}
