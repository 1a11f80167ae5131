//! Small documents that several writers share.

use bytes::Bytes;
use tidegate_store::Lake;
use tidegate_store::document::{self, Document};

use crate::support::World;

#[tokio::test]
async fn a_document_is_read_as_it_was_written_last() {
    let world = World::new();
    let lake = world.lake().await;
    assert_eq!(document::read(&lake, "views").await.unwrap(), None);
    for version in 1..=40 {
        let bytes = Bytes::from(format!("[{version}]"));
        assert!(document::write(&lake, "views", version, bytes).await.unwrap());
    }
    let read = document::read(&lake, "views").await.unwrap();
    assert_eq!(read, Some(Document { version: 40, bytes: "[40]".into() }));
    assert_eq!(document::read(&lake, "notes").await.unwrap(), None);
}

#[tokio::test]
async fn of_two_writers_of_a_version_one_is_told_to_try_again() {
    let world = World::new();
    let lake = world.lake().await;
    assert!(document::write(&lake, "views", 1, "a".into()).await.unwrap());
    assert!(!document::write(&lake, "views", 1, "b".into()).await.unwrap());
    let read = document::read(&lake, "views").await.unwrap();
    assert_eq!(read, Some(Document { version: 1, bytes: "a".into() }));
}

/// Adds a line to the document as the server changes a list: reads, writes, tries again.
async fn add(lake: &Lake, line: &str) -> u64 {
    let (version, text) = read(lake).await;
    write_until_kept(lake, version, format!("{text}{line}\n"), line).await
}

async fn read(lake: &Lake) -> (u64, String) {
    match document::read(lake, "views").await.unwrap() {
        None => (0, String::new()),
        Some(it) => (it.version, String::from_utf8(it.bytes.to_vec()).unwrap()),
    }
}

/// Writes what was made of `version`; where that came too late, makes it of what is there by then.
async fn write_until_kept(lake: &Lake, mut version: u64, mut text: String, line: &str) -> u64 {
    for n_tries in 1.. {
        if document::write(lake, "views", version + 1, text.into()).await.unwrap() {
            return n_tries;
        }
        (version, text) = read(lake).await;
        text = format!("{text}{line}\n");
    }
    unreachable!("numbers do not end")
}

#[tokio::test]
async fn a_writer_who_was_overtaken_by_many_loses_nothing() {
    for n_faster in [0, 1, 15, 16, 17, 18, 40] {
        let world = World::new();
        let lake = world.lake().await;
        add(&lake, "first").await;
        let (version, text) = read(&lake).await;
        for number in 0..n_faster {
            add(&lake, &format!("fast {number}")).await;
        }
        let n_tries = write_until_kept(&lake, version, format!("{text}slow\n"), "slow").await;
        assert_eq!(n_tries, if n_faster == 0 { 1 } else { 2 }, "{n_faster}");
        add(&lake, "last").await;
        let (_, text) = read(&lake).await;
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), n_faster + 3, "{lines:?}");
        assert!(lines.contains(&"slow") && lines.contains(&"first"), "{lines:?}");
    }
}

async fn add_many(lake: Lake, writer: u32) {
    for number in 0..12 {
        add(&lake, &format!("{writer} {number}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_writers_add_at_once_is_all_there() {
    let world = World::new();
    let lake = world.lake().await;
    let writers = (0..6).map(|writer| tokio::spawn(add_many(lake.clone(), writer)));
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    let (_, text) = read(&lake).await;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 72, "{text}");
}
