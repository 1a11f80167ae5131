//! Which rows of summaries stand for which records.
//!
//! A summary has the ways of a record (action, direction, initiator) and one dimension. A question
//! whose filter and groups need no more is answered from whole days, hours and minutes of it; raw
//! records are read for what is left at the edges of the window, and for files without a summary.
//! The sums are the same.

use chrono::DateTime;
use tidegate_filter::Filter;
use tidegate_model::span::{DAY_US, HOUR_US, MINUTE_US};
use tidegate_store::DataFile;
use tidegate_store::summary::{self, Part, Records, Side};

use super::question::{Question, timestamp};
use super::relation::{Relation, records};
use super::sums::{Covered, WAYS};
use super::{Buckets, Dimension, DimensionKind, Source, Window};

/// How much of a window's records has summaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// None.
    None,
    /// Some files.
    Some,
    /// All files.
    All,
}

/// Returns how much of a window's records has summaries.
pub(crate) fn coverage(files: &[DataFile], window: Window) -> Coverage {
    let day = |at_us: i64| DateTime::from_timestamp_micros(at_us).map(|it| it.date_naive());
    let (first, last) = (day(window.from_us), day(window.until_us));
    // A file without a date may hold any: another engine wrote it.
    let is_in = |it: &&DataFile| {
        let date = it.date;
        date.is_none() || (first.is_none() || date >= first) && (last.is_none() || date <= last)
    };
    let (mut n_files, mut n_summarized) = (0, 0);
    for file in files.iter().filter(is_in) {
        n_files += 1;
        n_summarized += usize::from(file.summary_bytes.is_some());
    }
    match n_summarized {
        0 if n_files > 0 => Coverage::None,
        _ if n_summarized < n_files => Coverage::Some,
        _ => Coverage::All,
    }
}

/// A length by which summaries are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Grain {
    name: &'static str,
    length_us: i64,
}

const DAY: Grain = Grain { name: summary::DAY, length_us: DAY_US };
const HOUR: Grain = Grain { name: summary::HOUR, length_us: HOUR_US };
const MINUTE: Grain = Grain { name: summary::MINUTE, length_us: MINUTE_US };

/// A question, cut into what summaries answer and what records must be read for.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    /// What summaries answer.
    pub(super) covered: Option<Covered>,
    /// The records of all the rest, if there is any.
    pub(super) rest: Option<Relation>,
    /// Where the answer comes from.
    pub(crate) source: Source,
}

/// Cuts a question. `buckets` are the parts into which the answer divides the window, if it does.
pub(super) fn cut(
    question: &Question,
    by: &[Dimension],
    (window, buckets): (Window, Option<Buckets>),
    coverage: Coverage,
) -> Cut {
    let cut = covered(question, by, (window, buckets), coverage);
    cut.unwrap_or_else(|| Cut {
        covered: None,
        rest: Some(Relation::of_records(question, by, window)),
        source: Source::Rows,
    })
}

/// Returns `None` if summaries cannot answer, or raw records would have to be read for the whole
/// window all the same.
fn covered(
    question: &Question,
    by: &[Dimension],
    (window, buckets): (Window, Option<Buckets>),
    coverage: Coverage,
) -> Option<Cut> {
    if !question.metric.is_additive() || coverage == Coverage::None {
        return None;
    }
    let field = match need(&question.filter, by) {
        Need::More => return None,
        Need::Nothing => None,
        Need::One(field) => Some(field),
    };
    let parts = match field {
        None => vec![Part { dimension: "", side: Side::Any }],
        Some(field) => summary::dimension::parts(field.name),
    };
    if parts.is_empty() {
        return None;
    }
    let grains = grains(&parts, &question.filter, buckets);
    let mut cover =
        Cover { of_grain: grains.iter().map(|it| (*it, Vec::new())).collect(), rest: Vec::new() };
    cover.add(window, &grains);
    let windows: Vec<Window> = cover.of_grain.iter().flat_map(|it| it.1.clone()).collect();
    if windows.is_empty() {
        return None;
    }
    let mut rest: Vec<String> = Vec::new();
    if !cover.rest.is_empty() {
        rest.push(records("flows", question, by, &any_of(&cover.rest, "\"end\"")));
    }
    if coverage == Coverage::Some {
        let when = any_of(&windows, "\"end\"");
        rest.push(records("flows_unsummarized", question, by, &when));
    }
    let of_grain = cover.of_grain.into_iter().filter(|it| !it.1.is_empty());
    let of_grain = of_grain.map(|(grain, windows)| (grain.name, windows)).collect();
    let source = if rest.is_empty() { Source::Summary } else { Source::Both };
    let rest = (!rest.is_empty()).then_some(Relation { parts: rest });
    Some(Cut { covered: Some(Covered { field, parts, of_grain }), rest, source })
}

/// What filter and groups need beside the ways of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Need {
    /// Nothing.
    Nothing,
    /// One dimension.
    One(Dimension),
    /// More than a summary has.
    More,
}

impl Need {
    /// Returns what is needed if this dimension is, too.
    fn and(self, dimension: Dimension) -> Self {
        match self {
            Self::Nothing => Self::One(dimension),
            Self::One(other) if other == dimension => self,
            Self::One(_) | Self::More => Self::More,
        }
    }
}

