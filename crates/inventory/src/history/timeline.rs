//! The facts of one thing, in the order of time.

use tidegate_model::inventory::{Fact, Validity};

use crate::Thing;

/// What looking at a thing brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is there, and was not known to be.
    Opened,
    /// It looks different from what was known.
    Changed,
    /// It is gone, and was not known to be.
    Closed,
    /// Nothing new.
    Unchanged,
}

/// Returns the fact that holds at the moment.
pub(super) fn at<T>(facts: &[Fact<T>], moment_us: i64) -> Option<&Fact<T>> {
    let index = facts.partition_point(|it| it.validity.until_us <= moment_us);
    facts.get(index).filter(|it| it.validity.contains(moment_us))
}

/// Takes in how the thing looked in `validity`, which begins with the moment of looking and ends
/// with the next one: `None` if it was not there.
pub(super) fn look<T: Thing>(
    facts: &mut Vec<Fact<T>>,
    validity: Validity,
    seen: Option<(T, &str)>,
) -> Outcome {
    let known = at(facts, validity.from_us);
    let outcome = match (known, &seen) {
        (None, None) => return Outcome::Unchanged,
        (Some(_), None) => Outcome::Closed,
        (None, Some(_)) => Outcome::Opened,
        (Some(known), Some((value, _))) if known.value.is_same(value) => Outcome::Unchanged,
        (Some(_), Some(_)) => Outcome::Changed,
    };
    if outcome == Outcome::Unchanged {
        if let Some((value, _)) = &seen {
            complete(facts, validity.from_us, value);
        }
        return outcome;
    }
    let mut after = Vec::new();
    let mut kept = Vec::new();
    for fact in facts.drain(..) {
        let rest = Fact { validity: later(fact.validity, validity.until_us), ..fact.clone() };
        let first = Fact { validity: earlier(fact.validity, validity.from_us), ..fact };
        kept.extend(Some(first).filter(|it| !is_empty(it.validity)));
        after.extend(Some(rest).filter(|it| !is_empty(it.validity)));
    }
    kept.extend(seen.map(|(value, source)| Fact { validity, source: source.to_owned(), value }));
    kept.extend(after);
    *facts = joined(kept);
    outcome
}

/// Lets the fact of the moment take over what only `value` knows; neighbours may be the same then.
fn complete<T: Thing>(facts: &mut Vec<Fact<T>>, moment_us: i64, value: &T) {
    let index = facts.partition_point(|it| it.validity.until_us <= moment_us);
    let Some(fact) = facts.get_mut(index) else { return };
    let id = fact.value.id().to_owned();
    fact.value.complete_from(value);
    if fact.value.id() != id {
        *facts = joined(std::mem::take(facts));
    }
}

/// Joins neighbours that look the same.
fn joined<T: Thing>(facts: Vec<Fact<T>>) -> Vec<Fact<T>> {
    let mut joined: Vec<Fact<T>> = Vec::with_capacity(facts.len());
    for fact in facts {
        match joined.last_mut() {
            Some(last)
                if last.validity.until_us == fact.validity.from_us
                    && last.value.is_same(&fact.value) =>
            {
                last.validity.until_us = fact.validity.until_us;
                last.value.complete_from(&fact.value);
            }
            _ => joined.push(fact),
        }
    }
    joined
}

fn earlier(validity: Validity, until_us: i64) -> Validity {
    Validity { until_us: validity.until_us.min(until_us), ..validity }
}

fn later(validity: Validity, from_us: i64) -> Validity {
    Validity { from_us: validity.from_us.max(from_us), ..validity }
}

fn is_empty(validity: Validity) -> bool {
    validity.from_us >= validity.until_us
}
