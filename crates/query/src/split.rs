//! Text with several statements, taken apart.

/// Returns the statements of `sql`, which `;` separates, without it and without empty ones.
///
/// A `;` in quotes or in a comment separates nothing.
#[must_use]
pub fn split_statements(sql: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut start = 0;
    let mut is_empty = true;
    let mut at = 0;
    while at < sql.len() {
        let length = token_length(&sql[at..]);
        let token = &sql[at..at + length];
        if token == ";" {
            push(&mut statements, &sql[start..at], is_empty);
            start = at + 1;
            is_empty = true;
        } else if !is_comment(token) && !token.trim().is_empty() {
            is_empty = false;
        }
        at += length;
    }
    push(&mut statements, &sql[start..], is_empty);
    statements
}

fn push(statements: &mut Vec<String>, statement: &str, is_empty: bool) {
    if !is_empty {
        statements.push(statement.trim().to_owned());
    }
}

fn is_comment(token: &str) -> bool {
    token.starts_with("--") || token.starts_with("/*")
}

/// Returns the length of the piece that `text` begins with: a quoted one, a comment, a character.
fn token_length(text: &str) -> usize {
    let until = |end: &str, skip: usize| {
        text[skip..].find(end).map_or(text.len(), |it| skip + it + end.len())
    };
    match text.as_bytes() {
        [b'\'', ..] => until("'", 1),
        [b'"', ..] => until("\"", 1),
        [b'`', ..] => until("`", 1),
        [b'-', b'-', ..] => until("\n", 2),
        [b'/', b'*', ..] => until("*/", 2),
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        assert_eq!(split_statements(sql), expected, "{sql}");
    }

    #[test]
    fn only_a_bare_semicolon_separates() {
        check("select 1", &["select 1"]);
        check(" select 1 ; select 2;; ", &["select 1", "select 2"]);
        check("select ';' ; select \"a;b\"", &["select ';'", "select \"a;b\""]);
        check("select 'it''s; fine'; x", &["select 'it''s; fine'", "x"]);
        check("select 1 -- a; b\n + 2; -- the end;", &["select 1 -- a; b\n + 2"]);
        check("/* a; b */ select `c;d`", &["/* a; b */ select `c;d`"]);
        check("select 'open ; end", &["select 'open ; end"]);
        check("  ", &[]);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_without_a_fault(sql in ".{0,60}") {
            for statement in split_statements(&sql) {
                prop_assert!(sql.contains(&statement));
            }
        }
    }
}
