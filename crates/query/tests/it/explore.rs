//! Typed questions: the same answer as plain SQL, from summaries and from records.

use std::sync::Arc;

use insta::assert_snapshot;
use tempfile::TempDir;
use tidegate_filter::Filter;
use tidegate_query::explore::records::{Order, PageQuestion};
use tidegate_query::explore::{
    Buckets, Dimension, Explorer, Key, Metric, Question, Run, Source, Window, sql,
};
use tidegate_query::{Bounds, Engine, Error};

use crate::world::{cells, engine, on_runtime, six, store};

pub(crate) const HOUR_S: i64 = 3_600;

/// From midnight of 18 April 2024 on.
pub(crate) fn window(from_s: i64, until_s: i64) -> Window {
    const MIDNIGHT_S: i64 = 1_713_398_400;
    let us = |it: i64| (MIDNIGHT_S + it) * 1_000_000;
    Window { from_us: us(from_s), until_us: us(until_s) }
}

pub(crate) fn question(by: &str, filter: &str, metric: &str, window: Window) -> Question {
    let by = by.split(',').filter(|it| !it.is_empty());
    Question {
        filter: Filter::parse(filter).unwrap(),
        window,
        by: by.map(|it| Dimension::find(it).unwrap()).collect(),
        metric: Metric::find(metric).unwrap(),
        limit: 2,
        buckets: None,
        compared: None,
    }
}

fn line(keys: &[Key], value: i64) -> String {
    let keys = keys.iter().map(|it| match it {
        Key::Null => String::new(),
        other => other.to_string(),
    });
    keys.chain([value.to_string()]).collect::<Vec<_>>().join("|")
}

/// Answers a question, as text, and checks that the statement that a person may copy has the same
/// rows.
pub(crate) async fn answer(engine: &Arc<Engine>, question: &Question) -> (String, Source) {
    let explored =
        Explorer::new(Arc::clone(engine)).explore(question, &Run::default()).await.unwrap();
    let top = explored.top.iter().map(|it| line(&it.keys, it.amount.value));
    let top: Vec<String> = top.collect();
    if !question.by.is_empty() {
        let copied = cells(engine, &sql::statement(question)).await;
        assert_eq!(top.join("\n"), copied, "{}", sql::statement(question));
    }
    let rest = explored.other.as_ref();
    let rest = rest.map_or("-".to_owned(), |it| format!("{}x {}", it.n_groups, it.amount.value));
    let total = &explored.total;
    let mut text = format!(
        "{}; other {rest}; total {}x {}",
        top.join(", "),
        total.n_groups,
        total.amount.value
    );
    if let Some(series) = &total.amount.series {
        text = format!("{text}; over time {series:?}");
    }
    if let Some(previous) = total.amount.previous {
        text = format!("{text}; before {previous}");
    }
    (text, explored.source)
}

/// Asks a lake with six records.
fn check(question: Question) -> String {
    on_runtime(async move {
        let (_folder, engine) = six().await;
        answer(&Arc::new(engine), &question).await.0
    })
}

#[test]
fn the_largest_come_first_and_the_rest_is_exact() {
    let days = window(0, 72 * HOUR_S);
    assert_snapshot!(check(question("srcaddr", "", "flows", days)), @"198.51.100.7|2, 10.0.0.5|1; other 3x 3; total 5x 6");
    assert_snapshot!(check(question("srcaddr", "", "bytes", days)), @"203.0.113.9|90000, 10.0.0.5|5000; other 3x 420; total 5x 95420");
    assert_snapshot!(check(question("action", "", "packets", days)), @"ACCEPT|21, REJECT|3; other 1x 0; total 3x 24");
    assert_snapshot!(check(question("dstport,action", "protocol = tcp", "bytes", days)), @"40000|ACCEPT|90000, 443|ACCEPT|5000; other 2x 120; total 4x 95120");
    assert_snapshot!(check(question("", "action = REJECT", "flows", days)), @"; other -; total 1x 2");
    assert_snapshot!(check(question("security_group_ids", "", "flows", days)), @"|6; other -; total 1x 6");
    assert_snapshot!(check(question("interface_id", "", "connections", days)), @"eni-1|3, eni-2|2; other -; total 2x 5");
    assert_snapshot!(check(question("srcaddr", "dstport = 9", "bytes", days)), @"; other -; total 0x 0");
}

#[test]
fn a_window_is_half_open() {
    // The records of 18 April end at 12:01:00, of which the window has nothing.
    let until = window(0, 12 * HOUR_S + 60);
    assert_snapshot!(check(question("srcaddr", "", "flows", until)), @"; other -; total 0x 0");
    let from = window(12 * HOUR_S + 60, 12 * HOUR_S + 61);
    assert_snapshot!(check(question("srcaddr", "", "flows", from)), @"10.0.0.5|1, 203.0.113.9|1; other -; total 2x 2");
}

