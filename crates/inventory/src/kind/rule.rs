//! What makes a rule the same rule: what it says, since not every file names rules.

use std::borrow::Cow;
use std::fmt::Write as _;

use tidegate_model::inventory::{Fact, Inventory, Peer, SecurityGroupRule};

use super::things::scope_of;
use super::{Kind, Thing};
use crate::seen::{Seen, Sighting};

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
