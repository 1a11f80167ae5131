//! The rules of the house that no other tool checks, each in a file of its own.
//!
//! A rule is a function from the [`Tree`] to findings: what is wrong, where, and what to do.
//! Nothing here changes a file. Read [`names`] first: it is the layering of ARCHITECTURE.md.

use std::fmt;

use anyhow::Result;

use tree::Tree;

mod lock;
mod names;
mod size;
mod text;
pub(crate) mod tree;

/// One thing to put right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// The file, relative to the root of the workspace.
    pub(crate) path: String,
    /// The line, counted from one; zero for the file as a whole.
    pub(crate) line: usize,
    /// What is wrong, and what to do.
    pub(crate) message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return write!(formatter, "{}: {}", self.path, self.message);
        }
        write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Returns everything that is wrong with `tree`, sorted by place.
///
/// # Errors
///
/// If a manifest or the lock file cannot be understood.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = names::check(tree)?;
    findings.extend(lock::check(tree)?);
    findings.extend(size::check(tree));
    findings.extend(text::check(tree));
    findings.sort();
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_printed_with_its_place() {
        let whole = Finding::new("Cargo.lock", 0, "two versions of `arrow`");
        let line = Finding::new("crates/model/src/field.rs", 7, "an absolute path");
        assert_eq!(whole.to_string(), "Cargo.lock: two versions of `arrow`");
        assert_eq!(line.to_string(), "crates/model/src/field.rs:7: an absolute path");
    }
}
