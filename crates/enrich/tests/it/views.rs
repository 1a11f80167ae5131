//! What counts, and which way rows went, where several views and several sources meet.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use insta::assert_snapshot;
use tidegate_enrich::{Context, Evidence, Limits, Network};
use tidegate_model::columns::Columns;
use tidegate_model::inventory::{Inventory, NatGateway};

use crate::support::{always, columns, enriched, interface, table};

const FORMAT: &str =
    "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action";

#[test]
fn the_own_address_is_learned_from_the_rows() {
    let mut lines = String::new();
    for peer in 1..30 {
        writeln!(
            lines,
            "eni-1 192.0.2.{peer} 10.0.0.1 4000{peer} 80 6 9 900 1700000000 1700000050 ACCEPT"
        )
        .unwrap();
        writeln!(
            lines,
            "eni-1 10.0.0.1 192.0.2.{peer} 80 4000{peer} 6 9 900 1700000000 1700000050 ACCEPT"
        )
        .unwrap();
    }
    lines.push_str("eni-2 192.0.2.1 10.0.0.2 40001 80 6 9 900 1700000000 1700000050 ACCEPT\n");
    let rows = enriched(columns(FORMAT, &lines), &Inventory::default());
    let rows = table(&rows, &["interface_id", "srcaddr", "direction", "direction_source"]);
    assert_snapshot!(rows[56..].join("\n"), @r"
    eni-1 192.0.2.29 ingress learned
    eni-1 10.0.0.1 egress learned
    eni-2 192.0.2.1 unknown none
    ");
}

#[test]
fn a_regional_nat_gateway_has_no_interface() {
    let format = "interface-id resource-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr protocol start";
    let lines = "\
        - nat-1 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 6 1700000000\n\
        - nat-1 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5 6 1700000000";
    let gateway = NatGateway {
        id: "nat-1".to_owned(),
        vpc_id: "vpc-1".to_owned(),
        private_addresses: vec!["10.0.0.220".parse().unwrap()],
        ..NatGateway::default()
    };
    let known = Inventory { nat_gateways: vec![always(gateway)], ..Inventory::default() };
    let names = ["srcaddr", "direction", "vantage", "counted", "vpc_id", "interface_service"];
    let check = |inventory: &Inventory| {
        table(&enriched(columns(format, lines), inventory), &names).join("\n")
    };
    assert_snapshot!(check(&known), @r"
    10.0.1.5 ingress transit true vpc-1 nat-gateway
    10.0.0.220 egress transit false vpc-1 nat-gateway
    ");
    assert_snapshot!(check(&Inventory::default()), @r"
    10.0.1.5 unknown transit true - -
    10.0.0.220 unknown transit false - -
    ");
}

#[test]
fn what_was_rejected_where_it_arrived_did_not_cross() {
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 9999 6 3 180 1700000000 1700000050 ACCEPT\n\
        eni-2 10.0.0.1 10.0.0.2 40000 9999 6 3 180 1700000000 1700000050 REJECT\n\
        eni-2 10.0.0.2 10.0.0.9 40000 9999 6 3 180 1700000000 1700000050 ACCEPT";
    let interfaces =
        vec![always(interface("eni-1", "10.0.0.1")), always(interface("eni-2", "10.0.0.2"))];
    let inventory = Inventory { interfaces, ..Inventory::default() };
    let rows = enriched(columns(FORMAT, lines), &inventory);
    let names = ["interface_id", "action", "vantage", "counted", "nacl_asymmetric", "reject_cause"];
    assert_snapshot!(table(&rows, &names).join("\n"), @r"
    eni-1 ACCEPT sender false false -
    eni-2 REJECT receiver false false security-group-or-nacl
    eni-2 ACCEPT sender true false -
    ");
}

#[test]
fn one_rejection_does_not_stop_a_flow_for_ever() {
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700000000 1700000050 ACCEPT\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700000000 1700000050 ACCEPT\n\
        eni-1 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700000060 1700000110 ACCEPT\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 1 60 1700000060 1700000110 REJECT\n\
        eni-1 10.0.0.1 10.0.0.2 40001 514 17 3 180 1700000000 1700000050 ACCEPT\n\
        eni-2 10.0.0.1 10.0.0.2 40001 514 17 3 180 1700000000 1700000050 REJECT\n\
        eni-1 10.0.0.1 10.0.0.2 40001 514 17 3 180 1700009000 1700009050 ACCEPT\n\
        eni-2 10.0.0.2 10.0.0.9 40000 514 17 3 180 1700000000 1700000050 ACCEPT";
    let interfaces =
        vec![always(interface("eni-1", "10.0.0.1")), always(interface("eni-2", "10.0.0.2"))];
    let inventory = Inventory { interfaces, ..Inventory::default() };
    let rows = enriched(columns(FORMAT, lines), &inventory);
    let rows = table(&rows, &["interface_id", "srcport", "action", "counted"]);
    assert_snapshot!(rows.join("\n"), @r"
    eni-1 40000 ACCEPT true
    eni-2 40000 ACCEPT false
    eni-1 40000 ACCEPT true
    eni-2 40000 REJECT false
    eni-1 40001 ACCEPT false
    eni-2 40001 REJECT false
    eni-1 40001 ACCEPT true
    eni-2 40000 ACCEPT true
    ");
}

#[test]
fn what_a_sender_is_no_longer_logged_for_counts_where_it_arrives() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action flow-direction";
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700000000 1700000050 ACCEPT egress\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700000000 1700000050 ACCEPT ingress\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700080000 1700080050 ACCEPT ingress\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700200000 1700200050 ACCEPT ingress\n\
        eni-3 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700900000 1700900050 ACCEPT egress\n\
        eni-2 10.0.0.1 10.0.0.2 40000 514 17 3 180 1700900000 1700900050 ACCEPT ingress";
    let interfaces =
        vec![always(interface("eni-1", "10.0.0.1")), always(interface("eni-2", "10.0.0.2"))];
    let mut known = Inventory { interfaces, ..Inventory::default() };
    let check = |inventory: &Inventory| {
        let rows = enriched(columns(format, lines), inventory);
        table(&rows, &["counted"]).join(" ")
    };
    assert_eq!(check(&Inventory::default()), "true false false true true false");
    known.interfaces[0].validity.until_us = 1_700_500_000_000_000;
    known.interfaces.push(always(interface("eni-3", "10.0.0.1")));
    known.interfaces[2].validity.from_us = 1_700_500_000_000_000;
    assert_eq!(check(&known), "true false false true true false");
}

/// Returns the rows of an object of this flow log.
fn of_flow_log(id: &str, lines: &str) -> Columns {
    let batches = crate::support::decode(Some(FORMAT), lines.as_bytes()).into_iter();
    let batches = batches.map(|it| {
        let ids: ArrayRef = Arc::new(StringArray::from(vec![id; it.num_rows()]));
        let mut columns: Vec<(String, ArrayRef)> = it
            .schema()
            .fields()
            .iter()
            .zip(it.columns())
            .map(|(field, array)| (field.name().clone(), Arc::clone(array)))
            .collect();
        columns.push(("flow_log_id".to_owned(), ids));
        RecordBatch::try_from_iter(columns).unwrap()
    });
    Columns::merge(batches.collect()).unwrap()
}

#[test]
fn of_two_flow_logs_one_counts_for_ever() {
    let line = "eni-1 10.0.0.1 192.0.2.2 40000 80 6 9 900 1700000000 1700000050 ACCEPT\n";
    let later = "eni-1 10.0.0.1 192.0.2.2 40000 80 6 9 900 1700000900 1700000950 ACCEPT\n";
    let earlier = "eni-1 10.0.0.1 192.0.2.2 40000 80 6 9 900 1699999900 1699999950 ACCEPT\n";
    let network = Network::default();
    let mut evidence = Evidence::default();
    let mut counted = |id: &str, lines: &str| {
        let mut columns = of_flow_log(id, lines);
        evidence.observe(&columns);
        evidence.pin();
        // As from one run to the next.
        evidence = Evidence::from_batch(&evidence.to_batch().unwrap(), Limits::default()).unwrap();
        tidegate_enrich::apply(&mut columns, &Context { network: &network, evidence: &evidence });
        table(&columns, &["flow_log_id", "vantage", "counted"]).join(", ")
    };
    assert_eq!(counted("fl-b", line), "fl-b unknown true");
    assert_eq!(counted("fl-a", later), "fl-a duplicate false");
    // Before the flow log that counts began, there was only the other.
    assert_eq!(counted("fl-a", earlier), "fl-a unknown true");
    assert_eq!(counted("fl-b", later), "fl-b unknown true");
}

#[test]
fn limits_forget_the_oldest_and_count_it() {
    let mut lines = String::new();
    for at in 0..2_000 {
        let (port, start) = (10_000 + at, 1_700_000_000 + at);
        writeln!(lines, "eni-1 10.0.0.1 192.0.2.2 {port} 9999 6 9 900 {start} {start} ACCEPT")
            .unwrap();
    }
    let limits = Limits { n_tuples_max: 1_000, n_endpoints_max: 1_000, n_interfaces_max: 10 };
    let mut evidence = Evidence::new(limits);
    evidence.observe(&columns(FORMAT, &lines));
    assert!((750..=1_000).contains(&evidence.n_tuples()), "{}", evidence.n_tuples());
    // A quarter at a time, of connections and of endpoints.
    assert_eq!(evidence.n_forgotten(), 2_500);
}

#[test]
fn evidence_of_another_version_is_not_read() {
    let batch = Evidence::default().to_batch().unwrap();
    let schema = batch.schema().as_ref().clone();
    let schema = schema.with_metadata(std::collections::HashMap::new());
    let batch = RecordBatch::try_new(Arc::new(schema), batch.columns().to_vec()).unwrap();
    let error = Evidence::from_batch(&batch, Limits::default()).unwrap_err();
    assert_snapshot!(error, @"Schema error: evidence of version none, not 2");
}
