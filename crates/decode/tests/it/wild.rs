//! The bodies of the fuzz targets, for a bounded number of random inputs.

use proptest::prelude::*;

use crate::containers::check_stream;
use crate::parquet::parquet;
use crate::support::{V2, check, check_as, gzip};

/// Decodes the bytes in every way; nothing may panic, and every way must count the same.
fn decode_text(bytes: &[u8]) {
    let whole = check(bytes);
    assert_eq!(check_stream(bytes, 13), whole);
    check_as("srcaddr bytes start tags", bytes);
    check_as("bytes", gzip(bytes));
}

/// Changes some bytes of `object`, cuts it, and puts something into it.
fn damaged(object: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let n_bytes = object.len();
    let changes = prop::collection::vec((0..n_bytes, any::<u8>()), 0..6);
    (changes, 0..=n_bytes, any::<bool>(), prop::collection::vec(any::<u8>(), 0..8)).prop_map(
        move |(changes, cut, is_cut, inserted)| {
            let mut object = object.clone();
            for (at, byte) in changes {
                object[at] = byte;
            }
            if is_cut {
                object.truncate(cut);
            } else {
                object.splice(cut..cut, inserted);
            }
            object
        },
    )
}

fn envelope() -> Vec<u8> {
    let event = format!(
        r#"{{"id":"1","timestamp":1,"message":"{V2}","extractedFields":{{"version":"2","bytes":"7"}}}}"#
    );
    let fields = r#"{"extractedFields":{"version":"2","bytes":"7"}}"#;
    format!(
        r#"{{"messageType":"DATA_MESSAGE","logEvents":[{event},{fields}]}}{{"message":"{V2}"}}"#
    )
    .into_bytes()
}

fn parquet_object() -> Vec<u8> {
    use arrow::array::{Int32Array, StringArray};
    use std::sync::Arc;
    parquet(vec![
        ("srcaddr", Arc::new(StringArray::from(vec!["10.0.0.1"; 50]))),
        ("bytes", Arc::new(Int32Array::from_iter_values(0..50))),
        ("new", Arc::new(StringArray::from(vec![Some("x"); 50]))),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_counted(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        decode_text(&bytes);
    }

    #[test]
    fn any_text_is_counted(text in "[ -~\\t\\r\\n\\x00é]{0,400}") {
        decode_text(text.as_bytes());
    }

    #[test]
    fn any_words_are_counted(words in prop::collection::vec(
        prop_oneof![
            Just("srcaddr"), Just("bytes"), Just("start"), Just("log-status"), Just("10.0.0.1"),
            Just("-"), Just("2"), Just("NODATA"), Just("\n"), Just("\n"), Just(","), Just(V2),
            Just("2025-02-25T12:25:04.000Z"), Just("\u{0}"), Just("new-field"), Just("999999999999999"),
        ], 0..80)
    ) {
        decode_text(words.join(" ").as_bytes());
        decode_text(words.concat().as_bytes());
    }

    #[test]
    fn any_damage_to_an_envelope_is_counted(bytes in damaged(envelope())) {
        decode_text(&bytes);
    }

    #[test]
    fn any_damage_to_gzip_is_counted(bytes in damaged(gzip(&envelope().repeat(3)))) {
        check(&bytes);
        check_stream(&bytes, 100);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_damage_to_parquet_is_counted(bytes in damaged(parquet_object())) {
        check(&bytes);
    }
}
