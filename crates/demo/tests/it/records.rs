//! What each record says, and what records say together.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_demo::{Layout, RECOMMENDED_FORMAT, Spec};

use crate::support::{Record, SYN, SYN_ACK, every_field, gunzip, records, run};

fn small() -> Vec<Record> {
    records(&run(Spec { n_records: 60_000, ..Spec::small(21) }).objects)
}

/// Asserts that a run lands on the wanted number of records, within 2 %.
fn check_size(spec: Spec) {
    let wanted = spec.n_records;
    let run = run(spec);
    let n = records(&run.objects).len() as u64;
    assert_eq!(n, run.truth.n_records);
    assert!(n.abs_diff(wanted) * 50 <= wanted, "{n} records instead of {wanted}");
}

#[test]
fn a_run_has_the_number_of_records_that_was_asked_for() {
    for n_records in [1, 300, 5_000, 6_000, 25_000, 150_000] {
        check_size(Spec { n_records, ..Spec::small(n_records) });
    }
    check_size(Spec { interval_s: 600, n_records: 30_000, ..Spec::small(1) });
    check_size(Spec { days: 9, n_records: 90_000, ..Spec::small(1) });
}

#[test]
fn a_record_stands_in_the_object_of_the_five_minutes_in_which_it_ends() {
    for interval_s in [60, 600] {
        let spec = Spec { interval_s, n_records: 15_000, layout: Layout::Hive, ..Spec::small(8) };
        let run = run(spec);
        let minute = |key: &str| {
            let time = key.rsplit('_').nth(1).unwrap();
            let number = |range: std::ops::Range<usize>| time[range].parse::<u64>().unwrap();
            number(9..11) * 60 + number(11..13)
        };
        for record in records(&run.objects) {
            let end = record.number("end") % 86_400 / 300 * 5;
            assert_eq!(end, minute(&run.objects[record.object].key), "{:?}", record.fields);
            let (start, end) = (record.number("start"), record.number("end"));
            assert!(start <= end && start / u64::from(interval_s) == end / u64::from(interval_s));
        }
    }
}

#[test]
fn the_order_of_the_format_changes_the_order_of_the_fields_and_nothing_else() {
    let recommended = records(&run(Spec::small(9)).objects);
    let every = run(Spec { format: every_field(), ..Spec::small(9) });
    let header = gunzip(&every.objects[0].bytes).lines().next().unwrap().to_owned();
    assert_eq!(header, every_field().join(" "));
    let all = records(&every.objects);
    assert_eq!(recommended.len(), all.len());
    let names: Vec<&str> =
        RECOMMENDED_FORMAT.iter().copied().filter(|it| *it != "version").collect();
    for (one, other) in recommended.iter().zip(&all) {
        assert_eq!(one.texts(&names), other.texts(&names));
        assert_eq!((one.text("version"), other.text("version")), ("8", "11"));
    }
}

#[test]
fn fields_that_few_have_are_there_for_those_that_have_them() {
    let all = records(&run(Spec { format: every_field(), ..Spec::small(9) }).objects);
    let values = |name: &str| -> BTreeSet<String> {
        all.iter().map(|it| it.text(name).to_owned()).collect()
    };
    for (name, value) in [
        ("ecs-cluster-name", "prod"),
        ("interface-type", "nat_gateway"),
        ("interface-type", "lambda"),
        ("interface-tag", "prod%20web-1"),
        ("instance-tag-2", "dev"),
        ("asg-tag", "web%20fleet"),
        ("next-hop-interface-type", "load_balancer"),
        ("encryption-status", "3"),
        ("reject-reason", "BPA"),
        ("pkt-dst-aws-service", "S3"),
        ("pkt-src-aws-service", "DYNAMODB"),
        ("type", "IPv6"),
        ("traffic-path", "7"),
        ("traffic-path", "4"),
        ("traffic-path", "-"),
        ("account-id", "unknown"),
    ] {
        assert!(values(name).contains(value), "{name} is never {value}");
    }
    for record in all.iter().filter(|it| it.text("reject-reason") == "BPA") {
        assert_eq!(record.texts(&["action", "bytes"]), "REJECT -");
    }
}

