//! Statements that are as deep as they may be: whatever is not refused is answered, or fails as one
//! statement does.

use std::path::Path;
use std::time::Duration;

use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;
use tempfile::TempDir;
use tidegate_query::{EngineOptions, weight};

use crate::world::{cells, engine_with, on_runtime, options};

/// What the server takes.
const OPERATORS_MAX: usize = 500;

/// How deep parts may stand in each other there.
const NESTED_MAX: usize = 10;

/// How often a part is repeated: ten times what the server takes, and more than a stack can bear.
const N: usize = 5_000;

/// What the server takes of text.
const BYTES_MAX: usize = 64 << 10;

/// Chains: what stands before, what is repeated, what stands behind.
const CHAINS: &[(&str, &str, &str)] = &[
    ("SELECT 1", "+1", ""),
    ("SELECT ", "- ", "1"),
    ("SELECT ", "NOT ", "true"),
    ("SELECT true", " AND true", ""),
    ("SELECT true", " OR true", ""),
    ("SELECT true", " XOR true", ""),
    ("SELECT true", " IS TRUE", ""),
    ("SELECT true", " IS NOT NULL", ""),
    ("SELECT true", " NOTNULL", ""),
    ("SELECT true", " IS DISTINCT FROM true", ""),
    ("SELECT 'a'", " LIKE 'a'", ""),
    ("SELECT 'a'", " ILIKE 'a'", ""),
    ("SELECT 'a'", " SIMILAR TO 'a'", ""),
    ("SELECT 'a'", " REGEXP 'a'", ""),
    ("SELECT 'a'", " RLIKE 'a'", ""),
    ("SELECT 'a'", " COLLATE x", ""),
    ("SELECT 'a'", " || 'a'", ""),
    ("SELECT 'a'", " ~ 'a'", ""),
    ("SELECT true", " BETWEEN true AND true", ""),
    ("SELECT 1", " IN (1)", ""),
    ("SELECT 8", " DIV 1", ""),
    ("SELECT 1", "::int", ""),
    ("SELECT a", "->1", ""),
    ("SELECT a", "[1]", ""),
    ("SELECT a", ".a", ""),
    ("SELECT named_struct('a', 1)", ".a", ""),
    ("SELECT a", ":a", ""),
    ("SELECT now()", " AT TIME ZONE 'UTC'", ""),
    ("SELECT ", "(", "1"),
    ("SELECT ", "abs(", "1"),
    ("SELECT ", "CASE WHEN true THEN ", "1"),
    ("SELECT CASE", " WHEN true THEN true", " END"),
    ("SELECT ", "INTERVAL ", "'1 day'"),
    ("SELECT ", "DATE ", "'2026-03-02'"),
    ("SELECT ", "CAST(", "1"),
    ("SELECT ", "NOT (", "1"),
    ("SELECT ", "POSITION(", "1"),
    ("SELECT ", "CASE (", "1"),
    ("SELECT ", "SUBSTRING(", "1"),
    ("SELECT ", "ARRAY[", "1"),
    ("SELECT 1", " UNION ALL SELECT 1", ""),
    ("SELECT 1", " EXCEPT SELECT 1", ""),
    ("SELECT 1 FROM ", "(SELECT 1 FROM ", "t"),
    ("SELECT 1 FROM t", " JOIN t ON true", ""),
    ("SELECT 1 FROM t", " NATURAL JOIN t", ""),
    ("WITH t AS (SELECT 1) SELECT 1 FROM t", ", t a", ""),
    ("SELECT 1 FROM t", " LEFT SEMI JOIN t ON true", ""),
    ("SELECT 1 FROM t", " TABLESAMPLE (1)", ""),
    ("SELECT 1 FROM t", " |> SELECT 1", ""),
    ("SELECT ", "EXISTS (SELECT ", "1"),
    ("SELECT 1 WHERE 1 = ", "ANY (SELECT ", "1"),
    ("", "WITH a AS (", "SELECT 1"),
    ("", "EXPLAIN ", "SELECT 1"),
    ("", "(", "SELECT 1"),
    ("SELECT '1'", " '1'", ""),
    ("SELECT ", "DISTINCT ", "1"),
    ("SELECT 1", " LIMIT 1", ""),
    ("SELECT 1", " ORDER BY 1", ""),
    ("SELECT sum(1)", " OVER (ORDER BY 1)", ""),
];

