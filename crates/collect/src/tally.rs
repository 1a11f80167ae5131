//! What became of the objects that a run met, over all its looks at the sources.

use std::collections::{BTreeMap, HashMap, HashSet};

use tidegate_store::ledger::object_id;

use crate::find::Found;
use crate::summary::{Failed, Summary};

/// Objects that failed and are named; the rest is counted. More than a person reads.
const NAMED_MAX: usize = 1_000;

/// Warnings that are kept; the rest is counted.
const WARNINGS_MAX: usize = 100;

/// What became of the objects. Each is known, new, failed or left, and counted once.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Looks at the sources so far.
    n_looks: u64,
    /// Objects that are in the lake and were counted.
    settled: HashSet<u128>,
    /// By address: what was met and is not in the lake.
    pending: HashMap<u128, Pending>,
    /// By address: why objects failed.
    reasons: BTreeMap<String, String>,
    n_known: u64,
    n_new: u64,
    n_left_out: u64,
    n_folders_left_out: u64,
    n_warnings: u64,
    warnings: Vec<String>,
}

/// What was met at an address and is not in the lake.
#[derive(Debug)]
struct Pending {
    id: u128,
    /// The look that met it last.
    look: u64,
    has_failed: bool,
}

/// What is to be done with an object that a listing met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is to be read.
    Read,
    /// It is in the lake, and was not counted yet.
    Known,
    /// It was met before.
    Nothing,
}

impl Tally {
    /// Begins another look at the sources. What is left alone is met again each time.
    pub(crate) fn begin_look(&mut self) {
        self.n_looks += 1;
        self.n_left_out = 0;
        self.n_folders_left_out = 0;
    }

    /// Notes an object that is left alone.
    pub(crate) fn left_out(&mut self) {
        self.n_left_out += 1;
    }

    /// Notes a folder that was not entered.
    pub(crate) fn folder_left_out(&mut self) {
        self.n_folders_left_out += 1;
    }

    /// Notes an object that a listing met; `is_in_lake` says what the ledger knows of it.
    pub(crate) fn met(&mut self, found: &Found, is_in_lake: bool) -> Next {
        let id = object_id(&found.url, &found.tag);
        if is_in_lake {
            return if self.settle(&found.url, id) { Next::Known } else { Next::Nothing };
        }
        let look = self.n_looks;
        let address = address(&found.url);
        let pending =
            self.pending.entry(address).or_insert(Pending { id, look: 0, has_failed: false });
        if (pending.id, pending.look) == (id, look) {
            return Next::Nothing;
        }
        (pending.id, pending.look) = (id, look);
        Next::Read
    }

    /// Notes an object that is in the lake because another writer was faster.
    pub(crate) fn known(&mut self, url: &str, id: u128) {
        self.settle(url, id);
    }

    fn settle(&mut self, url: &str, id: u128) -> bool {
        let is_first = self.settled.insert(id);
        if is_first {
            self.n_known += 1;
            self.forget(url);
        }
        is_first
    }

    /// Notes an object that was read and committed.
    pub(crate) fn published(&mut self, url: &str, id: u128) {
        self.settled.insert(id);
        self.n_new += 1;
        self.forget(url);
    }

    fn forget(&mut self, url: &str) {
        self.pending.remove(&address(url));
        self.reasons.remove(url);
    }

    /// Notes an object that could not be read. If it can be later, it has not failed.
    pub(crate) fn failed(&mut self, url: String, reason: String) {
        if let Some(pending) = self.pending.get_mut(&address(&url)) {
            pending.has_failed = true;
        }
        if self.reasons.len() < NAMED_MAX || self.reasons.contains_key(&url) {
            self.reasons.insert(url, reason);
        }
    }

