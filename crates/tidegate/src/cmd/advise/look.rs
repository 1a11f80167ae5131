//! Looks at a window of the lake: asks the engine, and fills a study.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use tidegate_advise::{Flow, Study};
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_query::Engine;

use super::ask::{self, Unsure};
use super::rows;
use crate::failure::Usage;
use crate::time::{Moment, Span};

/// The time to look at, as people say it.
#[derive(clap::Args, Debug)]
pub(in crate::cmd) struct WindowArgs {
    /// How far to look back from the newest record
    #[arg(long, value_name = "SPAN", default_value = "30d", conflicts_with = "from")]
    window: Span,

    /// Begin of the window: 2026-03-02, -7d, yesterday
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<Moment>,

    /// End of the window, itself not in it; after the newest record if it is not given
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<Moment>,
}

impl WindowArgs {
    /// Returns the arguments that look so far back from the newest record.
    pub(in crate::cmd) fn back(window: Span) -> Self {
        Self { window, from: None, to: None }
    }
}

/// Returns the window that is meant, as far as there are records.
pub(in crate::cmd) async fn window(engine: &Engine, args: &WindowArgs) -> anyhow::Result<Validity> {
    let batches = collect(engine, &ask::bounds()).await?;
    let batch = batches.first().context("the engine says nothing about the window")?;
    let (first, last) = (rows::int(batch, "first")?, rows::int(batch, "last")?);
    if rows::int(batch, "n")?.value(0) == 0 {
        let hint = "`tidegate collect PATH` reads flow logs into it";
        return Err(Usage::new("the lake has no records", hint).into());
    }
    let (first_us, last_us) = (first.value(0), last.value(0) + 1);
    let now = Utc::now();
    let micros = |it: Moment| it.resolve(now).timestamp_micros();
    let until_us = args.to.map_or(last_us, micros).min(last_us);
    let back_us = i64::try_from(args.window.0.as_micros()).unwrap_or(i64::MAX);
    let from_us = args.from.map_or(until_us.saturating_sub(back_us), micros).max(first_us);
    if from_us >= until_us {
        let known = format!("the records are of {} to {}", time(first_us), time(last_us));
        return Err(Usage::new("the window has no records", known).into());
    }
    Ok(Validity { from_us, until_us })
}

/// Fills a study with everything that was accepted.
///
/// # Errors
///
/// If the inventory has no rules, or the engine fails.
pub(in crate::cmd) async fn accepted<'a>(
    engine: &Engine,
    inventory: &'a Inventory,
    network: &'a tidegate_network::Network,
    window: Validity,
) -> anyhow::Result<Study<'a>> {
    let mut study = Study::new(inventory, network, window);
    if !study.has_rules() {
        let hint = "`tidegate inventory sync` reads them from AWS, `tidegate inventory import` \
                    from files";
        return Err(Usage::new("the lake knows no security groups with rules", hint).into());
    }
    let sql = ask::accepted(window, &study.splits());
    ask_flows(engine, &sql, &mut study, |study, flow| study.add(&flow)).await?;
    let mut unsure = Unsure::default();
    for batch in collect(engine, &ask::days(window)).await? {
        let own = rows::days(&mut study, &batch)?;
        unsure.n_unsure += own.n_unsure;
        unsure.n_unknown += own.n_unknown;
        unsure.n_undirected += own.n_undirected;
    }
    for sql in ask::doubtful(window, &study.doubtful(), unsure) {
        ask_flows(engine, &sql, &mut study, |study, flow| study.add_doubtful(&flow)).await?;
    }
    Ok(study)
}

/// Returns the flows that were rejected inside, again and again.
pub(in crate::cmd) async fn rejected(
    engine: &Engine,
    study: &mut Study<'_>,
    window: Validity,
) -> anyhow::Result<Vec<Flow>> {
    let mut flows = Vec::new();
    ask_flows(engine, &ask::rejected(window), study, |_, flow| flows.push(flow)).await?;
    Ok(flows)
}

/// Returns the flows that were rejected at interfaces that carried some groups.
pub(super) async fn rejected_at(
    engine: &Engine,
    study: &mut Study<'_>,
    window: Validity,
    group_ids: &[String],
) -> anyhow::Result<Vec<Flow>> {
    let sql = ask::rejected_at(window, &study.interfaces_of(group_ids));
    let mut flows = Vec::new();
    ask_flows(engine, &sql, study, |_, flow| flows.push(flow)).await?;
    Ok(flows)
}

async fn ask_flows(
    engine: &Engine,
    sql: &str,
    study: &mut Study<'_>,
    mut visit: impl FnMut(&mut Study<'_>, Flow),
) -> anyhow::Result<()> {
    let mut answer = engine.run(sql).await.context("cannot ask for flows")?;
    while let Some(batch) = answer.batches.next().await {
        rows::flows(study, &batch.context("cannot ask for flows")?, &mut visit)?;
    }
    Ok(())
}

async fn collect(engine: &Engine, sql: &str) -> anyhow::Result<Vec<arrow::array::RecordBatch>> {
    let mut answer = engine.run(sql).await.context("cannot ask the lake")?;
    let mut batches = Vec::new();
    while let Some(batch) = answer.batches.next().await {
        batches.push(batch.context("cannot ask the lake")?);
    }
    Ok(batches)
}

/// Returns a moment to the second.
pub(super) fn time(moment_us: i64) -> String {
    let moment = DateTime::from_timestamp_micros(moment_us).unwrap_or_default();
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
