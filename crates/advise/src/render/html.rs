//! The report as one page of HTML, which needs nothing else: no script, no font, no network.

use std::fmt::Write as _;

use super::document::{Cell, Section, counts, sections};
use super::words;
use crate::report::Report;

/// How the page looks, by day and by night.
const STYLE: &str = include_str!("html/style.css");

/// Text beyond this gets a wide column.
const LONG_BYTES: usize = 32;

/// Returns the report as a page.
#[must_use]
pub fn html(report: &Report) -> String {
    let title = format!("Security groups, {}", words::window(report.window));
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <main>\n",
        escaped(&title),
    );
    text.push_str(&head(report));
    for section in sections(report) {
        text.push_str(&part(&section));
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

fn head(report: &Report) -> String {
    let mut text = format!(
        "<header>\n<h1>Security groups</h1>\n<p class=\"window\">{}</p>\n<ul class=\"tiles\">\n",
        escaped(&words::window(report.window)),
    );
    let total = report.rules.len() as u64;
    let all = [("rules", total), ("groups", report.groups.len() as u64)];
    for (name, n) in all.into_iter().chain(counts(report)) {
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "<li class=\"{name}\"><b>{}</b><span>{name}</span></li>",
            words::count(n)
        );
    }
    text.push_str("</ul>\n");
    let _ = writeln!(
        text,
        "<p>{} records, {} connections.</p>\n</header>",
        words::count(report.totals.n_records),
        words::count(report.totals.n_connections),
    );
    text
}

fn part(section: &Section) -> String {
    let mut text = format!("<section>\n<h2>{}</h2>\n", escaped(section.title));
    if !section.about.is_empty() {
        let _ = writeln!(text, "<p>{}</p>", escaped(&section.about));
    }
    if !section.rows.is_empty() {
        text.push_str("<div class=\"wide\"><table>\n<thead><tr>");
        for column in section.columns {
            let _ = write!(text, "<th scope=\"col\">{}</th>", escaped(column));
        }
        text.push_str("</tr></thead>\n<tbody>\n");
        for row in &section.rows {
            let cells: String = row.iter().map(cell).collect();
            let _ = writeln!(text, "<tr>{cells}</tr>");
        }
        text.push_str("</tbody>\n</table></div>\n");
    }
    match &section.points[..] {
        [] => {}
        [point] => {
            let _ = writeln!(text, "<p class=\"note\">{}</p>", escaped(point));
        }
        points => {
            let points = points.iter().map(|it| format!("<li>{}</li>\n", escaped(it)));
            let points: String = points.collect();
            let _ = writeln!(text, "<ol>\n{points}</ol>");
        }
    }
    if !section.sql.is_empty() {
        let _ = writeln!(text, "<pre><code>{}</code></pre>", escaped(section.sql));
    }
    text + "</section>\n"
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.len() > LONG_BYTES => {
            format!("<td class=\"long\">{}</td>", escaped(text))
        }
        Cell::Text(text) => format!("<td>{}</td>", escaped(text)),
        Cell::Mark(word) => format!("<td><span class=\"mark {word}\">{word}</span></td>"),
        Cell::Code(text) => format!("<td>{}</td>", code(text)),
        Cell::Codes(texts) => {
            let texts = texts.iter().filter(|it| !it.is_empty());
            let texts: Vec<String> = texts.map(|it| code(it)).collect();
            format!("<td>{}</td>", texts.join("<br>"))
        }
        Cell::Count(n) => format!("<td class=\"number\">{}</td>", words::count(*n)),
    }
}

/// Returns text whose lines break between words only, not after the `sg-` of an id.
fn code(text: &str) -> String {
    let word = |it: &str| match escaped(it) {
        it if it.contains('-') => format!("<span>{it}</span>"),
        it => it,
    };
    let words: Vec<String> = text.split(' ').map(word).collect();
    format!("<code>{}</code>", words.join(" "))
}

/// Returns text in which nothing is markup: names and descriptions are other people's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            it if it.is_control() => escaped.push(' '),
            it => escaped.push(it),
        }
    }
    escaped
}
