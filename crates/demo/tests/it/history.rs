//! A network that changes while its traffic flows: the history, and the truth of each record.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde_json::{Value, json};
use tidegate_demo::Spec;

use crate::support::{Record, Run, gunzip, records, rows, run};

/// Names of the groups that come and go.
const TEAMS: [&str; 3] = ["team-a", "team-b", "team-c"];

fn changing(seed: u64) -> Spec {
    Spec { group_changes_per_day: 20, has_record_truth: true, ..Spec::small(seed) }
}

/// The files of AWS Config, by name.
fn files(run: &Run) -> Vec<(String, Vec<u8>)> {
    run.world.config_history().map(Result::unwrap).collect()
}

/// The configuration items of all files, in the order of time.
fn items(run: &Run) -> Vec<Value> {
    let mut items = Vec::new();
    for (_, bytes) in files(run) {
        let file: Value = serde_json::from_str(&gunzip(&bytes)).unwrap();
        items.extend(file["configurationItems"].as_array().unwrap().iter().cloned());
    }
    items.sort_by_key(captured);
    items
}

fn captured(item: &Value) -> u64 {
    let time = item["configurationItemCaptureTime"].as_str().unwrap();
    DateTime::parse_from_rfc3339(time).unwrap().timestamp().unsigned_abs()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn groups(item: &Value) -> BTreeSet<String> {
    let groups = item["configuration"]["groups"].as_array().unwrap();
    groups.iter().map(|it| text(&it["groupId"])).collect()
}

/// The addresses of an interface, of both families.
fn addresses(configuration: &Value) -> Vec<String> {
    let lists = [("privateIpAddresses", "privateIpAddress"), ("ipv6Addresses", "ipv6Address")];
    let of = |(list, name): (&str, &str)| {
        let list = configuration[list].as_array().unwrap();
        list.iter().map(|it| text(&it[name])).collect::<Vec<_>>()
    };
    lists.into_iter().flat_map(of).collect()
}

/// The groups of every interface over time, and whose each address is, read from the items.
#[derive(Default)]
struct Replayed {
    groups: BTreeMap<String, BTreeMap<u64, BTreeSet<String>>>,
    interfaces: BTreeMap<String, String>,
}

impl Replayed {
    fn new(run: &Run) -> Self {
        let mut replayed = Self::default();
        for item in items(run) {
            let id = text(&item["resourceId"]);
            let own = addresses(&item["configuration"]).into_iter().map(|it| (it, id.clone()));
            replayed.interfaces.extend(own);
            let before =
                replayed.groups.entry(id).or_default().insert(captured(&item), groups(&item));
            assert_eq!(before, None, "two items of one interface and moment");
        }
        replayed
    }

    fn at(&self, interface_id: &str, moment: u64) -> String {
        let (_, groups) = self.groups[interface_id].range(..=moment).next_back().unwrap();
        groups.iter().cloned().collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn the_same_specification_yields_the_same_history_with_any_number_of_threads() {
    let one = run(changing(1));
    let other = run(Spec { n_threads: 3, ..changing(1) });
    assert_eq!(files(&one), files(&other));
    let truth = |run: &Run| run.truth.records_csv_gz().unwrap();
    assert_eq!(truth(&one), truth(&other));
    assert_ne!(items(&one), items(&run(changing(2))));
}

#[test]
fn changes_leave_the_traffic_as_it_is() {
    let still = run(Spec { group_changes_per_day: 0, ..changing(3) });
    let changing = run(changing(3));
    assert!(still.objects == changing.objects);
    assert_eq!(still.truth.to_json(), changing.truth.to_json());
    assert_eq!((still.world.n_group_changes(), files(&still).len()), (0, 0));
    let without = |name: &str, list: &str, field: &str, run: &Run| {
        let files: BTreeMap<String, Value> = run.world.network_json().into_iter().collect();
        let mut values = files[name][list].as_array().unwrap().clone();
        values.retain(|it| !TEAMS.iter().any(|team| it["GroupName"] == *team));
        for it in &mut values {
            it[field] = json!(null);
        }
        values
    };
    for (name, list, field) in [
        ("describe-network-interfaces.json", "NetworkInterfaces", "Groups"),
        ("describe-security-groups.json", "SecurityGroups", ""),
        ("describe-security-group-rules.json", "SecurityGroupRules", ""),
    ] {
        let check = |run: &Run| without(name, list, field, run);
        assert_eq!(check(&still), check(&changing), "{name}");
    }
}

#[test]
fn every_group_is_attached_and_detached_as_often_as_was_asked_for() {
    let run = run(Spec { days: 2, ..changing(4) });
    let mut last: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let mut counts: BTreeMap<(u64, String), (u64, u64)> = BTreeMap::new();
    let mut n_first = 0;
    for item in items(&run) {
        let own = item["configuration"]["groups"].as_array().unwrap();
        assert!(own.len() <= 5, "AWS allows five groups: {own:?}");
        let own: BTreeSet<(String, String)> =
            own.iter().map(|it| (text(&it["groupId"]), text(&it["groupName"]))).collect();
        let Some(before) = last.insert(text(&item["resourceId"]), own.clone()) else {
            assert_eq!(captured(&item), run.truth.from_s);
            assert_eq!(item["configurationItemStatus"], "ResourceDiscovered");
            n_first += 1;
            continue;
        };
        let changed: Vec<&(String, String)> = own.symmetric_difference(&before).collect();
        let [(id, name)] = changed[..] else { panic!("{changed:?}") };
        assert!(TEAMS.contains(&name.as_str()), "{name}");
        let day = (captured(&item) - run.truth.from_s) / 86_400;
        let (n_attached, n_detached) = counts.entry((day, id.clone())).or_default();
        *if own.len() > before.len() { n_attached } else { n_detached } += 1;
    }
    assert_eq!((n_first, counts.len()), (59, 2 * 9));
    assert!(counts.values().all(|it| it.0 + it.1 == 20 && it.0 > 0 && it.1 > 0), "{counts:?}");
    assert_eq!(run.world.n_group_changes(), 2 * 9 * 20);
}

#[test]
fn files_are_named_as_aws_config_names_them() {
    let other_accounts = vec!["210987654321".to_owned()];
    let run = run(Spec { other_accounts, ..changing(5) });
    let files = files(&run);
    for (name, bytes) in &files {
        let parts: Vec<&str> = name.split('_').collect();
        let [account, "Config", region, "ConfigHistory", kind, from, until, "1.json.gz"] =
            parts[..]
        else {
            panic!("{name}");
        };
        assert_eq!((region, kind), ("us-east-1", "AWS::EC2::NetworkInterface"));
        let file: Value = serde_json::from_str(&gunzip(bytes)).unwrap();
        let items = file["configurationItems"].as_array().unwrap();
        let stamp = |item: &Value| {
            text(&item["configurationItemCaptureTime"]).replace(['-', ':'], "").replace(".000", "")
        };
        assert_eq!((stamp(&items[0]), stamp(&items[items.len() - 1])), (from.into(), until.into()));
        assert!(
            items.is_sorted_by_key(captured)
                && items.iter().all(|it| it["awsAccountId"] == account)
        );
    }
    let names: BTreeSet<&String> = files.iter().map(|it| &it.0).collect();
    assert_eq!((files.len(), names.len()), (2 * 4, 2 * 4), "two accounts, every six hours");
}

#[test]
fn an_item_has_the_form_of_aws_config() {
    let run = run(changing(6));
    let is_wanted =
        |it: &&Value| it["tags"]["Name"] == "prod web-1" && it["configurationItemStatus"] == "OK";
    let item = items(&run).iter().find(is_wanted).unwrap().clone();
    let fields = |path: &str, value: &Value| -> Vec<String> {
        let fields = value.as_object().unwrap().iter();
        fields.map(|(name, value)| format!("{path}{name} {value}")).collect()
    };
    let mut lines = fields("", &item);
    lines.retain(|it| !it.starts_with("configuration "));
    lines.extend(fields("configuration.", &item["configuration"]));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    ARN "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-0bc96c99533a0cc0e"
    availabilityZone "us-east-1a"
    awsAccountId "123456789012"
    awsRegion "us-east-1"
    configurationItemCaptureTime "2026-03-02T06:19:20.000Z"
    configurationItemStatus "OK"
    configurationItemVersion "1.3"
    configurationStateId 1772432360000
    relatedEvents []
    relationships [{"name":"Is associated with SecurityGroup","resourceId":"sg-028f31f81b4fe11cf","resourceType":"AWS::EC2::SecurityGroup"},{"name":"Is associated with SecurityGroup","resourceId":"sg-0693e557c966cc88c","resourceType":"AWS::EC2::SecurityGroup"},{"name":"Is associated with SecurityGroup","resourceId":"sg-05503122b38f35180","resourceType":"AWS::EC2::SecurityGroup"},{"name":"Is attached to Subnet","resourceId":"subnet-0460f6fe4f81584a5","resourceType":"AWS::EC2::Subnet"},{"name":"Is contained in Vpc","resourceId":"vpc-0c3307b3826ea6f20","resourceType":"AWS::EC2::VPC"},{"name":"Is attached to Instance","resourceId":"i-00acbef033b290c52","resourceType":"AWS::EC2::Instance"}]
    resourceId "eni-0bc96c99533a0cc0e"
    resourceType "AWS::EC2::NetworkInterface"
    supplementaryConfiguration {}
    tags {"Name":"prod web-1"}
    configuration.attachment {"attachTime":"2025-01-15T08:00:00.000Z","attachmentId":"eni-attach-0bc96c99533a0cc0e","deleteOnTermination":true,"deviceIndex":0,"instanceId":"i-00acbef033b290c52","instanceOwnerId":"123456789012","status":"attached"}
    configuration.availabilityZone "us-east-1a"
    configuration.availabilityZoneId "use1-az1"
    configuration.description ""
    configuration.groups [{"groupId":"sg-028f31f81b4fe11cf","groupName":"web"},{"groupId":"sg-0693e557c966cc88c","groupName":"common"},{"groupId":"sg-05503122b38f35180","groupName":"team-b"}]
    configuration.interfaceType "interface"
    configuration.ipv6Addresses [{"ipv6Address":"2600:1f18:4646:10::1046","isPrimaryIpv6":false}]
    configuration.macAddress "0e:0b:c9:6c:99:53"
    configuration.networkInterfaceId "eni-0bc96c99533a0cc0e"
    configuration.ownerId "123456789012"
    configuration.privateIpAddress "10.0.16.10"
    configuration.privateIpAddresses [{"primary":true,"privateIpAddress":"10.0.16.10"}]
    configuration.requesterManaged false
    configuration.sourceDestCheck true
    configuration.status "in-use"
    configuration.subnetId "subnet-0460f6fe4f81584a5"
    configuration.tagSet [{"key":"Name","value":"prod web-1"}]
    configuration.vpcId "vpc-0c3307b3826ea6f20"
    "#);
}

#[test]
fn interfaces_of_services_are_told_as_such() {
    let mut kinds = BTreeSet::new();
    for item in items(&run(changing(6))) {
        let it = &item["configuration"];
        let description = text(&it["description"]);
        let has_no_digit = |it: &&str| !it.contains(|letter: char| letter.is_ascii_digit());
        let words: Vec<&str> = description.split(' ').filter(has_no_digit).collect();
        let is_checked = it["sourceDestCheck"].as_bool().unwrap();
        let is_managed = it["requesterManaged"].as_bool().unwrap();
        let has_instance = it["attachment"]["instanceId"].is_string();
        assert_ne!(is_managed, has_instance, "{it}");
        let interface_type = text(&it["interfaceType"]);
        kinds.insert(format!("{interface_type}: {}, {is_checked}", words.join(" ")));
    }
    insta::assert_snapshot!(kinds.into_iter().collect::<Vec<_>>().join("\n"), @"
    interface: , true
    interface: ECS task, true
    interface: RDSNetworkInterface, true
    lambda: AWS Lambda VPC, true
    load_balancer: ELB, true
    nat_gateway: Interface for NAT Gateway, false
    vpc_endpoint: VPC Endpoint Interface, true
    ");
}

#[test]
fn the_command_line_shows_what_is_true_after_the_run() {
    let run = run(changing(7));
    let replayed = Replayed::new(&run);
    let files: BTreeMap<String, Value> = run.world.network_json().into_iter().collect();
    let interfaces = files["describe-network-interfaces.json"]["NetworkInterfaces"].as_array();
    for it in interfaces.unwrap() {
        let own = it["Groups"].as_array().unwrap();
        let own: BTreeSet<String> = own.iter().map(|it| text(&it["GroupId"])).collect();
        let own = own.into_iter().collect::<Vec<_>>().join(" ");
        let id = text(&it["NetworkInterfaceId"]);
        assert_eq!(own, replayed.at(&id, run.truth.until_s));
        assert!(!own.is_empty() || it["InterfaceType"] == "nat_gateway", "{id}");
    }
    let groups = files["describe-security-groups.json"]["SecurityGroups"].as_array().unwrap();
    assert_eq!(groups.len(), 26 + 9);
}

/// Asserts that the groups of each record are those of the history at its start; returns how many
/// records begin after the first change of one of their interfaces.
fn check_groups(spec: Spec) -> usize {
    let run = run(spec);
    let replayed = Replayed::new(&run);
    let mut n_changed = 0;
    let all = records(&run.objects);
    let rows = rows(&run);
    assert_eq!(all.len(), rows.len());
    for (record, row) in all.iter().zip(&rows) {
        let (id, start) = (record.text("interface-id"), record.number("start"));
        assert_eq!(row.security_group_ids, replayed.at(id, start), "{:?}", record.fields);
        n_changed += usize::from(replayed.at(id, start) != replayed.at(id, run.truth.from_s));
        if !record.is_ok() {
            assert_eq!((row.direction.as_str(), row.peer_security_group_ids.as_str()), ("-", ""));
            continue;
        }
        assert_eq!(row.direction, record.text("flow-direction"));
        let other = if row.direction == "egress" { "dstaddr" } else { "srcaddr" };
        let peer = replayed.interfaces.get(record.text(other));
        let wanted = peer.map(|it| replayed.at(it, start)).unwrap_or_default();
        assert_eq!(row.peer_security_group_ids, wanted, "{:?}", record.fields);
    }
    n_changed
}

#[test]
fn the_groups_of_a_record_are_those_at_its_start() {
    assert!(check_groups(changing(8)) > 5_000);
    assert!(check_groups(Spec { interval_s: 600, n_records: 60_000, ..changing(9) }) > 5_000);
    assert_eq!(check_without_changes(), 0);
}

/// Returns how many values the groups of an interface ever have beyond one, where nothing changes.
fn check_without_changes() -> usize {
    let run = run(Spec { group_changes_per_day: 0, ..changing(8) });
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (record, row) in records(&run.objects).iter().zip(rows(&run)) {
        let ids = values.entry(record.text("interface-id").to_owned()).or_default();
        ids.insert(row.security_group_ids);
    }
    assert!(values.len() > 50);
    values.values().map(|it| it.len() - 1).sum()
}

#[test]
fn the_bytes_of_counted_records_are_those_that_crossed_once() {
    for seed in 1..=6 {
        check_sums(changing(seed));
        check_sums(Spec { interval_s: 600, n_records: 40_000, ..changing(seed) });
    }
}

/// Asserts that counted records add up to what crossed once.
fn check_sums(spec: Spec) {
    let run = run(spec);
    let all = records(&run.objects);
    let rows = rows(&run);
    let counted: Vec<&Record> =
        all.iter().zip(&rows).filter(|(_, row)| row.is_counted).map(|(record, _)| record).collect();
    assert!(counted.iter().all(|it| it.text("action") == "ACCEPT"));
    let sum = |name: &str| counted.iter().map(|it| it.number(name)).sum::<u64>();
    let truth = &run.truth;
    assert_eq!((sum("bytes"), sum("packets")), (truth.bytes_once, truth.packets_once));
    assert!(truth.bytes_once * 2 < truth.bytes, "most is seen more than once");
}
