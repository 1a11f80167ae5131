//! The view `vpc_flow_logs`: `flows` under the names of the older Athena tables.
//!
//! Times are whole seconds since the Unix epoch; `dt` is the date as text, `2024-04-19`, as the how-tos
//! name the partition. A comparison of either with a constant becomes a comparison of the column
//! beneath, so that it leaves files and row groups out as well.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ident};

use crate::catalog::FLOWS;
use crate::function::{date_text, epoch_seconds};

/// The older name of each column, and the column.
const COLUMNS: &[(&str, &str)] = &[
    ("version", "version"),
    ("account", "account_id"),
    ("interfaceid", "interface_id"),
    ("sourceaddress", "srcaddr"),
    ("destinationaddress", "dstaddr"),
    ("sourceport", "srcport"),
    ("destinationport", "dstport"),
    ("protocol", "protocol"),
    ("numpackets", "packets"),
    ("numbytes", "bytes"),
    ("starttime", "start"),
    ("endtime", "end"),
    ("action", "action"),
    ("logstatus", "log_status"),
    ("dt", "date"),
    ("date", "date"),
];

/// Returns the view over `flows`.
pub(crate) fn view(flows: Arc<dyn TableProvider>) -> Result<ViewTable> {
    let plan = LogicalPlanBuilder::scan(FLOWS, provider_as_source(flows), None)?
        .project(COLUMNS.iter().map(|(name, column)| expression(name, column)))?
        .build()?;
    Ok(ViewTable::new(plan, None))
}

/// Returns the names of the view's columns.
pub(crate) fn column_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|it| it.0)
}

fn expression(name: &str, column: &str) -> Expr {
    let value = ident(column);
    let value = match name {
        "starttime" | "endtime" => epoch_seconds::udf().call(vec![value]),
        "dt" => date_text::udf().call(vec![value]),
        _ => value,
    };
    value.alias(name)
}