    /// Notes something that a person should know and that did not end the run.
    pub(crate) fn warn(&mut self, warning: String) {
        self.n_warnings += 1;
        if self.warnings.len() < WARNINGS_MAX && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Writes what became of the objects into `summary`.
    pub(crate) fn report(self, summary: &mut Summary) {
        let n_pending = self.pending.len() as u64;
        let n_failed = self.pending.values().filter(|it| it.has_failed).count() as u64;
        summary.n_objects = self.n_known + self.n_new + n_pending;
        summary.n_objects_known = self.n_known;
        summary.n_objects_new = self.n_new;
        summary.n_objects_left = n_pending - n_failed;
        summary.n_objects_left_out = self.n_left_out;
        summary.n_folders_left_out = self.n_folders_left_out;
        summary.n_failed = n_failed;
        let reasons = self.reasons.into_iter();
        summary.failed = reasons.map(|(url, reason)| Failed { url, reason }).collect();
        summary.n_warnings = self.n_warnings;
        summary.warnings = self.warnings;
    }
}

/// Returns a short name of an address.
fn address(url: &str) -> u128 {
    object_id(url, "")
}

#[cfg(test)]
mod tests {
    use object_store::ObjectMeta;

    use super::*;

    fn found(url: &str, tag: &str) -> Found {
        let meta = ObjectMeta {
            location: object_store::path::Path::default(),
            last_modified: chrono::DateTime::UNIX_EPOCH,
            size: 0,
            e_tag: None,
            version: None,
        };
        Found { url: url.to_owned(), tag: tag.to_owned(), store: None, meta }
    }

    fn met(tally: &mut Tally, url: &str, is_in_lake: bool) -> Next {
        tally.met(&found(url, "t"), is_in_lake)
    }

    fn check(tally: Tally) -> String {
        let mut summary = Summary::default();
        tally.report(&mut summary);
        let named: Vec<&str> = summary.failed.iter().map(|it| it.url.as_str()).collect();
        format!(
            "{} found: {} known, {} new, {} failed {named:?}, {} left",
            summary.n_objects,
            summary.n_objects_known,
            summary.n_objects_new,
            summary.n_failed,
            summary.n_objects_left
        )
    }

    #[test]
    fn over_many_looks_each_object_is_counted_once() {
        let mut tally = Tally::default();
        let id = |it: &str| object_id(it, "t");
        tally.begin_look();
        assert_eq!(met(&mut tally, "known", true), Next::Known);
        for url in ["read", "later", "lost", "slow", "never"] {
            assert_eq!(met(&mut tally, url, false), Next::Read);
            assert_eq!(met(&mut tally, url, false), Next::Nothing, "it was named twice");
        }
        tally.published("read", id("read"));
        for url in ["later", "never"] {
            tally.failed(url.to_owned(), "not found".to_owned());
        }
        tally.known("lost", id("lost"));
        tally.begin_look();
        // `known` is not at its source any more.
        assert_eq!(met(&mut tally, "read", true), Next::Nothing);
        assert_eq!(met(&mut tally, "lost", true), Next::Nothing);
        assert_eq!(met(&mut tally, "later", false), Next::Read);
        assert_eq!(met(&mut tally, "never", false), Next::Read);
        tally.published("later", id("later"));
        tally.failed("never".to_owned(), "not found".to_owned());
        let expected = r#"6 found: 2 known, 2 new, 1 failed ["never"], 1 left"#;
        assert_eq!(check(tally), expected);
    }

    #[test]
    fn another_content_takes_the_place_of_one_that_failed() {
        let mut tally = Tally::default();
        tally.begin_look();
        met(&mut tally, "a", false);
        tally.failed("a".to_owned(), "changed".to_owned());
        tally.begin_look();
        let later = found("a", "u");
        assert_eq!(tally.met(&later, false), Next::Read);
        tally.published("a", object_id("a", "u"));
        assert_eq!(check(tally), "1 found: 0 known, 1 new, 0 failed [], 0 left");
    }

    #[test]
    fn very_many_failures_and_warnings_are_counted_and_the_first_are_named() {
        let mut tally = Tally::default();
        for look in 0..2 {
            tally.begin_look();
            for number in 0..NAMED_MAX + 5 {
                let url = format!("{number}");
                met(&mut tally, &url, false);
                tally.failed(url, "not found".to_owned());
                tally.warn(format!("warning {number} of look {look}"));
            }
        }
        let mut summary = Summary::default();
        tally.report(&mut summary);
        assert_eq!((summary.n_failed, summary.failed.len()), (1_005, NAMED_MAX));
        assert_eq!((summary.n_warnings, summary.warnings.len()), (2_010, WARNINGS_MAX));
    }
}
