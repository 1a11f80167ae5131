//! Lines that must not stand in a file: a machine's own paths, promises, prints, lifted limits.

use super::Finding;
use super::tree::{File, Tree};

/// Paths that exist on one machine only.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk"),
    concat!("/ro", "ot"),
    concat!("/ho", "me"),
    concat!("/Us", "ers"),
    concat!("/private/", "var"),
];

/// Promises of later work: done now, or deleted.
const PROMISES: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("#[ig", "nore"),
];

/// Ways round a limit, which would make it no limit.
const LIFTS: &[&str] = &[
    concat!("clippy::too_many_", "lines"),
    concat!("clippy::excessive_", "nesting"),
    concat!("clippy::too_many_", "arguments"),
];

/// Words that print past the output module.
const PRINTS: &[&str] = &["println!(", "print!("];

/// Where printing is the job.
const PRINTERS: &[&str] = &["crates/tidegate/src/output", "xtask/src/"];

/// Files made by tools, whose text is not ours.
const MADE: &[&str] = &["Cargo.lock", "fuzz/Cargo.lock", "LICENSE"];

/// Kinds of files that are code; promises are looked for in these only.
const CODE: &[&str] = &["rs", "py", "sh", "toml", "yml"];

/// Returns every line that must not be there.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|it| !MADE.contains(&it.path.as_str()));
    files.flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let is_code = CODE.iter().any(|it| file.has_extension(it));
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let mut say = |message: String| findings.push(Finding::new(&file.path, index + 1, message));
        if let Some(path) = MACHINE_PATHS.iter().find(|it| has_path(line, it)) {
            say(format!("a path of one machine, `{path}`: derive it from where the file is"));
        }
        if let Some(word) = PROMISES.iter().find(|it| is_code && line.contains(*it)) {
            say(format!("`{word}`: do it now, or delete the line"));
        }
        if let Some(lint) = LIFTS.iter().find(|it| is_code && line.contains(*it)) {
            say(format!("`{lint}` is lifted: make the function smaller"));
        }
    }
    if file.has_extension("rs") {
        findings.extend(check_prints(file));
    }
    findings
}

fn check_prints(file: &File) -> Vec<Finding> {
    if PRINTERS.iter().any(|it| file.path.starts_with(it)) {
        return Vec::new();
    }
    let is_print = |line: &str| {
        let code = line.trim_start();
        !code.starts_with("//") && PRINTS.iter().any(|it| code.contains(it))
    };
    let printing = file.code_lines().filter(|(_, line)| is_print(line));
    printing
        .map(|(line, _)| Finding::new(&file.path, line, "prints: return it, or log it"))
        .collect()
}

/// Returns whether `line` has `path` as the beginning of an absolute path.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(index, _)| {
        let before = line[..index].chars().next_back();
        let after = line[index + path.len()..].chars().next();
        let is_start = before.is_none_or(|it| !it.is_alphanumeric() && !"/._-}*~)".contains(it));
        let is_whole = after.is_none_or(|it| !it.is_alphanumeric() && !"_-.".contains(it));
        is_start && is_whole
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, lines: &[usize]) {
        let findings = super::check(&Tree::of(&[(path, text)]));
        let actual: Vec<usize> = findings.iter().map(|it| it.line).collect();
        assert_eq!(actual, lines, "{path}: {text}\n{findings:?}");
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for path in MACHINE_PATHS {
            check("README.md", &format!("first\nsee {path}/x/README.md\n"), &[2]);
            check("README.md", &format!("`{path}`\n"), &[1]);
            check("a.py", &format!("open(\"{path}/x\")\n"), &[1]);
        }
    }

    #[test]
    fn a_path_of_no_machine_is_not() {
        check(
            "README.md",
            "https://example.org/work/x and ../shared/work, $HOME/root, /workers\n",
            &[],
        );
        check("a.sh", "\"${here}/root\" ./work/x .work/x\n", &[]);
    }

    #[test]
    fn promises_are_found_in_code() {
        for promise in PROMISES {
            check("crates/model/src/lib.rs", &format!("//! Head.\n// {promise} x\n"), &[2]);
            check("bench/bench.py", &format!("# {promise} x\n"), &[1]);
            check("STYLE.md", &format!("no `{promise}`\n"), &[]);
        }
    }

    #[test]
    fn a_limit_is_not_lifted_in_place() {
        for lint in LIFTS {
            check("crates/model/src/lib.rs", &format!("#[expect({lint})]\n"), &[1]);
        }
    }

    #[test]
    fn only_the_output_prints() {
        let text = "//! Head.\nfn one() {\n    println!(\"x\");\n    eprint!(\"y\");\n}\n\
            #[cfg(test)]\nmod tests {\n    println!();\n}\n";
        check("crates/model/src/lib.rs", text, &[3, 4]);
        check("crates/tidegate/src/output/table.rs", text, &[]);
        check("crates/tidegate/src/output.rs", text, &[]);
        check("crates/model/tests/it/main.rs", text, &[]);
        check("crates/model/src/lib.rs", "//! println!(\"in a comment\")\n", &[]);
    }
}
