//! Answers that are kept: the same question to the same version of the lake has the same answer.

use std::sync::Arc;

use moka::sync::Cache;

use super::question::Question;
use super::ranking::Ranking;
use super::{Explored, Rest};

/// Memory for answers, about; a page of the console asks for a hundred kilobytes.
const BYTES_MAX: u64 = 32 << 20;

/// What a number, a key and what holds them take, about.
const NUMBER_BYTES: usize = 8;
const KEY_BYTES: usize = 64;

/// The version of the lake, and the question as text.
pub(super) type Asked = (u64, String);

/// Answers that are kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) explored: Cache<Asked, Arc<Explored>>,
    pub(super) rankings: Cache<Asked, Arc<Ranking>>,
}

impl Default for Kept {
    fn default() -> Self {
        let explored = Cache::builder()
            .max_capacity(BYTES_MAX)
            .weigher(|key: &Asked, it: &Arc<Explored>| weight(key.1.len() + explored_bytes(it)))
            .build();
        let rankings = Cache::builder()
            .max_capacity(BYTES_MAX)
            .weigher(|key: &Asked, it: &Arc<Ranking>| {
                weight(
                    key.1.len() + it.top.iter().map(|it| it.1.len() + 1).sum::<usize>() * KEY_BYTES,
                )
            })
            .build();
        Self { explored, rankings }
    }
}

/// Returns the question as text: equal questions have equal texts.
pub(super) fn key(kind: &str, question: &Question) -> String {
    let Question { filter, window, by, metric, limit, buckets, compared } = question;
    let by: Vec<&str> = by.iter().map(|it| it.name).collect();
    format!("{kind}\n{filter}\n{window:?} {by:?} {metric:?} {limit} {buckets:?} {compared:?}")
}

fn explored_bytes(explored: &Explored) -> usize {
    let groups = explored.top.iter().map(|it| (&it.amount, it.keys.len()));
    let rests = [explored.other.as_ref(), Some(&explored.total)];
    let rests = rests.into_iter().flatten().map(|Rest { amount, .. }| (amount, 1));
    let bytes = groups.chain(rests).map(|(amount, n_keys)| {
        let series = [&amount.series, &amount.previous_series];
        let n_numbers: usize = series.into_iter().flatten().map(Vec::len).sum();
        n_keys * KEY_BYTES + (n_numbers + 4) * NUMBER_BYTES
    });
    bytes.sum()
}

fn weight(n_bytes: usize) -> u32 {
    u32::try_from(n_bytes).unwrap_or(u32::MAX)
}
