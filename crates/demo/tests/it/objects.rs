//! Keys, encodings, order, and sameness.

use std::io;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tidegate_demo::{Error, FileFormat, Layout, Object, Spec, World};

use crate::support::{gunzip, records, run};

fn keys_and_bytes(spec: Spec) -> Vec<Object> {
    run(spec).objects
}

#[test]
fn the_same_specification_yields_the_same_bytes_with_any_number_of_threads() {
    for (interval_s, file_format) in [(60, FileFormat::Text), (600, FileFormat::Parquet)] {
        let spec = Spec { interval_s, file_format, has_record_truth: true, ..Spec::small(11) };
        let one = run(spec.clone());
        for n_threads in [2, 5] {
            let other = run(Spec { n_threads, ..spec.clone() });
            assert!(one.objects == other.objects, "{n_threads} threads");
            assert_eq!(one.truth.to_json(), other.truth.to_json());
            let rows = |run: &crate::support::Run| run.truth.records_csv_gz().unwrap();
            assert_eq!(rows(&one), rows(&other));
        }
    }
}

#[test]
fn another_seed_yields_another_world() {
    assert_ne!(keys_and_bytes(Spec::small(1)), keys_and_bytes(Spec::small(2)));
}

#[test]
fn objects_come_in_the_order_of_time() {
    let world = World::new(Spec { n_threads: 3, ..Spec::small(3) }).unwrap();
    let mut times = Vec::new();
    let stamp = |key: &str| key.rsplit('_').nth(1).map(str::to_owned).unwrap();
    world
        .generate(&mut |object| {
            times.push(stamp(&object.key));
            Ok(())
        })
        .unwrap();
    assert!(times.is_sorted());
    assert_eq!(times.first().unwrap(), "20260302T0000Z");
    assert_eq!(times.last().unwrap(), "20260302T2355Z");
}

/// Asserts that keys have the form `<folder>/<account>_vpcflowlogs_<region>_<fl>_<time>_<hash>.<end>`.
fn check_keys(spec: Spec, folder: &str, end: &str) {
    for object in keys_and_bytes(spec) {
        let (own_folder, file) = object.key.rsplit_once('/').unwrap();
        let stem = file.strip_suffix(end).unwrap_or_else(|| panic!("{file} ends otherwise"));
        let parts: Vec<&str> = stem.split('_').collect();
        let [account, service, region, flow_log, time, hash] = parts[..] else {
            panic!("{file} has other parts");
        };
        assert_eq!((account, service, region), ("123456789012", "vpcflowlogs", "eu-central-1"));
        assert!(flow_log.starts_with("fl-0") && flow_log.len() == 20, "{flow_log}");
        assert!(hash.len() == 8 && hash.bytes().all(|it| it.is_ascii_hexdigit()), "{hash}");
        let hour = &time[9..11];
        assert_eq!(own_folder, folder.replace("HH", hour), "{time}");
        assert_eq!(time.len(), 14);
    }
}

#[test]
fn keys_have_the_form_that_aws_gives_them() {
    let spec = Spec { region: "eu-central-1".into(), ..Spec::small(4) };
    check_keys(spec.clone(), "AWSLogs/123456789012/vpcflowlogs/eu-central-1/2026/03/02", ".log.gz");
    check_keys(
        Spec { is_hourly: true, prefix: "net/".into(), ..spec.clone() },
        "net/AWSLogs/123456789012/vpcflowlogs/eu-central-1/2026/03/02/HH",
        ".log.gz",
    );
    check_keys(
        Spec { layout: Layout::Hive, is_hourly: true, file_format: FileFormat::Parquet, ..spec },
        "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=eu-central-1/\
         year=2026/month=03/day=02/hour=HH",
        ".log.parquet",
    );
}

#[test]
fn other_accounts_have_trees_of_their_own() {
    let other_accounts = vec!["210987654321".to_owned(), "333333333333".to_owned()];
    let run = run(Spec { other_accounts, ..Spec::small(4) });
    for account in ["123456789012", "210987654321", "333333333333"] {
        let folder = format!("AWSLogs/{account}/");
        let own: Vec<Object> =
            run.objects.iter().filter(|it| it.key.starts_with(&folder)).cloned().collect();
        assert!(own.len() > 100, "{account} has {} objects", own.len());
        let owners = records(&own);
        assert!(owners.iter().all(|it| [account, "unknown"].contains(&it.text("account-id"))));
    }
}

/// Returns the cells of a batch as text, with `-` for null.
fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let text = |array: &dyn Array, row: usize| {
        if array.is_null(row) {
            return "-".to_owned();
        }
        match array.data_type() {
            DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
            _ => array.as_string::<i32>().value(row).to_owned(),
        }
    };
    let row = |row: usize| batch.columns().iter().map(|it| text(it.as_ref(), row)).collect();
    (0..batch.num_rows()).map(row).collect()
}

#[test]
fn parquet_objects_hold_what_the_text_objects_hold() {
    let spec = Spec { n_records: 8_000, ..Spec::small(5) };
    let text = run(spec.clone()).objects;
    let parquet = run(Spec { file_format: FileFormat::Parquet, ..spec }).objects;
    assert_eq!(text.len(), parquet.len());
    for (text, parquet) in text.iter().zip(parquet) {
        let written = gunzip(&text.bytes);
        let lines: Vec<Vec<String>> =
            written.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(parquet.bytes)).unwrap();
        let names: Vec<String> =
            reader.schema().fields().iter().map(|it| it.name().replace('_', "-")).collect();
        assert_eq!(names, lines[0]);
        let batches = reader.build().unwrap().map(Result::unwrap);
        let rows: Vec<Vec<String>> = batches.flat_map(|it| cells(&it)).collect();
        assert_eq!(rows, lines[1..]);
    }
}

#[test]
fn parquet_columns_have_the_types_of_aws() {
    let format = ["version", "srcaddr", "srcport", "packets", "start", "tcp-flags", "traffic-path"];
    let spec = Spec {
        n_records: 500,
        format: format.iter().map(ToString::to_string).collect(),
        file_format: FileFormat::Parquet,
        ..Spec::small(5)
    };
    let object = run(spec).objects.remove(0);
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(object.bytes)).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    let types: Vec<String> =
        columns.iter().map(|it| format!("{} {}", it.name(), it.physical_type())).collect();
    insta::assert_snapshot!(types.join("\n"), @"
    version INT32
    srcaddr BYTE_ARRAY
    srcport INT32
    packets INT64
    start INT64
    tcp_flags INT32
    traffic_path INT32
    ");
    let group = reader.metadata().row_group(0).column(1).compression();
    assert!(format!("{group:?}").starts_with("GZIP"), "{group:?}");
}

#[test]
fn a_caller_that_fails_stops_the_run_and_is_named() {
    for n_threads in [1, 3] {
        let world = World::new(Spec { n_threads, ..Spec::small(6) }).unwrap();
        let mut n_taken = 0;
        let result = world.generate(&mut |_| {
            n_taken += 1;
            if n_taken == 10 { Err(io::Error::other("the disk is full")) } else { Ok(()) }
        });
        let Err(Error::Emit { key, source }) = result else { panic!("{result:?}") };
        assert!(key.starts_with("AWSLogs/"), "{key}");
        assert_eq!((n_taken, source.to_string().as_str()), (10, "the disk is full"));
    }
}
