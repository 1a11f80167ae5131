//! What holds for any rows.

use proptest::prelude::*;
use tidegate_enrich::{Context, Evidence, Limits, Network};
use tidegate_model::columns::Columns;
use tidegate_model::inventory::{Interface, Inventory};

use crate::support::{always, columns, interface, table};

const FORMAT: &str = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
    action log-status tcp-flags flow-direction";

/// All columns that a row can have, those of AWS too, so that no row can hide behind another.
const ALL: &[&str] = &[
    "interface_id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "tcp_flags",
    "vpc_id",
    "account_id",
    "direction",
    "direction_source",
    "initiator",
    "initiator_source",
    "initiator_confidence",
    "vantage",
    "counted",
    "nacl_asymmetric",
    "reject_cause",
    "interface_service",
    "security_group_ids",
    "peer_interface_id",
    "peer_security_group_ids",
];

fn network() -> Network {
    let known = |id: &str, address: &str, group: &str| {
        always(Interface {
            vpc_id: "vpc-1".to_owned(),
            account_id: "123456789010".to_owned(),
            security_group_ids: vec![group.to_owned()],
            ..interface(id, address)
        })
    };
    let mut nat = known("eni-3", "10.0.0.3", "sg-1");
    nat.value.interface_type = "nat_gateway".to_owned();
    let interfaces =
        vec![known("eni-1", "10.0.0.1", "sg-1"), known("eni-2", "10.0.0.2", "sg-2"), nat];
    Network::new(&Inventory { interfaces, ..Inventory::default() })
}

/// Returns a line of few values, so that rows meet.
fn line() -> impl Strategy<Value = String> {
    let address =
        || prop::sample::select(vec!["10.0.0.1", "10.0.0.2", "10.0.0.3", "192.0.2.7", "-"]);
    let port = || prop::sample::select(vec![0_u16, 53, 443, 2049, 8443, 33_000, 50_000]);
    let rest = (
        prop::sample::select(vec!["1", "6", "17", "-"]),
        prop::sample::select(vec!["1 40", "3 180", "9 4000"]),
        0_u32..4_000,
        prop::sample::select(vec!["ACCEPT OK", "REJECT OK", "- NODATA"]),
        prop::sample::select(vec!["0", "2", "3", "4", "18", "19", "-"]),
        prop::sample::select(vec!["ingress", "egress", "-"]),
    );
    let interface = prop::sample::select(vec!["eni-1", "eni-2", "eni-3", "eni-9", "-"]);
    (interface, address(), address(), port(), port(), rest).prop_map(
        |(interface, src, dst, srcport, dstport, rest)| {
            let (protocol, volume, at, action, flags, direction) = rest;
            let (start, end) = (1_700_000_000 + at, 1_700_000_030 + at);
            format!(
                "{interface} {src} {dst} {srcport} {dstport} {protocol} {volume} {start} {end} \
                 {action} {flags} {direction}"
            )
        },
    )
}

fn observed(parts: &[Columns]) -> Evidence {
    let mut evidence = Evidence::default();
    for part in parts {
        evidence.observe(part);
    }
    evidence
}

fn rendered(mut parts: Vec<Columns>, evidence: &Evidence, network: &Network) -> Vec<String> {
    let context = Context { network, evidence };
    let mut rows = Vec::new();
    for part in &mut parts {
        tidegate_enrich::apply(part, &context);
        rows.extend(table(part, ALL));
    }
    rows.sort();
    rows
}

fn parts(lines: &[String], n: usize) -> Vec<Columns> {
    lines.chunks(n).map(|it| columns(FORMAT, &it.join("\n"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_objects_changes_nothing(
        lines in prop::collection::vec(line(), 1..120),
        n in 1_usize..40,
        shuffled in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
    ) {
        let network = network();
        let here = parts(&lines, n);
        let mut other = lines.clone();
        let len = other.len();
        for at in 0..len {
            other.swap(at, usize::try_from(shuffled.rotate_left(u32::try_from(at % 64).unwrap()) % len as u64).unwrap());
        }
        let there = parts(&other, n + 3);

        let expected = rendered(here.clone(), &observed(&here), &network);
        prop_assert_eq!(expected.len(), lines.len());
        prop_assert_eq!(&rendered(there.clone(), &observed(&there), &network), &expected);

        let (first, second) = here.split_at(here.len() / 2);
        let mut merged = observed(second);
        merged.merge(observed(first));
        prop_assert_eq!(&rendered(here.clone(), &merged, &network), &expected);

        let stored = merged.to_batch().unwrap();
        let read = Evidence::from_batch(&stored, Limits::default()).unwrap();
        prop_assert_eq!(&read.to_batch().unwrap(), &stored);
        prop_assert_eq!(&rendered(here, &read, &network), &expected);
    }

    #[test]
    fn enriching_twice_changes_nothing(lines in prop::collection::vec(line(), 1..60)) {
        let network = network();
        let mut columns = columns(FORMAT, &lines.join("\n"));
        let mut evidence = Evidence::default();
        evidence.observe(&columns);
        evidence.pin();
        let context = Context { network: &network, evidence: &evidence };
        tidegate_enrich::apply(&mut columns, &context);
        let once = table(&columns, ALL);
        let n_columns = columns.by_index.len();
        tidegate_enrich::apply(&mut columns, &context);
        prop_assert_eq!(once.len(), lines.len());
        prop_assert_eq!(table(&columns, ALL), once);
        prop_assert_eq!(columns.by_index.len(), n_columns);
    }
}
