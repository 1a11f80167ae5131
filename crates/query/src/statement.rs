//! What kind a statement is, and what is said of those without rows.

use datafusion::logical_expr::{DdlStatement, LogicalPlan};

use crate::Error;

/// What `SHOW TABLES` asks: our tables and the user's, without the engine's own.
pub(crate) const SHOW_TABLES: &str = "SELECT table_name, table_type FROM information_schema.tables \
     WHERE table_schema = 'main' ORDER BY table_name";

pub(crate) fn is_show_tables(sql: &str) -> bool {
    let words: Vec<&str> = sql.trim_end_matches([';', ' ', '\n']).split_whitespace().collect();
    let [show, tables] = words.as_slice() else { return false };
    show.eq_ignore_ascii_case("show") && tables.eq_ignore_ascii_case("tables")
}

/// Whether a row limit around the plan changes nothing but the number of rows.
pub(crate) fn returns_rows(plan: &LogicalPlan) -> bool {
    asks_only(plan) && !matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::DescribeTable(_))
}

/// Whether a plan makes, writes, sets and prepares nothing.
pub(crate) fn asks_only(plan: &LogicalPlan) -> bool {
    !matches!(
        plan,
        LogicalPlan::Ddl(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Analyze(_)
    )
}

pub(crate) fn only_queries() -> Error {
    let hint =
        "`SELECT`, `WITH`, `EXPLAIN`, `DESCRIBE` and `SHOW TABLES` are answered here".to_owned();
    Error::sql("only questions are answered here".to_owned(), Some(hint))
}

pub(crate) fn left_message(name: &str, kind: &str) -> String {
    format!("`{name}` already exists as a {kind} here; left as it is")
}

pub(crate) fn done_message(ddl: &DdlStatement) -> String {
    match ddl {
        DdlStatement::CreateExternalTable(it) => format!("table `{}` made", it.name.table()),
        DdlStatement::CreateMemoryTable(it) => format!("table `{}` made", it.name.table()),
        DdlStatement::CreateView(it) => format!("view `{}` made", it.name.table()),
        DdlStatement::DropTable(it) => format!("table `{}` dropped", it.name.table()),
        DdlStatement::DropView(it) => format!("view `{}` dropped", it.name.table()),
        _ => "done".to_owned(),
    }
}
