//! What makes the things of every kind but rules the same: their ids; and what listings of them list.

use tidegate_model::inventory::{
    Fact, FlowLog, Function, GroupReference, Instance, Interface, Inventory, NatGateway,
    PrefixList, SecurityGroup, Subnet, Vpc,
};

use super::{Kind, Thing};
use crate::seen::{Seen, Sighting};

impl Thing for Interface {
    const KIND: Kind = Kind::Interface;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, &self.account_id)
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.interfaces
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.interfaces
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.interfaces
    }
}

impl Thing for SecurityGroup {
    const KIND: Kind = Kind::SecurityGroup;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, &self.account_id)
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.security_groups
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.security_groups
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.security_groups
    }
}

impl Thing for PrefixList {
    const KIND: Kind = Kind::PrefixList;

    fn id(&self) -> &str {
        &self.id
    }

    /// Every region has lists of the owner `AWS`, and a listing does not say whose region it is.
    fn scope(&self) -> Option<String> {
        None
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.owner_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.owner_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.prefix_lists
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.prefix_lists
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.prefix_lists
    }
}

impl Thing for Subnet {
    const KIND: Kind = Kind::Subnet;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, &self.account_id)
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.subnets
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.subnets
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.subnets
    }
}

impl Thing for Vpc {
    const KIND: Kind = Kind::Vpc;

    fn id(&self) -> &str {
        &self.id
    }

    /// A listing does not say whose region it is.
    fn scope(&self) -> Option<String> {
        None
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.vpcs
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.vpcs
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.vpcs
    }
}

impl Thing for NatGateway {
    const KIND: Kind = Kind::NatGateway;

    fn id(&self) -> &str {
        &self.id
    }

    /// Only the owner of a VPC can have one in it, so the account does not matter.
    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, "")
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.nat_gateways
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.nat_gateways
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.nat_gateways
    }
}

impl Thing for Instance {
    const KIND: Kind = Kind::Instance;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, &self.account_id)
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.instances
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.instances
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.instances
    }
}

impl Thing for FlowLog {
    const KIND: Kind = Kind::FlowLog;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.resource_id, "")
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.flow_logs
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.flow_logs
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.flow_logs
    }
}

impl Thing for Function {
    const KIND: Kind = Kind::Function;

    fn id(&self) -> &str {
        &self.id
    }

    /// A listing has all functions of an account in a region.
    fn scope(&self) -> Option<String> {
        scope_of(&self.region, &self.account_id)
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.functions
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.functions
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.functions
    }
}

impl Thing for GroupReference {
    const KIND: Kind = Kind::GroupReference;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.group_id, "")
    }

    fn place(&self) -> Option<(&str, &str)> {
        Some((&self.account_id, &self.region))
    }

    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        Some((&mut self.account_id, &mut self.region))
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.group_references
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.group_references
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.group_references
    }
}

/// Returns the scope within `place` that belongs to `account_id`. An account cannot see what
/// others have in a VPC that is shared with it.
pub(super) fn scope_of(place: &str, account_id: &str) -> Option<String> {
    (!place.is_empty()).then(|| format!("{place} {account_id}").trim_end().to_owned())
}
