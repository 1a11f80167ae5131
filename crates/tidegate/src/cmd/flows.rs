//! `tidegate flows`: the records that pass a filter, the newest first.

use chrono::{DateTime, SecondsFormat, Utc};
use tidegate_filter::{Columns, Field, Filter, field};
use tidegate_model::schema::EXTRA;
use tidegate_query::explore::Window;
use tidegate_query::explore::records::{Order, PageQuestion};

use super::sql::show::{self, Target};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::nearest::nearest;
use crate::output::{Format, Terminal};
use crate::time::{Moment, now_ms};

const EXAMPLES: &str = "\
Examples:
  tidegate flows
  tidegate flows 'action = REJECT and dstport in (22, 3389)' --from -1h
  tidegate flows 'srcaddr in 10.0.0.0/8 and not dstaddr in 10.0.0.0/8' --limit 1000 --output csv
  tidegate flows '203.0.113.9 tcp 443' --from 2026-03-02 --to 2026-03-03 --oldest
  tidegate flows 'client_addr = 10.0.1.7' --columns end,server_addr,server_port,bytes
  tidegate flows 'sg-0abc not country = US' --sql

Filter: a field, an operator and a value, joined by `and`, `or`, `not` and parentheses.
  Operators: = != < <= > >= in, not in, ~ (contains), !~, is null, is not null
  Alone:     an address or block, a port or service, a protocol, ACCEPT, REJECT, an identifier
Fields: `tidegate schema` lists the columns; over several of them go addr, port, country, as,
  aws_service, security_group and interface; client_addr, server_port etc. tell who connected.
`not` means everything else: records without a value are in it.";

/// Columns that are shown if nobody says which: what fits a window, the likeliest to be missed
/// last.
const COLUMNS: [&str; 11] = [
    "end",
    "direction",
    "action",
    "srcaddr",
    "srcport",
    "dstaddr",
    "dstport",
    PROTO,
    "bytes",
    "packets",
    "interface_id",
];

/// The protocol by its name.
const PROTO: &str = "proto";

/// Every column.
const ALL: &str = "all";

/// Arguments of `tidegate flows`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// Records to show
    #[arg(long, value_name = "RECORDS", default_value_t = 100)]
    limit: usize,

    /// Columns with `,` between them, or `all`
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,

    /// Begin with the oldest
    #[arg(long)]
    oldest: bool,

    /// Print the query instead of its rows
    #[arg(long)]
    sql: bool,
}

/// Which records: a filter, and a window of time.
#[derive(clap::Args, Debug)]
pub(super) struct Which {
    /// Which records, as 'action = REJECT and dstport in (22, 3389)'; all of them without
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,

    /// Only records that ended at or after this: 2026-03-02, 2026-03-02T10:00Z, -7d, yesterday
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<Moment>,

    /// Only records that ended before this
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<Moment>,
}

impl Which {
    /// Returns the filter.
    pub(super) fn filter(&self) -> Result<Filter, Usage> {
        let text = self.filter.join(" ");
        Filter::parse(&text).map_err(|error| {
            let message = format!("cannot read the filter\n{}", error.marked(&text));
            let hint =
                error.hint().unwrap_or_else(|| "`tidegate flows --help` has examples".into());
            Usage::new(message, hint)
        })
    }

    /// Returns the window: all until now, if nothing else was said.
    pub(super) fn window(&self) -> Result<Window, Usage> {
        let now = DateTime::<Utc>::from_timestamp_millis(now_ms()).unwrap_or_default();
        let at = |it: Option<Moment>, or: DateTime<Utc>| it.map_or(or, |it| it.resolve(now));
        let (from, until) = (at(self.from, DateTime::UNIX_EPOCH), at(self.to, now));
        if from >= until {
            let [from, until] =
                [from, until].map(|it| it.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            let message = format!("the window ends at {until}, and begins only at {from}");
            return Err(Usage::new(message, "give an earlier `--from` or a later `--to`"));
        }
        Ok(Window { from_us: from.timestamp_micros(), until_us: until.timestamp_micros() })
    }
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let question = PageQuestion {
        filter: args.which.filter()?,
        window: args.which.window()?,
        order: if args.oldest { Order::Oldest } else { Order::Newest },
        columns: columns(&args.columns)?,
        after: None,
        limit: args.limit,
    };
    let sql = question.sql();
    if args.sql {
        super::print(&format!("{sql}\n"))?;
        return Ok(Exit::Done);
    }
    let target = target(config)?;
    let work = async {
        let engine = super::sql::engine(&config.settings, None).await?;
        show::show(&engine, &sql, &target).await
    };
    match super::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(done) => done.map(|()| Exit::Done),
        None => Ok(Exit::Interrupted),
    }
}

/// Returns how rows are written here.
pub(super) fn target(config: &Config) -> Result<Target, Usage> {
    let terminal = Terminal::of_process();
    let format = terminal.format(config.settings.output);
    if format == Format::Parquet && terminal.is_stdout {
        let hint = "send it to a file: `> rows.parquet`";
        return Err(Usage::new("Parquet is not for a terminal", hint));
    }
    Ok(Target {
        format,
        look: terminal.look(Some(u64::MAX)),
        rows_max: None,
        out: None,
        is_quiet: config.settings.quiet,
        is_timed: false,
    })
}

/// Returns the columns as they stand behind `SELECT`.
fn columns(asked: &[String]) -> Result<Vec<String>, Usage> {
    if asked.iter().any(|it| it == ALL) {
        return Ok(vec!["*".to_owned()]);
    }
    let asked: Vec<&str> = match asked {
        [] => COLUMNS.to_vec(),
        some => some.iter().map(|it| it.trim()).collect(),
    };
    let mut columns: Vec<String> = Vec::new();
    for name in asked {
        let column = column(name)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok(columns)
}

fn column(name: &str) -> Result<String, Usage> {
    if name == PROTO {
        let number = "CAST(protocol AS VARCHAR)";
        return Ok(format!("coalesce(protocol_name(protocol), {number}) AS {PROTO}"));
    }
    if name == EXTRA {
        return Ok(EXTRA.to_owned());
    }
    let field = field::find(name).ok_or_else(|| unknown(name))?;
    match field.columns {
        Columns::One("end") => Ok("\"end\"".to_owned()),
        Columns::One(column) | Columns::Side { column, .. } => Ok(column.to_owned()),
        Columns::Call { function, column } => Ok(format!("{function}({column}) AS {}", field.name)),
        Columns::Either(_) | Columns::Named { .. } => Err(several(field)),
    }
}

fn unknown(name: &str) -> Usage {
    let known = nearest(name, field::all().iter().map(|it| it.name));
    let hint = match known {
        Some(known) => format!("did you mean `{known}`?"),
        None => "`tidegate schema` lists the columns".to_owned(),
    };
    Usage::new(format!("there is no column `{name}`"), hint)
}

fn several(field: &Field) -> Usage {
    let columns: Vec<&str> = field.columns.all().collect();
    let message = format!("`{}` stands for several columns", field.name);
    Usage::new(message, format!("name one of them: {}", columns.join(", ")))
}
