//! Runs questions: statements, and what their rows come to.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};

use futures::TryStreamExt as _;
use tidegate_store::Snapshot;
use tokio::sync::OnceCell;

use super::kept::{self, Kept};
use super::question::Question;
use super::ranking::{self, Ranker, Ranking};
use super::relation::Relation;
use super::series::{self, REST, Series};
use super::{Buckets, Dimension, Key, Window, summary};
use crate::limit::Bounds;
use crate::reading::{Progress, Reading};
use crate::{Answer, Engine, Result};

/// Where an answer came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Nothing was read.
    #[default]
    None,
    /// Raw records alone.
    Rows,
    /// Summaries alone.
    Summary,
    /// Summaries, and raw records for the edges or for files without a summary.
    Both,
    /// The same question was asked before, of the same version of the lake.
    Cache,
}

impl Source {
    /// Returns where two parts of an answer came from together.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, one) | (one, Self::None) => one,
            (one, same) if one == same => one,
            _ => Self::Both,
        }
    }
}

/// One run of a question: what it may take, what it reads.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What each of its statements may take.
    bounds: Bounds,
    readings: Arc<Mutex<Vec<Reading>>>,
    /// The version of the lake that all statements of the run read.
    snapshot: Arc<OnceCell<Arc<Snapshot>>>,
}

impl Run {
    /// Returns a run whose statements may each take so much.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Returns what its statements have read so far.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut progress = Progress::default();
        for reading in self.readings.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            progress.add(reading.progress());
        }
        progress.version = self.snapshot.get().map(|it| it.version).or(progress.version);
        progress
    }

    /// Notes a statement that begins to read for this run.
    pub fn note(&self, reading: &Reading) {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings.push(reading.clone());
    }
}

/// What something comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// In the window.
    pub value: i64,
    /// Bucket by bucket.
    pub series: Option<Vec<i64>>,
    /// In the window that is compared with.
    pub previous: Option<i64>,
    /// In that window, bucket by bucket.
    pub previous_series: Option<Vec<i64>>,
}

/// A group on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// A value for each dimension.
    pub keys: Vec<Key>,
    /// What it comes to.
    pub amount: Amount,
}

/// Several groups together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// How many groups.
    pub n_groups: u64,
    /// What they come to.
    pub amount: Amount,
}

/// The answer to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// The groups on top, the largest first.
    pub top: Vec<Ranked>,
    /// All other groups; `None` if there is none.
    pub other: Option<Rest>,
    /// All groups.
    pub total: Rest,
    /// Where it came from.
    pub source: Source,
}

/// Answers questions with an engine.
#[derive(Debug)]
pub struct Explorer {
    pub(super) engine: Arc<Engine>,
    pub(super) kept: Kept,
}

