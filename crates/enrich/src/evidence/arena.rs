//! A table by hash whose entries lie in the order in which they came.
//!
//! Rows that are near each other are about things that are near each other, so their entries are, too;
//! in a plain table of hashes each one is somewhere else. An entry has a position, which finds it
//! again without asking for its key. Entries never move while the table grows: memory comes in chunks.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Entries of a chunk.
const N_CHUNK: usize = 1 << 14;

/// Stands for no position.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Values by key; keys are hashes already.
#[derive(Clone, Debug)]
pub(super) struct Arena<V> {
    index: HashTable<u32>,
    chunks: Vec<Vec<(u64, V)>>,
}

impl<V> Default for Arena<V> {
    fn default() -> Self {
        Self { index: HashTable::new(), chunks: Vec::new() }
    }
}

#[inline]
fn at<V>(chunks: &[Vec<(u64, V)>], position: u32) -> &(u64, V) {
    &chunks[position as usize / N_CHUNK][position as usize % N_CHUNK]
}

impl<V> Arena<V> {
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Returns where the value of a key is, or [`NOWHERE`].
    #[inline]
    pub(super) fn find(&self, key: u64) -> u32 {
        let is_same = |it: &u32| at(&self.chunks, *it).0 == key;
        self.index.find(key, is_same).copied().unwrap_or(NOWHERE)
    }

    /// Returns the value at a position that [`find`](Self::find) or [`entry`](Self::entry) gave,
    /// unless entries were left out since.
    #[inline]
    pub(super) fn at(&self, position: u32) -> Option<&V> {
        let chunk = self.chunks.get(position as usize / N_CHUNK)?;
        chunk.get(position as usize % N_CHUNK).map(|it| &it.1)
    }

    /// Returns the value of a key, which was at a position once: it may be elsewhere now, or gone.
    #[inline]
    pub(super) fn near(&self, key: u64, position: u32) -> Option<&V> {
        let chunk = self.chunks.get(position as usize / N_CHUNK);
        match chunk.and_then(|it| it.get(position as usize % N_CHUNK)) {
            Some((known, value)) if *known == key => Some(value),
            _ => self.get(key),
        }
    }

    /// Returns the value at a position for a change, if it is still that of the key.
    #[inline]
    pub(super) fn at_mut(&mut self, key: u64, position: u32) -> Option<&mut V> {
        let chunk = self.chunks.get_mut(position as usize / N_CHUNK)?;
        let entry = chunk.get_mut(position as usize % N_CHUNK)?;
        (entry.0 == key).then_some(&mut entry.1)
    }

    /// Returns the value of a key.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<&V> {
        self.at(self.find(key))
    }

    /// Returns the value of a key, which is a new one if there was none, and where it is.
    #[inline]
    pub(super) fn entry(&mut self, key: u64) -> (u32, &mut V)
    where
        V: Default,
    {
        let Self { index, chunks } = self;
        let is_same = |it: &u32| at(chunks, *it).0 == key;
        let position = match index.entry(key, is_same, |it| at(chunks, *it).0) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(push(chunks, key)).get(),
        };
        let entry = &mut chunks[position as usize / N_CHUNK][position as usize % N_CHUNK];
        (position, &mut entry.1)
    }

    /// Returns all values for a change.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.chunks.iter_mut().flatten().map(|it| &mut it.1)
    }

    /// Returns all entries.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(u64, V)> {
        self.chunks.iter().flatten()
    }

    /// Returns the wanted entries in the order of their keys.
    pub(super) fn ordered(&self, is_wanted: impl Fn(&V) -> bool) -> Vec<&(u64, V)> {
        let entries = self.iter().zip(0..).filter(|it| is_wanted(&it.0.1));
        let mut keys: Vec<(u64, u32)> = entries.map(|(it, at)| (it.0, at)).collect();
        keys.sort_unstable();
        keys.into_iter().map(|it| at(&self.chunks, it.1)).collect()
    }

    /// Leaves out what is not to be kept. Positions change.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(u64, &V) -> bool) {
        let chunks = std::mem::take(&mut self.chunks);
        self.index.clear();
        for (key, value) in chunks.into_iter().flatten() {
            if is_kept(key, &value) {
                let position = push_entry(&mut self.chunks, (key, value));
                let chunks = &self.chunks;
                self.index.insert_unique(key, position, |it| at(chunks, *it).0);
            }
        }
    }
}

impl<V> IntoIterator for Arena<V> {
    type Item = (u64, V);
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<(u64, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

fn push<V: Default>(chunks: &mut Vec<Vec<(u64, V)>>, key: u64) -> u32 {
    push_entry(chunks, (key, V::default()))
}

/// Adds an entry at the end and returns where that is.
fn push_entry<V>(chunks: &mut Vec<Vec<(u64, V)>>, entry: (u64, V)) -> u32 {
    if chunks.last().is_none_or(|it| it.len() == N_CHUNK) {
        chunks.push(Vec::with_capacity(N_CHUNK));
    }
    let n_before = (chunks.len() - 1) * N_CHUNK;
    let Some(last) = chunks.last_mut() else { unreachable!("a chunk was just added") };
    last.push(entry);
    u32::try_from(n_before + last.len() - 1).unwrap_or(NOWHERE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_map(keys in prop::collection::vec(0_u64..60_000, 0..40_000)) {
            let (mut arena, mut map) = (Arena::<u32>::default(), BTreeMap::<u64, u32>::new());
            for key in keys {
                let (position, value) = arena.entry(key);
                *value += 1;
                *map.entry(key).or_default() += 1;
                prop_assert_eq!(arena.find(key), position);
                prop_assert_eq!(arena.near(key, position), map.get(&key));
                prop_assert_eq!(arena.near(key, position + 1), map.get(&key));
            }
            let check = |arena: &Arena<u32>, map: &BTreeMap<u64, u32>| {
                assert_eq!(arena.len(), map.len());
                let ordered = arena.ordered(|_| true).into_iter().copied();
                assert!(ordered.eq(map.iter().map(|it| (*it.0, *it.1))));
                assert!((0..60_000).all(|it| arena.get(it) == map.get(&it)));
            };
            check(&arena, &map);
            arena.retain(|key, _| key % 3 == 0);
            map.retain(|key, _| key % 3 == 0);
            check(&arena, &map);
        }
    }
}
