//! What a filter is: terms, joined by *and* and *or*, perhaps negated.

use std::collections::BTreeSet;

use crate::error::FilterError;
use crate::field::Field;
use crate::value::Value;
use crate::{parse, print, sql, swap};

/// A filter. Its tree is in normal form, so that equal filters have equal texts: no *and* in an
/// *and*, no *or* in an *or*, none of a single part, no double negation.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    root: Node,
}

/// A part of a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// All of these; without any, everything passes. That is only ever the root.
    All(Vec<Node>),
    /// One of these: two at least.
    Any(Vec<Node>),
    /// Everything else.
    Not(Box<Node>),
    /// A field and what is asked of it.
    Term(Term),
}

/// A field and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The field.
    pub field: &'static Field,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a field. Of a field over several columns, one must pass; the values fit the
/// field.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It is one of the values, or lies in one of the blocks or ranges (`=`, `in`).
    In(Vec<Value>),
    /// It contains one of these texts, whichever the case (`~`). They are in lower case.
    Contains(Vec<String>),
    /// It is less (`<`).
    Less(Value),
    /// It is less or the same (`<=`).
    AtMost(Value),
    /// It is more (`>`).
    More(Value),
    /// It is more or the same (`>=`).
    AtLeast(Value),
    /// It has no value (`is null`).
    IsNull,
}

impl Filter {
    /// Returns the filter that everything passes; its text is empty.
    #[must_use]
    pub fn everything() -> Self {
        Self { root: Node::All(Vec::new()) }
    }

    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// With the place in the text, what is wrong there, and what may have been meant.
    ///
    /// # Limits
    ///
    /// [`TEXT_BYTES_MAX`](crate::TEXT_BYTES_MAX) of text, as read and as written out,
    /// [`DEPTH_MAX`](crate::DEPTH_MAX) nested parentheses, [`VALUES_MAX`](crate::VALUES_MAX)
    /// values.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// Returns the filter that `field` is `value`, as it stands in a record; `None` is no value.
    ///
    /// # Errors
    ///
    /// If there is no such field, or it cannot have such a value.
    pub fn is(field: &str, value: Option<&str>) -> Result<Self, FilterError> {
        match value {
            Some(value) => Self::parse(&format!("{field} = {}", print::value_text(value))),
            None => Self::parse(&format!("{field} is null")),
        }
    }

    /// Returns the tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the parts that must all pass.
    #[must_use]
    pub fn conjuncts(&self) -> &[Node] {
        match &self.root {
            Node::All(all) => all,
            one => std::slice::from_ref(one),
        }
    }

    /// Returns the parts that must all pass, each as a filter of its own.
    #[must_use]
    pub fn parts(&self) -> Vec<Self> {
        self.conjuncts().iter().cloned().map(Self::of).collect()
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.conjuncts().is_empty()
    }

    /// Returns the filter that what passes both passes.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { root: Node::all(vec![self.root, other.root]) }
    }

    /// Returns the filter that everything else passes; of [`everything`](Self::everything), itself.
    #[must_use]
    pub fn negated(self) -> Self {
        if self.is_everything() { self } else { Self { root: Node::not(self.root) } }
    }

    /// Returns the filter with source and destination, client and server exchanged.
    #[must_use]
    pub fn swapped(&self) -> Self {
        Self { root: swap::swapped(&self.root) }
    }

    /// Returns a condition of SQL over the table `flows`, which may stand as it is before and
    /// behind `AND`. It is false or NULL where a record does not pass.
    #[must_use]
    pub fn sql(&self) -> String {
        sql::sql(&self.root)
    }

    /// Returns the fields that it names, each once, in order.
    #[must_use]
    pub fn fields(&self) -> Vec<&'static Field> {
        let mut fields = BTreeSet::new();
        self.root.each_term(&mut |it| {
            fields.insert(it.field);
        });
        fields.into_iter().collect()
    }

    /// Returns the columns of `flows` that [`sql`](Self::sql) reads, each once, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        let fields = self.fields();
        let columns: BTreeSet<&str> = fields.iter().flat_map(|it| it.columns.all()).collect();
        columns.into_iter().collect()
    }

    pub(crate) fn of(root: Node) -> Self {
        Self { root }
    }
}

impl Node {
    /// Returns the term and whether it is negated; `None` if this is more than a term.
    #[must_use]
    pub fn as_term(&self) -> Option<(&Term, bool)> {
        match self {
            Self::Term(term) => Some((term, false)),
            Self::Not(inner) => match inner.as_ref() {
                Self::Term(term) => Some((term, true)),
                _ => None,
            },
            Self::All(_) | Self::Any(_) => None,
        }
    }

    pub(crate) fn all(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::All(flat) }
    }

    /// Returns that one of `parts` passes; there must be one.
    pub(crate) fn any(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    pub(crate) fn not(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    fn each_term(&self, see: &mut impl FnMut(&Term)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|it| it.each_term(see)),
            Self::Not(inner) => inner.each_term(see),
            Self::Term(term) => see(term),
        }
    }
}

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Filter {
        Filter::parse(text).unwrap()
    }

    #[test]
    fn filters_are_joined_without_changing_what_they_mean() {
        let check = |a: &str, b: &str, expected: &str| {
            assert_eq!(parse(a).and(parse(b)).to_string(), expected);
        };
        check("", "", "");
        check("action = REJECT", "", "action = REJECT");
        check("", "action = REJECT", "action = REJECT");
        check(
            "srcport = 1 or srcport = 2",
            "tcp",
            "(srcport = 1 or srcport = 2) and protocol = tcp",
        );
        check("srcport = 1 tcp", "udp", "srcport = 1 and protocol = tcp and protocol = udp");
        assert_eq!(
            parse("tcp udp").negated().to_string(),
            "not (protocol = tcp and protocol = udp)"
        );
        assert_eq!(parse("tcp").negated().negated(), parse("tcp"));
        assert_eq!(parse("").negated(), Filter::everything());
    }

    #[test]
    fn a_value_of_a_record_becomes_a_filter_whatever_is_in_it() {
        let check = |field: &str, value: Option<&str>, expected: &str| {
            assert_eq!(Filter::is(field, value).unwrap().to_string(), expected);
        };
        check("srcaddr", Some("2001:DB8::1"), "srcaddr = 2001:db8::1");
        check(
            "instance_tag",
            Some("it's (a) \"test\", or"),
            r#"instance_tag = 'it\'s (a) "test", or'"#,
        );
        check("instance_tag", Some("null"), "instance_tag = 'null'");
        check("instance_tag", Some(""), "instance_tag = ''");
        check("src_country_code", None, "src_country_code is null");
        check("counted", Some("true"), "counted = true");
        check("security_group_ids", Some("sg-0abc"), "security_group_ids = sg-0abc");
    }

    #[test]
    fn what_a_filter_names_is_told() {
        let filter = parse("(22 or client_addr = 10.0.0.1) and not action = REJECT");
        let names: Vec<&str> = filter.fields().iter().map(|it| it.name).collect();
        assert_eq!(names, ["action", "client_addr", "port"]);
        assert_eq!(
            filter.columns(),
            [
                "action",
                "dstaddr",
                "dstport",
                "initiator",
                "pkt_dstaddr",
                "pkt_srcaddr",
                "srcaddr",
                "srcport"
            ]
        );
        let terms: Vec<_> = filter.conjuncts().iter().map(Node::as_term).collect();
        assert!(terms[0].is_none());
        assert!(matches!(terms[1], Some((term, true)) if term.field.name == "action"));
    }
}
