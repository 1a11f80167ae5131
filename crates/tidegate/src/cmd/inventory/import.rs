//! `tidegate inventory import`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Instant;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tidegate_inventory::read::{Extent, read};
use tidegate_inventory::{Changes, Counts, File, Kind, Note, Seen};
use tidegate_store::{Error as StoreError, Lake};

use super::files::{self, Found, STDIN};
use super::{micros, state};
use crate::cmd::collect::second;
use crate::config::Settings;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::output::record::write_json;
use crate::output::say::{self, say, styled, warn};
use crate::output::terminal;
use crate::places::Places;
use crate::quantity::{count, duration, plural};
use crate::time::{Moment, now_ms};

/// Notes that are told; all are in the JSON.
const NOTES_SHOWN: usize = 20;

/// Things that are held before they are merged: some hundred megabytes.
const SIGHTINGS_MAX: usize = 300_000;

/// How often an import is done again because another one was faster.
pub(super) const N_TRIES_MAX: u32 = 10;

/// Arguments of `tidegate inventory import`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, folders, patterns in quotes, or `-` for stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// When the files were taken, if they do not say so themselves; else the file's own time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Moment>,

    /// Take what is seen for the first time to have been so since then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<Moment>,

    /// The listings are a choice: nothing is gone because they do not list it
    #[arg(long)]
    partial: bool,

    /// End with exit code 4 if something could not be read
    #[arg(long)]
    strict: bool,
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
struct Summary {
    n_files: u64,
    kinds: BTreeMap<&'static str, Counts>,
    /// Since when things are known that were not known at all before.
    known_from: Option<DateTime<Utc>>,
    /// What could not be read.
    notes: Vec<Told>,
    /// What was read and does not fit together.
    remarks: Vec<Told>,
    elapsed_ms: u64,
}

#[derive(Debug, Serialize)]
struct Told {
    file: String,
    place: String,
    reason: String,
}

pub(super) async fn run(args: &Args, settings: &Settings) -> anyhow::Result<Exit> {
    let begin = Instant::now();
    let since_us = args.since.map(|it| micros(Some(it)));
    let moment_us = args.at.map(|it| micros(Some(it)));
    if let (Some(since_us), Some(moment_us)) = (since_us, moment_us)
        && since_us > moment_us
    {
        let hint = "`--at` is when it was seen, `--since` since when it was so";
        return Err(Usage::new("`--since` is after `--at`", hint).into());
    }
    let inputs = Inputs {
        found: files::find(&args.files)?,
        stdin: read_stdin(&args.files).await?,
        moment_us,
        extent: if args.partial { Extent::Partial } else { Extent::Complete },
    };
    let place = Places::new(settings).lake_place(settings).await?;
    let lake = Lake::open_or_create(place, now_ms).await?;
    let (changes, notes) = import(&lake, &inputs, since_us).await?;
    let summary = Summary {
        n_files: inputs.found.len() as u64 + u64::from(inputs.stdin.is_some()),
        kinds: changes.counts.iter().map(|(kind, it)| (kind.table(), *it)).collect(),
        known_from: changes.known_from_us.and_then(DateTime::from_timestamp_micros),
        notes: notes.into_iter().map(told).collect(),
        remarks: changes.notes.into_iter().map(told).collect(),
        elapsed_ms: u64::try_from(begin.elapsed().as_millis())?,
    };
    report(&summary, settings)?;
    let is_left_out = !summary.notes.is_empty();
    Ok(if args.strict && is_left_out { Exit::LeftOut } else { Exit::Done })
}

/// Imports a folder of what held from `since` on and was looked at `at`; returns how much was new.
pub(in crate::cmd) async fn folder(
    lake: &Lake,
    folder: &str,
    (since, at): (DateTime<Utc>, DateTime<Utc>),
) -> anyhow::Result<u64> {
    let inputs = Inputs {
        found: files::find(&[folder.to_owned()])?,
        stdin: None,
        moment_us: Some(at.timestamp_micros()),
        extent: Extent::Complete,
    };
    let (changes, notes) = import(lake, &inputs, Some(since.timestamp_micros())).await?;
    if let Some(note) = notes.into_iter().next() {
        let note = told(note);
        anyhow::bail!("cannot read `{}` at {}: {}", note.file, note.place, note.reason);
    }
    Ok(changes.counts.values().map(|it| it.n_opened).sum())
}

/// What is read, and how.
struct Inputs {
    found: Vec<Found>,
    stdin: Option<Vec<u8>>,
    moment_us: Option<i64>,
    extent: Extent,
}

async fn read_stdin(files: &[String]) -> anyhow::Result<Option<Vec<u8>>> {
    if !files.iter().any(|it| it == STDIN) {
        return Ok(None);
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    });
    Ok(Some(read.await?.context("cannot read stdin")?))
}

