//! The table of AS numbers: against a plain scan, and damaged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use chrono::NaiveDate;
use insta::assert_snapshot;
use proptest::prelude::*;
use tidegate_geo::{AsnTable, Error};

fn build(texts: &[&str]) -> Result<tidegate_geo::asn::Built, Error> {
    let texts: Vec<Bytes> = texts.iter().map(|it| Bytes::copy_from_slice(it.as_bytes())).collect();
    AsnTable::build("asn", &texts, NaiveDate::from_ymd_opt(2026, 3, 2))
}

const V4: &str = "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n\
    1.0.4.0,1.0.7.255,38803,Gtelecom Pty Ltd\n\
    2.26.200.0,2.26.215.255,201907,\"LLC \"\"SPUTNIK\"\"\"\n\
    10.0.0.0,10.0.0.255,0,Not routed\n";
const V6: &str = "2606:4700::,2606:4700:ffff:ffff:ffff:ffff:ffff:ffff,13335,\"Cloudflare, Inc.\"\n";

#[test]
fn systems_are_found_by_address() {
    let table = build(&[V4, V6]).unwrap().table;
    let check = |address: &str, expected: Option<(u32, &str)>| {
        let found = table.look_up(address.parse().unwrap());
        let found = found.as_ref().map(|it| (it.number, it.name.as_deref().unwrap()));
        assert_eq!(found, expected, "{address}");
    };
    check("1.0.0.0", Some((13_335, "Cloudflare, Inc.")));
    check("1.0.0.255", Some((13_335, "Cloudflare, Inc.")));
    check("1.0.1.0", None);
    check("0.255.255.255", None);
    check("2.26.201.1", Some((201_907, "LLC \"SPUTNIK\"")));
    check("10.0.0.1", None);
    check("255.255.255.255", None);
    check("2606:4700::1111", Some((13_335, "Cloudflare, Inc.")));
    check("2606:4701::", None);
    assert_eq!((table.n_ranges(), table.n_systems()), (4, 3));
    assert_snapshot!(table.describe(), @"asn 2026-03-02");
}

