//! What a sync did, in words and as JSON.

use std::collections::BTreeMap;
use std::error::Error as _;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tidegate_inventory::{Counts, Kind};

use crate::cmd::collect::second;
use crate::cmd::inventory::import::counted;
use crate::config::Settings;
use crate::output::record::write_json;
use crate::output::say::{self, say, styled, warn};
use crate::output::terminal;
use crate::quantity::{count, duration, plural};

/// Notes that are told; all are in the JSON.
const NOTES_SHOWN: usize = 20;

/// What a sync did.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) places: Vec<OfPlace>,
    pub(super) n_listings: usize,
    /// Since when things are known that were not known at all before.
    pub(super) known_from: Option<DateTime<Utc>>,
    /// What could not be read.
    pub(super) notes: Vec<Note>,
    /// What was read and does not fit together.
    pub(super) remarks: Vec<Note>,
    pub(super) elapsed_ms: u64,
}

/// What changed in an account and a region.
#[derive(Debug, Serialize)]
pub(super) struct OfPlace {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) kinds: BTreeMap<&'static str, Counts>,
}

/// Something that could not be read, or does not fit together.
#[derive(Debug, Default, Serialize)]
pub(super) struct Note {
    account_id: String,
    region: String,
    /// What was to be read.
    subject: String,
    /// The permission that is lacking, if it is that.
    permission: Option<&'static str>,
    reason: String,
    /// What is lacking, in words, and what AWS says to it.
    #[serde(skip)]
    denial: Option<String>,
}

impl Note {
    /// Returns what a call that failed says.
    pub(super) fn new(
        account_id: &str,
        region: &str,
        subject: &str,
        error: &tidegate_aws::Error,
    ) -> Self {
        let causes = std::iter::successors(error.source(), |it| (*it).source());
        let causes: Vec<String> = causes.map(ToString::to_string).collect();
        // The last cause is AWS's own answer: it says whether somebody denies it, and where.
        let said = causes.last().cloned().unwrap_or_default();
        Self {
            account_id: account_id.to_owned(),
            region: region.to_owned(),
            subject: subject.to_owned(),
            permission: error.lacking_permission(),
            reason: [&[error.to_string()][..], &causes].concat().join(": "),
            denial: error.lack().map(|it| format!("not allowed, {it}: {said}")),
        }
    }

    /// Returns what the reader of a document says.
    pub(super) fn of_file(note: tidegate_inventory::Note) -> Self {
        let reason = match note.place.as_str() {
            "" => note.reason,
            place => format!("{place}: {}", note.reason),
        };
        Self { subject: note.file, reason, ..Self::default() }
    }

    fn line(&self) -> String {
        let place = [&self.account_id, &self.region, &self.subject].map(String::as_str);
        let place = place.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        format!("{place}: {}", self.denial.as_ref().unwrap_or(&self.reason))
    }
}

impl OfPlace {
    fn lines(&self) -> Vec<String> {
        let head = format!("  {} {}", self.account_id, self.region);
        let counts = Kind::ALL.into_iter().filter_map(|kind| {
            let counts = self.kinds.get(kind.table())?;
            Some(format!("    {:<25} {}", kind.table(), counted(*counts)))
        });
        std::iter::once(head).chain(counts).collect()
    }
}

impl Summary {
    /// Tells what could not be read, and what does not fit together; then the summary: JSON to
    /// stdout if that was asked for, else words.
    pub(super) fn report(&self, settings: &Settings) -> anyhow::Result<()> {
        for notes in [&self.notes, &self.remarks] {
            notes.iter().take(NOTES_SHOWN).for_each(|it| warn(it.line()));
            let n_more = notes.len().saturating_sub(NOTES_SHOWN);
            if n_more > 0 {
                warn(format_args!("... and {} more, use `--output json`", count(n_more as u64)));
            }
        }
        if let Some(format) = settings.record_output() {
            write_json(format, terminal::stdout(), self)?;
        } else if !settings.quiet {
            self.words().iter().for_each(say);
        }
        Ok(())
    }

    fn words(&self) -> Vec<String> {
        let mut counts = self.places.iter().flat_map(|it| it.kinds.values());
        let is_change = counts.any(|it| it.is_change());
        let headline = if is_change { "inventory changed by" } else { "nothing new in" };
        let mut accounts: Vec<&str> = self.places.iter().map(|it| it.account_id.as_str()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let mut lines = vec![format!(
            "{} {} of {} in {}",
            styled(say::STRONG, headline),
            plural(self.n_listings as u64, "listing"),
            plural(accounts.len() as u64, "account"),
            duration(self.elapsed_ms),
        )];
        lines.extend(self.places.iter().flat_map(OfPlace::lines));
        if let Some(known_from) = self.known_from {
            lines.push(format!(
                "  known from {}; records before have no context: `--since TIME` if it was so \
                 before",
                second(known_from),
            ));
        }
        if !self.notes.is_empty() {
            let n_notes = plural(self.notes.len() as u64, "thing");
            lines.push(format!("  {n_notes} could not be read and stayed as known"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use tidegate_aws::{Call, Refusal};

    use super::*;

    #[test]
    fn the_summary_says_what_changed_where_and_what_may_not_be_read() {
        let place = |region: &str, n_opened| OfPlace {
            account_id: "111122223333".to_owned(),
            region: region.to_owned(),
            kinds: BTreeMap::from([("interfaces", Counts { n_opened, ..Counts::default() })]),
        };
        let call =
            Call { service: "lambda", action: "ListFunctions", region: "eu-west-1".to_owned() };
        let refusal = Refusal {
            code: "AccessDeniedException".to_owned(),
            message: "with an explicit deny in a service control policy".to_owned(),
            request_id: String::new(),
            status: 403,
        };
        let error = tidegate_aws::Error::Denied { call, source: refusal.into() };
        let note = Note::new("111122223333", "eu-west-1", "functions", &error);
        let summary = Summary {
            places: vec![place("eu-west-1", 3), place("us-east-1", 0)],
            n_listings: 19,
            notes: vec![note],
            elapsed_ms: 1_500,
            ..Summary::default()
        };
        let text = format!("{}\n{}", summary.words().join("\n"), summary.notes[0].line());
        insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @"
        inventory changed by 19 listings of 1 account in 1.50 s
          111122223333 eu-west-1
            interfaces                3 new
          111122223333 us-east-1
            interfaces                none
          1 thing could not be read and stayed as known
        111122223333 eu-west-1 functions: not allowed, the role needs `lambda:ListFunctions`: AccessDeniedException: with an explicit deny in a service control policy
        ");
    }
}
