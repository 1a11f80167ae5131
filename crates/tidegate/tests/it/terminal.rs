//! What people see on a terminal, by `script` of util-linux.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::run::Here;

/// Runs the program on a terminal of 60 columns; `None` where there is no `script`.
fn on_terminal(here: &Here, arguments: &str) -> Option<String> {
    let is_there = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if !is_there.is_ok_and(|it| it.success()) {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "skipped: `script` of util-linux is not installed").unwrap();
        return None;
    }
    let program = env!("CARGO_BIN_EXE_tidegate");
    let inner = format!("stty cols 60 rows 24 && '{program}' {arguments}");
    let output = Command::new("script")
        .args(["-qec", &inner, "/dev/null"])
        .current_dir(here.path("."))
        .env("HOME", here.path("user"))
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Some(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
}

#[test]
fn a_table_is_cut_to_the_window_and_null_is_dim() {
    let here = Here::with_lake();
    let Some(shown) = on_terminal(&here, "sql 'SELECT srcaddr AS a, * FROM flows' --lake lake")
    else {
        return;
    };
    let plain = anstream::adapter::strip_str(&shown).to_string();
    assert!(plain.lines().all(|it| it.chars().count() <= 90), "{plain}");
    let table: Vec<&str> = plain.lines().take_while(|it| !it.starts_with("...")).collect();
    assert_eq!(table.len(), 5, "{plain}");
    assert!(table.iter().all(|it| it.chars().count() <= 60), "{plain}");
    assert!(plain.contains(" columns fit; name the ones you need"), "{plain}");
    assert!(shown.contains("\u{1b}[2mNULL"), "{shown:?}");
}

#[test]
fn no_colour_is_no_colour() {
    let here = Here::new();
    let Some(shown) = on_terminal(&here, "sql 'SELECT NULL AS x' --color never") else { return };
    assert_eq!(shown, "x\n────\nNULL\n");
}

#[test]
fn parquet_is_not_for_a_terminal() {
    let here = Here::new();
    let Some(shown) = on_terminal(&here, "sql 'SELECT 1' --output parquet") else { return };
    let plain = anstream::adapter::strip_str(&shown).to_string();
    insta::assert_snapshot!(plain, @"
    error: Parquet is not for a terminal

    hint: name a file: `--out rows.parquet`
    ");
}
