//! Advice for the console: what `tidegate advise sg` says.

use std::time::Duration;

use anyhow::Context as _;
use tidegate_advise::Report;
use tidegate_inventory::Kind;
use tidegate_network::Network;
use tidegate_serve::backend::AdviceAsk;
use tidegate_store::Lake;

use crate::cmd::advise::look::{self, WindowArgs};
use crate::cmd::advise::sg;
use crate::cmd::sql;
use crate::config::Settings;
use crate::facts;
use crate::quantity::Size;
use crate::time::Span;

/// Seconds of a day.
const DAY_S: u64 = 86_400;

/// Makes the report, on one thread and with half the memory of a query: people wait for other
/// things meanwhile.
pub(super) async fn report(
    lake: &Lake,
    settings: &Settings,
    ask: &AdviceAsk,
) -> anyhow::Result<Report> {
    let settings = Settings {
        threads: 1,
        sql_memory_max: Size { bytes: settings.sql_memory_max.bytes / 2 },
        ..settings.clone()
    };
    let inventory = facts::read(lake, &Kind::ALL).await?.inventory;
    let groups: Vec<String> = ask.group.iter().cloned().collect();
    let group_ids = sg::group_ids(&inventory, &groups)?;
    let engine = sql::engine(&settings, None).await?;
    let span = Span(Duration::from_secs(u64::from(ask.days) * DAY_S));
    let window = look::window(&engine, &WindowArgs::back(span)).await?;
    let network = Network::new(&inventory);
    let mut study = look::accepted(&engine, &inventory, &network, window).await?;
    let rejected = look::rejected(&engine, &mut study, window).await;
    let rejected = rejected.context("cannot ask for what was rejected")?;
    Ok(study.report(&rejected, &group_ids))
}
