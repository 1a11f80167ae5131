//! How much a statement asks of the planner, before it plans.
//!
//! A plan is a tree, and what walks it goes one call deeper for each operator of a chain: thousands of
//! them end the stack, and with it the program.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

/// Returns how many operators a statement has: everything that can make its plan deeper. A text that
/// is no SQL has none; it will not be planned either.
#[must_use]
pub fn n_operators(sql: &str) -> usize {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize().unwrap_or_default();
    tokens.iter().filter(|it| deepens(it)).count()
}

fn deepens(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::IS
                | Keyword::LIKE
                | Keyword::BETWEEN
                | Keyword::CASE
                | Keyword::UNION
                | Keyword::INTERSECT
                | Keyword::EXCEPT
                | Keyword::JOIN
                | Keyword::SELECT
        ),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::SemiColon
        | Token::RParen
        | Token::EOF => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: usize) {
        assert_eq!(n_operators(sql), expected, "{sql}");
    }

    #[test]
    fn what_makes_a_plan_deeper_is_counted() {
        check("", 0);
        check("SELECT a, 'x', \"end\" FROM flows", 1);
        check("SELECT 1 + 1 - -1", 4);
        check("SELECT a FROM t WHERE a = 1 AND NOT (b OR c)", 6);
        check("SELECT 1 UNION ALL SELECT 2", 3);
        check("SELECT x IN (1, 2, 3, 4, 5, 6, 7, 8)", 2);
        check(&format!("SELECT 1{}", "+1".repeat(5_000)), 5_001);
    }
}
