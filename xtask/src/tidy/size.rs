//! Files that a reader can hold in the head: length, a head that says what they are for.
//!
//! The length of functions, nesting and parameters are clippy's, which tests of its limits here
//! keep from being lifted.

use super::Finding;
use super::tree::{File, Tree};

/// The most lines a source file has, without its tests.
const FILE_LINES_MAX: usize = 500;

/// The most lines that a function in a script has.
const SCRIPT_FUNCTION_LINES_MAX: usize = 70;

/// Limits that clippy enforces, as they must stand in its file.
const CLIPPY_LIMITS: &[&str] = &[
    "too-many-lines-threshold = 70",
    "excessive-nesting-threshold = 4",
    "too-many-arguments-threshold = 5",
];

/// Returns every file that is too long or has no head.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = check_clippy(tree);
    for file in &tree.files {
        if file.has_extension("rs") {
            findings.extend(check_length(file));
            findings.extend(check_head(file));
        } else if file.has_extension("py") {
            findings.extend(check_length(file));
            findings.extend(check_script_functions(file));
        }
    }
    findings
}

fn check_clippy(tree: &Tree) -> Vec<Finding> {
    const PATH: &str = "clippy.toml";
    let text = tree.file(PATH).map_or("", |it| it.text.as_str());
    let missing = CLIPPY_LIMITS.iter().filter(|limit| !text.lines().any(|it| it == **limit));
    missing.map(|it| Finding::new(PATH, 0, format!("the limit `{it}` is gone"))).collect()
}

fn check_length(file: &File) -> Option<Finding> {
    let n_lines = file.code_lines().count();
    let message = format!("{n_lines} lines without tests, {FILE_LINES_MAX} is the limit: split it");
    (n_lines > FILE_LINES_MAX).then(|| Finding::new(&file.path, 0, message))
}

/// Everything below a `src` folder begins with its job, so that a newcomer can read in order.
fn check_head(file: &File) -> Option<Finding> {
    let is_source = file.path.split('/').any(|it| it == "src") && !file.is_test();
    let has_head = file.text.starts_with("//! ");
    (is_source && !has_head).then(|| {
        Finding::new(&file.path, 1, "no module head: begin with `//! ` and the file's job")
    })
}

fn check_script_functions(file: &File) -> Vec<Finding> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut findings = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        if !trimmed.starts_with("def ") {
            continue;
        }
        let indent = line.len() - trimmed.len();
        let is_outside = |it: &&str| {
            let text = it.trim_start();
            !text.is_empty() && !text.starts_with(')') && it.len() - text.len() <= indent
        };
        let rest = &lines[index + 1..];
        let n_body = rest.iter().position(is_outside).unwrap_or(rest.len());
        let n_lines =
            1 + rest[..n_body].iter().rposition(|it| !it.is_empty()).map_or(0, |it| it + 1);
        if n_lines > SCRIPT_FUNCTION_LINES_MAX {
            let message =
                format!("a function of {n_lines} lines, {SCRIPT_FUNCTION_LINES_MAX} is the limit");
            findings.push(Finding::new(&file.path, index + 1, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let limits = CLIPPY_LIMITS.join("\n");
        let findings = super::check(&Tree::of(&[("clippy.toml", &limits), (path, text)]));
        let actual: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(actual, expected);
    }

    #[test]
    fn five_hundred_lines_are_enough_tests_not_counted() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(900));
        let fits = format!("//! Head.\n{}", "// line\n".repeat(499));
        check("crates/model/src/field.rs", &format!("{fits}{tests}"), &[]);
        check(
            "crates/model/src/field.rs",
            &format!("{fits}// one more\n{tests}"),
            &["crates/model/src/field.rs: 501 lines without tests, 500 is the limit: split it"],
        );
    }

    #[test]
    fn every_module_says_what_it_is_for() {
        check(
            "crates/model/src/lib.rs",
            "pub mod field;\n",
            &["crates/model/src/lib.rs:1: no module head: begin with `//! ` and the file's job"],
        );
        check("crates/model/tests/it/main.rs", "mod it;\n", &[]);
    }

    #[test]
    fn a_function_of_a_script_has_a_limit_too() {
        let function =
            |n: usize| format!("def long(\n    a,\n):\n{}\n\nx = 1\n", "    pass\n".repeat(n));
        check("bench/bench.py", &function(67), &[]);
        check(
            "bench/bench.py",
            &function(68),
            &["bench/bench.py:1: a function of 71 lines, 70 is the limit"],
        );
    }

    #[test]
    fn clippys_limits_are_not_lifted() {
        let findings =
            super::check(&Tree::of(&[("clippy.toml", "too-many-lines-threshold = 700")]));
        assert_eq!(findings.len(), CLIPPY_LIMITS.len());
    }
}
