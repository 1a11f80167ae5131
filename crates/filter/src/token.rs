//! Text to tokens, which need no context: words, texts in quotes, signs.

use std::ops::Range;

/// A token and its place, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) what: What,
    pub(crate) at: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A name, a value, or a key word.
    Word(String),
    /// What stands in quotes, without its escapes.
    Quoted {
        /// The text.
        text: String,
        /// Whether the quote at its end is there.
        is_closed: bool,
    },
    /// A sign.
    Sign(Sign),
}

/// Signs, which end a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Open,
    Close,
    Comma,
    Equal,
    NotEqual,
    Contains,
    ContainsNot,
    Less,
    AtMost,
    More,
    AtLeast,
    Not,
}

use Sign::{
    AtLeast, AtMost, Close, Comma, Contains, ContainsNot, Equal, Less, More, Not, NotEqual, Open,
};

/// The signs, longer ones first.
const SIGNS: &[(&str, Sign)] = &[
    ("==", Equal),
    ("!=", NotEqual),
    ("<>", NotEqual),
    ("!~", ContainsNot),
    ("<=", AtMost),
    (">=", AtLeast),
    ("(", Open),
    (")", Close),
    (",", Comma),
    ("=", Equal),
    ("~", Contains),
    ("<", Less),
    (">", More),
    ("!", Not),
];

/// Words that mean something by themselves, in any case.
pub(crate) const KEYWORDS: [&str; 6] = ["and", "or", "not", "in", "is", "null"];

impl Token {
    /// Whether it is this key word.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        matches!(&self.what, What::Word(it) if it.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is this sign.
    pub(crate) fn is_sign(&self, sign: Sign) -> bool {
        self.what == What::Sign(sign)
    }
}

/// Whether a character can stand in a word.
pub(crate) fn is_of_word(it: char) -> bool {
    !it.is_whitespace() && !"()<>=!~,'\"".contains(it)
}

/// Whether a text is one word, and no key word.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(is_of_word)
        && !KEYWORDS.iter().any(|it| it.eq_ignore_ascii_case(text))
}

/// Returns the tokens of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(token) = next(text, at) {
        at = token.at.end;
        tokens.push(token);
    }
    tokens
}

/// Returns the first token at or behind `at`.
fn next(text: &str, at: usize) -> Option<Token> {
    let rest = text.get(at..)?;
    let start = at + (rest.len() - rest.trim_start().len());
    let rest = rest.trim_start();
    let first = rest.chars().next()?;
    if first == '\'' || first == '"' {
        return Some(quoted(rest, first, start));
    }
    if let Some((sign, what)) = SIGNS.iter().find(|it| rest.starts_with(it.0)) {
        return Some(Token { what: What::Sign(*what), at: start..start + sign.len() });
    }
    let n_bytes = rest.find(|it| !is_of_word(it)).unwrap_or(rest.len());
    Some(Token { what: What::Word(rest[..n_bytes].to_owned()), at: start..start + n_bytes })
}

fn quoted(rest: &str, quote: char, start: usize) -> Token {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((index, it)) = chars.next() {
        if it == quote {
            let at = start..start + index + 1;
            return Token { what: What::Quoted { text, is_closed: true }, at };
        }
        if it != '\\' {
            text.push(it);
            continue;
        }
        match chars.next() {
            Some((_, 'n')) => text.push('\n'),
            Some((_, 't')) => text.push('\t'),
            Some((_, 'r')) => text.push('\r'),
            Some((_, escaped)) => text.push(escaped),
            None => break,
        }
    }
    Token { what: What::Quoted { text, is_closed: false }, at: start..start + rest.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = tokens(text)
            .iter()
            .map(|it| match &it.what {
                What::Word(word) => word.clone(),
                What::Quoted { text, is_closed } => {
                    format!("{text:?}{}", if *is_closed { "" } else { "…" })
                }
                What::Sign(sign) => format!("{sign:?}"),
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn words_end_at_spaces_and_signs() {
        check("srcaddr=10.0.0.0/8", &["srcaddr", "Equal", "10.0.0.0/8"]);
        check("a!=b !c!~d", &["a", "NotEqual", "b", "Not", "c", "ContainsNot", "d"]);
        check("p in(22,80-90)", &["p", "in", "Open", "22", "Comma", "80-90", "Close"]);
        check(
            "a<=1 a<1 a<>1 a>=1 a>1 a==1",
            &[
                "a", "AtMost", "1", "a", "Less", "1", "a", "NotEqual", "1", "a", "AtLeast", "1",
                "a", "More", "1", "a", "Equal", "1",
            ],
        );
        check(" -flow-direction ~ größe ", &["-flow-direction", "Contains", "größe"]);
        check("", &[]);
    }

    #[test]
    fn quotes_hold_anything() {
        check(r#"'it\'s' "a \"b\"" 'x"y'"#, &[r#""it's""#, r#""a \"b\"""#, r#""x\"y""#]);
        check(r"'a\\b\n\tc\d'", &[r#""a\\b\n\tcd""#]);
        check("'open and", &[r#""open and"…"#]);
        check(r"'open\", &[r#""open"…"#]);
    }
}
