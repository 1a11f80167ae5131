//! `tidegate advise`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::run::{Here, Ran};

/// A lake with a synthetic world in it, whose truth is beside it.
fn world(format: &str) -> Here {
    let here = Here::new();
    let run = |arguments: &str| {
        let ran = here.run(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    run(&format!("generate --out world --records 60000 --format {format}"));
    run("inventory import world/network --since 2026-03-02 --at 2026-03-03 --lake lake");
    run("collect world/AWSLogs --lake lake");
    here
}

fn advise(here: &Here, arguments: &[&str]) -> Ran {
    here.run(&[&["advise"], arguments, &["--lake", "lake"]].concat())
}

fn report(here: &Here, arguments: &[&str]) -> Value {
    let ran = advise(here, &[&["sg", "--output", "json"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn check(format: &str) {
    let here = world(format);
    let truth = std::fs::read(here.path("world/truth.json")).unwrap();
    let truth: Value = serde_json::from_slice(&truth).unwrap();
    let truth: BTreeMap<&str, &str> = truth["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["rule_id"].as_str().unwrap(), it["verdict"].as_str().unwrap()))
        .collect();
    let report = report(&here, &[]);
    let rules = report["rules"].as_array().unwrap();
    assert_eq!(rules.len(), truth.len());
    for advice in rules {
        let expected = match truth[advice["rule"]["id"].as_str().unwrap()] {
            "used" | "too-wide" => ["used", "redundant"],
            "attempts-only" => ["attempt-only", "attempt-only"],
            _ => ["unused", "no-op"],
        };
        let verdict = advice["verdict"].as_str().unwrap();
        assert!(expected.contains(&verdict), "{format}: {expected:?} but {advice:#}");
    }
    let replay = &report["plan"]["replay"];
    assert_eq!((&replay["is_safe"], &replay["blocked_flows"]), (&json!(true), &json!(0)));
    assert!(report["plan"]["changes"].as_array().unwrap().len() > 20);
    let unused = report["groups"].as_array().unwrap().iter();
    let unused = unused.filter(|it| it["verdict"] == "unused").map(|it| it["name"].clone());
    assert_eq!(unused.collect::<Vec<_>>(), ["legacy"]);
    let missing: Vec<&Value> = report["missing_rules"].as_array().unwrap().iter().collect();
    assert_eq!(missing.len(), 1, "{missing:#?}");
    assert_eq!((&missing[0]["port"], &missing[0]["is_egress"]), (&json!(443), &json!(false)));
    let checks = report["findings"].as_array().unwrap().iter();
    let checks: BTreeSet<&str> = checks.map(|it| it["check"].as_str().unwrap()).collect();
    let expected = ["default-group-open", "world-open-port", "world-open-risky", "world-open-ssh"];
    assert_eq!(checks.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn verdicts_of_the_program_are_right_with_the_recommended_fields() {
    check("recommended");
}

#[test]
fn verdicts_of_the_program_are_right_with_the_default_fields() {
    check("default");
}

#[test]
fn groups_windows_and_what_to_fail_on_are_chosen() {
    let here = world("recommended");
    let lambda = advise(&here, &["sg", "common", "--output", "csv"]);
    assert_eq!(lambda.code, 0, "{}", lambda.stderr);
    assert_eq!(lambda.stdout.lines().count(), 1 + 3, "two of one VPC, one of another");
    assert_eq!(advise(&here, &["sg", "common", "--fail-on", "unused"]).code, 1);
    assert_eq!(advise(&here, &["sg", "common", "--fail-on", "attempt-only,findings"]).code, 0);
    assert_eq!(advise(&here, &["sg", "--fail-on", "too-wide"]).code, 1);
    // Three hours are too short to say that something is not used.
    let short = report(&here, &["--window", "3h"]);
    let verdicts = short["rules"].as_array().unwrap().iter();
    assert!(verdicts.clone().all(|it| it["verdict"] != "unused"));
    let mut doubts = verdicts.flat_map(|it| it["why"].as_array().unwrap());
    assert!(doubts.any(|it| it["doubt"] == "short-look"));
    let page = advise(&here, &["sg", "bastion", "--output", "table"]);
    assert!(page.stdout.contains("0 would have been blocked"), "{}", page.stdout);
    insta::assert_snapshot!(advise(&here, &["sg", "nobody"]).shown(), @"
    exit 2
    --- stderr
    error: there is no security group `nobody`

    hint: `tidegate inventory list security-groups` lists them
    ");
    insta::assert_snapshot!(advise(&here, &["sg", "--from", "2020-01-01", "--to", "2020-01-02"]).shown(), @"
    exit 2
    --- stderr
    error: the window has no records

    hint: the records are of 2026-03-02T00:00:00Z to 2026-03-02T23:59:59Z
    ");
}

#[test]
fn a_change_of_ones_own_is_played_back() {
    let here = world("recommended");
    let listing = std::fs::read(here.path("world/network/describe-security-groups.json")).unwrap();
    let listing: Value = serde_json::from_slice(&listing).unwrap();
    let groups = listing["SecurityGroups"].as_array().unwrap();
    let mut dns = groups.iter().find(|it| it["GroupName"] == "dns").unwrap().clone();
    let replay = |group: &Value, output: &str| {
        here.write("after.json", &json!({ "SecurityGroups": [group] }).to_string());
        advise(&here, &["replay", "--rules", "after.json", "--output", output])
    };
    insta::assert_snapshot!(replay(&dns, "json").shown(), @"
    exit 2
    --- stderr
    error: `after.json` changes no rule

    hint: it must have rules of security groups, and they must differ from those of now
    ");
    // Name service for one network only.
    dns["IpPermissions"][0]["IpRanges"] = json!([{ "CidrIp": "10.0.16.0/24" }]);
    let ran = replay(&dns, "json");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["is_safe"], json!(false));
    assert!(value["blocked_flows"].as_u64().unwrap() > 5, "{value:#}");
    assert!(value["blocked"].as_array().unwrap().len() > 5);
    let ran = replay(&dns, "table");
    assert!(ran.stdout.starts_with("1 rule fewer and 1 rule more in 1 group\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("udp 53 from 10.0."), "{}", ran.stdout);
    // For the whole VPC it goes on.
    dns["IpPermissions"][0]["IpRanges"] = json!([{ "CidrIp": "10.0.0.0/16" }]);
    assert_eq!(replay(&dns, "json").code, 0);
    insta::assert_snapshot!(advise(&here, &["replay", "--rules", "gone.json"]).shown(), @"
    exit 2
    --- stderr
    error: cannot read `gone.json`
      caused by: No such file or directory (os error 2)
    ");
}

#[test]
fn without_a_lake_or_rules_it_says_what_to_do() {
    let here = Here::with_lake();
    insta::assert_snapshot!(advise(&here, &["sg"]).shown(), @"
    exit 2
    --- stderr
    error: the lake knows no security groups with rules

    hint: `tidegate inventory sync` reads them from AWS, `tidegate inventory import` from files
    ");
    let empty = Here::new();
    insta::assert_snapshot!(advise(&empty, &["sg"]).shown(), @"
    exit 2
    --- stderr
    error: there is no lake at `file://[HERE]/lake`

    hint: `tidegate collect PATH` makes one; `--lake` names it
    ");
}
