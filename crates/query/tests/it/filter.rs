//! The filter language against the engine: the same rows as a plain condition, and files left out.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{BooleanArray, Int64Array, RecordBatch};
use bytes::Bytes;
use tempfile::TempDir;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_filter::{Field, FieldKind, Filter, field};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_query::Engine;
use tidegate_store::commit::{self, Writer};
use tidegate_store::layout::{self, Gather};
use tidegate_store::ledger::SourceObject;
use tidegate_store::{Lake, Place};

use crate::world::{cells, engine, on_runtime};

/// Records over two days; the account is the number of the record.
const LOG: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status pkt-srcaddr pkt-dstaddr flow-direction region
2 1 eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 5000 1713441600 1713441660 ACCEPT OK 10.0.0.5 203.0.113.9 egress eu-west-1
2 2 eni-1 203.0.113.9 10.0.0.5 443 40000 6 8 90000 1713441600 1713441660 ACCEPT OK - - ingress eu-west-1
2 3 eni-1 198.51.100.7 10.0.0.5 51000 22 6 1 40 1713528000 1713528005 REJECT OK 198.51.100.7 10.0.9.9 ingress EU-WEST-2
2 4 eni-2 198.51.100.7 10.0.0.6 51001 3389 6 2 80 1713528010 1713528015 REJECT OK - - - us-east-1
2 5 eni-2 2001:db8::1 2001:db8::2 5353 53 17 3 300 1713528060 1713528061 ACCEPT OK 2001:db8::1 2001:db8::2 egress -
2 6 eni-3 - - - - - - - 1713528060 1713528062 - NODATA - - - -
2 7 eni-3 10.0.0.5 10.0.0.6 22 1500 6 9 1048576 1713528070 1713528071 ACCEPT OK 10.0.9.9 10.0.0.6 ingress eu-west-1
";

/// What each record's context is, by its number from 1: the initiator, the country and the AS of
/// the source, whether it counts, the groups of the interface.
type Context = (
    Option<&'static str>,
    Option<&'static str>,
    Option<i64>,
    Option<bool>,
    &'static [&'static str],
);

const CONTEXT: [Context; 7] = [
    (Some("src"), None, None, Some(true), &["sg-1", "sg-2"]),
    (Some("dst"), Some("US"), Some(15_169), Some(false), &["sg-1"]),
    (Some("src"), Some("DE"), Some(64_500), Some(true), &["sg-2"]),
    (Some("unknown"), Some("DE"), Some(64_500), None, &[]),
    (Some("src"), None, None, Some(true), &["sg-3"]),
    (None, None, None, None, &[]),
    (Some("dst"), None, None, Some(true), &["sg-1"]),
];

/// A term, and what is to be true of the same records, written plainly.
const TERMS: &[(&str, &str)] = &[
    ("action = reject", "action = 'REJECT'"),
    ("action in (ACCEPT, REJECT)", "action IS NOT NULL"),
    ("srcaddr = 10.0.0.5", "srcaddr = '10.0.0.5'"),
    ("srcaddr in (10.0.0.0/8, 2001:DB8::1)", "srcaddr LIKE '10.%' OR srcaddr = '2001:db8::1'"),
    ("198.51.100.0/24", "srcaddr LIKE '198.51.100.%'"),
    ("10.0.9.9", "pkt_srcaddr = '10.0.9.9' OR pkt_dstaddr = '10.0.9.9'"),
    ("client_addr = 10.0.0.5", "client_addr = '10.0.0.5'"),
    ("client_addr in 10.0.0.0/8", "client_addr LIKE '10.%'"),
    ("client_addr ~ '.0.5'", "client_addr LIKE '%.0.5%'"),
    ("server_addr in (10.0.9.9, 203.0.113.9)", "server_addr IN ('10.0.9.9', '203.0.113.9')"),
    ("server_port < 1024", "server_port < 1024"),
    ("client_port in (22, 40000-60000)", "client_port = 22 OR client_port >= 40000"),
    ("server_port is null", "server_port IS NULL"),
    ("22", "srcport = 22 OR dstport = 22"),
    ("port > 50000", "srcport > 50000 OR dstport > 50000"),
    ("port is null", "srcport IS NULL"),
    ("udp", "protocol = 17"),
    ("bytes >= 1MiB", "bytes >= 1048576"),
    ("packets in (1, 8-9)", "packets IN (1, 8, 9)"),
    ("end >= 2024-04-19T12:01:00Z", "\"end\" >= TIMESTAMP '2024-04-19T12:01:00Z'"),
    ("date = 2024-04-18", "date = DATE '2024-04-18'"),
    ("region ~ (WEST, east)", "lower(region) LIKE '%west%' OR region LIKE '%east%'"),
    ("region = eu-west-1", "region = 'eu-west-1'"),
    ("country = us", "src_country_code = 'US'"),
    ("country is null", "src_country_code IS NULL AND dst_country_code IS NULL"),
    ("as in (AS64500, 15169)", "src_as_number IN (64500, 15169)"),
    ("counted = true", "counted"),
    ("counted = false", "NOT counted"),
    ("sg-1", "array_has(security_group_ids, 'sg-1')"),
    (
        "security_group_ids in (sg-2, sg-3)",
        "array_has(security_group_ids, 'sg-2') OR array_has(security_group_ids, 'sg-3')",
    ),
    ("security_group ~ G-2", "array_has(security_group_ids, 'sg-2')"),
    ("eni-2", "interface_id = 'eni-2'"),
    ("initiator = src", "initiator = 'src'"),
];

