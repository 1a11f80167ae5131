//! MMDB databases of every layout, whole and damaged.

use std::net::IpAddr;

use bytes::Bytes;
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate_geo::{AutonomousSystem, Database, Error, Place};

use crate::support::{flat_country, nested_city, open, write_mmdb};

/// Opens a database with one record and renders what it is and what it says.
fn check(database_type: &str, record: Value) -> String {
    let database = open("test", write_mmdb(database_type, &[("46.4.0.0/16", record)]));
    let found = database.look_up("46.4.1.2".parse().unwrap()).unwrap();
    let place = found.place.as_ref().map_or_else(|| "-".to_owned(), place);
    let system = found.system.as_ref().map_or_else(|| "-".to_owned(), system);
    format!("{}: {place}; {system}", database.describe().kind)
}

fn place(place: &Place) -> String {
    let Place { country_code, country_name, region_code, region_name, city, .. } = place;
    let texts = [country_code, country_name, region_code, region_name, city];
    let texts: Vec<&str> = texts.map(|it| it.as_deref().unwrap_or("-")).to_vec();
    let degrees = [place.latitude, place.longitude];
    let degrees = degrees.map(|it| it.map_or_else(|| "-".to_owned(), |it| it.to_string()));
    format!("{} {}", texts.join(" "), degrees.join(" "))
}

fn system(system: &AutonomousSystem) -> String {
    format!("{} {}", system.number, system.name.as_deref().unwrap_or("-"))
}

#[test]
fn maxminds_layout_is_read() {
    let database = open("test", nested_city());
    let found = database.look_up("46.4.1.2".parse().unwrap()).unwrap();
    assert_snapshot!(place(&found.place.unwrap()), @"DE Germany BE Land Berlin Berlin 52.5 13.25");
    assert_snapshot!(check("GeoLite2-Country", json!({"country": {"iso_code": "DE"}})), @"country: DE Germany - - - - -; -");
    assert_snapshot!(check("GeoLite2-Country", json!({"country": {"geoname_id": 1}})), @"country: -; -");
    assert_snapshot!(check("GeoLite2-ASN", json!({
        "autonomous_system_number": 24940, "autonomous_system_organization": "Hetzner Online GmbH",
    })), @"asn: -; 24940 Hetzner Online GmbH");
}

#[test]
fn ip_location_dbs_layout_is_read() {
    assert_snapshot!(check("country ipvAll", json!({"country_code": "DE"})), @"country: DE Germany - - - - -; -");
    assert_snapshot!(check("country ipvAll", json!({"country_code": "None"})), @"country: -; -");
    assert_snapshot!(check("city ipv4", json!({
        "city": "Berlin", "country_code": "DE", "latitude": 52.5, "longitude": 13.25, "postcode": "",
        "state1": "Land Berlin", "state2": "", "timezone": "",
    })), @"city: DE Germany - Land Berlin Berlin 52.5 13.25; -");
    assert_snapshot!(check("asn ipv4", json!({
        "autonomous_system_number": 24940, "autonomous_system_organization": "",
    })), @"asn: -; 24940 -");
}

#[test]
fn ipinfos_layout_is_read() {
    assert_snapshot!(check("ipinfo generic_lite", json!({
        "as_domain": "hetzner.com", "as_name": "Hetzner Online GmbH", "asn": "AS24940",
        "continent": "Europe", "continent_code": "EU", "country": "Germany", "country_code": "DE",
    })), @"country and asn: DE Germany - - - - -; 24940 Hetzner Online GmbH");
    assert_snapshot!(check("ipinfo country_asn", json!({
        "as_name": "Hetzner Online GmbH", "asn": "AS24940", "country": "DE",
        "country_name": "Germany",
    })), @"country and asn: DE Germany - - - - -; 24940 Hetzner Online GmbH");
    assert_snapshot!(check("ipinfo standard_location", json!({
        "city": "Berlin", "country": "DE", "lat": "52.5", "lng": "13.25", "region": "Land Berlin",
        "region_code": "BE",
    })), @"city: DE Germany BE Land Berlin Berlin 52.5 13.25; -");
    // Here the country is where the system is registered.
    assert_snapshot!(check("ipinfo standard_asn", json!({
        "asn": "AS24940", "country": "US", "domain": "hetzner.com", "name": "Hetzner Online GmbH",
        "route": "46.4.0.0/16", "type": "hosting",
    })), @"asn: -; 24940 Hetzner Online GmbH");
}

