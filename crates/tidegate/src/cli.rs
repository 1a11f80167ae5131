//! What can be typed. Each subcommand's arguments stand in its own file under `cmd`.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::cmd::Command;
use crate::output::{Colour, Format};

/// What `tidegate` alone says before its help.
pub(crate) const FIRST_STEP: &str = "Run `tidegate demo` to see it at work on a synthetic network, \
    or `tidegate collect PATH` to read your own logs.\n";

const EXAMPLES: &str = "\
Examples:
  tidegate demo
  tidegate collect ./logs/
  tidegate collect s3://acme-flow-logs/AWSLogs/ --from -7d
  tidegate flows 'action = REJECT and dstport in (22, 3389)' --from -1d
  tidegate sql \"SELECT srcaddr, sum(bytes) FROM flows GROUP BY 1 ORDER BY 2 DESC LIMIT 10\"
  tidegate sql

Results go to stdout, all else to stderr. A terminal gets a table, a pipe gets NDJSON.

Exit codes:
  0    done
  1    done, and what you asked to be warned of is there
  2    not done: usage, settings, SQL, or a place that is not what it should be
  3    AWS refused: no credentials, or no permission
  4    finished, but some input was left out, under --strict
  130  interrupted; what is stored is consistent";

/// AWS VPC Flow Logs: collect them into an open lake, ask in SQL.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, max_term_width = 100, after_long_help = EXAMPLES)]
#[command(disable_help_subcommand = true, infer_subcommands = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Flags of every subcommand. Those that are settings carry the setting's name as their id.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The lake
    #[arg(id = "lake", long, global = true, value_name = "PLACE")]
    #[arg(help = "The lake: a folder, or s3://bucket/prefix [env: TIDEGATE_LAKE]")]
    lake: Option<String>,

    /// Settings file
    #[arg(id = "config", long, global = true, value_name = "FILE")]
    #[arg(help = "Settings; else ./tidegate.toml, else your own [env: TIDEGATE_CONFIG]")]
    config: Option<PathBuf>,

    /// Form of the result
    #[arg(id = "output", long, global = true, value_name = "FORMAT", hide_possible_values = true)]
    #[arg(help = "Form of the result: table, json, ndjson, csv, parquet or markdown")]
    output: Option<Format>,

    /// Colour: auto, always or never
    #[arg(id = "color", long, global = true, value_name = "WHEN", hide_possible_values = true)]
    color: Option<Colour>,

    /// Leave out progress, summaries and hints
    #[arg(id = "quiet", short, long, global = true)]
    quiet: bool,

    /// Write what happens to stderr; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Threads that decode, write and query; the number of cores if it is not given
    #[arg(id = "threads", long, global = true, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=crate::config::settings::THREADS_MAX))]
    threads: Option<u64>,
}
