//! Tokens to a tree.
//!
//! ```text
//! any     = all ("or" all)*
//! all     = not ("and"? not)*
//! not     = ("not" | "!" | "-")* primary
//! primary = "(" any ")" | field operator values | value
//! values  = value | "(" value ("," value)* ")"
//! ```

use std::ops::Range;

use crate::bare;
use crate::error::{ErrorKind, FilterError, Wrong};
use crate::field::{self, Field, FieldKind};
use crate::nearest::nearest;
use crate::token::{KEYWORDS, Sign, Token, What, tokens};
use crate::tree::{Filter, Node, Term, Test};
use crate::value::{self, Value};

/// The longest text of a filter, as read and as written out: what an address line of a browser and
/// of every proxy still carries.
pub const TEXT_BYTES_MAX: usize = 16 << 10;

/// Parentheses within parentheses. People write three.
pub const DEPTH_MAX: usize = 64;

/// Terms and values of a filter together.
pub const VALUES_MAX: usize = 1_000;

/// Reads a filter.
pub(crate) fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > TEXT_BYTES_MAX {
        let end = text.char_indices().map(|it| it.0).take_while(|it| *it <= TEXT_BYTES_MAX).last();
        return Err(too_long().at(end.unwrap_or(0)..text.len(), text));
    }
    let mut parser = Parser { text, tokens: tokens(text), next: 0, depth: 0, n_values: 0 };
    if parser.tokens.is_empty() {
        return Ok(Filter::everything());
    }
    let root = parser.any()?;
    if parser.peek().is_some() {
        return Err(parser.unexpected());
    }
    let filter = Filter::of(root);
    if filter.to_string().len() > TEXT_BYTES_MAX {
        return Err(too_long().at(0..text.len(), text));
    }
    Ok(filter)
}

fn too_long() -> Wrong {
    let message = format!("the filter is longer than {} KiB", TEXT_BYTES_MAX >> 10);
    Wrong::new(ErrorKind::Limit, message).help("ask for a block or a range in place of each value")
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    n_values: usize,
}

