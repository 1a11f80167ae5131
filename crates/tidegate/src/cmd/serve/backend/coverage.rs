//! Coverage for the console: what `tidegate audit` says, and what would close the gaps.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tidegate_advise::flow_logs::audit::Look;
use tidegate_advise::flow_logs::emit::{cloud_formation, script, terraform};
use tidegate_advise::flow_logs::ground::Ground;
use tidegate_advise::flow_logs::plan::{Plan, Request, plan};
use tidegate_advise::flow_logs::wish::{Files, fields};
use tidegate_advise::flow_logs::{
    Arrival, Audit, Destination, Finding, Place, PlaceKind, Rung, Traffic, Wish, audit, loss,
};
use tidegate_model::inventory::{FlowLog, Inventory};
use tidegate_serve::backend::{
    CoverageAnswer, CoverageFlowLog, CoverageForm, CoverageResource, CoverageState,
    CoverageSummary, PlaceState,
};
use tidegate_serve::{Code, Problem};
use tidegate_store::Lake;

use super::told::problem;
use crate::cmd::audit::{KINDS, arrivals};
use crate::config::Settings;
use crate::facts;
use crate::time::Span;

/// How far back to look for what arrived, as `tidegate audit` does.
const WINDOW: Span = Span(Duration::from_hours(7 * 24));

/// After how long without a record a place is stale, as for `tidegate audit`.
const STALE_AFTER_US: i64 = 3 * 3_600 * 1_000_000;

/// Returns what is logged and what is not.
pub(super) async fn answer(
    lake: &Lake,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<CoverageAnswer, Problem> {
    let inventory = facts::read(lake, KINDS).await.map_err(|it| problem(&it))?.inventory;
    let window = arrivals::Window::before(now, WINDOW);
    let arrivals = arrivals::read(lake, settings, &window).await.map_err(|it| problem(&it))?;
    let found = audit(&Look {
        inventory: &inventory,
        moment_us: now.timestamp_micros(),
        arrivals: arrivals.as_deref(),
        stale_after_us: STALE_AFTER_US,
    });
    if found.findings.is_empty() {
        return Ok(CoverageAnswer {
            state: CoverageState::Unavailable,
            reason: Some(found.notes.join("; ")),
            summary: None,
            resources: Vec::new(),
            flow_logs: Vec::new(),
            inventory_at: None,
        });
    }
    Ok(CoverageAnswer {
        state: CoverageState::Ready,
        reason: Some(found.notes.join("; ")).filter(|it| !it.is_empty()),
        summary: Some(summary(&found)),
        resources: found.findings.iter().map(resource).collect(),
        flow_logs: flow_logs(&found, arrivals.as_deref().unwrap_or_default()),
        inventory_at: None,
    })
}

fn summary(audit: &Audit) -> CoverageSummary {
    let count = |rung| audit.count(PlaceKind::Interface, rung) as u64;
    let n_interfaces: u64 = Rung::ALL.into_iter().map(count).sum();
    let n_logged = count(Rung::Ok) + count(Rung::Thin);
    let n_reject_only = count(Rung::RejectOnly);
    #[expect(clippy::cast_precision_loss, reason = "a share for reading")]
    let share_logged = n_logged as f64 / n_interfaces.max(1) as f64;
    let n_gaps = n_interfaces - n_logged - n_reject_only - count(Rung::NotYours);
    CoverageSummary { n_interfaces, n_logged, n_reject_only, n_gaps, share_logged }
}

fn resource(finding: &Finding) -> CoverageResource {
    let place = &finding.place;
    let parent = match place.kind {
        PlaceKind::Vpc => "",
        PlaceKind::Subnet => &place.vpc_id,
        PlaceKind::Interface if place.subnet_id.is_empty() => &place.vpc_id,
        PlaceKind::Interface => &place.subnet_id,
    };
    let newest = finding.arrived.as_ref().and_then(|it| it.newest_us);
    CoverageResource {
        kind: kind(place).to_owned(),
        id: place.id.clone(),
        name: Some(place.name.clone()).filter(|it| !it.is_empty()),
        parent: Some(parent.to_owned()).filter(|it| !it.is_empty()),
        state: state(finding.rung),
        why: why(finding),
        flow_log_ids: finding.flow_logs.iter().map(|it| it.id.clone()).collect(),
        newest: newest.and_then(DateTime::from_timestamp_micros),
        n_interfaces: finding.n_interfaces as u64,
    }
}

fn kind(place: &Place) -> &'static str {
    match place.kind {
        PlaceKind::Vpc => "vpc",
        PlaceKind::Subnet => "subnet",
        PlaceKind::Interface => "interface",
    }
}

fn state(rung: Rung) -> PlaceState {
    match rung {
        Rung::Ok => PlaceState::Logged,
        Rung::Thin | Rung::Partial => PlaceState::Partly,
        Rung::RejectOnly => PlaceState::RejectsOnly,
        Rung::AcceptOnly => PlaceState::AcceptsOnly,
        Rung::Missing | Rung::NotYours => PlaceState::NotLogged,
        Rung::Inactive | Rung::Failing | Rung::Stale => PlaceState::Broken,
    }
}

