//! What there is to watch at a moment: VPCs, their subnets, their interfaces; and what watches.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_model::inventory::{Fact, FlowLog, Inventory};

/// A kind of place that a flow log can watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// A VPC: all its subnets and interfaces, those that come later too.
    Vpc,
    /// A subnet: all its interfaces, those that come later too.
    Subnet,
    /// One interface.
    Interface,
}

impl PlaceKind {
    /// Returns AWS's word, as `CreateFlowLogs` takes it.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::Vpc => "VPC",
            Self::Subnet => "Subnet",
            Self::Interface => "NetworkInterface",
        }
    }

    /// Returns the kind of the place that has this id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        let kinds = [("vpc-", Self::Vpc), ("subnet-", Self::Subnet), ("eni-", Self::Interface)];
        kinds.into_iter().find(|it| id.starts_with(it.0)).map(|it| it.1)
    }
}

/// A place that a flow log can watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its kind.
    pub kind: PlaceKind,
    /// Its id.
    pub id: String,
    /// The tag `Name`, or empty.
    pub name: String,
    /// The VPC in which it is, or which it is.
    pub vpc_id: String,
    /// The subnet in which it is, or which it is; empty for a VPC.
    pub subnet_id: String,
    /// Owner, or empty.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// Whether it is an interface in use; only those must have records.
    pub is_in_use: bool,
    /// Whether it is the region's default VPC.
    pub is_default: bool,
}

impl Place {
    /// Returns whether `other` is this place, or in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match self.kind {
            PlaceKind::Vpc => other.vpc_id == self.id,
            PlaceKind::Subnet => other.subnet_id == self.id,
            PlaceKind::Interface => other.id == self.id,
        }
    }
}

/// Everything that can be watched, and what watches it.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    /// Each VPC, followed by its subnets, each followed by its interfaces.
    pub places: Vec<Place>,
    /// Flow logs by what they watch.
    logs: BTreeMap<&'a str, Vec<&'a FlowLog>>,
    own_accounts: BTreeSet<&'a str>,
}

impl<'a> Ground<'a> {
    /// Returns what an inventory knows at a moment.
    #[must_use]
    pub fn new(inventory: &'a Inventory, moment_us: i64) -> Self {
        let regions = regions(inventory, moment_us);
        let mut places = vpcs(inventory, moment_us);
        places.extend(subnets(inventory, moment_us));
        places.extend(interfaces(inventory, moment_us));
        add_unlisted(&mut places);
        for place in places.iter_mut().filter(|it| it.region.is_empty()) {
            let region = regions.get(place.vpc_id.as_str());
            place.region = region.map_or_else(String::new, |it| (*it).to_owned());
        }
        places.sort_by(|a, b| {
            (&a.vpc_id, &a.subnet_id, a.kind, &a.id).cmp(&(&b.vpc_id, &b.subnet_id, b.kind, &b.id))
        });
        let mut logs: BTreeMap<&str, Vec<&FlowLog>> = BTreeMap::new();
        for log in valid(&inventory.flow_logs, moment_us) {
            logs.entry(&log.resource_id).or_default().push(log);
        }
        Self { places, logs, own_accounts: own_accounts(inventory, moment_us) }
    }

    /// Returns the flow logs of a place itself.
    #[must_use]
    pub fn own_logs(&self, id: &str) -> &[&'a FlowLog] {
        self.logs.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the flow logs that watch a place: its own, its subnet's, its VPC's.
    #[must_use]
    pub fn logs(&self, place: &Place) -> Vec<&'a FlowLog> {
        let mut ids = vec![place.id.as_str(), place.subnet_id.as_str(), place.vpc_id.as_str()];
        ids.retain(|it| !it.is_empty());
        ids.dedup();
        ids.into_iter().flat_map(|it| self.own_logs(it)).copied().collect()
    }

    /// Returns the flow logs of VPCs, subnets and interfaces that are not known.
    pub fn lost_logs(&self) -> impl Iterator<Item = &'a FlowLog> {
        let is_known = |id: &str| self.places.iter().any(|it| it.id == id);
        let lost =
            self.logs.iter().filter(move |(id, _)| PlaceKind::of_id(id).is_some() && !is_known(id));
        lost.flat_map(|(_, logs)| logs.iter().copied())
    }

    /// Returns the interfaces in a place.
    pub fn interfaces_of(&self, place: &Place) -> impl Iterator<Item = &Place> {
        let is_interface = |it: &&Place| it.kind == PlaceKind::Interface;
        self.places.iter().filter(is_interface).filter(|it| place.holds(it))
    }

    /// Returns whether the owner is an account of which nothing else is known: it shares the place
    /// with ours, and ours cannot see its flow logs.
    #[must_use]
    pub fn is_foreign(&self, account_id: &str) -> bool {
        let is_told = !account_id.is_empty() && !self.own_accounts.is_empty();
        is_told && !self.own_accounts.contains(account_id)
    }
}

