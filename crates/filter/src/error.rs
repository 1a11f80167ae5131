//! Why a text is no filter, and where in it.

use std::fmt::Write as _;
use std::ops::Range;

/// Which part of the language was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Something stands where it cannot.
    Syntax,
    /// There is no such field.
    Field,
    /// The field does not take this operator.
    Operator,
    /// The field does not take this value.
    Value,
    /// It is too long, too deep, or too much.
    Limit,
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Which part of the language was missed.
    pub kind: ErrorKind,
    /// What is wrong, in lower case without a full stop.
    pub message: String,
    /// The place in the text, in bytes; empty at the end of the text if something is missing there.
    pub bytes: Range<usize>,
    /// The same place in characters.
    pub chars: Range<usize>,
    /// What may have been meant: replacements for the place, the nearest first.
    pub suggestions: Vec<String>,
    /// What to do, if nothing near was found.
    help: Option<String>,
}

impl FilterError {
    /// Returns what to do.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self.suggestions.as_slice() {
            [] => self.help.clone(),
            [one] => Some(format!("did you mean `{one}`?")),
            [first, second, ..] => Some(format!("did you mean `{first}` or `{second}`?")),
        }
    }

    /// Returns the line of `text` with the place marked under it and the message behind the mark.
    #[must_use]
    pub fn marked(&self, text: &str) -> String {
        let start = self.bytes.start.min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        let n_line = before.matches('\n').count() + 1;
        let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let line = shown(line);
        let n_before = text.get(line_start..start).unwrap_or_default().chars().count();
        let n_left = line.chars().count().saturating_sub(n_before).max(1);
        let n_marked = self.chars.len().clamp(1, n_left);
        let number = n_line.to_string();
        let gutter = " ".repeat(number.len());
        let mut shown = String::new();
        let (space, marks) = (" ".repeat(n_before), "^".repeat(n_marked));
        // Writing into a String cannot fail.
        let _ = write!(
            shown,
            "{gutter} |\n{number} | {line}\n{gutter} | {space}{marks} {}\n{gutter} |",
            self.message
        );
        shown
    }
}

/// Returns a text on one line, without what moves the cursor; as many characters as before.
fn shown(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// What is wrong, before it is known where.
#[derive(Debug)]
pub(crate) struct Wrong {
    kind: ErrorKind,
    message: String,
    suggestions: Vec<String>,
    help: Option<String>,
}

impl Wrong {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        // The message repeats what was typed, and ends up on terminals.
        let message = shown(&message.into());
        Self { kind, message, suggestions: Vec::new(), help: None }
    }

    pub(crate) fn syntax(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, message)
    }

    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    pub(crate) fn meant(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns the error, at these bytes of `text`.
    pub(crate) fn at(self, bytes: Range<usize>, text: &str) -> FilterError {
        let n_chars = |until: usize| text.get(..until).map_or(0, |it| it.chars().count());
        FilterError {
            kind: self.kind,
            message: self.message,
            chars: n_chars(bytes.start)..n_chars(bytes.end),
            bytes,
            suggestions: self.suggestions,
            help: self.help,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    fn check(text: &str) -> String {
        let error = Filter::parse(text).unwrap_err();
        let hint = error.hint().map_or_else(String::new, |it| format!("\nhint: {it}"));
        format!("{:?}\n{}{hint}", error.kind, error.marked(text))
    }

    #[test]
    fn the_word_is_marked() {
        insta::assert_snapshot!(check("action = REJCT and dstport = 22"), @"
        Value
          |
        1 | action = REJCT and dstport = 22
          |          ^^^^^ `action` is `ACCEPT` or `REJECT`
          |
        hint: did you mean `REJECT`?
        ");
        insta::assert_snapshot!(check("tcp and\n  srcadr = 10.0.0.1"), @"
        Field
          |
        2 |   srcadr = 10.0.0.1
          |   ^^^^^^ there is no field `srcadr`
          |
        hint: did you mean `srcaddr`?
        ");
        insta::assert_snapshot!(check("tcp\tand \u{1b}[31m"), @"
        Syntax
          |
        1 | tcp and  [31m
          |         ^^^^^ ` [31m` alone is no address, port, protocol, action or identifier
          |
        hint: write a field, an operator and a value, as `dstport = 22`
        ");
        insta::assert_snapshot!(check("dstport ="), @"
        Syntax
          |
        1 | dstport =
          |          ^ a value is missing here
          |
        ");
        insta::assert_snapshot!(check("instance_tag = 'größe' and bytes > groß"), @"
        Value
          |
        1 | instance_tag = 'größe' and bytes > groß
          |                                    ^^^^ `bytes` is a whole number, `groß` is not
          |
        hint: write digits, perhaps with a unit: 1500, 10k, 10MiB, 1.5GiB
        ");
    }
}
