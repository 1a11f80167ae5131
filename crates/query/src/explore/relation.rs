//! The rows that a question adds up: keys, time, amount.
//!
//! A relation is parts with the same columns, one below the other. `k0`, `k1`, ... are the dimensions,
//! `at` is the time, `amount` is what is added up, and `c0`, ... tell connections apart.

use std::fmt::Write as _;

use tidegate_filter::Filter;

use super::metric::CONNECTION;
use super::question::Question;
use super::{Dimension, Metric, Window};

/// The rows that a question adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    /// Statements with the same columns.
    pub(crate) parts: Vec<String>,
}

impl Relation {
    /// Returns raw records: those of `question` that stand in `window`, with these dimensions.
    pub(crate) fn of_records(question: &Question, by: &[Dimension], window: Window) -> Self {
        Self { parts: vec![records("flows", question, by, &window.sql())] }
    }

    /// Returns the relation as a table of a statement.
    pub(crate) fn sql(&self) -> String {
        format!("({})", self.parts.join(" UNION ALL "))
    }
}

/// Returns the statement for raw records of `table` that `when` is true of.
pub(crate) fn records(table: &str, question: &Question, by: &[Dimension], when: &str) -> String {
    let mut sql = String::from("SELECT ");
    for (index, dimension) in by.iter().enumerate() {
        let _ = write!(sql, "{} AS k{index}, ", dimension.of_record());
    }
    if question.metric == Metric::Connections {
        for (index, column) in CONNECTION.iter().enumerate() {
            let _ = write!(sql, "{column} AS c{index}, ");
        }
    }
    let amount = question.metric.of_record();
    let _ = write!(sql, "\"end\" AS at, {amount} AS amount FROM {table} WHERE {when}");
    for condition in conditions(question) {
        let _ = write!(sql, " AND {condition}");
    }
    sql
}

/// Returns what must be true of a record: the filter, if it leaves anything out, and what the metric
/// cannot do without.
pub(crate) fn conditions(question: &Question) -> Vec<String> {
    let connects =
        (question.metric == Metric::Connections).then(|| "srcaddr IS NOT NULL".to_owned());
    condition(question).into_iter().chain(connects).collect()
}

/// Returns the filter of a question as a condition, if it leaves anything out.
pub(crate) fn condition(question: &Question) -> Option<String> {
    condition_of(&question.filter)
}

/// Returns a filter as a condition, if it leaves anything out.
pub(crate) fn condition_of(filter: &Filter) -> Option<String> {
    (!filter.is_everything()).then(|| format!("({})", filter.sql()))
}

/// Returns `k0, k1, ...`.
pub(crate) fn key_names(n: usize) -> String {
    (0..n).map(|it| format!("k{it}")).collect::<Vec<_>>().join(", ")
}

/// Returns `c0, c1, ...`.
pub(crate) fn connection_names() -> String {
    (0..CONNECTION.len()).map(|it| format!("c{it}")).collect::<Vec<_>>().join(", ")
}