impl Explorer {
    /// Returns an explorer over the lake of `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine, kept: Kept::default() }
    }

    /// Answers a question.
    ///
    /// # Errors
    ///
    /// As of any statement: limits, and what is wrong with the lake.
    pub async fn explore(&self, question: &Question, run: &Run) -> Result<Explored> {
        let version = self.snapshot(run).await?.version;
        let key = (version, kept::key("explore", question));
        if let Some(explored) = self.kept.explored.get(&key) {
            return Ok(Explored { source: Source::Cache, ..explored.as_ref().clone() });
        }
        let explored = self.answer(question, run).await?;
        self.kept.explored.insert(key, Arc::new(explored.clone()));
        Ok(explored)
    }

    /// Answers a question that was not asked before.
    async fn answer(&self, question: &Question, run: &Run) -> Result<Explored> {
        let mut explored = Explored::default();
        let mut ranking = None;
        if !question.by.is_empty() {
            let (found, source) = self.rank(question, &question.by, run).await?;
            explored.source = source;
            ranking = Some(found);
        }
        let top = ranking.iter().flat_map(|it| &it.top);
        let keys: Vec<Vec<Key>> = top.map(|it| it.1.clone()).collect();
        let mut sums = Sums { question, explorer: self, keys: &keys, run, source: explored.source };
        let n_top = keys.len();
        let parts = match &ranking {
            // The ranking added up every group already.
            Some(ranking) if question.buckets.is_none() && question.metric.is_additive() => {
                Parts::of_ranking(ranking)
            }
            _ => sums.of(question.window, question.buckets).await?,
        };
        let compared = match question.compared {
            None => None,
            Some(window) => {
                let by_us = question.window.from_us - window.from_us;
                let buckets = question.buckets.map(|it| it.moved(by_us));
                Some(sums.of(window, buckets).await?)
            }
        };
        explored.source = sums.source;
        let amount = |index: Index| parts.amount(index, compared.as_ref());
        explored.total.amount = amount(Index::Total);
        explored.total.n_groups = ranking.as_ref().map_or(1, |it| it.n_groups);
        let Some(Ranking { top, n_groups, .. }) = ranking else { return Ok(explored) };
        for (index, (Reverse(value), keys)) in top.into_iter().enumerate() {
            let amount = Amount { value, ..amount(Index::Group(index)) };
            explored.top.push(Ranked { keys, amount });
        }
        let n_rest = n_groups.saturating_sub(n_top as u64);
        explored.other =
            (n_rest > 0).then(|| Rest { n_groups: n_rest, amount: amount(Index::Rest) });
        Ok(explored)
    }

    /// Returns the largest groups by `by`, and where that came from.
    pub(super) async fn rank(
        &self,
        question: &Question,
        by: &[Dimension],
        run: &Run,
    ) -> Result<(Ranking, Source)> {
        let version = self.snapshot(run).await?.version;
        let asked = Question { by: by.to_vec(), buckets: None, compared: None, ..question.clone() };
        let key = (version, kept::key("rank", &asked));
        if let Some(ranking) = self.kept.rankings.get(&key) {
            return Ok((ranking.as_ref().clone(), Source::Cache));
        }
        let (ranking, source) = self.rank_anew(question, by, run).await?;
        self.kept.rankings.insert(key, Arc::new(ranking.clone()));
        Ok((ranking, source))
    }

    async fn rank_anew(
        &self,
        question: &Question,
        by: &[Dimension],
        run: &Run,
    ) -> Result<(Ranking, Source)> {
        let (relation, source) = self.relation(question, by, (question.window, None), run).await?;
        let sql = ranking::statement(&relation, by.len(), question.metric);
        let mut answer = self.statement(&sql, run).await?;
        let mut ranker = Ranker::new(by, question.limit);
        while let Some(batch) = answer.batches.try_next().await? {
            ranker.add(&batch)?;
        }
        Ok((ranker.finish(), source))
    }

    /// Returns the version of the lake that a run reads.
    pub(super) async fn snapshot(&self, run: &Run) -> Result<Arc<Snapshot>> {
        run.snapshot.get_or_try_init(|| self.engine.newest()).await.cloned()
    }

    /// Begins a statement of a run.
    pub(super) async fn statement(&self, sql: &str, run: &Run) -> Result<Answer> {
        let snapshot = self.snapshot(run).await?;
        let answer = self.engine.run_at(sql, run.bounds, snapshot).await?;
        run.note(&answer.reading);
        Ok(answer)
    }

    /// Returns the rows that a question adds up in a window, and where they come from.
    pub(super) async fn relation(
        &self,
        question: &Question,
        by: &[Dimension],
        (window, buckets): (Window, Option<Buckets>),
        run: &Run,
    ) -> Result<(Relation, Source)> {
        let coverage = summary::coverage(&self.snapshot(run).await?.files, window);
        let summed = summary::relation(question, by, window, buckets, coverage);
        Ok(summed.unwrap_or_else(|| (Relation::of_records(question, by, window), Source::Rows)))
    }

    async fn series(
        &self,
        relation: &Relation,
        keys: &[Vec<Key>],
        buckets: Buckets,
        (question, run): (&Question, &Run),
    ) -> Result<Series> {
        let sql = series::statement(relation, keys, buckets, question.metric);
        let mut answer = self.statement(&sql, run).await?;
        let mut series = Series::new(buckets.n);
        while let Some(batch) = answer.batches.try_next().await? {
            series.add(&batch)?;
        }
        Ok(series)
    }
}

