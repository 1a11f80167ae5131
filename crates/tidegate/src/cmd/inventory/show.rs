//! `tidegate inventory show`.

use anyhow::Context as _;
use arrow::array::RecordBatch;
use chrono::DateTime;
use tidegate_inventory::{Kind, select, table};
use tidegate_model::inventory::{Inventory, Validity};

use super::micros;
use crate::cmd::collect::second;
use crate::config::Settings;
use crate::exit::Exit;
use crate::facts;
use crate::failure::Usage;
use crate::output::say::{self, styled};
use crate::output::{Format, Terminal, cell, terminal, writer};
use crate::places::Places;
use crate::time::Moment;

/// Columns that every table has; they are told apart from what a thing is.
pub(super) const COMMON: [&str; 3] = ["valid_from", "valid_until", "source"];

/// Arguments of `tidegate inventory show`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Its id: eni-..., sg-..., sgr-..., pl-..., subnet-..., vpc-..., nat-..., i-..., fl-...
    id: String,

    /// As it was then; as it is now, or was last, with all that is known of it, if it is not given
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Moment>,
}

pub(super) async fn run(args: &Args, settings: &Settings) -> anyhow::Result<Exit> {
    let kind = Kind::of_id(&args.id).ok_or_else(|| {
        let message = format!("`{}` is no id of a thing that is known", args.id);
        Usage::new(message, "ids begin with eni-, sg-, sgr-, pl-, subnet-, vpc-, nat-, i- or fl-")
    })?;
    let lake = Places::new(settings).lake(settings).await?;
    let mut inventory = facts::read(&lake, &[kind]).await?.inventory;
    select::retain(&mut inventory, &|_, id, _| id == args.id);
    let validities = select::validities(kind, &inventory);
    if validities.is_empty() {
        let message = format!("nothing is known of `{}`", args.id);
        let hint =
            format!("`tidegate inventory list {}` lists what is", kind.table().replace('_', "-"));
        return Err(Usage::new(message, hint).into());
    }
    let moment_us = args.at.map(|it| micros(Some(it)));
    if let Some(moment_us) = moment_us {
        select::retain(&mut inventory, &|_, _, validity| validity.contains(moment_us));
        if select::validities(kind, &inventory).is_empty() {
            let message = format!("nothing is known of `{}` at {}", args.id, time(moment_us));
            return Err(Usage::new(message, format!("known are {}", ranges(&validities))).into());
        }
    }
    let rules = rules(&lake, kind, args, moment_us).await?;
    write(kind, &inventory, &rules, settings)?;
    Ok(Exit::Done)
}

/// Returns the rules of a security group that were there at the moment.
async fn rules(
    lake: &tidegate_store::Lake,
    kind: Kind,
    args: &Args,
    moment_us: Option<i64>,
) -> anyhow::Result<Inventory> {
    if kind != Kind::SecurityGroup {
        return Ok(Inventory::default());
    }
    let mut inventory = facts::read(lake, &[Kind::SecurityGroupRule]).await?.inventory;
    let moment_us = moment_us.unwrap_or_else(|| micros(None));
    inventory
        .security_group_rules
        .retain(|it| it.value.group_id == args.id && it.validity.contains(moment_us));
    Ok(inventory)
}

