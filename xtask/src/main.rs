//! The workspace's own tasks, called as `cargo xtask NAME`.
//!
//! `tidy` holds the house to the rules that neither rustc nor clippy checks: read [`mod@tidy`] first.
//! `licences` is what `cargo deny` would say of licences, where that is not installed. `inflate` is
//! the floor under every loading benchmark: decompression and nothing else.

use std::env;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

mod inflate;
mod licences;
mod tidy;

/// What is printed when the task is not known.
const USAGE: &str = "usage: cargo xtask tidy           check the rules of the house
       cargo xtask licences       check every dependency's licence against deny.toml
       cargo xtask inflate DIR    decompress every .gz file below DIR, and say how much it was";

/// What a shell gets when the command line cannot be read.
const EXIT_USAGE: u8 = 2;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy(),
        ["licences"] => licences(),
        ["inflate", dir] => inflate(Path::new(dir)),
        _ => {
            writeln!(io::stderr(), "{USAGE}")?;
            Ok(ExitCode::from(EXIT_USAGE))
        }
    }
}

/// Returns the root of the workspace.
fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent")
}

fn tidy() -> Result<ExitCode> {
    let tree = tidy::tree::Tree::read(root()?)?;
    let findings = tidy::check(&tree)?;
    report("tidy", &format!("{} files", tree.files.len()), &findings)
}

fn licences() -> Result<ExitCode> {
    let refused = licences::check(root()?)?;
    report("licences", &format!("{} dependencies", refused.n_packages), &refused.messages)
}

/// Prints every finding and a last line, and returns what the shell gets.
fn report(task: &str, looked_at: &str, findings: &[impl Display]) -> Result<ExitCode> {
    let mut stderr = io::stderr().lock();
    for finding in findings {
        writeln!(stderr, "{finding}")?;
    }
    if findings.is_empty() {
        writeln!(stderr, "{task}: {looked_at}, nothing to say")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(stderr, "{task}: {looked_at}, {} to put right", findings.len())?;
    Ok(ExitCode::FAILURE)
}

fn inflate(dir: &Path) -> Result<ExitCode> {
    let total = inflate::inflate(dir)?;
    writeln!(
        io::stdout(),
        "{} objects, {} bytes compressed, {} bytes plain",
        total.n_objects,
        total.compressed_bytes,
        total.plain_bytes
    )?;
    Ok(ExitCode::SUCCESS)
}
