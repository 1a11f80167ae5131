//! Checks the licence of every dependency against `deny.toml`, the one list of what is allowed.
//!
//! Does what `cargo deny check licenses` does, by what the packages declare, so that a machine
//! without that tool is not blind.

use std::fs;
use std::iter::Peekable;
use std::path::Path;
use std::process::Command;
use std::vec::IntoIter;

use anyhow::{Context as _, Result, bail, ensure};
use toml::{Table, Value};

/// How deep the parentheses of a licence expression are followed.
const DEPTH_MAX: usize = 8;

/// What was looked at and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Packages that are not ours.
    pub(crate) n_packages: usize,
    /// One sentence for each package whose licence is not allowed.
    pub(crate) messages: Vec<String>,
}

/// What `deny.toml` allows.
#[derive(Debug, Default)]
struct Allowed {
    /// For every package.
    all: Vec<String>,
    /// For one package: its name, and a licence.
    exceptions: Vec<(String, String)>,
}

impl Allowed {
    fn has(&self, package: &str, licence: &str) -> bool {
        let is_exception = |it: &(String, String)| it.0 == package && it.1 == licence;
        self.all.iter().any(|it| it == licence) || self.exceptions.iter().any(is_exception)
    }
}

/// Returns the packages below the workspace at `root` whose licence is not allowed.
///
/// # Errors
///
/// If cargo cannot list the packages, or `deny.toml` or a licence cannot be understood.
pub(crate) fn check(root: &Path) -> Result<Refused> {
    let text = fs::read_to_string(root.join("deny.toml")).context("cannot read `deny.toml`")?;
    let allowed = read_allowed(&text)?;
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cannot run `cargo metadata`")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo cannot list the packages: {}", stderr.trim());
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("no packages in cargo's answer")?;

    let mut refused = Refused { n_packages: 0, messages: Vec::new() };
    for package in packages.iter().filter(|it| !it["source"].is_null()) {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        refused.n_packages += 1;
        let is_allowed = is_allowed(licence, &|it| allowed.has(name, it))
            .with_context(|| format!("cannot read the licence `{licence}` of `{name}`"))?;
        if !is_allowed {
            refused.messages.push(format!("`{name}`: deny.toml does not allow `{licence}`"));
        }
    }
    Ok(refused)
}

fn read_allowed(text: &str) -> Result<Allowed> {
    let table: Table = text.parse().context("cannot read `deny.toml`")?;
    let licenses = table.get("licenses").context("`deny.toml` has no `[licenses]`")?;
    let words = |value: &Value, key: &str| -> Vec<String> {
        let words = value.get(key).and_then(Value::as_array).into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut allowed = Allowed { all: words(licenses, "allow"), exceptions: Vec::new() };
    let exceptions = licenses.get("exceptions").and_then(Value::as_array);
    for exception in exceptions.into_iter().flatten() {
        let package = exception.get("crate").and_then(Value::as_str);
        let package = package.context("an exception of `deny.toml` has no `crate`")?;
        let pairs = words(exception, "allow").into_iter().map(|it| (package.to_owned(), it));
        allowed.exceptions.extend(pairs);
    }
    ensure!(!allowed.all.is_empty(), "`deny.toml` allows no licence");
    Ok(allowed)
}

/// Returns whether the SPDX `expression` can be met by licences that `has` accepts.
///
/// The old `MIT/Apache-2.0` means `OR`. `AND` binds closer than `OR`.
fn is_allowed(expression: &str, has: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let mut words = words.into_iter().peekable();
    let is_allowed = either(&mut words, has, DEPTH_MAX)?;
    ensure!(words.next().is_none(), "words after its end");
    Ok(is_allowed)
}

type Words = Peekable<IntoIter<String>>;

fn either(words: &mut Words, has: &dyn Fn(&str) -> bool, depth: usize) -> Result<bool> {
    let mut is_met = both(words, has, depth)?;
    while words.next_if(|it| it == "OR").is_some() {
        is_met |= both(words, has, depth)?;
    }
    Ok(is_met)
}

fn both(words: &mut Words, has: &dyn Fn(&str) -> bool, depth: usize) -> Result<bool> {
    let mut is_met = one(words, has, depth)?;
    while words.next_if(|it| it == "AND").is_some() {
        is_met &= one(words, has, depth)?;
    }
    Ok(is_met)
}

fn one(words: &mut Words, has: &dyn Fn(&str) -> bool, depth: usize) -> Result<bool> {
    ensure!(depth > 0, "more than {DEPTH_MAX} parentheses deep");
    let word = words.next().context("it ends too early")?;
    if word == "(" {
        let is_met = either(words, has, depth - 1)?;
        ensure!(words.next().as_deref() == Some(")"), "a parenthesis is not closed");
        return Ok(is_met);
    }
    if matches!(word.as_str(), ")" | "OR" | "AND" | "WITH") {
        bail!("`{word}` where a licence should be");
    }
    if words.next_if(|it| it == "WITH").is_some() {
        let exception = words.next().context("no exception after `WITH`")?;
        return Ok(has(&format!("{word} WITH {exception}")));
    }
    Ok(has(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = "[licenses]\nallow = [\"MIT\", \"ISC\", \"Apache-2.0 WITH LLVM-exception\"]\n\
        exceptions = [{ crate = \"foldhash\", allow = [\"Zlib\"] }]\n";

    fn check(package: &str, expression: &str, expected: Option<bool>) {
        let allowed = read_allowed(DENY).unwrap();
        let actual = is_allowed(expression, &|it| allowed.has(package, it));
        assert_eq!(actual.ok(), expected, "{package}: {expression}");
    }

    #[test]
    fn one_of_several_is_enough_all_of_several_are_needed() {
        check("syn", "MIT OR GPL-3.0", Some(true));
        check("syn", "GPL-3.0/MIT", Some(true));
        check("syn", "MIT AND GPL-3.0", Some(false));
        check("syn", "(GPL-3.0 OR MIT) AND ISC", Some(true));
        check("syn", "GPL-3.0 OR MIT AND ISC", Some(true));
        check("syn", "(GPL-3.0 OR MIT) AND (GPL-3.0)", Some(false));
    }

    #[test]
    fn a_licence_with_an_exception_is_a_licence_of_its_own() {
        check("rustix", "Apache-2.0 WITH LLVM-exception", Some(true));
        check("rustix", "Apache-2.0", Some(false));
    }

    #[test]
    fn an_exception_is_for_its_crate_only() {
        check("foldhash", "Zlib", Some(true));
        check("other", "Zlib", Some(false));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for expression in
            ["", "MIT OR", "MIT ISC", "(MIT", "AND MIT", "MIT WITH", "((((((((MIT))))))))"]
        {
            check("syn", expression, None);
        }
    }

    #[test]
    fn a_list_that_allows_nothing_is_an_error() {
        assert!(read_allowed("[licenses]\nallow = []\n").is_err());
        assert!(read_allowed("[bans]\n").is_err());
        let nameless = "[licenses]\nallow = [\"MIT\"]\nexceptions = [{ allow = [\"Zlib\"] }]\n";
        assert!(read_allowed(nameless).is_err());
    }
}
