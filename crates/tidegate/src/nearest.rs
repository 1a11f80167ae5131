//! "Did you mean": the known name that is nearest to an unknown one.

use tidegate_model::spelling::distance;

/// A name is proposed if a third of its letters and one more differ, and never more than this many.
const DISTANCE_MAX: usize = 4;

/// Returns the name in `known` that is nearest to `unknown`, if one is near enough.
pub(crate) fn nearest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters = |it: &str| it.chars().collect::<Vec<char>>();
    let unknown = letters(unknown);
    let scored = known.into_iter().map(|it| (distance(&unknown, &letters(it)), it));
    let near = scored.filter(|(distance, it)| *distance <= allowed(it));
    near.min_by_key(|(distance, _)| *distance).map(|(_, it)| it)
}

/// Returns how many letters of a name may be wrong; in a short one, a single letter.
fn allowed(name: &str) -> usize {
    if name.len() < 4 { 1 } else { (name.len() / 3 + 1).min(DISTANCE_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["lake", "output", "sql.rows_max", "collect.memory_max"];

    fn check(unknown: &str) -> Option<&'static str> {
        nearest(unknown, KNOWN)
    }

    #[test]
    fn a_slip_of_the_finger_finds_its_name_and_a_strange_word_finds_none() {
        assert_eq!(check("lkae"), Some("lake"));
        assert_eq!(check("lak"), Some("lake"));
        assert_eq!(check("outptu"), Some("output"));
        assert_eq!(check("sql.row_max"), Some("sql.rows_max"));
        assert_eq!(check("colect.memory_max"), Some("collect.memory_max"));
        assert_eq!(check("colour"), None);
        assert_eq!(check(""), None);
    }
}