#[test]
fn flags_are_those_that_aws_reports() {
    let mut seen = BTreeSet::new();
    for record in small().iter().filter(|it| it.is_ok()) {
        seen.insert(format!("{} {}", record.text("protocol"), record.text("tcp-flags")));
    }
    let seen: Vec<String> = seen.into_iter().collect();
    assert_eq!(
        seen,
        ["1 0", "17 0", "6 0", "6 1", "6 18", "6 19", "6 2", "6 3", "6 4", "6 6"],
        "protocol and flags"
    );
}

/// Returns the names that tell one conversation from another.
const TUPLE: [&str; 6] = ["pkt-srcaddr", "pkt-dstaddr", "srcport", "dstport", "protocol", "start"];
const REPLY: [&str; 6] = ["pkt-dstaddr", "pkt-srcaddr", "dstport", "srcport", "protocol", "start"];

#[test]
fn what_a_server_answers_was_asked_at_the_same_interface() {
    let all = small();
    let key =
        |it: &Record, names: &[&str]| format!("{} {}", it.text("interface-id"), it.texts(names));
    let asked: BTreeMap<String, &Record> =
        all.iter().filter(|it| it.is_ok()).map(|it| (key(it, &TUPLE), it)).collect();
    let mut n_answers = 0;
    for answer in all.iter().filter(|it| it.is_ok() && it.number("tcp-flags") & SYN_ACK == SYN_ACK)
    {
        // A NAT gateway's two sides have other addresses; they are looked at below.
        let Some(request) = asked.get(&key(answer, &REPLY)) else {
            assert_eq!(answer.text("instance-id"), "-", "{:?}", answer.fields);
            continue;
        };
        n_answers += 1;
        assert_eq!(request.number("tcp-flags") & SYN_ACK, SYN, "{:?}", request.fields);
        assert_ne!(request.text("flow-direction"), answer.text("flow-direction"));
        assert_eq!(request.text("action"), "ACCEPT");
    }
    assert!(n_answers > 5_000, "{n_answers}");
}

#[test]
fn traffic_between_own_hosts_is_seen_at_both_with_the_same_numbers() {
    let mut views: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    let is_own = |it: &Record| {
        it.text("pkt-srcaddr").starts_with("10.") && it.text("pkt-dstaddr").starts_with("10.")
    };
    for record in small() {
        let is_tcp = record.is_ok() && record.number("protocol") == 6;
        if is_tcp && is_own(&record) && record.number("tcp-flags") & SYN_ACK == SYN_ACK {
            views.entry(record.texts(&TUPLE)).or_default().push(record);
        }
    }
    assert!(views.len() > 2_000, "{}", views.len());
    for (tuple, records) in views {
        assert_eq!(records.len(), 2, "{tuple}");
        let directions: BTreeSet<&str> =
            records.iter().map(|it| it.text("flow-direction")).collect();
        assert_eq!(directions.len(), 2, "{tuple}");
        let numbers: BTreeSet<String> =
            records.iter().map(|it| it.texts(&["packets", "bytes", "end"])).collect();
        assert_eq!(numbers.len(), 1, "{tuple}");
    }
}

#[test]
fn a_nat_gateway_shows_both_its_sides() {
    let run = run(Spec { n_records: 60_000, ..Spec::small(21) });
    let network = run.world.network_json();
    let (_, gateways) = network.iter().find(|it| it.0 == "describe-nat-gateways.json").unwrap();
    let all = records(&run.objects);
    for gateway in gateways["NatGateways"].as_array().unwrap() {
        let address = &gateway["NatGatewayAddresses"][0];
        let (id, own) = (&address["NetworkInterfaceId"], address["PrivateIp"].as_str().unwrap());
        let is_here = |it: &&Record| {
            it.is_ok() && *id == *it.text("interface-id") && it.number("protocol") == 6
        };
        let here: Vec<&Record> = all.iter().filter(is_here).collect();
        let count =
            |condition: &dyn Fn(&Record) -> bool| here.iter().filter(|it| condition(it)).count();
        // Scanners knock at the outer address too; nothing comes back to them.
        let inner = count(&|it| it.text("dstaddr") == own && it.text("pkt-dstaddr") != own);
        let outer = count(&|it| it.text("pkt-srcaddr") == own);
        let outer_reply = count(&|it| it.text("pkt-dstaddr") == own && it.number("tcp-flags") != 2);
        let inner_reply = count(&|it| it.text("srcaddr") == own && it.text("pkt-srcaddr") != own);
        assert!(inner > 0, "{own}");
        assert_eq!((inner, inner), (outer, inner_reply), "{own}");
        assert_eq!(inner, outer_reply, "{own}");
    }
}