/// What stands behind a field, before its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In { is_negated: bool },
    Contains { is_negated: bool },
    Compare(Sign),
    Null { is_negated: bool },
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Node, FilterError> {
        let mut parts = vec![self.all()?];
        while self.take_keyword("or") {
            parts.push(self.all()?);
        }
        Ok(Node::any(parts))
    }

    fn all(&mut self) -> Result<Node, FilterError> {
        let mut parts = vec![self.not()?];
        loop {
            let is_joined = self.take_keyword("and");
            let is_end =
                self.peek().is_none_or(|it| it.is_keyword("or") || it.is_sign(Sign::Close));
            if is_end && !is_joined {
                return Ok(Node::all(parts));
            }
            parts.push(self.not()?);
        }
    }

    fn not(&mut self) -> Result<Node, FilterError> {
        let mut is_negated = false;
        while self.take_not() {
            is_negated = !is_negated;
        }
        let primary = self.primary()?;
        Ok(if is_negated { Node::not(primary) } else { primary })
    }

    /// Takes `not`, `!`, or the `-` that a word begins with.
    fn take_not(&mut self) -> bool {
        if self.take_keyword("not") || self.take_sign(Sign::Not) {
            return true;
        }
        let Some(token) = self.tokens.get_mut(self.next) else { return false };
        let What::Word(word) = &mut token.what else { return false };
        let Some(rest) = word.strip_prefix('-') else { return false };
        *word = rest.to_owned();
        token.at.start += 1;
        if word.is_empty() {
            self.next += 1;
        }
        true
    }

    fn primary(&mut self) -> Result<Node, FilterError> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.missing("a field or a value"));
        };
        if token.is_sign(Sign::Open) {
            return self.group();
        }
        let What::Word(word) = &token.what else { return Err(self.unexpected()) };
        if is_keyword(word) {
            return Err(self.unexpected());
        }
        self.next += 1;
        let Some((operator, at)) = self.operator()? else {
            let term = bare::term(word).map_err(|it| it.at(token.at.clone(), self.text))?;
            return self.counted(term, token.at);
        };
        let Some(field) = field::find(word) else {
            let near = nearest(word, field::names());
            let wrong = Wrong::new(ErrorKind::Field, format!("there is no field `{word}`"));
            let wrong = wrong.meant(near).help("`tidegate schema` lists the fields");
            return Err(wrong.at(token.at, self.text));
        };
        check(field, operator).map_err(|it| it.at(at, self.text))?;
        self.term(field, operator, token.at)
    }

    fn group(&mut self) -> Result<Node, FilterError> {
        let open = self.peek().map_or(0..0, |it| it.at.clone());
        if self.depth == DEPTH_MAX {
            let message = format!("more than {DEPTH_MAX} parentheses stand in each other");
            return Err(Wrong::new(ErrorKind::Limit, message).at(open, self.text));
        }
        self.next += 1;
        self.depth += 1;
        let inner = self.any()?;
        self.depth -= 1;
        if self.take_sign(Sign::Close) {
            return Ok(inner);
        }
        match self.peek() {
            Some(_) => Err(self.unexpected()),
            None => Err(Wrong::syntax("this `(` has no `)`").at(open, self.text)),
        }
    }

    /// Takes an operator, and returns where it stands.
    fn operator(&mut self) -> Result<Option<(Operator, Range<usize>)>, FilterError> {
        let Some(token) = self.peek().cloned() else { return Ok(None) };
        let begin = token.at.start;
        let operator = match &token.what {
            What::Sign(Sign::Equal) => Operator::In { is_negated: false },
            What::Sign(Sign::NotEqual) => Operator::In { is_negated: true },
            What::Sign(Sign::Contains) => Operator::Contains { is_negated: false },
            What::Sign(Sign::ContainsNot) => Operator::Contains { is_negated: true },
            What::Sign(sign @ (Sign::Less | Sign::AtMost | Sign::More | Sign::AtLeast)) => {
                Operator::Compare(*sign)
            }
            _ if token.is_keyword("in") => Operator::In { is_negated: false },
            _ if token.is_keyword("not") && self.is_keyword_at(self.next + 1, "in") => {
                self.next += 1;
                Operator::In { is_negated: true }
            }
            _ if token.is_keyword("is") => {
                self.next += 1;
                return self.null(begin).map(Some);
            }
            _ => return Ok(None),
        };
        self.next += 1;
        Ok(Some((operator, begin..self.last_end())))
    }

    /// Takes what stands behind `is`.
    fn null(&mut self, begin: usize) -> Result<(Operator, Range<usize>), FilterError> {
        let is_negated = self.take_keyword("not");
        if self.take_keyword("null") {
            return Ok((Operator::Null { is_negated }, begin..self.last_end()));
        }
        let wrong = Wrong::syntax("behind `is` stands `null` or `not null`");
        let (at, is_value) = match self.peek() {
            Some(token) => (begin..token.at.start, !is_negated),
            None => (begin..self.text.len(), false),
        };
        let replaced = if is_value { vec!["= ".to_owned()] } else { vec!["is null".to_owned()] };
        Err(wrong.meant(replaced).at(trimmed(at, self.text), self.text))
    }

    fn term(
        &mut self,
        field: &'static Field,
        operator: Operator,
        at: Range<usize>,
    ) -> Result<Node, FilterError> {
        let (test, is_negated) = match operator {
            Operator::Null { is_negated } => (Test::IsNull, is_negated),
            Operator::In { is_negated } => {
                let values = self.values(|it| read(field, it))?;
                (Test::In(values.into_iter().flatten().collect()), is_negated)
            }
            Operator::Contains { is_negated } => (Test::Contains(self.values(part)?), is_negated),
            Operator::Compare(sign) => {
                let (value, at) = self.value(|it| value::read(field, it))?;
                let one = single(field, value).map_err(|it| it.at(at, self.text))?;
                (compare(sign, one), false)
            }
        };
        let term = self.counted(Term { field, test }, at)?;
        Ok(if is_negated { Node::not(term) } else { term })
    }

    fn values<T>(
        &mut self,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Vec<T>, FilterError> {
        let open = self.peek().map_or(0..0, |it| it.at.clone());
        if !self.take_sign(Sign::Open) {
            return Ok(vec![self.value(read)?.0]);
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value(&read)?.0);
            if self.take_sign(Sign::Close) {
                return Ok(values);
            }
            if !self.take_sign(Sign::Comma) {
                let at = self.peek().map(|it| it.at.clone());
                return Err(match at {
                    Some(at) => Wrong::syntax("between values stands `,`").at(at, self.text),
                    None => Wrong::syntax("this `(` has no `)`").at(open, self.text),
                });
            }
        }
    }

    fn value<T>(
        &mut self,
        read: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<(T, Range<usize>), FilterError> {
        let Some(token) = self.peek().cloned() else { return Err(self.missing("a value")) };
        let read = match &token.what {
            What::Quoted { text, is_closed: true } => read(text),
            What::Word(word) if !is_keyword(word) => read(word),
            What::Word(word) if word.eq_ignore_ascii_case("null") => Err(Wrong::syntax(
                "whether there is a value is asked with `is null` or `is not null`",
            )),
            What::Word(word) => Err(Wrong::syntax(format!("a value is missing before `{word}`"))
                .help(format!("if `{word}` is the value, put it in quotes"))),
            What::Sign(_) => {
                let shown = self.text.get(token.at.clone()).unwrap_or_default();
                Err(Wrong::syntax(format!("a value is missing before `{shown}`")))
            }
            What::Quoted { .. } => return Err(self.unexpected()),
        };
        self.next += 1;
        let value = read.map_err(|it| it.at(token.at.clone(), self.text))?;
        Ok((value, token.at))
    }

    /// Counts a term and its values.
    fn counted(&mut self, term: Term, at: Range<usize>) -> Result<Node, FilterError> {
        self.n_values += match &term.test {
            Test::In(values) => values.len(),
            Test::Contains(texts) => texts.len(),
            _ => 1,
        };
        if self.n_values > VALUES_MAX {
            let message = format!("the filter has more than {VALUES_MAX} values");
            return Err(Wrong::new(ErrorKind::Limit, message).at(at, self.text));
        }
        Ok(Node::Term(term))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn is_keyword_at(&self, index: usize, keyword: &str) -> bool {
        self.tokens.get(index).is_some_and(|it| it.is_keyword(keyword))
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_taken = self.is_keyword_at(self.next, keyword);
        self.next += usize::from(is_taken);
        is_taken
    }

    fn take_sign(&mut self, sign: Sign) -> bool {
        let is_taken = self.peek().is_some_and(|it| it.is_sign(sign));
        self.next += usize::from(is_taken);
        is_taken
    }

    fn last_end(&self) -> usize {
        self.tokens.get(self.next.saturating_sub(1)).map_or(0, |it| it.at.end)
    }

    fn missing(&self, what: &str) -> FilterError {
        let end = self.text.trim_end().len();
        Wrong::syntax(format!("{what} is missing here")).at(end..end, self.text)
    }

    /// Returns the error that the next token cannot stand where it does.
    fn unexpected(&self) -> FilterError {
        let Some(token) = self.peek() else { return self.missing("something") };
        let shown = self.text.get(token.at.clone()).unwrap_or_default();
        let wrong = match &token.what {
            What::Quoted { is_closed: false, .. } => Wrong::syntax("this quote has no end"),
            What::Quoted { .. } => {
                Wrong::syntax("a text alone says nothing: which field is meant?")
                    .help(format!("write a field before it, as `instance_tag = {shown}`"))
            }
            What::Sign(Sign::Close) if self.depth == 0 => Wrong::syntax("this `)` has no `(`"),
            _ => Wrong::syntax(format!("`{shown}` cannot stand here")),
        };
        wrong.at(token.at.clone(), self.text)
    }
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Returns the range without the spaces at its end.
fn trimmed(at: Range<usize>, text: &str) -> Range<usize> {
    let shown = text.get(at.clone()).unwrap_or_default().trim_end();
    at.start..at.start + shown.len()
}

/// Says whether the field takes the operator.
fn check(field: &Field, operator: Operator) -> Result<(), Wrong> {
    let kind = field.kind;
    let (is_fit, sign, takes) = match operator {
        Operator::Compare(_) => (kind.is_ordered(), "`<` and `>` compare", "numbers and times"),
        Operator::Contains { .. } => (kind.is_text(), "`~` looks into", "text"),
        Operator::In { .. } | Operator::Null { .. } => return Ok(()),
    };
    if is_fit {
        return Ok(());
    }
    let message = format!("{sign} {takes}, and `{}` is {}", field.name, kind.noun());
    Err(Wrong::new(ErrorKind::Operator, message).help("`=` and `in` fit every field"))
}

fn read(field: &Field, text: &str) -> Result<Vec<Value>, Wrong> {
    let values = value::read(field, text)?;
    let is_day = field.kind == FieldKind::Time && text.len() == "2026-03-02".len();
    if is_day && text.contains('-') {
        let message = format!("`{}` is a moment, and `{text}` is a day", field.name);
        let help = format!("write `date = {text}`, or compare with `>=` and `<`");
        return Err(Wrong::value(message).help(help));
    }
    Ok(values)
}

/// Reads what a text is to contain.
fn part(text: &str) -> Result<String, Wrong> {
    let lower = text.to_lowercase();
    if lower.is_empty() {
        return Err(Wrong::value("every text contains the empty one"));
    }
    Ok(lower)
}

/// Returns the one value to compare with.
fn single(field: &Field, mut values: Vec<Value>) -> Result<Value, Wrong> {
    let is_one = values.len() == 1 && !matches!(values[0], Value::Range(_, _));
    match values.pop() {
        Some(value) if is_one => Ok(value),
        _ => Err(Wrong::value(format!("`{}` is compared with one value", field.name))
            .help("write `in` for a range")),
    }
}

fn compare(sign: Sign, value: Value) -> Test {
    match sign {
        Sign::Less => Test::Less(value),
        Sign::AtMost => Test::AtMost(value),
        Sign::More => Test::More(value),
        _ => Test::AtLeast(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read = match Filter::parse(text) {
            Ok(filter) => filter.to_string(),
            Err(error) => {
                let shown = text.get(error.bytes.clone()).unwrap_or_default();
                format!("[{shown}] {error}; {}", error.hint().unwrap_or_default())
            }
        };
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn a_filter_is_read_and_written_in_one_way() {
        check(
            "action = REJECT and dstport in (22, 3389) and srcaddr in 10.0.0.0/8 and security_group_ids = sg-0abc and not country = US",
            "action = REJECT and dstport in (22, 3389) and srcaddr in 10.0.0.0/8 and security_group_ids = sg-0abc and country != US",
        );
        check(
            "ACTION==reject AND NOT(tcp OR udp)",
            "action = REJECT and not (protocol = tcp or protocol = udp)",
        );
        check("tcp 443 or udp 53", "protocol = tcp and port = 443 or protocol = udp and port = 53");
        check("tcp (443 or 80)", "protocol = tcp and (port = 443 or port = 80)");
        check("((((tcp))))", "protocol = tcp");
        check("not not tcp", "protocol = tcp");
        check("!!!tcp", "protocol != tcp");
        check("not dstport not in (22)", "dstport = 22");
        check("-flow-direction = ingress", "flow_direction != ingress");
        check("- (tcp udp)", "not (protocol = tcp and protocol = udp)");
        check("bytes>1KiB bytes<=10MiB", "bytes > 1KiB and bytes <= 10MiB");
        check("not bytes > 5", "not bytes > 5");
        check("srcaddr = 10.0.0.0/8", "srcaddr in 10.0.0.0/8");
        check("srcaddr != (10.0.0.0/8, 192.0.2.1)", "srcaddr not in (10.0.0.0/8, 192.0.2.1)");
        check("as ~ 'Google Cloud'", "as ~ 'google cloud'");
        check("instance_tag !~ (a, \"B\")", "instance_tag !~ (a, b)");
        check("srcaddr IS NOT NULL", "srcaddr is not null");
        check("not srcaddr is not null", "srcaddr is null");
        check("dstport = ssh", "dstport = 22");
        check("country = 'United States'", "country = 'United States'");
        check("  ", "");
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        check("dstport = ", "[] a value is missing here; ");
        check("tcp and", "[] a field or a value is missing here; ");
        check("and tcp", "[and] `and` cannot stand here; ");
        check("tcp or or udp", "[or] `or` cannot stand here; ");
        check("()", "[)] `)` cannot stand here; ");
        check("(tcp", "[(] this `(` has no `)`; ");
        check("tcp)", "[)] this `)` has no `(`; ");
        check("dstport in (22, 80", "[(] this `(` has no `)`; ");
        check("dstport in (22 80)", "[80] between values stands `,`; ");
        check("dstport in ()", "[)] a value is missing before `)`; ");
        check("acton = REJECT", "[acton] there is no field `acton`; did you mean `action`?");
        check("xyzzy = 1", "[xyzzy] there is no field `xyzzy`; `tidegate schema` lists the fields");
        check("action = REJCT", "[REJCT] `action` is `ACCEPT` or `REJECT`; did you mean `REJECT`?");
        check(
            "action > 5",
            "[>] `<` and `>` compare numbers and times, and `action` is text; `=` and `in` fit every field",
        );
        check(
            "bytes ~ 5",
            "[~] `~` looks into text, and `bytes` is a number; `=` and `in` fit every field",
        );
        check("bytes > 5-10", "[5-10] `bytes` is compared with one value; write `in` for a range");
        check(
            "srcaddr = null",
            "[null] whether there is a value is asked with `is null` or `is not null`; ",
        );
        check(
            "instance_tag = and tcp",
            "[and] a value is missing before `and`; if `and` is the value, put it in quotes",
        );
        check(
            "srcaddr is 10.0.0.1",
            "[is] behind `is` stands `null` or `not null`; did you mean `= `?",
        );
        check(
            "srcaddr is",
            "[is] behind `is` stands `null` or `not null`; did you mean `is null`?",
        );
        check(
            "'abc'",
            "['abc'] a text alone says nothing: which field is meant?; write a field before it, as `instance_tag = 'abc'`",
        );
        check("instance_tag = 'abc", "['abc] this quote has no end; ");
        check(
            "start = 2026-03-02",
            "[2026-03-02] `start` is a moment, and `2026-03-02` is a day; write `date = 2026-03-02`, or compare with `>=` and `<`",
        );
        check("instance_tag ~ ''", "[''] every text contains the empty one; ");
    }

    #[test]
    fn there_are_limits() {
        let limit = |text: &str| Filter::parse(text).map(drop).map_err(|it| (it.kind, it.message));
        let nested = |n: usize| format!("{}tcp{}", "(".repeat(n), ")".repeat(n));
        assert_eq!(limit(&nested(DEPTH_MAX)), Ok(()));
        let message = "more than 64 parentheses stand in each other".to_owned();
        assert_eq!(limit(&nested(DEPTH_MAX + 1)), Err((ErrorKind::Limit, message)));
        let list = |n: usize| format!("dstport in ({})", vec!["22"; n].join(", "));
        assert_eq!(limit(&list(VALUES_MAX)), Ok(()));
        let message = "the filter has more than 1000 values".to_owned();
        assert_eq!(limit(&list(VALUES_MAX + 1)), Err((ErrorKind::Limit, message)));
        let message = "the filter is longer than 16 KiB".to_owned();
        let long = format!("instance_tag = {}", "ä".repeat(TEXT_BYTES_MAX / 2));
        assert_eq!(limit(&long), Err((ErrorKind::Limit, message.clone())));
        // What is written out is longer than what was read.
        assert_eq!(limit(&"reject ".repeat(999)), Err((ErrorKind::Limit, message)));
    }
}
