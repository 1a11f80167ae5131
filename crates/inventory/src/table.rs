//! An inventory as Arrow tables, one per kind.
//!
//! Columns are named as the fields of the facts. Beside them stand `valid_from` (NULL if nobody knows
//! since when), `valid_until` (NULL if it still holds) and `source`. Text that is not known is NULL.
//! A table that lacks a column, as one of an older version, is read as if the column were NULL.
//!
//! Reading order: [`mod@column`] (one column both ways), [`columns`] (which there are), [`rule`], [`moments`] (the
//! table of moments).

mod column;
mod columns;
mod moments;
mod rule;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, Inventory, NatGateway, PrefixList,
    SecurityGroup, Subnet, Vpc,
};

pub use moments::{MOMENTS, moments_from_batches, moments_schema, moments_to_batch};

use crate::{Kind, Result};
use rule::RuleRow;

/// Returns the columns of the kind's table.
#[must_use]
pub fn schema(kind: Kind) -> SchemaRef {
    match kind {
        Kind::Interface => column::schema::<Interface>(),
        Kind::SecurityGroup => column::schema::<SecurityGroup>(),
        Kind::SecurityGroupRule => column::schema::<RuleRow>(),
        Kind::PrefixList => column::schema::<PrefixList>(),
        Kind::Subnet => column::schema::<Subnet>(),
        Kind::Vpc => column::schema::<Vpc>(),
        Kind::NatGateway => column::schema::<NatGateway>(),
        Kind::Instance => column::schema::<Instance>(),
        Kind::FlowLog => column::schema::<FlowLog>(),
        Kind::Function => column::schema::<Function>(),
        Kind::GroupReference => column::schema::<GroupReference>(),
    }
}

/// Returns the facts of a kind as a table.
pub fn to_batch(kind: Kind, inventory: &Inventory) -> Result<RecordBatch> {
    match kind {
        Kind::Interface => column::to_batch(&inventory.interfaces),
        Kind::SecurityGroup => column::to_batch(&inventory.security_groups),
        Kind::SecurityGroupRule => column::to_batch(&rule::rows(&inventory.security_group_rules)),
        Kind::PrefixList => column::to_batch(&inventory.prefix_lists),
        Kind::Subnet => column::to_batch(&inventory.subnets),
        Kind::Vpc => column::to_batch(&inventory.vpcs),
        Kind::NatGateway => column::to_batch(&inventory.nat_gateways),
        Kind::Instance => column::to_batch(&inventory.instances),
        Kind::FlowLog => column::to_batch(&inventory.flow_logs),
        Kind::Function => column::to_batch(&inventory.functions),
        Kind::GroupReference => column::to_batch(&inventory.group_references),
    }
}

/// Adds the facts of a stored table to `inventory`, which keeps the order of the table: by id, then
/// by time.
///
/// # Errors
///
/// If a column is of another type, or a value cannot be understood.
pub fn read_into(kind: Kind, batch: &RecordBatch, inventory: &mut Inventory) -> Result<()> {
    match kind {
        Kind::Interface => column::from_batch(batch, &mut inventory.interfaces),
        Kind::SecurityGroup => column::from_batch(batch, &mut inventory.security_groups),
        Kind::SecurityGroupRule => {
            let mut rows = Vec::new();
            column::from_batch(batch, &mut rows)?;
            for row in rows {
                inventory.security_group_rules.push(rule::rule(row)?);
            }
            Ok(())
        }
        Kind::PrefixList => column::from_batch(batch, &mut inventory.prefix_lists),
        Kind::Subnet => column::from_batch(batch, &mut inventory.subnets),
        Kind::Vpc => column::from_batch(batch, &mut inventory.vpcs),
        Kind::NatGateway => column::from_batch(batch, &mut inventory.nat_gateways),
        Kind::Instance => column::from_batch(batch, &mut inventory.instances),
        Kind::FlowLog => column::from_batch(batch, &mut inventory.flow_logs),
        Kind::Function => column::from_batch(batch, &mut inventory.functions),
        Kind::GroupReference => column::from_batch(batch, &mut inventory.group_references),
    }
}
