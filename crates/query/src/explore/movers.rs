//! What moved: the groups whose amounts differ most from those of another window.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::question::Question;
use super::{Explored, Explorer, Key, Run, Source, Window};
use crate::Result;

/// Groups that are looked at on each side. What is in neither list moved less than the last of
/// them.
const LARGEST: usize = 100;

/// A group and its amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// A value for each dimension.
    pub keys: Vec<Key>,
    /// What it comes to now.
    pub value: i64,
    /// What it came to then.
    pub previous: i64,
}

/// What moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// The groups, what moved most first.
    pub movers: Vec<Mover>,
    /// What all groups come to now.
    pub total: i64,
    /// What they came to then.
    pub previous: i64,
    /// Where it came from.
    pub source: Source,
}

impl Explorer {
    /// Returns the groups of `question` that moved most since the window `before`: those that are
    /// large now, and those that were. Its buckets and what it compares with are not used.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn movers(&self, question: &Question, before: Window, run: &Run) -> Result<Moved> {
        let side = |window, compared| Question {
            window,
            compared: Some(compared),
            buckets: None,
            limit: LARGEST,
            ..question.clone()
        };
        let now = self.explore(&side(question.window, before), run).await?;
        let then = self.explore(&side(before, question.window), run).await?;
        Ok(moved(now, then, question.limit))
    }
}

fn moved(now: Explored, then: Explored, limit: usize) -> Moved {
    let total = now.total.amount.value;
    let previous = then.total.amount.value;
    let source = now.source.and(then.source);
    let mut amounts: BTreeMap<Vec<Key>, (i64, i64)> = BTreeMap::new();
    for it in now.top {
        amounts.insert(it.keys, (it.amount.value, it.amount.previous.unwrap_or_default()));
    }
    for it in then.top {
        amounts.insert(it.keys, (it.amount.previous.unwrap_or_default(), it.amount.value));
    }
    let movers = amounts.into_iter().filter(|(_, (value, previous))| value != previous);
    let movers = movers.map(|(keys, (value, previous))| Mover { keys, value, previous });
    let mut movers: Vec<Mover> = movers.collect();
    // Of equals the smaller key comes first.
    movers.sort_by_key(|it| Reverse(it.value.abs_diff(it.previous)));
    movers.truncate(limit);
    Moved { movers, total, previous, source }
}

#[cfg(test)]
mod tests {
    use super::super::{Amount, Ranked, Rest};
    use super::*;

    /// One side of the comparison: names with their amounts here and there.
    fn side(groups: &[(&str, i64, i64)]) -> Explored {
        let amount = |value, previous| Amount { value, previous, ..Amount::default() };
        let top = groups.iter().map(|it| Ranked {
            keys: vec![Key::Text(it.0.to_owned())],
            amount: amount(it.1, Some(it.2)),
        });
        let value = groups.iter().map(|it| it.1).sum();
        let total = Rest { n_groups: groups.len() as u64, amount: amount(value, None) };
        Explored { top: top.collect(), total, ..Explored::default() }
    }

    fn check(now: &[(&str, i64, i64)], then: &[(&str, i64, i64)], expected: &str) {
        let moved = moved(side(now), side(then), 3);
        let text = |it: &Mover| format!("{} {}<-{}", it.keys[0], it.value, it.previous);
        let told = moved.movers.iter().map(text).collect::<Vec<_>>().join(", ");
        assert_eq!(told, expected);
    }

    #[test]
    fn what_moved_most_comes_first_though_it_is_not_large_any_more() {
        check(&[("a", 90, 80), ("b", 50, 50)], &[("c", 70, 1), ("a", 80, 90)], "c 1<-70, a 90<-80");
        check(&[("new", 9, 0)], &[("gone", 9, 0)], "gone 0<-9, new 9<-0");
        let many = [("a", 1, 0), ("b", 2, 0), ("c", 3, 0), ("d", 4, 0)];
        check(&many, &[], "d 4<-0, c 3<-0, b 2<-0");
        check(&[], &[], "");
    }
}
