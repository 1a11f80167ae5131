//! What several answers have in common on the wire.

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What an answer cost.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Cost {
    /// Time that it took.
    pub elapsed_ms: u64,
    /// What it was made from.
    pub source: CostSource,
    /// Files that were read.
    pub n_files: u64,
    /// Files of the lake.
    pub n_files_total: u64,
    /// Rows that were read, of records or of summaries.
    pub n_rows: u64,
    /// Bytes that were read.
    pub n_bytes: u64,
    /// Version of the lake that was read.
    pub version: u64,
    /// What a person should know about the answer.
    pub warnings: Vec<String>,
}

/// What an answer was made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostSource {
    /// Summaries alone.
    Summary,
    /// Rows alone.
    Rows,
    /// Summaries, and rows where there are none.
    Both,
    /// An earlier answer of the same version.
    Cache,
    /// Nothing was read.
    #[default]
    None,
}

/// A value of a row: text, a number, a flag, nothing, a list of texts or a map. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Cell(pub Value);

impl PartialSchema for Cell {
    fn schema() -> RefOr<Schema> {
        let scalar = |kind: Type| ObjectBuilder::new().schema_type(kind);
        let texts = ArrayBuilder::new().items(scalar(Type::String));
        let map = ObjectBuilder::new().additional_properties(Some(scalar(Type::String)));
        let any = OneOfBuilder::new()
            .item(scalar(Type::String))
            .item(scalar(Type::Number))
            .item(scalar(Type::Boolean))
            .item(scalar(Type::Null))
            .item(texts)
            .item(map)
            .description(Some("A value of a row. Times are RFC 3339."));
        RefOr::T(Schema::OneOf(any.build()))
    }
}

impl ToSchema for Cell {
    fn name() -> std::borrow::Cow<'static, str> {
        "Cell".into()
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// Its type, as SQL names it.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A column of records, with what it means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Column {
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
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A time.
    Time,
    /// Yes or no.
    Flag,
    /// A list of texts.
    List,
    /// Texts by name.
    Map,
}

/// A thing that has a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntityLink {
    /// Kind of thing: `address`, `interface`, ...
    pub kind: String,
    /// Its identifier.
    pub id: String,
    /// What to call it.
    pub label: String,
}
