//! When things were looked at.
//!
//! A listing looks at all things of its scopes at once, so that one moment stands for all of them;
//! other files look at single things. A thing was looked at when its scope was, or itself.

use std::collections::BTreeMap;

use crate::Kind;

/// Moments of looking, of all kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    by_kind: BTreeMap<Kind, OfKind>,
}

/// Moments of looking by scope or key, in microseconds since the Unix epoch, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfKind {
    by_name: BTreeMap<String, Vec<i64>>,
}

impl Moments {
    /// Returns kind, scope or key, and moments in microseconds since the Unix epoch.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &str, &[i64])> {
        self.by_kind.iter().flat_map(|(kind, of_kind)| {
            of_kind.by_name.iter().map(|(name, moments)| (*kind, name.as_str(), moments.as_slice()))
        })
    }

    /// Adds a moment at which a scope, or the thing with a key, was looked at.
    pub fn insert(&mut self, kind: Kind, name: &str, moment_us: i64) {
        self.of_mut(kind).insert(name, moment_us);
    }

    pub(crate) fn of_mut(&mut self, kind: Kind) -> &mut OfKind {
        self.by_kind.entry(kind).or_default()
    }
}

impl OfKind {
    fn of(&self, name: &str) -> &[i64] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn contains(&self, names: [&str; 2], moment_us: i64) -> bool {
        names.iter().any(|it| self.of(it).binary_search(&moment_us).is_ok())
    }

    /// Returns the first moment after this one.
    pub(crate) fn next_after(&self, names: [&str; 2], moment_us: i64) -> Option<i64> {
        let next = |name: &&str| {
            let moments = self.of(name);
            moments.get(moments.partition_point(|it| *it <= moment_us)).copied()
        };
        names.iter().filter_map(next).min()
    }

    /// Returns whether there is a moment before this one.
    pub(crate) fn is_any_before(&self, names: [&str; 2], moment_us: i64) -> bool {
        names.iter().any(|it| self.of(it).first().is_some_and(|it| *it < moment_us))
    }

    pub(crate) fn insert(&mut self, name: &str, moment_us: i64) {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.to_owned(), vec![moment_us]);
            return;
        }
        let Some(moments) = self.by_name.get_mut(name) else { return };
        if let Err(index) = moments.binary_search(&moment_us) {
            moments.insert(index, moment_us);
        }
    }
}
