//! What can be set: one field each. The doc comments are the reference page.

use std::net::SocketAddr;

use clap::Args as _;
use url::Url;

use super::Folders;
use crate::output::{Colour, Format};
use crate::quantity::Size;
use crate::time::Span;

/// The most threads that make sense to ask for.
pub(crate) const THREADS_MAX: u64 = 1_024;

/// Every setting.
///
/// In a file, the part of a name before the dot is a section: `[sql]`, `rows_max = 5`. In the
/// environment, `sql.rows_max` is `TIDEGATE_SQL_ROWS_MAX`.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Settings {
    /// The lake: a folder, or `s3://bucket/prefix`.
    #[arg(id = "lake", long = "lake")]
    pub(crate) lake: String,

    /// How results are written; a terminal gets a table and a pipe gets ndjson if it is not set.
    #[arg(id = "output", long = "output")]
    pub(crate) output: Option<Format>,

    /// Whether to use colour; `NO_COLOR` and `CLICOLOR_FORCE` are honoured under `auto`.
    #[arg(id = "color", long = "color", default_value = "auto")]
    pub(crate) color: Colour,

    /// Whether to leave out progress, summaries and hints. Errors are still written.
    #[arg(id = "quiet", long = "quiet", action = clap::ArgAction::Set, default_value = "false")]
    pub(crate) quiet: bool,

    /// Number of threads that decode, write and query; the number of cores if it is not set.
    #[arg(id = "threads", long = "threads", value_parser = clap::value_parser!(u64).range(1..=THREADS_MAX))]
    pub(crate) threads: u64,

    /// Fields of logs that have no header line, as in `${version} ${account-id} ...`.
    #[arg(id = "log_format", long = "log_format")]
    pub(crate) log_format: Option<String>,

    /// Rows after which a query is cut off; a table shows 1,000 if it is not set.
    #[arg(id = "sql.rows_max", long = "sql.rows_max")]
    pub(crate) sql_rows_max: Option<u64>,

    /// How long a query may run; for ever if it is not set.
    #[arg(id = "sql.timeout", long = "sql.timeout")]
    pub(crate) sql_timeout: Option<Span>,

    /// Memory that one query may use before it spills to disk or is stopped.
    #[arg(id = "sql.memory_max", long = "sql.memory_max", default_value = "1GiB")]
    pub(crate) sql_memory_max: Size,

    /// Memory that collecting may use for records in flight.
    #[arg(id = "collect.memory_max", long = "collect.memory_max", default_value = "384MiB")]
    pub(crate) collect_memory_max: Size,

    /// Objects after which a commit is made; by time and size if it is not set.
    #[arg(id = "collect.commit_objects", long = "collect.commit_objects", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) collect_commit_objects: Option<u64>,

    /// Pause between two looks at the sources under `--follow`.
    #[arg(id = "collect.poll", long = "collect.poll", default_value = "30s")]
    pub(crate) collect_poll: Span,

    /// Whether records get their context (direction, initiator, groups, countries) while they are
    /// collected; `tidegate enrich` gives it later.
    #[arg(id = "collect.context", long = "collect.context", action = clap::ArgAction::Set, default_value = "true")]
    pub(crate) collect_context: bool,

    /// Where `tidegate serve` listens; port 0 takes a free one.
    #[arg(id = "serve.listen", long = "serve.listen", default_value = "127.0.0.1:8765")]
    pub(crate) serve_listen: SocketAddr,

    /// Sources that `tidegate serve` keeps reading if none are named, with commas between them.
    #[arg(id = "serve.sources", long = "serve.sources", value_delimiter = ',')]
    pub(crate) serve_sources: Vec<String>,

    /// How often `tidegate serve` asks AWS what there is; never if it is not set.
    #[arg(id = "serve.inventory_refresh", long = "serve.inventory_refresh")]
    pub(crate) serve_inventory_refresh: Option<Span>,

    /// Folder of the databases that tell countries, AS numbers and AWS's ranges: `*.mmdb`, `*.asn`,
    /// `ip-ranges.json`.
    #[arg(id = "geo", long = "geo")]
    pub(crate) geo: String,

    /// Address of an S3 of another make, or of a test server. `AWS_ENDPOINT_URL_S3` and
    /// `AWS_ENDPOINT_URL` set it too.
    #[arg(id = "aws.endpoint_url", long = "aws.endpoint_url")]
    pub(crate) aws_endpoint_url: Option<Url>,

    /// Whether to ask for objects without credentials, as public buckets allow.
    /// `AWS_NO_SIGN_REQUEST` sets it too.
    #[arg(id = "aws.anonymous", long = "aws.anonymous", action = clap::ArgAction::Set, default_value = "false")]
    pub(crate) aws_anonymous: bool,
}

impl Settings {
    /// Returns the form of what is told of a run, if it is not to be words: a table is for people.
    pub(crate) fn record_output(&self) -> Option<Format> {
        self.output.filter(|it| *it != Format::Table)
    }
}

/// Returns a parser with one argument per setting, named by its key.
pub(crate) fn command() -> clap::Command {
    Settings::augment_args(clap::Command::new("tidegate").disable_help_flag(true))
}

/// Returns the defaults that depend on the machine and the user.
pub(super) fn defaults(folders: &Folders) -> Vec<(&'static str, String)> {
    let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    vec![
        ("lake", folders.lake().display().to_string()),
        ("threads", n_cores.to_string()),
        ("geo", folders.geo().display().to_string()),
    ]
}
