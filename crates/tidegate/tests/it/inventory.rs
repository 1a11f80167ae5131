//! `tidegate inventory`.

use serde_json::{Value, json};

use crate::run::{Here, Ran};

/// Interfaces with their groups, as `aws ec2 describe-network-interfaces` prints them.
fn interfaces(of: &[(&str, &str)]) -> String {
    let interface = |(id, group): &(&str, &str)| {
        json!({
            "NetworkInterfaceId": id,
            "VpcId": "vpc-1",
            "SubnetId": "subnet-1",
            "AvailabilityZone": "eu-west-1a",
            "OwnerId": "111122223333",
            "InterfaceType": "interface",
            "PrivateIpAddress": "10.0.0.10",
            "Groups": [{ "GroupId": group }],
        })
    };
    json!({ "NetworkInterfaces": of.iter().map(interface).collect::<Vec<_>>() }).to_string()
}

const GROUP: &str = r#"{ "SecurityGroups": [{
    "GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "OwnerId": "111122223333",
    "IpPermissions": [
        { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
          "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] },
        { "IpProtocol": "udp", "FromPort": 5000, "ToPort": 5010,
          "UserIdGroupPairs": [{ "GroupId": "sg-2" }] }],
    "IpPermissionsEgress": [{ "IpProtocol": "-1", "PrefixListIds": [{ "PrefixListId": "pl-1" }] }]
}] }"#;

fn inventory(here: &Here, arguments: &[&str]) -> Ran {
    here.run(&[&["inventory"], arguments, &["--lake", "lake"]].concat())
}

