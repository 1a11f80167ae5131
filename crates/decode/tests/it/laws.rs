//! Laws that hold for any input.

use bytes::Bytes;
use proptest::prelude::*;
use tidegate_decode::{Decoder, LogFormat, Options};
use tidegate_model::field::{FIELDS, Kind};

use crate::containers::check_stream;
use crate::support::{Kept, check, decode_as, gzip, values, zstd};

/// Lines of a small format, some of them bad in some way.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "10\\.0\\.0\\.[0-9]{1,2} [0-9]{1,12} (ACCEPT|REJECT) (OK|NODATA|SKIPDATA)",
        1 => "[0-9a-f:]{1,12} [0-9]{1,25} [a-z]{1,40} -",
        1 => "[ -Z\\]-z|~\\t]{0,60}",
        1 => Just("srcaddr bytes action log-status".to_owned()),
        1 => Just("action,bytes,srcaddr".to_owned()),
        1 => Just(String::new()),
    ];
    let end = prop_oneof![5 => Just("\n"), 1 => Just("\r\n")];
    let lines = prop::collection::vec((line, end), 0..60);
    lines.prop_map(|it| it.into_iter().map(|(line, end)| line + end).collect())
}

/// The values of one record: a text for every field of the table, as AWS would write it.
fn record() -> impl Strategy<Value = Vec<String>> {
    let values: Vec<BoxedStrategy<String>> = FIELDS
        .iter()
        .map(|field| match field.kind {
            Kind::Text => "[A-Za-z0-9_:/.][A-Za-z0-9_:/.-]{0,40}".boxed(),
            Kind::Tag => "[a-z0-9]{1,20}".boxed(),
            Kind::Address => prop_oneof![
                any::<std::net::Ipv4Addr>().prop_map(|it| it.to_string()),
                any::<std::net::Ipv6Addr>().prop_map(|it| it.to_string()),
            ]
            .boxed(),
            Kind::Int32 => (0..=i32::MAX).prop_map(|it| it.to_string()).boxed(),
            Kind::Int64 => (0..=i64::MAX).prop_map(|it| it.to_string()).boxed(),
            Kind::Time => (0..=i32::MAX).prop_map(|it| it.to_string()).boxed(),
        })
        .map(|it| prop_oneof![4 => it, 1 => Just("-".to_owned())].boxed())
        .collect();
    values
}

/// Some fields of the table, in some order.
fn fields() -> impl Strategy<Value = Vec<usize>> {
    prop::sample::subsequence((0..FIELDS.len()).collect::<Vec<_>>(), 1..=FIELDS.len())
        .prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_accounted_for(text in lines()) {
        let (kept, counts) = decode_as(Some("bytes"), text.as_bytes());
        prop_assert_eq!(counts.n_read, kept.n_rows() as u64 + counts.n_bad);
        let n_lines = text.lines().filter(|it| !it.trim().is_empty()).count() as u64;
        prop_assert_eq!(counts.n_read + counts.n_headers, n_lines);
        prop_assert!(kept.bad_lines.is_sorted_by(|a, b| a.line < b.line));
        for bad_line in &kept.bad_lines {
            let line = text.lines().nth(usize::try_from(bad_line.line).unwrap() - 1).unwrap();
            prop_assert_eq!(line.as_bytes(), bad_line.raw.as_slice());
        }
    }

    #[test]
    fn what_was_encoded_comes_back(
        fields in fields(),
        records in prop::collection::vec(record(), 1..20),
        is_given: bool,
    ) {
        let line = |it: &dyn Fn(usize) -> String| {
            fields.iter().map(|index| it(*index)).collect::<Vec<_>>().join(" ") + "\n"
        };
        let names = line(&|index| FIELDS[index].name.to_owned());
        let text: String = records.iter().map(|it| line(&|index| it[index].clone())).collect();
        let (format, header) = if is_given { (Some(names.as_str()), "") } else { (None, names.as_str()) };
        let (kept, counts) = decode_as(format, format!("{header}{text}").as_bytes());
        prop_assert_eq!(counts.n_bad, 0, "{:?}", kept.bad_lines);
        let batch = &kept.batches[0];
        prop_assert_eq!(batch.num_rows(), records.len());
        for index in fields {
            let field = &FIELDS[index];
            let column = values(batch.column_by_name(field.column).unwrap());
            for (record, value) in records.iter().zip(column) {
                let expected = match (record[index].as_str(), field.kind) {
                    ("-", _) => None,
                    (seconds, Kind::Time) if seconds != "0" => Some(format!("{seconds}000000")),
                    (text, _) => Some(text.to_owned()),
                };
                prop_assert_eq!(value, expected, "{}", field.name);
            }
        }
    }

    #[test]
    fn pieces_do_not_change_the_result(text in lines(), n_piece in 1_usize..100) {
        let whole = check(&text);
        prop_assert_eq!(&check_stream(text.as_bytes(), n_piece), &whole);
        prop_assert_eq!(&check_stream(&gzip(text.as_bytes()), n_piece), &whole);
    }

    #[test]
    fn members_may_be_split_anywhere(text in lines(), at: prop::sample::Index) {
        let (first, second) = text.as_bytes().split_at(at.index(text.len() + 1));
        let whole = check(&text);
        prop_assert_eq!(&check([gzip(first), gzip(second)].concat()), &whole);
        prop_assert_eq!(&check([zstd(first), zstd(second)].concat()), &whole);
    }

    #[test]
    fn one_decoder_for_all_objects_gives_what_one_for_each_gives(texts in prop::collection::vec(lines(), 1..6)) {
        let mut decoder = Decoder::new(Options::default());
        let mut kept = Kept::default();
        let mut expected = Vec::new();
        for text in &texts {
            decoder.decode_bytes(&Bytes::copy_from_slice(text.as_bytes()), &mut kept);
            expected.extend(decode_as(None, text.as_bytes()).0.rows());
        }
        decoder.flush(&mut kept);
        let mut rows = kept.rows();
        rows.sort();
        expected.sort();
        prop_assert_eq!(rows, expected);
    }

    #[test]
    fn a_format_reads_as_it_is_written(fields in fields()) {
        let written: Vec<String> = fields.iter().map(|it| format!("${{{}}}", FIELDS[*it].name)).collect();
        let format = LogFormat::parse(&written.join(" "));
        prop_assert_eq!(format.map(|it| it.n_fields()), Ok(fields.len()));
    }
}
