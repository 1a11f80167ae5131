//! Values of a dimension that begin in some way, the most frequent first.

use futures::TryStreamExt as _;
use tidegate_filter::Filter;

use super::question::Question;
use super::ranking::Ranker;
use super::relation::Relation;
use super::summary::Cut;
use super::sums::Slots;
use super::{Dimension, Explorer, Key, Metric, Run, Source, Window};
use crate::Result;

/// The longest beginning that is looked for.
const PREFIX_CHARS_MAX: usize = 200;

impl Explorer {
    /// Returns values of `dimension`, with how many records have them, and where they came from.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn values(
        &self,
        (filter, window): (&Filter, Window),
        (dimension, prefix): (Dimension, &str),
        limit: usize,
        run: &Run,
    ) -> Result<(Vec<(Key, i64)>, Source)> {
        let by = [dimension];
        let question = Question {
            filter: filter.clone(),
            window,
            by: by.to_vec(),
            metric: Metric::Flows,
            limit,
            buckets: None,
            compared: None,
        };
        let cut = self.cut(&question, &by, (window, None), run).await?;
        let source = cut.source;
        let prefix: String = prefix.chars().take(PREFIX_CHARS_MAX).collect();
        let prefix = prefix.to_lowercase();
        let mut ranker = Ranker::new(&by, limit);
        match cut {
            Cut { covered: None, rest: Some(relation), .. } => {
                let mut answer = self.statement(&statement(&relation, &prefix), run).await?;
                while let Some(batch) = answer.batches.try_next().await? {
                    ranker.add(&batch)?;
                }
            }
            cut => {
                let mut groups = self.groups(&by);
                self.add_to(&mut groups, (&question, &by), (cut, Slots::One(0)), run).await?;
                groups.rank_beginning(&mut ranker, &prefix);
            }
        }
        let top = ranker.finish().top.into_iter();
        let values = top.filter_map(|(amount, mut keys)| Some((keys.pop()?, amount.0)));
        Ok((values.collect(), source))
    }
}

/// Returns the statement for the values of records that begin in some way.
fn statement(relation: &Relation, prefix: &str) -> String {
    format!(
        "SELECT k0, sum(amount) AS n_records FROM {} \
         WHERE k0 IS NOT NULL AND starts_with(lower(CAST(k0 AS VARCHAR)), '{}') GROUP BY k0",
        relation.sql(),
        prefix.replace('\'', "''")
    )
}
