//! `tidegate collect`.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use tidegate_collect::{Phase, Progress, Request, Stop, Summary};
use tidegate_decode::LogFormat;
use tidegate_store::Lake;

use crate::config::{Config, Settings};
use crate::context;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::record::write_json;
use crate::output::say::{self, say, styled};
use crate::output::{Terminal, terminal};
use crate::places::Places;
use crate::progress::{Reading, Watch};
use crate::quantity::{Size, bytes, count, duration, plural};
use crate::time::{Moment, Span, now_ms};

/// Failed objects and warnings that the summary names; the rest is counted.
const FAILED_SHOWN: usize = 5;

/// Characters of a warning that fit beside the progress.
const TROUBLE_SHOWN: usize = 76;

const EXAMPLES: &str = "\
Examples:
  tidegate collect ./logs/
  tidegate collect 'exports/*.log.gz' extra.log
  tidegate collect s3://acme-flow-logs/AWSLogs/ --from -7d --region eu-central-1
  tidegate collect s3://acme-flow-logs/ --follow
  zcat old.gz | tidegate collect - --log-format '${version} ${account-id} ...'
  tidegate collect --replay-dead-letters --log-format '${version} ...'

Every object is stored once: the same command again reads only what is new. Lines that cannot be
read are set aside in the lake with their place and the reason, and counted.";

/// Arguments of `tidegate collect`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders, patterns in quotes, `s3://bucket/prefix`, or `-` for stdin
    #[arg(value_name = "SOURCE", required_unless_present = "replay_dead_letters")]
    sources: Vec<String>,

    /// Only objects of this time and later: 2026-03-02, 2026-03-02T10:00Z, -7d, yesterday
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<Moment>,

    /// Only objects before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<Moment>,

    /// Only objects of this account; may be given again
    #[arg(long, value_name = "ID")]
    account: Vec<String>,

    /// Only objects of this region; may be given again
    #[arg(long, value_name = "NAME")]
    region: Vec<String>,

    /// Fields of logs that have no header line: '${version} ${account-id} ...'
    #[arg(id = "log_format", long = "log-format", value_name = "FORMAT")]
    log_format: Option<String>,

    /// Keep watching the sources for new objects
    #[arg(long)]
    follow: bool,

    /// Pause between two looks under --follow
    #[arg(id = "collect.poll", long = "poll", value_name = "SPAN")]
    poll: Option<Span>,

    /// Read the lines again that were set aside
    #[arg(long, conflicts_with_all = ["sources", "from", "to", "account", "region", "follow"])]
    replay_dead_letters: bool,

    /// End with exit code 4 if a line or an object could not be read
    #[arg(long)]
    strict: bool,

    /// Commit after so many objects
    #[arg(id = "collect.commit_objects", long = "commit-objects", value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    commit_objects: Option<u64>,

    /// Memory for records on their way, as 384MiB
    #[arg(id = "collect.memory_max", long = "memory-max", value_name = "SIZE")]
    memory_max: Option<Size>,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let request = request(args, settings, Utc::now())?;
    let is_replay = args.replay_dead_letters;
    let stop = Stop::default();
    let summary = super::block_on(config, async {
        let work = collect(request, is_replay, settings, &stop);
        interrupt::stopping(&stop, work).await
    })???;
    report(&summary, settings)?;
    if stop.is_stopped() {
        return Ok(Exit::Interrupted);
    }
    Ok(exit(&summary, args.strict))
}

