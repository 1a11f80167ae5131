//! What is different here: how the shares of a field's values differ inside a span and outside it.

use std::collections::{BTreeSet, HashMap};

use super::question::Question;
use super::{Dimension, Explorer, Facet, Key, Run, Source, Window};
use crate::Result;

/// Values of a field, the largest within the span and the largest of the window, that are compared one
/// by one; the rest is one value.
const VALUES_COMPARED: usize = 200;

/// Values whose amounts are known: what is large within the span may be small in the window.
const VALUES_KNOWN: usize = 4_000;

/// Values that an answer has for each field.
const VALUES_SHOWN: usize = 6;

/// A field whose shares differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field.
    pub dimension: Dimension,
    /// How much, from 0 (the same shares) to 1 (nothing in common).
    pub score: f64,
    /// The values that differ most.
    pub values: Vec<(Key, Shares)>,
    /// All others together.
    pub other: Shares,
}

/// Shares of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Within the span, 0 to 1.
    pub inside: f64,
    /// In the rest of the window, 0 to 1.
    pub outside: f64,
}

impl Explorer {
    /// Returns the fields in the order in which they tell `inside` from the rest of the window, and
    /// where that came from.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn differences(
        &self,
        question: &Question,
        inside: Window,
        dimensions: &[Dimension],
        run: &Run,
    ) -> Result<(Vec<Difference>, Source)> {
        let limit = VALUES_KNOWN;
        let asked = Question { limit, window: inside, ..question.clone() };
        let (within, source) = self.facets(&asked, dimensions, run).await?;
        let asked = Question { limit, ..question.clone() };
        let (all, other) = self.facets(&asked, dimensions, run).await?;
        let mut differences: Vec<Difference> =
            within.iter().zip(&all).map(|(within, all)| difference(within, all)).collect();
        differences.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok((differences, source.and(other)))
    }
}

/// Compares the values within a span with those of the whole window.
fn difference(within: &Facet, all: &Facet) -> Difference {
    let mut rest = Amounts { inside: within.total, outside: (all.total - within.total).max(0) };
    let whole = rest;
    let mut compared: Vec<(Key, Amounts)> = amounts(within, all);
    for (_, amounts) in &compared {
        rest.take(*amounts);
    }
    let differs = |it: &Amounts| it.shares(whole).differs();
    let score: f64 = compared.iter().map(|it| differs(&it.1)).sum();
    let score = f64::midpoint(score, differs(&rest));
    compared.sort_by(|a, b| differs(&b.1).total_cmp(&differs(&a.1)));
    let mut other = whole;
    let values = compared.into_iter().take(VALUES_SHOWN).map(|(key, amounts)| {
        other.take(amounts);
        (key, amounts.shares(whole))
    });
    let values = values.collect();
    let (dimension, other) = (within.dimension, other.shares(whole));
    Difference { dimension, score: score.min(1.0), values, other }
}

/// What a value comes to.
#[derive(Clone, Copy, Debug)]
struct Amounts {
    inside: i64,
    outside: i64,
}

impl Amounts {
    fn take(&mut self, part: Self) {
        self.inside -= part.inside;
        self.outside -= part.outside;
    }

    fn shares(self, whole: Self) -> Shares {
        Shares {
            inside: share(self.inside, whole.inside),
            outside: share(self.outside, whole.outside),
        }
    }
}

impl Shares {
    fn differs(self) -> f64 {
        (self.inside - self.outside).abs()
    }
}

/// Returns the amounts of the largest values, as far as they are known inside and outside.
fn amounts(within: &Facet, all: &Facet) -> Vec<(Key, Amounts)> {
    let (inside, whole) = (Known::of(within), Known::of(all));
    let largest = [within, all].into_iter().flat_map(|it| it.top.iter().take(VALUES_COMPARED));
    let largest: BTreeSet<&Key> = largest.map(|it| &it.0).collect();
    let amounts = largest.into_iter().filter_map(|key| {
        let inside = inside.amount(key)?;
        let outside = (whole.amount(key)? - inside).max(0);
        Some((key.clone(), Amounts { inside, outside }))
    });
    amounts.collect()
}

