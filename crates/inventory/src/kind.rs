//! The kinds of things that a network consists of, and what tells one thing from another.
//!
//! A *key* makes a thing the same at two moments: its id, but for a rule what it says, since not
//! every file names rules. A *scope* is what a listing is complete for: if a file lists interfaces of
//! a VPC and an account, an interface of theirs that it does not list was not there.

use std::borrow::Cow;
use std::fmt::Write as _;

use tidegate_model::inventory::{
    Fact, FlowLog, Instance, Interface, Inventory, NatGateway, Peer, PrefixList, SecurityGroup,
    SecurityGroupRule, Subnet, Vpc,
};

use crate::seen::{Seen, Sighting};

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Network interfaces.
    Interface,
    /// Security groups.
    SecurityGroup,
    /// Their rules.
    SecurityGroupRule,
    /// Prefix lists.
    PrefixList,
    /// Subnets.
    Subnet,
    /// VPCs.
    Vpc,
    /// NAT gateways.
    NatGateway,
    /// Instances.
    Instance,
    /// Flow logs.
    FlowLog,
}

impl Kind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Interface,
        Self::SecurityGroup,
        Self::SecurityGroupRule,
        Self::PrefixList,
        Self::Subnet,
        Self::Vpc,
        Self::NatGateway,
        Self::Instance,
        Self::FlowLog,
    ];

    /// Returns the name of the kind's table.
    #[must_use]
    pub const fn table(self) -> &'static str {
        match self {
            Self::Interface => "interfaces",
            Self::SecurityGroup => "security_groups",
            Self::SecurityGroupRule => "security_group_rules",
            Self::PrefixList => "prefix_lists",
            Self::Subnet => "subnets",
            Self::Vpc => "vpcs",
            Self::NatGateway => "nat_gateways",
            Self::Instance => "instances",
            Self::FlowLog => "flow_logs",
        }
    }

    /// Returns the kind whose table has this name.
    #[must_use]
    pub fn of_table(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.table() == name)
    }

    /// Returns the kind of the thing that has this id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        // A rule that AWS's id is unknown of has an id like `sg-1/ingress/6:443-443/10.0.0.0/8`.
        if id.contains('/') {
            return Some(Self::SecurityGroupRule);
        }
        PREFIXES.iter().find(|it| id.starts_with(it.0)).map(|it| it.1)
    }

    /// Returns one thing of the kind in words.
    #[must_use]
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::SecurityGroup => "security group",
            Self::SecurityGroupRule => "security group rule",
            Self::PrefixList => "prefix list",
            Self::Subnet => "subnet",
            Self::Vpc => "VPC",
            Self::NatGateway => "NAT gateway",
            Self::Instance => "instance",
            Self::FlowLog => "flow log",
        }
    }
}

/// How ids begin.
const PREFIXES: &[(&str, Kind)] = &[
    ("eni-", Kind::Interface),
    ("sg-", Kind::SecurityGroup),
    ("sgr-", Kind::SecurityGroupRule),
    ("pl-", Kind::PrefixList),
    ("subnet-", Kind::Subnet),
    ("vpc-", Kind::Vpc),
    ("nat-", Kind::NatGateway),
    ("i-", Kind::Instance),
    ("fl-", Kind::FlowLog),
];

/// A thing of one kind.
pub trait Thing: Clone + PartialEq {
    /// Its kind.
    const KIND: Kind;

    /// Returns its id.
    fn id(&self) -> &str;

    /// Returns what makes it the same thing at another moment.
    fn key(&self) -> Cow<'_, str> {
        self.id().into()
    }

    /// Returns what a listing must be about to tell by silence that this is gone; `None` if no
    /// listing can.
    fn scope(&self) -> Option<String>;

    /// Returns AWS's id if it is not the key: at one moment, one key has it.
    fn alias(&self) -> Option<&str> {
        None
    }

    /// Returns whether both look the same.
    fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    /// Takes over what only `other` knows, which looks the same.
    fn complete_from(&mut self, _other: &Self) {}

    /// Returns the facts of the kind.
    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>>;

    /// Returns the facts of the kind, to be changed.
    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>>;

    /// Returns the sightings of the kind.
    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>>;
}

impl Thing for Interface {
    const KIND: Kind = Kind::Interface;

    fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> Option<String> {
        scope_of(&self.vpc_id, &self.account_id)
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

impl Thing for SecurityGroupRule {
    const KIND: Kind = Kind::SecurityGroupRule;

    fn id(&self) -> &str {
        &self.id
    }

    fn key(&self) -> Cow<'_, str> {
        rule_key(self).into()
    }

    /// All rules of a group come together.
    fn scope(&self) -> Option<String> {
        scope_of(&self.group_id, "")
    }

    fn alias(&self) -> Option<&str> {
        is_named(&self.id).then_some(&self.id)
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_id_same = self.id == other.id || !is_named(&self.id) || !is_named(&other.id);
        is_id_same && self.description == other.description && rule_key(self) == rule_key(other)
    }

    fn complete_from(&mut self, other: &Self) {
        if is_named(&other.id) {
            self.id.clone_from(&other.id);
        }
    }

    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>> {
        &inventory.security_group_rules
    }

    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>> {
        &mut inventory.security_group_rules
    }

    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>> {
        &mut seen.security_group_rules
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

/// Returns the scope within `place` that belongs to `account_id`. An account cannot see what
/// others have in a VPC that is shared with it.
fn scope_of(place: &str, account_id: &str) -> Option<String> {
    (!place.is_empty()).then(|| format!("{place} {account_id}").trim_end().to_owned())
}

/// Returns whether the id of a rule is AWS's own.
fn is_named(id: &str) -> bool {
    id.starts_with("sgr-")
}

/// Returns what a rule says, as `sg-1/ingress/6:443-443/10.0.0.0/8`: its id where AWS's is unknown.
#[must_use]
pub fn rule_key(rule: &SecurityGroupRule) -> String {
    let mut key = rule.group_id.clone();
    key.push_str(if rule.is_egress { "/egress/" } else { "/ingress/" });
    // Writing into a text cannot fail.
    let _ = match rule.protocol {
        Some(protocol) => write!(key, "{protocol}"),
        None => write!(key, "all"),
    };
    if let Some(from_port) = rule.from_port {
        let _ = write!(key, ":{from_port}");
    }
    if let Some(to_port) = rule.to_port {
        let _ = write!(key, "-{to_port}");
    }
    let _ = match &rule.peer {
        Peer::Cidr(cidr) => write!(key, "/{cidr}"),
        Peer::PrefixList(id) | Peer::SecurityGroup(id) => write!(key, "/{id}"),
    };
    key
}