/// Imports, and does it again if another import was faster.
async fn import(
    lake: &Lake,
    inputs: &Inputs,
    since_us: Option<i64>,
) -> anyhow::Result<(Changes, Vec<Note>)> {
    for _ in 0..N_TRIES_MAX {
        let mut state = state::load(lake).await?;
        let (changes, notes) = merge(&mut state, inputs, since_us).await?;
        match state.save(lake).await {
            Ok(()) => return Ok((changes, notes)),
            Err(error) if is_replaced(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let url = lake.place().url.to_string();
    Err(StoreError::Contention { url, n_tries: N_TRIES_MAX }.into())
}

pub(super) fn is_replaced(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<StoreError>(), Some(StoreError::Replaced))
}

/// Merges all files, some at a time.
async fn merge(
    state: &mut state::State,
    inputs: &Inputs,
    since_us: Option<i64>,
) -> anyhow::Result<(Changes, Vec<Note>)> {
    let mut changes = Changes::default();
    let mut notes = Vec::new();
    let mut seen = Seen::default();
    for file in &inputs.found {
        read_file(file, inputs, &mut seen).await?;
        if seen.n_sightings() >= SIGHTINGS_MAX {
            notes.append(&mut seen.notes);
            changes.add(state.history.merge(std::mem::take(&mut seen), since_us));
        }
    }
    if let Some(bytes) = &inputs.stdin {
        let moment_us = inputs.moment_us.unwrap_or_else(|| micros(None));
        read(&File { name: "stdin", bytes, moment_us, extent: inputs.extent }, &mut seen);
    }
    notes.append(&mut seen.notes);
    changes.add(state.history.merge(seen, since_us));
    Ok((changes, notes))
}

async fn read_file(file: &Found, inputs: &Inputs, seen: &mut Seen) -> anyhow::Result<()> {
    let name = file.path.display().to_string();
    let bytes = tokio::fs::read(&file.path).await;
    let bytes = bytes.with_context(|| format!("cannot read `{name}`"))?;
    let moment_us = inputs.moment_us.unwrap_or(file.modified_us);
    read(&File { name: &name, bytes: &bytes, moment_us, extent: inputs.extent }, seen);
    // Between two files, Ctrl-C is heard.
    tokio::task::yield_now().await;
    Ok(())
}

fn told(note: Note) -> Told {
    Told { file: note.file, place: note.place, reason: note.reason }
}

/// Tells what could not be read; then the summary: JSON to stdout if that was asked for, else words.
fn report(summary: &Summary, settings: &Settings) -> anyhow::Result<()> {
    for line in shown(&summary.notes).iter().chain(&shown(&summary.remarks)) {
        warn(line);
    }
    if let Some(format) = settings.record_output() {
        write_json(format, terminal::stdout(), summary)?;
    } else if !settings.quiet {
        words(summary).iter().for_each(say);
    }
    Ok(())
}

fn shown(notes: &[Told]) -> Vec<String> {
    let line = |it: &Told| match it.place.as_str() {
        "" => format!("{}: {}", it.file, it.reason),
        place => format!("{}: {place}: {}", it.file, it.reason),
    };
    let mut lines: Vec<String> = notes.iter().take(NOTES_SHOWN).map(line).collect();
    let n_more = notes.len().saturating_sub(NOTES_SHOWN);
    if n_more > 0 {
        lines.push(format!("... and {} more, use `--output json`", count(n_more as u64)));
    }
    lines
}

fn words(summary: &Summary) -> Vec<String> {
    let is_change = summary.kinds.values().any(|it| it.is_change());
    let headline = if is_change { "inventory changed by" } else { "nothing new in" };
    let mut lines = vec![format!(
        "{} {} in {}",
        styled(say::STRONG, headline),
        plural(summary.n_files, "file"),
        duration(summary.elapsed_ms),
    )];
    for kind in Kind::ALL {
        let Some(counts) = summary.kinds.get(kind.table()) else { continue };
        lines.push(format!("  {:<20} {}", kind.table(), counted(*counts)));
    }
    if let Some(known_from) = summary.known_from {
        lines.push(format!(
            "  known from {}; records before have no context: `--since TIME` if it was so before",
            second(known_from),
        ));
    }
    if !summary.notes.is_empty() {
        lines.push(format!("  {} could not be read", plural(summary.notes.len() as u64, "item")));
    }
    lines
}

pub(super) fn counted(counts: Counts) -> String {
    let parts = [
        (counts.n_opened, "new"),
        (counts.n_changed, "changed"),
        (counts.n_closed, "gone"),
        (counts.n_extended, "known for longer"),
        (counts.n_unchanged, "as known"),
    ];
    let parts = parts.iter().filter(|it| it.0 > 0).map(|(n, it)| format!("{} {it}", count(*n)));
    let text = parts.collect::<Vec<_>>().join(", ");
    if text.is_empty() { "none".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_changed_and_since_when_it_is_known() {
        let counts = |n_opened, n_unchanged| Counts { n_opened, n_unchanged, ..Counts::default() };
        let summary = Summary {
            n_files: 2,
            kinds: BTreeMap::from([
                ("interfaces", counts(1_200, 0)),
                ("vpcs", counts(0, 3)),
                ("subnets", counts(0, 0)),
            ]),
            known_from: DateTime::from_timestamp(1_772_409_600, 0),
            notes: vec![told(Note {
                file: "a.json".to_owned(),
                place: "Vpcs[0]".to_owned(),
                reason: "the item has no `VpcId`".to_owned(),
            })],
            elapsed_ms: 1_500,
            ..Summary::default()
        };
        let text = words(&summary).join("\n");
        insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string(), @"
        inventory changed by 2 files in 1.50 s
          interfaces           1,200 new
          subnets              none
          vpcs                 3 as known
          known from 2026-03-02T00:00:00Z; records before have no context: `--since TIME` if it was so before
          1 item could not be read
        ");
        assert_eq!(shown(&summary.notes), ["a.json: Vpcs[0]: the item has no `VpcId`"]);
    }
}
