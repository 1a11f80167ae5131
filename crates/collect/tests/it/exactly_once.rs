//! Every record once, whatever happens beside.

use std::sync::Arc;

use tidegate_collect::{Progress, Request, Stop, run};
use tidegate_store::compact;

use crate::support::{LocalPlaces, World, key, set_modified, shared_data, text};

#[tokio::test]
async fn a_second_run_finds_nothing_new() {
    let world = World::new();
    world.write_tree(6, 500);
    let first = world.collect().await;
    assert_eq!((first.n_objects_new, first.n_records, first.n_bad), (6, 3_000, 0));
    let second = world.collect().await;
    assert_eq!((second.n_objects_known, second.n_objects_new, second.n_records), (6, 0, 0));
    assert_eq!(second.version, first.version);
    assert_eq!(world.verified().await, 3_000);
}

#[tokio::test]
async fn an_object_named_twice_is_read_once() {
    let world = World::new();
    world.write_tree(2, 100);
    let logs = world.logs();
    let sources =
        [logs.clone(), logs.join(key(0)), logs.join("AWSLogs")].map(|it| it.display().to_string());
    let summary = world.collect_with(&Request::new(sources.to_vec())).await.unwrap();
    assert_eq!((summary.n_objects_new, summary.n_records), (2, 200));
    assert_eq!(world.verified().await, 200);
}

#[tokio::test]
async fn the_same_content_under_a_new_etag_is_not_read_again() {
    let world = World::new();
    world.write_tree(1, 100);
    world.collect().await;
    let path = world.logs().join(key(0));
    let content = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, content).unwrap();
    set_modified(&path, 1_800_000_000_000);
    let summary = world.collect().await;
    assert_eq!((summary.n_objects_new, summary.n_records), (1, 0));
    assert_eq!(world.verified().await, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_collectors_on_one_lake_at_once_read_everything_once() {
    let world = Arc::new(World::new());
    world.write_tree(24, 200);
    world.lake().await;
    let collectors: Vec<_> = (0..3)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let mut request = Request::new(vec![world.logs().display().to_string()]);
                request.objects_per_commit_max = 2;
                world.collect_with(&request).await.unwrap()
            })
        })
        .collect();
    let mut n_records = 0;
    for collector in collectors {
        n_records += collector.await.unwrap().n_records;
    }
    assert_eq!(n_records, 24 * 200);
    assert_eq!(world.verified().await, 24 * 200);
}

#[tokio::test]
async fn a_run_that_is_stopped_leaves_whole_objects_and_the_next_one_ends_it() {
    let world = World::new();
    world.write_tree(40, 50);
    let lake = world.lake().await;
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.objects_per_commit_max = 1;
    request.n_threads = 1;
    let progress = Arc::new(Progress::default());
    let stop = Stop::default();
    let seen = (Arc::clone(&progress), stop.clone());
    let watcher = std::thread::spawn(move || {
        while seen.0.n_objects_done.load(std::sync::atomic::Ordering::Relaxed) < 5 {
            std::thread::yield_now();
        }
        seen.1.stop();
    });
    let summary = run(&lake, Arc::new(LocalPlaces), &request, progress, &stop).await.unwrap();
    watcher.join().unwrap();
    assert!(summary.is_interrupted);
    assert_eq!(world.verified().await, summary.n_objects_new * 50);
    assert!((5..40).contains(&summary.n_objects_new), "{}", summary.n_objects_new);
    let n_left = summary.n_objects - summary.n_objects_new;
    assert_eq!((summary.n_objects_left, summary.n_objects_known), (n_left, 0));
    assert!(n_left > 0);
    let rest = world.collect().await;
    assert_eq!((rest.n_objects, rest.n_objects_known), (40, summary.n_objects_new));
    assert_eq!((rest.n_objects_left, rest.is_interrupted), (0, false));
    assert_eq!(world.verified().await, 2_000);
}

#[tokio::test]
async fn small_files_are_put_together_and_nothing_is_lost() {
    let world = World::new();
    world.write_tree(12, 100);
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.objects_per_commit_max = 1;
    request.is_compacting = false;
    world.collect_with(&request).await.unwrap();
    let lake = world.lake().await;
    assert!(lake.snapshot().await.unwrap().files.len() >= 12);
    let report = compact::run(&lake, compact::Options::ALL).await.unwrap();
    assert_eq!((report.n_files_after, report.n_records), (1, 1_200));
    assert_eq!(lake.snapshot().await.unwrap().files.len(), 1);
    assert_eq!(world.verified().await, 1_200);
    assert_eq!(world.collect().await.n_objects_new, 0);
}

#[tokio::test]
async fn what_was_stored_stands_though_the_files_cannot_be_put_together() {
    let world = World::new();
    world.write_tree(8, 10);
    let mut request = world.request();
    request.objects_per_commit_max = 1;
    request.is_compacting = false;
    world.collect_with(&request).await.unwrap();
    let files = world.lake().await.snapshot().await.unwrap().files;
    let path = world.root().join("lake/flows").join(&files[0].path);
    std::fs::write(path, b"no Parquet").unwrap();
    world.write(&key(8), text(8, 10).as_bytes());
    let summary = world.collect().await;
    assert_eq!((summary.n_objects_new, summary.n_records), (1, 10));
    assert_eq!((summary.warnings.len(), summary.n_warnings), (1, 1));
    let warning = &summary.warnings[0];
    assert!(warning.starts_with("cannot put small files together: "), "{warning}");
}

#[tokio::test]
async fn an_object_larger_than_the_memory_is_one_commit_of_several_files() {
    let world = World::new();
    world.write("large.log", text(0, 300_000).as_bytes());
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.memory_bytes_max = 6 << 20;
    request.is_compacting = false;
    let summary = world.collect_with(&request).await.unwrap();
    assert_eq!((summary.n_records, summary.n_commits), (300_000, 1));
    assert!(summary.n_files > 1, "{}", summary.n_files);
    assert_eq!(world.verified().await, 300_000);
}

#[tokio::test]
async fn a_lake_of_many_commits_opens_from_its_checkpoint() {
    let world = World::new();
    world.write_tree(120, 1);
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.objects_per_commit_max = 1;
    request.is_compacting = false;
    let summary = world.collect_with(&request).await.unwrap();
    assert_eq!(summary.n_commits, 120);
    let snapshot = world.lake().await.snapshot().await.unwrap();
    assert!(snapshot.ledger.segments.len() < 30, "{}", snapshot.ledger.segments.len());
    assert_eq!(snapshot.ledger.totals.n_objects, 120);
    assert_eq!(world.collect().await.n_objects_known, 120);
    assert_eq!(world.verified().await, 120);
}

#[tokio::test]
async fn three_days_of_a_real_host_are_229_094_records_and_then_none() {
    let Some(shared) = shared_data() else { return };
    let world = World::new();
    let request = Request::new(vec![shared.join("public-host-72h").display().to_string()]);
    let first = world.collect_with(&request).await.unwrap();
    assert_eq!((first.n_records, first.n_bad, first.failed.len()), (229_094, 0, 0));
    let second = world.collect_with(&request).await.unwrap();
    assert_eq!((second.n_objects_new, second.n_records), (0, 0));
    assert_eq!(world.verified().await, 229_094);
}
