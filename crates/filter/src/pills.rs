//! A filter as pills: terms that can be negated, edited and removed one by one.

use tidegate_model::names;

use crate::field::FieldKind;
use crate::print;
use crate::tree::{Filter, Node, Term, Test};
use crate::value::Value;

/// A term as a pill. Joining the texts of all pills with ` and ` is the filter again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pill {
    /// Its text in the language.
    pub text: String,
    /// Whether it is negated.
    pub is_negated: bool,
    /// Name of its field.
    pub field: &'static str,
    /// Its operator as it is written.
    pub operator: &'static str,
    /// Its values as they are written.
    pub values: Vec<String>,
    /// Text of the pill that everything else passes.
    pub opposite: String,
    /// Text for people: ports with their services.
    pub label: String,
}

impl Filter {
    /// Returns the filter as pills; `None` if it is more than terms joined by *and*.
    #[must_use]
    pub fn pills(&self) -> Option<Vec<Pill>> {
        self.conjuncts().iter().map(Node::as_term).map(|it| it.map(pill)).collect()
    }
}

fn pill((term, is_negated): (&Term, bool)) -> Pill {
    let text = print::term(term, is_negated);
    let values = print::values(term);
    let label = label(term, is_negated).unwrap_or_else(|| text.clone());
    Pill {
        is_negated,
        field: term.field.name,
        operator: print::operator(&term.test, is_negated),
        values,
        opposite: print::term(term, !is_negated),
        label,
        text,
    }
}

/// Returns the term with the services of its ports.
fn label(term: &Term, is_negated: bool) -> Option<String> {
    let Test::In(values) = &term.test else { return None };
    if term.field.kind != FieldKind::Port {
        return None;
    }
    let one = |it: &Value| match it {
        Value::Number(port) => match names::service_of_port(*port) {
            Some(service) => format!("{port} ({service})"),
            None => port.to_string(),
        },
        other => print::value_of(term.field, other),
    };
    let shown: Vec<String> = values.iter().map(one).collect();
    let operator = print::operator(&term.test, is_negated);
    Some(format!("{} {operator} {}", term.field.name, shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_joined_by_and_are_pills() {
        let text = "dstport not in (22, 40000) and action = REJECT and not bytes > 1KiB and vpc_id is null";
        let filter = Filter::parse(text).unwrap();
        let pills = filter.pills().unwrap();
        let shown: Vec<String> = pills
            .iter()
            .map(|it| {
                format!("{} | {} | {}: {}", it.label, it.opposite, it.operator, it.values.join(" "))
            })
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @"
        dstport not in 22 (ssh), 40000 | dstport in (22, 40000) | not in: 22 40000
        action = REJECT | action != REJECT | =: REJECT
        not bytes > 1KiB | bytes > 1KiB | >: 1KiB
        vpc_id is null | vpc_id is not null | is null:
        ");
        let texts: Vec<&str> = pills.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts.join(" and "), text);
        let negated: Vec<bool> = pills.iter().map(|it| it.is_negated).collect();
        assert_eq!(negated, [true, false, true, false]);
    }

    #[test]
    fn more_than_terms_is_text() {
        let check = |text: &str, expected: Option<usize>| {
            let pills = Filter::parse(text).unwrap().pills();
            assert_eq!(pills.map(|it| it.len()), expected, "{text}");
        };
        check("", Some(0));
        check("tcp", Some(1));
        check("not tcp 22", Some(2));
        check("tcp or udp", None);
        check("22 (tcp or udp)", None);
        check("not (22 and tcp)", None);
    }
}
