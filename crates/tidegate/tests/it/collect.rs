//! `tidegate collect`.

use std::process::{Command, Stdio};

use crate::run::{Here, LOG};

fn field(json: &str, name: &str) -> u64 {
    let summary: serde_json::Value = serde_json::from_str(json).unwrap();
    summary[name].as_u64().unwrap()
}

#[test]
fn an_object_is_stored_once() {
    let here = Here::new();
    here.write("logs/flow.log", LOG);
    let collect = ["collect", "logs", "--lake", "lake"];
    insta::assert_snapshot!(here.run(&collect).shown(), @"
    exit 0
    --- stderr
    3 records stored from 1 object in [N] s [N] records/s)
      objects    1 found
      of these   1 NODATA, 0 SKIPDATA
      size       [N] B read [N] B of text), [N] KiB in 2 files
    ");
    insta::assert_snapshot!(here.run(&collect).shown(), @"
    exit 0
    --- stderr
    nothing new in [N] s
      objects    1 found, 1 in the lake already
    ");
    here.write("logs/other.log", LOG);
    let ran = here.run(&[&collect[..], &["--output", "json"]].concat());
    assert_eq!((field(&ran.stdout, "n_objects_known"), field(&ran.stdout, "n_records")), (1, 2));
    assert_eq!(ran.stderr, "");
    assert_eq!(here.run(&[&collect[..], &["-q"]].concat()).shown(), "exit 0");
}

#[test]
fn bad_lines_are_set_aside_and_strict_says_so() {
    let here = Here::new();
    here.write("flow.log", &format!("{LOG}2 123 eni-1 nonsense\n"));
    let ran = here.run(&["collect", "flow.log", "--lake", "lake", "--strict"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 4
    --- stderr
    3 records stored from 1 object in [N] s [N] records/s)
      objects    1 found
      of these   1 NODATA, 0 SKIPDATA
      size       [N] B read [N] B of text), [N] KiB in 2 files
      bad lines  1, set aside in dead-letters/[NAME].ndjson
    ");
    let ran = here.run(&["collect", "flow.log", "--lake", "lax"]);
    assert_eq!(ran.code, 0);
}

#[test]
fn lines_that_were_set_aside_are_read_again_with_a_format() {
    let here = Here::new();
    here.write("flow.log", "10.0.0.1 10.0.0.2 77\n10.0.0.1 10.0.0.3 88\n");
    let ran = here.run(&["collect", "flow.log", "--lake", "lake", "--output", "json"]);
    assert_eq!(field(&ran.stdout, "n_bad"), 2);
    let format = "${srcaddr} ${dstaddr} ${bytes}";
    let again = ["collect", "--replay-dead-letters", "--log-format", format, "--lake", "lake"];
    let ran = here.run(&[&again[..], &["--output", "json"]].concat());
    assert_eq!(field(&ran.stdout, "n_records"), 2, "{}", ran.stderr);
    let ran = here.run(&["sql", "SELECT sum(bytes) AS bytes FROM flows", "--lake", "lake"]);
    assert_eq!(ran.stdout, "{\"bytes\":165}\n");
}

#[test]
fn stdin_is_a_source() {
    let here = Here::new();
    let ran = here.run_on(LOG, &["collect", "-", "--lake", "lake", "--output", "json"]);
    assert_eq!((ran.code, field(&ran.stdout, "n_records")), (0, 2), "{}", ran.stderr);
}

/// How often a test looks for what another process is about to do.
const LOOKS_MAX: usize = 400;

fn wait_for_records(here: &Here, n_records: u64) {
    let status = ["lake", "status", "--lake", "lake"];
    let is_there = |_: usize| {
        let ran = here.run(&status);
        ran.code == 0 && field(&ran.stdout, "n_records") == n_records
    };
    assert!((0..LOOKS_MAX).any(is_there), "{n_records} records never came");
}

/// Makes a file old enough that nobody writes to it any more.
fn age(here: &Here, name: &str) {
    let file = std::fs::File::options().write(true).open(here.path(name)).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
}

#[test]
fn following_ends_with_an_interrupt_and_a_consistent_lake() {
    let here = Here::new();
    here.write("logs/a.log", LOG);
    age(&here, "logs/a.log");
    let follow = ["collect", "logs", "--lake", "lake", "--follow", "--poll", "50ms"];
    let mut child = here.command(&follow).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_records(&here, 3);
    here.write("logs/b.log", &LOG.replace("4249", "77"));
    age(&here, "logs/b.log");
    wait_for_records(&here, 6);
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let ran = here.run(&["lake", "verify", "--lake", "lake"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn following_waits_for_a_folder_that_is_not_there_yet() {
    let here = Here::new();
    let follow = ["collect", "logs", "--lake", "lake", "--follow", "--poll", "50ms"];
    let mut child = here.command(&follow).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_records(&here, 0);
    here.write("logs/a.log", LOG);
    age(&here, "logs/a.log");
    wait_for_records(&here, 3);
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn another_content_at_a_known_address_is_warned_of() {
    let here = Here::new();
    let collect = ["collect", "flow.log", "--lake", "lake"];
    here.write("flow.log", LOG);
    here.run(&collect);
    here.write("flow.log", &LOG.replace("4249", "77"));
    let ran = here.run(&collect);
    let warning = "  changed    1 had another content before; what is in both is stored twice\n";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
}

#[test]
fn filters_that_leave_nothing_are_no_error() {
    let here = Here::new();
    here.write("AWSLogs/123456789012/vpcflowlogs/us-east-1/2014/12/14/x.log", LOG);
    let ran = here.run(&["collect", ".", "--region", "eu-west-1", "--lake", "lake"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 0
    --- stderr
    nothing matched in [N] s
      objects    0 found, 1 folder not entered
      left alone all, by name or by --account, --region, --from and --to
    ");
}

#[test]
fn what_cannot_be_collected_is_said() {
    let here = Here::new();
    insta::assert_snapshot!(here.run(&["collect", "nowhere", "--lake", "lake"]).shown(), @"
    exit 2
    --- stderr
    error: there is nothing at `nowhere`

    hint: name a file, a folder, a pattern in quotes, `s3://bucket/prefix`, or `-`
    ");
    let window = ["collect", ".", "--from", "2026-03-03", "--to", "2026-03-02"];
    insta::assert_snapshot!(here.run(&window).shown(), @"
    exit 2
    --- stderr
    error: `--from` is not before `--to`

    hint: the window is half-open: `--from 2026-03-02 --to 2026-03-03` is one day
    ");
    let format = ["collect", ".", "--log-format", "${bytes} ${bytes}"];
    let ran = here.run(&format);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: cannot use the log format\n  caused by: "));
    insta::assert_snapshot!(here.run(&["collect", "lake/flows", "--lake", "lake"]).shown(), @"
    exit 2
    --- stderr
    error: cannot collect `lake/flows`: it is in the lake that is collected into

    hint: name the folder or prefix of the logs, or another lake with `--lake`
    ");
    insta::assert_snapshot!(here.run(&["collect", "gs://acme/x", "--lake", "lake"]).shown(), @"
    exit 2
    --- stderr
    error: cannot read `gs://acme/x`
      caused by: cannot open `gs://acme/x`: only folders and `s3://` are known
    ");
}
