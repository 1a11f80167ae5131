//! Raw logs read in place.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use tidegate_query::Engine;

use crate::world::{SIX, ask, cells, engine, on_runtime, rows};

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// AWS's tree with a file of six records on each of two days, one bad line in the second.
fn tree() -> (TempDir, Engine) {
    let folder = TempDir::new().unwrap();
    let tree = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04";
    let good = format!("{HEADER}{SIX}");
    write(folder.path(), &format!("{tree}/19/a.log.gz"), &gzip(&good));
    write(folder.path(), &format!("{tree}/20/b.log.gz"), &gzip(&format!("{good}2 short line\n")));
    write(folder.path(), "AWSLogs/.hidden", b"nothing of interest");
    let engine = engine(&folder.path().join("lake"));
    (folder, engine)
}

/// Asks with `@` for the folder of the tree.
fn check(sql: &'static str, expected: &str) {
    let answer = on_runtime(async move {
        let (folder, engine) = tree();
        let at = folder.path().display().to_string();
        cells(&engine, &sql.replace('@', &at)).await.replace(&at, "@")
    });
    assert_eq!(answer, expected, "{sql}");
}

#[test]
fn a_folder_a_file_and_a_glob_are_read() {
    check("SELECT count(*) FROM flow_logs('@')", "12");
    check("SELECT count(*) FROM flow_logs('@/AWSLogs/')", "12");
    check("SELECT count(*) FROM flow_logs('@/**/19/*.log.gz')", "6");
    check("SELECT count(*) FROM flow_logs('@/**/{19,20}/?.log.gz')", "12");
    check(
        "SELECT count(*) FROM flow_logs('@/AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04/20/b.log.gz')",
        "6",
    );
    check("SELECT count(*) FROM flow_logs('file://@/AWSLogs')", "12");
    check(
        "SELECT srcaddr, sum(bytes), min(date) FROM flow_logs('@') WHERE action = 'REJECT' GROUP BY 1",
        "198.51.100.7|240|2024-04-19",
    );
    check(
        "SELECT srcport, vpc_id, extra, log_status FROM flow_logs('@/**/a.log.gz') LIMIT 1",
        "40000|||OK",
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    check(
        "SELECT count(*) FROM flow_logs('@/nowhere')",
        "error: there is nothing to read at `@/nowhere`; hint: check the path; a glob must be quoted, and names that start with `.` or `_` are passed over",
    );
    check(
        "SELECT count(*) FROM flow_logs()",
        "usage: flow_logs takes a location and, if need be, a log format; hint: as in `flow_logs('logs/**/*.log.gz')` or `flow_logs('x.log', '${version} ${srcaddr}')`",
    );
    check(
        "SELECT count(*) FROM flow_logs('s3://bucket/prefix')",
        "error: cannot open `s3://bucket/prefix`: there is no network in tests",
    );
}

#[test]
fn bad_lines_are_counted_and_named() {
    let (messages, n_bad) = on_runtime(async {
        let (folder, engine) = tree();
        let at = folder.path().display().to_string();
        let sql = format!("SELECT * FROM flow_logs('{at}')");
        let answer = engine.run(&sql).await.unwrap();
        let warnings = std::sync::Arc::clone(&answer.warnings);
        rows(answer).await.unwrap();
        let at = at.trim_start_matches('/').to_owned();
        let messages: Vec<_> = warnings.messages().iter().map(|it| it.replace(&at, "@")).collect();
        (messages.join("\n"), warnings.n_bad_lines())
    });
    assert_eq!(n_bad, 1);
    assert!(messages.starts_with("left out 1 bad lines of `@/AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04/20/b.log.gz`: line 8: "), "{messages}");
}

#[test]
fn a_format_names_the_fields_of_lines_without_a_header() {
    let answer = on_runtime(async {
        let folder = TempDir::new().unwrap();
        write(folder.path(), "x.log", b"10.0.0.1 22 1713441660\n10.0.0.2 23 -\n");
        let engine = engine(&folder.path().join("lake"));
        let path = folder.path().join("x.log");
        let sql = format!(
            "SELECT srcaddr, dstport, date FROM flow_logs('{}', '${{srcaddr}} ${{dstport}} ${{end}}') ORDER BY 1",
            path.display()
        );
        cells(&engine, &sql).await
    });
    assert_eq!(answer, "10.0.0.1|22|2024-04-18\n10.0.0.2|23|");
}

#[test]
fn an_external_table_reads_by_position_and_takes_its_partition_from_the_path() {
    let answers = on_runtime(async {
        let (folder, engine) = tree();
        let create = format!(
            "CREATE EXTERNAL TABLE raw (v int, account string, nic string, `from` string, `to` string,
               fromport int, toport int, protocol string, packets smallint, bytes bigint, starttime timestamp)
             PARTITIONED BY (dt string, region string)
             ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION '{}/AWSLogs/123456789012/'
             TBLPROPERTIES ('skip.header.line.count'='1')",
            folder.path().display()
        );
        let mut answers = vec![ask(&engine, "MSCK REPAIR TABLE raw").await];
        ask(&engine, &create).await;
        for sql in [
            "MSCK REPAIR TABLE raw",
            "SELECT count(*), count(v), count(\"from\"), sum(bytes) FROM raw",
            "SELECT dt, region, count(*) FROM raw GROUP BY 1, 2 ORDER BY 1",
            "SELECT count(*) FROM raw WHERE dt = '2024-04-19'",
            "SELECT count(*) FROM raw WHERE dt > '2024-04-20'",
            "SELECT v, \"from\", toport, packets, starttime FROM raw WHERE nic = 'line'",
            "SELECT \"from\", packets FROM raw WHERE toport = 3389 AND dt = '2024-04-20'",
        ] {
            answers.push(cells(&engine, sql).await);
        }
        answers.join("\n--\n")
    });
    insta::assert_snapshot!(answers, @r"
    usage: there is no table `raw`; hint: `SHOW TABLES` lists the tables
    --
    nothing to do: the partitions of `raw` are found by their paths
    --
    13|13|10|190840
    --
    2024-04-19|us-east-1|6
    2024-04-20|us-east-1|7
    --
    6
    --
    0
    --
    2||||
    --
    198.51.100.7|2
    ");
}

#[test]
fn a_truncated_archive_gives_what_it_holds_and_a_warning() {
    let (answer, warned) = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let lines: Vec<String> = (0..20_000).map(|it| format!("2 x {it}\n")).collect();
        let packed = gzip(&lines.concat());
        write(folder.path(), "logs/x.gz", &packed[..packed.len() / 2]);
        let engine = engine(&folder.path().join("lake"));
        let create = format!(
            "CREATE EXTERNAL TABLE raw (a int, b string, c bigint) ROW FORMAT DELIMITED FIELDS
             TERMINATED BY ' ' LOCATION '{}/logs'",
            folder.path().display()
        );
        ask(&engine, &create).await;
        let answer = engine.run("SELECT min(c), count(*) > 1000 FROM raw").await.unwrap();
        let warnings = std::sync::Arc::clone(&answer.warnings);
        let batches = rows(answer).await.unwrap();
        let cell = |column: usize| {
            let column = batches[0].column(column);
            arrow::util::display::array_value_to_string(column, 0).unwrap()
        };
        (format!("{}|{}", cell(0), cell(1)), warnings.n_bad_lines())
    });
    assert_eq!(answer, "0|true");
    assert_eq!(warned, 1);
}
