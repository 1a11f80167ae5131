//! The table `flows`: rows, pruning, statistics, one version per statement.

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::world::{SIX, ask, cells, engine, on_runtime, six, store};

/// Asks a lake with six records and compares the cells of the answer.
fn check(sql: &'static str, expected: &str) {
    let answer = on_runtime(async move {
        let (_folder, engine) = six().await;
        cells(&engine, sql).await
    });
    assert_eq!(answer, expected, "{sql}");
}

/// Returns the summary lines of the plan that was run, without sizes.
fn summary(plan: &str) -> String {
    let lines =
        plan.lines().filter(|it| ["files:", "row groups:"].iter().any(|word| it.starts_with(word)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs the statement on a lake with six records in three files and tells what it read.
fn read(sql: &'static str) -> String {
    on_runtime(async move {
        let (_folder, engine) = six().await;
        summary(&engine.explain(sql, true).await.unwrap())
    })
}

#[test]
fn the_lake_answers() {
    check(
        "SELECT srcaddr, sum(bytes) FROM flows WHERE action = 'REJECT' GROUP BY 1 ORDER BY 2 DESC",
        "198.51.100.7|120",
    );
    check(
        "SELECT count(*), count(srcaddr), min(start), max(\"end\") FROM flows",
        "6|5|2024-04-18T12:00:00Z|2024-04-20T12:01:00Z",
    );
    check(
        "SELECT date, count(*) FROM flows GROUP BY 1 ORDER BY 1",
        "2024-04-18|2\n2024-04-19|2\n2024-04-20|2",
    );
    check(
        "SELECT dstport FROM flows WHERE srcaddr = '198.51.100.7' OR dstaddr = '198.51.100.7' ORDER BY 1",
        "22\n3389",
    );
    check(
        "SELECT count(*) FROM flows WHERE cidr_contains('198.51.100.0/24', srcaddr) OR cidr_contains('10.0.0.5/32', srcaddr)",
        "3",
    );
    check("SELECT count(*) FROM flows WHERE NOT cidr_contains('10.0.0.0/8', srcaddr)", "4");
    check("SELECT log_status, vpc_id FROM flows WHERE srcaddr IS NULL", "NODATA|");
    check("SELECT count(*) FROM flows WHERE cidr_contains('10.0.0.0/8', srcaddr)", "1");
    check(
        "SELECT DISTINCT interface_id FROM flows WHERE start >= timestamp '2024-04-20' ORDER BY 1",
        "eni-2\neni-3",
    );
    check("SELECT SRCADDR FROM FLOWS WHERE DstPort = 443", "10.0.0.5");
    check(
        "SELECT date, srcaddr, date AS d FROM flows WHERE dstport = 53",
        "2024-04-20|2001:db8::1|2024-04-20",
    );
    check("SELECT extra, instance_tag FROM flows LIMIT 1", "|");
    check("SELECT count(*) FROM flows WHERE date IS NULL", "0");
    check("SELECT count(*) FROM flows WHERE date <> date '2024-04-19' AND bytes > 1000", "2");
}

#[test]
fn files_are_left_out_by_date_and_by_range() {
    for (sql, n_files) in [
        ("SELECT bytes FROM flows WHERE date = date '2024-04-19'", 1),
        ("SELECT bytes FROM flows WHERE date > date '2024-04-18'", 2),
        ("SELECT bytes FROM flows WHERE date IN (date '2024-04-18', date '2024-04-20')", 2),
        ("SELECT bytes FROM flows WHERE \"end\" >= timestamp '2024-04-20T00:00:00'", 1),
        ("SELECT bytes FROM flows WHERE start < '2024-04-19T00:00:00Z'", 1),
        ("SELECT bytes FROM flows WHERE srcaddr = '198.51.100.7'", 2),
        ("SELECT bytes FROM flows WHERE action = 'REJECT'", 1),
        ("SELECT bytes FROM flows WHERE dstport = 53", 2),
        ("SELECT bytes FROM flows WHERE dstport = 60000", 0),
        ("SELECT bytes FROM flows WHERE srcaddr = '1.1.1.1' OR dstaddr = '1.1.1.1'", 0),
        ("SELECT numbytes FROM vpc_flow_logs WHERE starttime >= 1713614400", 1),
        ("SELECT numbytes FROM vpc_flow_logs WHERE endtime BETWEEN 1713528000 AND 1713528015", 1),
        ("SELECT numbytes FROM vpc_flow_logs WHERE dt = '2024-04-19'", 1),
        ("SELECT numbytes FROM vpc_flow_logs WHERE dt IN ('2024-04-19', '2024-04-20')", 2),
        ("SELECT numbytes FROM vpc_flow_logs WHERE date < date '2024-04-19'", 1),
        ("SELECT numbytes FROM vpc_flow_logs WHERE destinationaddress = '10.0.0.6'", 2),
        ("SELECT bytes FROM flows WHERE cidr_contains('2001:db8::/32', srcaddr)", 2),
        ("SELECT bytes FROM flows WHERE cidr_contains('100.0.0.0/8', srcaddr)", 1),
        ("SELECT bytes FROM flows WHERE cidr_contains('9.0.0.0/8', srcaddr)", 0),
        ("SELECT bytes FROM flows", 3),
    ] {
        let read = read(sql);
        let expected = format!("files: {n_files} of 3 read");
        assert_eq!(read.lines().next(), Some(expected.as_str()), "{sql}");
    }
}

/// A day of records between 40,000 different pairs, spread over the address space.
fn wide() -> String {
    let record = |n: u32| {
        // Far apart, so that the ranges of all row groups hold nearly every address.
        let address = |n: u32| std::net::Ipv4Addr::from(n.wrapping_mul(2_654_435_761));
        let (from, to, at) = (address(2 * n), address(2 * n + 1), 1_713_441_600 + n / 10);
        format!("2 1 eni-1 {from} {to} 40000 443 6 1 40 {at} {at} ACCEPT OK\n")
    };
    (0..100_000).map(record).collect::<Vec<_>>().concat()
}

#[test]
fn an_address_on_either_side_is_looked_up_in_bloom_filters() {
    let (found, absent, is_same) = on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), &wide()).await;
        let engine = engine(folder.path());
        let of = |address: &str| {
            format!(
                "SELECT count(*) FROM flows WHERE srcaddr = '{address}' OR dstaddr = '{address}'"
            )
        };
        let present = cells(&engine, "SELECT srcaddr FROM flows ORDER BY start DESC LIMIT 1").await;
        let found = cells(&engine, &of(&present)).await;
        let is_same = found == cells(&engine, &format!("{} OR bytes < 0", of(&present))).await;
        let read = engine.explain(&of("130.10.20.30"), true).await.unwrap();
        (found, summary(&read), is_same)
    });
    assert_eq!((found.as_str(), is_same), ("1", true));
    assert_eq!(
        absent,
        "files: 1 of 1 read\nrow groups: 0 of 4 read (bloom 3, statistics 1, limit 0)"
    );
}

