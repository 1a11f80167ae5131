//! Sums by key.

use hashbrown::HashMap;

/// Returns a count or a position as a code. A data file has fewer rows than do not fit.
pub(super) fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Returns the lowest bits of a key, of which there may be 32.
pub(super) fn low(key: u64, n_bits: u32) -> u32 {
    u32::try_from(key & ((1 << n_bits) - 1)).unwrap_or(u32::MAX)
}

/// What is summed up. As in SQL, a sum that does not fit starts again from the smallest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) flows: i64,
    pub(super) bytes: i64,
    pub(super) packets: i64,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        self.flows = self.flows.wrapping_add(other.flows);
        self.bytes = self.bytes.wrapping_add(other.bytes);
        self.packets = self.packets.wrapping_add(other.packets);
    }

    pub(super) fn negated(self) -> Self {
        Self {
            flows: self.flows.wrapping_neg(),
            bytes: self.bytes.wrapping_neg(),
            packets: self.packets.wrapping_neg(),
        }
    }
}

/// Sums by key.
#[derive(Default)]
pub(super) struct Tally {
    index: HashMap<u64, u32>,
    keys: Vec<u64>,
    sums: Vec<Sums>,
}

impl Tally {
    /// Adds to the sums of a key. `lately` is a place that may be the key's, and is so after.
    pub(super) fn add(&mut self, key: u64, sums: Sums, lately: &mut u32) {
        if self.keys.get(*lately as usize) != Some(&key) {
            *lately = self.slot(key);
        }
        self.sums[*lately as usize].add(sums);
    }

    /// Returns the place of the key, which is made if there is none.
    fn slot(&mut self, key: u64) -> u32 {
        let next = self.keys.len();
        let slot = *self.index.entry(key).or_insert_with(|| small(next));
        if slot as usize == next {
            self.keys.push(key);
            self.sums.push(Sums::default());
        }
        slot
    }

    /// Returns the keys with their sums, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Sums)> {
        self.keys.iter().copied().zip(self.sums.iter().copied())
    }
}

/// Marks a code that was not seen yet.
const NONE: u32 = u32::MAX;

/// Up to so many codes and cells have a place each, whether there is such a row or not.
const N_PLACES_MAX: usize = 32_768;

/// The sums of a code in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) code: u32,
    pub(super) cell: u32,
    pub(super) sums: Sums,
}

/// Sums by code and cell.
pub(super) enum ByCode {
    /// Few of both.
    Dense { n_cells: u32, sums: Vec<Sums> },
    /// Many. Rows of a code come in runs of one cell, so the place that each code had last is
    /// remembered, and few rows have to be looked up.
    Sparse { tally: Tally, last: Vec<u32> },
}

impl ByCode {
    /// Returns no sums, for codes below `n_codes` and one more that stands for NULL.
    pub(super) fn new(n_codes: usize, n_cells: u32) -> Self {
        let n_places = (n_codes + 1).saturating_mul(n_cells as usize);
        if n_places <= N_PLACES_MAX {
            return Self::Dense { n_cells, sums: vec![Sums::default(); n_places] };
        }
        Self::Sparse { tally: Tally::default(), last: vec![NONE; n_codes + 1] }
    }

    /// Adds to sums.
    pub(super) fn extend(&mut self, entries: impl Iterator<Item = Entry>) {
        match self {
            Self::Dense { n_cells, sums } => {
                entries.for_each(|it| sums[(it.code * *n_cells + it.cell) as usize].add(it.sums));
            }
            Self::Sparse { tally, last } => entries.for_each(|it| add(tally, last, it)),
        }
    }

    /// Returns the sums that are not zero, by code and cell.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = match self {
            Self::Dense { n_cells, sums } => {
                let entry = |(at, sums): (u32, Sums)| Entry {
                    code: at / n_cells,
                    cell: at % n_cells,
                    sums,
                };
                (0..).zip(sums).filter(|it| it.1 != Sums::default()).map(entry).collect()
            }
            Self::Sparse { tally, last } => in_order(&tally, last.len()),
        };
        entries.retain(|it| it.sums != Sums::default());
        entries
    }
}

fn add(tally: &mut Tally, last: &mut [u32], entry: Entry) {
    let key = u64::from(entry.code) << 32 | u64::from(entry.cell);
    tally.add(key, entry.sums, &mut last[entry.code as usize]);
}

/// Returns the sums by code and cell: each code has a range, and the few cells in it are sorted.
fn in_order(tally: &Tally, n_codes: usize) -> Vec<Entry> {
    let code = |key: u64| low(key >> 32, u32::BITS) as usize;
    let mut ends = vec![0_u32; n_codes + 1];
    for key in &tally.keys {
        ends[code(*key) + 1] += 1;
    }
    for index in 1..ends.len() {
        ends[index] += ends[index - 1];
    }
    let none = Entry { code: 0, cell: 0, sums: Sums::default() };
    let mut entries = vec![none; tally.keys.len()];
    for (key, sums) in tally.iter() {
        let end = &mut ends[code(key)];
        let cell = low(key, u32::BITS);
        entries[*end as usize] = Entry { code: small(code(key)), cell, sums };
        *end += 1;
    }
    for run in entries.chunk_by_mut(|a, b| a.code == b.code) {
        run.sort_unstable_by_key(|it| it.cell);
    }
    entries
}
