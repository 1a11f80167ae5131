//! `tidegate top`: what comes to most, by one field or several.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use tidegate_filter::field;
use tidegate_query::Bounds;
use tidegate_query::explore::question::{DIMENSIONS_MAX, LIMIT_MAX};
use tidegate_query::explore::{
    Dimension, DimensionKind, Explored, Explorer, Key, Metric, Question, Run, sql,
};

use super::flows::{self, Which};
use super::sql::show::Target;
use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::say::say;
use crate::output::{self, terminal};
use crate::quantity::count;

const EXAMPLES: &str = "\
Examples:
  tidegate top srcaddr
  tidegate top server_port 'direction = egress' --from -1d
  tidegate top srcaddr,dstport 'action = REJECT' --by flows --limit 20
  tidegate top src_country_name 'server_port = ssh' --by connections
  tidegate top security_group_ids --by packets --output csv
  tidegate top dstaddr 'interface = eni-0abc' --sql

Bytes and packets are those that crossed the network, each once, though several interfaces may
have recorded them, and those of rejected attempts. Flows are records. A record of an interface
with several security groups counts for each of them.
The filter: `tidegate flows --help`.";

/// Arguments of `tidegate top`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to group by: a column, or several with `,` between them
    #[arg(value_name = "FIELDS")]
    by: String,

    #[command(flatten)]
    which: Which,

    /// What is added up: bytes, packets, flows or connections
    #[arg(long = "by", value_name = "METRIC", default_value = "bytes", value_parser = metric)]
    metric: Metric,

    /// Groups to show
    #[arg(long, value_name = "GROUPS", default_value_t = 10)]
    limit: usize,

    /// Print the query instead of its rows
    #[arg(long)]
    sql: bool,
}

fn metric(name: &str) -> Result<Metric, String> {
    Metric::find(name).ok_or_else(|| "write bytes, packets, flows or connections".to_owned())
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let question = question(args)?;
    if args.sql {
        super::print(&format!("{}\n", sql::statement(&question)))?;
        return Ok(Exit::Done);
    }
    let target = flows::target(config)?;
    let timeout = config.settings.sql_timeout.map(|it| it.0);
    let run = Run::new(Bounds { timeout, ..Bounds::default() });
    let work = async {
        let engine = super::sql::engine(&config.settings, None).await?;
        anyhow::Ok(Explorer::new(engine).explore(&question, &run).await?)
    };
    let Some(explored) = super::block_on(config, interrupt::unless_interrupted(work))?? else {
        return Ok(Exit::Interrupted);
    };
    let explored = explored?;
    write(&question, &explored, &target)?;
    if !target.is_quiet {
        say(rest(&explored, question.metric));
    }
    Ok(Exit::Done)
}

fn question(args: &Args) -> Result<Question, Usage> {
    if args.limit == 0 || args.limit > LIMIT_MAX {
        let message = format!("`--limit {}` is not from 1 to {LIMIT_MAX}", args.limit);
        return Err(Usage::new(message, "`tidegate sql` has no limit: begin with `--sql`"));
    }
    let by = args.by.split(',').map(|it| dimension(it.trim()));
    let by = by.collect::<Result<Vec<_>, _>>()?;
    if by.len() > DIMENSIONS_MAX {
        let message = format!("{} fields are more than {DIMENSIONS_MAX}", by.len());
        return Err(Usage::new(message, "group by fewer of them"));
    }
    if let Some(conflict) = Dimension::conflict(&by) {
        return Err(Usage::new(format!("this cannot be grouped by: {conflict}"), "group by one"));
    }
    Ok(Question {
        filter: args.which.filter()?,
        window: args.which.window()?,
        by,
        metric: args.metric,
        limit: args.limit,
        buckets: None,
        compared: None,
    })
}

fn dimension(name: &str) -> Result<Dimension, Usage> {
    let field = field::find(name);
    if let Some(dimension) = field.and_then(|it| Dimension::find(it.name)) {
        return Ok(dimension);
    }
    if let Some(field) = field {
        let columns: Vec<&str> =
            field.columns.all().filter(|it| Dimension::find(it).is_some()).collect();
        let message = format!("`{}` is nothing to group by", field.name);
        let hint = match columns.as_slice() {
            [] => "`tidegate top --help` has examples".to_owned(),
            some => format!("name one of its columns: {}", some.join(", ")),
        };
        return Err(Usage::new(message, hint));
    }
    let hint = match Dimension::nearest(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`tidegate schema` lists the columns".to_owned(),
    };
    Err(Usage::new(format!("there is no column `{name}`"), hint))
}

fn write(question: &Question, explored: &Explored, target: &Target) -> anyhow::Result<()> {
    let batch = batch(question, explored)?;
    let mut writer =
        output::writer(target.format, &batch.schema(), terminal::stdout(), target.look)?;
    writer.write(&batch)?;
    Ok(writer.finish(false)?)
}

/// Returns the groups as rows: their values, what they come to, and which part of all that is.
fn batch(question: &Question, explored: &Explored) -> anyhow::Result<RecordBatch> {
    let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
    for (index, dimension) in question.by.iter().enumerate() {
        let keys = explored.top.iter().map(|it| &it.keys[index]);
        columns.push(column(*dimension, keys));
    }
    let amounts: Int64Array = explored.top.iter().map(|it| Some(it.amount.value)).collect();
    let name = question.metric.name();
    columns.push((Field::new(name, DataType::Int64, false), Arc::new(amounts)));
    let total = explored.total.amount.value;
    let shares = explored.top.iter().map(|it| Some(share(it.amount.value, total)));
    let shares: Float64Array = shares.collect();
    columns.push((Field::new("share", DataType::Float64, false), Arc::new(shares)));
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn column<'a>(dimension: Dimension, keys: impl Iterator<Item = &'a Key>) -> (Field, ArrayRef) {
    let (data_type, array): (DataType, ArrayRef) = match dimension.kind {
        DimensionKind::Number => {
            let number = |it: &Key| match it {
                Key::Number(number) => Some(*number),
                _ => None,
            };
            (DataType::Int64, Arc::new(keys.map(number).collect::<Int64Array>()))
        }
        DimensionKind::Flag => {
            let flag = |it: &Key| match it {
                Key::Flag(flag) => Some(*flag),
                _ => None,
            };
            (DataType::Boolean, Arc::new(keys.map(flag).collect::<BooleanArray>()))
        }
        DimensionKind::Text | DimensionKind::List => {
            let text = |it: &'a Key| match it {
                Key::Text(text) => Some(text.as_str()),
                _ => None,
            };
            (DataType::Utf8, Arc::new(keys.map(text).collect::<StringArray>()))
        }
    };
    (Field::new(dimension.name, data_type, true), array)
}

/// Returns which part of `total` an amount is, to a hundredth of a percent.
fn share(amount: i64, total: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "four digits are told")]
    let share = if total == 0 { 0.0 } else { amount as f64 / total as f64 };
    (share * 10_000.0).round() / 10_000.0
}

/// Says what all other groups come to.
fn rest(explored: &Explored, metric: Metric) -> String {
    let number = |it: i64| count(u64::try_from(it).unwrap_or(0));
    let total = number(explored.total.amount.value);
    match &explored.other {
        Some(other) => format!(
            "{} other groups come to {} of {total} {}",
            count(other.n_groups),
            number(other.amount.value),
            metric.name(),
        ),
        None => format!("all groups are shown: {total} {}", metric.name()),
    }
}
