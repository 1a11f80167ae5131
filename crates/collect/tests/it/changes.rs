//! Objects that change: before, while and after they are read.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::faulty::{Call, FaultyPlaces};
use crate::support::{World, gzip, set_modified, text};

#[tokio::test]
async fn another_content_at_a_known_address_is_another_object() {
    let world = World::new();
    world.write("a.gz", &gzip(text(0, 10).as_bytes()));
    assert_eq!(world.collect().await.n_objects_changed, 0);
    world.write("a.gz", &gzip(text(1, 20).as_bytes()));
    let second = world.collect().await;
    assert_eq!((second.n_objects_new, second.n_records, second.n_objects_changed), (1, 20, 1));
    assert_eq!(world.verified().await, 30);
}

#[tokio::test]
async fn an_object_too_large_to_hold_is_known_again_by_its_content() {
    let world = World::new();
    let n_records = 360_000;
    let mut lines = text(0, n_records);
    assert!(lines.len() > 32 << 20);
    let path = world.write("large.log", lines.as_bytes());
    let first = world.collect().await;
    assert_eq!((first.n_records, first.n_objects_changed), (n_records as u64, 0));
    set_modified(&path, 1_700_000_000_000);
    let second = world.collect().await;
    assert_eq!((second.n_objects_new, second.n_records, second.n_files), (1, 0, 0));
    assert_eq!((second.n_objects_changed, second.bytes_read), (0, lines.len() as u64));
    lines.push_str(
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1713484800 1713484801 ACCEPT OK\n",
    );
    world.write("large.log", lines.as_bytes());
    let third = world.collect().await;
    assert_eq!((third.n_records, third.n_objects_changed), (n_records as u64 + 1, 1));
    assert_eq!(world.verified().await, 2 * n_records as u64 + 1);
}

#[tokio::test]
async fn an_object_that_changes_between_listing_and_reading_is_for_the_next_run() {
    let world = World::new();
    let path = world.write("a.gz", &gzip(text(0, 10).as_bytes()));
    world.write("b.gz", &gzip(text(1, 10).as_bytes()));
    let later = gzip(text(2, 20).as_bytes());
    let is_first = AtomicBool::new(true);
    let opener = FaultyPlaces::new(move |call, location| {
        if call == Call::Get && location.as_ref().ends_with("a.gz") && is_first.swap(false, Relaxed)
        {
            std::fs::write(&path, &later).unwrap();
        }
        false
    });
    let first = world.collect_from(opener, &world.request()).await.unwrap();
    assert_eq!((first.n_objects, first.n_objects_new, first.n_failed), (2, 1, 1));
    assert!(first.failed[0].url.ends_with("/a.gz"), "{}", first.failed[0].url);
    assert_eq!(first.failed[0].reason, "changed while it was read");
    let second = world.collect().await;
    assert_eq!((second.n_objects_known, second.n_records, second.n_failed), (1, 20, 0));
    assert_eq!(world.verified().await, 30);
}
