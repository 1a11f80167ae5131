//! Columns of rows.

use std::sync::Arc;

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use bytes::Bytes;
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::json;
use tidegate_geo::{Applied, Atlas};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::context::{self, CONTEXT};

use crate::support::{asn, atlas, flat_country, nested_city, open, write_mmdb};

/// Returns a column of text with a value per row.
fn text(rows: &[Option<&str>]) -> Column {
    let mut values: Vec<String> = rows.iter().copied().flatten().map(str::to_owned).collect();
    values.sort_unstable();
    values.dedup();
    let id = |it: &str| u32::try_from(values.iter().position(|value| value == it).unwrap());
    let ids = rows.iter().map(|it| it.map_or(NULL, |it| id(it).unwrap())).collect();
    Column::Text { ids, values }
}

/// Fills the columns, with a value for each row.
fn apply(columns: &mut Columns, atlas: &Atlas) -> Applied {
    let applied = tidegate_geo::apply(columns, atlas);
    columns.settle();
    applied
}

fn columns(named: &[(&str, &[Option<&str>])]) -> Columns {
    let mut columns = Columns { n_rows: named[0].1.len(), ..Columns::default() };
    for (name, rows) in named {
        assert_eq!(rows.len(), columns.n_rows);
        columns.put(name, text(rows));
    }
    columns
}

/// Renders every column of context that is there, a line each.
fn rendered(columns: &Columns) -> String {
    let named = CONTEXT.iter().filter_map(|it| Some((it.name, columns.get(it.name)?)));
    let lines = named.map(|(name, column)| format!("{name}: {}", cells(column).join(" | ")));
    lines.collect::<Vec<_>>().join("\n")
}

fn cells(column: &Column) -> Vec<String> {
    let or_dash = |it: Option<String>| it.unwrap_or_else(|| "-".to_owned());
    match column {
        Column::Text { ids, values } => {
            ids.iter().map(|it| or_dash(values.get(*it as usize).cloned())).collect()
        }
        Column::Plain(array) if array.data_type() == &DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>().iter();
            numbers.map(|it| or_dash(it.map(|it| it.to_string()))).collect()
        }
        Column::Plain(array) => {
            let numbers = array.as_primitive::<Float64Type>().iter();
            numbers.map(|it| or_dash(it.map(|it| it.to_string()))).collect()
        }
        _ => panic!("no column of geography is of lists"),
    }
}