/// Writes the facts: lines for people, rows for programs.
fn write(
    kind: Kind,
    inventory: &Inventory,
    rules: &Inventory,
    settings: &Settings,
) -> anyhow::Result<()> {
    let batch = table::to_batch(kind, inventory)?;
    let terminal = Terminal::of_process();
    let format = terminal.format(settings.output);
    if format != Format::Table {
        let look = terminal.look(Some(u64::MAX));
        let mut writer = writer(format, &batch.schema(), terminal::stdout(), look)?;
        writer.write(&batch)?;
        writer.finish(false)?;
        return Ok(());
    }
    let mut lines = lines(kind, &batch)?;
    if kind == Kind::SecurityGroup {
        lines.extend(rule_lines(rules)?);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    if !terminal.is_coloured {
        text = anstream::adapter::strip_str(&text).to_string();
    }
    crate::cmd::print(&text)?;
    Ok(())
}

/// Returns the last fact field by field, and below it since when which columns are so.
fn lines(kind: Kind, batch: &RecordBatch) -> anyhow::Result<Vec<String>> {
    let texts = texts(batch)?;
    let last = texts.last().context("no facts")?;
    let value = |name: &str| {
        let column = batch.schema().index_of(name).ok();
        column.and_then(|it| last[it].clone())
    };
    let mut lines = vec![styled(
        say::STRONG,
        format_args!("{} {}", kind.singular(), value("id").unwrap_or_default()),
    )];
    let schema = batch.schema();
    for (column, field) in schema.fields().iter().enumerate().skip(1) {
        let Some(text) = &last[column] else { continue };
        if !COMMON.contains(&field.name().as_str()) && text != "[]" && text != "{}" {
            lines.push(line(field.name(), text));
        }
    }
    for (row, cells) in texts.iter().enumerate().rev() {
        let before = row.checked_sub(1).map(|it| &texts[it]);
        let name = if row + 1 == texts.len() { "history" } else { "" };
        lines.push(line(name, &history_line(batch, cells, before)));
    }
    Ok(lines)
}

fn history_line(
    batch: &RecordBatch,
    cells: &[Option<String>],
    before: Option<&Vec<Option<String>>>,
) -> String {
    let schema = batch.schema();
    let cell = |name: &str| schema.index_of(name).ok().and_then(|it| cells[it].clone());
    let names = schema.fields().iter().map(|it| it.name().as_str()).enumerate();
    let is_changed = |(column, name): &(usize, &str)| {
        !COMMON.contains(name) && before.is_some_and(|it| it[*column] != cells[*column])
    };
    let changed: Vec<&str> = names.filter(is_changed).map(|it| it.1).collect();
    let what =
        if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) };
    format!(
        "{} to {}{what}, by {}",
        cell("valid_from").unwrap_or_else(|| "ever".to_owned()),
        cell("valid_until").unwrap_or_else(|| "now".to_owned()),
        cell("source").unwrap_or_default(),
    )
}

/// Returns a line for each rule, in words.
fn rule_lines(rules: &Inventory) -> anyhow::Result<Vec<String>> {
    let batch = table::to_batch(Kind::SecurityGroupRule, rules)?;
    let schema = batch.schema();
    let mut lines = Vec::new();
    for cells in texts(&batch)? {
        let cell = |name: &str| {
            schema.index_of(name).ok().and_then(|it| cells[it].clone()).unwrap_or_default()
        };
        let is_egress = cell("is_egress") == "true";
        let protocol = match cell("protocol").as_str() {
            "" => "all".to_owned(),
            "6" => "tcp".to_owned(),
            "17" => "udp".to_owned(),
            "1" => "icmp".to_owned(),
            "58" => "icmpv6".to_owned(),
            other => format!("protocol {other}"),
        };
        let (from_port, to_port) = (cell("from_port"), cell("to_port"));
        let ports = match (from_port.as_str(), to_port.as_str()) {
            ("", _) => String::new(),
            (from, to) if from == to || to.is_empty() => format!(" {from}"),
            (from, to) => format!(" {from}-{to}"),
        };
        let peer = ["cidr", "prefix_list_id", "referenced_group_id"].map(&cell).concat();
        let words = if is_egress { "to" } else { "from" };
        let name = if lines.is_empty() { "rules" } else { "" };
        lines.push(line(name, &format!("{protocol}{ports} {words} {peer}  {}", cell("id"))));
    }
    Ok(lines)
}

/// Returns the values of a table as text, row by row.
pub(super) fn texts(batch: &RecordBatch) -> anyhow::Result<Vec<Vec<Option<String>>>> {
    let options = cell::options();
    let cells = cell::Cells::new(batch, &options)?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let mut texts = Vec::with_capacity(batch.num_columns());
        for column in 0..batch.num_columns() {
            texts.push(cells.text(row, column)?.map(|it| cell::harmless(&it)));
        }
        rows.push(texts);
    }
    Ok(rows)
}

fn line(name: &str, text: &str) -> String {
    format!("{} {text}", styled(say::FAINT, format_args!("{name:<22}")))
}

fn ranges(validities: &[Validity]) -> String {
    let range = |it: &Validity| {
        let until = if it.is_open() { "now".to_owned() } else { time(it.until_us) };
        format!("{} to {until}", time(it.from_us))
    };
    validities.iter().map(range).collect::<Vec<_>>().join(", ")
}

fn time(moment_us: i64) -> String {
    DateTime::from_timestamp_micros(moment_us).map_or_else(|| "ever".to_owned(), second)
}
