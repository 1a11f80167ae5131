//! Rewrites a window so that its fields stand between single spaces.
//!
//! Runs of spaces, tabs, carriage returns, spaces at the ends of a line and, in comma-separated
//! objects, commas and quotes become single spaces. Lines stay lines, so that line numbers hold.

/// A window, rewritten.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// The lines. One with control characters is empty here.
    pub(super) text: Vec<u8>,
    /// For each line, where it ends in the original, its line feed included.
    pub(super) ends: Vec<usize>,
    /// The lines with control characters, in order.
    pub(super) broken: Vec<usize>,
}

/// How the fields of an object are separated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// By spaces and tabs.
    Space,
    /// By commas; an empty field is NULL.
    Comma,
}

/// Rewrites `window`, which ends with a line feed.
pub(super) fn rewrite(window: &[u8], separator: Separator, plain: &mut Plain) {
    plain.text.clear();
    plain.ends.clear();
    plain.broken.clear();
    let mut end = 0;
    for line in window.split_inclusive(|it| *it == b'\n') {
        end += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let start = plain.text.len();
        match separator {
            Separator::Space => spaces(line, &mut plain.text),
            Separator::Comma => commas(line, &mut plain.text),
        }
        if plain.text[start..].iter().any(|it| *it < b' ') {
            plain.broken.push(plain.ends.len());
            plain.text.truncate(start);
        }
        plain.text.push(b'\n');
        plain.ends.push(end);
    }
}

fn is_blank(it: u8) -> bool {
    matches!(it, b' ' | b'\t' | b'\r')
}

fn spaces(line: &[u8], text: &mut Vec<u8>) {
    let mut is_first = true;
    for field in line.split(|it| is_blank(*it)).filter(|it| !it.is_empty()) {
        if !is_first {
            text.push(b' ');
        }
        is_first = false;
        text.extend_from_slice(field);
    }
}

fn commas(line: &[u8], text: &mut Vec<u8>) {
    if line.iter().all(|it| is_blank(*it)) {
        return;
    }
    for (at, field) in line.split(|it| *it == b',').enumerate() {
        if at > 0 {
            text.push(b' ');
        }
        let field = field.trim_ascii();
        let field =
            field.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(field);
        match field.trim_ascii() {
            b"" => text.push(b'-'),
            field => spaces(field, text),
        }
    }
}