#[test]
fn counts_and_extremes_need_no_file() {
    for sql in [
        "SELECT count(*) FROM flows",
        "SELECT count(srcaddr), min(start), max(\"end\"), max(dstport) FROM flows",
        "SELECT count(*), min(date) FROM flows WHERE date > date '2024-04-18'",
    ] {
        let plan = on_runtime(async move {
            let (_folder, engine) = six().await;
            engine.explain(sql, false).await.unwrap()
        });
        assert!(!plan.contains("DataSourceExec: file_groups"), "{sql}\n{plan}");
    }
}

#[test]
fn the_leaf_of_a_plan_is_a_plain_scan_of_parquet() {
    let plan = on_runtime(async {
        let (_folder, engine) = six().await;
        engine.explain("SELECT bytes FROM flows WHERE dstport = 22", false).await.unwrap()
    });
    assert!(plan.contains("DataSourceExec: file_groups="), "{plan}");
    assert!(plan.contains("file_type=parquet"), "{plan}");
    assert!(!plan.contains("FilterExec"), "{plan}");
}

#[test]
fn a_statement_sees_what_was_committed_before_it() {
    let counts = on_runtime(async {
        let (folder, engine) = six().await;
        let before = cells(&engine, "SELECT count(*) FROM flows").await;
        store(folder.path(), SIX).await;
        let sql = "SELECT (SELECT count(*) FROM flows) AS a, count(*) FROM vpc_flow_logs";
        (before, cells(&engine, sql).await)
    });
    assert_eq!(counts, ("6".to_owned(), "12|12".to_owned()));
}

