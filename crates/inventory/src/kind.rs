//! The kinds of things that a network consists of, and what tells one thing from another.
//!
//! A *key* makes a thing the same at two moments: its id, but for a rule what it says, since not
//! every file names rules. A *scope* is what a listing is complete for: if a file lists interfaces of
//! a VPC and an account, an interface of theirs that it does not list was not there. A *place* is the
//! account and the region that a thing is in, where files say so.
//!
//! Reading order: [`Kind`], [`Thing`], [`mod@rule`] (what makes a rule), [`things`] (all others).

mod rule;
mod things;

use std::borrow::Cow;

use tidegate_model::inventory::{Fact, Inventory};

pub use rule::rule_key;

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
    /// Functions of Lambda.
    Function,
    /// References to groups from other VPCs.
    GroupReference,
}

impl Kind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Interface,
        Self::SecurityGroup,
        Self::SecurityGroupRule,
        Self::PrefixList,
        Self::Subnet,
        Self::Vpc,
        Self::NatGateway,
        Self::Instance,
        Self::FlowLog,
        Self::Function,
        Self::GroupReference,
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
            Self::Function => "functions",
            Self::GroupReference => "security_group_references",
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
        if id.contains("/vpc-") {
            return Some(Self::GroupReference);
        }
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
            Self::Function => "function",
            Self::GroupReference => "security group reference",
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
    ("arn:", Kind::Function),
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

    /// Returns account and region, each empty if it is not known; `None` if the kind has none.
    fn place(&self) -> Option<(&str, &str)> {
        None
    }

    /// Returns account and region, to be changed.
    fn place_mut(&mut self) -> Option<(&mut String, &mut String)> {
        None
    }

    /// Takes over the place where it is not known.
    fn settle(&mut self, account_id: &str, region: &str) {
        let Some((own_account_id, own_region)) = self.place_mut() else { return };
        for (own, given) in [(own_account_id, account_id), (own_region, region)] {
            if own.is_empty() {
                given.clone_into(own);
            }
        }
    }

    /// Returns whether both look the same; that one of them does not know its place is no matter.
    fn is_same(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let (mut one, mut two) = (self.clone(), other.clone());
        one.complete_from(other);
        two.complete_from(self);
        one == two
    }

    /// Takes over what only `other` knows, which looks the same.
    fn complete_from(&mut self, other: &Self) {
        if let Some((account_id, region)) = other.place() {
            self.settle(account_id, region);
        }
    }

    /// Returns the facts of the kind.
    fn facts(inventory: &Inventory) -> &Vec<Fact<Self>>;

    /// Returns the facts of the kind, to be changed.
    fn facts_mut(inventory: &mut Inventory) -> &mut Vec<Fact<Self>>;

    /// Returns the sightings of the kind.
    fn sightings(seen: &mut Seen) -> &mut Vec<Sighting<Self>>;
}
