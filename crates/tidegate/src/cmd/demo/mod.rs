//! `tidegate demo`: a synthetic network, collected and asked about.

mod live;
mod questions;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use tidegate_collect::{Request, Stop, Summary};
use tidegate_demo::{Spec, THREADS_MAX};
use tidegate_query::Engine;
use tidegate_serve::Access;
use tidegate_store::Lake;

use super::generate::Coming;
use super::serve::run::{self, Plan};
use super::sql::show::{Target, show};
use super::{collect, generate, inventory};
use crate::config::{Config, Settings};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::say::{self, say, styled};
use crate::output::{self, Format, Terminal};
use crate::places::Places;
use crate::quantity::count;
use crate::time::now_ms;
use questions::QUESTIONS;

/// Marks a folder that a demo may clear.
const MARK: &str = ".tidegate-demo";

/// Folder of the objects whose time has not come.
const COMING: &str = "coming";

/// How often the demo looks for new objects.
const POLL: Duration = Duration::from_secs(5);

const EXAMPLES: &str = "\
Examples:
  tidegate demo
  tidegate demo --records 5000000 --dir world

Makes a week of flow logs of a synthetic network (gzip text, as AWS writes it to S3), collects it
into a lake beside it, and asks the classic questions. Then the console is open, and records of now
keep coming, until Ctrl-C. No AWS account is needed; nothing else is touched.

With --no-serve it is one day, always the same, and it ends after the questions.";

/// Arguments of `tidegate demo`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Number of records, about
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    records: u64,

    /// Folder for the logs and the lake; one of your own state folder if it is not given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Where all chance comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// End after the questions
    #[arg(long)]
    no_serve: bool,
}

/// Days of the world until now, today among them.
const DAYS_PAST: u32 = 7;

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let folder = args.dir.clone().unwrap_or_else(|| config.folders.demo());
    let (logs, lake) = (folder.join("logs"), folder.join("lake"));
    clear(&folder)?;
    let settings = Settings { lake: lake.display().to_string(), ..config.settings.clone() };
    let now = Utc::now();
    let spec = spec(args, &settings, now)?;
    let coming =
        (!args.no_serve).then(|| Coming { from: now.timestamp(), folder: folder.join(COMING) });
    let made = generate::make(&spec, &logs, coming.as_ref(), &settings)?;
    tell(&settings, &[generate::words(&made), format!("  {}", logs.display()), String::new()]);
    super::block_on(config, async {
        let n_things = import(&logs, &spec, &settings).await?;
        tell(
            &settings,
            &[format!("{} things of the network known", count(n_things)), String::new()],
        );
        let summary = collect_all(&logs, &settings).await?;
        tell(&settings, &collect::words(&summary));
        if summary.is_interrupted {
            return Ok(Exit::Interrupted);
        }
        match interrupt::unless_interrupted(ask(&settings)).await? {
            Some(asked) => asked?,
            None => return Ok(Exit::Interrupted),
        }
        tell(&settings, &next(&logs, &lake));
        match coming {
            Some(coming) => Box::pin(serve(coming, &logs, config, &settings)).await,
            None => Ok(Exit::Done),
        }
    })?
}

/// Returns the world: one day that is always the same, or a week until now and what comes until
/// tomorrow's end.
fn spec(args: &Args, settings: &Settings, now: DateTime<Utc>) -> anyhow::Result<Spec> {
    let spec = Spec {
        seed: args.seed,
        n_records: args.records,
        n_threads: usize::try_from(settings.threads)?.min(THREADS_MAX),
        ..Spec::default()
    };
    if args.no_serve {
        return Ok(spec);
    }
    let today = now.date_naive();
    let start_date = today.checked_sub_days(Days::new((DAYS_PAST - 1).into())).unwrap_or(today);
    let begun = now - start_date.and_time(NaiveTime::MIN).and_utc();
    let days = DAYS_PAST + 1;
    let whole_s = u64::from(days) * 86_400;
    let past_s = u64::try_from(begun.num_seconds()).unwrap_or(whole_s).clamp(1, whole_s);
    // So many until now, and as many a day after it.
    let n_records = u128::from(args.records) * u128::from(whole_s) / u128::from(past_s);
    Ok(Spec { start_date, days, n_records: u64::try_from(n_records)?, ..spec })
}

/// Shows the lake, and lets new records come.
async fn serve(
    coming: Coming,
    logs: &Path,
    config: &Config,
    settings: &Settings,
) -> anyhow::Result<Exit> {
    let plan = Plan {
        listen: settings.serve_listen,
        is_any_port_fine: true,
        tls: None,
        access: Access::open(),
        sources: vec![logs.join("AWSLogs").display().to_string()],
        poll: POLL,
        now: None,
        is_opened: false,
    };
    let config = Config {
        settings: Settings { serve_inventory_refresh: None, ..settings.clone() },
        values: config.values.clone(),
        folders: config.folders.clone(),
        file: config.file.clone(),
    };
    let beside = live::release(coming.folder, logs.to_path_buf());
    Box::pin(run::serve(plan, &config, beside)).await
}

