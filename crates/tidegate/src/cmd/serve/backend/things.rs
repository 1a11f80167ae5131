//! The inventory for the console: what `tidegate inventory list` says.

use arrow::array::{Array, AsArray as _, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, Utc};
use serde_json::Value;
use tidegate_inventory::{Kind, select, table};
use tidegate_serve::backend::{InventoryAnswer, InventoryAsk, InventoryState};
use tidegate_serve::wire::{Cell, SqlColumn};
use tidegate_serve::{Code, Problem};
use tidegate_store::Lake;

use super::told::problem;
use crate::facts;

/// Returns how fresh the inventory is.
pub(super) async fn state(lake: &Lake) -> anyhow::Result<InventoryState> {
    let mut state = InventoryState::default();
    for kind in Kind::ALL {
        let Some(stored) = tidegate_store::table::open(lake, kind.table()).await? else { continue };
        let written = stored.files.iter().map(|it| it.modified_ms).max();
        state.synced_at = state.synced_at.max(written.and_then(DateTime::from_timestamp_millis));
        state.n_facts += stored.files.iter().map(|it| it.n_rows).sum::<u64>();
    }
    Ok(state)
}

/// Lists the things of a kind as they were at a moment.
pub(super) async fn list(
    lake: &Lake,
    ask: &InventoryAsk,
    now: DateTime<Utc>,
) -> Result<InventoryAnswer, Problem> {
    let name = ask.kind.replace('-', "_");
    let Some(kind) = Kind::ALL.into_iter().find(|it| it.table() == name) else {
        let shown: String = ask.kind.chars().take(40).collect();
        let names: Vec<String> = Kind::ALL.iter().map(|it| it.table().replace('_', "-")).collect();
        return Err(Problem::new(Code::NotFound, format!("the inventory has no `{shown}`"))
            .hint(format!("it has {}", names.join(", "))));
    };
    let moment_us = ask.at.unwrap_or(now).timestamp_micros();
    let mut inventory = facts::read(lake, &[kind]).await.map_err(|it| problem(&it))?.inventory;
    select::retain(&mut inventory, &|_, _, validity| validity.contains(moment_us));
    let batch =
        table::to_batch(kind, &inventory).map_err(|it| problem(&anyhow::Error::from(it)))?;
    let rows = rows(&batch).map_err(|it| problem(&it))?;
    let mut rows: Vec<Vec<Cell>> = match ask.q.as_deref().map(str::to_lowercase) {
        Some(text) => rows.into_iter().filter(|it| has(it, &text)).collect(),
        None => rows,
    };
    let n_total = rows.len() as u64;
    rows.truncate(ask.limit);
    Ok(InventoryAnswer { kind: ask.kind.clone(), columns: columns(&batch.schema()), rows, n_total })
}

fn columns(schema: &SchemaRef) -> Vec<SqlColumn> {
    let column = |it: &std::sync::Arc<arrow::datatypes::Field>| SqlColumn {
        name: it.name().clone(),
        kind: match it.data_type() {
            DataType::Timestamp(_, _) => "timestamp".to_owned(),
            DataType::List(_) => "list".to_owned(),
            DataType::Map(_, _) => "map".to_owned(),
            DataType::Boolean => "boolean".to_owned(),
            it if it.is_numeric() => "number".to_owned(),
            _ => "text".to_owned(),
        },
    };
    schema.fields().iter().map(column).collect()
}

fn has(row: &[Cell], text: &str) -> bool {
    row.iter().any(|it| match &it.0 {
        Value::String(value) => value.to_lowercase().contains(text),
        Value::Null => false,
        other => other.to_string().to_lowercase().contains(text),
    })
}

fn rows(batch: &RecordBatch) -> anyhow::Result<Vec<Vec<Cell>>> {
    let columns: Vec<Vec<Cell>> = batch
        .columns()
        .iter()
        .map(|it| (0..batch.num_rows()).map(|row| cell(it.as_ref(), row)).collect())
        .collect::<anyhow::Result<_>>()?;
    let row = |row: usize| columns.iter().map(|it| it[row].clone()).collect();
    Ok((0..batch.num_rows()).map(row).collect())
}

fn cell(column: &dyn Array, row: usize) -> anyhow::Result<Cell> {
    if column.is_null(row) {
        return Ok(Cell(Value::Null));
    }
    let value = match column.data_type() {
        DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let items = (0..items.len()).map(|it| Ok(cell(items.as_ref(), it)?.0));
            Value::Array(items.collect::<anyhow::Result<_>>()?)
        }
        DataType::Map(_, _) => {
            let entries = column.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let entry = |it: usize| -> anyhow::Result<(String, Value)> {
                Ok((text(keys.as_ref(), it)?, cell(values.as_ref(), it)?.0))
            };
            Value::Object((0..entries.len()).map(entry).collect::<anyhow::Result<_>>()?)
        }
        it if it.is_integer() => text(column, row)?.parse::<i64>().map_or(Value::Null, Value::from),
        _ => Value::String(text(column, row)?),
    };
    Ok(Cell(value))
}

fn text(column: &dyn Array, row: usize) -> anyhow::Result<String> {
    let options = FormatOptions::default().with_timestamp_tz_format(Some("%Y-%m-%dT%H:%M:%SZ"));
    Ok(ArrayFormatter::try_new(column, &options)?.value(row).try_to_string()?)
}
