//! Adds up what the summaries beside the data files hold.
//!
//! A question of one dimension over a month is a million rows of summaries. They lie in the order of
//! their values, so a value is looked at once for all its rows: the filter is asked for values rather
//! than rows ([`sieve`]), rows of a file are added up by number ([`piece`]), and only what a file comes
//! to for each group is looked up by its text ([`shard`]). Files are worked on side by side
//! ([`scan`]), and what was read of them is kept for the next question ([`shelf`]).

mod by;
mod groups;
mod piece;
mod scan;
mod series;
mod shard;
mod shelf;
mod sieve;

use tidegate_store::summary::Part;

use super::relation::{Relation, key_names};
use super::{Buckets, Dimension, Window};

pub(super) use by::By;
pub(super) use groups::Groups;
pub(super) use piece::Slots;
pub(super) use scan::{Asked, Scan};
pub(super) use shelf::Shelf;

/// Columns that every row of a summary has: the way of its records.
pub(super) const WAYS: [&str; 3] = ["action", "direction", "initiator"];

/// What of a question the summaries answer.
#[derive(Clone, Debug)]
pub(super) struct Covered {
    /// The dimension that its filter and groups need, if any.
    pub(super) field: Option<Dimension>,
    /// What the sums of the dimension are put together from.
    pub(super) parts: Vec<Part>,
    /// The windows that each grain answers.
    pub(super) of_grain: Vec<(&'static str, Vec<Window>)>,
}

/// Returns the statement for groups of records: keys, slot, amount, number of records.
pub(super) fn statement(relation: &Relation, n_keys: usize, slots: Slots) -> String {
    let names = key_names(n_keys);
    let slot = match slots {
        Slots::One(slot) => format!("CAST({slot} AS BIGINT)"),
        Slots::Buckets(Buckets { origin_us, length_us, .. }) => {
            format!("(CAST(at AS BIGINT) - ({origin_us})) / {length_us}")
        }
    };
    format!(
        "SELECT {names}, s, sum(amount) AS amount, count(*) AS n \
         FROM (SELECT {names}, {slot} AS s, amount FROM {}) GROUP BY {names}, s",
        relation.sql()
    )
}
