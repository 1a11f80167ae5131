//! `tidegate inventory diff`.

use std::collections::BTreeMap;

use tidegate_inventory::{Kind, select, table};
use tidegate_model::inventory::Inventory;

use super::micros;
use super::show::{COMMON, texts};
use crate::config::Config;
use crate::exit::Exit;
use crate::facts;
use crate::failure::Usage;
use crate::output::record::write_rows;
use crate::output::terminal;
use crate::places::Places;
use crate::time::Moment;

/// Arguments of `tidegate inventory diff`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The earlier time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Moment,

    /// The later time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, default_value = "now")]
    to: Moment,
}

/// A row: change, kind, id, column, value before, value after.
type Row = Vec<Option<String>>;

/// The values of a thing, by column.
type Things = BTreeMap<String, Vec<Option<String>>>;

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let (from_us, to_us) = (micros(Some(args.from)), micros(Some(args.to)));
    if from_us >= to_us {
        let hint = "what changed since yesterday: `--from yesterday`";
        return Err(Usage::new("`--from` is not before `--to`", hint).into());
    }
    let lake = Places::new(&config.settings).lake(&config.settings).await?;
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let mut inventory = facts::read(&lake, &[kind]).await?.inventory;
        // What held throughout is the same.
        select::retain(&mut inventory, &|_, _, validity| {
            validity.contains(from_us) != validity.contains(to_us)
        });
        rows.extend(changes(kind, &inventory, (from_us, to_us))?);
    }
    let (format, look) = crate::cmd::form(config);
    let names = ["change", "kind", "id", "column", "before", "after"];
    write_rows(format, terminal::stdout(), look, &names, &rows)?;
    Ok(Exit::Done)
}

fn changes(kind: Kind, inventory: &Inventory, times: (i64, i64)) -> anyhow::Result<Vec<Row>> {
    let (before, after) = (things(kind, inventory, times.0)?, things(kind, inventory, times.1)?);
    let schema = table::schema(kind);
    let row = |change: &str, id: &str, rest: [Option<String>; 3]| {
        let head = [change, kind.table(), id].map(|it| Some(it.to_owned()));
        head.into_iter().chain(rest).collect::<Row>()
    };
    let mut rows = Vec::new();
    for (id, old) in &before {
        let Some(new) = after.get(id) else {
            rows.push(row("gone", id, [None, None, None]));
            continue;
        };
        for (column, field) in schema.fields().iter().enumerate() {
            let is_common = COMMON.contains(&field.name().as_str());
            if !is_common && old[column] != new[column] {
                let name = Some(field.name().clone());
                rows.push(row("changed", id, [name, old[column].clone(), new[column].clone()]));
            }
        }
    }
    for id in after.keys().filter(|it| !before.contains_key(*it)) {
        rows.push(row("new", id, [None, None, None]));
    }
    Ok(rows)
}

/// Returns what was there at the moment, by id.
fn things(kind: Kind, inventory: &Inventory, moment_us: i64) -> anyhow::Result<Things> {
    let mut inventory = inventory.clone();
    select::retain(&mut inventory, &|_, _, validity| validity.contains(moment_us));
    let batch = table::to_batch(kind, &inventory)?;
    let rows = texts(&batch)?;
    Ok(rows.into_iter().map(|it| (it[0].clone().unwrap_or_default(), it)).collect())
}
