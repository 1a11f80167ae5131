//! What records are given on their way: in any order of objects the same, and again later.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::NaiveDate;
use tidegate_collect::{Context, Progress, Request, Stop, Summary, late, replay_dead_letters};
use tidegate_decode::LogFormat;
use tidegate_enrich::{Evidence, Limits, Network};
use tidegate_geo::Atlas;
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::inventory::Inventory;
use tidegate_store::{Lake, compact};

use crate::support::{MIDNIGHT, World};

const HEADER: &str = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags";

/// The windows of a connection from 10.0.0.1 to 203.0.113.9, one object each: the first shows who
/// opened it.
const WINDOWS: [&str; 3] = [
    "eni-1 10.0.0.1 203.0.113.9 50000 50001 6 3 180 0 5 ACCEPT OK 2",
    "eni-1 203.0.113.9 10.0.0.1 50001 50000 6 2 120 60 65 ACCEPT OK 0",
    "eni-1 10.0.0.1 203.0.113.9 50000 50001 6 9 540 120 125 ACCEPT OK 0",
];

/// Returns a window as an object, its times on the day of the tests.
fn object(window: &str) -> String {
    let mut fields: Vec<String> = window.split(' ').map(ToOwned::to_owned).collect();
    for at in [8, 9] {
        fields[at] = (MIDNIGHT + fields[at].parse::<i64>().unwrap()).to_string();
    }
    format!("{HEADER}\n{}\n", fields.join(" "))
}

async fn context(lake: &Lake) -> Arc<Context> {
    let evidence = Context::remembered(lake, Limits::default()).await.unwrap();
    let network = Network::new(&Inventory::default());
    Arc::new(Context::new(network, Atlas::default(), "test".to_owned(), evidence))
}

async fn collect(world: &World, objects_per_commit_max: u64) -> Summary {
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.context = Some(context(&world.lake().await).await);
    request.objects_per_commit_max = objects_per_commit_max;
    request.n_threads = 1;
    world.collect_with(&request).await.unwrap()
}

/// Returns the rows of the lake, in the order of time: packets and what they were given.
async fn rows(lake: &Lake) -> String {
    let mut rows = Vec::new();
    for file in lake.snapshot().await.unwrap().files.iter() {
        let columns = compact::columns(lake, file).await.unwrap();
        rows.extend((0..columns.n_rows).map(|row| render(&columns, row)));
    }
    rows.sort();
    rows.join("\n")
}

fn render(columns: &Columns, row: usize) -> String {
    let mut text = format!("{:>2}", columns.int64("packets").unwrap().value(row));
    for name in ["direction", "initiator", "initiator_source"] {
        let value = match columns.get(name) {
            Some(Column::Text { ids, values }) if ids[row] != NULL => &values[ids[row] as usize],
            _ => "-",
        };
        write!(text, " {value}").unwrap();
    }
    text
}

const KNOWN: &str = " 2 unknown dst connection\n 3 unknown src syn\n 9 unknown src connection";

#[tokio::test]
async fn objects_in_any_order_give_the_same_columns() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let world = World::new();
        for (name, window) in order.into_iter().zip(WINDOWS) {
            world.write(&format!("{name}.log"), object(window).as_bytes());
        }
        collect(&world, 1_000).await;
        assert_eq!(rows(&world.lake().await).await, KNOWN, "{order:?}");
    }
}

#[tokio::test]
async fn what_one_run_saw_the_next_one_knows() {
    let world = World::new();
    world.write("a.log", object(WINDOWS[0]).as_bytes());
    collect(&world, 1_000).await;
    world.write("b.log", (object(WINDOWS[1]) + &object(WINDOWS[2])).as_bytes());
    collect(&world, 1_000).await;
    assert_eq!(rows(&world.lake().await).await, KNOWN);
}

#[tokio::test]
async fn a_day_that_was_collected_too_early_is_enriched_again_and_then_stays_as_it_is() {
    let world = World::new();
    for (name, window) in ["c", "b", "a"].into_iter().zip(WINDOWS) {
        world.write(&format!("{name}.log"), object(window).as_bytes());
    }
    // Each object is a commit of its own, and the one that tells comes last.
    collect(&world, 1).await;
    let lake = world.lake().await;
    assert_ne!(rows(&lake).await, KNOWN);
    let all = NaiveDate::MIN..=NaiveDate::MAX;
    for n_files in [3, 0] {
        let context = context(&lake).await;
        let report =
            late::enrich(&lake, &context, all.clone(), &Stop::default(), &mut |_, _| {}).await;
        let report = report.unwrap();
        assert_eq!((report.n_days, report.n_files + report.n_files_same), (1, 3));
        assert!(report.n_files <= n_files, "{report:?}");
        assert_eq!(rows(&lake).await, KNOWN);
    }
    assert_eq!(world.verified().await, 3);
}

#[tokio::test]
async fn lines_that_are_read_later_get_their_context_too() {
    let world = World::new();
    let whole = object(WINDOWS[0]);
    let (_, bare) = whole.split_once('\n').unwrap();
    world.write("a.log", bare.as_bytes());
    collect(&world, 1_000).await;
    let lake = world.lake().await;
    let how = (LogFormat::parse(HEADER).ok(), Some(context(&lake).await));
    let progress = Arc::new(Progress::default());
    let summary = replay_dead_letters(&lake, how, &progress, &Stop::default()).await.unwrap();
    assert_eq!(summary.n_records, 1);
    assert_eq!(rows(&lake).await, " 3 unknown src syn");
    assert!(context(&lake).await.with_evidence(Evidence::n_tuples) > 0);
}
