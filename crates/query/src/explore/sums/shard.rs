//! Sums by group, for the groups of one shard: those whose hashes fall into it.

use hashbrown::HashTable;

/// What a group is made of, beside its value: the ways that are grouped by, by number, and a slot,
/// which is whatever else tells sums apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) way: u32,
    pub(super) slot: i32,
}

/// What is added to a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// The metric.
    pub(super) amount: i64,
    /// Records.
    pub(super) n: i64,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) {
        self.amount = self.amount.saturating_add(other.amount);
        self.n = self.n.saturating_add(other.n);
    }
}

/// A group and its sum.
#[derive(Clone, Copy, Debug)]
struct Group {
    hash: u64,
    /// Where its value begins in the text of the shard.
    start: usize,
    /// How long the value is; `None` for NULL.
    length: Option<u32>,
    place: Place,
    sum: Sum,
}

/// The groups of a shard.
#[derive(Debug, Default)]
pub(super) struct Shard {
    table: HashTable<u32>,
    groups: Vec<Group>,
    /// The values, one after the other.
    text: String,
}

impl Shard {
    /// Adds to the group of a value, whose hash does not depend on the slot.
    pub(super) fn add(&mut self, hash: u64, value: Option<&str>, place: Place, sum: Sum) {
        self.put(hash, value, place, (sum, Sum::add));
    }

    /// Puts a sum to that of a group as `merge` says, or makes it the sum of a new one.
    pub(super) fn put(
        &mut self,
        hash: u64,
        value: Option<&str>,
        place: Place,
        (sum, merge): (Sum, fn(&mut Sum, Sum)),
    ) {
        let hash = spread(hash, place.slot);
        let Self { table, groups, text } = self;
        let is_it = |it: &u32| {
            let group = &groups[*it as usize];
            group.hash == hash && group.place == place && group.value(text) == value
        };
        if let Some(it) = table.find(hash, is_it) {
            return merge(&mut groups[*it as usize].sum, sum);
        }
        // So many groups do not fit into the memory that a question may have.
        let index = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        let length = value.map(|it| u32::try_from(it.len()).unwrap_or(u32::MAX));
        groups.push(Group { hash, start: text.len(), length, place, sum });
        text.push_str(value.unwrap_or_default());
        table.insert_unique(hash, index, |it| groups[*it as usize].hash);
    }

    /// Returns every group.
    pub(super) fn groups(&self) -> impl Iterator<Item = (Option<&str>, Place, Sum)> {
        self.groups.iter().map(|it| (it.value(&self.text), it.place, it.sum))
    }

    /// Returns how many bytes of memory it holds, about.
    pub(super) fn size(&self) -> usize {
        self.groups.capacity() * size_of::<Group>()
            + self.text.capacity()
            + self.table.capacity() * size_of::<u32>()
    }
}

impl Group {
    fn value<'a>(&self, text: &'a str) -> Option<&'a str> {
        Some(&text[self.start..self.start + self.length? as usize])
    }
}

/// Returns the hash of a group from that of its value and ways.
fn spread(hash: u64, slot: i32) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    hash ^ u64::from(slot.cast_unsigned()).wrapping_mul(ODD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_groups_are_one_even_if_others_have_the_same_hash() {
        let mut shard = Shard::default();
        let adds = [
            (Some("a"), 0, 0, 1),
            (Some("b"), 0, 0, 2),
            (Some("a"), 0, 0, 3),
            (None, 0, 0, 4),
            (Some(""), 0, 0, 5),
            (Some("a"), 1, 0, 6),
            (Some("a"), 0, 1, 7),
            (None, 0, 0, 8),
        ];
        for (value, way, slot, n) in adds {
            shard.add(7, value, Place { way, slot }, Sum { amount: n * 10, n });
        }
        let mut seen: Vec<_> = shard
            .groups()
            .map(|(value, place, sum)| {
                assert_eq!(sum.amount, sum.n * 10);
                (value, place.way, place.slot, sum.n)
            })
            .collect();
        seen.sort_unstable();
        let expected = [
            (None, 0, 0, 12),
            (Some(""), 0, 0, 5),
            (Some("a"), 0, 0, 4),
            (Some("a"), 0, 1, 7),
            (Some("a"), 1, 0, 6),
            (Some("b"), 0, 0, 2),
        ];
        assert_eq!(seen, expected);
    }
}
