//! Who is new: values that were not seen in the days before.

use std::sync::Arc;

use futures::TryStreamExt as _;
use tidegate_model::span::DAY_US;

use super::question::Question;
use super::relation::Relation;
use super::series::Series;
use super::{Amount, Buckets, Explored, Explorer, Rest, Run, Source, Window, kept};
use crate::Result;

/// The index of all newcomers together.
const NEW: i64 = 0;

impl Explorer {
    /// Counts the values of the question's first dimension that were seen in its window but not in
    /// `days` before it, by when they came: the total of what is returned. `None` if it names no
    /// dimension.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn newcomers(
        &self,
        question: &Question,
        buckets: Buckets,
        days: u32,
        run: &Run,
    ) -> Result<Option<Explored>> {
        let Some(dimension) = question.by.first() else { return Ok(None) };
        let version = self.snapshot(run).await?.version;
        let asked = Question { buckets: Some(buckets), ..question.clone() };
        let key = (version, kept::key(&format!("newcomers {days}"), &asked));
        if let Some(explored) = self.kept.explored.get(&key) {
            return Ok(Some(Explored { source: Source::Cache, ..explored.as_ref().clone() }));
        }
        let by = [*dimension];
        let before = Window {
            from_us: question.window.from_us.saturating_sub(i64::from(days) * DAY_US),
            until_us: question.window.from_us,
        };
        let (old, one) = self.relation(question, &by, (before, None), run).await?;
        let within = (question.window, Some(buckets));
        let (new, other) = self.relation(question, &by, within, run).await?;
        let sql = statement(&old, &new, buckets);
        let mut answer = self.statement(&sql, run).await?;
        let mut series = Series::new(buckets.n);
        while let Some(batch) = answer.batches.try_next().await? {
            series.add(&batch)?;
        }
        let explored = explored(&series.of(NEW), one.and(other));
        self.kept.explored.insert(key, Arc::new(explored.clone()));
        Ok(Some(explored))
    }
}

/// Returns the statement for newcomers by bucket: index, bucket, number.
fn statement(old: &Relation, new: &Relation, buckets: Buckets) -> String {
    let Buckets { origin_us, length_us, .. } = buckets;
    format!(
        "SELECT CAST({NEW} AS BIGINT) AS i, (first - ({origin_us})) / {length_us} AS b, \
         count(*) AS amount FROM \
         (SELECT k0, min(at_us) AS first FROM \
         (SELECT k0, CAST(at AS BIGINT) AS at_us, sum(n) AS m FROM {new} WHERE k0 IS NOT NULL \
         GROUP BY k0, at HAVING sum(n) > 0 \
         UNION ALL \
         SELECT k0, CAST(NULL AS BIGINT) AS at_us, n AS m FROM {old} WHERE k0 IS NOT NULL) GROUP BY k0 \
         HAVING coalesce(sum(m) FILTER (WHERE at_us IS NULL), 0) <= 0 AND sum(m) > 0) \
         GROUP BY 1, 2",
        new = new.sql(),
        old = old.sql(),
    )
}

fn explored(series: &[i64], source: Source) -> Explored {
    let value = series.iter().sum();
    let amount = Amount { value, series: Some(series.to_vec()), ..Amount::default() };
    let n_groups = u64::try_from(value).unwrap_or_default();
    Explored { total: Rest { n_groups, amount }, source, ..Explored::default() }
}
