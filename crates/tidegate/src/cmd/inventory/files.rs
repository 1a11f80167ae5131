//! Which files an import reads, and when they were taken.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context as _;

use crate::failure::Usage;

/// Standard input.
pub(super) const STDIN: &str = "-";

/// Endings of the files that are read in a folder. What is named itself is read whatever its name.
const ENDINGS: &[&str] = &[".json", ".json.gz", ".ndjson", ".jsonl", ".tfstate"];

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// When it was last changed, in microseconds since the Unix epoch.
    pub(super) modified_us: i64,
    pub(super) path: PathBuf,
}

/// Returns the files that `arguments` name, oldest first.
pub(super) fn find(arguments: &[String]) -> anyhow::Result<Vec<Found>> {
    let mut paths = Vec::new();
    for argument in arguments.iter().filter(|it| *it != STDIN) {
        add(argument, &mut paths)?;
    }
    let mut found = Vec::new();
    for path in paths {
        let attempt = || format!("cannot read `{}`", path.display());
        let modified = std::fs::metadata(&path).and_then(|it| it.modified());
        let modified = modified.with_context(attempt)?;
        let modified_us = modified.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_micros());
        found.push(Found { modified_us: i64::try_from(modified_us)?, path });
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn add(argument: &str, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let path = Path::new(argument);
    if path.is_dir() {
        return walk(path, paths);
    }
    let is_pattern = argument.contains(['*', '?', '[']) && !path.exists();
    if !is_pattern {
        paths.push(path.to_owned());
        return Ok(());
    }
    let n_before = paths.len();
    let pattern = glob::glob(argument).with_context(|| format!("cannot read `{argument}`"))?;
    for matched in pattern {
        let matched = matched.with_context(|| format!("cannot read `{argument}`"))?;
        if matched.is_dir() {
            walk(&matched, paths)?;
        } else {
            paths.push(matched);
        }
    }
    if paths.len() == n_before {
        let message = format!("no file matches `{argument}`");
        return Err(Usage::new(message, "put the pattern in quotes, and mind the folder").into());
    }
    Ok(())
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let attempt = || format!("cannot list `{}`", folder.display());
    for entry in std::fs::read_dir(folder).with_context(attempt)? {
        let path = entry.with_context(attempt)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            walk(&path, paths)?;
        } else if ENDINGS.iter().any(|it| name.ends_with(it)) {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_folders_and_patterns_are_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        };
        let names = ["a.json", "b/c.json.gz", "b/d.tfstate", "b/e.txt", "f.txt"];
        for name in names {
            make(name);
        }
        let check = |arguments: &[&str]| {
            let full = |it: &&str| folder.path().join(it).display().to_string();
            let arguments: Vec<String> = arguments.iter().map(full).collect();
            let found = find(&arguments).map_err(|it| it.to_string())?;
            let name =
                |it: &Found| it.path.strip_prefix(folder.path()).unwrap().display().to_string();
            let mut found: Vec<String> = found.iter().map(name).collect();
            found.sort();
            Ok::<_, String>(found.join(" "))
        };
        assert_eq!(check(&[""]).unwrap(), "a.json b/c.json.gz b/d.tfstate");
        assert_eq!(check(&["f.txt", "*.json", "a.json"]).unwrap(), "a.json f.txt");
        assert!(check(&["*.csv"]).unwrap_err().starts_with("no file matches"));
        assert!(check(&["gone.json"]).unwrap_err().starts_with("cannot read"));
    }
}