#[test]
fn addresses_of_both_families_are_found() {
    let database = open("iptoasn-country", flat_country());
    let check = |address: &str, expected: Option<&str>| {
        let found = database.look_up(address.parse().unwrap()).unwrap();
        let code = found.place.and_then(|it| it.country_code);
        assert_eq!(code.as_deref(), expected, "{address}");
    };
    check("8.8.8.8", Some("US"));
    check("8.8.9.8", None);
    check("5.6.7.8", None);
    check("2a01:4f8::1", Some("DE"));
    check("2a02::1", None);
    assert_snapshot!(database.describe(), @"iptoasn-country 2026-03-02");
}

/// Renders the error and its cause.
fn error(bytes: Bytes) -> String {
    let error = Database::open("test", bytes).unwrap_err();
    assert!(error.hint().is_some());
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[test]
fn a_database_of_another_kind_is_refused_by_its_keys() {
    let record = json!({"connection_type": "Cable/DSL", "flags": {"is_anonymous": 1}});
    assert_snapshot!(error(write_mmdb("GeoIP2-Connection-Type", &[("1.0.0.0/8", record)])), @"the MMDB database `test` (`GeoIP2-Connection-Type`) has neither countries, cities nor autonomous systems; its records have `connection_type`, `flags`");
    assert_snapshot!(error(write_mmdb("country ipvAll", &[])), @"the MMDB database `test` (`country ipvAll`) has neither countries, cities nor autonomous systems; its records have no keys");
}

#[test]
fn what_is_no_database_is_refused() {
    let bytes = flat_country();
    assert_snapshot!(error(Bytes::new()), @"cannot read `test` as an MMDB database: invalid database: could not find MaxMind DB metadata in file");
    assert_snapshot!(error(Bytes::from_static(b"PK\x03\x04")), @"cannot read `test` as an MMDB database: invalid database: could not find MaxMind DB metadata in file");
    assert_snapshot!(error(bytes.slice(..bytes.len() / 2)), @"cannot read `test` as an MMDB database: invalid database: could not find MaxMind DB metadata in file");
    assert_snapshot!(error(bytes.slice(..bytes.len() - 9)), @"cannot read `test` as an MMDB database: invalid database at offset 1707: string length exceeds buffer");
    assert_snapshot!(error(bytes.slice(200..)), @"cannot read `test` as an MMDB database: invalid database: the MaxMind DB file's search tree extends beyond the metadata section");
}

/// What a damaged database may do: be refused, or answer, or fail in a lookup; never panic.
fn survives(bytes: Vec<u8>, addresses: &[IpAddr]) {
    let database = match Database::open("test", Bytes::from(bytes)) {
        Ok(it) => it,
        Err(Error::NotMmdb { .. } | Error::DamagedMmdb { .. } | Error::OtherMmdb { .. }) => return,
        Err(error) => panic!("an error of another kind: {error}"),
    };
    let _ = (database.describe(), database.built());
    for address in addresses {
        let found = database.look_up(*address);
        let located = database.locate(*address);
        assert!(found.is_err() || located.is_ok(), "{address}");
    }
}

fn addresses() -> Vec<IpAddr> {
    let texts =
        ["8.8.8.8", "46.4.1.2", "5.6.7.8", "255.255.255.255", "2a01:4f8::1", "::", "ffff::"];
    texts.iter().map(|it| it.parse().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_database_that_is_cut_short_is_no_panic(cut in any::<prop::sample::Index>(), is_city in any::<bool>()) {
        let bytes = if is_city { nested_city() } else { flat_country() };
        let cut = cut.index(bytes.len());
        survives(bytes[..cut].to_vec(), &addresses());
        survives(bytes[cut..].to_vec(), &addresses());
    }

    #[test]
    fn flipped_bits_are_no_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..8),
        is_city in any::<bool>(),
    ) {
        let bytes = if is_city { nested_city() } else { flat_country() };
        let mut bytes = bytes.to_vec();
        // Most bytes are nodes of the tree: every second flip goes to the values and the metadata.
        for (number, (index, bit)) in flips.iter().enumerate() {
            let from = if number % 2 == 0 { bytes.len() - 400 } else { 0 };
            let at = from + index.index(bytes.len() - from);
            bytes[at] ^= 1 << bit;
        }
        survives(bytes, &addresses());
    }
}
