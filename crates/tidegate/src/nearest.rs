//! "Did you mean": the known name that is nearest to an unknown one.

/// A name is proposed if a third of its letters and one more differ, and never more than this many.
const DISTANCE_MAX: usize = 4;

/// Returns the name in `known` that is nearest to `unknown`, if one is near enough.
pub(crate) fn nearest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored = known.into_iter().map(|it| (distance(unknown, it), it));
    let near = scored.filter(|(distance, it)| *distance <= allowed(it));
    near.min_by_key(|(distance, _)| *distance).map(|(_, it)| it)
}

/// Returns how many letters of a name may be wrong; in a short one, a single letter.
fn allowed(name: &str) -> usize {
    if name.len() < 4 { 1 } else { (name.len() / 3 + 1).min(DISTANCE_MAX) }
}

/// Returns how many letters must be added, removed, replaced or swapped with their neighbour to
/// make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            row.push(if is_swap { best.min(rows[i - 2][j - 2] + 1) } else { best });
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
