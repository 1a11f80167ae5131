//! The canonical text of a filter: reading it gives the same filter.

use std::fmt;

use chrono::SecondsFormat;
use tidegate_model::names;

use crate::field::{Field, FieldKind};
use crate::token::is_word;
use crate::tree::{Filter, Node, Term, Test};
use crate::value::Value;

/// Units in which bytes are written, the largest first.
const UNITS: &[(i64, &str)] =
    &[(1 << 50, "PiB"), (1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&node(self.root()))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&node(self))
    }
}

fn node(node: &Node) -> String {
    match node {
        Node::All(parts) => join(parts, " and "),
        Node::Any(parts) => join(parts, " or "),
        Node::Term(it) => term(it, false),
        Node::Not(inner) => match inner.as_ref() {
            Node::Term(it) => term(it, true),
            other => format!("not ({other})"),
        },
    }
}

fn join(parts: &[Node], word: &str) -> String {
    let one = |it: &Node| match it {
        Node::Any(_) => format!("({it})"),
        _ => node(it),
    };
    parts.iter().map(one).collect::<Vec<_>>().join(word)
}

/// Returns the text of a term, or of everything else.
pub(crate) fn term(term: &Term, is_negated: bool) -> String {
    let operator = operator(&term.test, is_negated);
    let values = values(term);
    let text = match values.as_slice() {
        [] => format!("{} {operator}", term.field.name),
        [one] => format!("{} {operator} {one}", term.field.name),
        many => format!("{} {operator} ({})", term.field.name, many.join(", ")),
    };
    let is_told = !is_negated || has_negative(&term.test);
    if is_told { text } else { format!("not {text}") }
}

/// Whether an operator says the opposite.
fn has_negative(test: &Test) -> bool {
    matches!(test, Test::In(_) | Test::Contains(_) | Test::IsNull)
}

/// Returns the operator as it is written.
pub(crate) fn operator(test: &Test, is_negated: bool) -> &'static str {
    let is_list = match test {
        Test::In(values) => {
            values.len() != 1 || matches!(values[0], Value::Block(_) | Value::Range(_, _))
        }
        _ => false,
    };
    match (test, is_negated) {
        (Test::In(_), false) if is_list => "in",
        (Test::In(_), true) if is_list => "not in",
        (Test::In(_), false) => "=",
        (Test::In(_), true) => "!=",
        (Test::Contains(_), false) => "~",
        (Test::Contains(_), true) => "!~",
        (Test::IsNull, false) => "is null",
        (Test::IsNull, true) => "is not null",
        (Test::Less(_), _) => "<",
        (Test::AtMost(_), _) => "<=",
        (Test::More(_), _) => ">",
        (Test::AtLeast(_), _) => ">=",
    }
}

/// Returns the values of a term as they are written.
pub(crate) fn values(term: &Term) -> Vec<String> {
    let one = |it: &Value| vec![value_of(term.field, it)];
    match &term.test {
        Test::In(values) => values.iter().map(|it| value_of(term.field, it)).collect(),
        Test::Contains(texts) => texts.iter().map(|it| value_text(it)).collect(),
        Test::Less(it) | Test::AtMost(it) | Test::More(it) | Test::AtLeast(it) => one(it),
        Test::IsNull => Vec::new(),
    }
}

/// Returns the text of a value of `field`.
pub(crate) fn value_of(field: &Field, value: &Value) -> String {
    let number = |it: i64| match field.kind {
        FieldKind::Protocol => names::protocol(it).map_or_else(|| it.to_string(), str::to_owned),
        _ if field.unit == "bytes" => bytes(it),
        _ => it.to_string(),
    };
    match value {
        Value::Address(it) => it.to_string(),
        Value::Block(it) => it.to_string(),
        Value::Number(it) => number(*it),
        Value::Range(from, to) if field.kind == FieldKind::Protocol => format!("{from}-{to}"),
        Value::Range(from, to) => format!("{}-{}", number(*from), number(*to)),
        Value::Decimal(it) => it.to_string(),
        Value::Time(it) => it.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        Value::Date(it) => it.to_string(),
        Value::Flag(it) => it.to_string(),
        Value::Text(it) => value_text(it),
    }
}

fn bytes(number: i64) -> String {
    let unit = UNITS.iter().find(|it| number > 0 && number % it.0 == 0);
    unit.map_or_else(|| number.to_string(), |it| format!("{}{}", number / it.0, it.1))
}

/// Returns `text` as a value is written in a filter: in quotes if it must be.
#[must_use]
pub fn value_text(text: &str) -> String {
    if is_word(text) {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for it in text.chars() {
        match it {
            '\'' | '\\' => quoted.extend(['\\', it]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(it),
        }
    }
    quoted.push('\'');
    quoted
}
