//! `tidegate generate` and `tidegate demo`.

use std::collections::BTreeMap;
use std::io::Read as _;

use crate::run::Here;

#[test]
fn a_world_is_written_in_the_layout_of_aws_and_only_once() {
    let here = Here::new();
    let generate = ["generate", "--out", "world", "--records", "2000", "--output", "json"];
    let ran = here.run(&generate);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let made: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let truth = std::fs::read(here.path("world/truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    assert_eq!(made["n_records"], truth["records"]["total"]);
    assert!(here.path("world/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/03/02").is_dir());
    let network = std::fs::read_dir(here.path("world/network")).unwrap();
    assert!(network.count() > 5);
    let ran = here.run(&["collect", "world/AWSLogs", "--lake", "lake", "--output", "json"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let n = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(n("n_records") + n("n_nodata") + n("n_skipdata"), made["n_records"]);
    assert_eq!((n("n_bad"), n("n_objects_new")), (0, made["n_objects"].as_u64().unwrap()));
    insta::assert_snapshot!(here.run(&generate).shown(), @"
    exit 2
    --- stderr
    error: there is a world in `world` already

    hint: name another folder, or remove this one
    ");
}

#[test]
fn a_world_that_cannot_be_is_refused() {
    let here = Here::new();
    let ran = here.run(&["generate", "--out", "world", "--interval", "61"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: cannot make a world in `world`
      caused by: cannot make a world with interval_s = `61`: AWS has 60 and 600
    ");
    assert!(!here.path("world").exists());
}

#[test]
fn a_network_may_change_while_its_traffic_flows() {
    let here = Here::new();
    let generate = ["generate", "--out", "world", "--records", "2000", "--record-truth"];
    let ran = here.run(&[&generate[..], &["--group-changes", "20", "--output", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let made: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(made["n_group_changes"], 3 * 3 * 20);
    let history = std::fs::read_dir(here.path("world/network/config")).unwrap();
    let mut names: Vec<String> =
        history.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 4, "every six hours: {names:?}");
    let first =
        "123456789012_Config_us-east-1_ConfigHistory_AWS::EC2::NetworkInterface_20260302T000000Z_";
    assert!(names[0].starts_with(first) && names[0].ends_with("Z_1.json.gz"), "{}", names[0]);
    assert!(here.path("world/truth.csv.gz").is_file());
    let ran = here.run(&["generate", "--out", "other", "--group-changes", "1001"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: cannot make a world in `other`
      caused by: cannot make a world with group_changes_per_day = `1001`: it must be at most 1000
    ");
}

#[test]
fn the_demo_answers_every_question_and_may_be_run_again() {
    let here = Here::new();
    let demo = ["demo", "--records", "5000", "--dir", "demo", "--no-serve"];
    for _ in 0..2 {
        let ran = here.run(&demo);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let n_questions = ran.stdout.lines().filter(|it| it.contains(". W") || it.contains(". H"));
        assert_eq!(n_questions.count(), 9, "{}", ran.stdout);
        assert!(!ran.stdout.contains("(no rows)"), "{}", ran.stdout);
        assert!(ran.stderr.contains("tidegate sql --lake demo/lake"), "{}", ran.stderr);
    }
    here.write("mine/precious.txt", "x");
    insta::assert_snapshot!(here.run(&["demo", "--dir", "mine"]).shown(), @"
    exit 2
    --- stderr
    error: the folder `mine` is not empty

    hint: name another one with `--dir`
    ");
}

/// Counts rows of `direction,security_group_ids,peer_security_group_ids,counted`.
fn counted<'a>(rows: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row).or_default() += 1;
    }
    counts
}

#[test]
fn direction_groups_of_that_moment_and_what_counts_are_as_in_the_truth() {
    let here = Here::new();
    let run = |arguments: &str| {
        let ran = here.run(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    run("generate --out world --records 20000 --group-changes 20 --record-truth");
    run("inventory import world/network/config --since 2026-03-02 --lake lake");
    run("collect world --lake lake");
    let ran = here.run(&[
        "sql",
        "SELECT CASE WHEN log_status = 'OK' THEN direction ELSE '-' END,
            coalesce(array_to_string(security_group_ids, ' '), ''),
            coalesce(array_to_string(peer_security_group_ids, ' '), ''), counted FROM flows",
        "--lake",
        "lake",
        "--output",
        "csv",
    ]);
    let packed = std::fs::File::open(here.path("world/truth.csv.gz")).unwrap();
    let mut truth = String::new();
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut truth).unwrap();
    let expected = counted(truth.lines().skip(1).filter_map(|it| it.splitn(3, ',').nth(2)));
    assert!(expected.len() > 100, "{}", expected.len());
    // An empty text is quoted, to tell it from NULL.
    let found = ran.stdout.replace("\"\"", "");
    assert_eq!(counted(found.lines().skip(1)), expected);
}
