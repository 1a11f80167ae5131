//! `tidegate lake`.

use crate::run::{Here, LOG};

#[test]
fn the_status_says_what_is_in_the_lake() {
    let here = Here::with_lake();
    let ran = here.run(&["lake", "status", "--lake", "lake"]);
    let status: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(status["n_records"], 3);
    assert_eq!(status["n_nodata"], 1);
    assert_eq!(status["n_objects"], 1);
    assert_eq!(status["days"].as_array().unwrap().len(), 2);
    let words = here.run(&["lake", "status", "--lake", "lake", "--output", "table"]).stdout;
    let named = |name: &str| words.lines().find(|it| it.starts_with(name)).unwrap_or_default();
    assert_eq!(named("records"), "records    3");
    assert_eq!(named("time"), "time       2014-12-14T04:06:50Z to 2015-05-10T18:02:14Z");
}

#[test]
fn the_chores_end_well_on_a_small_lake() {
    let here = Here::with_lake();
    for number in 0..3 {
        here.write(&format!("more/{number}.log"), &LOG.replace("4249", &number.to_string()));
        let path = format!("more/{number}.log");
        assert_eq!(here.run(&["collect", &path, "--lake", "lake"]).code, 0);
    }
    let chore = |arguments: &[&str]| {
        let global = ["--lake", "lake", "--output", "table"];
        here.run(&[&["lake"], arguments, &global[..]].concat()).shown()
    };
    insta::assert_snapshot!(chore(&["compact"]), @"
    exit 0
    --- stdout
    8 files [N] KiB) put together into 2 files [N] KiB), 12 records
    ");
    insta::assert_snapshot!(chore(&["compact"]), @"
    exit 0
    --- stdout
    nothing to put together
    ");
    insta::assert_snapshot!(chore(&["verify"]), @"
    exit 0
    --- stdout
    12 records in 2 files from 4 objects; the ledger says 12
    all is well
    ");
    insta::assert_snapshot!(chore(&["vacuum", "--dry-run"]), @"
    exit 0
    --- stdout
    0 files would be deleted, [N] B
    ");
    insta::assert_snapshot!(chore(&["vacuum", "--older-than", "1h"]), @"
    exit 0
    --- stdout
    0 files deleted, [N] B
    --- stderr
    warning: files of the last 24 hours were kept: a commit that is on its way may name them
    ");
    insta::assert_snapshot!(chore(&["expire", "--keep", "90d"]), @"
    exit 0
    --- stdout
    2 days taken out (2014-12-14 to 2015-05-10): 12 records, 2 files, [N] KiB; `tidegate lake vacuum` deletes the files
    ");
    insta::assert_snapshot!(chore(&["expire", "--keep", "1h"]), @"
    exit 2
    --- stderr
    error: `--keep` is less than a day

    hint: whole days go: `--keep 90d`
    ");
}

#[test]
fn damage_is_found() {
    let here = Here::with_lake();
    let flows = here.path("lake/flows/date=2014-12-14");
    let file = std::fs::read_dir(flows).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, b"PAR1 but not really PAR1").unwrap();
    let ran = here.run(&["lake", "verify", "--lake", "lake", "--output", "table"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("problem"), "{}", ran.stdout);
}

#[test]
fn there_is_no_lake_until_something_was_collected() {
    insta::assert_snapshot!(Here::new().run(&["lake", "status", "--lake", "x"]).shown(), @"
    exit 2
    --- stderr
    error: there is no lake at `file://[HERE]/x`

    hint: `tidegate collect PATH` makes one; `--lake` names it
    ");
}
