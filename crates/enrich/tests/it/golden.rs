//! AWS's own example records: "Flow log record examples" of the VPC user guide, and records that
//! were published of network ACLs.

use std::path::PathBuf;

use insta::assert_snapshot;
use tidegate_model::columns::Columns;
use tidegate_model::inventory::{Interface, Inventory};

use crate::support::{always, columns, enriched, interface, table};

const COLUMNS: &[&str] = &[
    "interface_id",
    "srcaddr",
    "dstaddr",
    "action",
    "direction",
    "direction_source",
    "initiator",
    "initiator_source",
    "vantage",
    "counted",
    "nacl_asymmetric",
    "reject_cause",
];

/// Returns the records with this id, all of which have one format.
fn published(id: &str) -> Columns {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("test_data/published.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let records = text.lines().map(|it| serde_json::from_str::<serde_json::Value>(it).unwrap());
    let records: Vec<_> = records.filter(|it| it["id"].as_str().unwrap().starts_with(id)).collect();
    let lines: Vec<&str> = records.iter().map(|it| it["raw"].as_str().unwrap()).collect();
    columns(records[0]["format"].as_str().unwrap(), &lines.join("\n"))
}

fn inventory(interfaces: Vec<Interface>) -> Inventory {
    let interfaces = interfaces.into_iter().map(always).collect();
    Inventory { interfaces, ..Inventory::default() }
}

fn check(id: &str, interfaces: Vec<Interface>) -> String {
    table(&enriched(published(id), &inventory(interfaces)), COLUMNS).join("\n")
}

fn nat_gateway() -> Interface {
    Interface {
        interface_type: "nat_gateway".to_owned(),
        ..interface("eni-1235b8ca123456789", "10.0.0.220")
    }
}

fn attachment(id: &str, address: &str) -> Interface {
    Interface { interface_type: "transit_gateway".to_owned(), ..interface(id, address) }
}

#[test]
fn a_ping_that_the_network_acl_does_not_let_out_again() {
    let server = || vec![interface("eni-1235b8ca123456789", "172.31.16.139")];
    assert_snapshot!(check("doc-icmp-sg-vs-nacl", server()), @r"
    eni-1235b8ca123456789 203.0.113.12 172.31.16.139 ACCEPT ingress inventory src one-sided receiver true true -
    eni-1235b8ca123456789 172.31.16.139 203.0.113.12 REJECT egress inventory dst one-sided sender false true nacl
    ");
    assert_snapshot!(check("kyhau-nacl-3records", vec![]), @r"
    eni-xxx 123.45.67.89 172.31.44.17 ACCEPT unknown none src one-sided unknown true true -
    eni-xxx 172.31.44.17 123.45.67.89 ACCEPT unknown none dst one-sided unknown true false -
    eni-xxx 172.31.44.17 123.45.67.89 REJECT unknown none dst one-sided unknown false true nacl
    ");
    assert_snapshot!(check("kyhau-icmp-variants", server()), @r"
    eni-1235b8ca123456789 172.31.16.139 203.0.113.12 ACCEPT egress inventory src one-sided sender true true -
    eni-1235b8ca123456789 203.0.113.12 172.31.16.139 REJECT ingress inventory dst one-sided receiver false true nacl
    ");
}

#[test]
fn traffic_through_a_nat_gateway() {
    let instance = || interface("eni-1111aaaa2222bbbb3", "10.0.1.5");
    assert_snapshot!(check("doc-natgw-eni", vec![nat_gateway()]), @r"
    eni-1235b8ca123456789 10.0.1.5 10.0.0.220 - ingress inventory src nat transit true false -
    eni-1235b8ca123456789 10.0.0.220 203.0.113.5 - egress inventory src nat transit false false -
    eni-1235b8ca123456789 203.0.113.5 10.0.0.220 - ingress inventory dst nat transit false false -
    eni-1235b8ca123456789 10.0.0.220 10.0.1.5 - egress inventory dst nat transit true false -
    ");
    assert_snapshot!(check("doc-natgw-instance-eni", vec![instance()]), @r"
    eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 - egress inventory unknown none sender true false -
    eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 - ingress inventory unknown none receiver true false -
    ");
    assert_snapshot!(check("doc-natgw", vec![nat_gateway(), instance()]), @r"
    eni-1235b8ca123456789 10.0.1.5 10.0.0.220 - ingress inventory src nat transit false false -
    eni-1235b8ca123456789 10.0.0.220 203.0.113.5 - egress inventory src nat transit false false -
    eni-1235b8ca123456789 203.0.113.5 10.0.0.220 - ingress inventory dst nat transit false false -
    eni-1235b8ca123456789 10.0.0.220 10.0.1.5 - egress inventory dst nat transit false false -
    eni-1111aaaa2222bbbb3 10.0.1.5 203.0.113.5 - egress inventory unknown none sender true false -
    eni-1111aaaa2222bbbb3 203.0.113.5 10.0.1.5 - ingress inventory unknown none receiver true false -
    ");
}

#[test]
fn traffic_through_a_transit_gateway() {
    let attachments = || {
        vec![
            attachment("eni-11111111111111111", "10.40.1.175"),
            attachment("eni-22222222222222222", "10.40.2.31"),
        ]
    };
    let mut with_instance = attachments();
    with_instance.push(interface("eni-33333333333333333", "10.40.2.236"));
    assert_snapshot!(check("doc-tgw-in-vpc-flowlog", with_instance), @r"
    eni-33333333333333333 10.20.33.164 10.40.2.236 ACCEPT ingress inventory src syn receiver true false -
    eni-33333333333333333 10.40.2.236 10.20.33.164 ACCEPT egress inventory dst syn sender true false -
    eni-11111111111111111 10.40.1.175 10.40.2.236 ACCEPT egress inventory src syn transit false false -
    eni-22222222222222222 10.40.2.236 10.40.2.31 ACCEPT ingress inventory dst syn transit false false -
    ");
    assert_snapshot!(check("doc-tgw-in-vpc-flowlog", attachments()), @r"
    eni-33333333333333333 10.20.33.164 10.40.2.236 ACCEPT unknown none src syn unknown true false -
    eni-33333333333333333 10.40.2.236 10.20.33.164 ACCEPT unknown none dst syn unknown true false -
    eni-11111111111111111 10.40.1.175 10.40.2.236 ACCEPT egress inventory src syn transit true false -
    eni-22222222222222222 10.40.2.236 10.40.2.31 ACCEPT ingress inventory dst syn transit true false -
    ");
}

#[test]
fn ipv6() {
    let sender = interface("eni-1235b8ca123456789", "2001:db8:1234:a100:8d6e:3477:df66:f105");
    assert_snapshot!(check("doc-ipv6", vec![sender]), @"eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 ACCEPT egress inventory src one-sided sender true false -");
}

#[test]
fn tcp_flags_over_two_intervals() {
    let server = interface("eni-1235b8ca123456789", "10.0.0.62");
    assert_snapshot!(check("doc-tcpflags-interval", vec![server]), @r"
    eni-1235b8ca123456789 52.213.180.42 10.0.0.62 ACCEPT ingress inventory src syn receiver true false -
    eni-1235b8ca123456789 10.0.0.62 52.213.180.42 ACCEPT egress inventory dst syn sender true false -
    eni-1235b8ca123456789 52.213.180.42 10.0.0.62 ACCEPT ingress inventory src syn receiver true false -
    eni-1235b8ca123456789 10.0.0.62 52.213.180.42 ACCEPT egress inventory dst syn sender true false -
    eni-1235b8ca123456789 10.0.0.62 52.213.180.42 ACCEPT egress inventory dst connection sender true false -
    eni-1235b8ca123456789 52.213.180.42 10.0.0.62 ACCEPT ingress inventory src connection receiver true false -
    ");
}

#[test]
fn accepted_rejected_and_nothing() {
    let server = || vec![interface("eni-1235b8ca123456789", "172.31.16.21")];
    assert_snapshot!(check("doc-accept-ssh", server()), @"eni-1235b8ca123456789 172.31.16.139 172.31.16.21 ACCEPT ingress inventory src one-sided receiver true false -");
    assert_snapshot!(check("doc-reject-rdp", vec![interface("eni-1235b8ca123456789", "172.31.9.12")]), @"eni-1235b8ca123456789 172.31.9.69 172.31.9.12 REJECT ingress inventory src one-sided receiver false false security-group-or-nacl");
    assert_snapshot!(check("doc-nodata", server()), @"eni-1235b8ca123456789 - - - - - - - - false false -");
    assert_snapshot!(check("doc-skipdata", server()), @"eni-11111111aaaaaaaaa - - - - - - - - false false -");
}

#[test]
fn the_direction_that_aws_wrote() {
    assert_snapshot!(check("doc-v5-s3", vec![]), @r"
    eni-1235b8ca123456789 52.95.128.179 10.0.0.71 ACCEPT ingress aws dst syn receiver true false -
    eni-1235b8ca123456789 10.0.0.71 52.95.128.179 ACCEPT egress aws src syn sender true false -
    ");
    assert_snapshot!(check("flowlogs-reader-v5-file", vec![]), @r"
    eni-00123456789abcdef 198.51.100.7 192.0.2.156 ACCEPT ingress aws dst syn receiver true false -
    eni-00123456789abcdef 192.0.2.156 198.51.100.6 ACCEPT egress aws src syn sender true false -
    ");
}
