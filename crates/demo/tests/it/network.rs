//! The network's JSON agrees with itself and with the records.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_demo::Spec;

use crate::support::{records, run};

fn ids(files: &BTreeMap<String, Value>, name: &str, list: &str, id: &str) -> BTreeSet<String> {
    let values = files[&format!("{name}.json")][list].as_array().unwrap();
    values.iter().map(|it| it[id].as_str().unwrap().to_owned()).collect()
}

fn files() -> BTreeMap<String, Value> {
    run(Spec { n_records: 300, ..Spec::small(41) }).world.network_json().into_iter().collect()
}

#[test]
fn every_call_has_its_file() {
    let counts: Vec<String> = files()
        .into_iter()
        .map(|(name, value)| {
            let (list, values) = value.as_object().unwrap().iter().next().unwrap();
            let name = name.split("-pl-").next().unwrap().trim_end_matches(".json");
            format!("{name} {list} {}", values.as_array().unwrap().len())
        })
        .collect();
    insta::assert_snapshot!(counts.join("\n"), @"
    describe-flow-logs FlowLogs 3
    describe-instances Reservations 34
    describe-managed-prefix-lists PrefixLists 3
    describe-nat-gateways NatGateways 4
    describe-network-interfaces NetworkInterfaces 59
    describe-security-group-rules SecurityGroupRules 73
    describe-security-groups SecurityGroups 26
    describe-subnets Subnets 27
    describe-vpcs Vpcs 3
    get-managed-prefix-list-entries Entries 1
    get-managed-prefix-list-entries Entries 1
    get-managed-prefix-list-entries Entries 1
    ");
}

#[test]
fn what_is_referred_to_is_there() {
    let files = files();
    let groups = ids(&files, "describe-security-groups", "SecurityGroups", "GroupId");
    let subnets = ids(&files, "describe-subnets", "Subnets", "SubnetId");
    let vpcs = ids(&files, "describe-vpcs", "Vpcs", "VpcId");
    let lists = ids(&files, "describe-managed-prefix-lists", "PrefixLists", "PrefixListId");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for it in files["describe-network-interfaces.json"]["NetworkInterfaces"].as_array().unwrap() {
        assert!(subnets.contains(&text(&it["SubnetId"])) && vpcs.contains(&text(&it["VpcId"])));
        for group in it["Groups"].as_array().unwrap() {
            assert!(groups.contains(&text(&group["GroupId"])));
        }
    }
    let rules = files["describe-security-group-rules.json"]["SecurityGroupRules"].as_array();
    for rule in rules.unwrap() {
        assert!(groups.contains(&text(&rule["GroupId"])));
        let reference = &rule["ReferencedGroupInfo"]["GroupId"];
        assert!(reference.is_null() || groups.contains(&text(reference)));
        let list = &rule["PrefixListId"];
        assert!(list.is_null() || lists.contains(&text(list)));
        let peers = ["CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"];
        assert_eq!(peers.iter().filter(|it| !rule[**it].is_null()).count(), 1, "{rule}");
    }
    for flow_log in files["describe-flow-logs.json"]["FlowLogs"].as_array().unwrap() {
        assert!(vpcs.contains(&text(&flow_log["ResourceId"])));
        assert!(text(&flow_log["LogFormat"]).starts_with("${version} ${account-id} "));
    }
}

#[test]
fn interfaces_of_every_kind_are_there() {
    let files = files();
    let mut kinds = BTreeSet::new();
    let mut n_pods = 0;
    for it in files["describe-network-interfaces.json"]["NetworkInterfaces"].as_array().unwrap() {
        let description = it["Description"].as_str().unwrap();
        let word = description.split([' ', '/']).next().unwrap();
        kinds.insert(format!(
            "{} {}",
            it["InterfaceType"].as_str().unwrap(),
            &word[..word.len().min(7)]
        ));
        n_pods += it["PrivateIpAddresses"].as_array().unwrap().len() - 1;
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    insta::assert_snapshot!(kinds.join("\n"), @"
    interface 
    interface ECS
    interface RDSNetw
    interface aws-K8S
    lambda AWS
    load_balancer ELB
    nat_gateway Interfa
    vpc_endpoint VPC
    ");
    assert_eq!(n_pods, 32);
}

#[test]
fn addresses_are_given_once() {
    let mut seen = BTreeSet::new();
    for it in files()["describe-network-interfaces.json"]["NetworkInterfaces"].as_array().unwrap() {
        for address in it["PrivateIpAddresses"].as_array().unwrap() {
            assert!(seen.insert(address["PrivateIpAddress"].to_string()), "{address}");
        }
        for address in it["Ipv6Addresses"].as_array().unwrap() {
            assert!(seen.insert(address["Ipv6Address"].to_string()), "{address}");
        }
    }
    assert_eq!(seen.len(), 59 + 32 + 9);
}

#[test]
fn the_own_side_of_a_record_is_the_address_of_its_interface() {
    let run = run(Spec::small(42));
    let mut own: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (_, interfaces) = &run.world.network_json()[0];
    for it in interfaces["NetworkInterfaces"].as_array().unwrap() {
        let addresses = own.entry(it["NetworkInterfaceId"].as_str().unwrap().into()).or_default();
        addresses.insert(it["PrivateIpAddress"].as_str().unwrap().into());
        for address in it["Ipv6Addresses"].as_array().unwrap() {
            addresses.insert(address["Ipv6Address"].as_str().unwrap().into());
        }
    }
    for record in records(&run.objects) {
        let addresses = &own[record.text("interface-id")];
        let side = match record.text("flow-direction") {
            "egress" => "srcaddr",
            "ingress" => "dstaddr",
            _ => continue,
        };
        assert!(addresses.contains(record.text(side)), "{:?}", record.fields);
        let is_egress = record.text("flow-direction") == "egress";
        assert_eq!(record.text("traffic-path") == "-", !is_egress);
    }
}
