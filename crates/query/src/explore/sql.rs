//! A question as a statement that a person can read, change and run elsewhere.

use super::metric::{CONNECTION, COUNTS};
use super::question::Question;
use super::relation::conditions;
use super::{DimensionKind, Metric};

/// Returns the statement with the rows of a question: its groups on top and their amounts.
#[must_use]
pub fn statement(question: &Question) -> String {
    let by = question.by.iter().enumerate().map(|(index, it)| match it.kind {
        DimensionKind::List => format!("element_{index} AS {}", it.name),
        _ => it.name.to_owned(),
    });
    let mut columns: Vec<String> = by.collect();
    columns.push(format!("{} AS {}", amount(question.metric), question.metric.name()));
    let mut lines = vec![format!("SELECT {}", columns.join(", "))];
    lines.extend(from(question));
    let n = question.by.len();
    if n > 0 {
        let positions: Vec<String> = (1..=n).map(|it| it.to_string()).collect();
        let positions = positions.join(", ");
        lines.push(format!("GROUP BY {positions}"));
        lines.push(format!("ORDER BY {} DESC, {positions} LIMIT {}", n + 1, question.limit));
    }
    lines.join("\n")
}

/// Returns what is read: with lists, a row for each of their elements.
fn from(question: &Question) -> Vec<String> {
    let mut lines = vec![format!("WHERE {}", question.window.sql())];
    lines.extend(conditions(question).iter().map(|it| format!("  AND {it}")));
    let lists = question.by.iter().enumerate();
    let lists = lists.filter(|it| it.1.kind == DimensionKind::List);
    let lists: Vec<String> =
        lists.map(|(index, it)| format!("{} AS element_{index}", it.of_record())).collect();
    if lists.is_empty() {
        lines.insert(0, "FROM flows".to_owned());
        return lines;
    }
    lines.insert(0, format!("FROM (SELECT *, {} FROM flows", lists.join(", ")));
    lines.push(") AS flows".to_owned());
    lines
}

fn amount(metric: Metric) -> String {
    match metric {
        Metric::Bytes | Metric::Packets => {
            format!("coalesce(sum({}) FILTER (WHERE {COUNTS}), 0)", metric.name())
        }
        Metric::Flows => "count(*)".to_owned(),
        Metric::Connections => {
            format!("count(DISTINCT make_array({}))", CONNECTION.map(text).join(", "))
        }
    }
}

fn text(column: &str) -> String {
    format!("CAST({column} AS VARCHAR)")
}
