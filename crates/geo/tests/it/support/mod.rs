//! What the tests share.

mod writer;

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_geo::{AsnTable, Atlas, AwsRanges, Database};

pub(crate) use writer::write_mmdb;

/// Returns the bytes of a database in ip-location-db's flat layout.
pub(crate) fn flat_country() -> Bytes {
    write_mmdb(
        "country ipvAll",
        &[
            ("8.8.8.0/24", json!({"country_code": "US"})),
            ("46.4.0.0/16", json!({"country_code": "DE"})),
            ("5.6.7.0/24", json!({"country_code": "ZZ"})),
            ("2a01:4f8::/32", json!({"country_code": "DE"})),
        ],
    )
}

/// Returns the bytes of a database in `MaxMind`'s layout.
pub(crate) fn nested_city() -> Bytes {
    write_mmdb("GeoLite2-City", &[("46.4.1.0/24", berlin()), ("1.1.1.0/24", json!({}))])
}

fn berlin() -> Value {
    json!({
        "continent": {"code": "EU", "names": {"de": "Europa", "en": "Europe"}},
        "country": {"iso_code": "DE", "names": {"de": "Deutschland", "en": "Germany"}},
        "subdivisions": [
            {"iso_code": "BE", "names": {"en": "Land Berlin"}},
            {"iso_code": "X", "names": {"en": "Second"}},
        ],
        "city": {"names": {"en": "Berlin"}},
        "location": {"latitude": 52.5, "longitude": 13.25, "time_zone": "Europe/Berlin"},
    })
}

pub(crate) fn open(name: &str, bytes: Bytes) -> Database {
    Database::open(name, bytes).unwrap()
}

const ASN: &str = "8.8.8.0,8.8.8.255,15169,Google LLC\n\
    46.4.0.0,46.4.255.255,24940,Hetzner Online GmbH\n\
    2a01:4f8::,2a01:4f8:ffff:ffff:ffff:ffff:ffff:ffff,24940,Hetzner Online GmbH\n";

pub(crate) fn asn() -> AsnTable {
    AsnTable::build("asn", &[Bytes::from_static(ASN.as_bytes())], None).unwrap().table
}

const AWS: &str = r#"{"createDate": "2026-03-02-00-00-00", "prefixes": [
    {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "S3"}
]}"#;

/// Returns an atlas with a database of each kind.
pub(crate) fn atlas() -> Atlas {
    let mut atlas = Atlas::default();
    atlas.add_database(open("country", flat_country()));
    atlas.add_database(open("city", nested_city()));
    atlas.add_systems(asn());
    let aws_ranges = AwsRanges::read("ip-ranges", &Bytes::from_static(AWS.as_bytes())).unwrap();
    atlas.set_aws_ranges(aws_ranges);
    atlas
}