/// Which part of an answer.
#[derive(Clone, Copy, Debug)]
enum Index {
    Group(usize),
    Rest,
    Total,
}

/// Adds up the groups on top, the rest and everything.
struct Sums<'a> {
    question: &'a Question,
    explorer: &'a Explorer,
    keys: &'a [Vec<Key>],
    run: &'a Run,
    source: Source,
}

/// What the groups, the rest and everything come to in one window.
struct Parts {
    /// Over the whole window.
    whole: Series,
    /// Everything over the whole window.
    whole_total: Vec<i64>,
    /// Bucket by bucket, with everything.
    over_time: Option<(Series, Vec<i64>)>,
}

impl Sums<'_> {
    async fn of(&mut self, window: Window, buckets: Option<Buckets>) -> Result<Parts> {
        let over_time = match buckets {
            Some(buckets) => Some(self.series(window, buckets).await?),
            None => None,
        };
        let whole =
            Buckets { length_us: window.length_us().max(1), origin_us: window.from_us, n: 1 };
        let is_additive = self.question.metric.is_additive();
        let (whole, whole_total) = match &over_time {
            Some((series, total)) if is_additive => (series.clone(), total.clone()),
            _ => self.series(window, whole).await?,
        };
        Ok(Parts { whole, whole_total, over_time })
    }

    /// Returns the groups and the rest over time, and everything.
    async fn series(&mut self, window: Window, buckets: Buckets) -> Result<(Series, Vec<i64>)> {
        let context = (self.question, self.run);
        let parts = Some(buckets).filter(|it| it.n > 1);
        let (explorer, question) = (self.explorer, self.question);
        let (relation, source) =
            explorer.relation(question, &question.by, (window, parts), self.run).await?;
        self.source = self.source.and(source);
        let series = self.explorer.series(&relation, self.keys, buckets, context).await?;
        if self.question.metric.is_additive() || self.question.by.is_empty() {
            let total = series.total();
            return Ok((series, total));
        }
        let (relation, _) = explorer.relation(question, &[], (window, parts), self.run).await?;
        let total = self.explorer.series(&relation, &[], buckets, context).await?.total();
        Ok((series, total))
    }
}

impl Parts {
    /// Returns the groups of a ranking, of which all are known, and the rest of them.
    fn of_ranking(ranking: &Ranking) -> Self {
        let mut whole = Series::new(1);
        let mut rest = ranking.total;
        for (index, (Reverse(amount), _)) in (0_i64..).zip(&ranking.top) {
            whole.put(index, 0, *amount);
            rest = rest.saturating_sub(*amount);
        }
        whole.put(REST, 0, rest);
        Self { whole, whole_total: vec![ranking.total], over_time: None }
    }

    fn amount(&self, index: Index, compared: Option<&Self>) -> Amount {
        Amount {
            value: self.value(index),
            series: self.series(index),
            previous: compared.map(|it| it.value(index)),
            previous_series: compared.and_then(|it| it.series(index)),
        }
    }

    fn value(&self, index: Index) -> i64 {
        pick(&self.whole, &self.whole_total, index).iter().sum()
    }

    fn series(&self, index: Index) -> Option<Vec<i64>> {
        let (series, total) = self.over_time.as_ref()?;
        Some(pick(series, total, index))
    }
}

fn pick(series: &Series, total: &[i64], index: Index) -> Vec<i64> {
    match index {
        Index::Group(index) => series.of(i64::try_from(index).unwrap_or(i64::MAX)),
        Index::Rest => series.of(REST),
        Index::Total => total.to_vec(),
    }
}