fn chain((before, part, behind): (&str, &str, &str), n: usize) -> String {
    format!("{before}{}{behind}", part.repeat(n))
}

fn n_operators(sql: &str) -> usize {
    weight(sql).n_operators
}

fn is_refused(sql: &str) -> bool {
    let weight = weight(sql);
    weight.n_operators > OPERATORS_MAX || weight.n_nested > NESTED_MAX
}

/// How long each may take: beyond a hundred `EXCEPT` the engine works on for as long as it is let.
const TIME_MAX: Duration = Duration::from_secs(5);

/// Answers each statement, on a thread with the stack that the server has: with rows, by saying what
/// is wrong with the statement, or by stopping it.
fn answer(statements: Vec<String>) {
    on_runtime(async move {
        let folder = TempDir::new().unwrap();
        let options = EngineOptions { timeout: Some(TIME_MAX), ..options() };
        let engine = engine_with(options, folder.path());
        for sql in statements {
            let words: String = sql.chars().take(60).collect();
            let answer = cells(&engine, &sql).await;
            assert!(!answer.starts_with("error: the query failed"), "{words}: {answer}");
        }
    });
}

#[test]
fn chains_of_every_kind_are_refused_or_make_nothing_deep() {
    let mut harmless = Vec::new();
    for parts in CHAINS {
        let sql = chain(*parts, N);
        if !is_refused(&sql) {
            harmless.push(*parts);
        }
    }
    let shown: Vec<String> = harmless.iter().map(|it| it.1.trim().to_owned()).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    '1'
    LIMIT 1
    ORDER BY 1
    ");
    answer(harmless.into_iter().map(|it| chain(it, BYTES_MAX / it.1.len())).collect());
}

/// Returns the statements of the documentation.
fn documented(folder: &Path, statements: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documented(&path, statements);
        } else if path.extension().is_some_and(|it| it == "md") {
            let text = std::fs::read_to_string(path).unwrap();
            let blocks = text.split("```sql\n").skip(1);
            statements.extend(blocks.filter_map(|it| Some(it.split_once("```")?.0.to_owned())));
        }
    }
}

#[test]
fn what_people_write_is_far_from_being_refused() {
    let mut statements = Vec::new();
    documented(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs"), &mut statements);
    assert!(statements.len() > 3);
    let columns = tidegate_model::schema::table_schema();
    let names: Vec<String> = columns.fields().iter().map(|it| it.name().clone()).collect();
    statements.push(format!("SELECT f.{} FROM flows AS f", names.join(", f.")));
    let many: Vec<String> = (0..5_000).map(|it| it.to_string()).collect();
    statements.push(format!("SELECT * FROM flows WHERE dstport IN ({})", many.join(", ")));
    for statement in statements {
        let weight = weight(&statement);
        assert!(weight.n_operators < OPERATORS_MAX / 5, "{statement}");
        assert!(weight.n_nested < NESTED_MAX / 2, "{statement}");
    }
}

#[test]
fn what_is_just_not_refused_is_answered() {
    let deepest = |parts: &(&str, &str, &str)| {
        let n_before = n_operators(&chain(*parts, 0));
        let n_each = (n_operators(&chain(*parts, 100)) - n_before).div_ceil(100);
        let mut n = (OPERATORS_MAX - n_before).checked_div(n_each)?;
        while is_refused(&chain(*parts, n)) {
            n -= 1;
        }
        Some(chain(*parts, n))
    };
    let statements: Vec<String> = CHAINS.iter().filter_map(deepest).collect();
    answer(statements);
}

#[test]
fn no_word_that_counts_nothing_ends_the_program() {
    let mut statements = Vec::new();
    for word in ALL_KEYWORDS {
        for parts in [
            ("SELECT 1", format!(" {word} 1"), ""),
            ("SELECT 1", format!(" {word}"), ""),
            ("SELECT ", format!("{word} "), "1"),
            ("SELECT 1 FROM t", format!(" {word} t"), ""),
        ] {
            let chain = |n: usize| chain((parts.0, &parts.1, parts.2), n);
            if n_operators(&chain(100)) < 100 {
                statements.push(chain(5_000));
            }
        }
    }
    assert!(statements.len() > 100, "{}", statements.len());
    answer(statements);
}
