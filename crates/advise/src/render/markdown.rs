//! The report as markdown.

use std::fmt::Write as _;

use super::document::{Cell, Section, counts, sections};
use super::words;
use crate::report::Report;

/// Returns the report as markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# Security groups, {}\n\n", words::window(report.window));
    let counts: Vec<String> =
        counts(report).into_iter().map(|(name, n)| format!("{} {name}", words::count(n))).collect();
    // Writing into a text cannot fail.
    let _ = writeln!(
        text,
        "{} rules in {} groups: {}. {} records, {} connections.",
        words::count(report.rules.len() as u64),
        words::count(report.groups.len() as u64),
        counts.join(", "),
        words::count(report.totals.n_records),
        words::count(report.totals.n_connections),
    );
    for section in sections(report) {
        text.push_str(&part(&section));
    }
    text
}

fn part(section: &Section) -> String {
    let mut text = format!("\n## {}\n", section.title);
    if !section.about.is_empty() {
        let _ = writeln!(text, "\n{}", escaped(&section.about));
    }
    if !section.columns.is_empty() {
        let _ = writeln!(text, "\n| {} |", section.columns.join(" | "));
        let _ = writeln!(text, "|{}", "---|".repeat(section.columns.len()));
    }
    for row in &section.rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    match &section.points[..] {
        [] => {}
        [point] => {
            let _ = writeln!(text, "\n{}", escaped(point));
        }
        points => {
            text.push('\n');
            for (index, point) in points.iter().enumerate() {
                let _ = writeln!(text, "{}. {}", index + 1, escaped(point));
            }
        }
    }
    if !section.sql.is_empty() {
        let _ = writeln!(text, "\n```sql\n{}\n```", section.sql);
    }
    text
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => escaped(text),
        Cell::Mark(text) => (*text).to_owned(),
        Cell::Code(text) => code(text),
        Cell::Codes(texts) => {
            let texts: Vec<String> =
                texts.iter().filter(|it| !it.is_empty()).map(|it| code(it)).collect();
            texts.join("<br>")
        }
        Cell::Count(n) => words::count(*n),
    }
}

/// Returns text in the letters of programs; nothing in it can end that.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text: String = text.chars().filter(|it| !it.is_control() && *it != '`').collect();
    format!("`{}`", text.replace('|', "\\|"))
}

/// Returns text in which nothing is markup: names and descriptions are other people's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '|' | '`' | '[' | ']' | '\\' => {
                escaped.push('\\');
                escaped.push(character);
            }
            it if it.is_control() => escaped.push(' '),
            it => escaped.push(it),
        }
    }
    escaped
}