#[test]
fn both_sides_are_filled() {
    let mut columns = columns(&[
        ("srcaddr", &[Some("10.0.0.1"), Some("46.4.1.9"), Some("46.4.9.9"), None]),
        ("dstaddr", &[Some("8.8.8.8"), Some("10.0.0.1"), Some("3.5.141.1"), Some("-")]),
    ]);
    let applied = apply(&mut columns, &atlas());
    assert_eq!(applied, Applied { n_addresses: 4, ..Applied::default() });
    assert_snapshot!(rendered(&columns), @"
    src_country_code: - | DE | DE | -
    src_country_name: - | Germany | Germany | -
    src_region_code: - | BE | - | -
    src_region_name: - | Land Berlin | - | -
    src_city: - | Berlin | - | -
    src_latitude: - | 52.5 | - | -
    src_longitude: - | 13.25 | - | -
    src_as_number: - | 24940 | 24940 | -
    src_as_name: - | Hetzner Online GmbH | Hetzner Online GmbH | -
    dst_country_code: US | - | - | -
    dst_country_name: United States | - | - | -
    dst_as_number: 15169 | - | - | -
    dst_as_name: Google LLC | - | - | -
    dst_aws_service: - | - | S3 | -
    dst_aws_region: - | - | ap-northeast-2 | -
    ");
}

#[test]
fn the_true_end_is_the_packets_where_aws_wrote_it() {
    // At a NAT gateway, of a mapped address, without a packet's address, and of a translated one.
    let mut columns = columns(&[
        ("srcaddr", &[Some("10.0.0.1"), Some("10.0.0.1"), Some("8.8.8.8"), Some("10.0.0.2")]),
        ("pkt_srcaddr", &[Some("10.0.1.5"), Some("8.8.8.8"), None, Some("10.0.0.2")]),
        ("dstaddr", &[Some("10.0.0.220"), Some("46.4.1.1"), Some("10.0.0.1"), Some("10.0.0.3")]),
        ("pkt_dstaddr", &[Some("46.4.1.1"), Some("10.0.1.5"), None, Some("64:ff9b::808:808")]),
    ]);
    apply(&mut columns, &atlas());
    columns.by_index.retain(|_, it| matches!(it, Column::Text { .. }));
    assert_snapshot!(rendered(&columns), @"
    src_country_code: - | US | US | -
    src_country_name: - | United States | United States | -
    src_as_name: - | Google LLC | Google LLC | -
    dst_country_code: DE | - | - | US
    dst_country_name: Germany | - | - | United States
    dst_region_code: BE | - | - | -
    dst_region_name: Land Berlin | - | - | -
    dst_city: Berlin | - | - | -
    dst_as_name: Hetzner Online GmbH | - | - | Google LLC
    ");
}

#[test]
fn what_no_database_knows_is_no_column() {
    let named: &[(&str, &[Option<&str>])] =
        &[("srcaddr", &[Some("10.0.0.1"), Some("9.9.9.9")]), ("dstaddr", &[None, None])];
    let check = |atlas: &Atlas, n_addresses: usize| {
        let mut columns = columns(named);
        assert_eq!(apply(&mut columns, atlas).n_addresses, n_addresses);
        assert_eq!(rendered(&columns), "");
        assert_eq!(columns.by_index.len(), 2);
    };
    check(&atlas(), 1);
    check(&Atlas::default(), 0);
}

#[test]
fn columns_of_an_earlier_time_do_not_stay_and_those_of_others_do() {
    let mut columns = columns(&[
        ("srcaddr", &[Some("46.4.1.9")]),
        ("pkt_src_aws_service", &[Some("S3")]),
        ("direction", &[Some("ingress")]),
    ]);
    apply(&mut columns, &atlas());
    assert!(columns.get("src_city").is_some());
    let mut smaller = Atlas::default();
    smaller.add_systems(asn());
    apply(&mut columns, &smaller);
    assert_snapshot!(rendered(&columns), @"
    direction: ingress
    src_as_number: 24940
    src_as_name: Hetzner Online GmbH
    ");
    apply(&mut columns, &Atlas::default());
    assert_snapshot!(rendered(&columns), @"direction: ingress");
    assert_eq!(cells(columns.get("pkt_src_aws_service").unwrap()), ["S3"]);
}

#[test]
fn a_place_is_of_one_database_and_the_finest_is_asked_first() {
    let other = write_mmdb("country", &[("46.4.0.0/16", json!({"country_code": "NL"}))]);
    let mut atlas = Atlas::default();
    atlas.add_database(open("coarse", other));
    atlas.add_database(open("city", nested_city()));
    let mut columns = columns(&[("srcaddr", &[Some("46.4.1.9"), Some("46.4.9.9")])]);
    apply(&mut columns, &atlas);
    columns.by_index.retain(|_, it| matches!(it, Column::Text { .. }));
    assert_snapshot!(rendered(&columns), @"
    src_country_code: DE | NL
    src_country_name: Germany | Netherlands
    src_region_code: BE | -
    src_region_name: Land Berlin | -
    src_city: Berlin | -
    ");
    assert_snapshot!(atlas.stamp(), @"city 2026-03-02, coarse 2026-03-02");
}

#[test]
fn a_damaged_record_is_a_counted_null() {
    let mut bytes = flat_country().to_vec();
    // The value of the first record: no type of the format begins so.
    let at = bytes.windows(2).position(|it| it == b"US").unwrap() - 1;
    bytes[at] = 0xff;
    let mut atlas = Atlas::default();
    atlas.add_database(open("damaged", Bytes::from(bytes)));
    let mut columns =
        columns(&[("srcaddr", &[Some("8.8.8.8"), Some("46.4.1.1"), Some("8.8.8.9")])]);
    let applied = apply(&mut columns, &atlas);
    assert_eq!((applied.n_addresses, applied.n_failed), (3, 1));
    assert_snapshot!(applied.first_failure.unwrap(), @"`damaged` is damaged: decoding error at offset 18: expected string, got type 7");
    assert_snapshot!(rendered(&columns), @"
    src_country_code: - | DE | -
    src_country_name: - | Germany | -
    ");
}

#[test]
fn columns_have_the_types_of_the_table() {
    let mut columns = columns(&[("srcaddr", &[Some("46.4.1.9"), Some("3.5.141.1")])]);
    apply(&mut columns, &atlas());
    let filled: Vec<_> =
        CONTEXT.iter().filter(|it| it.name.starts_with("src_")).map(|it| it.name).collect();
    assert_eq!(filled.len(), 11);
    for name in filled {
        let expected = context::find(name).unwrap().kind.data_type();
        match columns.get(name).unwrap() {
            Column::Text { ids, values } => {
                assert_eq!((expected, ids.len()), (DataType::Utf8, 2), "{name}");
                assert!(values.is_sorted_by(|one, next| one < next), "{name}");
            }
            Column::Plain(array) => assert_eq!(array.data_type(), &expected, "{name}"),
            _ => panic!("{name}"),
        }
    }
}

#[test]
fn an_atlas_is_shared_by_threads() {
    let atlas = Arc::new(atlas());
    let threads = [(); 4].map(|()| {
        let atlas = Arc::clone(&atlas);
        std::thread::spawn(move || {
            let mut columns = columns(&[("srcaddr", &[Some("46.4.1.9"), Some("8.8.8.8")])]);
            apply(&mut columns, &atlas);
            rendered(&columns)
        })
    });
    let texts = threads.map(|it| it.join().unwrap());
    assert!(texts.iter().all(|it| *it == texts[0] && it.contains("Berlin")));
}

const SOME: [Option<&str>; 8] = [
    None,
    Some("-"),
    Some("10.0.0.1"),
    Some("8.8.8.8"),
    Some("46.4.1.9"),
    Some("46.4.9.9"),
    Some("2a01:4f8::1"),
    Some("3.5.141.1"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Doing it twice is doing it once, and each row gets what it would get alone.
    #[test]
    fn a_row_gets_the_same_alone_and_again(
        rows in prop::collection::vec((0_usize..8, 0_usize..8, 0_usize..8, 0_usize..8), 1..20),
    ) {
        let atlas = atlas();
        let of = |rows: &[(usize, usize, usize, usize)]| {
            let named = |name, get: fn(&(usize, usize, usize, usize)) -> usize| {
                (name, rows.iter().map(|it| SOME[get(it)]).collect::<Vec<_>>())
            };
            let named = [
                named("srcaddr", |it| it.0), named("dstaddr", |it| it.1),
                named("pkt_srcaddr", |it| it.2), named("pkt_dstaddr", |it| it.3),
            ];
            let mut columns = columns(&named.each_ref().map(|it| (it.0, it.1.as_slice())));
            apply(&mut columns, &atlas);
            columns
        };
        let mut all = of(&rows);
        let once = rendered(&all);
        apply(&mut all, &atlas);
        prop_assert_eq!(&once, &rendered(&all));
        for (index, row) in rows.iter().enumerate() {
            let alone = of(&[*row]);
            for name in CONTEXT.iter().map(|it| it.name) {
                let cell = |columns: &Columns, row: usize| {
                    columns.get(name).map_or_else(|| "-".to_owned(), |it| cells(it)[row].clone())
                };
                prop_assert_eq!(cell(&all, index), cell(&alone, 0), "{}", name);
            }
        }
    }
}
