//! Damage never costs a neighbour, and what was set aside can be had again.

use std::sync::Arc;

use tidegate_collect::{Progress, Request, Stop, replay_dead_letters};
use tidegate_decode::LogFormat;
use tidegate_store::dead_letter;

use crate::support::{MIDNIGHT, World, gzip, text};

#[tokio::test]
async fn bad_lines_are_kept_with_place_and_reason_and_their_neighbours_are_stored() {
    let world = World::new();
    let mut lines = text(0, 4);
    lines.insert_str(lines.find("\n2 ").unwrap() + 1, "2 nonsense\n");
    world.write("a.gz", &gzip(lines.as_bytes()));
    world.write("empty.gz", &gzip(b""));
    let summary = world.collect().await;
    assert_eq!((summary.n_records, summary.n_bad, summary.n_objects_empty), (4, 1, 1));
    let lake = world.lake().await;
    let files = dead_letter::list(&lake).await.unwrap();
    assert_eq!(files, summary.dead_letters);
    let letters = dead_letter::read(&lake, &files[0]).await.unwrap();
    assert_eq!((letters[0].line, letters[0].raw.as_str()), (2, "2 nonsense"));
    assert!(letters[0].object.ends_with("/logs/a.gz"), "{}", letters[0].object);
    assert_eq!(world.verified().await, 4);
}

#[tokio::test]
async fn lines_without_a_header_are_replayed_once_their_format_is_known() {
    let world = World::new();
    world.write("a.log", b"10.0.0.1 10.0.0.2 443 1713484800\n10.0.0.3 10.0.0.4 22 1713484860\n");
    let summary = world.collect().await;
    assert_eq!((summary.n_records, summary.n_bad), (0, 2));
    let lake = world.lake().await;
    let format = LogFormat::parse("${srcaddr} ${dstaddr} ${dstport} ${end}").unwrap();
    for (n_records, n_known) in [(2, 0), (0, 1)] {
        let progress = Arc::new(Progress::default());
        let stop = Stop::default();
        let replayed = replay_dead_letters(&lake, (Some(format.clone()), None), &progress, &stop)
            .await
            .unwrap();
        assert_eq!((replayed.n_records, replayed.n_objects_known), (n_records, n_known));
    }
    assert_eq!(world.verified().await, 2);
}

#[tokio::test]
async fn lines_are_replayed_by_the_names_that_they_were_read_by() {
    let world = World::new();
    let names = "srcaddr dstaddr dstport end";
    let lines = format!("{names}\n10.0.0.1 10.0.0.2 https 1713484800\n");
    world.write("a.log", lines.as_bytes());
    let path = world.collect().await.dead_letters.remove(0);
    let lake = world.lake().await;
    let mut letters = dead_letter::read(&lake, &path).await.unwrap();
    assert_eq!(letters[0].format.as_deref(), Some(names));
    letters[0].raw = letters[0].raw.replace("https", "443");
    let mended = serde_json::to_vec(&letters[0]).unwrap();
    std::fs::write(world.root().join("lake").join(&path), mended).unwrap();
    let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
    let replayed = replay_dead_letters(&lake, (None, None), &progress, &stop).await.unwrap();
    assert_eq!((replayed.n_records, replayed.n_bad), (1, 0));
    assert_eq!(world.verified().await, 1);
}

#[tokio::test]
async fn a_lake_that_was_moved_replays_nothing_twice() {
    let world = World::new();
    world.write("a.log", b"10.0.0.1 10.0.0.2 443 1713484800\n");
    world.collect().await;
    let format = LogFormat::parse("srcaddr dstaddr dstport end").unwrap();
    let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
    for (name, n_records) in [("lake", 1), ("moved", 0)] {
        if name == "moved" {
            std::fs::rename(world.root().join("lake"), world.root().join(name)).unwrap();
        }
        let lake = world.lake_at(name, || MIDNIGHT * 1000).await;
        let format = Some(format.clone());
        let replayed = replay_dead_letters(&lake, (format, None), &progress, &stop).await.unwrap();
        assert_eq!(replayed.n_records, n_records, "{name}");
    }
}

#[tokio::test]
async fn of_an_object_of_nonsense_the_beginning_is_kept_and_every_line_is_counted() {
    let world = World::new();
    world.write("a.log", (text(0, 5) + &"nonsense\n".repeat(12_345)).as_bytes());
    let summary = world.collect().await;
    assert_eq!((summary.n_records, summary.n_bad), (5, 12_345));
    let letters = dead_letter::read(&world.lake().await, &summary.dead_letters[0]).await.unwrap();
    assert_eq!(letters.len(), 10_001);
    assert_eq!(letters[10_000].reason, "2345 more lines were set aside and not kept");
    assert_eq!(world.verified().await, 5);
}

#[tokio::test]
async fn a_format_given_by_hand_reads_lines_without_a_header() {
    let world = World::new();
    world.write("a.log", b"10.0.0.1 10.0.0.2 443 1713484800\n");
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.log_format = LogFormat::parse("srcaddr dstaddr dstport end").ok();
    let summary = world.collect_with(&request).await.unwrap();
    assert_eq!((summary.n_records, summary.n_bad), (1, 0));
}