struct Collect(Gather);

impl Sink for Collect {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        panic!("line {}: {}", bad_line.line, bad_line.reason);
    }
}

/// Puts the records of `text` into a lake, with the columns that `add` adds.
async fn store_with(folder: &Path, text: String, add: impl Fn(&mut Columns)) {
    let lake = Lake::open_or_create(Place::local(folder).unwrap(), || 0).await.unwrap();
    let mut sink = Collect(Gather::default());
    let mut decoder = Decoder::new(Options::default());
    decoder.decode_bytes(&Bytes::from(text), &mut sink);
    decoder.flush(&mut sink);
    let mut rows = layout::arrange(sink.0.columns().unwrap()).unwrap();
    add(&mut rows.columns);
    let mut files = Vec::new();
    for file in layout::files(&rows).unwrap() {
        files.push(commit::put(&lake, file).await.unwrap());
    }
    let object = SourceObject { url: "file:///logs/0".to_owned(), ..SourceObject::default() };
    Writer::new(&lake).await.unwrap().append(&files, &[object]).await.unwrap();
}

/// Adds [`CONTEXT`] to the records of [`LOG`].
fn add_context(columns: &mut Columns) {
    let Some(Column::Text { ids, values }) = columns.get("account_id").cloned() else {
        panic!("no account")
    };
    let numbers: Vec<usize> = ids.iter().map(|it| values[*it as usize].parse().unwrap()).collect();
    let contexts: Vec<Context> = numbers.iter().map(|it| CONTEXT[it - 1]).collect();
    columns.put("initiator", texts(contexts.iter().map(|it| it.0)));
    columns.put("src_country_code", texts(contexts.iter().map(|it| it.1)));
    let systems: Int64Array = contexts.iter().map(|it| it.2).collect();
    columns.put("src_as_number", Column::Plain(Arc::new(systems)));
    let counted: BooleanArray = contexts.iter().map(|it| it.3).collect();
    columns.put("counted", Column::Plain(Arc::new(counted)));
    let lists: Vec<Vec<String>> =
        contexts.iter().map(|it| it.4.iter().map(ToString::to_string).collect()).collect();
    let mut values: Vec<Vec<String>> = lists.clone();
    values.sort();
    values.dedup();
    values.retain(|it| !it.is_empty());
    let id = |it: &Vec<String>| values.iter().position(|value| value == it);
    let ids = lists.iter().map(|it| id(it).map_or(NULL, |it| u32::try_from(it).unwrap())).collect();
    columns.put("security_group_ids", Column::Lists { ids, values });
}

fn texts(rows: impl Iterator<Item = Option<&'static str>>) -> Column {
    let rows: Vec<Option<&str>> = rows.collect();
    let values: BTreeSet<&str> = rows.iter().flatten().copied().collect();
    let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
    let id = |it: &str| values.iter().position(|value| value == it);
    let ids = rows
        .iter()
        .map(|it| it.and_then(id).map_or(NULL, |it| u32::try_from(it).unwrap()))
        .collect();
    Column::Text { ids, values }
}

async fn world() -> (TempDir, Engine) {
    let folder = TempDir::new().unwrap();
    store_with(folder.path(), LOG.to_owned(), add_context).await;
    let engine = engine(folder.path());
    (folder, engine)
}

/// Returns the numbers of the records that a condition is true of.
async fn numbers(engine: &Engine, condition: &str) -> BTreeSet<u32> {
    let sql = format!("SELECT account_id FROM flows WHERE {condition}");
    let cells = cells(engine, &sql).await;
    cells.lines().map(|it| it.parse().unwrap_or_else(|_| panic!("{condition}: {cells}"))).collect()
}