#[test]
fn buckets_add_up_and_are_compared_with_those_before() {
    let day = window(24 * HOUR_S, 48 * HOUR_S);
    let asked = Question {
        buckets: Buckets::of_length(day, 6 * HOUR_S),
        compared: Some(day.before(24 * HOUR_S * 1_000_000)),
        ..question("action", "", "bytes", day)
    };
    assert_snapshot!(check(asked), @"REJECT|120; other -; total 1x 120; over time [0, 0, 120, 0]; before 95000");
}

/// The window before need not begin where a sum begins: its series is that of its records.
#[test]
fn a_compared_series_is_that_of_the_records_of_its_window() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), &log(600)).await;
        let engine = Arc::new(engine(folder.path()));
        let late = window(30 * HOUR_S, 35 * HOUR_S + HOUR_S / 2);
        let before = late.before(late.length_us());
        let asked = Question {
            buckets: Buckets::of_length(late, HOUR_S),
            compared: Some(before),
            ..question("", "", "flows", late)
        };
        let run = Run::default();
        let explored = Explorer::new(Arc::clone(&engine)).explore(&asked, &run).await.unwrap();
        let moved = Question {
            window: before,
            buckets: asked.buckets.map(|it| it.moved(late.length_us())),
            ..asked.clone()
        };
        let series = explored.total.amount.previous_series.unwrap();
        assert_eq!(format!("over time {series:?}"), plain(&engine, &moved).await);
    });
}

/// Records of three days.
fn log(n: i64) -> String {
    let line = |it: i64| {
        let (client, port) = (it % 17, [443, 22, 53][usize::try_from(it % 3).unwrap()]);
        let at_s = 1_713_398_400 + it * 397;
        let (action, bytes) = if it % 5 == 0 { ("REJECT", 40) } else { ("ACCEPT", 1_000 + it) };
        format!(
            "2 123456789012 eni-{} 10.0.0.{client} 203.0.113.{} {} {port} 6 {} {bytes} {at_s} {} {action} OK\n",
            it % 4,
            it % 9,
            40_000 + it % 50,
            1 + it % 7,
            at_s + 59
        )
    };
    (0..n).map(line).collect()
}

#[test]
fn summaries_and_records_tell_the_same() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), &log(600)).await;
        let engine = Arc::new(engine(folder.path()));
        let windows = [
            window(0, 72 * HOUR_S),
            window(5 * HOUR_S + 17, 50 * HOUR_S + 1),
            window(7 * HOUR_S, 9 * HOUR_S),
        ];
        let questions = [
            ("srcaddr", ""),
            ("srcaddr", "action = REJECT"),
            ("client_addr", ""),
            ("server_port", "direction = egress"),
            ("dstport", "dstport in (22, 53)"),
            ("dstport", "action = REJECT"),
            ("interface_id,action", ""),
            ("action", "interface_id = eni-1"),
            ("security_group_ids", ""),
            ("", "action = REJECT"),
        ];
        let (mut n_asked, mut n_summed) = (0, 0);
        let all = windows.into_iter().flat_map(|it| questions.map(|(by, filter)| (it, by, filter)));
        for (window, by, filter) in all {
            n_asked += 1;
            let metric = if n_asked % 2 == 0 { "flows" } else { "bytes" };
            let mut asked = question(by, filter, metric, window);
            asked.buckets = Buckets::of_length(window, HOUR_S);
            let (seen, source) = answer(&engine, &asked).await;
            n_summed += usize::from(source != Source::Rows);
            let plain = plain(&engine, &asked).await;
            assert!(seen.ends_with(&plain), "{by} {filter} {metric}: {seen} but {plain}");
        }
        assert!(n_summed > 20, "{n_summed} of {n_asked}");
    });
}

/// Returns the total over time, from records by plain SQL.
async fn plain(engine: &Engine, asked: &Question) -> String {
    let Buckets { origin_us, length_us, n } = asked.buckets.unwrap();
    let amount = if asked.metric == Metric::Flows { "1" } else { "bytes" };
    let condition = asked.filter.sql();
    let Window { from_us, until_us } = asked.window;
    let rows = cells(
        engine,
        &format!(
            "SELECT (CAST(\"end\" AS BIGINT) - {origin_us}) / {length_us} AS b, sum({amount}) \
             FROM flows WHERE CAST(\"end\" AS BIGINT) >= {from_us} \
             AND CAST(\"end\" AS BIGINT) < {until_us} AND {condition} GROUP BY 1"
        ),
    )
    .await;
    let mut series = vec![0_i64; n];
    for row in rows.lines() {
        let (bucket, amount) = row.split_once('|').unwrap();
        series[bucket.parse::<usize>().unwrap()] = amount.parse().unwrap_or(0);
    }
    format!("over time {series:?}")
}

