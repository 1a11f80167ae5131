//! Tells headers from records.

use tidegate_model::field::{self, FIELDS};

use crate::format::is_name;
use crate::text::plain::Separator;

/// A header line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) separator: Separator,
}

/// Returns the header that `line` is, if it is one.
///
/// A header is a line of which every field is the name of a known field. The first line of an
/// object (`is_first`) may also have names that nobody knows, as long as everything in it looks
/// like a name and more than half are known: AWS adds fields every year, and no record has two
/// values that are names of fields.
pub(super) fn header(line: &[u8], is_first: bool) -> Option<Header<'_>> {
    let text = std::str::from_utf8(line).ok()?;
    let separator = if text.contains(',') { Separator::Comma } else { Separator::Space };
    let is_between = |it: char| it.is_ascii_whitespace() || it == ',';
    let names: Vec<&str> =
        text.split(is_between).map(|it| it.trim_matches('"')).filter(|it| !it.is_empty()).collect();
    let n_known = names.iter().filter(|it| field::find(it).is_some()).count();
    let is_header = !names.is_empty() && n_known == names.len();
    let is_new_header = is_first && n_known * 2 > names.len() && names.iter().all(|it| is_name(it));
    (is_header || is_new_header).then_some(Header { names, separator })
}

/// For each length, the first letters of the names that long.
const FIRST_LETTERS: [u32; 64] = {
    let mut letters = [0; 64];
    let mut index = 0;
    while index < FIELDS.len() {
        let name = FIELDS[index].name.as_bytes();
        letters[name.len()] |= 1 << (name[0] - b'a');
        index += 1;
    }
    letters
};

/// Returns quickly whether a line that begins with this field cannot be a header of known names.
#[inline]
pub(super) fn is_no_name(field: &[u8]) -> bool {
    match field {
        [first @ b'a'..=b'z', ..] => {
            let letters = FIRST_LETTERS.get(field.len()).copied().unwrap_or(0);
            letters & (1 << (first - b'a')) == 0
                || std::str::from_utf8(field).is_ok_and(|it| field::find(it).is_none())
        }
        _ => true,
    }
}
