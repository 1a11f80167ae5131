//! Which groups nobody needs.
//!
//! A group is unused if no interface carries it now or did in the window, and no rule of another
//! group names it. Other services can hold a group without an interface of their own; those that the
//! inventory does not have are named, so that a person looks there before the group is deleted.

use tidegate_model::inventory::{Inventory, Peer, SecurityGroup, Validity};
use tidegate_network::Network;

use crate::members::Members;

/// Where a group can be held that no inventory tells of.
const UNCHECKED: &[&str] = &[
    "launch templates and launch configurations",
    "ECS services and scheduled tasks",
    "AWS Batch compute environments",
    "CodeBuild projects",
    "EMR clusters",
    "RDS, ElastiCache and Redshift configurations",
    "VPC associations",
];

/// Where a group can be held that this inventory does not tell of.
const FUNCTIONS: &str = "Lambda functions without an interface at the moment";
const REFERENCES: &str = "rules in peered VPCs and behind transit gateways";

/// Returns where a group can be held that nobody looked.
pub(crate) fn unchecked(inventory: &Inventory) -> Vec<&'static str> {
    let functions = inventory.functions.is_empty().then_some(FUNCTIONS);
    let references = inventory.group_references.is_empty().then_some(REFERENCES);
    functions.into_iter().chain(references).chain(UNCHECKED.iter().copied()).collect()
}

/// What is to be said of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupVerdict {
    /// Interfaces carry it, or did in the window.
    Used,
    /// Rules of other groups name it, but no interface carries it.
    ReferencedOnly,
    /// Nothing that is known needs it.
    Unused,
    /// It is the default group of its VPC, which cannot be deleted.
    Default,
}

impl GroupVerdict {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::ReferencedOnly => "referenced-only",
            Self::Unused => "unused",
            Self::Default => "default",
        }
    }
}

/// A group, and who needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAdvice {
    /// The group.
    pub group: SecurityGroup,
    /// What is to be said of it.
    pub verdict: GroupVerdict,
    /// Interfaces that carry it now.
    pub n_interfaces: u64,
    /// Interfaces that carried it in the window, those of now too.
    pub n_interfaces_in_window: u64,
    /// Rules of other groups that name it, by id, and other VPCs whose rules do, ascending.
    pub referenced_by: Vec<String>,
    /// Lambda functions that have it.
    pub functions: Vec<String>,
}

/// Returns every group of today.
pub(crate) fn advice(
    inventory: &Inventory,
    network: &Network,
    members: &Members,
    window: Validity,
) -> Vec<GroupAdvice> {
    let groups = inventory.security_groups.iter().filter(|it| it.validity.is_open());
    groups.map(|it| advice_of(inventory, network, (members, window), &it.value)).collect()
}

fn advice_of(
    inventory: &Inventory,
    network: &Network,
    (members, window): (&Members, Validity),
    group: &SecurityGroup,
) -> GroupAdvice {
    let count = |range: Validity| {
        let all = network.symbol(&group.id).into_iter().flat_map(|it| members.during(it, range));
        let mut interfaces: Vec<_> = all.map(|it| it.interface).collect();
        interfaces.sort_unstable();
        interfaces.dedup();
        interfaces.len() as u64
    };
    let now = Validity { from_us: i64::MAX - 1, until_us: i64::MAX };
    let (n_now, n_window) = (count(now), count(window));
    let names = |peer: &Peer| matches!(peer, Peer::SecurityGroup(id) if *id == group.id);
    let rules = inventory.security_group_rules.iter().filter(|it| it.validity.is_open());
    let rules = rules.filter(|it| it.value.group_id != group.id && names(&it.value.peer));
    let mut referenced_by: Vec<String> = rules.map(|it| it.value.id.clone()).collect();
    let elsewhere = inventory.group_references.iter().filter(|it| it.validity.is_open());
    let elsewhere = elsewhere.filter(|it| it.value.group_id == group.id);
    referenced_by.extend(elsewhere.map(|it| it.value.referencing_vpc_id.clone()));
    referenced_by.sort_unstable();
    let functions = inventory.functions.iter().filter(|it| it.validity.is_open());
    let functions = functions.filter(|it| it.value.security_group_ids.contains(&group.id));
    let functions: Vec<String> = functions.map(|it| it.value.id.clone()).collect();
    let is_needed = n_now > 0 || n_window > 0 || !functions.is_empty();
    let verdict = match (is_needed, group.name == "default", referenced_by.is_empty()) {
        (true, _, _) => GroupVerdict::Used,
        (false, true, _) => GroupVerdict::Default,
        (false, false, false) => GroupVerdict::ReferencedOnly,
        (false, false, true) => GroupVerdict::Unused,
    };
    GroupAdvice {
        group: group.clone(),
        verdict,
        n_interfaces: n_now,
        n_interfaces_in_window: n_window.max(n_now),
        referenced_by,
        functions,
    }
}
