//! How groups go over time, from summaries.

use std::collections::HashMap;

use futures::StreamExt as _;
use tidegate_model::span::MINUTE_US;
use tidegate_store::summary::{NEVER, Piece};

use super::super::series::{REST, Series};
use super::super::{Buckets, Key};
use super::By;
use super::piece::{Locals, amounts, value};
use super::scan::{Asked, Found, Scan};
use crate::Result;

/// The groups on top, by what they are made of.
#[derive(Debug, Default)]
struct Top {
    /// For each value, its ways with the index of the group.
    of_values: HashMap<String, Vec<(u32, i64)>>,
    /// The same where there is no value.
    of_null: Vec<(u32, i64)>,
}

impl Top {
    fn new(by: &By, keys: &[Vec<Key>]) -> Self {
        let mut top = Self::default();
        for (index, keys) in (0..).zip(keys) {
            let texts: Vec<Option<String>> =
                keys.iter().map(|it| (*it != Key::Null).then(|| it.to_string())).collect();
            let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            let (value, way) = by.of_texts(&texts);
            let ways = match value {
                Some(value) => top.of_values.entry(value.to_owned()).or_default(),
                None => &mut top.of_null,
            };
            ways.push((way, index));
        }
        top
    }

    fn index(&self, value: Option<&str>, way: u32) -> i64 {
        let ways = match value {
            Some(value) => self.of_values.get(value),
            None => Some(&self.of_null),
        };
        ways.into_iter().flatten().find(|it| it.0 == way).map_or(REST, |it| it.1)
    }
}

/// What a part of a file's summary adds to a group in a bucket.
type Added = Vec<(i64, usize, i64)>;

impl Scan {
    /// Adds what summaries hold, of the groups on top with these keys and of the rest.
    pub(crate) async fn add_to(
        &self,
        series: &mut Series,
        (keys, buckets): (&[Vec<Key>], Buckets),
    ) -> Result<()> {
        let top = Top::new(&self.asked.by, keys);
        let mut parts = self.each(move |asked, found| added(asked, &found, &top, buckets));
        while let Some(part) = parts.next().await {
            for (index, bucket, amount) in part?.into_iter().flatten() {
                series.put(index, bucket, amount);
            }
        }
        Ok(())
    }
}

fn added(asked: &Asked, found: &Found, top: &Top, buckets: Buckets) -> Result<Added> {
    let mut added = Added::new();
    for piece in &found.extract.pieces {
        let passing = asked.sieve.passing(piece, found.part)?;
        let locals = Locals::new(&asked.by, piece, &passing);
        let groups = locals.groups.iter();
        let indexes: Vec<i64> =
            groups.map(|it| top.index(value(piece, it.value), it.way)).collect();
        let mut distinct = indexes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let line = |it: &i64| distinct.binary_search(it).unwrap_or_default();
        let lines: Vec<usize> = indexes.iter().map(line).collect();
        let Some(span) = Span::of(piece, buckets) else { continue };
        let amounts = amounts(piece, asked.metric);
        let mut sums = vec![0_i64; distinct.len() * span.n];
        locals.each_row(piece, &found.windows, |row, group, at_us| {
            let sum = &mut sums[lines[group] * span.n + span.place(at_us)];
            *sum = sum.saturating_add(amounts[row]);
        });
        for (line, index) in sums.chunks(span.n).zip(&distinct) {
            let sums = (0..).zip(line).filter(|it| *it.1 != 0);
            added.extend(sums.map(|(place, sum)| (*index, span.bucket(place), *sum)));
        }
    }
    Ok(added)
}

/// The buckets that the rows of a piece lie in.
struct Span {
    buckets: Buckets,
    first: i64,
    n: usize,
}

impl Span {
    fn of(piece: &Piece, buckets: Buckets) -> Option<Self> {
        let minutes = piece.minutes.iter().filter(|it| **it != NEVER);
        let (first, last) = (minutes.clone().min()?, minutes.max()?);
        let first = number(buckets, i64::from(*first) * MINUTE_US);
        let n = number(buckets, i64::from(*last) * MINUTE_US) - first + 1;
        Some(Self { buckets, first, n: usize::try_from(n).ok()? })
    }

    /// Returns the place of a bucket in the span.
    fn place(&self, at_us: i64) -> usize {
        usize::try_from(number(self.buckets, at_us) - self.first).unwrap_or_default()
    }

    /// Returns the bucket at a place.
    fn bucket(&self, place: i64) -> usize {
        usize::try_from(self.first + place).unwrap_or(usize::MAX)
    }
}

fn number(buckets: Buckets, at_us: i64) -> i64 {
    (at_us - buckets.origin_us).div_euclid(buckets.length_us.max(1))
}
