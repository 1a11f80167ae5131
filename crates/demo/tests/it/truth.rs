//! The truth agrees with what can be read from the objects.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_demo::{EventKind, EventTruth, Spec, Verdict};

use crate::support::{Record, Row, Run, SYN, SYN_ACK, records, rows, run};

/// The names that tell one window of one direction from another.
const TUPLE: [&str; 5] = ["pkt-srcaddr", "pkt-dstaddr", "srcport", "dstport", "start"];

fn told() -> (Run, Vec<Record>, Vec<Row>) {
    let run = run(Spec { has_record_truth: true, n_records: 60_000, ..Spec::small(31) });
    let all = records(&run.objects);
    let rows = rows(&run);
    assert_eq!(rows.len(), all.len());
    (run, all, rows)
}

#[test]
fn the_totals_are_those_of_the_records() {
    for interval_s in [60, 600] {
        let run = run(Spec { interval_s, ..Spec::small(30) });
        let all = records(&run.objects);
        let count =
            |name: &str, value: &str| all.iter().filter(|it| it.text(name) == value).count() as u64;
        let sum = |name: &str| -> u64 {
            all.iter().filter(|it| it.text(name) != "-").map(|it| it.number(name)).sum()
        };
        let truth = &run.truth;
        assert_eq!(truth.n_records, all.len() as u64);
        assert_eq!(truth.n_ok, count("log-status", "OK"));
        assert_eq!(truth.n_nodata, count("log-status", "NODATA"));
        assert_eq!(truth.n_skipdata, count("log-status", "SKIPDATA"));
        assert_eq!(truth.n_accept, count("action", "ACCEPT"));
        assert_eq!(truth.n_reject, count("action", "REJECT"));
        assert_eq!((truth.bytes, truth.packets), (sum("bytes"), sum("packets")));
        assert_eq!(truth.n_objects, run.objects.len() as u64);
        let size: usize = run.objects.iter().map(|it| it.bytes.len()).sum();
        assert_eq!(truth.object_bytes, size as u64);
        for flow_log in &truth.flow_logs {
            assert_eq!(flow_log.n_records, count("vpc-id", &flow_log.vpc_id));
        }
    }
}

#[test]
fn bytes_counted_once_are_those_at_one_end_of_each_connection() {
    let (run, all, rows) = told();
    // One view is enough: the client's, if it is ours (but not a NAT gateway), else the server's.
    let (_, interfaces) = &run.world.network_json()[0];
    let mut own = BTreeSet::new();
    let mut nat = BTreeSet::new();
    for interface in interfaces["NetworkInterfaces"].as_array().unwrap() {
        let id = interface["NetworkInterfaceId"].as_str().unwrap().to_owned();
        if interface["InterfaceType"] == "nat_gateway" {
            nat.insert(id);
        }
        for address in interface["PrivateIpAddresses"].as_array().unwrap() {
            own.insert(address["PrivateIpAddress"].as_str().unwrap().to_owned());
        }
        for address in interface["Ipv6Addresses"].as_array().unwrap() {
            own.insert(address["Ipv6Address"].as_str().unwrap().to_owned());
        }
    }
    let stopped: BTreeSet<String> = all
        .iter()
        .filter(|it| it.text("action") == "REJECT" && it.text("flow-direction") == "ingress")
        .map(|it| it.texts(&TUPLE))
        .collect();
    let (mut bytes, mut packets) = (0, 0);
    for (record, row) in all.iter().zip(&rows) {
        if record.text("action") != "ACCEPT" || stopped.contains(&record.texts(&TUPLE)) {
            continue;
        }
        let is_forward = row.initiator == "src";
        let is_egress = record.text("flow-direction") == "egress";
        let client = if is_forward { "pkt-srcaddr" } else { "pkt-dstaddr" };
        let is_counted = if nat.contains(record.text("interface-id")) {
            // Only who knocks at the gateway itself is seen nowhere else.
            is_forward && !is_egress && record.text("dstaddr") == record.text("pkt-dstaddr")
        } else {
            (is_egress == is_forward) == own.contains(record.text(client))
        };
        if is_counted {
            bytes += record.number("bytes");
            packets += record.number("packets");
        }
    }
    assert_eq!((bytes, packets), (run.truth.bytes_once, run.truth.packets_once));
}

#[test]
fn the_one_who_sent_the_syn_is_the_initiator() {
    let (_, all, rows) = told();
    let mut n_told = 0;
    for (record, row) in all.iter().zip(&rows) {
        if !record.is_ok() {
            assert_eq!(row.initiator, "-");
            continue;
        }
        match record.number("tcp-flags") & SYN_ACK {
            SYN => assert_eq!(row.initiator, "src", "{:?}", record.fields),
            SYN_ACK => assert_eq!(row.initiator, "dst", "{:?}", record.fields),
            _ => continue,
        }
        n_told += 1;
    }
    assert!(n_told > 20_000, "{n_told}");
}

