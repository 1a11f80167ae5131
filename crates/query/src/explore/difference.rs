//! What is different here: how the shares of a field's values differ inside a span and outside it.

use std::collections::BTreeMap;

use super::question::Question;
use super::{Dimension, Explorer, Facet, Key, Run, Source, Window};
use crate::Result;

/// Values of a field that are compared one by one; the rest is one value.
const VALUES_COMPARED: usize = 200;

/// Values that an answer has for each field.
const VALUES_SHOWN: usize = 6;

/// A field whose shares differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field.
    pub dimension: Dimension,
    /// How much, from 0 (the same shares) to 1 (nothing in common).
    pub score: f64,
    /// The values that differ most: share inside, share outside.
    pub values: Vec<(Key, f64, f64)>,
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
        let limit = VALUES_COMPARED;
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
    let mut values: BTreeMap<&Key, (i64, i64)> = BTreeMap::new();
    for (key, amount) in &within.top {
        values.entry(key).or_default().0 = *amount;
    }
    for (key, amount) in &all.top {
        values.entry(key).or_default().1 = *amount;
    }
    let n_outside = all.total - within.total;
    let mut shares: Vec<(Key, f64, f64)> = values
        .into_iter()
        // A value that is among the first only within the span is compared with that alone.
        .map(|(key, (inside, all))| {
            let outside = (all - inside).max(0);
            (key.clone(), share(inside, within.total), share(outside, n_outside))
        })
        .collect();
    let score = shares.iter().map(|it| (it.1 - it.2).abs()).sum::<f64>() / 2.0;
    shares.sort_by(|a, b| (b.1 - b.2).abs().total_cmp(&(a.1 - a.2).abs()));
    shares.truncate(VALUES_SHOWN);
    Difference { dimension: within.dimension, score: score.min(1.0), values: shares }
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown with three digits")]
fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::DimensionKind;
    use super::*;

    fn facet(values: &[(&str, i64)]) -> Facet {
        Facet {
            dimension: Dimension { name: "srcaddr", kind: DimensionKind::Text },
            top: values.iter().map(|it| (Key::Text(it.0.to_owned()), it.1)).collect(),
            n_values: values.len() as u64,
            total: values.iter().map(|it| it.1).sum(),
        }
    }

    fn check(within: &[(&str, i64)], all: &[(&str, i64)], score: f64, first: &str) {
        let difference = difference(&facet(within), &facet(all));
        assert!((difference.score - score).abs() < 1e-9, "{}", difference.score);
        assert_eq!(difference.values[0].0.to_string(), first);
    }

    #[test]
    fn shares_inside_and_outside_are_compared() {
        check(&[("a", 10)], &[("a", 10), ("b", 90)], 1.0, "a");
        check(&[("a", 5), ("b", 5)], &[("a", 10), ("b", 10)], 0.0, "a");
        check(&[("a", 8), ("b", 2)], &[("a", 13), ("b", 7)], 0.3, "a");
    }
}
