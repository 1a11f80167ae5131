//! Runs questions: statements, and what their rows come to.

use std::cmp::Reverse;
use std::sync::Arc;

use futures::TryStreamExt as _;
use tidegate_store::Snapshot;

use super::kept::{self, Kept};
use super::question::Question;
use super::ranking::{self, Ranker, Ranking};
use super::series::{self, REST, Series};
use super::summary::{self, Cut};
use super::sums::{self, Asked, By, Covered, Groups, Scan, Shelf, Slots};
use super::{Buckets, Dimension, Key, Run, Window};
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
    shelf: Shelf,
}

impl Explorer {
    /// Returns an explorer over the lake of `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine, kept: Kept::default(), shelf: Shelf::default() }
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
        let cut = self.cut(question, by, (question.window, None), run).await?;
        let source = cut.source;
        let mut ranker = Ranker::new(by, question.limit);
        match cut {
            Cut { covered: None, rest: Some(relation), .. } => {
                let sql = ranking::statement(&relation, by.len(), question.metric);
                let mut answer = self.statement(&sql, run).await?;
                while let Some(batch) = answer.batches.try_next().await? {
                    ranker.add(&batch)?;
                }
            }
            cut => {
                let mut groups = self.groups(by);
                self.add_to(&mut groups, (question, by), (cut, Slots::One(0)), run).await?;
                groups.rank(&mut ranker);
            }
        }
        Ok((ranker.finish(), source))
    }

    /// Returns no groups by these dimensions yet.
    pub(super) fn groups(&self, by: &[Dimension]) -> Groups {
        Groups::new(Arc::new(By::new(by)), self.engine.memory("groups"))
    }

    /// Adds everything that a question comes to, wherever it is, to groups.
    pub(super) async fn add_to(
        &self,
        groups: &mut Groups,
        (question, by): (&Question, &[Dimension]),
        (cut, slots): (Cut, Slots),
        run: &Run,
    ) -> Result<()> {
        if let Some(covered) = cut.covered {
            let scan = self.scan(question, covered, groups.by(), run).await?;
            run.within(groups.add_summaries(&scan, slots)).await?;
        }
        if let Some(relation) = cut.rest {
            let sql = sums::statement(&relation, by.len(), slots);
            let answer = self.statement(&sql, run).await?;
            groups.add_statement(answer, by.len()).await?;
        }
        Ok(())
    }

    /// Returns what reads the summaries that a question needs.
    async fn scan(
        &self,
        question: &Question,
        covered: Covered,
        by: &Arc<By>,
        run: &Run,
    ) -> Result<Scan> {
        let asked = Asked::new(&self.engine, question, covered, Arc::clone(by))?;
        Ok(Scan {
            asked: Arc::new(asked),
            place: self.engine.flows().await?,
            shelf: self.shelf.clone(),
            files: Arc::clone(&self.snapshot(run).await?.files),
            hands: self.engine.workers().hands(),
            run: run.clone(),
        })
    }

    /// Returns the version of the lake that a run reads.
    pub(super) async fn snapshot(&self, run: &Run) -> Result<Arc<Snapshot>> {
        run.snapshot.get_or_try_init(|| self.engine.newest()).await.cloned()
    }

    /// Begins a statement of a run.
    pub(super) async fn statement(&self, sql: &str, run: &Run) -> Result<Answer> {
        let snapshot = self.snapshot(run).await?;
        let answer = self.engine.run_at(sql, run.bounds_left(), snapshot).await;
        let answer = answer.map_err(|it| run.with_guess(it))?;
        run.note_guess(answer.reading.guess())?;
        run.note(&answer.reading);
        Ok(answer)
    }

    /// Cuts a question over a window into what summaries answer and what records must be read for.
    pub(super) async fn cut(
        &self,
        question: &Question,
        by: &[Dimension],
        (window, buckets): (Window, Option<Buckets>),
        run: &Run,
    ) -> Result<Cut> {
        let coverage = summary::coverage(&self.snapshot(run).await?.files, window);
        Ok(summary::cut(question, by, (window, buckets), coverage))
    }

    /// Returns how the groups with these keys, and the rest, go over time in a window, and where
    /// that came from.
    async fn series(
        &self,
        (question, by): (&Question, &[Dimension]),
        keys: &[Vec<Key>],
        (window, buckets): (Window, Buckets),
        run: &Run,
    ) -> Result<(Series, Source)> {
        let parts = Some(buckets).filter(|it| it.n > 1);
        let cut = self.cut(question, by, (window, parts), run).await?;
        let mut series = Series::new(buckets.n);
        if let Some(covered) = cut.covered {
            let scan = self.scan(question, covered, &Arc::new(By::new(by)), run).await?;
            run.within(scan.add_to(&mut series, (keys, buckets))).await?;
        }
        if let Some(relation) = cut.rest {
            let sql = series::statement(&relation, keys, buckets, question.metric);
            let mut answer = self.statement(&sql, run).await?;
            while let Some(batch) = answer.batches.try_next().await? {
                series.add(&batch)?;
            }
        }
        Ok((series, cut.source))
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
        let (explorer, question) = (self.explorer, self.question);
        let (span, by) = ((window, buckets), question.by.as_slice());
        let (series, source) = explorer.series((question, by), self.keys, span, self.run).await?;
        self.source = self.source.and(source);
        if question.metric.is_additive() || by.is_empty() {
            let total = series.total();
            return Ok((series, total));
        }
        let (all, _) = explorer.series((question, &[]), &[], span, self.run).await?;
        Ok((series, all.total()))
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
