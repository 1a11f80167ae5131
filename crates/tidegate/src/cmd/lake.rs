//! `tidegate lake status | compact | expire | vacuum | verify`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;
use serde::Serialize;
use tidegate_store::status::Status;
use tidegate_store::{Lake, compact, expire, status, vacuum, verify};

use super::collect::second;
use crate::config::{Config, Settings};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::record::{as_rows, write_json, write_rows};
use crate::output::say::{self, styled};
use crate::output::{Format, Terminal, terminal};
use crate::places::Places;
use crate::quantity::{bytes, count, duration, plural};
use crate::time::Span;

/// Days and sources that `status` lists for people; all are in the other forms.
const LISTED_MAX: usize = 10;

/// Milliseconds of a day.
const DAY_MS: u128 = 86_400_000;

/// What is said if a shorter age was asked for than is ever used.
const YOUNG_KEPT: &str = "files of the last 24 hours were kept: a commit that is on its way may name \
    them";

const EXAMPLES: &str = "\
Examples:
  tidegate lake status
  tidegate lake compact
  tidegate lake expire --keep 90d && tidegate lake vacuum
  tidegate lake verify --lake s3://acme-lake/flows";

/// Arguments of `tidegate lake`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Records, bytes, files, days, sources, bad lines, freshness
    Status,
    /// Put small files of the same day together
    Compact,
    /// Take days out of the table that are older than you want to keep
    Expire {
        /// How much to keep, counted from today: 90d
        #[arg(long, value_name = "SPAN")]
        keep: Span,
    },
    /// Delete files that the table no longer names
    Vacuum {
        /// Only files older than this, and than a day; readers and writers may still want younger ones
        #[arg(long, value_name = "SPAN", default_value = "7d")]
        older_than: Span,
        /// Say what would be deleted, delete nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Read every file again and check the counts; exit code 1 if something is wrong
    Verify,
}

pub(super) fn run(args: Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let work = async {
        let lake = Places::new(settings).lake(settings).await?;
        act(args.action, &lake, settings).await
    };
    // Every chore is one commit: stopping it half-way changes nothing.
    match super::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(exit) => exit,
        None => Ok(Exit::Interrupted),
    }
}

async fn act(action: Action, lake: &Lake, settings: &Settings) -> anyhow::Result<Exit> {
    match action {
        Action::Status => {
            let status = status::read(lake).await?;
            let now = DateTime::from_timestamp_millis(lake.now_ms()).unwrap_or_default();
            report(settings, &status, &status_words(&status, now))?;
        }
        Action::Compact => {
            let done = compact::run(lake, compact::Options::ALL).await?;
            report(settings, &done, &compact_words(&done))?;
        }
        Action::Expire { keep } => {
            let done = expire::run(lake, keep_from(keep, lake.now_ms())?).await?;
            report(settings, &done, &expire_words(&done))?;
        }
        Action::Vacuum { older_than, dry_run } => {
            let age_ms = i64::try_from(older_than.0.as_millis())?;
            let done = vacuum::run(lake, age_ms, dry_run).await?;
            report(settings, &done, &vacuum_words(&done))?;
            if age_ms < vacuum::AGE_MS_MIN && !settings.quiet {
                say::warn(YOUNG_KEPT);
            }
        }
        Action::Verify => {
            let found = verify::run(lake).await?;
            report(settings, &found, &verify_words(&found))?;
            return Ok(if found.problems.is_empty() { Exit::Done } else { Exit::Warned });
        }
    }
    Ok(Exit::Done)
}

/// Returns the first day that is kept.
fn keep_from(keep: Span, now_ms: i64) -> anyhow::Result<chrono::NaiveDate> {
    let n_days = keep.0.as_millis() / DAY_MS;
    if n_days == 0 {
        return Err(Usage::new("`--keep` is less than a day", "whole days go: `--keep 90d`").into());
    }
    let today = DateTime::from_timestamp_millis(now_ms).unwrap_or_default().date_naive();
    let days = chrono::Days::new(u64::try_from(n_days)?);
    Ok(today.checked_sub_days(days).unwrap_or(chrono::NaiveDate::MIN))
}

/// Writes a report: words for people, fields for programs.
fn report(settings: &Settings, report: &impl Serialize, words: &[String]) -> anyhow::Result<()> {
    let terminal = Terminal::of_process();
    let out = terminal::stdout();
    match terminal.format(settings.output) {
        Format::Table => {
            let mut text = words.join("\n");
            text.push('\n');
            if !terminal.is_coloured {
                text = anstream::adapter::strip_str(&text).to_string();
            }
            super::print(&text)?;
        }
        format @ (Format::Json | Format::Ndjson) => write_json(format, out, report)?,
        format => {
            let look = terminal.look(Some(u64::MAX));
            write_rows(format, out, look, &["name", "value"], &as_rows(report)?)?;
        }
    }
    Ok(())
}

fn line(name: &str, text: &str) -> String {
    format!("{} {text}", styled(say::FAINT, format_args!("{name:<10}")))
}

