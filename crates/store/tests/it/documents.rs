//! Small documents that several writers share.

use bytes::Bytes;
use tidegate_store::document::{self, Document};

use crate::support::World;

#[tokio::test]
async fn a_document_is_read_as_it_was_written_last() {
    let world = World::new();
    let lake = world.lake().await;
    assert_eq!(document::read(&lake, "views").await.unwrap(), None);
    for version in 1..=12 {
        let bytes = Bytes::from(format!("[{version}]"));
        assert!(document::write(&lake, "views", version, bytes).await.unwrap());
    }
    let read = document::read(&lake, "views").await.unwrap();
    assert_eq!(read, Some(Document { version: 12, bytes: "[12]".into() }));
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
