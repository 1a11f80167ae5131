//! Rows of statements of our own.

use futures::TryStreamExt as _;
use tidegate_query::Bounds;

use crate::app::App;
use crate::cells;
use crate::problem::{Code, Problem};
use crate::wire::Cell;

/// Returns the names of the columns, and all rows.
///
/// # Errors
///
/// As of any question.
pub(crate) async fn all(app: &App, sql: &str) -> Result<(Vec<String>, Vec<Vec<Cell>>), Problem> {
    let bounds = Bounds { is_query_only: true, ..Bounds::default() };
    let mut answer = app.engine().run_within(sql, bounds).await?;
    let columns = answer.schema.fields().iter().map(|it| it.name().clone()).collect();
    let mut rows = Vec::new();
    while let Some(batch) = answer.batches.try_next().await? {
        let shown = cells::rows(&batch)
            .map_err(|it| Problem::new(Code::Internal, "the rows cannot be shown").because(&it))?;
        rows.extend(shown);
    }
    Ok((columns, rows))
}
