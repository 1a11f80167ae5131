//! The files that git knows or would add, read once; every rule looks at these only.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The largest file that is read as text.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// One text file of the workspace.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

impl File {
    /// Returns the lines that are not test code, each with its number, counted from one.
    ///
    /// A file of tests has none. In other files, the tests begin at the first `#[cfg(test)]` in
    /// column one that stands before an inline module, and end with the file.
    pub(crate) fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let n_lines = if self.is_test() { 0 } else { self.n_code_lines() };
        self.text.lines().take(n_lines).enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Returns whether the whole file is only built for tests, examples or fuzzing.
    pub(crate) fn is_test(&self) -> bool {
        let folders = ["tests", "examples", "benches", "fuzz", "fuzz_targets"];
        let mut parts = self.path.split('/').rev();
        let name = parts.next().unwrap_or_default();
        name == "tests.rs" || parts.any(|it| folders.contains(&it))
    }

    /// Returns whether the name ends in `extension`, which has no dot.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == extension)
    }

    fn n_code_lines(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let is_start = |index: &usize| {
            let next = lines[index + 1..].iter().find(|it| !it.starts_with('#'));
            lines[*index] == "#[cfg(test)]"
                && next.is_some_and(|it| it.starts_with("mod ") && it.ends_with('{'))
        };
        (0..lines.len()).find(is_start).unwrap_or(lines.len())
    }
}

/// Every text file of the workspace, sorted by path.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The files.
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// Reads the files below `root` that git tracks or does not ignore.
    ///
    /// Files that are not UTF-8 are left out: the rules are about text.
    ///
    /// # Errors
    ///
    /// If git cannot list the files, or one of them cannot be read or is larger than 4 MiB.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("cannot run `git`, which lists the files to check")?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "git cannot list the files: {}", stderr.trim());
        let mut paths: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .split_terminator('\0')
            .map(str::to_owned)
            .collect();
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            files.extend(read_file(root, path)?);
        }
        Ok(Self { files })
    }

    /// Returns the file at exactly `path`.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|it| it.path == path)
    }
}

/// Returns nothing for a file that was deleted but not committed, a link, or one that is not text.
fn read_file(root: &Path, path: String) -> Result<Option<File>> {
    let full = root.join(&path);
    let Ok(metadata) = full.symlink_metadata() else { return Ok(None) };
    if !metadata.is_file() {
        return Ok(None);
    }
    let size_bytes = metadata.len();
    ensure!(
        size_bytes <= FILE_BYTES_MAX,
        "`{path}` has {size_bytes} bytes: too large for the tree"
    );
    let bytes = fs::read(&full).with_context(|| format!("cannot read `{path}`"))?;
    Ok(String::from_utf8(bytes).ok().map(|text| File { path, text }))
}

#[cfg(test)]
impl Tree {
    /// Returns a tree of made-up files, for the tests of the rules.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |it: &(&str, &str)| File { path: it.0.to_owned(), text: it.1.to_owned() };
        Self { files: files.iter().map(file).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, n_code_lines: usize) {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(file.code_lines().count(), n_code_lines, "{path}: {text}");
    }

    #[test]
    fn tests_are_not_code() {
        let with_tests = "//! Head.\nfn one() {}\n\n#[cfg(test)]\nmod tests {\n}\n";
        check("crates/model/src/field.rs", with_tests, 3);
        check(
            "crates/model/src/field.rs",
            "#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests;\nfn one() {}",
            4,
        );
        check("crates/model/src/field.rs", "#[cfg(test)]\nimpl Tree {\n}\nfn one() {}", 4);
        check("crates/model/src/tests.rs", "fn one() {}\n", 0);
        check("crates/model/tests/it/main.rs", "fn one() {}\n", 0);
        check("crates/decode/examples/decode_speed.rs", "fn one() {}\n", 0);
    }

    #[test]
    fn this_workspace_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Tree::read(root).unwrap();
        assert!(tree.file("Cargo.toml").is_some());
        assert!(tree.files.len() > 20);
    }
}
