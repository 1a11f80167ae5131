//! What a person can name, and what is left alone.

use std::sync::Arc;

use tidegate_collect::{Error, Progress, Request, Stop, run};

use crate::support::{LocalPlaces, MIDNIGHT, World, gzip, key, text};

async fn check(sources: &[&str]) -> (u64, u64) {
    let world = World::new();
    world.write_tree(3, 10);
    world.write("network/describe-vpcs.json", b"{}");
    world.write("truth.json", b"{}");
    world.write("AWSLogs/123456789012/CloudTrail/us-east-1/2024/04/19/x.json.gz", b"x");
    let sources = sources.iter().map(|it| world.logs().join(it).display().to_string());
    let summary = world.collect_with(&Request::new(sources.collect())).await.unwrap();
    assert_eq!(summary.n_bad, 0);
    (summary.n_objects_new, summary.n_records)
}

#[tokio::test]
async fn a_folder_with_a_tree_of_aws_is_that_tree_and_only_its_flow_logs() {
    assert_eq!(check(&[""]).await, (3, 30));
    assert_eq!(check(&["AWSLogs"]).await, (3, 30));
}

#[tokio::test]
async fn patterns_and_files_are_what_they_name() {
    assert_eq!(check(&[&key(1)]).await, (1, 10));
    assert_eq!(check(&["AWSLogs/**/*_0000000[02].log.gz"]).await, (2, 20));
    assert_eq!(check(&["AWSLogs/*/vpcflowlogs/**/*.gz"]).await, (3, 30));
}

#[tokio::test]
async fn a_window_an_account_and_a_region_leave_out_what_cannot_match() {
    let world = World::new();
    world.write_tree(36, 1);
    let day_us = 86_400_000_000;
    let from_us = MIDNIGHT * 1_000_000 + day_us;
    let mut request = Request::new(vec![world.logs().display().to_string()]);
    request.window = (Some(from_us), Some(from_us + 1));
    let summary = world.collect_with(&request).await.unwrap();
    // The day itself, and the next one, whose objects may hold late records.
    assert_eq!(summary.n_objects_new, 12 + 1);
    assert_eq!((summary.n_folders_left_out, summary.n_objects_left_out), (0, 12 + 11));
    let other = Request { accounts: vec!["210987654321".to_owned()], ..request.clone() };
    let summary = world.collect_with(&other).await.unwrap();
    assert_eq!((summary.n_objects, summary.n_folders_left_out), (0, 1));
    let other = Request { regions: vec!["eu-west-1".to_owned()], ..request };
    let summary = world.collect_with(&other).await.unwrap();
    assert_eq!((summary.n_objects, summary.n_folders_left_out), (0, 1));
}

#[tokio::test]
async fn a_place_without_anything_is_said() {
    let world = World::new();
    let error = world.collect_with(&Request::new(vec!["no/such/place".to_owned()])).await;
    assert!(matches!(error, Err(Error::Nothing { .. })), "{error:?}");
}

#[tokio::test]
async fn standard_names_of_housekeeping_are_left_alone() {
    let world = World::new();
    world.write("a.log.gz", &gzip(text(0, 5).as_bytes()));
    world.write(".hidden", b"x");
    world.write("_SUCCESS", b"");
    world.write("_temporary/0/part.gz", b"x");
    world.write("archive/.snapshot/b.log", b"x");
    world.write("aws-logs-write-test", b"Permission Check Successful");
    let summary = world.collect().await;
    assert_eq!((summary.n_objects_new, summary.n_objects_left_out, summary.n_bad), (1, 5, 0));
}

#[tokio::test]
async fn a_hidden_folder_that_is_named_is_collected() {
    let world = World::new();
    world.write(".cache/_logs/day/a.log.gz", &gzip(text(0, 5).as_bytes()));
    world.write(".cache/_logs/_day/b.log.gz", &gzip(text(1, 5).as_bytes()));
    let source = world.logs().join(".cache/_logs").display().to_string();
    let summary = world.collect_with(&Request::new(vec![source])).await.unwrap();
    assert_eq!((summary.n_objects_new, summary.n_objects_left_out), (1, 1));
}

#[tokio::test]
async fn a_lake_below_the_folder_is_not_collected() {
    let world = World::new();
    world.write("a.log", format!("{}nonsense\n", text(0, 5)).as_bytes());
    let request = Request::new(vec![world.root().display().to_string()]);
    for (n_new, n_known) in [(1, 0), (0, 1), (0, 1)] {
        let summary = world.collect_with(&request).await.unwrap();
        assert_eq!((summary.n_objects_new, summary.n_objects_known), (n_new, n_known));
    }
    assert_eq!(world.verified().await, 5);
}

#[tokio::test]
async fn a_lake_that_was_made_behind_a_link_is_not_collected() {
    let world = World::new();
    world.write("a.log", text(0, 5).as_bytes());
    std::fs::create_dir(world.root().join("real")).unwrap();
    std::os::unix::fs::symlink(world.root().join("real"), world.root().join("link")).unwrap();
    let lake = world.lake_at("link/lake", || MIDNIGHT * 1000).await;
    let sources = ["logs", "real"].map(|it| world.root().join(it).display().to_string());
    for n_new in [1, 0] {
        let request = Request::new(sources.to_vec());
        let (progress, stop) = (Arc::new(Progress::default()), Stop::default());
        let ran = run(&lake, Arc::new(LocalPlaces), &request, progress, &stop).await;
        assert_eq!(ran.unwrap().n_objects_new, n_new);
    }
}

#[tokio::test]
async fn the_lake_and_what_is_in_it_are_no_sources() {
    let world = World::new();
    world.write_tree(1, 5);
    world.collect().await;
    for source in ["lake", "lake/flows", "lake/flows/date=2024-04-19", "lake/flows/*/*.parquet"] {
        let source = world.root().join(source).display().to_string();
        let error = world.collect_with(&Request::new(vec![source.clone()])).await.unwrap_err();
        let expected =
            format!("cannot collect `{source}`: it is in the lake that is collected into");
        assert_eq!(error.to_string(), expected);
    }
}
