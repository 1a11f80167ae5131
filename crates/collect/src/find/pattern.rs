//! Patterns of names: `logs/**/*.gz`, `s3://bucket/AWSLogs/*/vpcflowlogs/**`.

use glob::{MatchOptions, Pattern as Glob};

use crate::{Error, Result};

/// A pattern over whole names.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    glob: Glob,
}

impl Pattern {
    /// Parts `source` into the folder above the first wildcard and the pattern, if it has one.
    ///
    /// A local file whose name has a wildcard in it is a file, not a pattern.
    pub(super) fn split(source: &str) -> Result<(&str, Option<Self>)> {
        let Some(first) = source.find(['*', '?', '[']) else { return Ok((source, None)) };
        if !source.contains("://") && std::path::Path::new(source).exists() {
            return Ok((source, None));
        }
        let base = source[..first].rfind('/').map_or("", |it| &source[..it]);
        let base = if base.is_empty() && source.starts_with('/') { "/" } else { base };
        let pattern = whole_name(source);
        let glob = Glob::new(&pattern).map_err(|it| Error::Pattern {
            pattern: source.to_owned(),
            reason: it.msg.to_owned(),
        })?;
        let base = if base.is_empty() { "." } else { base };
        Ok((base, Some(Self { glob })))
    }

    pub(super) fn is_match(&self, name: &str) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::default() };
        self.glob.matches_with(name, options)
    }
}

/// Returns the pattern as it applies to names in a store: without scheme and bucket, or absolute.
fn whole_name(source: &str) -> String {
    if let Some((_, rest)) = source.split_once("://") {
        return rest.split_once('/').map_or("", |it| it.1).to_owned();
    }
    let first = source.find(['*', '?', '[']).unwrap_or(source.len());
    let (base, rest) = source.split_at(source[..first].rfind('/').map_or(0, |it| it + 1));
    let base = if base.is_empty() { "." } else { base };
    let base = std::fs::canonicalize(base).unwrap_or_else(|_| base.into());
    let base = Glob::escape(base.to_string_lossy().trim_matches('/'));
    format!("{base}/{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_parted_at_its_first_wildcard() {
        let check = |source: &str, base: &str, name: &str, expected: bool| {
            let (found, pattern) = Pattern::split(source).unwrap();
            assert_eq!(found, base, "{source}");
            assert_eq!(pattern.unwrap().is_match(name), expected, "{source} {name}");
        };
        check("s3://b/AWSLogs/*/v/**", "s3://b/AWSLogs", "AWSLogs/1/v/x/y.gz", true);
        check("s3://b/AWSLogs/*/v/**", "s3://b/AWSLogs", "AWSLogs/1/w/x/y.gz", false);
        check("/logs/*.gz", "/logs", "logs/a.gz", true);
        check("/logs/*.gz", "/logs", "logs/sub/a.gz", false);
        assert!(Pattern::split("/logs/a.gz").unwrap().1.is_none());
    }

    #[test]
    fn a_broken_pattern_is_said() {
        let error = Pattern::split("/logs/[a").unwrap_err().to_string();
        assert_eq!(error, "cannot read the pattern `/logs/[a`: invalid range pattern");
    }
}
