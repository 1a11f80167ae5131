//! What a filter that is being typed may go on with.
//!
//! A text is looked at up to the cursor only, token by token, with no tree: half a filter has none.

use std::collections::BTreeSet;
use std::ops::Range;

use tidegate_model::names;

use crate::bare;
use crate::field::{self, Field, FieldKind};
use crate::parse::TEXT_BYTES_MAX;
use crate::print::value_text;
use crate::token::{Sign, Token, What, is_of_word, tokens};

/// Items that are offered at once.
pub const ITEMS_MAX: usize = 200;

/// What a text may go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    /// What an item replaces, in bytes: the word at the cursor, or nothing.
    pub bytes: Range<usize>,
    /// The same in characters.
    pub chars: Range<usize>,
    /// The items, the likeliest first.
    pub items: Vec<Completion>,
    /// Which values of the data would fit as well, if any.
    pub wanted: Option<Wanted>,
}

/// A way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text to put in.
    pub insert: String,
    /// The text to show.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it means.
    pub doc: Option<String>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A field.
    Field,
    /// An operator.
    Operator,
    /// A value.
    Value,
    /// A word of the language.
    Keyword,
}

/// Values of the data that would fit. [`Completion::value`] makes an item of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of this field.
    pub field: &'static Field,
    /// Beginning with this, whichever the case; without quotes.
    pub prefix: String,
}

