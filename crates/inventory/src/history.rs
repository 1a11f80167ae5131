//! Merges sightings into a history.
//!
//! What a thing looked like is known at the moments when it was seen, or not seen by a listing that
//! would have it. A fact holds from one such moment to the next at which the thing looked different.
//! All moments are remembered ([`Moments`]), not only those that changed something: so the order in
//! which files come does not matter, and the same file again changes nothing.
//!
//! Reading order: [`timeline`] (one thing), [`moments`] (what is remembered), [`merge`] (one kind),
//! [`halves`] (prefix lists), [`places`] (whole accounts and regions).

mod halves;
mod merge;
mod moments;
mod places;
mod timeline;

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, Inventory, NatGateway, PrefixList,
    SecurityGroup, SecurityGroupRule, Subnet, Vpc,
};

pub use moments::Moments;

use crate::seen::{Mark, Note, Seen};
use crate::{Kind, Thing};

/// What is known of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The facts.
    pub inventory: Inventory,
    /// When things were looked at.
    pub moments: Moments,
}

/// What a merge changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Counts of the kinds that were seen.
    pub counts: BTreeMap<Kind, Counts>,
    /// First moment at which something was seen of which nothing was known before, in microseconds
    /// since the Unix epoch: records before it have no context.
    pub known_from_us: Option<i64>,
    /// What does not fit together.
    pub notes: Vec<Note>,
}

/// How many things of a kind are as they were, and how many are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// There now and not before.
    pub n_opened: u64,
    /// Different from before.
    pub n_changed: u64,
    /// Gone.
    pub n_closed: u64,
    /// Known for longer than before.
    pub n_extended: u64,
    /// As known already.
    pub n_unchanged: u64,
}

impl Counts {
    /// Returns whether anything is different.
    #[must_use]
    pub fn is_change(self) -> bool {
        self.n_opened + self.n_changed + self.n_closed + self.n_extended > 0
    }
}

impl Changes {
    /// Adds the counts of another merge.
    pub fn add(&mut self, other: Self) {
        for (kind, counts) in other.counts {
            let sum = self.counts.entry(kind).or_default();
            sum.n_opened += counts.n_opened;
            sum.n_changed += counts.n_changed;
            sum.n_closed += counts.n_closed;
            sum.n_extended += counts.n_extended;
            sum.n_unchanged += counts.n_unchanged;
        }
        self.known_from_us = self.known_from_us.into_iter().chain(other.known_from_us).min();
        self.notes.extend(other.notes);
    }
}

impl History {
    /// Merges what files say, and returns what that changed.
    ///
    /// What is seen for the first time is known from then on; with `since_us`, it is taken to have
    /// been so since that moment, but not since before it was made.
    pub fn merge(&mut self, mut seen: Seen, since_us: Option<i64>) -> Changes {
        let mut changes = Changes::default();
        halves::complete(self, &mut seen, &mut changes.notes);
        places::expand(&self.inventory, &mut seen);
        self.merge_kind::<Interface>(&mut seen, since_us, &mut changes);
        self.merge_kind::<SecurityGroup>(&mut seen, since_us, &mut changes);
        self.merge_kind::<SecurityGroupRule>(&mut seen, since_us, &mut changes);
        self.merge_kind::<PrefixList>(&mut seen, since_us, &mut changes);
        self.merge_kind::<Subnet>(&mut seen, since_us, &mut changes);
        self.merge_kind::<Vpc>(&mut seen, since_us, &mut changes);
        self.merge_kind::<NatGateway>(&mut seen, since_us, &mut changes);
        self.merge_kind::<Instance>(&mut seen, since_us, &mut changes);
        self.merge_kind::<FlowLog>(&mut seen, since_us, &mut changes);
        self.merge_kind::<Function>(&mut seen, since_us, &mut changes);
        self.merge_kind::<GroupReference>(&mut seen, since_us, &mut changes);
        changes
    }

    fn merge_kind<T: Thing>(
        &mut self,
        seen: &mut Seen,
        since_us: Option<i64>,
        changes: &mut Changes,
    ) {
        let marks = |marks: &[Mark]| -> Vec<Mark> {
            marks.iter().filter(|it| it.kind == T::KIND).cloned().collect()
        };
        let (listed, gone) = (marks(&seen.listed), marks(&seen.gone));
        let sightings = std::mem::take(T::sightings(seen));
        if sightings.is_empty() && listed.is_empty() && gone.is_empty() {
            return;
        }
        let steps = merge::steps(sightings, listed, gone, &mut changes.notes);
        let facts = std::mem::take(T::facts_mut(&mut self.inventory));
        let mut merge = merge::Merge::new(facts, self.moments.of_mut(T::KIND), since_us);
        for (moment_us, step) in steps {
            merge.step(moment_us, step);
        }
        let (facts, counts, known_from_us) = merge.finish();
        *T::facts_mut(&mut self.inventory) = facts;
        let known_from_us = Some(known_from_us).filter(|it| *it < i64::MAX);
        changes.known_from_us = changes.known_from_us.into_iter().chain(known_from_us).min();
        *changes.counts.entry(T::KIND).or_default() = counts;
    }
}

#[cfg(test)]
mod tests;