#[test]
fn bad_lines_are_counted_and_kept_with_their_places() {
    let built = build(&["1.0.0.0,1.0.0.255,1,a\nrubbish\n\n1.0.0.128,1.0.1.255,2,b\n", "7,8,9,x"]);
    let built = built.unwrap();
    let bad: Vec<String> =
        built.bad.iter().map(|it| format!("{}:{}: {}", it.text, it.line, it.reason)).collect();
    assert_snapshot!(bad.join("\n"), @"
    0:2: fewer than three fields
    1:1: `7` is no address
    0:4: it overlaps the range of line 1
    ");
    assert_eq!((built.n_bad, built.table.n_ranges()), (3, 2));
}

#[test]
fn a_text_without_ranges_is_refused() {
    assert_snapshot!(build(&[""]).unwrap_err(), @"no line of `asn` is a range of addresses with an AS number: it has no line");
    assert_snapshot!(build(&["1.0.0.0,1.0.0.255,AU"]).unwrap_err(), @"no line of `asn` is a range of addresses with an AS number: line 1: `AU` is no AS number");
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    let bytes = build(&[V4, V6]).unwrap().table.bytes().clone();
    let error = |bytes: Bytes| AsnTable::open("asn.bin", bytes).unwrap_err().to_string();
    assert_snapshot!(error(Bytes::new()), @"cannot read `asn.bin` as a table of AS numbers: it does not begin as one");
    assert_snapshot!(error(bytes.slice(..bytes.len() - 1)), @"cannot read `asn.bin` as a table of AS numbers: it has 180 bytes, by its head it has 181");
    let mut other = bytes.to_vec();
    other[8] = 9;
    assert_snapshot!(error(Bytes::from(other)), @"cannot read `asn.bin` as a table of AS numbers: it is of version 9, this program's is 1");
    let mut damaged = bytes.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    assert_snapshot!(error(Bytes::from(damaged)), @"cannot read `asn.bin` as a table of AS numbers: its checksum is wrong");
}

#[test]
fn the_day_of_the_ranges_is_kept() {
    let check = |day: Option<NaiveDate>| {
        let table =
            AsnTable::build("asn", &[Bytes::from_static(V4.as_bytes())], day).unwrap().table;
        assert_eq!(AsnTable::open("asn", table.bytes().clone()).unwrap().built(), day);
    };
    check(None);
    check(NaiveDate::from_ymd_opt(2026, 11, 1));
    check(NaiveDate::from_ymd_opt(1969, 12, 31));
    check(NaiveDate::from_ymd_opt(1970, 1, 1));
}

/// A range and the number of its line, from 1.
type Range = (u128, u128, u32);

/// Checks the table against a scan, at every edge and its neighbours, and at `keys`. Of ranges that
/// overlap, the one that starts first has the say.
fn check_against_scan(
    edges: &[(u128, u128)],
    keys: &[u128],
    address: impl Fn(u128) -> IpAddr,
) -> Result<(), TestCaseError> {
    let edges = (1..).zip(edges);
    let ranges: Vec<Range> =
        edges.map(|(line, (one, other))| (*one.min(other), *one.max(other), line)).collect();
    let line = |it: &Range| {
        let (first, last, number) = *it;
        format!("{},{},{number},name {}\n", address(first), address(last), number % 3)
    };
    let lines: String = ranges.iter().map(line).collect();
    let table = build(&[&lines]).unwrap().table;
    let table = AsnTable::open("asn", table.bytes().clone()).unwrap();
    let near = ranges.iter().flat_map(|it| {
        [it.0.saturating_sub(1), it.0, it.0.midpoint(it.1), it.1, it.1.saturating_add(1)]
    });
    for address in near.chain(keys.iter().copied()).map(address) {
        // An edge beyond 32 bits has wrapped around to an address of its own.
        let bits = match address {
            IpAddr::V4(it) => u128::from(u32::from(it)),
            IpAddr::V6(it) => u128::from(it),
        };
        let holding = ranges.iter().filter(|it| (it.0..=it.1).contains(&bits));
        let expected = holding.min_by_key(|it| (it.0, it.2)).map(|it| it.2);
        prop_assert_eq!(table.look_up(address).map(|it| it.number), expected, "{}", address);
    }
    Ok(())
}

/// Two edges of 32 bits: any, or near each other, so that some ranges lie apart.
fn narrow() -> impl Strategy<Value = (u128, u128)> {
    let wide = any::<(u32, u32)>().prop_map(|(one, other)| (one.into(), other.into()));
    let near = (any::<u32>(), 0_u32..1 << 26)
        .prop_map(|(one, n)| (one.into(), one.saturating_add(n).into()));
    prop_oneof![1 => wide, 3 => near]
}

proptest! {
    #[test]
    fn the_table_and_a_scan_agree_on_ipv4(
        edges in prop::collection::vec(narrow(), 1..30),
        keys in prop::collection::vec(any::<u32>().prop_map(u128::from), 0..20),
    ) {
        #[expect(clippy::cast_possible_truncation, reason = "edges are of 32 bits, and may wrap")]
        let address = |it: u128| IpAddr::V4(Ipv4Addr::from(it as u32));
        check_against_scan(&edges, &keys, address)?;
    }

    #[test]
    fn the_table_and_a_scan_agree_on_ipv6(
        edges in prop::collection::vec(any::<(u128, u128)>(), 1..30),
        keys in prop::collection::vec(any::<u128>(), 0..20),
    ) {
        check_against_scan(&edges, &keys, |it| IpAddr::V6(Ipv6Addr::from(it)))?;
    }

    #[test]
    fn a_damaged_table_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = build(&[V4, V6]).unwrap().table.bytes().to_vec();
        let cut = at.index(bytes.len());
        prop_assert!(AsnTable::open("asn", Bytes::copy_from_slice(&bytes[..cut])).is_err());
        bytes[cut] ^= 1 << bit;
        prop_assert!(AsnTable::open("asn", Bytes::from(bytes)).is_err());
    }
}
