//! A part of an inventory: one kind, one moment, one thing.

use tidegate_model::inventory::{Fact, Inventory, Validity};

use crate::{Kind, Thing};

/// Keeps the facts whose kind, id and time `is_wanted`.
pub fn retain(inventory: &mut Inventory, is_wanted: &dyn Fn(Kind, &str, Validity) -> bool) {
    retain_kind(&mut inventory.interfaces, is_wanted);
    retain_kind(&mut inventory.security_groups, is_wanted);
    retain_kind(&mut inventory.security_group_rules, is_wanted);
    retain_kind(&mut inventory.prefix_lists, is_wanted);
    retain_kind(&mut inventory.subnets, is_wanted);
    retain_kind(&mut inventory.vpcs, is_wanted);
    retain_kind(&mut inventory.nat_gateways, is_wanted);
    retain_kind(&mut inventory.instances, is_wanted);
    retain_kind(&mut inventory.flow_logs, is_wanted);
    retain_kind(&mut inventory.functions, is_wanted);
    retain_kind(&mut inventory.group_references, is_wanted);
}

fn retain_kind<T: Thing>(
    facts: &mut Vec<Fact<T>>,
    is_wanted: &dyn Fn(Kind, &str, Validity) -> bool,
) {
    facts.retain(|it| is_wanted(T::KIND, it.value.id(), it.validity));
}

/// Returns the times of the facts of a kind, in their order.
#[must_use]
pub fn validities(kind: Kind, inventory: &Inventory) -> Vec<Validity> {
    match kind {
        Kind::Interface => times(&inventory.interfaces),
        Kind::SecurityGroup => times(&inventory.security_groups),
        Kind::SecurityGroupRule => times(&inventory.security_group_rules),
        Kind::PrefixList => times(&inventory.prefix_lists),
        Kind::Subnet => times(&inventory.subnets),
        Kind::Vpc => times(&inventory.vpcs),
        Kind::NatGateway => times(&inventory.nat_gateways),
        Kind::Instance => times(&inventory.instances),
        Kind::FlowLog => times(&inventory.flow_logs),
        Kind::Function => times(&inventory.functions),
        Kind::GroupReference => times(&inventory.group_references),
    }
}

fn times<T>(facts: &[Fact<T>]) -> Vec<Validity> {
    facts.iter().map(|it| it.validity).collect()
}
