//! The words that a statement may go on with.

use std::collections::BTreeSet;

use datafusion::execution::session_state::SessionState;
use tidegate_model::field::FIELDS;
use tidegate_model::schema;

use crate::catalog::athena;

/// Words offered at once.
const WORDS_MAX: usize = 200;

/// Key words that questions are made of.
const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COPY",
    "CREATE",
    "CROSS",
    "CURRENT_DATE",
    "DATE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "EXISTS",
    "EXPLAIN ANALYZE",
    "EXPLAIN",
    "EXTERNAL",
    "FILTER",
    "FROM",
    "FULL",
    "GROUP BY",
    "HAVING",
    "ILIKE",
    "IN",
    "INNER",
    "INTERSECT",
    "INTERVAL",
    "IS NOT NULL",
    "IS NULL",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "LOCATION",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER BY",
    "OVER",
    "PARTITION BY",
    "PARTITIONED BY",
    "QUALIFY",
    "RIGHT",
    "SELECT",
    "SET",
    "SHOW COLUMNS FROM",
    "SHOW TABLES",
    "TABLE",
    "THEN",
    "TIMESTAMP",
    "TO",
    "UNION ALL",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// Returns where the word before `position` begins, and the words that it may become.
pub(crate) fn complete(
    line: &str,
    position: usize,
    tables: &[String],
    state: &SessionState,
) -> (usize, Vec<String>) {
    let position = floor_boundary(line, position);
    let start = word_start(&line[..position]);
    let typed = &line[start..position];
    if is_quoted(&line[..start]) {
        return (start, Vec::new());
    }
    let mut words = BTreeSet::new();
    let lower = typed.to_lowercase();
    let columns = FIELDS.iter().map(|it| it.column).chain([schema::EXTRA, schema::DATE]);
    let columns = columns.chain(athena::column_names());
    words.extend(columns.filter(|it| it.starts_with(&lower)).map(spelled));
    words.extend(tables.iter().filter(|it| it.starts_with(&lower)).cloned());
    if typed.is_empty() {
        return (start, words.into_iter().take(WORDS_MAX).collect());
    }
    words.extend(KEYWORDS.iter().filter_map(|it| keyword(it, typed)));
    let functions = state.scalar_functions().keys();
    let functions = functions.chain(state.aggregate_functions().keys());
    let functions = functions.chain(state.window_functions().keys());
    let functions = functions.chain(state.table_functions().keys());
    words.extend(functions.filter(|it| it.starts_with(&lower)).map(|it| format!("{it}(")));
    (start, words.into_iter().take(WORDS_MAX).collect())
}

/// Returns the key word in the case of what was typed, if it begins with that.
fn keyword(keyword: &str, typed: &str) -> Option<String> {
    let is_lower = typed.chars().all(|it| !it.is_uppercase());
    let keyword = if is_lower { keyword.to_lowercase() } else { keyword.to_owned() };
    let typed = if is_lower { typed.to_owned() } else { typed.to_uppercase() };
    keyword.starts_with(&typed).then_some(keyword)
}

/// Two columns have names that must be quoted where a key word could stand.
fn spelled(name: &str) -> String {
    match name {
        "end" => "\"end\"".to_owned(),
        _ => name.to_owned(),
    }
}

fn floor_boundary(line: &str, position: usize) -> usize {
    let mut position = position.min(line.len());
    while !line.is_char_boundary(position) {
        position -= 1;
    }
    position
}

fn word_start(text: &str) -> usize {
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    text.char_indices().rev().take_while(|it| is_word(it.1)).last().map_or(text.len(), |it| it.0)
}

/// Whether a text constant is open at the end of `text`.
fn is_quoted(text: &str) -> bool {
    text.matches('\'').count() % 2 == 1
}