async fn passing(engine: &Engine, filter: &str) -> BTreeSet<u32> {
    numbers(engine, &Filter::parse(filter).unwrap().sql()).await
}

#[test]
fn a_term_finds_the_rows_of_a_plain_condition_and_not_finds_all_others() {
    on_runtime(async {
        let (_folder, engine) = world().await;
        let all: BTreeSet<u32> = (1..=7).collect();
        assert_eq!(passing(&engine, "").await, all);
        for (filter, plain) in TERMS {
            let expected = numbers(&engine, plain).await;
            assert!(!expected.is_empty() && expected != all, "{filter} tells nothing apart");
            assert_eq!(passing(&engine, filter).await, expected, "{filter}");
            let others: BTreeSet<u32> = all.difference(&expected).copied().collect();
            assert_eq!(passing(&engine, &format!("not ({filter})")).await, others, "not {filter}");
        }
    });
}

/// A small stream of chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Makes a filter of terms, and says which records pass it.
fn grown(
    dice: &mut Dice,
    depth: usize,
    terms: &[(&str, BTreeSet<u32>)],
) -> (String, BTreeSet<u32>) {
    if depth == 0 {
        let (text, passing) = &terms[dice.below(terms.len())];
        return ((*text).to_owned(), passing.clone());
    }
    let (a, a_passing) = grown(dice, depth - 1, terms);
    let (b, b_passing) = grown(dice, depth - 1, terms);
    match dice.below(3) {
        0 => (format!("({a} and {b})"), &a_passing & &b_passing),
        1 => (format!("({a} or {b})"), &a_passing | &b_passing),
        _ => {
            let all: BTreeSet<u32> = (1..=7).collect();
            (format!("not ({a} or not {b})"), &(&all - &a_passing) & &b_passing)
        }
    }
}

#[test]
fn terms_are_joined_as_sets_are() {
    on_runtime(async {
        let (_folder, engine) = world().await;
        let mut terms = Vec::new();
        for (filter, _) in TERMS {
            terms.push((*filter, passing(&engine, filter).await));
        }
        let mut dice = Dice(7);
        for index in 0..60 {
            let (filter, expected) = grown(&mut dice, 1 + index % 3, &terms);
            assert_eq!(passing(&engine, &filter).await, expected, "{filter}");
        }
    });
}

fn example(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Address => "in (10.0.0.0/8, 192.0.2.1)",
        FieldKind::Port => "in (22, 80-90)",
        FieldKind::Protocol => "= tcp",
        FieldKind::Number => "in (1, 5-1k)",
        FieldKind::Decimal => "< -0.5",
        FieldKind::Time => ">= 2026-03-02T10:00:00.123Z",
        FieldKind::Date => "< 2026-03-02",
        FieldKind::Flag => "= true",
        FieldKind::Text if field.is_closed => "is not null",
        FieldKind::Text | FieldKind::List => "in ('a', \"it's;\\\\ --\") ",
        FieldKind::Country => "in (US, Germany)",
        FieldKind::System => "in (AS1, 'Example Ltd')",
    }
}

/// Returns terms that ask a field for whatever it can be asked.
fn terms(field: &Field) -> Vec<String> {
    let is = format!("{} {}", field.name, example(field));
    let mut texts = vec![is.clone(), format!("not {is}")];
    if field.kind.is_text() {
        texts.push(format!("{} ~ 'x%_'", field.name));
    }
    texts.push(format!("{} is null or {0} is not null", field.name));
    texts
}

#[test]
fn every_field_can_be_asked_and_text_stays_text() {
    on_runtime(async {
        let (_folder, engine) = world().await;
        for fields in field::all().chunks(16) {
            let counts: Vec<String> = fields
                .iter()
                .flat_map(terms)
                .enumerate()
                .map(|(index, it)| {
                    let sql = Filter::parse(&it).unwrap().sql();
                    format!("count(*) FILTER (WHERE {sql}) AS n{index}")
                })
                .collect();
            let answer = cells(&engine, &format!("SELECT {} FROM flows", counts.join(", "))).await;
            let counts: Vec<Option<u64>> = answer.split('|').map(|it| it.parse().ok()).collect();
            assert!(counts.iter().all(Option::is_some), "{answer}");
            // The last of each field is all there is.
            assert_eq!(counts.last(), Some(&Some(7)), "{answer}");
        }
    });
}

