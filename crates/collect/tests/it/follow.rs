//! Looking again and again: nothing ends a run that follows but a person.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tidegate_collect::{Error, Phase, Progress, Request, Stop, Summary, run};
use tidegate_store::{Lake, Opener};

use crate::faulty::{Call, FaultyPlaces};
use crate::support::{LocalPlaces, MIDNIGHT, World, gzip, key, set_modified, text};

/// Stops a run when it is dropped, so that a script that fails does not hang.
struct Stopping(Stop);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Follows the logs of `world` until `script`, which runs beside it, is over.
async fn follow(
    world: &World,
    lake: &Lake,
    opener: Arc<dyn Opener>,
    script: impl FnOnce(&Progress) + Send + 'static,
) -> Summary {
    let request = Request { follow: Some(Duration::from_millis(1)), ..world.request() };
    let progress = Arc::new(Progress::default());
    let watched = Arc::clone(&progress);
    let stop = Stop::default();
    let stopping = Stopping(stop.clone());
    let scripted = std::thread::spawn(move || {
        let _stopping = stopping;
        script(&watched);
    });
    let summary = run(lake, opener, &request, progress, &stop).await.unwrap();
    scripted.join().unwrap();
    summary
}

/// Waits for what another thread is about to do.
fn wait_until(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

fn wait_for_objects(progress: &Progress, n_objects: u64) {
    wait_until(|| progress.n_objects_done.load(Relaxed) >= n_objects);
    wait_until(|| progress.phase() == Phase::Waiting);
}

/// Milliseconds since the Unix epoch; moved by hand.
static NOW_MS: AtomicI64 = AtomicI64::new(MIDNIGHT * 1000);

#[tokio::test]
async fn a_file_that_may_still_be_written_to_is_for_a_later_look() {
    let world = World::new();
    let lake = world.lake_at("lake", || NOW_MS.load(Relaxed)).await;
    let old = world.write("old.gz", &gzip(text(0, 10).as_bytes()));
    set_modified(&old, MIDNIGHT * 1000 - 5_000);
    let young = world.write("young.gz", &gzip(text(1, 10).as_bytes()));
    set_modified(&young, MIDNIGHT * 1000 - 4_000);
    let script = |progress: &Progress| {
        wait_for_objects(progress, 1);
        NOW_MS.fetch_add(1_000, Relaxed);
        wait_for_objects(progress, 2);
    };
    let summary = follow(&world, &lake, Arc::new(LocalPlaces), script).await;
    assert_eq!((summary.n_objects, summary.n_objects_new, summary.n_records), (2, 2, 20));
    assert_eq!(world.verified().await, 20);
}

#[tokio::test]
async fn a_run_that_does_not_follow_reads_young_files_too() {
    let world = World::new();
    let path = world.write("young.gz", &gzip(text(0, 10).as_bytes()));
    set_modified(&path, MIDNIGHT * 1000);
    let lake = world.lake_at("lake", || MIDNIGHT * 1000).await;
    let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
    let ran = run(&lake, Arc::new(LocalPlaces), &world.request(), progress, &stop).await;
    assert_eq!(ran.unwrap().n_records, 10);
}

#[tokio::test]
async fn a_folder_that_is_not_there_yet_is_looked_for_again() {
    let world = World::new();
    let logs = world.logs();
    let script = move |progress: &Progress| {
        wait_until(|| progress.trouble().is_some());
        let path = logs.join(key(0));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, gzip(text(0, 10).as_bytes())).unwrap();
        wait_for_objects(progress, 1);
        wait_until(|| progress.trouble().is_none());
    };
    let lake = world.lake().await;
    let summary = follow(&world, &lake, Arc::new(LocalPlaces), script).await;
    assert_eq!((summary.n_objects_new, summary.n_records, summary.n_failed), (1, 10, 0));
    let expected = format!("there is nothing at `{}`", world.logs().display());
    assert_eq!(summary.warnings, [expected]);
}

#[tokio::test]
async fn a_listing_and_an_object_that_fail_are_tried_again() {
    let world = World::new();
    world.write("a.gz", &gzip(text(0, 10).as_bytes()));
    world.write("b.gz", &gzip(text(1, 10).as_bytes()));
    let (n_lists, n_gets) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let opener = FaultyPlaces::new(move |call, location| match call {
        // The first look fails in the middle: it asks for the folder of AWS's tree before.
        Call::List => (1..4).contains(&n_lists.fetch_add(1, Relaxed)),
        Call::Get if location.as_ref().ends_with("a.gz") => n_gets.fetch_add(1, Relaxed) < 2,
        Call::Get | Call::Head => false,
    });
    let lake = world.lake().await;
    let summary = follow(&world, &lake, opener, |it| wait_for_objects(it, 2)).await;
    assert_eq!((summary.n_objects, summary.n_objects_new, summary.n_records), (2, 2, 20));
    assert_eq!((summary.n_failed, summary.failed.len(), summary.n_objects_left), (0, 0, 0));
    assert_eq!((summary.n_warnings, summary.warnings.len()), (2, 1));
    let warning = &summary.warnings[0];
    assert!(warning.contains("cannot list") && warning.contains("network is down"), "{warning}");
    assert_eq!(world.verified().await, 20);
}

#[tokio::test]
async fn a_listing_that_fails_ends_a_run_that_does_not_follow() {
    let world = World::new();
    world.write("a.gz", &gzip(text(0, 10).as_bytes()));
    let opener = FaultyPlaces::new(|call, _| call == Call::List);
    let error = world.collect_from(opener, &world.request()).await.unwrap_err();
    assert!(matches!(error, Error::Source { .. }), "{error:?}");
}

#[tokio::test]
async fn the_summary_counts_over_all_looks() {
    let world = World::new();
    world.write_tree(2, 10);
    world.collect().await;
    world.write(&key(2), &gzip(text(2, 10).as_bytes()));
    let logs = world.logs();
    let script = move |progress: &Progress| {
        wait_for_objects(progress, 1);
        std::fs::remove_file(logs.join(key(0))).unwrap();
        std::fs::write(logs.join(key(3)), gzip(text(3, 10).as_bytes())).unwrap();
        wait_for_objects(progress, 2);
    };
    let lake = world.lake().await;
    let summary = follow(&world, &lake, Arc::new(LocalPlaces), script).await;
    assert_eq!((summary.n_objects, summary.n_objects_known, summary.n_objects_new), (4, 2, 2));
    assert_eq!((summary.n_records, summary.is_interrupted), (20, false));
    assert_eq!(world.verified().await, 40);
}