/// The amounts of a facet by value.
struct Known<'a> {
    amounts: HashMap<&'a Key, i64>,
    /// Whether there are no others.
    is_whole: bool,
}

impl<'a> Known<'a> {
    fn of(facet: &'a Facet) -> Self {
        let amounts: HashMap<&Key, i64> = facet.top.iter().map(|it| (&it.0, it.1)).collect();
        let is_whole = amounts.len() as u64 >= facet.n_values;
        Self { amounts, is_whole }
    }

    fn amount(&self, key: &Key) -> Option<i64> {
        self.amounts.get(key).copied().or_else(|| self.is_whole.then_some(0))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown with three digits")]
fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::DimensionKind;
    use super::*;

    fn facet(values: &[(String, i64)], n_known: usize) -> Facet {
        let mut values = values.to_vec();
        values.sort_by_key(|it| std::cmp::Reverse(it.1));
        let top = values.iter().take(n_known);
        Facet {
            dimension: Dimension { name: "srcaddr", kind: DimensionKind::Text },
            top: top.map(|it| (Key::Text(it.0.clone()), it.1)).collect(),
            n_values: values.len() as u64,
            total: values.iter().map(|it| it.1).sum(),
        }
    }

    /// Compares, and checks that the shares of what is told add up to everything.
    fn compare(within: &[(String, i64)], all: &[(String, i64)], n_known: usize) -> Difference {
        let difference = difference(&facet(within, n_known), &facet(all, n_known));
        for share in [|it: &Shares| it.inside, |it: &Shares| it.outside] {
            let shown: f64 = difference.values.iter().map(|it| share(&it.1)).sum();
            let sum = shown + share(&difference.other);
            assert!((sum - 1.0).abs() < 1e-9 || sum == 0.0, "{difference:?}");
        }
        difference
    }

    fn check(within: &[(&str, i64)], all: &[(&str, i64)], score: f64, first: &str) {
        let owned = |it: &[(&str, i64)]| {
            it.iter().map(|it| (it.0.to_owned(), it.1)).collect::<Vec<(String, i64)>>()
        };
        let difference = compare(&owned(within), &owned(all), VALUES_KNOWN);
        assert!((difference.score - score).abs() < 1e-9, "{}", difference.score);
        assert_eq!(difference.values[0].0.to_string(), first);
    }

    #[test]
    fn shares_inside_and_outside_are_compared() {
        check(&[("a", 10)], &[("a", 10), ("b", 90)], 1.0, "a");
        check(&[("a", 5), ("b", 5)], &[("a", 10), ("b", 10)], 0.0, "a");
        check(&[("a", 8), ("b", 2)], &[("a", 13), ("b", 7)], 0.3, "a");
    }

    #[test]
    fn what_is_too_much_to_be_compared_is_one_value() {
        // A thousand values with the same shares, one that is only inside, one only outside.
        let many = |n: i64| (0..1_000).map(move |it| (format!("v{it:04}"), n));
        let only = |name: &str, n: i64| std::iter::once((name.to_owned(), n));
        let within: Vec<_> = many(3).chain(only("inside", 1_000)).collect();
        let all: Vec<_> =
            many(6).chain(only("inside", 1_000)).chain(only("outside", 1_000)).collect();
        for n_known in [VALUES_KNOWN, 1_001, 400] {
            let difference = compare(&within, &all, n_known);
            assert!((difference.score - 0.25).abs() < 1e-9, "{n_known}: {}", difference.score);
            assert_eq!(difference.values[0].0.to_string(), "inside", "{n_known}");
        }
        // Nothing is told of values of which only one amount is known.
        let difference = compare(&within, &all, 1);
        assert_eq!(difference.values[0].0.to_string(), "inside");
        assert_eq!(difference.values.len(), 1, "{difference:?}");
    }
}