fn status_words(status: &Status, now: DateTime<Utc>) -> Vec<String> {
    let per_record = status.size_bytes * 10 / status.n_records.max(1);
    let mut lines = vec![
        line("lake", &format!("{} (version {})", status.url, status.version)),
        line("records", &styled(say::STRONG, count(status.n_records))),
        line(
            "files",
            &format!(
                "{}, {}, {}.{} bytes per record",
                count(status.n_files),
                bytes(status.size_bytes),
                per_record / 10,
                per_record % 10,
            ),
        ),
        line(
            "read",
            &format!(
                "{}, {}; {} NODATA, {} SKIPDATA, {} bad lines",
                plural(status.n_objects, "object"),
                bytes(status.source_bytes),
                count(status.n_nodata),
                count(status.n_skipdata),
                count(status.n_bad),
            ),
        ),
    ];
    if status.n_expired > 0 {
        lines.push(line("expired", &format!("{} records", count(status.n_expired))));
    }
    if let (Some(oldest), Some(newest)) = (status.oldest, status.newest) {
        lines.push(line("time", &format!("{} to {}", second(oldest), second(newest))));
        lines.push(line("newest", &ago(newest, now)));
    }
    if let Some(read) = status.read {
        lines.push(line("last read", &ago(read, now)));
    }
    let days = status.days.iter().rev().map(|it| {
        let date = it.date.map_or("no time".to_owned(), |it| it.to_string());
        format!("{date}  {:>13} records  {:>10}", count(it.n_records), bytes(it.size_bytes))
    });
    lines.extend(list("days", &days.collect::<Vec<_>>()));
    lines.extend(list("context", &contexts(status)));
    let sources =
        status.sources.iter().map(|it| format!("{}  {}", it.url, plural(it.n_objects, "object")));
    lines.extend(list("sources", &sources.collect::<Vec<_>>()));
    lines
}

/// Returns what the records' context was made from, with the days that have it.
fn contexts(status: &Status) -> Vec<String> {
    let mut days: BTreeMap<&str, Vec<NaiveDate>> = BTreeMap::new();
    for day in &status.days {
        let Some(date) = day.date else { continue };
        if day.contexts.is_empty() {
            days.entry("none").or_default().push(date);
        }
        for context in &day.contexts {
            days.entry(context).or_default().push(date);
        }
    }
    let told = days.into_iter().filter_map(|(context, days)| {
        let (first, last) = (days.first()?, days.last()?);
        let span = if first == last { first.to_string() } else { format!("{first} to {last}") };
        Some(format!("{context}  ({}, {span})", plural(days.len() as u64, "day")))
    });
    told.collect()
}

/// Returns the first of `entries`, the name before the first one.
fn list(name: &str, entries: &[String]) -> Vec<String> {
    let n_more = entries.len().saturating_sub(LISTED_MAX);
    let mut lines: Vec<String> = Vec::new();
    for entry in entries.iter().take(LISTED_MAX) {
        lines.push(line(if lines.is_empty() { name } else { "" }, entry));
    }
    if n_more > 0 {
        lines.push(line("", &format!("... and {n_more} more, use `--output json`")));
    }
    lines
}

fn ago(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let elapsed_ms = u64::try_from((now - moment).num_milliseconds()).unwrap_or(0);
    match elapsed_ms / 86_400_000 {
        0 | 1 => format!("{} ago", duration(elapsed_ms)),
        n_days => format!("{n_days} days ago"),
    }
}

fn compact_words(done: &compact::Report) -> Vec<String> {
    if done.n_files_before == 0 {
        return vec!["nothing to put together".to_owned()];
    }
    let mut lines = vec![format!(
        "{} ({}) put together into {} ({}), {} records",
        plural(done.n_files_before, "file"),
        bytes(done.size_bytes_before),
        plural(done.n_files_after, "file"),
        bytes(done.size_bytes_after),
        count(done.n_records),
    )];
    if done.n_conflicts > 0 {
        lines.push(format!(
            "{} left as they are: another writer changed them meanwhile",
            plural(done.n_conflicts, "group"),
        ));
    }
    lines
}

fn expire_words(done: &expire::Report) -> Vec<String> {
    match (done.days.first(), done.days.last()) {
        (Some(first), Some(last)) => vec![format!(
            "{} taken out ({first} to {last}): {} records, {}, {}; `tidegate lake vacuum` deletes the files",
            plural(done.days.len() as u64, "day"),
            count(done.n_records),
            plural(done.n_files, "file"),
            bytes(done.size_bytes),
        )],
        _ => vec!["nothing is that old".to_owned()],
    }
}

fn vacuum_words(done: &vacuum::Report) -> Vec<String> {
    let verb = if done.is_dry_run { "would be deleted" } else { "deleted" };
    let n_files = plural(done.files.len() as u64, "file");
    vec![format!("{n_files} {verb}, {}", bytes(done.size_bytes))]
}

fn verify_words(found: &verify::Report) -> Vec<String> {
    let mut lines = vec![format!(
        "{} records in {} from {}; the ledger says {}",
        count(found.n_records),
        plural(found.n_files, "file"),
        plural(found.n_objects, "object"),
        count(found.n_expected),
    )];
    match found.problems.len() {
        0 => lines.push("all is well".to_owned()),
        n => lines.push(styled(say::ERROR, plural(n as u64, "problem"))),
    }
    lines.extend(found.problems.iter().map(|it| format!("  {it}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keep: &str) -> String {
        // 2026-03-10T12:00:00Z
        match keep_from(keep.parse().unwrap(), 1_773_144_000_000) {
            Ok(date) => date.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_kept_are_whole_days_before_today() {
        assert_eq!(check("1d"), "2026-03-09");
        assert_eq!(check("36h"), "2026-03-09");
        assert_eq!(check("2w"), "2026-02-24");
        assert_eq!(check("23h"), "`--keep` is less than a day");
    }
}