/// Returns what filter and groups need beside the ways of a record.
fn need(filter: &Filter, by: &[Dimension]) -> Need {
    let mut need = Need::Nothing;
    for dimension in by.iter().filter(|it| !WAYS.contains(&it.name)) {
        need = need.and(*dimension);
    }
    for column in filter.columns() {
        need = match Dimension::find(column) {
            _ if WAYS.contains(&column) => need,
            // The filter would see one element of a list at a time.
            Some(it) if it.kind != DimensionKind::List => need.and(it),
            _ => Need::More,
        };
    }
    need
}

/// Returns the grains that can answer, the longest first.
fn grains(parts: &[Part], filter: &Filter, buckets: Option<Buckets>) -> Vec<Grain> {
    let is_there = |it: &Part| match summary::find(it.dimension).map(|it| it.records) {
        Some(Records::All) => true,
        Some(Records::Rejected) => is_rejected(filter),
        None => false,
    };
    if !parts.iter().all(is_there) {
        return Vec::new();
    }
    let mut grains = vec![DAY, HOUR];
    if parts.iter().all(|it| it.dimension.is_empty()) {
        grains.push(MINUTE);
    }
    // What a sum is of must lie in one bucket.
    let fits = |grain: &Grain, buckets: Buckets| {
        let Buckets { length_us, origin_us, .. } = buckets;
        length_us % grain.length_us == 0 && origin_us.rem_euclid(grain.length_us) == 0
    };
    grains.retain(|it| buckets.is_none_or(|buckets| fits(it, buckets)));
    grains
}

/// Whether a filter lets only rejected records pass.
fn is_rejected(filter: &Filter) -> bool {
    let rejected = Filter::parse("action = REJECT");
    rejected.is_ok_and(|it| filter.conjuncts().contains(it.root()))
}

/// A window, cut into what each grain covers and what none does.
struct Cover {
    of_grain: Vec<(Grain, Vec<Window>)>,
    rest: Vec<Window>,
}

impl Cover {
    fn add(&mut self, window: Window, grains: &[Grain]) {
        if window.length_us() <= 0 {
            return;
        }
        let Some((grain, shorter)) = grains.split_first() else {
            self.rest.push(window);
            return;
        };
        let length_us = grain.length_us;
        let from_us = window.from_us + (-window.from_us).rem_euclid(length_us);
        let until_us = window.until_us - window.until_us.rem_euclid(length_us);
        if from_us >= until_us {
            return self.add(window, shorter);
        }
        self.add(Window { from_us: window.from_us, until_us: from_us }, shorter);
        if let Some((_, windows)) = self.of_grain.iter_mut().find(|it| it.0 == *grain) {
            windows.push(Window { from_us, until_us });
        }
        self.add(Window { from_us: until_us, until_us: window.until_us }, shorter);
    }
}

/// Returns the condition that a column of times lies in one of the windows.
fn any_of(windows: &[Window], column: &str) -> String {
    let conditions: Vec<String> = windows
        .iter()
        .map(|it| {
            let (from, until) = (timestamp(it.from_us), timestamp(it.until_us));
            format!("({column} >= {from} AND {column} < {until})")
        })
        .collect();
    format!("({})", conditions.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from_us: i64, until_us: i64, grains: &[Grain], expected: &str) {
        let mut cover = Cover {
            of_grain: grains.iter().map(|it| (*it, Vec::new())).collect(),
            rest: Vec::new(),
        };
        cover.add(Window { from_us, until_us }, grains);
        let text = |it: &Window| format!("{}..{}", it.from_us, it.until_us);
        let texts = |it: &[Window]| it.iter().map(text).collect::<Vec<_>>().join(" ");
        let mut seen: Vec<String> =
            cover.of_grain.iter().map(|it| format!("{}: {}", it.0.name, texts(&it.1))).collect();
        seen.push(format!("rest: {}", texts(&cover.rest)));
        assert_eq!(seen.join("; "), expected);
    }

    #[test]
    fn a_window_is_covered_by_the_longest_grains_that_fit() {
        let two = Grain { name: "two", length_us: 2 };
        let ten = Grain { name: "ten", length_us: 10 };
        check(0, 30, &[ten, two], "ten: 0..30; two: ; rest: ");
        check(5, 27, &[ten, two], "ten: 10..20; two: 6..10 20..26; rest: 5..6 26..27");
        check(3, 9, &[ten, two], "ten: ; two: 4..8; rest: 3..4 8..9");
        check(3, 4, &[ten, two], "ten: ; two: ; rest: 3..4");
        check(-7, 13, &[ten], "ten: 0..10; rest: -7..0 10..13");
        check(3, 9, &[], "rest: 3..9");
    }

    #[test]
    fn a_filter_over_more_than_one_field_needs_records() {
        let dimension = |it: &str| Dimension::find(it).unwrap();
        let check = |filter: &str, by: &[&str], expected: Need| {
            let by: Vec<Dimension> = by.iter().map(|it| dimension(it)).collect();
            let need = need(&Filter::parse(filter).unwrap(), &by);
            assert_eq!(need, expected, "{filter} {by:?}");
        };
        let one = |name| Need::One(dimension(name));
        check("", &[], Need::Nothing);
        check("action = REJECT", &["direction"], Need::Nothing);
        check("action = REJECT", &["srcaddr"], one("srcaddr"));
        check("srcaddr = 10.0.0.1", &["srcaddr"], one("srcaddr"));
        check("srcaddr = 10.0.0.1", &["dstaddr"], Need::More);
        check("security_group_ids = sg-1", &[], Need::More);
        check("", &["security_group_ids"], one("security_group_ids"));
        check("", &["srcaddr", "dstport"], Need::More);
    }
}
