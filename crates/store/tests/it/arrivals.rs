//! What came between two versions, whatever chores ran meanwhile.

use chrono::NaiveDate;
use tidegate_store::commit::Writer;
use tidegate_store::{Lake, arrivals, compact, expire};

use crate::support::{World, file, object};

/// Adds a file of this many records to a day.
async fn arrive(lake: &Lake, day: i64, n_records: usize) -> u64 {
    let mut writer = Writer::new(lake).await.unwrap();
    let name = format!("{}", writer.version());
    let files = [file(lake, day, n_records).await];
    writer.append(&files, &[object(&name, n_records as u64)]).await.unwrap()
}

/// Returns the records of each file that came after `version`.
async fn came(lake: &Lake, version: u64) -> Option<Vec<u64>> {
    let newest = lake.snapshot().await.unwrap();
    let arrived = arrivals::since(lake, version, &newest).await.unwrap()?;
    assert_eq!(arrived.version, newest.version);
    Some(arrived.files.iter().map(|it| it.stats.n_records).collect())
}

#[tokio::test]
async fn what_came_is_told_though_files_were_put_together_or_replaced_meanwhile() {
    let world = World::new();
    let lake = world.lake().await;
    let first = arrive(&lake, 1, 10).await;
    assert_eq!(came(&lake, 0).await, Some(vec![10]));
    assert_eq!(came(&lake, first).await, Some(vec![]));
    arrive(&lake, 1, 20).await;
    let together = compact::run(&lake, compact::Options::ALL).await.unwrap();
    assert_eq!((together.n_files_before, together.n_files_after), (2, 1));
    arrive(&lake, 1, 3).await;
    assert_eq!(came(&lake, first).await, Some(vec![20, 3]));

    let newest = lake.snapshot().await.unwrap();
    let mut writer = Writer::new(&lake).await.unwrap();
    writer.enrich(&newest.files, &[file(&lake, 1, 33).await]).await.unwrap();
    expire::run(&lake, NaiveDate::from_ymd_opt(1970, 1, 2).unwrap()).await.unwrap();
    assert_eq!(came(&lake, newest.version).await, Some(vec![]));
    assert_eq!(came(&lake, newest.version + 9).await, Some(vec![]));
}

#[tokio::test]
async fn what_the_log_does_not_have_any_more_cannot_be_told() {
    let world = World::new();
    let lake = world.lake().await;
    // The log goes on from its checkpoint.
    for _ in 0..51 {
        arrive(&lake, 1, 1).await;
    }
    let log = world.folder().join("lake/flows/_delta_log");
    std::fs::remove_file(log.join(format!("{:020}.json", 3))).unwrap();
    assert_eq!(came(&lake, 2).await, None);
    assert_eq!(came(&lake, 49).await, Some(vec![1, 1]));
}
