//! What is true of all filters, and of all texts.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use tidegate_model::cidr::Cidr;

use crate::complete::complete;
use crate::field::{self, Field, FieldKind};
use crate::tree::{Filter, Node, Term, Test};
use crate::value::{self, Value};

/// Any text, and texts of the words of the language in any order.
fn any_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        ">=",
        "~",
        "!~",
        "!",
        "-",
        "'",
        "\"",
        "\\",
        "action",
        "dstport",
        "srcaddr",
        "bytes",
        "start",
        "REJECT",
        "22",
        "1-2",
        "10.0.0.0/8",
        "2001:db8::1",
        "10MiB",
        "tcp",
        "sg-1",
        "ö",
        "\u{0}",
        " ",
        "",
        "2026-03-02T10:00Z",
        "counted",
        "true",
    ]);
    let words = prop::collection::vec(word, 0..24).prop_map(|it| it.join(" "));
    let glued =
        prop::collection::vec(".{0,6}|[a-z=()!<>~'\"-]{0,8}", 0..12).prop_map(|it| it.concat());
    prop_oneof![words, glued, any::<String>()]
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|it| IpAddr::from(it.to_be_bytes())),
        any::<u128>().prop_map(|it| IpAddr::from(it.to_be_bytes())),
    ]
}

/// A value that `field` can have.
fn value_of(field: &'static Field) -> BoxedStrategy<Value> {
    let number = |max: i64| {
        let one = (0..=max).prop_map(Value::Number);
        let range = (0..=max, 0..=max).prop_map(|(a, b)| Value::Range(a.min(b), a.max(b)));
        prop_oneof![one, range].boxed()
    };
    match field.kind {
        FieldKind::Address => {
            let block = (address(), 0_u32..128).prop_filter_map("too long", |(address, n_bits)| {
                value::address(&Cidr::new(address, n_bits)?.to_string())
            });
            prop_oneof![address().prop_map(Value::Address), block].boxed()
        }
        FieldKind::Port => number(65_535),
        FieldKind::Protocol => number(255),
        FieldKind::Number => number(i64::MAX),
        FieldKind::Decimal => prop::num::f64::NORMAL.prop_map(Value::Decimal).boxed(),
        FieldKind::Time => (0_i64..9_214_646_400_000_000)
            .prop_map(|it| Value::Time(DateTime::from_timestamp_micros(it).unwrap()))
            .boxed(),
        FieldKind::Date => (0_i32..106_651)
            .prop_map(|it| NaiveDate::from_epoch_days(it).unwrap())
            .prop_map(Value::Date)
            .boxed(),
        FieldKind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        // What is read of a text is what the field makes of it, which is the same read again.
        FieldKind::Text | FieldKind::List | FieldKind::Country | FieldKind::System => {
            let known = field.values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
            let texts = if field.is_closed {
                prop::sample::select(known).boxed()
            } else {
                prop_oneof!["[a-zA-Z0-9' \\\\\"\n-]{0,12}", any::<String>()].boxed()
            };
            texts.prop_map(move |it| value::read(field, &it).unwrap().remove(0)).boxed()
        }
    }
}

fn test_of(field: &'static Field) -> BoxedStrategy<Test> {
    let list = prop::collection::vec(value_of(field), 1..4);
    let mut all = vec![list.prop_map(Test::In).boxed(), Just(Test::IsNull).boxed()];
    if field.kind.is_text() {
        let text = any::<String>().prop_filter_map("empty", |it| {
            let lower = it.to_lowercase();
            (!lower.is_empty() && lower == lower.to_lowercase()).then_some(lower)
        });
        all.push(prop::collection::vec(text, 1..3).prop_map(Test::Contains).boxed());
    }
    if field.kind.is_ordered() {
        let one = || value_of(field).prop_filter("one", |it| !matches!(it, Value::Range(_, _)));
        all.push(one().prop_map(Test::Less).boxed());
        all.push(one().prop_map(Test::AtMost).boxed());
        all.push(one().prop_map(Test::More).boxed());
        all.push(one().prop_map(Test::AtLeast).boxed());
    }
    prop::strategy::Union::new(all).boxed()
}

fn tree() -> impl Strategy<Value = Node> {
    let fields: Vec<&'static Field> = field::all().iter().collect();
    let term = prop::sample::select(fields).prop_flat_map(|field| {
        // A day that a moment is equal to is refused: what has no time of day is left out.
        test_of(field).prop_map(move |test| Node::Term(Term { field, test }))
    });
    term.prop_recursive(5, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            several().prop_map(Node::all),
            several().prop_map(Node::any),
            inner.clone().prop_map(Node::not),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in any_text()) {
        match Filter::parse(&text) {
            Ok(filter) => {
                let canonical = filter.to_string();
                prop_assert_eq!(Filter::parse(&canonical), Ok(filter.clone()), "{}", canonical);
                let pills = filter.pills().map(|it| {
                    it.into_iter().map(|it| it.text).collect::<Vec<_>>().join(" and ")
                });
                prop_assert!(pills.is_none_or(|it| it == canonical));
            }
            Err(error) => {
                prop_assert!(text.get(error.bytes.clone()).is_some(), "{:?}", error);
                let n_chars = text.chars().count();
                prop_assert!(error.chars.start <= error.chars.end && error.chars.end <= n_chars);
                prop_assert!(!error.message.is_empty());
                prop_assert!(error.marked(&text).contains('^'));
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(root in tree()) {
        let filter = Filter::of(root);
        let canonical = filter.to_string();
        let read = Filter::parse(&canonical);
        prop_assert_eq!(read.as_ref(), Ok(&filter), "{}", canonical);
        prop_assert_eq!(read.map(|it| it.to_string()), Ok(canonical));
        prop_assert_eq!(filter.swapped().swapped(), filter);
    }

    #[test]
    fn every_completion_replaces_a_part_of_the_text(text in any_text(), at in 0_usize..40) {
        let done = complete(&text, at);
        prop_assert!(text.get(done.bytes.clone()).is_some());
        prop_assert_eq!(done.chars.len(), text[done.bytes].chars().count());
    }

    #[test]
    fn quotes_of_sql_never_end_before_their_text(text in any::<String>()) {
        let filter = Filter::is("instance_tag", Some(&text)).unwrap();
        let expected = format!("instance_tag = '{}'", text.replace('\'', "''"));
        prop_assert_eq!(filter.sql(), expected);
    }
}
