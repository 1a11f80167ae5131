//! The format of a line: which field stands where.

use std::sync::Arc;

use tidegate_model::field;

use crate::layout::{Layout, LayoutError};
use crate::options::Limits;

/// The fields of a line, in order.
#[derive(Clone, Debug)]
pub struct LogFormat {
    pub(crate) layout: Arc<Layout>,
}

/// Why a text is not a log format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// There is no name in it.
    #[error(
        "the log format has no field; write it as AWS does: '${{version}} ${{account-id}} ...'"
    )]
    Empty,
    /// A name stands twice, so that one value would hide the other.
    #[error("the log format has the field `{name}` twice")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// Something in it is no name.
    #[error("`{name}` in the log format is not a field name")]
    Name {
        /// What stands there.
        name: String,
    },
    /// It has more fields than a format can have.
    #[error("the log format has {n_fields} fields, more than {n_fields_max}")]
    TooMany {
        /// How many it has.
        n_fields: usize,
        /// How many it may have.
        n_fields_max: usize,
    },
}

impl LogFormat {
    /// Returns the format that `text` describes: `${version} ${srcaddr} ...` as AWS writes it, or
    /// the bare names, separated by spaces or commas.
    ///
    /// A name that nobody knows is fine; its values go to the column `extra`.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let spaced = text.replace("${", " ").replace(['}', '$'], " ");
        let names: Vec<&str> = spaced.split(is_separator).filter(|it| !it.is_empty()).collect();
        if names.is_empty() {
            return Err(FormatError::Empty);
        }
        if let Some(name) = names.iter().find(|it| !is_name(it)) {
            return Err(FormatError::Name { name: (*name).to_owned() });
        }
        let layout = Layout::new(&names, Limits::default().fields_max)?;
        Ok(Self { layout: Arc::new(layout) })
    }

    /// Returns version 2's default format, which a line of exactly 14 fields that begins with `2`
    /// is taken to have.
    #[must_use]
    pub fn version_2() -> Self {
        match Layout::new(field::DEFAULT_FORMAT, field::DEFAULT_FORMAT.len()) {
            Ok(layout) => Self { layout: Arc::new(layout) },
            Err(error) => unreachable!("the default format has known names, each once: {error:?}"),
        }
    }

    /// Returns the number of fields.
    #[must_use]
    pub fn n_fields(&self) -> usize {
        self.layout.n_slots() as usize
    }
}

impl From<LayoutError> for FormatError {
    fn from(error: LayoutError) -> Self {
        match error {
            LayoutError::Duplicate(name) => Self::Duplicate { name },
            LayoutError::TooMany { n_fields, n_fields_max } => {
                Self::TooMany { n_fields, n_fields_max }
            }
        }
    }
}

fn is_separator(it: char) -> bool {
    it.is_ascii_whitespace() || it == ','
}

/// Longest name of a field that is taken for a name.
const NAME_BYTES_MAX: usize = 64;

/// Returns whether `name` looks like a field's name, known or not.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'@');
    name.len() <= NAME_BYTES_MAX
        && name.bytes().next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'@')
        && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match LogFormat::parse(text) {
            Ok(it) => it.layout.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_are_taken_as_people_write_them() {
        assert_eq!(check("${version} ${account-id}"), "version account_id");
        assert_eq!(check("${version}${account-id}"), "version account_id");
        assert_eq!(check("$${version}  $${srcaddr}\t"), "version srcaddr");
        assert_eq!(check("version, account_id ,new-field"), "version account_id +new-field");
    }

    #[test]
    fn what_is_no_format_is_refused() {
        assert!(check(" ").starts_with("the log format has no field"));
        assert_eq!(
            check("account-id version account_id"),
            "the log format has the field `account_id` twice"
        );
        assert_eq!(check("a b a"), "the log format has the field `a` twice");
        assert_eq!(check("version 1234"), "`1234` in the log format is not a field name");
        let many: Vec<String> = (0..300).map(|it| format!("f{it}")).collect();
        assert_eq!(check(&many.join(" ")), "the log format has 300 fields, more than 256");
    }
}
