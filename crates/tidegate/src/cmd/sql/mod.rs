//! `tidegate sql`: one-shot here, the prompt in [`prompt`], rows in [`show`].

mod prompt;
pub(super) mod show;

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use tidegate_query::{Engine, EngineOptions, LakeSource, split_statements};

use crate::config::{Config, Settings};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::{Format, Terminal};
use crate::places::Places;
use crate::quantity::Size;
use crate::time::{Span, now_ms};
use show::Target;

/// The longest text of statements.
const SQL_BYTES_MAX: u64 = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  tidegate sql
  tidegate sql \"SELECT srcaddr, sum(bytes) FROM flows GROUP BY 1 ORDER BY 2 DESC LIMIT 10\"
  tidegate sql \"SELECT * FROM flow_logs('new/*.gz') WHERE action = 'REJECT'\" --output csv
  tidegate sql -f report.sql --output json
  tidegate sql \"SELECT * FROM flows WHERE dstport = 22\" --out ssh.parquet
  tidegate sql --explain --analyze \"SELECT count(*) FROM flows WHERE srcaddr = '10.0.1.5'\"

Tables: flows, vpc_flow_logs (names of the older Athena tables), objects (what was read).
Functions: `tidegate schema functions`.";

/// Arguments of `tidegate sql`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Statements, with `;` between them; without, a prompt, or what is piped in
    query: Option<String>,

    /// Read the statements from this file
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    file: Option<PathBuf>,

    /// Rows to show or write; a table shows 1,000 and counts the rest
    #[arg(id = "sql.rows_max", long = "limit", value_name = "ROWS")]
    limit: Option<u64>,

    /// Stop a query that runs longer: 30s, 5m
    #[arg(id = "sql.timeout", long = "timeout", value_name = "SPAN")]
    timeout: Option<Span>,

    /// Memory of a query, as 1GiB
    #[arg(id = "sql.memory_max", long = "memory-max", value_name = "SIZE")]
    memory_max: Option<Size>,

    /// Show the plan instead of the rows
    #[arg(long)]
    explain: bool,

    /// With --explain: run it, and show what each step did and how much was not read
    #[arg(long, requires = "explain")]
    analyze: bool,

    /// Write the rows to this file; its ending names the form
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let Some(text) = text(args)? else {
        return prompt::run(config);
    };
    let statements = split_statements(&text);
    let target = target(args, settings)?;
    check(&statements, &target)?;
    let is_counting = matches!(target.format, Format::Table | Format::Markdown);
    let rows_max = settings.sql_rows_max.filter(|_| !is_counting);
    let work = async {
        let engine = engine(settings, rows_max).await?;
        for statement in &statements {
            if args.explain {
                super::print(&engine.explain(statement, args.analyze).await?)?;
            } else {
                show::show(&engine, statement, &target).await?;
            }
        }
        anyhow::Ok(())
    };
    match super::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(done) => done.map(|()| Exit::Done),
        None => Ok(Exit::Interrupted),
    }
}

/// Returns the statements, or `None` if a person is to be asked.
fn text(args: &Args) -> anyhow::Result<Option<String>> {
    if let Some(query) = &args.query {
        return Ok(Some(query.clone()));
    }
    if let Some(path) = &args.file {
        let attempt = || format!("cannot read `{}`", path.display());
        let file = std::fs::File::open(path).with_context(attempt)?;
        return read(file).with_context(attempt).map(Some);
    }
    if std::io::stdin().is_terminal() {
        return Ok(None);
    }
    read(std::io::stdin()).context("cannot read the statements from stdin").map(Some)
}

fn read(from: impl std::io::Read) -> anyhow::Result<String> {
    let mut text = String::new();
    let n_bytes = from.take(SQL_BYTES_MAX + 1).read_to_string(&mut text)?;
    anyhow::ensure!(n_bytes as u64 <= SQL_BYTES_MAX, "it is longer than 16 MiB");
    Ok(text)
}

fn target(args: &Args, settings: &Settings) -> anyhow::Result<Target> {
    let terminal = Terminal::of_process();
    let by_name = args.out.as_ref().map(|it| {
        let ending = it.extension().and_then(|it| it.to_str()).unwrap_or_default();
        match ending {
            "parquet" => Format::Parquet,
            "csv" => Format::Csv,
            "json" => Format::Json,
            "md" => Format::Markdown,
            _ => Format::Ndjson,
        }
    });
    let format = terminal.format(settings.output.or(by_name));
    if format == Format::Parquet && args.out.is_none() && terminal.is_stdout {
        let hint = "name a file: `--out rows.parquet`";
        return Err(Usage::new("Parquet is not for a terminal", hint).into());
    }
    Ok(Target {
        format,
        look: terminal.look(settings.sql_rows_max),
        rows_max: settings.sql_rows_max,
        out: args.out.clone(),
        is_quiet: settings.quiet,
        is_timed: false,
    })
}

fn check(statements: &[String], target: &Target) -> Result<(), Usage> {
    if statements.is_empty() {
        return Err(Usage::new("there is no statement", "`tidegate sql \"SELECT 1\"`"));
    }
    let is_one = target.out.is_some() || target.format == Format::Parquet;
    if is_one && statements.len() > 1 {
        let message = format!("{} statements do not fit in one file", statements.len());
        return Err(Usage::new(message, "run them one by one"));
    }
    Ok(())
}

/// Returns an engine over the lake that the settings name, which is not opened yet.
pub(super) async fn engine(
    settings: &Settings,
    rows_max: Option<u64>,
) -> anyhow::Result<Arc<Engine>> {
    let places = Places::new(settings);
    let place = places.lake_place(settings).await?;
    let options = EngineOptions {
        threads: usize::try_from(settings.threads)?,
        memory_bytes_max: usize::try_from(settings.sql_memory_max.bytes).unwrap_or(usize::MAX),
        rows_max,
        timeout: settings.sql_timeout.map(|it| it.0),
        ..EngineOptions::default()
    };
    let lake = LakeSource::Lazy { place, clock: now_ms };
    Ok(Arc::new(Engine::new(options, lake, places)?))
}