fn page_question(order: Order, limit: usize, columns: &[&str]) -> PageQuestion {
    PageQuestion {
        filter: Filter::everything(),
        window: window(0, 72 * HOUR_S),
        order,
        columns: columns.iter().map(|it| (*it).to_owned()).collect(),
        after: None,
        limit,
    }
}

/// Returns the rows of all pages as lines.
async fn paged(explorer: &Explorer, mut asked: PageQuestion) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let page = explorer.page(&asked, &Run::default()).await.unwrap();
        let Some(rows) = page.rows else { return lines };
        assert!(rows.num_rows() <= asked.limit);
        let table = arrow::util::pretty::pretty_format_batches(&[rows]).unwrap().to_string();
        lines.extend(table.lines().filter(|it| it.starts_with("| 2")).map(str::to_owned));
        asked.after = page.next;
        if page.next.is_none() {
            return lines;
        }
    }
}

/// Returns the starts of all records but those to port 53, read page by page.
async fn starts(order: Order, limit: usize) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    // Every record is there twice: nothing tells them apart but their number.
    store(folder.path(), &(log(40) + &log(40))).await;
    let explorer = Explorer::new(Arc::new(engine(folder.path())));
    let filter = Filter::parse("dstport != 53").unwrap();
    paged(&explorer, PageQuestion { filter, ..page_question(order, limit, &["start"]) }).await
}

#[test]
fn pages_are_the_whole_and_nothing_twice() {
    let newest = on_runtime(starts(Order::Newest, 7));
    assert_eq!(newest.len(), 54);
    assert!(newest.is_sorted_by(|a, b| a >= b));
    assert_eq!(newest, on_runtime(starts(Order::Newest, 1_000)));
    let mut oldest = on_runtime(starts(Order::Oldest, 5));
    oldest.reverse();
    assert_eq!(newest, oldest);
}

/// Columns that alone tell the records of [`nearly_equal`] apart.
const TELLING: [&str; 7] = [
    "account_id",
    "vpc_id",
    "pkt_srcaddr",
    "pkt_dstaddr",
    "flow_direction",
    "tcp_flags",
    "log_status",
];

/// Records of two moments that differ in one of [`TELLING`] alone; every other one with `is_odd`.
fn nearly_equal(is_odd: bool) -> String {
    let same = "eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 5000";
    let plain = ["1", "vpc-1", "10.0.0.5", "203.0.113.9", "ingress", "2", "OK"];
    let other = ["2", "vpc-2", "10.0.0.6", "203.0.113.8", "egress", "18", "SKIPDATA"];
    let mut lines = vec![
        "account-id vpc-id pkt-srcaddr pkt-dstaddr flow-direction tcp-flags log-status \
         interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
            .to_owned(),
    ];
    for at_s in [1_713_441_660, 1_713_441_661] {
        let kinds = (0..=plain.len()).filter(|it| (it % 2 == 1) == is_odd);
        lines.extend(kinds.map(|kind| {
            let mut cells = plain;
            if let Some(cell) = cells.get_mut(kind) {
                *cell = other[kind];
            }
            format!("{} {same} 1713441600 {at_s} ACCEPT", cells.join(" "))
        }));
    }
    lines.join("\n") + "\n"
}

#[test]
fn records_that_are_nearly_equal_are_on_one_page_each() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        for is_odd in [true, false] {
            store(folder.path(), &nearly_equal(is_odd)).await;
        }
        let explorer = Explorer::new(Arc::new(engine(folder.path())));
        for order in [Order::Newest, Order::Oldest] {
            for limit in 1..=5 {
                let columns: Vec<&str> = std::iter::once("\"end\"").chain(TELLING).collect();
                let mut rows = paged(&explorer, page_question(order, limit, &columns)).await;
                assert_eq!(rows.len(), 16, "{order:?} {limit}");
                rows.sort_unstable();
                rows.dedup();
                assert_eq!(rows.len(), 16, "{order:?} {limit}: {rows:?}");
            }
        }
    });
}

