//! The value of a dimension, in an answer.

use std::cmp::Ordering;
use std::fmt;

/// The value of a dimension. Those without a value come last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(String),
    /// No value.
    Null,
}

impl Key {
    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Flag(_) => 1,
            Self::Text(_) => 2,
            Self::Null => 3,
        }
    }

    /// Returns the condition that `column` has this value.
    pub(crate) fn condition(&self, column: &str) -> String {
        match self {
            Self::Null => format!("{column} IS NULL"),
            Self::Number(number) => format!("{column} = {number}"),
            Self::Flag(flag) => format!("{column} = {flag}"),
            Self::Text(text) => format!("{column} = '{}'", text.replace('\'', "''")),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
