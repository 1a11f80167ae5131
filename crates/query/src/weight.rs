//! How much a statement asks of the planner, before it plans.
//!
//! A plan is a tree, and what walks it goes one call deeper for each operator of a chain: thousands
//! of them end the stack, and with it the program. Which words of SQL are operators is not for us
//! to know: every word and every sign counts, but those that are known to make nothing deeper.

use std::collections::HashSet;
use std::sync::LazyLock;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use tidegate_model::schema::table_schema;

/// Words that stand once in a clause, or behind something that counts.
const FLAT: &[Keyword] = &[
    Keyword::ALL,
    Keyword::AS,
    Keyword::ASC,
    Keyword::BY,
    Keyword::DESC,
    Keyword::DISTINCT,
    Keyword::ELSE,
    Keyword::END,
    Keyword::FALSE,
    Keyword::FIRST,
    Keyword::FROM,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::INNER,
    Keyword::LAST,
    Keyword::LEFT,
    Keyword::LIMIT,
    Keyword::NULL,
    Keyword::NULLS,
    Keyword::ON,
    Keyword::ORDER,
    Keyword::OUTER,
    Keyword::OVER,
    Keyword::PARTITION,
    Keyword::THEN,
    Keyword::TRUE,
    Keyword::WHERE,
];

/// Words behind which a list of tables has its end.
const ENDS_TABLES: &[Keyword] = &[
    Keyword::SELECT,
    Keyword::WHERE,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::ORDER,
    Keyword::LIMIT,
    Keyword::UNION,
    Keyword::INTERSECT,
    Keyword::EXCEPT,
];

/// Columns of `flows`: many of them are words of SQL, none is an operator.
static COLUMNS: LazyLock<HashSet<String>> =
    LazyLock::new(|| table_schema().fields().iter().map(|it| it.name().clone()).collect());

/// Words whose parenthesis is read in one way only.
const READ_ONCE: &[Keyword] = &[
    Keyword::AND,
    Keyword::ANY,
    Keyword::EXISTS,
    Keyword::IN,
    Keyword::JOIN,
    Keyword::OR,
    Keyword::SELECT,
    Keyword::UNION,
    Keyword::VALUES,
];

/// What a statement asks of parser and planner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Everything that can make its plan deeper.
    pub n_operators: usize,
    /// How deep what begins with a word of SQL stands in each other, as `CASE` and `CAST(`. The
    /// parser reads such a part up to four times if it is wrong, and so what is in it, and what is in
    /// that. The same word again and again is such a part, too.
    pub n_nested: usize,
}

/// Returns what a statement weighs. A text that is no SQL weighs nothing; it will not be planned
/// either.
#[must_use]
pub fn weight(sql: &str) -> Weight {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize().unwrap_or_default();
    let mut places = vec![Place::default()];
    let mut before: [Option<&Token>; 2] = [None; 2];
    let mut weight = Weight::default();
    let mut n_alike = 0;
    for token in tokens.iter().filter(|it| !matches!(it, Token::Whitespace(_))) {
        weight.n_operators += usize::from(match token {
            Token::Comma => places.last().is_some_and(|it| it.is_tables),
            // `table.column` is a name; what goes on behind it takes something apart.
            Token::Period => before[0] == Some(&Token::Period),
            other => deepens(other),
        });
        step(&mut places, token, before[1]);
        n_alike = if is_same_word(token, before[1]) { n_alike + 1 } else { 0 };
        before = [before[1], Some(token)];
        let n_tried = places.last().map_or(0, |it| it.n_tried);
        weight.n_nested = weight.n_nested.max(n_tried).max(n_alike);
    }
    weight
}

/// Whether a token is the same word of SQL as the one before, as in `INTERVAL INTERVAL`.
fn is_same_word(token: &Token, before: Option<&Token>) -> bool {
    match (token, before) {
        (Token::Word(word), Some(Token::Word(before))) => {
            word.keyword != Keyword::NoKeyword && word.keyword == before.keyword
        }
        _ => false,
    }
}

/// What stands between two parentheses, or in a `CASE`.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Whether it is a list of tables, each of which is joined with those before.
    is_tables: bool,
    /// How many of this and those around it begin with a word that may be a name as well.
    n_tried: usize,
    /// Whether `END` ends it.
    is_case: bool,
}