fn valid<T>(facts: &[Fact<T>], moment_us: i64) -> impl Iterator<Item = &T> {
    facts.iter().filter(move |it| it.validity.contains(moment_us)).map(|it| &it.value)
}

fn vpcs(inventory: &Inventory, moment_us: i64) -> Vec<Place> {
    let place = |it: &tidegate_model::inventory::Vpc| Place {
        kind: PlaceKind::Vpc,
        id: it.id.clone(),
        name: it.tags.get("Name").cloned().unwrap_or_default(),
        vpc_id: it.id.clone(),
        subnet_id: String::new(),
        account_id: it.account_id.clone(),
        region: String::new(),
        is_in_use: false,
        is_default: it.is_default,
    };
    valid(&inventory.vpcs, moment_us).map(place).collect()
}

fn subnets(inventory: &Inventory, moment_us: i64) -> Vec<Place> {
    let place = |it: &tidegate_model::inventory::Subnet| Place {
        kind: PlaceKind::Subnet,
        id: it.id.clone(),
        name: it.tags.get("Name").cloned().unwrap_or_default(),
        vpc_id: it.vpc_id.clone(),
        subnet_id: it.id.clone(),
        account_id: it.account_id.clone(),
        region: String::new(),
        is_in_use: false,
        is_default: false,
    };
    valid(&inventory.subnets, moment_us).map(place).collect()
}

fn interfaces(inventory: &Inventory, moment_us: i64) -> Vec<Place> {
    let place = |it: &tidegate_model::inventory::Interface| Place {
        kind: PlaceKind::Interface,
        id: it.id.clone(),
        name: it.tags.get("Name").unwrap_or(&it.description).clone(),
        vpc_id: it.vpc_id.clone(),
        subnet_id: it.subnet_id.clone(),
        account_id: it.account_id.clone(),
        region: it.region.clone(),
        // Terraform state does not tell.
        is_in_use: matches!(it.status.as_str(), "in-use" | ""),
        is_default: false,
    };
    valid(&inventory.interfaces, moment_us).map(place).collect()
}

/// Adds the VPCs and subnets that only interfaces and subnets name: a file may list no more.
fn add_unlisted(places: &mut Vec<Place>) {
    let known: BTreeSet<&str> = places.iter().map(|it| it.id.as_str()).collect();
    let named = |it: &Place| {
        let subnet = Place { subnet_id: it.subnet_id.clone(), ..unlisted(it, &it.subnet_id) };
        [unlisted(it, &it.vpc_id), Place { kind: PlaceKind::Subnet, ..subnet }]
    };
    let named = places.iter().flat_map(named);
    let named = named.filter(|it| !it.id.is_empty() && !known.contains(it.id.as_str()));
    let added: BTreeMap<String, Place> = named.map(|it| (it.id.clone(), it)).collect();
    places.extend(added.into_values());
}

/// Returns a VPC of which only `place` tells.
fn unlisted(place: &Place, id: &str) -> Place {
    Place {
        kind: PlaceKind::Vpc,
        id: id.to_owned(),
        name: String::new(),
        vpc_id: place.vpc_id.clone(),
        subnet_id: String::new(),
        account_id: String::new(),
        region: place.region.clone(),
        is_in_use: false,
        is_default: false,
    }
}

/// Returns the region of each VPC of which something tells it.
fn regions(inventory: &Inventory, moment_us: i64) -> BTreeMap<&str, &str> {
    let interfaces = valid(&inventory.interfaces, moment_us);
    let groups = valid(&inventory.security_groups, moment_us);
    let told = interfaces.map(|it| (it.vpc_id.as_str(), it.region.as_str()));
    let told = told.chain(groups.map(|it| (it.vpc_id.as_str(), it.region.as_str())));
    told.filter(|it| !it.1.is_empty()).collect()
}

/// Returns the accounts whose own things are known. Every VPC has a default security group, which
/// only its owner sees; VPCs and subnets themselves are seen by those that they are shared with.
fn own_accounts(inventory: &Inventory, moment_us: i64) -> BTreeSet<&str> {
    let groups = valid(&inventory.security_groups, moment_us).map(|it| it.account_id.as_str());
    let interfaces = valid(&inventory.interfaces, moment_us).map(|it| it.account_id.as_str());
    let instances = valid(&inventory.instances, moment_us).map(|it| it.account_id.as_str());
    groups.chain(interfaces).chain(instances).filter(|it| !it.is_empty()).collect()
}
