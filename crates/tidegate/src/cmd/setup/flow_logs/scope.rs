//! What is asked about: places of the inventory, flow logs of AWS.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use tidegate_advise::flow_logs::estimate::{Estimate, Known, estimate};
use tidegate_advise::flow_logs::ground::Ground;
use tidegate_advise::flow_logs::plan::Plan;
use tidegate_advise::flow_logs::{Place, PlaceKind};
use tidegate_aws::{Region, Session, flow_log};
use tidegate_inventory::read::{Extent, File, read};
use tidegate_inventory::seen::Seen;
use tidegate_model::inventory::{FlowLog, Inventory};
use tidegate_store::Lake;

use super::Args;
use crate::cmd::audit::{KINDS, arrivals};
use crate::config::Config;
use crate::facts;
use crate::failure::Usage;
use crate::places::Places;
use crate::time::Span;

/// How much of the lake tells what a plan would cost.
const VOLUME_SPAN: Span = Span(std::time::Duration::from_hours(7 * 24));

/// Microseconds of a day.
const DAY_US: f64 = 86_400_000_000.0;

/// The inventory of now.
pub(super) struct Scope {
    lake: Lake,
    inventory: Inventory,
    now: DateTime<Utc>,
    places: Vec<Place>,
    foreign: BTreeSet<String>,
}

impl Scope {
    /// Reads the inventory of the lake.
    pub(super) async fn read(config: &Config) -> anyhow::Result<Self> {
        let settings = &config.settings;
        let lake = Places::new(settings).lake(settings).await?;
        let inventory = facts::read(&lake, KINDS).await?.inventory;
        let now = Utc::now();
        let ground = Ground::new(&inventory, now.timestamp_micros());
        let foreign = ground.places.iter().filter(|it| ground.is_foreign(&it.account_id));
        let foreign = foreign.map(|it| it.id.clone()).collect();
        let places = ground.places.clone();
        Ok(Self { lake, inventory, now, places, foreign })
    }

    /// Returns the places that were asked for: by their ids, or every VPC of the account.
    pub(super) fn places(
        &self,
        args: &Args,
        account_id: Option<&str>,
    ) -> Result<Vec<&Place>, Usage> {
        let is_of = |wanted: Option<&str>, value: &str| {
            wanted.is_none_or(|it| it == value || value.is_empty())
        };
        let is_wanted = |it: &&Place| {
            is_of(account_id, &it.account_id)
                && is_of(args.account.as_deref(), &it.account_id)
                && is_of(args.region.as_deref(), &it.region)
        };
        let wanted: Vec<&Place> = if args.places.is_empty() {
            let vpcs = self.places.iter().filter(|it| it.kind == PlaceKind::Vpc);
            vpcs.filter(|it| !self.foreign.contains(&it.id)).filter(is_wanted).collect()
        } else {
            let places = args.places.iter().map(|it| self.place(it));
            places.collect::<Result<_, _>>()?
        };
        if let Some(other) = wanted.iter().find(|it| !is_wanted(it)) {
            let message = format!(
                "`{}` is of account {}, {}, which are not those that are asked about",
                other.id, other.account_id, other.region,
            );
            return Err(Usage::new(message, "use credentials of that account, and its region"));
        }
        if wanted.is_empty() {
            let hint = "`tidegate inventory sync` reads what there is; `tidegate inventory list \
                        vpcs` lists it";
            return Err(Usage::new("the inventory has no VPC of this account and region", hint));
        }
        Ok(wanted)
    }

    fn place(&self, id: &str) -> Result<&Place, Usage> {
        self.places.iter().find(|it| it.id == id).ok_or_else(|| {
            let hint = "`tidegate inventory sync`, or `tidegate inventory list vpcs`, `subnets`, \
                        `interfaces`";
            Usage::new(format!("the inventory has no VPC, subnet or interface `{id}` now"), hint)
        })
    }

    /// Returns the flow logs that the inventory knows.
    pub(super) fn known_logs(&self) -> Vec<FlowLog> {
        let now_us = self.now.timestamp_micros();
        let valid = self.inventory.flow_logs.iter().filter(|it| it.validity.contains(now_us));
        valid.map(|it| it.value.clone()).collect()
    }

    /// Returns the regions of everything that is known.
    pub(super) fn all_regions(&self, region: &str) -> BTreeSet<String> {
        regions(&self.places.iter().collect::<Vec<_>>(), region)
    }

    /// Returns what a plan would cost, if the lake's last days tell.
    pub(super) async fn estimate(
        &self,
        plan: &Plan,
        config: &Config,
    ) -> anyhow::Result<Option<Estimate>> {
        if plan.creates.is_empty() {
            return Ok(None);
        }
        let status = tidegate_store::status::read(&self.lake).await?;
        let Some((oldest, newest)) = status.oldest.zip(status.newest) else { return Ok(None) };
        let window = arrivals::Window::before(newest, VOLUME_SPAN);
        let arrivals = arrivals::read(&self.lake, &config.settings, &window).await?;
        let micros = (newest - oldest.max(window.from)).num_microseconds().unwrap_or(0);
        let known = Known { arrivals: &arrivals.unwrap_or_default(), window_days: days(micros) };
        let ground = Ground::new(&self.inventory, self.now.timestamp_micros());
        Ok(estimate(plan, &ground, &known))
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate needs no more than 15 digits")]
fn days(micros: i64) -> f64 {
    micros as f64 / DAY_US
}

/// Returns the regions of places; `region` is that of those of which nothing tells it.
pub(super) fn regions(places: &[&Place], region: &str) -> BTreeSet<String> {
    let regions = places.iter().map(|it| if it.region.is_empty() { region } else { &it.region });
    regions.map(str::to_owned).collect()
}

/// Returns the flow logs that AWS has now in some regions, each with its region.
pub(super) async fn live_logs(
    session: &Session,
    regions: &BTreeSet<String>,
) -> anyhow::Result<Vec<(String, FlowLog)>> {
    let mut logs = Vec::new();
    for region in regions {
        let found = logs_of(&session.in_region(region)).await?;
        logs.extend(found.into_iter().map(|it| (region.clone(), it)));
    }
    Ok(logs)
}

/// Reads what AWS answers as a file of the same form would be read.
async fn logs_of(region: &Region) -> anyhow::Result<Vec<FlowLog>> {
    let answer = flow_log::describe(region, &[]).await?.to_string();
    let mut seen = Seen::default();
    let name = "describe-flow-logs";
    let file = File {
        name,
        bytes: answer.as_bytes(),
        moment_us: Utc::now().timestamp_micros(),
        extent: Extent::Complete,
    };
    read(&file, &mut seen);
    if let Some(note) = seen.notes.first() {
        anyhow::bail!(
            "cannot read the flow logs of {}: {}: {}",
            region.name,
            note.place,
            note.reason
        );
    }
    let logs = seen.flow_logs.into_iter().map(|it| (it.value.id.clone(), it.value));
    Ok(logs.collect::<BTreeMap<_, _>>().into_values().collect())
}