/// A lake that knows two interfaces of the second of March, and one that was changed a day later.
fn two_days() -> Here {
    let here = Here::new();
    here.write("first.json", &interfaces(&[("eni-1", "sg-1"), ("eni-2", "sg-1")]));
    here.write("second.json", &interfaces(&[("eni-1", "sg-2"), ("eni-3", "sg-1")]));
    here.write("group.json", GROUP);
    for (files, at) in [
        (["first.json", "group.json"], "2026-03-02"),
        (["second.json", "group.json"], "2026-03-03"),
    ] {
        let ran = inventory(&here, &[&["import", "--at", at], &files[..]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    here
}

#[test]
fn an_import_says_what_changed_and_the_same_again_changes_nothing() {
    let here = Here::new();
    here.write("first.json", &interfaces(&[("eni-1", "sg-1"), ("eni-2", "sg-1")]));
    here.write("second.json", &interfaces(&[("eni-1", "sg-2"), ("eni-3", "sg-1")]));
    let first = ["import", "first.json", "--at", "2026-03-02"];
    let second = ["import", "second.json", "--at", "2026-03-03"];
    insta::assert_snapshot!(inventory(&here, &first).shown(), @"
    exit 0
    --- stderr
    inventory changed by 1 file in [N] s
      interfaces           2 new
      known from 2026-03-02T00:00:00Z; records before have no context: `--since TIME` if it was so before
    ");
    insta::assert_snapshot!(inventory(&here, &first).shown(), @"
    exit 0
    --- stderr
    nothing new in 1 file in [N] s
      interfaces           2 as known
    ");
    insta::assert_snapshot!(inventory(&here, &second).shown(), @"
    exit 0
    --- stderr
    inventory changed by 1 file in [N] s
      interfaces           1 new, 1 changed, 1 gone
    ");
    insta::assert_snapshot!(inventory(&here, &first).shown(), @"
    exit 0
    --- stderr
    nothing new in 1 file in [N] s
      interfaces           2 as known
    ");
    let since = [&first[..], &["--since", "2026-02-01"]].concat();
    insta::assert_snapshot!(inventory(&here, &since).shown(), @"
    exit 0
    --- stderr
    inventory changed by 1 file in [N] s
      interfaces           2 known for longer
    ");
    let logs = std::fs::read_dir(here.path("lake/interfaces/_delta_log")).unwrap();
    assert_eq!(logs.count(), 3);
}

#[test]
fn a_thing_is_shown_as_it_was_at_a_time() {
    let here = two_days();
    let show = |arguments: &[&str]| {
        inventory(&here, &[&["show", "--output", "table"], arguments].concat()).shown()
    };
    insta::assert_snapshot!(show(&["eni-1"]), @"
    exit 0
    --- stdout
    interface eni-1
    interface_type         interface
    primary_address        10.0.0.10
    private_addresses      [10.0.0.10]
    subnet_id              subnet-1
    vpc_id                 vpc-1
    account_id             111122223333
    region                 eu-west-1
    security_group_ids     [sg-2]
    is_requester_managed   false
    has_source_dest_check  true
    history                2026-03-03T00:00:00Z to now (security_group_ids), by aws-cli second.json
                           2026-03-02T00:00:00Z to 2026-03-03T00:00:00Z, by aws-cli first.json
    ");
    insta::assert_snapshot!(show(&["sg-1", "--at", "2026-03-02T12:00Z"]), @"
    exit 0
    --- stdout
    security group sg-1
    name                   web
    vpc_id                 vpc-1
    account_id             111122223333
    history                2026-03-02T00:00:00Z to now, by aws-cli group.json
    rules                  all to pl-1  sg-1/egress/all/pl-1
                           udp 5000-5010 from sg-2  sg-1/ingress/17:5000-5010/sg-2
                           tcp 443 from 0.0.0.0/0  sg-1/ingress/6:443-443/0.0.0.0/0
    ");
    insta::assert_snapshot!(show(&["eni-2", "--at", "2026-03-04"]), @"
    exit 2
    --- stderr
    error: nothing is known of `eni-2` at 2026-03-04T00:00:00Z

    hint: known are 2026-03-02T00:00:00Z to 2026-03-03T00:00:00Z
    ");
    insta::assert_snapshot!(show(&["eni-9"]), @"
    exit 2
    --- stderr
    error: nothing is known of `eni-9`

    hint: `tidegate inventory list interfaces` lists what is
    ");
    insta::assert_snapshot!(show(&["web"]), @"
    exit 2
    --- stderr
    error: `web` is no id of a thing that is known

    hint: ids begin with eni-, sg-, sgr-, pl-, subnet-, vpc-, nat-, i- or fl-
    ");
    let ran =
        inventory(&here, &["show", "eni-2", "--at", "2026-03-02T12:00Z", "--output", "ndjson"]);
    let fact: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(fact["security_group_ids"], json!(["sg-1"]));
    assert_eq!(fact["valid_until"], "2026-03-03T00:00:00Z");
}

#[test]
fn kinds_and_differences_are_listed() {
    let here = two_days();
    let ran = |arguments: &[&str]| inventory(&here, arguments).shown();
    insta::assert_snapshot!(ran(&["list", "--output", "table"]), @"
    exit 0
    --- stdout
    kind                       n_at_time  n_facts  first_from            last_from
    ─────────────────────────  ─────────  ───────  ────────────────────  ────────────────────
    interfaces                 2          4        2026-03-02T00:00:00Z  2026-03-03T00:00:00Z
    security_groups            1          1        2026-03-02T00:00:00Z  2026-03-02T00:00:00Z
    security_group_rules       3          3        2026-03-02T00:00:00Z  2026-03-02T00:00:00Z
    prefix_lists               0          0        NULL                  NULL
    subnets                    0          0        NULL                  NULL
    vpcs                       0          0        NULL                  NULL
    nat_gateways               0          0        NULL                  NULL
    instances                  0          0        NULL                  NULL
    flow_logs                  0          0        NULL                  NULL
    functions                  0          0        NULL                  NULL
    security_group_references  0          0        NULL                  NULL
    ");
    let at = ["list", "interfaces", "--at", "2026-03-02T12:00Z", "--output", "ndjson"];
    let ids = inventory(&here, &at).stdout;
    let ids = ids.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()["id"].clone());
    assert_eq!(ids.collect::<Vec<_>>(), ["eni-1", "eni-2"]);
    let days = ["--from", "2026-03-02T12:00Z", "--to", "2026-03-03T12:00Z"];
    insta::assert_snapshot!(ran(&[&["diff", "--output", "csv"], &days[..]].concat()), @"
    exit 0
    --- stdout
    change,kind,id,column,before,after
    changed,interfaces,eni-1,security_group_ids,[sg-1],[sg-2]
    gone,interfaces,eni-2,,,
    new,interfaces,eni-3,,,
    ");
}

#[test]
fn sql_knows_the_tables_before_and_after_an_import() {
    let here = Here::with_lake();
    let sql = |text: &str| here.run(&["sql", text, "--lake", "lake", "--output", "csv"]).shown();
    insta::assert_snapshot!(sql("SELECT count(*) AS n FROM interfaces"), @"
    exit 0
    --- stdout
    n
    0
    ");
    here.write("group.json", GROUP);
    here.write("eni.json", &interfaces(&[("eni-1235b8ca123456789", "sg-1")]));
    let import = ["import", "*.json", "--at", "2014-12-15", "--since", "2014-12-01"];
    assert_eq!(inventory(&here, &import).code, 0);
    insta::assert_snapshot!(sql(
        "SELECT action, count(*) AS n, min(name) AS security_group FROM flows
         JOIN interfaces ON id = interface_id AND start >= valid_from
             AND (valid_until IS NULL OR start < valid_until)
         JOIN security_groups AS g ON array_has(interfaces.security_group_ids, g.id)
         WHERE log_status = 'OK' GROUP BY action ORDER BY action"
    ), @"
    exit 0
    --- stdout
    action,n,security_group
    ACCEPT,1,web
    REJECT,1,web
    ");
    insta::assert_snapshot!(sql(
        "SELECT id, protocol, from_port, cidr, tags FROM security_group_rules
         LEFT JOIN (SELECT id AS g, tags FROM security_groups) ON g = group_id ORDER BY id"
    ), @"
    exit 0
    --- stdout
    id,protocol,from_port,cidr,tags
    sg-1/egress/all/pl-1,,,,{}
    sg-1/ingress/17:5000-5010/sg-2,17,5000,,{}
    sg-1/ingress/6:443-443/0.0.0.0/0,6,443,0.0.0.0/0,{}
    ");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_kept() {
    let here = Here::new();
    here.write("bad.json", r#"{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/99"}, {}]}"#);
    here.write("old.tfstate", r#"{"version": 3, "terraform_version": "0.11.14", "modules": []}"#);
    here.write("notes.txt", "not JSON");
    let files = ["bad.json", "old.tfstate", "notes.txt"];
    // The oldest file is read first: two that were written at once have no order.
    for (age_s, file) in files.iter().rev().enumerate() {
        let at =
            std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_772_000_000 - age_s as u64);
        let file = std::fs::File::options().write(true).open(here.path(file)).unwrap();
        file.set_modified(at).unwrap();
    }
    let import = |rest: &[&str]| inventory(&here, &[&["import"], &files[..], rest].concat());
    insta::assert_snapshot!(import(&["--at", "2026-03-02", "--strict"]).shown(), @"
    exit 4
    --- stderr
    warning: bad.json: Vpcs[0].CidrBlock: `10.0.0.0/99` is not a block of addresses
    warning: bad.json: Vpcs[1]: the item has no `VpcId`
    warning: old.tfstate: version: Terraform state of version 3; version 4 is read, which `terraform state pull` of Terraform 0.12 and later writes
    warning: notes.txt: the JSON cannot be read on: expected ident at line 1 column 2
    inventory changed by 3 files in [N] s
      vpcs                 1 new
      known from 2026-03-02T00:00:00Z; records before have no context: `--since TIME` if it was so before
      4 items could not be read
    ");
    let ran = import(&["--at", "2026-03-02", "--output", "json"]);
    assert_eq!(ran.code, 0);
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(summary["notes"].as_array().unwrap().len(), 4);
    assert_eq!(summary["kinds"]["vpcs"]["n_unchanged"], 1);
    insta::assert_snapshot!(inventory(&here, &["import", "gone.json"]).shown(), @"
    exit 2
    --- stderr
    error: cannot read `gone.json`
      caused by: No such file or directory (os error 2)
    ");
    let clash = ["import", "bad.json", "--at", "2026-03-02", "--since", "2026-03-03"];
    insta::assert_snapshot!(inventory(&here, &clash).shown(), @"
    exit 2
    --- stderr
    error: `--since` is after `--at`

    hint: `--at` is when it was seen, `--since` since when it was so
    ");
}

#[test]
fn stdin_is_read() {
    let here = Here::new();
    let import =
        ["inventory", "import", "-", "--at", "2026-03-02", "--lake", "lake", "--output", "json"];
    let ran = here.run_on(&interfaces(&[("eni-1", "sg-1")]), &import);
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(summary["kinds"]["interfaces"]["n_opened"], 1, "{}", ran.stderr);
    assert_eq!(summary["known_from"], "2026-03-02T00:00:00Z");
}

#[test]
fn the_network_of_a_synthetic_world_is_read_without_a_note() {
    let here = Here::new();
    let made = here.run(&["generate", "--out", "world", "--records", "2000"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let import = ["import", "world/network", "--strict", "--output", "json"];
    let ran = inventory(&here, &import);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let summary: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(summary["notes"], json!([]), "{}", ran.stderr);
    for kind in ["interfaces", "security_groups", "security_group_rules", "prefix_lists", "vpcs"] {
        assert!(summary["kinds"][kind]["n_opened"].as_u64().unwrap() > 0, "{kind}");
    }
    let count = "SELECT count(*) AS n FROM security_group_rules WHERE id NOT LIKE 'sgr-%'";
    let ran = here.run(&["sql", count, "--lake", "lake", "--output", "csv"]);
    assert_eq!(ran.stdout, "n\n0\n");
    let again: Value = serde_json::from_str(&inventory(&here, &import).stdout).unwrap();
    for counts in again["kinds"].as_object().unwrap().values() {
        assert_eq!(
            (&counts["n_opened"], &counts["n_changed"], &counts["n_closed"]),
            (&json!(0), &json!(0), &json!(0))
        );
    }
}
