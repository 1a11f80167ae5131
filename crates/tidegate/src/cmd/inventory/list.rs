//! `tidegate inventory list`.

use chrono::DateTime;
use tidegate_inventory::{Kind, select, table};
use tidegate_model::inventory::Validity;

use super::{KindName, micros};
use crate::cmd::collect::second;
use crate::config::Config;
use crate::exit::Exit;
use crate::facts;
use crate::output::record::write_rows;
use crate::output::{Terminal, terminal, writer};
use crate::places::Places;
use crate::time::Moment;

/// Arguments of `tidegate inventory list`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The things of this kind; how many there are of each kind, if it is not given
    #[arg(value_enum, value_name = "KIND")]
    kind: Option<KindName>,

    /// As they were then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, default_value = "now")]
    at: Moment,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let lake = Places::new(&config.settings).lake(&config.settings).await?;
    let moment_us = micros(Some(args.at));
    match args.kind.map(KindName::kind) {
        Some(kind) => list(&lake, kind, moment_us, config).await?,
        None => count(&lake, moment_us, config).await?,
    }
    Ok(Exit::Done)
}

async fn list(
    lake: &tidegate_store::Lake,
    kind: Kind,
    moment_us: i64,
    config: &Config,
) -> anyhow::Result<()> {
    let mut inventory = facts::read(lake, &[kind]).await?.inventory;
    select::retain(&mut inventory, &|_, _, validity| validity.contains(moment_us));
    let batch = table::to_batch(kind, &inventory)?;
    let terminal = Terminal::of_process();
    let format = terminal.format(config.settings.output);
    let mut writer = writer(format, &batch.schema(), terminal::stdout(), terminal.look(None))?;
    writer.write(&batch)?;
    writer.finish(false)?;
    Ok(())
}

/// Lists the kinds: things at the moment, facts at all, and the times between which they begin.
async fn count(lake: &tidegate_store::Lake, moment_us: i64, config: &Config) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let inventory = facts::read(lake, &[kind]).await?.inventory;
        let validities = select::validities(kind, &inventory);
        let n_now = validities.iter().filter(|it| it.contains(moment_us)).count();
        let begins = || validities.iter().map(begin_of);
        rows.push(vec![
            Some(kind.table().to_owned()),
            Some(n_now.to_string()),
            Some(validities.len().to_string()),
            begins().min().and_then(time),
            begins().max().and_then(time),
        ]);
    }
    let (format, look) = crate::cmd::form(config);
    let names = ["kind", "n_at_time", "n_facts", "first_from", "last_from"];
    write_rows(format, terminal::stdout(), look, &names, &rows)?;
    Ok(())
}

fn begin_of(validity: &Validity) -> i64 {
    validity.from_us
}

fn time(moment_us: i64) -> Option<String> {
    DateTime::from_timestamp_micros(moment_us).filter(|_| moment_us > i64::MIN).map(second)
}
