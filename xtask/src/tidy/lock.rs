//! One version of everything whose types cross from crate to crate.
//!
//! Two versions of Arrow compile, and then nothing fits: the error names a type that looks like
//! itself. ARCHITECTURE.md, "One set of versions", says why this set.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// The lock file of the workspace.
const LOCK: &str = "Cargo.lock";

/// Crates that must be there once, each with all whose names begin with it and `-`.
const ONCE: &[&str] = &["arrow", "parquet", "datafusion", "deltalake", "object_store"];

/// Returns a finding for each crate of those families that is locked in more than one version.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(file) = tree.file(LOCK) else {
        return Ok(vec![Finding::new(LOCK, 0, "missing: a program commits its lock file")]);
    };
    let lock: Table = file.text.parse().context("cannot read Cargo.lock")?;
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let packages = lock.get("package").and_then(Value::as_array);
    for package in packages.into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        versions.entry(text("name")).or_default().insert(text("version"));
    }
    let doubled = versions.iter().filter(|(name, found)| found.len() > 1 && is_of_family(name));
    let finding = |(name, found): (&&str, &BTreeSet<&str>)| {
        let found: Vec<&str> = found.iter().copied().collect();
        Finding::new(LOCK, 0, format!("`{name}` is locked more than once: {}", found.join(", ")))
    };
    Ok(doubled.map(finding).collect())
}

fn is_of_family(name: &str) -> bool {
    let is_below = |family: &str| name.strip_prefix(family).is_some_and(|it| it.starts_with('-'));
    ONCE.iter().any(|it| *it == name || is_below(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(packages: &[(&str, &str)], expected: &[&str]) {
        let entry = |it: &(&str, &str)| {
            format!("[[package]]\nname = \"{}\"\nversion = \"{}\"\n", it.0, it.1)
        };
        let text: String = packages.iter().map(entry).collect();
        let findings = super::check(&Tree::of(&[(LOCK, &text)])).unwrap();
        let actual: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(actual, expected);
    }

    #[test]
    fn one_version_of_each_is_fine() {
        check(
            &[("arrow", "59.3.2"), ("parquet", "59.3.2"), ("syn", "1.0.0"), ("syn", "2.0.0")],
            &[],
        );
    }

    #[test]
    fn two_versions_of_one_are_named() {
        check(
            &[("arrow", "59.3.2"), ("arrow-schema", "59.3.2"), ("arrow-schema", "58.4.1")],
            &["`arrow-schema` is locked more than once: 58.4.1, 59.3.2"],
        );
    }

    #[test]
    fn a_missing_lock_file_is_a_finding() {
        let findings = super::check(&Tree::of(&[])).unwrap();
        assert_eq!(findings[0].message, "missing: a program commits its lock file");
    }
}