fn labelled<'a>(all: &'a [Record], rows: &[Row], event: &EventTruth) -> Vec<&'a Record> {
    let pairs = all.iter().zip(rows);
    pairs.filter(|(_, row)| row.label == event.kind.name()).map(|(record, _)| record).collect()
}

#[test]
fn every_kind_of_event_is_planted_and_can_be_found() {
    let (run, all, rows) = told();
    let kinds: Vec<EventKind> = run.truth.events.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, EventKind::ALL);
    for event in &run.truth.events {
        let own = labelled(&all, &rows, event);
        let name = event.kind.name();
        assert_eq!(own.len() as u64, event.n_records, "{name}");
        let n_accept = own.iter().filter(|it| it.text("action") == "ACCEPT").count() as u64;
        assert_eq!(n_accept, event.n_accept, "{name}");
        let from = own.iter().map(|it| it.number("start")).min().unwrap();
        let until = own.iter().map(|it| it.number("end")).max().unwrap() + 1;
        assert_eq!((from, until), (event.from_s, event.until_s), "{name}");
        let interfaces: BTreeSet<&str> = own.iter().map(|it| it.text("interface-id")).collect();
        for id in &event.interface_ids {
            assert!(interfaces.contains(id.as_str()), "{name}: {id}");
        }
        let addresses: BTreeSet<&str> =
            own.iter().flat_map(|it| [it.text("pkt-srcaddr"), it.text("pkt-dstaddr")]).collect();
        for address in event.srcaddrs.iter().chain(&event.dstaddrs) {
            assert!(addresses.contains(address.as_str()), "{name}: {address}");
        }
    }
}

/// Returns the records of the only event of a kind.
fn of(kind: EventKind) -> (EventTruth, Vec<Record>) {
    let (run, all, rows) = told();
    let event = run.truth.events.iter().find(|it| it.kind == kind).unwrap().clone();
    let own = labelled(&all, &rows, &event).into_iter().cloned().collect();
    (event, own)
}

fn n_values(records: &[Record], name: &str) -> u64 {
    records.iter().map(|it| it.text(name)).collect::<BTreeSet<_>>().len() as u64
}

#[test]
fn a_port_scan_is_one_address_on_many_ports_of_one_host() {
    let (event, records) = of(EventKind::PortScan);
    let asked: Vec<Record> =
        records.into_iter().filter(|it| it.text("srcaddr") == event.srcaddrs[0]).collect();
    assert_eq!((event.n_srcaddrs, event.n_dstaddrs), (1, 1));
    assert_eq!(n_values(&asked, "dstport"), event.n_dstports);
    assert!(event.n_dstports >= 60 && event.n_accept < event.n_records / 2);
}

#[test]
fn a_sweep_is_one_host_on_one_port_of_many_hosts() {
    let (event, records) = of(EventKind::Sweep);
    assert_eq!((event.n_srcaddrs, event.n_dstports), (1, 1));
    let sent: Vec<Record> = records
        .into_iter()
        .filter(|it| it.text("interface-id") == event.interface_ids[0])
        .collect();
    assert_eq!(n_values(&sent, "dstaddr"), event.n_dstaddrs);
    assert!(event.n_dstaddrs >= 40);
}

#[test]
fn a_beacon_calls_at_regular_intervals() {
    let (event, records) = of(EventKind::Beacon);
    let period_s = event.period_s.unwrap();
    let opened = |it: &&Record| {
        it.text("interface-id") == event.interface_ids[0] && it.number("tcp-flags") & SYN_ACK == SYN
    };
    let mut starts: Vec<u64> = records.iter().filter(opened).map(|it| it.number("start")).collect();
    starts.sort_unstable();
    assert_eq!(starts.len() as u64, event.n_connections);
    assert!(starts.len() >= 24, "{}", starts.len());
    for pair in starts.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap.abs_diff(period_s) <= period_s / 10, "{gap} instead of {period_s}");
    }
}

#[test]
fn an_exfiltration_is_a_large_upload_to_a_host_of_its_own() {
    let (event, records) = of(EventKind::Exfiltration);
    let sent: u64 = records
        .iter()
        .filter(|it| it.text("interface-id") == event.interface_ids[0])
        .filter(|it| it.text("flow-direction") == "egress")
        .map(|it| it.number("bytes"))
        .sum();
    assert_eq!(sent, event.bytes_sent);
    assert!(sent > 3_000_000_000 && event.bytes_received < sent / 20);
    let (_, all, rows) = told();
    let others = all.iter().zip(&rows).filter(|(_, row)| row.label == "-");
    let is_there = |it: &Record| it.text("pkt-dstaddr") == event.dstaddrs[0];
    assert!(others.map(|it| it.0).all(|it| !is_there(it)), "nobody else talks to it");
}

