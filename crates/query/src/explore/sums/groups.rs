//! Every group of a question, with its sum.

use std::sync::Arc;

use arrow::array::{Array as _, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;
use futures::{StreamExt as _, TryStreamExt as _};

use super::super::ranking::{Ranker, failed};
use super::By;
use super::piece::{Entry, Locals, N_SHARDS, Slots, entries, shard_of, value};
use super::scan::{Asked, Found, Scan};
use super::shard::{Place, Shard, Sum};
use crate::workers::Hands;
use crate::{Answer, Result};

/// Files whose entries are held together before they are added to the groups.
const FILES_AT_ONCE: usize = 16;

/// Every group of a question.
#[derive(Debug)]
pub(crate) struct Groups {
    by: Arc<By>,
    shards: Vec<Shard>,
    /// The memory that they take, of what all questions may have together; and how much that is.
    memory: (MemoryReservation, usize),
}

/// What a part of a file's summary adds: for each piece, by shard.
struct Batch {
    found: Found,
    of_pieces: Vec<Vec<Vec<Entry>>>,
}

impl Groups {
    /// Returns no groups yet, and what takes memory for them.
    pub(crate) fn new(by: Arc<By>, memory: (MemoryReservation, usize)) -> Self {
        let shards = (0..N_SHARDS).map(|_| Shard::default()).collect();
        Self { by, shards, memory }
    }

    /// Returns what groups are made of.
    pub(crate) fn by(&self) -> &Arc<By> {
        &self.by
    }

    /// Adds what summaries hold.
    pub(crate) async fn add_summaries(&mut self, scan: &Scan, slots: Slots) -> Result<()> {
        let parts = scan.each(move |asked, found| batch(asked, found, slots));
        let mut parts = parts.try_chunks(FILES_AT_ONCE);
        while let Some(batches) = parts.next().await {
            let batches = batches.map_err(|it| it.1)?;
            self.add(batches.into_iter().flatten().collect(), &scan.hands).await?;
        }
        Ok(())
    }

    /// Adds what files hold, each shard on its own.
    async fn add(&mut self, batches: Vec<Batch>, hands: &Hands) -> Result<()> {
        let batches: Arc<[Batch]> = batches.into();
        let shards = std::mem::take(&mut self.shards).into_iter().enumerate();
        let tasks = shards.map(|it| {
            let batches = Arc::clone(&batches);
            hands.run(async move { Ok(added(it, &batches)) })
        });
        self.shards = futures::future::try_join_all(tasks).await?;
        self.check_memory()
    }

    fn check_memory(&mut self) -> Result<()> {
        let n_bytes = self.shards.iter().map(Shard::size).sum();
        let (memory, limit_bytes) = &mut self.memory;
        let failed = |it: DataFusionError| crate::error::from_engine(&it, *limit_bytes);
        memory.try_resize(n_bytes).map_err(failed)
    }

    /// Adds the rows of a statement: keys, slot, amount, number of records.
    pub(crate) async fn add_statement(&mut self, mut answer: Answer, n_keys: usize) -> Result<()> {
        while let Some(batch) = answer.batches.try_next().await? {
            self.add_rows(&batch, n_keys)?;
            self.check_memory()?;
        }
        Ok(())
    }

    fn add_rows(&mut self, batch: &RecordBatch, n_keys: usize) -> Result<()> {
        let to = |at: usize, data_type: DataType| {
            cast(batch.column(at), &data_type).map_err(|it| failed(&it))
        };
        let texts = (0..n_keys).map(|it| to(it, DataType::Utf8View));
        let texts = texts.collect::<Result<Vec<_>>>()?;
        let texts: Vec<_> = texts.iter().map(AsArray::as_string_view).collect();
        let numbers = (0..3).map(|it| to(n_keys + it, DataType::Int64));
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        let [slots, amounts, records] =
            [0, 1, 2].map(|it: usize| numbers[it].as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            let keys: Vec<Option<&str>> =
                texts.iter().map(|it| it.is_valid(row).then(|| it.value(row))).collect();
            let (value, way) = self.by.of_texts(&keys);
            let hash = self.by.hash(value, way);
            let amount = if amounts.is_null(row) { 0 } else { amounts.value(row) };
            let sum = Sum { amount, n: records.value(row) };
            let slot = i32::try_from(slots.value(row)).unwrap_or(i32::MAX);
            self.shards[shard_of(hash)].add(hash, value, Place { way, slot }, sum);
        }
        Ok(())
    }

    /// Tells a ranker of every group that is there.
    pub(crate) fn rank(&self, ranker: &mut Ranker) {
        for (value, place, sum) in self.all() {
            ranker.see(sum.amount, || self.by.keys(value, place.way));
        }
    }

    /// Tells a ranker of every group that is there and whose first key begins so, in small letters.
    pub(crate) fn rank_beginning(&self, ranker: &mut Ranker, prefix: &str) {
        for (value, place, sum) in self.all() {
            let text = self.by.text(value, place.way);
            if text.is_some_and(|it| it.to_lowercase().starts_with(prefix)) {
                ranker.see(sum.amount, || self.by.keys(value, place.way));
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = (Option<&str>, Place, Sum)> {
        self.shards.iter().flat_map(Shard::groups).filter(|it| it.2.n > 0)
    }

    /// Returns how many values came first in each of `n` slots from 0 on, of those that were not in
    /// a slot below 0.
    pub(crate) fn first_slots(&self, n: usize) -> Vec<i64> {
        let mut counts = vec![0; n];
        for shard in &self.shards {
            let firsts = self.firsts(shard);
            let firsts = firsts.groups().filter(|it| self.by.text(it.0, it.1.way).is_some());
            let slots = firsts.filter_map(|it| usize::try_from(it.2.amount).ok());
            slots.for_each(|slot| counts.get_mut(slot).into_iter().for_each(|it| *it += 1));
        }
        counts
    }

    /// Returns the groups of a shard, each with its first slot as its amount.
    fn firsts(&self, shard: &Shard) -> Shard {
        let mut firsts = Shard::default();
        for (value, place, _) in shard.groups().filter(|it| it.2.n > 0) {
            let first = Sum { amount: i64::from(place.slot), n: 0 };
            let hash = self.by.hash(value, place.way);
            firsts.put(hash, value, Place { slot: 0, ..place }, (first, least));
        }
        firsts
    }
}

/// Adds what files hold to the shard of this index.
fn added((index, mut shard): (usize, Shard), batches: &[Batch]) -> Shard {
    for batch in batches {
        batch.add_to(&mut shard, index);
    }
    shard
}

fn least(one: &mut Sum, other: Sum) {
    one.amount = one.amount.min(other.amount);
}

impl Batch {
    fn add_to(&self, shard: &mut Shard, index: usize) {
        for (piece, shards) in self.found.extract.pieces.iter().zip(&self.of_pieces) {
            let entries = shards[index].iter();
            entries.for_each(|it| shard.add(it.hash, value(piece, it.value), it.place, it.sum));
        }
    }
}

fn batch(asked: &Asked, found: Found, slots: Slots) -> Result<Batch> {
    let mut of_pieces = Vec::with_capacity(found.extract.pieces.len());
    for piece in &found.extract.pieces {
        let passing = asked.sieve.passing(piece, found.part)?;
        let locals = Locals::new(&asked.by, piece, &passing);
        of_pieces.push(entries(&asked.by, (piece, &locals), &found.windows, (slots, asked.metric)));
    }
    Ok(Batch { found, of_pieces })
}
