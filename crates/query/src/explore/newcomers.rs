//! Who is new: values that were not seen in the days before.

use std::sync::Arc;

use tidegate_model::span::DAY_US;

use super::question::Question;
use super::sums::Slots;
use super::{Amount, Buckets, Explored, Explorer, Rest, Run, Source, Window, kept};
use crate::Result;

/// The slot of what was seen before the window.
const OLD: i32 = -1;

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
        let old = self.cut(question, &by, (before, None), run).await?;
        let new = self.cut(question, &by, (question.window, Some(buckets)), run).await?;
        let source = old.source.and(new.source);
        let asked = (question, by.as_slice());
        let mut groups = self.groups(&by);
        self.add_to(&mut groups, asked, (old, Slots::One(OLD)), run).await?;
        self.add_to(&mut groups, asked, (new, Slots::Buckets(buckets)), run).await?;
        let explored = explored(&groups.first_slots(buckets.n), source);
        self.kept.explored.insert(key, Arc::new(explored.clone()));
        Ok(Some(explored))
    }
}

fn explored(series: &[i64], source: Source) -> Explored {
    let value = series.iter().sum();
    let amount = Amount { value, series: Some(series.to_vec()), ..Amount::default() };
    let n_groups = u64::try_from(value).unwrap_or_default();
    Explored { total: Rest { n_groups, amount }, source, ..Explored::default() }
}
