//! What the server tells beside the lake's records. The binary implements it: only it knows
//! sources, credentials, and how advice is made.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tidegate_advise::Report;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::wire::{Cell, SqlColumn};

/// What the server asks the binary for.
#[async_trait]
pub trait Backend: Send + Sync + std::fmt::Debug + 'static {
    /// Returns how each source is; empty if nothing is collected here.
    fn sources(&self) -> Vec<SourceHealth>;

    /// Returns the room on the lake's disk; `None` if it lies in a bucket.
    async fn disk(&self) -> Option<Disk>;

    /// Returns what was set aside.
    async fn dead_letters(&self) -> Result<DeadLetters, Problem>;

    /// Returns how fresh the inventory is.
    async fn inventory_state(&self) -> Result<InventoryState, Problem>;

    /// Lists things of the inventory.
    async fn inventory(&self, ask: &InventoryAsk) -> Result<InventoryAnswer, Problem>;

    /// Returns what is logged and what is not.
    async fn coverage(&self) -> Result<CoverageAnswer, Problem>;

    /// Writes what would close the gaps of the coverage.
    async fn emit_coverage(&self, form: CoverageForm) -> Result<String, Problem>;

    /// Makes advice. It may take minutes; it uses one thread.
    ///
    /// # Errors
    ///
    /// `not_found` if the lake or the inventory lacks what advice is made from: then the message
    /// says what.
    async fn advise(&self, ask: &AdviceAsk) -> Result<Report, Problem>;
}

/// How a source is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SourceHealth {
    /// Its address.
    pub url: String,
    /// What is done with it.
    pub state: SourceState,
    /// The newest record that came from it.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest_record: Option<DateTime<Utc>>,
    /// Age of the newest record.
    #[schema(required)]
    pub lag_s: Option<u64>,
    /// When it was last looked through to the end.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_pass_at: Option<DateTime<Utc>>,
    /// Objects that were read.
    pub n_objects: u64,
    /// Records that were stored.
    pub n_records: u64,
    /// Lines that were set aside.
    pub n_bad_lines: u64,
    /// What is wrong.
    #[schema(required)]
    pub error: Option<String>,
}

/// What is done with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It waits for the next look.
    Idle,
    /// It is being read.
    Reading,
    /// It cannot be read.
    Failed,
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Disk {
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes of the disk.
    pub total_bytes: u64,
}

/// What was set aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeadLetters {
    /// Files of lines.
    pub n_objects: u64,
    /// Their bytes.
    pub n_bytes: u64,
}

/// How fresh the inventory is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct InventoryState {
    /// When it was last written.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub synced_at: Option<DateTime<Utc>>,
    /// Facts in it.
    pub n_facts: u64,
}

/// What is asked of the inventory.
#[derive(Clone, Debug)]
pub struct InventoryAsk {
    /// Kind of things, as in `security-groups`.
    pub kind: String,
    /// The moment; now if none is given.
    pub at: Option<DateTime<Utc>>,
    /// Text that a row must have.
    pub q: Option<String>,
    /// Rows at most.
    pub limit: usize,
}

/// Things of the inventory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InventoryAnswer {
    /// Their kind.
    pub kind: String,
    /// Columns.
    pub columns: Vec<SqlColumn>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Rows that there are, with those that were cut off.
    pub n_total: u64,
}

/// What advice is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdviceAsk {
    /// Days to look back from the newest record.
    pub days: u32,
    /// A group, by identifier or name; all if none is named.
    pub group: Option<String>,
}

/// What is logged and what is not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoverageAnswer {
    /// Whether it is known.
    pub state: CoverageState,
    /// Why it is not known.
    #[schema(required)]
    pub reason: Option<String>,
    /// Numbers.
    #[schema(required)]
    pub summary: Option<CoverageSummary>,
    /// Places.
    pub resources: Vec<CoverageResource>,
    /// Flow logs.
    pub flow_logs: Vec<CoverageFlowLog>,
    /// When the inventory was written.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub inventory_at: Option<DateTime<Utc>>,
}

/// Whether coverage is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// It is.
    Ready,
    /// The inventory lacks what it is made from.
    Unavailable,
}

/// Coverage in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CoverageSummary {
    /// Interfaces.
    pub n_interfaces: u64,
    /// Interfaces of which everything is logged.
    pub n_logged: u64,
    /// Interfaces of which only rejects are logged.
    pub n_reject_only: u64,
    /// Interfaces that are not logged, or not well.
    pub n_gaps: u64,
    /// `n_logged` of `n_interfaces`, 0 to 1.
    pub share_logged: f64,
}

/// A place, and how well it is logged.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CoverageResource {
    /// `vpc`, `subnet` or `interface`.
    pub kind: String,
    /// Its identifier.
    pub id: String,
    /// Its name.
    #[schema(required)]
    pub name: Option<String>,
    /// The place around it.
    #[schema(required)]
    pub parent: Option<String>,
    /// How well it is logged.
    pub state: PlaceState,
    /// Why, and what to do.
    pub why: String,
    /// What watches it.
    pub flow_log_ids: Vec<String>,
    /// The newest record of it.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest: Option<DateTime<Utc>>,
    /// Interfaces in it.
    pub n_interfaces: u64,
}

/// How well a place is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceState {
    /// Everything is.
    Logged,
    /// Parts of it are, or with fields missing.
    Partly,
    /// Only rejects are.
    RejectsOnly,
    /// Only accepts are.
    AcceptsOnly,
    /// Nothing is.
    NotLogged,
    /// It should be, and nothing arrives.
    Broken,
}

/// A flow log.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CoverageFlowLog {
    /// Its identifier.
    pub id: String,
    /// What it watches.
    pub resource_id: String,
    /// Where its records go.
    pub destination: String,
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic: String,
    /// Aggregation interval.
    #[schema(required)]
    pub interval_s: Option<u32>,
    /// Fields of its records.
    pub fields: Vec<String>,
    /// Fields that it lacks and that would tell more.
    pub missing_fields: Vec<String>,
    /// What AWS says of it.
    pub status: String,
    /// The newest record that came from it.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub newest: Option<DateTime<Utc>>,
    /// What is wrong with it.
    pub findings: Vec<String>,
}

/// What a plan for flow logs can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CoverageForm {
    /// A script for the AWS command line.
    Cli,
    /// Terraform.
    Terraform,
    /// A template of `CloudFormation`.
    CloudFormation,
}

/// The form that is asked for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CoverageFormParams {
    /// The form.
    #[param(inline)]
    pub form: CoverageForm,
}

#[expect(clippy::ref_option, reason = "the form that serde asks for")]
pub(crate) fn maybe_time<S: serde::Serializer>(
    moment: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => crate::window::rfc3339(moment, serializer),
        None => serializer.serialize_none(),
    }
}
