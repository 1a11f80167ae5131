//! How many rules a group may have.
//!
//! New rules come before old ones go, so that for a while a group has both; all changes of a group
//! share the room.

use std::collections::BTreeMap;

use tidegate_model::inventory::{Peer, SecurityGroupRule};

use crate::study::Study;

/// Rules of a group and a way, of each family: the default quota ("Amazon VPC quotas").
pub const RULES_MAX: usize = 60;

/// Group, whether it is egress, whether it is IPv6.
type Room = (String, bool, bool);

/// The rules of groups: those of today, and those that changes have added so far.
pub(crate) struct Quota<'a, 'b> {
    study: &'a Study<'b>,
    counts: BTreeMap<Room, usize>,
}

impl<'a, 'b> Quota<'a, 'b> {
    pub(crate) fn new(study: &'a Study<'b>) -> Self {
        let mut quota = Self { study, counts: BTreeMap::new() };
        for current in &study.slots.rules {
            for (room, n) in quota.needs(&current.rule) {
                *quota.counts.entry(room).or_default() += n;
            }
        }
        quota
    }

    /// Adds rules if there is room for all of them; returns whether there was.
    pub(crate) fn take(&mut self, rules: &[SecurityGroupRule]) -> bool {
        let mut needed: BTreeMap<Room, usize> = BTreeMap::new();
        for (room, n) in rules.iter().flat_map(|it| self.needs(it)) {
            *needed.entry(room).or_default() += n;
        }
        let n_now = |room: &Room| self.counts.get(room).copied().unwrap_or(0);
        if needed.iter().any(|(room, n)| n_now(room) + n > RULES_MAX) {
            return false;
        }
        for (room, n) in needed {
            *self.counts.entry(room).or_default() += n;
        }
        true
    }

    /// Returns where a rule counts, and for how many rules: one that names a group or a list counts
    /// for both families, and a list for as many as it has entries.
    fn needs(&self, rule: &SecurityGroupRule) -> Vec<(Room, usize)> {
        let room = |is_v6: bool| (rule.group_id.clone(), rule.is_egress, is_v6);
        match &rule.peer {
            Peer::Cidr(cidr) => vec![(room(cidr.first().is_ipv6()), 1)],
            Peer::SecurityGroup(_) => vec![(room(false), 1), (room(true), 1)],
            Peer::PrefixList(id) => {
                let n = self.n_entries(id);
                vec![(room(false), n), (room(true), n)]
            }
        }
    }

    fn n_entries(&self, id: &str) -> usize {
        let lists = self.study.inventory.prefix_lists.iter().filter(|it| it.validity.is_open());
        let mut lists = lists.map(|it| &it.value).filter(|it| it.id == id);
        lists.find_map(|it| it.entries.as_ref()).map_or(1, Vec::len).max(1)
    }
}
