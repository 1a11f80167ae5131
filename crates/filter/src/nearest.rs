//! "Did you mean": the known words that are nearest to an unknown one.

use std::collections::BTreeSet;

use tidegate_model::spelling::distance;

/// Words that are proposed at once.
const WORDS_MAX: usize = 2;

/// Letters of a word that is looked at; a longer one is no slip of the finger.
const LETTERS_MAX: usize = 40;

/// Returns the words in `known` that are nearest to `unknown`, whichever the case; those that are
/// equally near in their order.
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let unknown: Vec<char> = unknown.to_lowercase().chars().collect();
    if unknown.is_empty() || unknown.len() > LETTERS_MAX {
        return Vec::new();
    }
    let scored = known.into_iter().filter_map(|it| {
        let word: Vec<char> = it.to_lowercase().chars().collect();
        let distance = distance(&unknown, &word);
        (distance <= allowed(unknown.len().min(word.len()))).then_some((distance, it))
    });
    let mut scored: Vec<(usize, &str)> = scored.collect();
    scored.sort_by_key(|it| it.0);
    let best = scored.first().map_or(0, |it| it.0);
    let mut seen = BTreeSet::new();
    let near = scored.into_iter().filter(|it| it.0 == best && seen.insert(it.1));
    near.map(|it| it.1.to_owned()).take(WORDS_MAX).collect()
}

/// Returns how many letters may be wrong in a word of so many.
fn allowed(n_letters: usize) -> usize {
    match n_letters {
        0..=1 => 0,
        2..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word_and_a_strange_word_finds_none() {
        let check = |unknown: &str, expected: &[&str]| {
            let known = ["action", "srcaddr", "dstaddr", "ACCEPT", "REJECT", "tcp", "udp"];
            assert_eq!(nearest(unknown, known), expected, "{unknown}");
        };
        check("acton", &["action"]);
        check("srcadr", &["srcaddr"]);
        check("addr", &[]);
        check("xxcaddr", &["srcaddr"]);
        check("rejct", &["REJECT"]);
        check("tpc", &["tcp"]);
        check("cp", &["tcp"]);
        check("nothing", &[]);
        check("", &[]);
    }
}
