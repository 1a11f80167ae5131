//! Small tables beside `flows`.

use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use tidegate_store::{Error, Lake, table, vacuum};

use crate::support::{Trap, World};

fn rows(ids: &[&str]) -> RecordBatch {
    let ids: Arc<dyn Array> = Arc::new(StringArray::from(ids.to_vec()));
    RecordBatch::try_from_iter_with_nullable([("id", ids, true)]).unwrap()
}

/// Returns version and ids.
async fn read(lake: &Lake) -> (u64, Vec<String>) {
    let table = table::open(lake, "things").await.unwrap().unwrap();
    let batches = table.read().await.unwrap();
    let ids = batches.iter().flat_map(|it| {
        let ids = it.column(0).as_any().downcast_ref::<StringArray>().unwrap();
        ids.iter().flatten().map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(table.files.iter().map(|it| it.n_rows).sum::<u64>(), ids.clone().count() as u64);
    (table.version, ids.collect())
}

#[tokio::test]
async fn a_table_is_made_read_and_replaced_as_a_whole() {
    let world = World::new();
    let lake = world.lake().await;
    assert!(table::open(&lake, "things").await.unwrap().is_none());
    assert_eq!(table::replace(&lake, "things", None, &rows(&["a", "b"])).await.unwrap(), 0);
    assert_eq!(read(&lake).await, (0, vec!["a".to_owned(), "b".to_owned()]));
    let known = table::open(&lake, "things").await.unwrap();
    table::replace(&lake, "things", known.as_ref(), &rows(&["c"])).await.unwrap();
    assert_eq!(read(&lake).await, (1, vec!["c".to_owned()]));
    let known = table::open(&lake, "things").await.unwrap();
    table::replace(&lake, "things", known.as_ref(), &rows(&[])).await.unwrap();
    assert_eq!(read(&lake).await, (2, vec![]));
    assert_eq!(world.verified().await, 0);
}

#[tokio::test]
async fn of_two_writers_one_hears_that_the_table_has_changed() {
    let world = World::new();
    let lake = world.lake().await;
    for known in [None, Some(())] {
        let table = table::open(&lake, "things").await.unwrap();
        assert_eq!(table.is_some(), known.is_some());
        table::replace(&lake, "things", table.as_ref(), &rows(&["first"])).await.unwrap();
        let second = table::replace(&lake, "things", table.as_ref(), &rows(&["late"])).await;
        assert!(matches!(second, Err(Error::Replaced)), "{second:?}");
        assert!(second.unwrap_err().is_retryable());
        assert_eq!(read(&lake).await.1, ["first"]);
    }
}

#[tokio::test]
async fn what_was_replaced_long_ago_is_deleted_and_nothing_else() {
    let world = World::new();
    let lake = world.lake().await;
    for ids in [["a"], ["b"]] {
        let known = table::open(&lake, "things").await.unwrap();
        table::replace(&lake, "things", known.as_ref(), &rows(&ids)).await.unwrap();
    }
    assert_eq!(table::names(&lake).await.unwrap(), ["things"]);
    let week_ms = 7 * 86_400_000;
    let report = vacuum::run(&lake, week_ms, false).await.unwrap();
    assert_eq!(report.files, Vec::<String>::new());
    let later = world.lake_a_month_later().await;
    let report = vacuum::run(&later, week_ms, false).await.unwrap();
    assert_eq!(report.files.len(), 1);
    assert!(report.files[0].starts_with("things/part-"), "{report:?}");
    assert_eq!(read(&later).await, (1, vec!["b".to_owned()]));
}

#[tokio::test]
async fn a_commit_whose_answer_got_lost_stands() {
    let world = World::new();
    let lake = world.trapped().await;
    world.set(Trap::LoseAnswer);
    table::replace(&lake, "things", None, &rows(&["a"])).await.unwrap();
    assert_eq!(read(&lake).await, (0, vec!["a".to_owned()]));
}

#[tokio::test]
async fn many_versions_are_read_through_a_checkpoint_and_a_column_may_come() {
    let world = World::new();
    let lake = world.lake().await;
    for version in 0..51 {
        let known = table::open(&lake, "things").await.unwrap();
        let id = version.to_string();
        let written = table::replace(&lake, "things", known.as_ref(), &rows(&[&id])).await;
        assert_eq!(written.unwrap(), version);
    }
    let log = world.folder().join("lake/things/_delta_log");
    assert!(log.join("_last_checkpoint").is_file());
    let known = table::open(&lake, "things").await.unwrap();
    let wider = RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(StringArray::from(vec!["x"])) as Arc<dyn Array>, true),
        ("n", Arc::new(Int64Array::from(vec![7])) as Arc<dyn Array>, true),
    ]);
    table::replace(&lake, "things", known.as_ref(), &wider.unwrap()).await.unwrap();
    let table = table::open(&lake, "things").await.unwrap().unwrap();
    assert_eq!((table.version, table.schema.fields().len()), (51, 2));
}
