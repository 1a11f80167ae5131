//! `GET /schema`: tables, columns, functions. `GET /names`: what identifiers are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tidegate_query::explore::Dimension;
use tidegate_query::function_docs;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::{Body, Problem};
use crate::question::Question;
use crate::wire::{ColumnKind, SqlColumn};
use crate::{Answered, columns, rows};

/// Names of identifiers that are told at once.
const NAMES_MAX: u64 = 20_000;

/// Everything that questions can name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SchemaAnswer {
    /// Tables of SQL.
    pub tables: Vec<SchemaTable>,
    /// Columns of `flows`.
    pub fields: Vec<SchemaField>,
    /// Those that records have if nobody names any.
    pub usual_columns: Vec<String>,
    /// Functions of SQL.
    pub functions: Vec<SchemaFunction>,
    /// What groups can be made of.
    pub dimensions: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SchemaTable {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<SqlColumn>,
}

/// A column of `flows`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SchemaField {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// Their unit.
    #[schema(required)]
    pub unit: Option<String>,
    /// What it means.
    pub doc: String,
    /// The version of flow logs that brought it; none for what follows from others.
    #[schema(required)]
    pub since: Option<u8>,
    /// Kind of the page that its values have.
    #[schema(required)]
    pub entity: Option<String>,
}

/// A function.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SchemaFunction {
    /// Its name.
    pub name: String,
    /// Its name with arguments and result.
    pub signature: String,
    /// What it returns.
    pub doc: String,
}

/// Tables, columns and functions
#[utoipa::path(get, path = "/schema", tag = "questions",
    responses((status = 200, body = SchemaAnswer), (status = "default", body = Body)))]
pub async fn schema(State(app): State<Arc<App>>, question: Question) -> Answered<SchemaAnswer> {
    let sql = "SELECT table_name, column_name, data_type FROM information_schema.columns \
               WHERE table_schema = 'main' ORDER BY table_name, ordinal_position";
    let found = question.run(texts(&app, sql)).await?;
    let mut tables: Vec<SchemaTable> = Vec::new();
    for row in found {
        let [Some(table), Some(name), Some(kind)] = row.as_slice() else { continue };
        let column = SqlColumn { name: name.clone(), kind: kind.clone() };
        match tables.last_mut().filter(|it| it.name == *table) {
            Some(last) => last.columns.push(column),
            None => tables.push(SchemaTable { name: table.clone(), columns: vec![column] }),
        }
    }
    let fields = columns::all().into_iter().map(|it| SchemaField {
        entity: columns::entity(&it.column.name).map(str::to_owned),
        name: it.column.name,
        kind: it.column.kind,
        unit: it.column.unit,
        doc: it.column.doc,
        since: it.since,
    });
    let functions = function_docs().into_iter().map(|it| SchemaFunction {
        name: it.name.to_owned(),
        signature: it.signature.to_owned(),
        doc: it.doc.to_owned(),
    });
    Ok(Json(SchemaAnswer {
        tables,
        fields: fields.collect(),
        usual_columns: columns::DEFAULT.iter().map(|it| (*it).to_owned()).collect(),
        functions: functions.collect(),
        dimensions: Dimension::all().map(|it| it.name.to_owned()).collect(),
    }))
}

/// What identifiers are called.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamesAnswer {
    /// Names by identifier.
    pub names: BTreeMap<String, String>,
    /// Whether there are more than are told.
    pub is_cut: bool,
}

/// What the inventory calls its things: names by identifier
#[utoipa::path(get, path = "/names", tag = "questions",
    responses((status = 200, body = NamesAnswer), (status = "default", body = Body)))]
pub async fn names(State(app): State<Arc<App>>, question: Question) -> Answered<NamesAnswer> {
    let of =
        |table: &str, name: &str| format!("SELECT id, {name} AS name, valid_from FROM {table}");
    let tables = [
        of("security_groups", "name"),
        of("instances", "name"),
        of("interfaces", "coalesce(tags['Name'], description)"),
        of("subnets", "tags['Name']"),
        of("vpcs", "tags['Name']"),
        of("prefix_lists", "name"),
    ];
    let sql = format!(
        "SELECT id, last_value(name ORDER BY valid_from) AS name FROM ({}) \
         WHERE name IS NOT NULL AND name <> '' GROUP BY id ORDER BY id LIMIT {}",
        tables.join(" UNION ALL "),
        NAMES_MAX + 1
    );
    let found = question.run(texts(&app, &sql)).await?;
    let is_cut = found.len() as u64 > NAMES_MAX;
    let pairs = found.into_iter().filter_map(|row| match row.as_slice() {
        [Some(id), Some(name)] => Some((id.clone(), name.clone())),
        _ => None,
    });
    let n_told = usize::try_from(NAMES_MAX).unwrap_or(usize::MAX);
    Ok(Json(NamesAnswer { names: pairs.take(n_told).collect(), is_cut }))
}

/// Returns the rows of a statement of ours, each value as text.
pub(crate) async fn texts(app: &App, sql: &str) -> Result<Vec<Vec<Option<String>>>, Problem> {
    let (_, rows) = rows::all(app, sql).await?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(|it| plain(it.0)).collect()).collect())
}

fn plain(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
