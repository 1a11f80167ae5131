//! Who opened: the cases that are easily taken for something else.

use std::fmt::Write as _;

use insta::assert_snapshot;
use tidegate_enrich::{Context, Evidence, Limits, Network};
use tidegate_model::inventory::Inventory;

use crate::support::{columns, enriched, table};

const ALL: &str = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags";
const DEFAULT: &str =
    "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action";

/// Something that began long before, so that the rest is no middle of a connection.
const BEFORE: &str = "eni-0 192.0.2.1 192.0.2.2 0 0 47 1 40 1600000000 1600000000 ACCEPT";

/// Enriches the lines and renders what was found of the last ones.
fn check(format: &str, lines: &str, n_last: usize) -> String {
    let flags = if format == ALL { " -" } else { "" };
    let rows =
        enriched(columns(format, &format!("{BEFORE}{flags}\n{lines}")), &Inventory::default());
    let names = [
        "srcaddr",
        "srcport",
        "dstaddr",
        "dstport",
        "initiator",
        "initiator_source",
        "initiator_confidence",
    ];
    let rows = table(&rows, &names);
    rows[rows.len() - n_last..].join("\n")
}

#[test]
fn the_middle_of_a_connection_is_known_from_its_beginning() {
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 9999 6 9 900 1700000000 1700000050 ACCEPT 2\n\
        eni-1 10.0.0.2 10.0.0.1 9999 40000 6 9 900 1700000000 1700000050 ACCEPT 18\n\
        eni-1 10.0.0.1 10.0.0.2 40000 9999 6 9 900 1700003600 1700003650 ACCEPT 0\n\
        eni-1 10.0.0.2 10.0.0.1 9999 40000 6 9 900 1700003600 1700003650 ACCEPT 1";
    assert_snapshot!(check(ALL, lines, 4), @r"
    10.0.0.1 40000 10.0.0.2 9999 src syn 1.0
    10.0.0.2 9999 10.0.0.1 40000 dst syn 1.0
    10.0.0.1 40000 10.0.0.2 9999 src connection 0.99
    10.0.0.2 9999 10.0.0.1 40000 dst connection 0.99
    ");
}

#[test]
fn an_answer_that_nobody_asked_for_is_no_answer() {
    let lines = "\
        eni-1 198.51.100.7 10.0.0.2 7172 40000 6 1 40 1700000000 1700000000 ACCEPT 18\n\
        eni-1 10.0.0.2 198.51.100.7 40000 7172 6 1 40 1700000000 1700000000 ACCEPT 4\n\
        eni-1 198.51.100.8 10.0.0.2 443 40000 6 1 40 1700000000 1700000000 ACCEPT 18\n\
        eni-1 10.0.0.2 198.51.100.8 40000 443 6 1 40 1700000000 1700000000 ACCEPT 4";
    assert_snapshot!(check(ALL, lines, 4), @r"
    198.51.100.7 7172 10.0.0.2 40000 src reset 0.9
    10.0.0.2 40000 198.51.100.7 7172 dst reset 0.9
    198.51.100.8 443 10.0.0.2 40000 dst port 0.7
    10.0.0.2 40000 198.51.100.8 443 src port 0.7
    ");
}

#[test]
fn a_scanner_with_one_port_is_no_server() {
    let mut lines = String::new();
    for host in 1..40 {
        for scanner in ["203.0.113.5", "203.0.113.6", "203.0.113.7"] {
            let port = 40_000 + host * 7 + i32::from(scanner.as_bytes()[10]);
            writeln!(
                lines,
                "eni-1 {scanner} 10.0.0.{host} {port} 20001 6 1 44 1700000001 1700000001 ACCEPT"
            )
            .unwrap();
            writeln!(
                lines,
                "eni-1 10.0.0.{host} {scanner} 20001 {port} 6 1 40 1700000001 1700000001 ACCEPT"
            )
            .unwrap();
        }
        writeln!(
            lines,
            "eni-1 203.0.113.9 10.0.0.{host} 31000 20001 6 1 44 1700000000 1700000000 ACCEPT"
        )
        .unwrap();
        writeln!(
            lines,
            "eni-1 10.0.0.{host} 203.0.113.9 20001 31000 6 1 40 1700000000 1700000000 ACCEPT"
        )
        .unwrap();
    }
    assert_snapshot!(check(DEFAULT, &lines, 2), @r"
    203.0.113.9 31000 10.0.0.39 20001 src service 0.95
    10.0.0.39 20001 203.0.113.9 31000 dst service 0.95
    ");
}

#[test]
fn many_clients_make_a_server_with_the_default_fields_too() {
    let mut lines = String::new();
    for client in 1..20 {
        let port = 20_000 + client * 31;
        writeln!(
            lines,
            "eni-1 10.0.1.{client} 10.0.0.9 {port} 9999 6 9 900 1700000000 1700000050 ACCEPT"
        )
        .unwrap();
        writeln!(
            lines,
            "eni-1 10.0.0.9 10.0.1.{client} 9999 {port} 6 9 900 1700000000 1700000050 ACCEPT"
        )
        .unwrap();
    }
    assert_snapshot!(check(DEFAULT, &lines, 2), @r"
    10.0.1.19 20589 10.0.0.9 9999 src service 0.95
    10.0.0.9 9999 10.0.1.19 20589 dst service 0.95
    ");
}

#[test]
fn what_tells_when_little_is_known() {
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 53 17 1 60 1700000000 1700000000 ACCEPT\n\
        eni-1 10.0.0.2 10.0.0.1 53 40000 17 1 160 1700000000 1700000000 ACCEPT\n\
        eni-1 10.0.0.3 10.0.0.4 123 123 17 1 76 1700000000 1700000000 ACCEPT\n\
        eni-1 10.0.0.4 10.0.0.3 123 123 17 1 76 1700000002 1700000002 ACCEPT\n\
        eni-1 10.0.0.5 10.0.0.6 50000 50001 17 1 60 1700000000 1700000000 ACCEPT\n\
        eni-1 10.0.0.7 10.0.0.8 50000 50001 17 1 60 1700000000 1700000000 ACCEPT\n\
        eni-1 10.0.0.8 10.0.0.7 50001 50000 17 1 60 1700000000 1700000000 ACCEPT\n\
        eni-1 2001:db8::1 2001:db8::2 0 0 58 1 64 1700000000 1700000000 ACCEPT\n\
        eni-1 2001:db8::2 2001:db8::1 0 0 58 1 64 1700000001 1700000001 ACCEPT\n\
        eni-1 2001:db8::3 2001:db8::4 20000 20001 6 1 80 1700000000 1700000000 ACCEPT\n\
        eni-1 2001:db8::4 2001:db8::3 20001 20000 6 1 60 1700000000 1700000000 ACCEPT";
    assert_snapshot!(check(DEFAULT, lines, 11), @r"
    10.0.0.1 40000 10.0.0.2 53 src port 0.95
    10.0.0.2 53 10.0.0.1 40000 dst port 0.95
    10.0.0.3 123 10.0.0.4 123 src first 0.95
    10.0.0.4 123 10.0.0.3 123 dst first 0.95
    10.0.0.5 50000 10.0.0.6 50001 src one-sided 0.97
    10.0.0.7 50000 10.0.0.8 50001 unknown none 0.5
    10.0.0.8 50001 10.0.0.7 50000 unknown none 0.5
    2001:db8::1 0 2001:db8::2 0 src first 0.95
    2001:db8::2 0 2001:db8::1 0 dst first 0.95
    2001:db8::3 20000 2001:db8::4 20001 src reset 0.95
    2001:db8::4 20001 2001:db8::3 20000 dst reset 0.95
    ");
}

/// Renders what a second client of a server is told to be, when the first client has been talking for
/// eight hours. `between` is done after that.
fn second_client(between: impl Fn(Evidence) -> Evidence) -> String {
    let mut evidence = Evidence::default();
    for hour in 0..8 {
        let (start, end) = (1_700_000_000 + hour * 3600, 1_700_003_000 + hour * 3600);
        let line = |ends: &str| format!("eni-1 {ends} 6 9 90000 {start} {end} ACCEPT\n");
        let first = line("10.0.0.1 10.0.0.2 41000 39999") + &line("10.0.0.2 10.0.0.1 39999 41000");
        evidence.observe(&columns(DEFAULT, &format!("{BEFORE}\n{first}")));
    }
    let mut evidence = between(evidence);
    let line = |ends: &str| format!("eni-1 {ends} 6 9 90000 1700028000 1700028100 ACCEPT\n");
    let second = line("10.0.0.3 10.0.0.2 42000 39999") + &line("10.0.0.2 10.0.0.3 39999 42000");
    let first = line("10.0.0.1 10.0.0.2 41000 39999");
    let mut rows = columns(DEFAULT, &format!("{first}{second}"));
    let noted = evidence.observe(&rows);
    let network = Network::default();
    let context = Context { network: &network, evidence: &evidence };
    tidegate_enrich::apply_noted(&mut rows, &context, &noted);
    table(&rows, &["srcaddr", "dstaddr", "initiator", "initiator_source"])[1..].join("\n")
}

#[test]
fn a_client_that_still_talks_is_counted_after_a_restart() {
    let kept = second_client(|it| it);
    assert_snapshot!(kept, @r"
    10.0.0.3 10.0.0.2 src service
    10.0.0.2 10.0.0.3 dst service
    ");
    let restarted = second_client(|it| {
        Evidence::from_batch(&it.to_batch().unwrap(), Limits::default()).unwrap()
    });
    assert_eq!(restarted, kept);
}
