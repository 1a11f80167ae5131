//! Commits that meet others, and commits whose answer gets lost.

use std::sync::Arc;

use tidegate_store::Error;
use tidegate_store::commit::Writer;

use crate::support::{Trap, World, file, object};

#[tokio::test]
async fn an_object_is_published_once_whoever_is_first() {
    let world = World::new();
    let lake = world.lake().await;
    let mut first = Writer::new(&lake).await.unwrap();
    let mut second = Writer::new(&lake).await.unwrap();
    first.append(&[file(&lake, 0, 5).await], &[object("a", 5)]).await.unwrap();
    let files = [file(&lake, 0, 7).await];
    let refused = second.append(&files, &[object("a", 5), object("b", 2)]).await;
    assert!(matches!(&refused, Err(Error::Overlap { ids }) if ids == &[object("a", 5).id()]));
    second.append(&[file(&lake, 0, 2).await], &[object("b", 2)]).await.unwrap();
    assert_eq!(world.verified().await, 7);
}

#[tokio::test]
async fn a_commit_whose_answer_got_lost_is_known_for_ones_own() {
    let world = World::new();
    let lake = world.trapped().await;
    let mut writer = Writer::new(&lake).await.unwrap();
    // More commits than it takes to merge segments of the ledger.
    for n in 0..60 {
        world.set(Trap::LoseAnswer);
        let version = writer.append(&[file(&lake, 0, 1).await], &[object(&n.to_string(), 1)]).await;
        assert_eq!(version.unwrap(), n + 1);
    }
    assert_eq!(world.verified().await, 60);
    let again = writer.append(&[], &[object("0", 1)]).await;
    assert!(matches!(again, Err(Error::Overlap { .. })), "{again:?}");
}

#[tokio::test]
async fn what_another_writer_read_is_known_even_after_an_answer_got_lost() {
    let world = World::new();
    let lake = world.trapped().await;
    let mut writer = Writer::new(&lake).await.unwrap();
    let other = world.lake().await;
    world.set(Trap::LoseAnswerAfter(Box::pin(async move {
        let mut writer = Writer::new(&other).await.unwrap();
        writer.append(&[file(&other, 0, 3).await], &[object("theirs", 3)]).await.unwrap();
    })));
    writer.append(&[file(&lake, 0, 1).await], &[object("ours", 1)]).await.unwrap();
    let doubled = writer.append(&[file(&lake, 0, 3).await], &[object("theirs", 3)]).await;
    assert!(matches!(doubled, Err(Error::Overlap { .. })), "{doubled:?}");
    assert_eq!(world.verified().await, 4);
}

#[tokio::test]
async fn a_path_that_cannot_be_a_lake_is_refused_in_words() {
    let world = World::new();
    let place = tidegate_store::Place::local(&world.folder().join("a%41")).unwrap();
    let refused = tidegate_store::Lake::open_or_create(place, || 0).await.unwrap_err();
    assert!(refused.to_string().ends_with("the path of a lake must not have a `%` in it"));
}

#[tokio::test]
async fn a_path_with_spaces_and_signs_can_be_a_lake() {
    let world = World::new();
    let place = tidegate_store::Place::local(&world.folder().join("a b=c#d+e")).unwrap();
    let lake = tidegate_store::Lake::open_or_create(place, || 0).await.unwrap();
    let mut writer = Writer::new(&lake).await.unwrap();
    writer.append(&[file(&lake, 0, 2).await], &[object("a", 2)]).await.unwrap();
    assert_eq!(lake.snapshot().await.unwrap().n_records(), 2);
}

#[tokio::test]
async fn a_table_of_an_older_program_gets_the_columns_that_it_lacks() {
    let world = World::new();
    let lake = world.lake().await;
    let first =
        lake.flows().url.to_file_path().unwrap().join("_delta_log/00000000000000000000.json");
    let old: Vec<String> =
        std::fs::read_to_string(&first).unwrap().lines().map(without_context).collect();
    std::fs::write(&first, old.join("\n")).unwrap();
    let columns = async || lake.snapshot().await.unwrap().schema.fields().len();
    let n_columns = columns().await;
    let mut writer = Writer::new(&lake).await.unwrap();
    writer.append(&[file(&lake, 0, 2).await], &[object("a", 2)]).await.unwrap();
    assert_eq!(columns().await, tidegate_model::schema::table_schema().fields().len());
    assert!(n_columns < columns().await, "{n_columns}");
    writer.append(&[file(&lake, 0, 3).await], &[object("b", 3)]).await.unwrap();
    assert_eq!(world.verified().await, 5);
}

/// Takes the columns of context out of the schema in a line of the log.
fn without_context(line: &str) -> String {
    let mut action: serde_json::Value = serde_json::from_str(line).unwrap();
    let Some(text) = action["metaData"]["schemaString"].as_str() else { return line.to_owned() };
    let mut schema: serde_json::Value = serde_json::from_str(text).unwrap();
    let is_old = |it: &serde_json::Value| {
        tidegate_model::context::find(it["name"].as_str().unwrap()).is_none()
    };
    schema["fields"].as_array_mut().unwrap().retain(is_old);
    action["metaData"]["schemaString"] = schema.to_string().into();
    action.to_string()
}

#[tokio::test]
async fn the_newest_version_is_known_again_until_the_log_goes_on_or_is_another() {
    let world = World::new();
    let lake = world.lake().await;
    let mut writer = Writer::new(&lake).await.unwrap();
    writer.append(&[file(&lake, 0, 3).await], &[object("a", 3)]).await.unwrap();
    let first = lake.newest(None).await.unwrap();
    let again = lake.newest(Some(&first)).await.unwrap();
    assert!(Arc::ptr_eq(&first.snapshot, &again.snapshot));

    writer.append(&[file(&lake, 0, 4).await], &[object("b", 4)]).await.unwrap();
    let second = lake.newest(Some(&first)).await.unwrap();
    assert_eq!((second.snapshot.version, second.snapshot.n_records()), (2, 7));

    // Another lake, as far along: it is told apart by what its commit says.
    let elsewhere = World::new();
    let other = elsewhere.lake().await;
    let mut writer = Writer::new(&other).await.unwrap();
    writer.append(&[file(&other, 0, 5).await], &[object("c", 5)]).await.unwrap();
    let third = other.newest(Some(&first)).await.unwrap();
    assert_eq!((third.snapshot.version, third.snapshot.n_records()), (1, 5));
}