/// Goes on by one token, which stands behind another.
fn step(places: &mut Vec<Place>, token: &Token, before: Option<&Token>) {
    let n_tried = places.last().map_or(0, |it| it.n_tried);
    match token {
        Token::LParen | Token::LBracket => {
            let n_tried = n_tried + usize::from(before.is_some_and(is_tried));
            places.push(Place { n_tried, ..Place::default() });
        }
        Token::RParen | Token::RBracket => {
            while places.len() > 1 && places.pop().is_some_and(|it| it.is_case) {}
        }
        Token::Word(word) if word.keyword == Keyword::CASE => {
            let n_tried = n_tried + 1;
            places.push(Place { n_tried, is_case: true, ..Place::default() });
        }
        Token::Word(word) => {
            let Some(place) = places.last_mut() else { return };
            place.is_tables |= word.keyword == Keyword::FROM;
            place.is_tables &= !ENDS_TABLES.contains(&word.keyword);
            if word.keyword == Keyword::END && place.is_case {
                places.pop();
            }
        }
        _ => {}
    }
}

fn is_tried(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    let is_read_once = FLAT.contains(&word.keyword) || READ_ONCE.contains(&word.keyword);
    // `CASE (` is a place already.
    !is_read_once && ![Keyword::NoKeyword, Keyword::CASE].contains(&word.keyword)
}

fn deepens(token: &Token) -> bool {
    match token {
        Token::Word(word) => {
            // Some letters are words of SQL. People name tables by them.
            let is_name = word.keyword == Keyword::NoKeyword || word.value.len() == 1;
            !is_name
                && !FLAT.contains(&word.keyword)
                && !COLUMNS.contains(&word.value.to_ascii_lowercase())
        }
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::SemiColon
        | Token::RParen
        | Token::EOF => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;

    use super::*;

    fn check(sql: &str, expected: usize) {
        assert_eq!(weight(sql).n_operators, expected, "{sql}");
    }

    #[test]
    fn what_makes_a_plan_deeper_is_counted() {
        check("", 0);
        check("SELECT a, 'x', \"end\", start, action FROM flows ORDER BY type DESC LIMIT 5", 1);
        check("SELECT flows.a, tidegate.flows.b FROM flows", 2);
        check("SELECT 1 + 1 - -1", 4);
        check("SELECT a FROM t WHERE a = 1 AND NOT (b OR c)", 6);
        check("SELECT 1 UNION ALL SELECT 2", 3);
        check("SELECT x IN (1, 2, 3, 4, 5, 6, 7, 8)", 3);
        check("SELECT a, b FROM t, u, (SELECT c, d FROM v) w WHERE a IN (1, 2) GROUP BY a, b", 7);
        check(&format!("SELECT 1{}", "+1".repeat(5_000)), 5_001);
    }

    #[test]
    fn what_is_read_several_times_is_counted_by_its_depth() {
        let check = |sql: &str, expected: usize| {
            assert_eq!(weight(sql).n_nested, expected, "{sql}");
        };
        check("SELECT f(f(1)), (((2))) FROM (SELECT 1) WHERE a IN (1) AND (b OR (c))", 0);
        check("SELECT CAST(1 AS int), CAST(2 AS int), CASE WHEN a THEN 1 END, end", 1);
        check("SELECT CASE WHEN a THEN CASE WHEN b THEN 1 END ELSE POSITION('a' IN 'b') END", 2);
        check("SELECT (CASE WHEN a), CASE (CASE 1)", 2);
        check(&format!("SELECT {}1", "CAST(".repeat(40)), 40);
        check(&format!("SELECT {}1", "ARRAY[".repeat(40)), 40);
        check(&format!("SELECT {}1", "NOT (".repeat(40)), 40);
        check(&format!("SELECT {}'1 day'", "INTERVAL ".repeat(40)), 39);
    }

    #[test]
    fn a_word_counts_unless_it_is_known_to_be_flat() {
        let flat: Vec<&str> = ALL_KEYWORDS
            .iter()
            .copied()
            .filter(|it| {
                let sql = format!("SELECT 1{}", format!(" {it} 1").repeat(9));
                weight(&sql).n_operators < 10
            })
            .collect();
        insta::assert_snapshot!(flat.join(" "), @"ACTION ALL AS ASC BY BYTES DATE DESC DISTINCT ELSE END FALSE FIRST FROM GROUP HAVING INNER LAST LEFT LIMIT NULL NULLS ON ORDER OUTER OVER PARTITION REGION START THEN TRUE TYPE VERSION WHERE");
    }
}
