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
use tidegate_model::side::{End, SIDES, Side};

use crate::catalog::FLOWS;

/// Returns the view over the table of records.
pub(crate) fn view(table: Arc<dyn TableProvider>) -> Result<ViewTable> {
    let schema = table.schema();
    let own = schema.fields().iter().map(|it| it.name()).filter(|it| *it != DATE);
    let mut columns: Vec<Expr> = own.map(ident).collect();
    for side in &SIDES {
        columns.push(column(side)?);
    }
    columns.push(ident(DATE));
    let plan = LogicalPlanBuilder::scan(FLOWS, provider_as_source(table), None)?
        .project(columns)?
        .build()?;
    Ok(ViewTable::new(plan, None))
}

fn column(side: &Side) -> Result<Expr> {
    let initiator = || ident("initiator");
    let value = when(initiator().eq(lit("src")), end(side.if_src))
        .when(initiator().eq(lit("dst")), end(side.if_dst))
        .end()?;
    Ok(value.alias(side.name))
}

fn end(columns: End) -> Expr {
    match columns {
        [one] => ident(*one),
        _ => coalesce(columns.iter().map(|it| ident(*it)).collect()),
    }
}
