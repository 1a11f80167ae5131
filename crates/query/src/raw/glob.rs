//! Patterns of paths: `*` and `?` within a name, `**` over folders, `[a-z]` and `{a,b}`.

/// Alternatives that the braces of a pattern may make.
const ALTERNATIVES_MAX: usize = 256;

/// Returns whether `text` has characters that make it a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Returns the patterns without braces that `pattern` stands for; `None` if there are too many.
pub(crate) fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        let Some((before, choices, after)) = first_braces(&pattern) else {
            done.push(pattern);
            continue;
        };
        open.extend(choices.split(',').map(|it| format!("{before}{it}{after}")));
        if open.len() + done.len() > ALTERNATIVES_MAX {
            return None;
        }
    }
    Some(done)
}

fn first_braces(pattern: &str) -> Option<(&str, &str, &str)> {
    let end = pattern.find('}')?;
    let start = pattern[..end].rfind('{')?;
    Some((&pattern[..start], &pattern[start + 1..end], &pattern[end + 1..]))
}

/// Returns whether `path` fits `pattern`, which has no braces.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    // `reach[n]`: whether the names seen so far fit the first n parts of the pattern.
    let mut reach = vec![false; pattern.len() + 1];
    reach[0] = true;
    skip_folders(&pattern, &mut reach);
    for name in path {
        let mut next = vec![false; reach.len()];
        for (index, part) in pattern.iter().enumerate().filter(|it| reach[it.0]) {
            match *part {
                "**" => next[index] = true,
                part => next[index + 1] |= matches_name(part.as_bytes(), name.as_bytes()),
            }
        }
        skip_folders(&pattern, &mut next);
        reach = next;
    }
    reach[pattern.len()]
}

/// `**` also stands for no folder at all.
fn skip_folders(pattern: &[&str], reach: &mut [bool]) {
    for (index, part) in pattern.iter().enumerate() {
        if *part == "**" && reach[index] {
            reach[index + 1] = true;
        }
    }
}

fn matches_name(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut name_at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while name_at < name.len() {
        let one = (pattern.get(at) != Some(&b'*'))
            .then(|| matches_one(&pattern[at.min(pattern.len())..], name[name_at]))
            .flatten();
        match (one, pattern.get(at), star) {
            (Some(length), _, _) => {
                at += length;
                name_at += 1;
            }
            (None, Some(b'*'), _) => {
                star = Some((at + 1, name_at));
                at += 1;
            }
            (None, _, Some((after, from))) => {
                star = Some((after, from + 1));
                (at, name_at) = (after, from + 1);
            }
            (None, _, None) => return false,
        }
    }
    pattern[at..].iter().all(|it| *it == b'*')
}

/// Returns the length of the pattern's first element if `byte` fits it.
fn matches_one(pattern: &[u8], byte: u8) -> Option<usize> {
    match pattern {
        [b'?', ..] => Some(1),
        [b'[', rest @ ..] => {
            let end = rest.iter().skip(1).position(|it| *it == b']')? + 1;
            matches_set(&rest[..end], byte).then_some(end + 2)
        }
        [first, ..] => (*first == byte).then_some(1),
        [] => None,
    }
}

fn matches_set(set: &[u8], byte: u8) -> bool {
    let (is_negated, set) = match set {
        [b'!' | b'^', rest @ ..] if !rest.is_empty() => (true, rest),
        _ => (false, set),
    };
    let mut is_in = false;
    let mut at = 0;
    while at < set.len() {
        if let [from, b'-', to, ..] = set[at..] {
            is_in |= (from..=to).contains(&byte);
            at += 3;
        } else {
            is_in |= set[at] == byte;
            at += 1;
        }
    }
    is_in != is_negated
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, path: &str, expected: bool) {
        let is_match = alternatives(pattern).unwrap().iter().any(|it| matches(it, path));
        assert_eq!(is_match, expected, "{pattern} on {path}");
    }

    #[test]
    fn patterns_fit_as_in_a_shell() {
        check("a/*.gz", "a/x.gz", true);
        check("a/*.gz", "a/b/x.gz", false);
        check("a/**/*.gz", "a/x.gz", true);
        check("a/**/*.gz", "a/b/c/x.gz", true);
        check("a/**", "a/b/c", true);
        check("a/**", "b/c", false);
        check("**/x", "x", true);
        check("a/?.log", "a/b.log", true);
        check("a/?.log", "a/bc.log", false);
        check("a/[0-9][!x].log", "a/7y.log", true);
        check("a/[0-9][!x].log", "a/7x.log", false);
        check("2024/{01,02}/*", "2024/02/x", true);
        check("2024/{01,02}/*", "2024/03/x", false);
        check("{a,b{c,d}}", "bd", true);
        check("*a*b*", "xxaxxbxx", true);
        check("*a*b", "xxaxxbxx", false);
        check("a[b", "a[b", false);
        check("", "", true);
    }

    #[test]
    fn a_pattern_of_too_many_alternatives_is_refused() {
        assert_eq!(alternatives(&"{a,b}".repeat(20)), None);
    }

    proptest! {
        #[test]
        fn a_path_fits_itself_and_the_stars(path in "[a-z/.]{0,20}") {
            prop_assert!(matches(&path, &path));
            prop_assert!(matches("**", &path));
        }

        #[test]
        fn no_pattern_is_a_fault(pattern in "[a-c*?\\[\\]{},!-]{0,12}", path in "[a-c/]{0,12}") {
            for pattern in alternatives(&pattern).unwrap_or_default() {
                matches(&pattern, &path);
            }
        }
    }
}