#[test]
fn a_nacl_that_forgets_replies_accepts_requests_and_rejects_replies() {
    let (event, records) = of(EventKind::NaclAsymmetry);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in &records {
        *counts.entry(record.texts(&["flow-direction", "action", "tcp-flags"])).or_default() += 1;
    }
    let n = event.n_connections;
    let wanted = [("egress REJECT 18", n), ("ingress ACCEPT 2", n)];
    assert_eq!(counts, wanted.map(|(name, n)| (name.to_owned(), n)).into());
}

#[test]
fn a_misconfigured_rule_lets_out_and_not_in_again_and_again() {
    let (event, records) = of(EventKind::MisconfiguredRule);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in &records {
        *counts.entry(record.texts(&["flow-direction", "action", "tcp-flags"])).or_default() += 1;
    }
    let n = event.n_connections;
    let wanted = [("egress ACCEPT 2", n), ("ingress REJECT 2", n)];
    assert_eq!(counts, wanted.map(|(name, n)| (name.to_owned(), n)).into());
    assert!(n >= 30 && event.srcaddrs[0].starts_with("10.1."));
}

#[test]
fn guesses_and_floods_are_many() {
    let (guessing, records) = of(EventKind::SshGuessing);
    assert!(guessing.n_connections >= 60 && n_values(&records, "action") == 1);
    assert_eq!((guessing.n_srcaddrs, &guessing.dstports[..]), (1, &[22][..]));
    let (syn, records) = of(EventKind::SynFlood);
    assert!(syn.n_srcaddrs >= 100 && records.iter().all(|it| it.number("tcp-flags") & SYN == SYN));
    let (udp, records) = of(EventKind::UdpFlood);
    let packets: u64 = records.iter().map(|it| it.number("packets")).sum();
    assert!(packets > 900_000 && udp.n_accept == 0, "{packets}");
}

#[test]
fn a_long_run_has_events_in_each_of_its_weeks() {
    let run = run(Spec { days: 15, n_records: 90_000, ..Spec::small(3) });
    for kind in EventKind::ALL {
        let own = run.truth.events.iter().filter(|it| it.kind == kind);
        let days: BTreeSet<u64> =
            own.map(|it| (it.from_s - run.truth.from_s) / 86_400 / 5).collect();
        assert_eq!(days.len(), 3, "{}", kind.name());
    }
}

#[test]
fn rules_have_every_verdict_for_a_reason() {
    let (run, _, _) = told();
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in &run.truth.rules {
        *verdicts.entry(rule.verdict.name()).or_default() += 1;
        match rule.verdict {
            Verdict::Unused => assert_eq!((rule.n_connections, rule.n_attempts), (0, 0)),
            Verdict::AttemptsOnly => assert!(rule.n_connections == 0 && rule.n_attempts > 0),
            Verdict::Used | Verdict::TooWide => {
                assert!(rule.n_connections > 0 && rule.is_attached);
                assert!(!rule.used_ports.is_empty() && !rule.used_peers.is_empty());
            }
        }
    }
    let seen: Vec<&str> = verdicts.keys().copied().collect();
    assert_eq!(seen, ["attempts-only", "too-wide", "unused", "used"]);
    let verdict = |group: &str, port: i32, peer: &str| {
        let rules = run.truth.rules.iter();
        let mut own = rules.filter(|it| !it.is_egress && it.group_name == group);
        own.find(|it| it.from_port == port && it.peer.starts_with(peer)).map(|it| it.verdict)
    };
    assert_eq!(verdict("alb", 443, "0.0.0.0/0"), Some(Verdict::Used));
    assert_eq!(verdict("alb", 443, "::/0"), Some(Verdict::Used));
    assert_eq!(verdict("alb", 8443, "0.0.0.0/0"), Some(Verdict::AttemptsOnly));
    assert_eq!(verdict("bastion", 22, "0.0.0.0/0"), Some(Verdict::TooWide));
    assert_eq!(verdict("web", 8080, "sg-"), Some(Verdict::Used));
    assert_eq!(verdict("web", 1024, "10.0.0.0/16"), Some(Verdict::TooWide));
    assert_eq!(verdict("app", 3389, "10.0.0.0/8"), Some(Verdict::Unused));
    assert_eq!(verdict("dev-web", 22, "pl-"), Some(Verdict::Used));
}
