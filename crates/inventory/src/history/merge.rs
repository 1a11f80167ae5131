//! Merges the sightings of one kind, moment after moment.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tidegate_model::inventory::{Fact, Validity};

use super::Counts;
use super::moments::OfKind;
use super::timeline::{self, Outcome};
use crate::Thing;
use crate::seen::{Mark, Note, Sighting};

/// What was seen at one moment.
#[derive(Debug)]
pub(super) struct Step<T> {
    present: BTreeMap<String, Sighting<T>>,
    listed: BTreeSet<String>,
    gone: BTreeSet<String>,
}

impl<T> Default for Step<T> {
    fn default() -> Self {
        Self { present: BTreeMap::new(), listed: BTreeSet::new(), gone: BTreeSet::new() }
    }
}

/// Puts together what was seen at the same moment.
pub(super) fn steps<T: Thing>(
    sightings: Vec<Sighting<T>>,
    listed: Vec<Mark>,
    gone: Vec<Mark>,
    notes: &mut Vec<Note>,
) -> BTreeMap<i64, Step<T>> {
    let mut steps: BTreeMap<i64, Step<T>> = BTreeMap::new();
    for sighting in sightings {
        let present = &mut steps.entry(sighting.moment_us).or_default().present;
        let key = sighting.value.key().into_owned();
        match present.get_mut(&key) {
            None => {
                present.insert(key, sighting);
            }
            Some(first) if first.value.is_same(&sighting.value) => {
                first.value.complete_from(&sighting.value);
            }
            Some(first) => {
                notes.push(Note {
                    file: sighting.source.to_string(),
                    place: key,
                    reason: format!("looks different in {}, at the same moment", first.source),
                });
                // What has AWS's id is the same thing at other moments, too.
                if first.value.alias().is_none() && sighting.value.alias().is_some() {
                    *first = sighting;
                }
            }
        }
    }
    for mark in listed {
        steps.entry(mark.moment_us).or_default().listed.insert(mark.name);
    }
    for mark in gone {
        steps.entry(mark.moment_us).or_default().gone.insert(mark.name);
    }
    steps
}

/// The facts of a kind, while they are merged.
#[derive(Debug)]
pub(super) struct Merge<'a, T> {
    moments: &'a mut OfKind,
    since_us: Option<i64>,
    timelines: BTreeMap<String, Vec<Fact<T>>>,
    /// Keys by scope.
    scopes: HashMap<String, BTreeSet<String>>,
    /// Keys by AWS's id, for kinds whose key is another.
    aliases: HashMap<String, BTreeSet<String>>,
    counts: Counts,
    /// Keys of things that looked as known at some moment, and of those that did not at one.
    as_known: HashSet<String>,
    not_as_known: HashSet<String>,
    known_from_us: i64,
}

impl<'a, T: Thing> Merge<'a, T> {
    pub(super) fn new(facts: Vec<Fact<T>>, moments: &'a mut OfKind, since_us: Option<i64>) -> Self {
        let mut merge = Self {
            moments,
            since_us,
            timelines: BTreeMap::new(),
            scopes: HashMap::new(),
            aliases: HashMap::new(),
            counts: Counts::default(),
            as_known: HashSet::new(),
            not_as_known: HashSet::new(),
            known_from_us: i64::MAX,
        };
        for fact in facts {
            merge.index(&fact.value);
            merge.timelines.entry(fact.value.key().into_owned()).or_default().push(fact);
        }
        for facts in merge.timelines.values_mut() {
            facts.sort_by_key(|it| it.validity.from_us);
        }
        merge
    }

    fn index(&mut self, value: &T) {
        let key = value.key();
        if let Some(scope) = value.scope() {
            insert(&mut self.scopes, scope, &key);
        }
        if let Some(alias) = value.alias() {
            insert(&mut self.aliases, alias.to_owned(), &key);
        }
    }

    /// Takes in one moment.
    pub(super) fn step(&mut self, moment_us: i64, step: Step<T>) {
        let Step { present, listed, gone } = step;
        let absent = self.absent(moment_us, &present, &listed, gone);
        let mut alone = Vec::new();
        for (key, sighting) in present {
            let scope = sighting.value.scope().unwrap_or_default();
            self.look(&key, &scope, sighting);
            if !listed.contains(&scope) {
                alone.push(key);
            }
        }
        for (key, scope) in &absent {
            self.miss(key, scope, moment_us);
            if !listed.contains(scope) {
                alone.push(key.clone());
            }
        }
        for name in listed.iter().chain(&alone) {
            self.moments.insert(name, moment_us);
        }
    }