/// What may come next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// A field, a lone value, or `not`.
    Term,
    /// An operator of the field.
    Operator(&'static Field),
    /// What follows a lone value, or a field that does not exist: an operator or a key word.
    Unknown,
    /// `in`, behind a field and `not`.
    In(&'static Field),
    /// `null` or `not null`.
    Null,
    /// `null`.
    NotNull,
    /// A value.
    Value(&'static Field),
    /// A value of a list.
    Listed(&'static Field),
    /// `,` or `)`.
    Comma(&'static Field),
    /// `and`, `or`, `)`, or another term.
    Joint,
    /// A value of something that does not exist.
    Nothing,
}

/// Returns what `text` may go on with where the cursor stands, which is `at` characters into it.
///
/// # Limits
///
/// [`ITEMS_MAX`] items; nothing for a text that is too long for a filter.
#[must_use]
pub fn complete(text: &str, at: usize) -> Completions {
    let cursor = text.char_indices().nth(at).map_or(text.len(), |it| it.0);
    let before = &text[..cursor];
    let mut tokens = if text.len() > TEXT_BYTES_MAX { Vec::new() } else { tokens(before) };
    let current = tokens.pop_if(|it| is_current(it, cursor));
    let (start, prefix) = match &current {
        Some(Token { what: What::Word(word), at }) => {
            let n_minus = word.len() - word.trim_start_matches('-').len();
            let is_term = matches!(next(&tokens), Next::Term | Next::Joint);
            let n_cut = if is_term { n_minus } else { 0 };
            (at.start + n_cut, word[n_cut..].to_owned())
        }
        Some(Token { what: What::Quoted { text, .. }, at }) => (at.start, text.clone()),
        _ => (cursor, String::new()),
    };
    let is_quoted = matches!(&current, Some(Token { what: What::Quoted { .. }, .. }));
    let n_rest = text[cursor..].find(|it| !is_of_word(it)).unwrap_or(text.len() - cursor);
    let end = if current.is_some() && !is_quoted { cursor + n_rest } else { cursor };
    let n_chars = |until: usize| text[..until].chars().count();
    let (mut items, wanted) = offer(next(&tokens), &prefix, is_open(&tokens));
    if is_quoted {
        items.retain(|it| it.kind == CompletionKind::Value);
    }
    items.truncate(ITEMS_MAX);
    Completions { bytes: start..end, chars: n_chars(start)..n_chars(end), items, wanted }
}

/// Whether the token is being typed: a word that ends at the cursor, or a quote that is open.
fn is_current(token: &Token, cursor: usize) -> bool {
    match &token.what {
        What::Word(_) => token.at.end == cursor,
        What::Quoted { is_closed, .. } => !is_closed,
        What::Sign(_) => false,
    }
}

/// Whether a group is open.
fn is_open(tokens: &[Token]) -> bool {
    let n = |sign: Sign| tokens.iter().filter(|it| it.is_sign(sign)).count();
    n(Sign::Open) > n(Sign::Close)
}

fn next(tokens: &[Token]) -> Next {
    tokens.iter().fold(Next::Term, step)
}

fn step(next: Next, token: &Token) -> Next {
    match next {
        Next::Operator(field) => operator(field, token),
        Next::Unknown => match &token.what {
            What::Sign(Sign::Open | Sign::Close | Sign::Not | Sign::Comma) => term(token),
            What::Sign(_) => Next::Nothing,
            _ if token.is_keyword("in") || token.is_keyword("is") => Next::Nothing,
            _ => term(token),
        },
        Next::In(field) if token.is_keyword("in") => Next::Value(field),
        Next::Term | Next::Joint | Next::In(_) => term(token),
        Next::Null if token.is_keyword("not") => Next::NotNull,
        Next::Value(field) if token.is_sign(Sign::Open) => Next::Listed(field),
        Next::Listed(field) => Next::Comma(field),
        Next::Comma(field) if token.is_sign(Sign::Comma) => Next::Listed(field),
        Next::Null | Next::NotNull | Next::Value(_) | Next::Comma(_) | Next::Nothing => Next::Joint,
    }
}

fn term(token: &Token) -> Next {
    match &token.what {
        What::Sign(Sign::Close) | What::Quoted { .. } => Next::Joint,
        What::Sign(_) => Next::Term,
        What::Word(_) if ["and", "or", "not"].iter().any(|it| token.is_keyword(it)) => Next::Term,
        What::Word(word) => match field::find(word.trim_start_matches('-')) {
            Some(field) => Next::Operator(field),
            None if word == "-" => Next::Term,
            None => Next::Unknown,
        },
    }
}

fn operator(field: &'static Field, token: &Token) -> Next {
    match &token.what {
        What::Sign(Sign::Open | Sign::Close | Sign::Comma | Sign::Not) => term(token),
        What::Sign(_) => Next::Value(field),
        _ if token.is_keyword("in") => Next::Value(field),
        _ if token.is_keyword("not") => Next::In(field),
        _ if token.is_keyword("is") => Next::Null,
        _ => term(token),
    }
}

fn offer(next: Next, prefix: &str, is_open: bool) -> (Vec<Completion>, Option<Wanted>) {
    let items = match next {
        Next::Term => [fields(prefix), lone(prefix), keywords(&["not"], prefix)].concat(),
        Next::Operator(field) => operators(field, prefix),
        Next::In(_) => keywords(&["in"], prefix),
        Next::Null => keywords(&["null", "not null"], prefix),
        Next::NotNull => keywords(&["null"], prefix),
        Next::Value(field) | Next::Listed(field) => {
            let wanted = Wanted { field, prefix: prefix.to_owned() };
            return (values(field, prefix), Some(wanted));
        }
        Next::Comma(_) => keywords(&[",", ")"], prefix),
        Next::Unknown | Next::Joint => {
            let words: &[&str] = if is_open { &["and", "or", ")"] } else { &["and", "or"] };
            let more = if prefix.is_empty() { Vec::new() } else { fields(prefix) };
            [keywords(words, prefix), more].concat()
        }
        Next::Nothing => Vec::new(),
    };
    (items, None)
}

/// Returns the fields whose names begin with what was typed, then those that have it within.
fn fields(prefix: &str) -> Vec<Completion> {
    let prefix = prefix.to_lowercase().replace('-', "_");
    let by_alias = field::find(&prefix).map(|it| it.name);
    let rank = |it: &&Field| match it.name {
        name if name == prefix || Some(name) == by_alias => Some(0),
        name if name.starts_with(&prefix) => Some(1),
        name if prefix.len() > 1 && name.contains(&prefix) => Some(2),
        _ => None,
    };
    let mut found: Vec<(u8, &Field)> =
        field::all().iter().filter_map(|it| Some((rank(&it)?, it))).collect();
    found.sort_by_key(|it| it.0);
    let item = |it: &Field| Completion {
        insert: it.name.to_owned(),
        label: it.name.to_owned(),
        kind: CompletionKind::Field,
        doc: Some(it.doc.to_owned()),
    };
    found.into_iter().map(|it| item(it.1)).collect()
}

/// Returns the values that may stand alone, once something was typed.
fn lone(prefix: &str) -> Vec<Completion> {
    if prefix.is_empty() {
        return Vec::new();
    }
    let fixed = ["action", "direction"].into_iter().filter_map(field::find);
    let words = fixed.flat_map(|it| it.values.iter().copied()).chain(bare::PROTOCOLS);
    words.filter(|it| begins(it, prefix)).map(|it| Completion::value(it, None)).collect()
}

fn keywords(words: &[&str], prefix: &str) -> Vec<Completion> {
    let item = |it: &&str| Completion {
        insert: (*it).to_owned(),
        label: (*it).to_owned(),
        kind: CompletionKind::Keyword,
        doc: None,
    };
    words.iter().filter(|it| begins(it, prefix)).map(item).collect()
}

fn operators(field: &Field, prefix: &str) -> Vec<Completion> {
    let all = [
        ("=", "is", true),
        ("!=", "is not, or has no value", true),
        ("in", "is one of", true),
        ("not in", "is none of", true),
        ("~", "contains, whichever the case", field.kind.is_text()),
        ("!~", "does not contain", field.kind.is_text()),
        ("<", "is less than", field.kind.is_ordered()),
        ("<=", "is at most", field.kind.is_ordered()),
        (">", "is more than", field.kind.is_ordered()),
        (">=", "is at least", field.kind.is_ordered()),
        ("is null", "has no value", true),
        ("is not null", "has a value", true),
    ];
    let fitting = all.into_iter().filter(|it| it.2 && begins(it.0, prefix));
    let item = |(sign, doc, _): (&str, &str, bool)| Completion {
        insert: sign.to_owned(),
        label: sign.to_owned(),
        kind: CompletionKind::Operator,
        doc: Some(doc.to_owned()),
    };
    fitting.map(item).collect()
}

/// Returns the values of the field that are known without the data.
fn values(field: &Field, prefix: &str) -> Vec<Completion> {
    let known = field.values.iter().map(|it| Completion::value(it, None));
    let more: Vec<Completion> = match field.kind {
        FieldKind::Flag => ["true", "false"].map(|it| Completion::value(it, None)).to_vec(),
        FieldKind::Protocol => ["tcp", "udp", "icmp"]
            .into_iter()
            .chain(names::protocols().filter(|it| !["tcp", "udp", "icmp"].contains(it)))
            .map(|it| Completion::value(it, None))
            .collect(),
        FieldKind::Port if !prefix.is_empty() => services().collect(),
        _ => Vec::new(),
    };
    known.chain(more).filter(|it| begins(&it.label, prefix)).collect()
}

/// Returns the services, each with the first of its ports.
fn services() -> impl Iterator<Item = Completion> {
    let mut seen = BTreeSet::new();
    let first = names::services().filter(move |it| seen.insert(it.0));
    first.map(|(service, port)| Completion::value(service, Some(format!("port {port}"))))
}

fn begins(word: &str, prefix: &str) -> bool {
    word.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix))
}

impl Completion {
    /// Returns the item for a value of the data, in quotes if it must be.
    #[must_use]
    pub fn value(value: &str, doc: Option<String>) -> Self {
        Self {
            insert: value_text(value),
            label: value.to_owned(),
            kind: CompletionKind::Value,
            doc,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completes at `|` and returns what is replaced, the first items, and what is wanted.
    fn check(marked: &str, expected: &str) {
        let at = marked.chars().position(|it| it == '|').unwrap();
        let text = marked.replacen('|', "", 1);
        let done = complete(&text, at);
        let inserts: Vec<&str> = done.items.iter().map(|it| it.insert.as_str()).take(4).collect();
        let wanted = done.wanted.map(|it| format!(" + {}:{}", it.field.name, it.prefix));
        let seen =
            format!("[{}] {}{}", &text[done.bytes], inserts.join(" "), wanted.unwrap_or_default());
        assert_eq!(seen, expected, "{marked}");
    }

    #[test]
    fn what_fits_is_offered() {
        check("|", "[] addr port client_addr client_port");
        check("dst|", "[dst] dstaddr dstport dst_country_code dst_country_name");
        check("flow-d|", "[flow-d] flow_direction");
        check("dstp|ort = 22", "[dstport] dstport");
        check("-rej|", "[rej] reject_reason reject_cause REJECT");
        check("action |", "[] = != in not in");
        check("action n|", "[n] not in");
        check("action not |", "[] in");
        check("bytes >|", "[]  + bytes:");
        check("action = |", "[] ACCEPT REJECT + action:");
        check("action = re|", "[re] REJECT + action:re");
        check("action is |", "[] null not null");
        check("action is not |", "[] null");
        check("vpc_id in (vpc-1, v|", "[v]  + vpc_id:v");
        check("vpc_id in (vpc-1 |", "[] , )");
        check("protocol = |", "[] tcp udp icmp hopopt + protocol:");
        check("dstport = ht|", "[ht] http https http-dev http-proxy + dstport:ht");
        check("instance_tag = 'my ta|", "['my ta]  + instance_tag:my ta");
        check("counted != |", "[] true false + counted:");
        check("tcp |", "[] and or");
        check("(tcp |", "[] and or )");
        check("dstport in (22) |", "[] and or");
        check("tcp a|", "[a] and addr as aws_service");
        check("tcp and not a|", "[a] addr as aws_service account_id");
        check("grösse = ö|", "[ö] ");
        check("sg = |", "[]  + security_group:");
    }

    #[test]
    fn places_are_told_in_characters_too() {
        let done = complete("instance_tag = 'ö' and act", 26);
        assert_eq!((done.bytes, done.chars), (24..27, 23..26));
        let values: Vec<_> = complete("action = ", 99).items.iter().map(|it| it.kind).collect();
        assert_eq!(values, [CompletionKind::Value; 2]);
    }
}
