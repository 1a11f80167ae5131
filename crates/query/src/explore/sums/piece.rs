//! The rows of one piece of a summary, added up by group.

use tidegate_model::columns::NULL;
use tidegate_model::span::MINUTE_US;
use tidegate_store::summary::Piece;

use super::super::{Buckets, Metric, Window};
use super::By;
use super::shard::{Place, Sum};

/// Shards that groups fall into.
pub(super) const N_SHARDS: usize = 8;

/// Which slot of its group a row is in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slots {
    /// All are in this one.
    One(i32),
    /// That of the bucket of its time.
    Buckets(Buckets),
}

/// What a piece adds to a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) hash: u64,
    /// The position of its value, or [`NULL`].
    pub(super) value: u32,
    pub(super) place: Place,
    pub(super) sum: Sum,
}

/// A group within a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Local {
    /// The position of its value, or [`NULL`].
    pub(super) value: u32,
    pub(super) way: u32,
}

/// The groups of a piece.
pub(super) struct Locals {
    pub(super) groups: Vec<Local>,
    /// The group of each pair of value and way; [`NULL`] for those that do not pass.
    of_pairs: Vec<u32>,
}

impl Locals {
    /// Returns the groups that the pairs which pass are in.
    pub(super) fn new(by: &By, piece: &Piece, passing: &[bool]) -> Self {
        let ways: Vec<u32> = piece.ways.iter().map(|it| by.way(it)).collect();
        let mut groups: Vec<Local> = Vec::new();
        // Pairs of one value lie together: the group of each way, where the present value has it.
        let mut lately: Vec<(u32, u32)> = Vec::new();
        let mut of_pairs = Vec::with_capacity(piece.pairs.len());
        for ((value, way), passes) in piece.pairs.iter().zip(passing) {
            if !passes {
                of_pairs.push(NULL);
                continue;
            }
            let value = if by.has_value { *value } else { NULL };
            let group = Local { value, way: ways[*way as usize] };
            if groups.last().is_none_or(|it| it.value != value) {
                lately.clear();
            }
            let known = lately.iter().find(|it| it.0 == group.way).map(|it| it.1);
            of_pairs.push(known.unwrap_or_else(|| {
                let index = u32::try_from(groups.len()).unwrap_or(NULL);
                groups.push(group);
                lately.push((group.way, index));
                index
            }));
        }
        Self { groups, of_pairs }
    }

    /// Tells the group and the minute of each row that passes and lies in the windows.
    pub(super) fn each_row(
        &self,
        piece: &Piece,
        windows: &[Window],
        mut tell: impl FnMut(usize, usize, i64),
    ) {
        let windows: Vec<(i64, i64)> = windows
            .iter()
            .map(|it| (it.from_us.div_euclid(MINUTE_US), it.until_us.div_euclid(MINUTE_US)))
            .collect();
        for (row, (pair, minute)) in piece.pair_of.iter().zip(&piece.minutes).enumerate() {
            let (group, minute) = (self.of_pairs[*pair as usize], i64::from(*minute));
            let is_in = |it: &(i64, i64)| minute >= it.0 && minute < it.1;
            if group != NULL && windows.iter().any(is_in) {
                tell(row, group as usize, minute * MINUTE_US);
            }
        }
    }
}

/// Returns what the rows of a piece add up to, by shard.
pub(super) fn entries(
    by: &By,
    (piece, locals): (&Piece, &Locals),
    windows: &[Window],
    (slots, metric): (Slots, Metric),
) -> Vec<Vec<Entry>> {
    let amounts = amounts(piece, metric);
    let records = piece.flows.values();
    let mut shards: Vec<Vec<Entry>> = vec![Vec::new(); N_SHARDS];
    // The slot that each group is in at present, and what it has come to there.
    let mut open: Vec<Option<(i32, Sum)>> = vec![None; locals.groups.len()];
    let mut close = |group: Local, slot: i32, sum: Sum| {
        let text = value(piece, group.value);
        let hash = by.hash(text, group.way);
        let place = Place { way: group.way, slot };
        shards[shard_of(hash)].push(Entry { hash, value: group.value, place, sum });
    };
    locals.each_row(piece, windows, |row, group, at_us| {
        let slot = slots.of(at_us);
        let sum = Sum { amount: amounts[row], n: records[row] };
        match &mut open[group] {
            Some((other, all)) if *other == slot => all.add(sum),
            other => {
                if let Some((slot, sum)) = other.replace((slot, sum)) {
                    close(locals.groups[group], slot, sum);
                }
            }
        }
    });
    for (group, last) in locals.groups.iter().zip(open) {
        if let Some((slot, sum)) = last {
            close(*group, slot, sum);
        }
    }
    shards
}

impl Slots {
    fn of(self, at_us: i64) -> i32 {
        match self {
            Self::One(slot) => slot,
            Self::Buckets(it) => {
                let bucket = (at_us - it.origin_us).div_euclid(it.length_us.max(1));
                i32::try_from(bucket).unwrap_or(i32::MAX)
            }
        }
    }
}

/// Returns the shard of a hash.
pub(super) fn shard_of(hash: u64) -> usize {
    // Tables use the lower bits.
    usize::try_from(hash >> 32).unwrap_or_default() % N_SHARDS
}

/// Returns the text at a position of a piece.
pub(super) fn value(piece: &Piece, id: u32) -> Option<&str> {
    (id != NULL).then(|| piece.values.value(id as usize))
}

/// Returns what is added up of a piece.
pub(super) fn amounts(piece: &Piece, metric: Metric) -> &[i64] {
    match metric {
        Metric::Bytes => piece.bytes.values(),
        Metric::Packets => piece.packets.values(),
        Metric::Flows | Metric::Connections => piece.flows.values(),
    }
}
