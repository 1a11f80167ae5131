//! Records that were published, by AWS and others: each decodes to what it says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Kept, check, decode_as, shared, values};

/// Returns the values of the only row by AWS's name of the field, `extra` unfolded.
fn only_row(kept: &Kept) -> BTreeMap<String, Option<String>> {
    let batch = &kept.batches[0];
    assert_eq!((kept.batches.len(), batch.num_rows()), (1, 1));
    let mut row = BTreeMap::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let value = values(array).remove(0);
        match field.name().as_str() {
            "extra" => {
                let pairs = value.unwrap();
                let pairs = pairs.trim_matches(['{', '}']).split(", ");
                row.extend(pairs.map(|it| {
                    let (name, value) = it.split_once(": ").unwrap();
                    (name.to_owned(), Some(value.to_owned()))
                }));
            }
            "start" | "end" => {
                let seconds = value.map(|it| it.strip_suffix("000000").unwrap().to_owned());
                row.insert(field.name().clone(), seconds);
            }
            name => {
                row.insert(name.replace('_', "-"), value);
            }
        }
    }
    row
}

#[test]
fn every_published_record_decodes_to_its_fields() {
    let Some(path) = shared("published-records.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut n_records = 0;
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let id = record["id"].as_str().unwrap();
        let raw = record["raw"].as_str().unwrap();
        let (kept, counts) = decode_as(record["format"].as_str(), raw.as_bytes());
        n_records += 1;
        if record["header"].as_bool().unwrap() {
            assert_eq!((counts.n_headers, counts.n_read), (1, 0), "{id}");
            continue;
        }
        let fields = record["fields"].as_object().unwrap();
        let expected: BTreeMap<String, Option<String>> = fields
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().map(ToOwned::to_owned)))
            .collect();
        assert_eq!(only_row(&kept), expected, "{id}");
    }
    assert_eq!(n_records, 59);
}

#[test]
fn the_payloads_of_real_transports_decode() {
    let Some(path) = shared("transport-envelopes.txt") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let payloads: Vec<&str> = text.lines().filter(|it| it.starts_with('{')).collect();
    assert_eq!(payloads.len(), 3);
    for payload in &payloads {
        let (kept, counts) = decode_as(None, payload.as_bytes());
        assert_eq!((counts.n_read, counts.n_bad), (1, 0), "{payload}: {:?}", kept.bad_lines);
    }
    let all = check(payloads.concat());
    assert!(
        all.ends_with("read 3 = ok 2 + nodata 1 + skipdata 0 + bad 0; headers 0, control 0"),
        "{all}"
    );
}

#[test]
fn the_captured_logs_decode_to_the_records_that_they_are_said_to_have() {
    for (folder, n_expected) in [("public-host-72h", 229_094), ("apt29-lab", 7_658)] {
        let Some(path) = shared(folder) else { return };
        let mut n_records = 0;
        for path in objects(&path.join("AWSLogs")) {
            let object = std::fs::read(&path).unwrap();
            let (_, counts) = decode_as(None, &object);
            assert_eq!((counts.n_bad, counts.n_headers), (0, 1), "{}", path.display());
            n_records += counts.n_records();
        }
        assert_eq!(n_records, n_expected, "{folder}");
    }
}

fn objects(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|it| if it.is_dir() { objects(&it) } else { vec![it] })
        .filter(|it| it.extension().is_some_and(|it| it == "gz"))
        .collect()
}
