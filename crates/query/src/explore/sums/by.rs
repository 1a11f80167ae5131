//! What the groups of a question are made of: the value of its dimension, and ways.

use std::borrow::Cow;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

use hashbrown::DefaultHashBuilder;

use super::super::{Dimension, DimensionKind, Key};
use super::WAYS;

/// Action, direction and initiator, as far as they are grouped by.
type Way = Vec<Option<String>>;

/// What groups are made of.
#[derive(Debug)]
pub(crate) struct By {
    dimensions: Vec<Dimension>,
    /// Whether groups have a value.
    pub(super) has_value: bool,
    /// The positions in [`WAYS`] of those that are grouped by.
    ways: Vec<usize>,
    /// The ways that were met, by number.
    known: Mutex<Vec<Way>>,
    hasher: DefaultHashBuilder,
}

impl By {
    /// Returns what groups by these dimensions are made of.
    pub(crate) fn new(dimensions: &[Dimension]) -> Self {
        let ways = dimensions.iter().filter_map(|it| way_position(*it));
        Self {
            dimensions: dimensions.to_vec(),
            has_value: dimensions.iter().any(|it| way_position(*it).is_none()),
            ways: ways.collect(),
            known: Mutex::default(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Returns the number of a way, as far as it is grouped by.
    pub(super) fn way(&self, way: &[Option<String>; 3]) -> u32 {
        self.number(self.ways.iter().map(|it| way[*it].clone()).collect())
    }

    /// Returns the value and the number of the way of a group with these keys, as texts.
    pub(super) fn of_texts<'a>(&self, keys: &[Option<&'a str>]) -> (Option<&'a str>, u32) {
        let (mut value, mut way) = (None, Vec::new());
        for (dimension, key) in self.dimensions.iter().zip(keys) {
            match way_position(*dimension) {
                Some(_) => way.push(key.map(str::to_owned)),
                None => value = *key,
            }
        }
        (value, self.number(way))
    }

    /// Returns the keys of a group.
    pub(super) fn keys(&self, value: Option<&str>, way: u32) -> Vec<Key> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ways = known.get(way as usize).into_iter().flatten();
        let key = |it: &Dimension| match way_position(*it) {
            Some(_) => ways.next().cloned().flatten().map_or(Key::Null, Key::Text),
            None => value.map_or(Key::Null, |value| key(value, it.kind)),
        };
        self.dimensions.iter().map(key).collect()
    }

    /// Returns the first key of a group as text; `None` for NULL.
    pub(super) fn text<'a>(&self, value: Option<&'a str>, way: u32) -> Option<Cow<'a, str>> {
        if self.dimensions.first().is_some_and(|it| way_position(*it).is_none()) {
            return value.map(Cow::Borrowed);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(way as usize)?.first()?.clone().map(Cow::Owned)
    }

    /// Returns the hash of a group.
    pub(super) fn hash(&self, value: Option<&str>, way: u32) -> u64 {
        self.hasher.hash_one((value, way))
    }

    fn number(&self, way: Way) -> u32 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let number = known.iter().position(|it| *it == way).unwrap_or_else(|| {
            known.push(way);
            known.len() - 1
        });
        // There are a few hundred thinkable ways.
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

fn way_position(dimension: Dimension) -> Option<usize> {
    WAYS.iter().position(|it| *it == dimension.name)
}

/// Returns the key of a value as it stands in a summary.
fn key(value: &str, kind: DimensionKind) -> Key {
    match kind {
        DimensionKind::Number => value.parse().map_or(Key::Null, Key::Number),
        DimensionKind::Flag => value.parse().map_or(Key::Null, Key::Flag),
        DimensionKind::Text | DimensionKind::List => Key::Text(value.to_owned()),
    }
}