#[test]
fn a_quiet_interface_has_nodata_and_no_traffic() {
    let names =
        ["interface-id", "start", "log-status", "srcaddr", "dstport", "bytes", "action", "type"];
    let format = names.iter().map(ToString::to_string).collect();
    let run = run(Spec { n_records: 720_000, format, ..Spec::small(2) });
    let mut statuses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut windows: BTreeMap<String, u64> = BTreeMap::new();
    for object in &run.objects {
        let own = records(std::slice::from_ref(object));
        for record in own {
            let status = statuses.entry(record.text("interface-id").to_owned()).or_default();
            status.insert(record.text("log-status").to_owned());
            if record.text("log-status") == "NODATA" {
                *windows.entry(record.texts(&["interface-id", "start"])).or_default() += 1;
                assert_eq!(record.texts(&names[3..]), "- - - - -");
            }
        }
    }
    let quiet: Vec<_> = statuses.values().filter(|it| it.contains("NODATA")).collect();
    assert_eq!(quiet.len(), 5);
    assert!(quiet.iter().all(|it| it.len() == 1), "{quiet:?}");
    assert!(windows.values().all(|it| *it == 1));
    assert_eq!(windows.len(), 5 * 1_440, "every minute of every quiet interface");
    assert!(run.truth.n_skipdata >= 2);
}

#[test]
fn long_connections_go_on_over_many_windows() {
    let mut windows: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in small() {
        if record.is_ok() && record.number("protocol") == 6 {
            let names = ["interface-id", "srcaddr", "dstaddr", "srcport", "dstport"];
            windows.entry(record.texts(&names)).or_default().push(record);
        }
    }
    let long: Vec<&Vec<Record>> = windows.values().filter(|it| it.len() >= 30).collect();
    assert!(long.len() > 20, "{}", long.len());
    let mut n_opened = 0;
    for records in long {
        let opening = |it: &Record| it.number("tcp-flags") & SYN == SYN;
        let mut ordered = records.clone();
        ordered.sort_by_key(|it| it.number("start"));
        n_opened += usize::from(opening(&ordered[0]));
        assert!(ordered[1..].iter().all(|it| !opening(it)), "only the first window has SYN");
        assert!(ordered.windows(2).all(|it| it[0].number("end") < it[1].number("start")));
    }
    assert!(n_opened > 10, "{n_opened}");
}

#[test]
fn the_day_is_busier_than_the_night() {
    let mut hours = [0_u64; 24];
    for record in small() {
        hours[(record.number("start") % 86_400 / 3_600) as usize] += 1;
    }
    assert!(hours[17] > 2 * hours[6], "{hours:?}");
}

#[test]
fn a_few_clients_come_often_and_from_many_countries() {
    let mut clients: BTreeMap<String, u64> = BTreeMap::new();
    let mut networks = BTreeSet::new();
    for record in small() {
        if record.is_ok() && record.text("dstport") == "443" && record.text("traffic-path") == "-" {
            let client = record.text("srcaddr");
            *clients.entry(client.to_owned()).or_default() += 1;
            networks.insert(client.split('.').next().unwrap_or_default().to_owned());
        }
    }
    let mut counts: Vec<u64> = clients.values().copied().collect();
    counts.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
    let total: u64 = counts.iter().sum();
    let first: u64 = counts.iter().take(counts.len() / 10).sum();
    assert!(first * 3 > total, "a tenth of the clients opens {first} of {total}");
    assert!(networks.len() > 50, "{}", networks.len());
}
