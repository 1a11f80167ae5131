//! `tidegate generate`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{NaiveDate, Utc};
use clap::ValueEnum;
use serde::Serialize;
use tidegate_demo::{
    FileFormat, Layout, Object, RECOMMENDED_FORMAT, Spec, THREADS_MAX, Truth, World,
};
use tidegate_model::field::DEFAULT_FORMAT;

use super::collect::{per_second, ratio};
use crate::config::{Config, Settings};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::output::record::write_json;
use crate::output::say::{self, say, styled};
use crate::output::{Terminal, terminal};
use crate::progress::{Reading, Watch};
use crate::quantity::{bytes, count, duration, plural};

/// The file that is written last: a folder with it is complete.
pub(super) const TRUTH: &str = "truth.json";

const EXAMPLES: &str = "\
Examples:
  tidegate generate --out world
  tidegate generate --out world --records 5000000 --days 30 --start 2026-03-01 --format default
  tidegate generate --out world --format '${version} ${srcaddr} ${dstaddr} ${bytes} ${end}'
  tidegate generate --out world --file-format parquet --hive --hourly
  tidegate generate --out world --group-changes 20 --record-truth

Writes DIR/AWSLogs/... as VPC Flow Logs would, DIR/network/*.json as the AWS CLI would describe the
network after the last day, and DIR/truth.json: what was planted, and what each security-group rule
admitted. With --group-changes also DIR/network/config/*.json.gz, as AWS Config would tell which
groups each interface had when; the traffic is the same. The same options yield the same bytes.

DIR/truth.csv.gz has a row for each record, in the order of the sorted keys and of the lines within:
initiator, label, direction, security_group_ids and peer_security_group_ids (at the record's start),
counted (such that the bytes of counted records are those that crossed once).";

/// Arguments of `tidegate generate`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Folder to write; it must not hold a world yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Number of records, about
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    records: u64,

    /// Number of days
    #[arg(long, value_name = "N", default_value_t = 1)]
    days: u32,

    /// First day, UTC
    #[arg(long, value_name = "DATE", default_value = "2026-03-02")]
    start: NaiveDate,

    /// Where all chance comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Fields: `default` (14), `recommended` (30), or a format as AWS writes it
    #[arg(long, value_name = "FORMAT", default_value = "recommended")]
    format: String,

    /// Form of the objects
    #[arg(long, value_enum, default_value = "text")]
    file_format: FileForm,

    /// Name the folders as Hive does: aws-account-id=.../
    #[arg(long)]
    hive: bool,

    /// A folder for each hour
    #[arg(long)]
    hourly: bool,

    /// Aggregation interval in seconds: 60 or 600
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    interval: u32,

    /// How many times a day each of nine more security groups is attached or detached
    #[arg(long, value_name = "N", default_value_t = 0)]
    group_changes: u32,

    /// Also write what is true of each record, to DIR/truth.csv.gz
    #[arg(long)]
    record_truth: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FileForm {
    /// Space-separated lines under a header, gzip
    Text,
    /// Parquet, as AWS writes it
    Parquet,
}

/// What was made.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    pub(super) folder: String,
    pub(super) n_records: u64,
    pub(super) n_objects: u64,
    pub(super) bytes: u64,
    pub(super) n_events: usize,
    pub(super) n_group_changes: u64,
    pub(super) elapsed_ms: u64,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let made = make(&spec(args, settings), &args.out, None, settings)?;
    if let Some(format) = settings.record_output() {
        write_json(format, terminal::stdout(), &made)?;
    } else if !settings.quiet {
        say(words(&made));
        if made.n_group_changes > 0 {
            say(history_words(&made));
        }
        say(format_args!("  next: tidegate collect {}", args.out.display()));
    }
    Ok(Exit::Done)
}

fn spec(args: &Args, settings: &Settings) -> Spec {
    Spec {
        seed: args.seed,
        n_records: args.records,
        start_date: args.start,
        days: args.days,
        format: fields(&args.format),
        file_format: match args.file_format {
            FileForm::Text => FileFormat::Text,
            FileForm::Parquet => FileFormat::Parquet,
        },
        layout: if args.hive { Layout::Hive } else { Layout::Plain },
        is_hourly: args.hourly,
        interval_s: args.interval,
        group_changes_per_day: args.group_changes,
        has_record_truth: args.record_truth,
        n_threads: usize::try_from(settings.threads).unwrap_or(1).min(THREADS_MAX),
        ..Spec::default()
    }
}

fn fields(format: &str) -> Vec<String> {
    let owned = |it: &[&str]| it.iter().map(ToString::to_string).collect();
    match format {
        "default" => owned(DEFAULT_FORMAT),
        "recommended" => owned(RECOMMENDED_FORMAT),
        custom => {
            let names = custom.split(|it: char| it.is_whitespace() || "${},".contains(it));
            names.filter(|it| !it.is_empty()).map(ToOwned::to_owned).collect()
        }
    }
}

/// Seconds of an object: AWS publishes every five minutes.
const OBJECT_S: i64 = 300;

/// Objects that are not to be seen yet.
pub(super) struct Coming {
    /// Objects with records of this second and later.
    pub(super) from: i64,
    /// Where they wait.
    pub(super) folder: PathBuf,
}

impl Coming {
    fn has(&self, object: &Object) -> bool {
        moment(&object.key).is_some_and(|it| it + OBJECT_S > self.from)
    }
}

/// Makes the world of `spec` in `folder`, with progress on stderr.
pub(super) fn make(
    spec: &Spec,
    folder: &Path,
    coming: Option<&Coming>,
    settings: &Settings,
) -> anyhow::Result<Made> {
    let attempt = || format!("cannot make a world in `{}`", folder.display());
    if folder.join(TRUTH).exists() || folder.join("AWSLogs").exists() {
        let hint = "name another folder, or remove this one";
        let message = format!("there is a world in `{}` already", folder.display());
        return Err(Usage::new(message, hint).into());
    }
    let begin = Instant::now();
    let world = World::new(spec.clone()).with_context(attempt)?;
    let counters = Arc::new(Counters::default());
    let n_steps = u64::from(spec.days) * 86_400;
    let watched = Arc::clone(&counters);
    let watch = Watch::start(Terminal::of_process(), settings.quiet, move |elapsed| {
        watched.read(n_steps, elapsed)
    });
    let start = spec.start_date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    let mut emit = |object: Object| {
        counters.note(&object, start);
        let place = coming.filter(|it| it.has(&object)).map_or(folder, |it| it.folder.as_path());
        write(&place.join(&object.key), &object.bytes)
    };
    let truth = world.generate(&mut emit).with_context(attempt)?;
    drop(watch);
    write_rest(&world, &truth, folder).with_context(attempt)?;
    let elapsed_ms = u64::try_from(begin.elapsed().as_millis())?;
    Ok(Made {
        folder: folder.display().to_string(),
        n_records: truth.n_records,
        n_objects: truth.n_objects,
        bytes: truth.object_bytes,
        n_events: truth.events.len(),
        n_group_changes: world.n_group_changes(),
        elapsed_ms,
    })
}

/// Returns what was made, in words.
pub(super) fn words(made: &Made) -> String {
    let rate = per_second(made.n_records, Duration::from_millis(made.elapsed_ms));
    format!(
        "{} in {}, {}, with {} planted events, in {} ({} records/s)",
        styled(say::STRONG, format_args!("{} records made", count(made.n_records))),
        plural(made.n_objects, "object"),
        bytes(made.bytes),
        made.n_events,
        duration(made.elapsed_ms),
        count(rate),
    )
}

/// Returns how the network changed, and of which moment its files are.
fn history_words(made: &Made) -> String {
    format!(
        "  {} in network/config; network/*.json is as of the end",
        plural(made.n_group_changes, "change"),
    )
}

fn write_rest(world: &World, truth: &Truth, folder: &Path) -> anyhow::Result<()> {
    for (name, value) in world.network_json() {
        let text = serde_json::to_vec_pretty(&value)?;
        write(&folder.join("network").join(name), &text)?;
    }
    for file in world.config_history() {
        let (name, bytes) = file?;
        write(&folder.join("network").join("config").join(name), &bytes)?;
    }
    if let Some(rows) = truth.records_csv_gz()? {
        write(&folder.join("truth.csv.gz"), &rows)?;
    }
    write(&folder.join(TRUTH), &serde_json::to_vec_pretty(&truth.to_json())?)?;
    Ok(())
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, bytes)?;
    std::fs::rename(&partial, path)
}

/// What was written so far.
#[derive(Debug, Default)]
struct Counters {
    objects: AtomicU64,
    bytes: AtomicU64,
    /// Seconds of the run that are written, by the newest object's name.
    done_s: AtomicU64,
}

impl Counters {
    fn note(&self, object: &Object, start: i64) {
        self.objects.fetch_add(1, Relaxed);
        self.bytes.fetch_add(object.bytes.len() as u64, Relaxed);
        if let Some(moment) = moment(&object.key) {
            let done_s = u64::try_from(moment - start).unwrap_or(0);
            self.done_s.fetch_max(done_s, Relaxed);
        }
    }

    fn read(&self, n_whole_s: u64, elapsed: Duration) -> Reading {
        let (n_objects, n_bytes) = (self.objects.load(Relaxed), self.bytes.load(Relaxed));
        let per_s = bytes(per_second(n_bytes, elapsed));
        Reading {
            phase: "generating",
            fraction: Some(ratio(self.done_s.load(Relaxed), n_whole_s.max(1)).min(1.0)),
            lines: vec![format!("{}, {}, {per_s}/s", plural(n_objects, "object"), bytes(n_bytes))],
        }
    }
}

/// Returns the time in an object's name, `..._20260302T1105Z_...`, in seconds.
pub(super) fn moment(key: &str) -> Option<i64> {
    let stamp =
        key.rsplit('/').next()?.split('_').find(|it| it.len() == 14 && it.ends_with('Z'))?;
    let moment = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%MZ").ok()?;
    Some(chrono::TimeZone::from_utc_datetime(&Utc, &moment).timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_a_name_or_what_aws_writes() {
        let check = |it: &str| fields(it).join(" ");
        assert_eq!(fields("default").len(), 14);
        assert_eq!(fields("recommended").len(), 30);
        assert_eq!(check("${version} ${srcaddr}"), "version srcaddr");
        assert_eq!(check("srcaddr,dstaddr bytes"), "srcaddr dstaddr bytes");
    }

    #[test]
    fn the_time_of_an_object_stands_in_its_name() {
        let key =
            "AWSLogs/1/vpcflowlogs/r/2026/03/02/1_vpcflowlogs_r_fl-0a_20260302T0005Z_ab.log.gz";
        assert_eq!(moment(key), Some(1_772_409_900));
        assert_eq!(moment("AWSLogs/x"), None);
    }
}