#[test]
fn a_view_of_the_user_sees_later_commits() {
    let counts = on_runtime(async {
        let (folder, engine) = six().await;
        let made =
            ask(&engine, "CREATE VIEW rejected AS SELECT * FROM flows WHERE action = 'REJECT'")
                .await;
        let before = cells(&engine, "SELECT count(*) FROM rejected").await;
        store(folder.path(), SIX).await;
        (made, before, cells(&engine, "SELECT count(*) FROM rejected").await)
    });
    assert_eq!(counts, ("view `rejected` made".to_owned(), "2".to_owned(), "4".to_owned()));
}

#[test]
fn what_was_read_is_a_table() {
    check("SELECT url, n_records, n_nodata FROM objects", "file:///logs/0|5|1");
}

#[test]
fn without_a_lake_everything_else_works() {
    let (one, described, asked) = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let engine = engine(&folder.path().join("none"));
        let one = cells(&engine, "SELECT 1").await;
        let described = cells(&engine, "DESCRIBE flows").await;
        let asked = cells(&engine, "SELECT count(*) FROM flows").await;
        (one, described, asked.replace(&folder.path().display().to_string(), ""))
    });
    assert_eq!(one, "1");
    assert_eq!(described.lines().last(), Some("date|Date32|YES"));
    assert_snapshot!(asked, @"error: there is no lake at `file:///none`; hint: `tidegate collect PATH` makes one; `--lake` names it");
}

#[test]
fn a_mistake_is_the_users_and_has_a_hint() {
    for (sql, expected) in [
        (
            "SELECT srcadr FROM flows",
            "usage: there is no column `srcadr`; hint: did you mean `srcaddr`?",
        ),
        (
            "SELECT f.srcadr FROM flows f",
            "usage: there is no column `f.srcadr`; hint: did you mean `srcaddr`?",
        ),
        ("SELECT 1 FROM flow", "usage: there is no table `flow`; hint: did you mean `flows`?"),
        ("SELEC 1", "usage: cannot read the statement: expected: an SQL statement, found: SELEC"),
        (
            "SELECT is_privat(srcaddr) FROM flows",
            "usage: invalid function 'is_privat'; hint: did you mean `is_private`?",
        ),
        ("SELECT cidr_contains('10.0.0.0/8', 7)", "usage: cidr_contains takes text, got Int64"),
        ("SELECT protocol_name('tcp')", "usage: protocol_name takes whole numbers, got Utf8"),
        (
            "SELECT count(*), count(*) FROM flows",
            "usage: two columns of the answer are called `count(Int64(1)) AS count(*)`; hint: give one of them another name with `AS`",
        ),
        (
            "SELECT start, end FROM flows",
            "usage: cannot read the statement: expected: end of statement, found: end; hint: `end` is a key word: quote the column, as \"end\"",
        ),
        ("DROP TABLE flow", "usage: there is no table `flow`; hint: did you mean `flows`?"),
        ("DROP TABLE IF EXISTS nothing", "there is no table `nothing`"),
        (
            "DROP TABLE flows",
            "usage: `flows` belongs to the lake and cannot be dropped; hint: only tables that were made in this session can be dropped",
        ),
        (
            "CREATE TABLE flows AS SELECT 1",
            "usage: `flows` already exists as a table here; hint: take another name, or say `IF NOT EXISTS` to leave it as it is",
        ),
    ] {
        check(sql, expected);
    }
}
