//! Reads the summaries that a question needs, side by side.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tidegate_model::span::DAY_US;
use tidegate_store::summary::{Extract, Part};
use tidegate_store::{DataFile, Place};

use super::super::question::Question;
use super::super::{Metric, Run, Window};
use super::shelf::{File, Shelf};
use super::sieve::Sieve;
use super::{By, Covered};
use crate::workers::Hands;
use crate::{Engine, Result};

/// Files that are read side by side, beyond those that are worked on.
const N_AHEAD: usize = 8;

/// What is asked of every summary.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(super) covered: Covered,
    pub(super) sieve: Sieve,
    pub(super) by: Arc<By>,
    pub(super) metric: Metric,
}

/// What reads the summaries that a question needs.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) asked: Arc<Asked>,
    /// Where the files are.
    pub(crate) place: Place,
    pub(crate) shelf: Shelf,
    /// The files of the lake.
    pub(crate) files: Arc<[DataFile]>,
    pub(crate) hands: Hands,
    pub(crate) run: Run,
}

impl Asked {
    /// Prepares what a question asks of summaries.
    pub(crate) fn new(
        engine: &Engine,
        question: &Question,
        covered: Covered,
        by: Arc<By>,
    ) -> Result<Self> {
        let sieve = Sieve::new(engine, &question.filter, covered.field)?;
        Ok(Self { covered, sieve, by, metric: question.metric })
    }

    /// Returns the summaries of these files that may have rows of the covered windows.
    fn files(&self, files: &[DataFile]) -> Vec<File> {
        let windows: Vec<Window> =
            self.covered.of_grain.iter().flat_map(|it| it.1.iter().copied()).collect();
        let file = |it: &DataFile| {
            let (path, n_bytes) = (it.summary_path()?, it.summary_bytes?);
            Some(File { path, n_bytes, day: it.date.map(day) })
        };
        let files = files.iter().filter_map(file);
        files.filter(|file| windows.iter().any(|it| file.may_be_in(*it))).collect()
    }
}

fn day(date: NaiveDate) -> Window {
    let from_us = date.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
    Window { from_us, until_us: from_us.saturating_add(DAY_US) }
}

/// A part of a file's summary that a question needs.
pub(super) struct Found {
    pub(super) extract: Arc<Extract>,
    pub(super) part: Part,
    pub(super) windows: Arc<[Window]>,
}

impl Scan {
    /// Works on every summary that has something to say, on the engine's threads, and returns what
    /// `work` makes of each part of it, as it comes.
    pub(super) fn each<T, W>(&self, work: W) -> BoxStream<'static, Result<Vec<T>>>
    where
        T: Send + 'static,
        W: Fn(&Asked, Found) -> Result<T> + Send + Sync + 'static,
    {
        let files = self.asked.files(&self.files);
        self.run.note_files(files.len(), self.files.len());
        let one = One {
            asked: Arc::clone(&self.asked),
            place: self.place.clone(),
            shelf: self.shelf.clone(),
            run: self.run.clone(),
            work,
        };
        let (one, hands) = (Arc::new(one), self.hands.clone());
        let n_side_by_side = hands.n_threads() + N_AHEAD;
        let tasks = files.into_iter().map(move |file| {
            let (one, hands) = (Arc::clone(&one), hands.clone());
            let work = async move { one.all_of(&file).await };
            async move { hands.run(work).await }
        });
        stream::iter(tasks).buffer_unordered(n_side_by_side).boxed()
    }
}

/// Work on one summary.
struct One<W> {
    asked: Arc<Asked>,
    place: Place,
    shelf: Shelf,
    run: Run,
    work: W,
}

impl<T, W: Fn(&Asked, Found) -> Result<T>> One<W> {
    async fn all_of(&self, file: &File) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let Covered { of_grain, parts, .. } = &self.asked.covered;
        for (grain, windows) in of_grain {
            let windows = windows.iter().copied().filter(|it| file.may_be_in(*it));
            let windows: Arc<[Window]> = windows.collect();
            if windows.is_empty() {
                continue;
            }
            for part in parts {
                let name = (*grain, part.dimension);
                let (extract, n_bytes) = self.shelf.extract(&self.place, file, name).await?;
                self.run.note_rows(extract.n_rows() as u64, n_bytes);
                let found = Found { extract, part: *part, windows: Arc::clone(&windows) };
                all.push((self.work)(&self.asked, found)?);
            }
        }
        Ok(all)
    }
}