fn request(args: &Args, settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<Request> {
    let resolve = |it: Option<Moment>| it.map(|it| it.resolve(now).timestamp_micros());
    let window = (resolve(args.from), resolve(args.to));
    if let (Some(from), Some(to)) = window
        && from >= to
    {
        return Err(Usage::new(
            "`--from` is not before `--to`",
            "the window is half-open: `--from 2026-03-02 --to 2026-03-03` is one day",
        )
        .into());
    }
    let log_format = settings.log_format.as_deref().map(LogFormat::parse).transpose();
    let mut request = Request::new(args.sources.clone());
    request.window = window;
    request.accounts.clone_from(&args.account);
    request.regions.clone_from(&args.region);
    request.n_threads = usize::try_from(settings.threads)?;
    request.memory_bytes_max = settings.collect_memory_max.bytes;
    request.log_format = log_format.context("cannot use the log format")?;
    request.follow = args.follow.then_some(settings.collect_poll.0);
    if let Some(n_objects) = settings.collect_commit_objects {
        request.objects_per_commit_max = n_objects;
    }
    Ok(request)
}

/// Collects with progress on stderr.
pub(super) async fn collect(
    mut request: Request,
    is_replay: bool,
    settings: &Settings,
    stop: &Stop,
) -> anyhow::Result<Summary> {
    let places = Places::new(settings);
    let place = places.lake_place(settings).await?;
    let progress = Arc::new(Progress::default());
    let watched = Arc::clone(&progress);
    let watch = Watch::start(Terminal::of_process(), settings.quiet, move |elapsed| {
        read(&watched, elapsed)
    });
    let summary = if is_replay {
        let lake = Lake::open(place, now_ms).await?;
        let context = context::wanted(&lake, settings).await?;
        let how = (request.log_format, context);
        tidegate_collect::replay_dead_letters(&lake, how, &progress, stop).await?
    } else {
        let lake = Lake::open_or_create(place, now_ms).await?;
        request.context = context::wanted(&lake, settings).await?;
        tidegate_collect::run(&lake, places, &request, progress, stop).await?
    };
    drop(watch);
    Ok(summary)
}

fn read(progress: &Progress, elapsed: Duration) -> Reading {
    let phase = match progress.phase() {
        Phase::Opening => "opening",
        Phase::Collecting => "collecting",
        Phase::Compacting => "compacting",
        Phase::Waiting => "waiting",
        Phase::Done => "done",
    };
    let (n_done, n_found) =
        (progress.n_objects_done.load(Relaxed), progress.n_objects_found.load(Relaxed));
    let (bytes_done, bytes_found) =
        (progress.n_bytes_done.load(Relaxed), progress.n_bytes_found.load(Relaxed));
    let n_records = progress.n_records.load(Relaxed);
    let newest = match progress.newest_us.load(Relaxed) {
        0 => String::new(),
        us => format!(
            ", newest {}",
            DateTime::from_timestamp_micros(us).map_or_else(String::new, minute)
        ),
    };
    let is_listed = progress.is_listed.load(Relaxed);
    let more = if is_listed { "" } else { "+" };
    let mut lines = vec![
        format!(
            "{} of {}{more} objects, {} of {}{more}, {} records/s",
            count(n_done),
            count(n_found),
            bytes(bytes_done),
            bytes(bytes_found),
            count(per_second(n_records, elapsed)),
        ),
        format!(
            "{} records, {} bad{newest}",
            count(n_records),
            count(progress.n_bad.load(Relaxed))
        ),
    ];
    lines.extend(progress.trouble().map(|it| it.chars().take(TROUBLE_SHOWN).collect()));
    let fraction = (is_listed && bytes_found > 0).then(|| ratio(bytes_done, bytes_found));
    Reading { phase, fraction, lines }
}

fn minute(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%MZ").to_string()
}

#[expect(clippy::cast_precision_loss, reason = "a share for reading")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Returns the rate since the start.
pub(super) fn per_second(n: u64, elapsed: Duration) -> u64 {
    let elapsed_ms = elapsed.as_millis().max(1);
    u64::try_from(u128::from(n) * 1_000 / elapsed_ms).unwrap_or(u64::MAX)
}

/// Writes the summary: JSON to stdout if that was asked for, and words to stderr.
fn report(summary: &Summary, settings: &Settings) -> anyhow::Result<()> {
    if let Some(format) = settings.record_output() {
        write_json(format, terminal::stdout(), summary)?;
    } else if !settings.quiet {
        for line in words(summary) {
            say(line);
        }
    }
    Ok(())
}

/// Returns the summary in words.
pub(super) fn words(summary: &Summary) -> Vec<String> {
    let mut lines = vec![headline(summary)];
    let mut note = |name: &str, text: String| lines.push(format!("  {name:<10} {text}"));
    note("objects", objects(summary));
    if summary.n_nodata + summary.n_skipdata > 0 {
        let (nodata, skipdata) = (count(summary.n_nodata), count(summary.n_skipdata));
        note("of these", format!("{nodata} NODATA, {skipdata} SKIPDATA"));
    }
    if summary.n_files > 0 {
        let read = bytes(summary.bytes_read);
        let (text, files) = (bytes(summary.text_bytes), plural(summary.n_files, "file"));
        note(
            "size",
            format!("{read} read ({text} of text), {} in {files}", bytes(summary.file_bytes)),
        );
    }
    if summary.n_bad > 0 {
        let letters = summary.dead_letters.first().map_or("", String::as_str);
        note("bad lines", format!("{}, set aside in {letters}", count(summary.n_bad)));
    }
    if summary.n_objects_changed > 0 {
        let n_changed = count(summary.n_objects_changed);
        note(
            "changed",
            format!("{n_changed} had another content before; what is in both is stored twice"),
        );
    }
    let failed = summary.failed.iter().map(|it| format!("{}: {}", it.url, it.reason));
    for it in some(failed, summary.n_failed) {
        note("failed", it);
    }
    let warnings = some(summary.warnings.iter().cloned(), summary.warnings.len() as u64);
    for it in warnings {
        note("warning", it);
    }
    if is_nothing_matched(summary) {
        note("left alone", "all, by name or by --account, --region, --from and --to".to_owned());
    }
    if summary.is_interrupted {
        note("stopped", "before the end; the same command again reads the rest".to_owned());
    }
    lines
}

/// Returns the first of `lines`, and how many of all `n_lines` are missing.
fn some(lines: impl Iterator<Item = String>, n_lines: u64) -> Vec<String> {
    let mut shown: Vec<String> = lines.take(FAILED_SHOWN).collect();
    let n_more = n_lines.saturating_sub(shown.len() as u64);
    if n_more > 0 {
        shown.push(format!("... and {} more", count(n_more)));
    }
    shown
}

/// Returns whether something is at the sources and none of it was wanted.
fn is_nothing_matched(summary: &Summary) -> bool {
    summary.n_objects == 0 && summary.n_objects_left_out + summary.n_folders_left_out > 0
}

fn headline(summary: &Summary) -> String {
    if summary.n_objects_new == 0 && summary.n_failed == 0 {
        let text = if is_nothing_matched(summary) { "nothing matched" } else { "nothing new" };
        let text = styled(say::STRONG, text);
        return format!("{text} in {}", duration(summary.elapsed_ms));
    }
    let n_stored = summary.n_records + summary.n_nodata + summary.n_skipdata;
    let rate = per_second(n_stored, Duration::from_millis(summary.elapsed_ms));
    format!(
        "{} from {} in {} ({} records/s)",
        styled(say::STRONG, format_args!("{} records stored", count(n_stored))),
        plural(summary.n_objects_new, "object"),
        duration(summary.elapsed_ms),
        count(rate),
    )
}

fn objects(summary: &Summary) -> String {
    let mut parts = vec![format!("{} found", count(summary.n_objects))];
    let kinds = [
        (summary.n_objects_known, "in the lake already"),
        (summary.n_objects_empty, "empty"),
        (summary.n_objects_left_out, "left alone"),
        (summary.n_failed, "failed"),
        (summary.n_objects_left, "left for the next run"),
    ];
    parts.extend(kinds.iter().filter(|(n, _)| *n > 0).map(|(n, it)| format!("{} {it}", count(*n))));
    if summary.n_folders_left_out > 0 {
        parts.push(format!("{} not entered", plural(summary.n_folders_left_out, "folder")));
    }
    parts.join(", ")
}

fn exit(summary: &Summary, is_strict: bool) -> Exit {
    let is_left_out = summary.n_bad > 0 || summary.n_failed > 0;
    if is_strict && is_left_out { Exit::LeftOut } else { Exit::Done }
}

/// Returns a time for reading, to the second.
pub(super) fn second(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(summary: &Summary) -> String {
        anstream::adapter::strip_str(&words(summary).join("\n")).to_string()
    }

    #[test]
    fn the_summary_says_what_was_stored_and_what_was_not() {
        let failed = |it: &str| tidegate_collect::summary::Failed {
            url: it.to_owned(),
            reason: "not found".to_owned(),
        };
        let summary = Summary {
            n_objects: 12,
            n_objects_known: 3,
            n_objects_new: 8,
            n_records: 1_000_000,
            n_nodata: 20,
            n_bad: 2,
            bytes_read: 35_800_000,
            text_bytes: 110_000_000,
            n_files: 1,
            file_bytes: 20_000_000,
            dead_letters: vec!["dead/x.ndjson".into()],
            failed: vec![failed("s3://acme/a")],
            n_failed: 1,
            elapsed_ms: 2_000,
            ..Summary::default()
        };
        insta::assert_snapshot!(check(&summary), @"
        1,000,020 records stored from 8 objects in 2.00 s (500,010 records/s)
          objects    12 found, 3 in the lake already, 1 failed
          of these   20 NODATA, 0 SKIPDATA
          size       34.1 MiB read (104.9 MiB of text), 19.0 MiB in 1 file
          bad lines  2, set aside in dead/x.ndjson
          failed     s3://acme/a: not found
        ");
        assert_eq!(exit(&summary, false), Exit::Done);
        assert_eq!(exit(&summary, true), Exit::LeftOut);
    }
    #[test]
    fn the_summary_says_what_is_left_and_what_went_wrong() {
        let failed = (0..7).map(|it| tidegate_collect::summary::Failed {
            url: format!("s3://acme/{it}"),
            reason: "not found".to_owned(),
        });
        let summary = Summary {
            n_objects: 2_000,
            n_objects_known: 100,
            n_objects_new: 300,
            n_objects_changed: 2,
            n_records: 300,
            n_failed: 1_200,
            n_objects_left: 400,
            failed: failed.collect(),
            warnings: vec!["cannot put small files together: `x` is damaged".into()],
            n_warnings: 1,
            is_interrupted: true,
            elapsed_ms: 1_000,
            ..Summary::default()
        };
        insta::assert_snapshot!(check(&summary), @"
        300 records stored from 300 objects in 1.00 s (300 records/s)
          objects    2,000 found, 100 in the lake already, 1,200 failed, 400 left for the next run
          changed    2 had another content before; what is in both is stored twice
          failed     s3://acme/0: not found
          failed     s3://acme/1: not found
          failed     s3://acme/2: not found
          failed     s3://acme/3: not found
          failed     s3://acme/4: not found
          failed     ... and 1,195 more
          warning    cannot put small files together: `x` is damaged
          stopped    before the end; the same command again reads the rest
        ");
    }

    #[test]
    fn filters_that_leave_nothing_are_said() {
        let summary = Summary { n_folders_left_out: 2, elapsed_ms: 10, ..Summary::default() };
        insta::assert_snapshot!(check(&summary), @"
        nothing matched in 0.01 s
          objects    0 found, 2 folders not entered
          left alone all, by name or by --account, --region, --from and --to
        ");
    }
}
