//! The view `flows` over the table of that name: its columns, and those that follow from them.
//!
//! `client_addr` and `client_port` are of the side that opened the connection, `server_addr` and
//! `server_port` of the other; all are NULL where the initiator is unknown. The addresses are the true
//! ends: what the packet had (`pkt_srcaddr`, `pkt_dstaddr`) where AWS wrote it.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result;
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ident, lit, when};
use tidegate_model::schema::DATE;

use crate::catalog::FLOWS;

/// A column that follows from others: its name, and what it is if the source or if the destination
/// opened the connection.
type Side = (&'static str, End, End);

/// One end of a record, as columns of which the first with a value counts.
type End = &'static [&'static str];

const SRC_ADDR: End = &["pkt_srcaddr", "srcaddr"];
const DST_ADDR: End = &["pkt_dstaddr", "dstaddr"];

/// The columns that follow from others.
const SIDES: &[Side] = &[
    ("client_addr", SRC_ADDR, DST_ADDR),
    ("client_port", &["srcport"], &["dstport"]),
    ("server_addr", DST_ADDR, SRC_ADDR),
    ("server_port", &["dstport"], &["srcport"]),
];

/// Returns the view over the table of records.
pub(crate) fn view(table: Arc<dyn TableProvider>) -> Result<ViewTable> {
    let schema = table.schema();
    let own = schema.fields().iter().map(|it| it.name()).filter(|it| *it != DATE);
    let mut columns: Vec<Expr> = own.map(ident).collect();
    for side in SIDES {
        columns.push(column(side)?);
    }
    columns.push(ident(DATE));
    let plan = LogicalPlanBuilder::scan(FLOWS, provider_as_source(table), None)?
        .project(columns)?
        .build()?;
    Ok(ViewTable::new(plan, None))
}

fn column((name, if_src, if_dst): &Side) -> Result<Expr> {
    let initiator = || ident("initiator");
    let side = when(initiator().eq(lit("src")), end(if_src))
        .when(initiator().eq(lit("dst")), end(if_dst))
        .end()?;
    Ok(side.alias(*name))
}

fn end(columns: End) -> Expr {
    match columns {
        [one] => ident(*one),
        _ => coalesce(columns.iter().map(|it| ident(*it)).collect()),
    }
}
