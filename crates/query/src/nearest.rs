//! The nearest name to a misspelt one.

/// Names further away than this part of their length are not meant.
const DISTANCE_MAX_PER_LENGTH: f64 = 0.4;

/// Returns the name that `typed` is nearest to, if one is near.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let nearest = names.map(|it| (distance(&typed, &it.to_lowercase()), it)).min();
    let (distance, name) = nearest?;
    let length = typed.chars().count().max(name.chars().count());
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let is_near = distance as f64 <= DISTANCE_MAX_PER_LENGTH * length as f64;
    is_near.then_some(name)
}

/// Returns how many characters must be put in, left out or replaced to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (a_index, a_char) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = a_index + 1;
        for (b_index, b_char) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a_char != *b_char);
            diagonal = row[b_index + 1];
            row[b_index + 1] = replaced.min(row[b_index] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Option<&str>) {
        let names = ["srcaddr", "dstaddr", "srcport", "bytes", "log_status"];
        assert_eq!(nearest(typed, names.into_iter()), expected, "{typed}");
    }

    #[test]
    fn a_slip_finds_the_name_and_nonsense_finds_none() {
        check("srcadr", Some("srcaddr"));
        check("src_addr", Some("srcaddr"));
        check("BYTE", Some("bytes"));
        check("logstatus", Some("log_status"));
        check("elephant", None);
        check("", None);
    }
}