fn why(finding: &Finding) -> String {
    let mut parts = vec![finding.reason.clone()];
    if !finding.uncovered.is_empty() {
        parts.push(format!("not covered: {}", finding.uncovered.join(", ")));
    }
    if !finding.duplicates.is_empty() {
        parts.push(format!("paid for twice: {}", finding.duplicates.join(", ")));
    }
    parts.join("; ")
}

/// Returns every flow log once, with the newest record that came from it.
fn flow_logs(audit: &Audit, arrivals: &[Arrival]) -> Vec<CoverageFlowLog> {
    let mut by_id: BTreeMap<&str, &FlowLog> = BTreeMap::new();
    for log in audit.findings.iter().flat_map(|it| &it.flow_logs) {
        by_id.insert(&log.id, log);
    }
    by_id.into_values().map(|it| flow_log(it, arrivals)).collect()
}

fn flow_log(log: &FlowLog, arrivals: &[Arrival]) -> CoverageFlowLog {
    let own = arrivals.iter().filter(|it| it.flow_log_id == log.id);
    let missing = loss::missing(&log.log_format);
    let mut findings = Vec::new();
    if log.status != "ACTIVE" {
        findings.push(format!("its status is {}", log.status));
    }
    if !log.deliver_error.is_empty() {
        findings.push(format!("it cannot deliver: {}", log.deliver_error));
    }
    findings.extend(missing.iter().map(|it| format!("without `{}`: {}", it.field, it.costs)));
    CoverageFlowLog {
        id: log.id.clone(),
        resource_id: log.resource_id.clone(),
        destination: log.destination.clone(),
        traffic: log.traffic_type.clone(),
        interval_s: u32::try_from(log.aggregation_interval_s).ok().filter(|it| *it > 0),
        fields: loss::names(&log.log_format).into_iter().map(str::to_owned).collect(),
        missing_fields: missing.iter().map(|it| it.field.to_owned()).collect(),
        status: log.status.clone(),
        newest: own.map(|it| it.newest_us).max().and_then(DateTime::from_timestamp_micros),
        findings,
    }
}

/// Writes what would log every VPC of the account that has none, to where the other flow logs go.
pub(super) async fn emit(
    lake: &Lake,
    form: CoverageForm,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    let inventory = facts::read(lake, KINDS).await.map_err(|it| problem(&it))?.inventory;
    let plan = planned(&inventory, now)?;
    match form {
        CoverageForm::Cli => Ok(script::script(&plan)),
        CoverageForm::Terraform => Ok(terraform::terraform(&plan)),
        CoverageForm::CloudFormation => {
            cloud_formation::cloud_formation(&plan).map_err(|it| of_advice(&it))
        }
    }
}

fn planned(inventory: &Inventory, now: DateTime<Utc>) -> Result<Plan, Problem> {
    let now_us = now.timestamp_micros();
    let ground = Ground::new(inventory, now_us);
    let vpcs = ground.places.iter().filter(|it| it.kind == PlaceKind::Vpc);
    let places: Vec<&Place> = vpcs.filter(|it| !ground.is_foreign(&it.account_id)).collect();
    let Some(first) = places.first() else {
        return Err(Problem::new(Code::NotFound, "the inventory has no VPC")
            .hint("`tidegate inventory sync` reads what there is"));
    };
    // A plan is of one account.
    let account_id = first.account_id.clone();
    let places: Vec<&Place> = places.into_iter().filter(|it| it.account_id == account_id).collect();
    let logs = inventory.flow_logs.iter().filter(|it| it.validity.contains(now_us));
    let flow_logs: Vec<FlowLog> = logs.map(|it| it.value.clone()).collect();
    let wish = wish(&flow_logs)?;
    let request = Request {
        places: &places,
        wish: &wish,
        flow_logs: &flow_logs,
        account_id: &account_id,
        region: "",
    };
    plan(&request).map_err(|it| of_advice(&it))
}

/// Returns what to wish for: everything, all fields, to the bucket that other flow logs write to.
fn wish(flow_logs: &[FlowLog]) -> Result<Wish, Problem> {
    let files = Files { is_parquet: false, is_hive: false, is_hourly: false };
    let places = flow_logs.iter().map(|it| it.destination.as_str());
    let known = places.filter_map(|it| Destination::parse(it, files, None).ok());
    let Some(destination) = known.into_iter().next() else {
        return Err(Problem::new(Code::NotFound, "nothing tells where records should go")
            .hint("`tidegate setup flow-logs --to s3://BUCKET/PREFIX/ --emit terraform`"));
    };
    let fields = fields("recommended").map_err(|it| of_advice(&it))?;
    Ok(Wish { traffic: Traffic::All, destination, fields, interval_s: 60 })
}

fn of_advice(error: &tidegate_advise::flow_logs::Error) -> Problem {
    let problem = Problem::new(Code::NotFound, error.to_string());
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
