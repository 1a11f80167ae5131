//! What files say: things as they were at a moment, things that were gone, and what was listed
//! completely.

use std::sync::Arc;

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, NatGateway, PrefixList, SecurityGroup,
    SecurityGroupRule, Subnet, Vpc,
};

use crate::Kind;

/// A thing as it was at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting<T> {
    /// The moment, in microseconds since the Unix epoch.
    pub moment_us: i64,
    /// When the thing was made or attached, if the file says so.
    pub made_us: Option<i64>,
    /// The kind of file and its name.
    pub source: Arc<str>,
    /// The thing.
    pub value: T,
}

/// What a file says about a scope or a key as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The moment, in microseconds since the Unix epoch.
    pub moment_us: i64,
    /// The kind of things.
    pub kind: Kind,
    /// The scope, or the key: see [`crate::kind`].
    pub name: String,
}

/// That a kind was listed completely for an account in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceMark {
    /// The moment, in microseconds since the Unix epoch.
    pub moment_us: i64,
    /// The kind of things.
    pub kind: Kind,
    /// The account.
    pub account_id: String,
    /// The region.
    pub region: String,
}

/// One half of a prefix list: AWS prints name and entries by different commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixListPart {
    /// The moment, in microseconds since the Unix epoch.
    pub moment_us: i64,
    /// The kind of file and its name.
    pub source: Arc<str>,
    /// `pl-...`.
    pub id: String,
    /// What the file says of it.
    pub half: Half,
}

/// The halves of a prefix list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Half {
    /// Its name and its owner.
    Head {
        /// Name.
        name: String,
        /// Owner.
        owner_id: String,
        /// Region, or empty.
        region: String,
    },
    /// Its entries, all of them.
    Entries(Vec<Cidr>),
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub file: String,
    /// Where in the file: a JSON path, or a line and a column; empty for the file as a whole.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

/// Everything that some files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Network interfaces.
    pub interfaces: Vec<Sighting<Interface>>,
    /// Security groups.
    pub security_groups: Vec<Sighting<SecurityGroup>>,
    /// Rules.
    pub security_group_rules: Vec<Sighting<SecurityGroupRule>>,
    /// Prefix lists that one file described completely.
    pub prefix_lists: Vec<Sighting<PrefixList>>,
    /// Halves of prefix lists.
    pub prefix_list_parts: Vec<PrefixListPart>,
    /// Subnets.
    pub subnets: Vec<Sighting<Subnet>>,
    /// VPCs.
    pub vpcs: Vec<Sighting<Vpc>>,
    /// NAT gateways.
    pub nat_gateways: Vec<Sighting<NatGateway>>,
    /// Instances.
    pub instances: Vec<Sighting<Instance>>,
    /// Flow logs.
    pub flow_logs: Vec<Sighting<FlowLog>>,
    /// Functions of Lambda.
    pub functions: Vec<Sighting<Function>>,
    /// References from other VPCs.
    pub group_references: Vec<Sighting<GroupReference>>,
    /// Accounts and regions that were listed completely.
    pub places: Vec<PlaceMark>,
    /// Scopes that were listed completely.
    pub listed: Vec<Mark>,
    /// Keys of things that were gone.
    pub gone: Vec<Mark>,
    /// What could not be read.
    pub notes: Vec<Note>,
}

impl Seen {
    /// Returns how many things were seen.
    #[must_use]
    pub fn n_sightings(&self) -> usize {
        self.interfaces.len()
            + self.security_groups.len()
            + self.security_group_rules.len()
            + self.prefix_lists.len()
            + self.prefix_list_parts.len()
            + self.subnets.len()
            + self.vpcs.len()
            + self.nat_gateways.len()
            + self.instances.len()
            + self.flow_logs.len()
            + self.functions.len()
            + self.group_references.len()
            + self.gone.len()
    }
}