#[test]
fn the_largest_filters_are_answered() {
    let nested = (0..64).fold("tcp".to_owned(), |it, index| match index % 3 {
        0 => format!("({it} or udp)"),
        1 => format!("({it} and 22)"),
        _ => format!("not ({it})"),
    });
    let n = |it: usize| format!("10.0.{}.0/24", it % 250);
    let blocks = format!("srcaddr in ({})", (0..1_000).map(n).collect::<Vec<_>>().join(","));
    let ports = (0..600).map(|it| format!("srcport={it}")).collect::<Vec<_>>().join(" or ");
    on_runtime(async move {
        let (_folder, engine) = world().await;
        assert!(!passing(&engine, &nested).await.is_empty());
        assert_eq!(passing(&engine, &blocks).await, BTreeSet::from([1, 7]));
        assert_eq!(passing(&engine, &ports).await, BTreeSet::from([2, 7]));
    });
}

#[test]
fn values_at_the_end_of_what_can_be_read_are_asked_for() {
    on_runtime(async {
        let (_folder, engine) = world().await;
        for (filter, n_rows) in [
            ("end <= 2261-12-31T23:59:59.999999Z", 7),
            ("start < 1970-01-01T00:00Z", 0),
            ("date <= 2261-12-31 date >= 1970-01-01", 7),
            ("bytes <= 9223372036854775807", 6),
            ("src_latitude > 1e308", 0),
            ("as = KT", 0),
            ("as != KT", 7),
            ("src_is_private is null", 1),
            ("src_is_private or src_is_private = false", 6),
            ("not src_is_private", 5),
            ("dst_is_private", 4),
        ] {
            assert_eq!(passing(&engine, filter).await.len(), n_rows, "{filter}");
        }
    });
}

#[test]
fn the_deepest_filters_are_answered() {
    on_runtime(async {
        let (_folder, engine) = world().await;
        for (term, word) in [("addr = ::", "or"), ("not port > ", "or")] {
            // Planning takes time that grows faster than this number.
            let terms: Vec<String> = (0..250).map(|it| format!("{term}{it}")).collect();
            let filter = Filter::parse(&terms.join(&format!(" {word} "))).unwrap();
            assert!(numbers(&engine, &filter.sql()).await.len() <= 7, "{term}");
        }
    });
}

/// A day of records between 40,000 different pairs, spread over the address space.
fn wide() -> String {
    let record = |n: u32| {
        let address = |n: u32| std::net::Ipv4Addr::from(n.wrapping_mul(2_654_435_761));
        let (from, to, at) = (address(2 * n), address(2 * n + 1), 1_713_441_600 + n / 10);
        format!("2 1 eni-1 {from} {to} 40000 443 6 1 40 {at} {at} ACCEPT OK\n")
    };
    (0..100_000).map(record).collect::<Vec<_>>().concat()
}

/// Returns how many row groups of a wide lake a filter reads.
async fn read(engine: &Engine, filter: &str) -> String {
    let sql = Filter::parse(filter).unwrap().sql();
    let sql = format!("SELECT bytes FROM flows WHERE {sql}");
    let plan = engine.explain(&sql, true).await.unwrap();
    let line = plan.lines().find(|it| it.starts_with("row groups:") || it.starts_with("files: 0"));
    line.unwrap_or(&plan).split(" read").next().unwrap().to_owned()
}

#[test]
fn an_address_at_any_end_is_looked_up_in_bloom_filters() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store_with(folder.path(), wide(), |columns| {
            columns.put("initiator", texts((0..columns.n_rows).map(|_| Some("src"))));
        })
        .await;
        let engine = engine(folder.path());
        for (filter, expected) in [
            ("", "row groups: 4 of 4"),
            ("130.10.20.30", "row groups: 0 of 4"),
            ("130.10.20.30 and 443 and not action = REJECT", "row groups: 0 of 4"),
            ("client_addr = 130.10.20.30", "row groups: 0 of 4"),
            ("server_addr in (130.10.20.30, 130.10.20.31)", "row groups: 0 of 4"),
            ("action != ACCEPT", "files: 0 of 1"),
            ("dstport in 1000-2000", "files: 0 of 1"),
            ("server_port = 22", "files: 0 of 1"),
            ("not (22 or udp)", "row groups: 4 of 4"),
            ("end < 2024-04-18T00:00:00Z", "files: 0 of 1"),
            ("date > 2024-04-18", "files: 0 of 1"),
        ] {
            assert_eq!(read(&engine, filter).await, expected, "{filter}");
        }
    });
}