#[test]
fn values_begin_as_was_typed_and_the_most_frequent_comes_first() {
    let found = on_runtime(async {
        let (_folder, engine) = six().await;
        let explorer = Explorer::new(Arc::new(engine));
        let mut found = Vec::new();
        for (field, prefix) in
            [("srcaddr", "2"), ("srcaddr", "1"), ("action", "rej"), ("dstport", "4")]
        {
            let dimension = Dimension::find(field).unwrap();
            let asked = (&Filter::everything(), window(0, 72 * HOUR_S));
            let run = Run::default();
            let (values, _) = explorer.values(asked, (dimension, prefix), 5, &run).await.unwrap();
            let values: Vec<String> =
                values.iter().map(|it| format!("{} {}", it.0, it.1)).collect();
            found.push(values.join(", "));
        }
        found.join("\n")
    });
    assert_snapshot!(found, @"
    2001:db8::1 1, 203.0.113.9 1
    198.51.100.7 2, 10.0.0.5 1
    REJECT 2
    443 1, 40000 1
    ");
}

#[test]
fn who_was_not_seen_before_is_new() {
    let found = on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), &log(600)).await;
        let engine = Arc::new(engine(folder.path()));
        let explorer = Explorer::new(Arc::clone(&engine));
        let mut found = Vec::new();
        for (from_s, until_s) in [(0, 2 * HOUR_S), (1_800, 2 * HOUR_S), (24 * HOUR_S, 26 * HOUR_S)]
        {
            let window = window(from_s, until_s);
            let asked = question("srcaddr", "", "flows", window);
            let buckets = Buckets::of_length(window, HOUR_S).unwrap();
            let run = Run::default();
            let new = explorer.newcomers(&asked, buckets, 1, &run).await.unwrap().unwrap();
            let before =
                window.before(window.length_us()).from_us.min(window.from_us - 86_400_000_000);
            let plain = cells(
                &engine,
                &format!(
                    "SELECT count(*) FROM (SELECT srcaddr, min(\"end\") AS first FROM flows \
                     WHERE CAST(\"end\" AS BIGINT) >= {before} AND CAST(\"end\" AS BIGINT) < {} \
                     GROUP BY 1) WHERE CAST(first AS BIGINT) >= {}",
                    window.until_us, window.from_us
                ),
            )
            .await;
            assert_eq!(new.total.amount.value.to_string(), plain);
            found.push(format!("{:?}", new.total.amount.series.unwrap()));
        }
        found.join(" ")
    });
    assert_snapshot!(found, @"[9, 8] [4, 8] [0, 0]");
}

/// What the facets of a question that summaries do not answer would read at most, or what it took.
async fn facets_within(engine: &Arc<Engine>, fields: &[&str], bytes_max: u64) -> Result<(), u64> {
    let mut asked = question("", "srcaddr = 10.0.0.5", "bytes", window(0, 72 * HOUR_S));
    asked.by.clear();
    let fields: Vec<Dimension> = fields.iter().map(|it| Dimension::find(it).unwrap()).collect();
    let run = Run::new(Bounds { read_bytes_max: Some(bytes_max), ..Bounds::default() });
    match Explorer::new(Arc::clone(engine)).facets(&asked, &fields, &run).await {
        Ok(_) => Ok(()),
        Err(Error::TooMuch { guess }) => Err(guess.n_bytes),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_the_statements_of_a_question_read_is_limited_together() {
    on_runtime(async {
        let (_folder, engine) = six().await;
        let engine = Arc::new(engine);
        let fields = ["dstport", "srcport", "interface_id", "dstaddr"];
        let one = facets_within(&engine, &fields[..1], 0).await.unwrap_err();
        assert!(one > 0);
        assert_eq!(facets_within(&engine, &fields[..1], one).await, Ok(()));
        assert_eq!(facets_within(&engine, &fields, 4 * one).await, Ok(()));
        assert_eq!(facets_within(&engine, &fields, 4 * one - 1).await, Err(4 * one));
        assert_eq!(facets_within(&engine, &fields, 2 * one).await, Err(3 * one));
    });
}

#[test]
fn the_spans_of_a_page_are_no_more_than_its_window() {
    on_runtime(async {
        let (_folder, engine) = six().await;
        let explorer = Explorer::new(Arc::new(engine));
        let asked = PageQuestion {
            filter: Filter::parse("bytes = 50").unwrap(),
            // The first span ends between the two records of a file, of 40 bytes and of 80.
            window: window(36 * HOUR_S - 50, 72 * HOUR_S),
            order: Order::Oldest,
            columns: vec!["srcaddr".to_owned()],
            after: None,
            limit: 1,
        };
        let within = async |bytes_max| {
            let run = Run::new(Bounds { read_bytes_max: Some(bytes_max), ..Bounds::default() });
            explorer.page(&asked, &run).await
        };
        let Err(Error::TooMuch { guess }) = within(0).await else { panic!("it reads nothing") };
        assert!(within(guess.n_bytes).await.unwrap().rows.is_none());
    });
}