    /// Returns key and scope of what was not there: said to be gone, missing from a listing, or known
    /// by another key now.
    fn absent(
        &self,
        moment_us: i64,
        present: &BTreeMap<String, Sighting<T>>,
        listed: &BTreeSet<String>,
        gone: BTreeSet<String>,
    ) -> Vec<(String, String)> {
        let mut absent = gone;
        for scope in listed {
            absent.extend(self.scopes.get(scope).into_iter().flatten().cloned());
        }
        for sighting in present.values() {
            let Some(alias) = sighting.value.alias() else { continue };
            let keys = self.aliases.get(alias).into_iter().flatten();
            absent.extend(keys.filter(|it| self.has_alias(it, alias, moment_us)).cloned());
        }
        absent.retain(|it| !present.contains_key(it));
        absent
            .into_iter()
            .map(|it| (self.scope_of(&it), it))
            .map(|(scope, it)| (it, scope))
            .collect()
    }

    fn has_alias(&self, key: &str, alias: &str, moment_us: i64) -> bool {
        let facts = self.timelines.get(key).map_or(&[][..], Vec::as_slice);
        timeline::at(facts, moment_us).is_some_and(|it| it.value.alias() == Some(alias))
    }

    fn scope_of(&self, key: &str) -> String {
        let last = self.timelines.get(key).and_then(|it| it.last());
        last.and_then(|it| it.value.scope()).unwrap_or_default()
    }

    fn look(&mut self, key: &str, scope: &str, sighting: Sighting<T>) {
        let moment_us = sighting.moment_us;
        let names = [scope, key];
        let is_first_look = !self.moments.contains(names, moment_us);
        let until_us = self.moments.next_after(names, moment_us).unwrap_or(i64::MAX);
        self.index(&sighting.value);
        let facts = self.timelines.entry(key.to_owned()).or_default();
        let known = timeline::at(facts, moment_us);
        // Of two that disagree about one moment, the first is kept; being there beats not being.
        let is_settled = known.is_some_and(|it| !it.value.is_same(&sighting.value));
        let outcome = if is_settled && !is_first_look {
            Outcome::Unchanged
        } else {
            let validity = Validity { from_us: moment_us, until_us };
            timeline::look(facts, validity, Some((sighting.value, &sighting.source)))
        };
        let is_extended = self.extend_back(key, names, moment_us, sighting.made_us);
        let is_new = outcome == Outcome::Opened && !is_extended;
        if is_new && !self.moments.is_any_before(names, moment_us) {
            self.known_from_us = self.known_from_us.min(moment_us);
        }
        let counter = match outcome {
            Outcome::Opened => &mut self.counts.n_opened,
            Outcome::Changed => &mut self.counts.n_changed,
            Outcome::Closed | Outcome::Unchanged if is_extended => &mut self.counts.n_extended,
            Outcome::Closed | Outcome::Unchanged => {
                self.as_known.insert(key.to_owned());
                return;
            }
        };
        *counter += 1;
        self.not_as_known.insert(key.to_owned());
    }

    /// Lets the first fact of a thing begin earlier, if it is the one that was just seen. Returns
    /// whether it did.
    fn extend_back(
        &mut self,
        key: &str,
        names: [&str; 2],
        moment_us: i64,
        made_us: Option<i64>,
    ) -> bool {
        let Some(since_us) = self.since_us else { return false };
        let from_us = since_us.max(made_us.unwrap_or(i64::MIN));
        let first = self.timelines.get_mut(key).and_then(|it| it.first_mut());
        let Some(first) = first.filter(|it| it.validity.contains(moment_us)) else { return false };
        if from_us >= first.validity.from_us
            || self.moments.is_any_before(names, first.validity.from_us)
        {
            return false;
        }
        first.validity.from_us = from_us;
        true
    }

    /// Takes in that a thing was not there.
    fn miss(&mut self, key: &str, scope: &str, moment_us: i64) {
        let names = [scope, key];
        if self.moments.contains(names, moment_us) {
            return;
        }
        let Some(facts) = self.timelines.get_mut(key) else { return };
        let until_us = self.moments.next_after(names, moment_us).unwrap_or(i64::MAX);
        let validity = Validity { from_us: moment_us, until_us };
        if timeline::look(facts, validity, None) == Outcome::Closed {
            self.counts.n_closed += 1;
        }
    }

    /// Returns the facts by id and time, the counts, and since when things are known that were
    /// not known at all.
    pub(super) fn finish(self) -> (Vec<Fact<T>>, Counts, i64) {
        // What several listings of one merge have is one thing.
        let n_unchanged = self.as_known.difference(&self.not_as_known).count() as u64;
        let counts = Counts { n_unchanged, ..self.counts };
        let mut facts: Vec<Fact<T>> = self.timelines.into_values().flatten().collect();
        facts.sort_by(|a, b| {
            (a.value.id(), a.validity.from_us).cmp(&(b.value.id(), b.validity.from_us))
        });
        (facts, counts, self.known_from_us)
    }
}

fn insert(index: &mut HashMap<String, BTreeSet<String>>, name: String, key: &str) {
    let keys = index.entry(name).or_default();
    if !keys.contains(key) {
        keys.insert(key.to_owned());
    }
}