/// Says `lines`, unless nobody wants to hear them.
fn tell(settings: &Settings, lines: &[String]) {
    if !settings.quiet {
        lines.iter().for_each(say);
    }
}

/// Makes `folder` empty, if it is a demo's own.
fn clear(folder: &Path) -> anyhow::Result<()> {
    let attempt = || format!("cannot use the folder `{}`", folder.display());
    std::fs::create_dir_all(folder).with_context(attempt)?;
    let mark = folder.join(MARK);
    if !mark.exists() && std::fs::read_dir(folder).with_context(attempt)?.next().is_some() {
        let message = format!("the folder `{}` is not empty", folder.display());
        return Err(Usage::new(message, "name another one with `--dir`").into());
    }
    std::fs::write(&mark, "`tidegate demo` made this folder and may clear it.\n")
        .with_context(attempt)?;
    for own in [folder.join("logs"), folder.join("lake"), folder.join(COMING)] {
        if own.exists() {
            std::fs::remove_dir_all(own).with_context(attempt)?;
        }
    }
    Ok(())
}

/// Gives the lake the network of the world, as it was all the time.
async fn import(logs: &Path, spec: &Spec, settings: &Settings) -> anyhow::Result<u64> {
    let place = Places::new(settings).lake_place(settings).await?;
    let lake = Lake::open_or_create(place, now_ms).await?;
    let from = spec.start_date.and_time(NaiveTime::MIN).and_utc();
    let until = from + TimeDelta::days(spec.days.into());
    let network = logs.join("network").display().to_string();
    inventory::import::folder(&lake, &network, (from, until)).await
}

async fn collect_all(logs: &Path, settings: &Settings) -> anyhow::Result<Summary> {
    let mut request = Request::new(vec![logs.join("AWSLogs").display().to_string()]);
    request.n_threads = usize::try_from(settings.threads)?;
    request.memory_bytes_max = settings.collect_memory_max.bytes;
    let stop = Stop::default();
    let work = collect::collect(request, false, settings, &stop);
    interrupt::stopping(&stop, work).await?
}

async fn ask(settings: &Settings) -> anyhow::Result<()> {
    let engine = super::sql::engine(settings, None).await?;
    let terminal = Terminal::of_process();
    let target = Target {
        // The demo is for people, also when its output goes into a file.
        format: settings.output.unwrap_or(Format::Table),
        look: terminal.look(None),
        rows_max: None,
        out: None,
        is_quiet: settings.quiet,
        is_timed: false,
    };
    for (index, question) in QUESTIONS.iter().enumerate() {
        let heading = heading(index + 1, question.title, question.sql);
        if target.format == Format::Table {
            print(&heading, terminal)?;
        } else {
            tell(settings, &heading);
        }
        answer(&engine, question.sql, &target).await?;
    }
    Ok(())
}

async fn answer(engine: &Engine, sql: &str, target: &Target) -> anyhow::Result<()> {
    show(engine, sql, target).await.with_context(|| format!("cannot answer\n{sql}"))
}

fn heading(number: usize, title: &str, sql: &str) -> Vec<String> {
    let title = styled(say::STRONG, format_args!("{number}. {title}"));
    let sql = sql.lines().map(|it| format!("   {}", styled(say::FAINT, it)));
    [String::new(), title].into_iter().chain(sql).chain([String::new()]).collect()
}

/// Prints lines that belong to the tables on stdout.
fn print(lines: &[String], terminal: Terminal) -> Result<(), output::Error> {
    let text = lines.join("\n") + "\n";
    if terminal.is_coloured {
        return super::print(&text);
    }
    super::print(&anstream::adapter::strip_str(&text).to_string())
}

/// Returns how this program was called, so that the next command can be copied.
fn program() -> String {
    let called = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    if called.components().count() < 2 {
        return "tidegate".to_owned();
    }
    let here = std::env::current_dir().unwrap_or_default();
    let near = called.strip_prefix(&here).map_or_else(|_| called.clone(), Path::to_path_buf);
    near.display().to_string()
}

fn next(logs: &Path, lake: &Path) -> Vec<String> {
    let (logs, lake, tidegate) = (logs.display(), lake.display(), program());
    let steps = [
        ("A prompt over these records", format!("{tidegate} sql --lake {lake}")),
        ("Which rules anybody uses, which can go", format!("{tidegate} advise sg --lake {lake}")),
        ("What is in the lake", format!("{tidegate} lake status --lake {lake}")),
        ("What was planted, and what you should find", format!("less {logs}/truth.json")),
        ("Your own logs: a folder, or s3://bucket/prefix", format!("{tidegate} collect PATH")),
    ];
    let mut lines = vec![String::new(), styled(say::STRONG, "What next?")];
    for (what, command) in steps {
        lines.push(format!("  {what}:"));
        lines.push(format!("    {}", styled(say::HINT, command)));
    }
    lines
}
