//! The findings: a table for people, everything for programs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tidegate_advise::flow_logs::control::{Outcome, outcome};
use tidegate_advise::flow_logs::loss::{LOSSES, Weight};
use tidegate_advise::flow_logs::{Audit, CONTROLS, Finding, PlaceKind, Rung};
use tidegate_model::inventory::FlowLog;

use crate::cmd::collect::second;
use crate::config::Config;
use crate::exit::Exit;
use crate::output::record::{write_json, write_rows};
use crate::output::say::{say, warn};
use crate::output::{Format, Terminal, terminal};
use crate::quantity::plural;

/// Columns of the table.
const COLUMNS: [&str; 9] =
    ["place", "name", "state", "traffic", "interval", "destination", "delivery", "newest", "why"];

/// Writes the findings, and beside them what they mean together.
pub(super) fn show(
    audit: &Audit,
    moment: DateTime<Utc>,
    is_all: bool,
    config: &Config,
) -> anyhow::Result<Exit> {
    let terminal = Terminal::of_process();
    let format = terminal.format(config.settings.output);
    match format {
        Format::Json => write_json(format, terminal::stdout(), &report(audit, moment))?,
        Format::Ndjson => {
            for finding in &audit.findings {
                write_json(format, terminal::stdout(), &place(finding))?;
            }
        }
        Format::Table | Format::Markdown if !is_all => {
            rows(format, &terminal, audit.telling())?;
            losses(format, &terminal, audit)?;
        }
        _ => rows(format, &terminal, audit.findings.iter())?,
    }
    if !config.settings.quiet {
        audit.notes.iter().for_each(warn);
        words(audit).into_iter().for_each(say);
    }
    Ok(Exit::Done)
}

fn rows<'a>(
    format: Format,
    terminal: &Terminal,
    findings: impl Iterator<Item = &'a Finding>,
) -> anyhow::Result<()> {
    let rows: Vec<_> = findings.map(row).collect();
    write_rows(format, terminal::stdout(), terminal.look(Some(u64::MAX)), &COLUMNS, &rows)?;
    Ok(())
}

fn row(finding: &Finding) -> Vec<Option<String>> {
    let logs = |text: fn(&FlowLog) -> String| {
        let texts: BTreeSet<String> = finding.flow_logs.iter().map(text).collect();
        Some(texts.into_iter().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty())
    };
    let newest = finding.arrived.and_then(|it| it.newest_us);
    let twice = format!("logged twice by {}", finding.duplicates.join(", "));
    let twice = Some(twice).filter(|_| !finding.duplicates.is_empty());
    let reason = Some(finding.reason.clone()).filter(|it| !it.is_empty());
    let why = reason.into_iter().chain(twice).collect::<Vec<_>>().join("; ");
    vec![
        Some(finding.place.id.clone()),
        Some(finding.place.name.clone()).filter(|it| !it.is_empty()),
        Some(finding.rung.name().to_owned()),
        logs(|it| it.traffic_type.clone()),
        logs(|it| format!("{} s", it.aggregation_interval_s)),
        logs(|it| it.destination.clone()),
        logs(|it| it.deliver_status.clone()),
        newest.and_then(DateTime::from_timestamp_micros).map(second),
        Some(why).filter(|it| !it.is_empty()),
    ]
}

/// Writes what the fields cost that some place lacks and needs: each once.
fn losses(format: Format, terminal: &Terminal, audit: &Audit) -> anyhow::Result<()> {
    let thin = audit.findings.iter().filter(|it| it.rung == Rung::Thin);
    let missing: BTreeSet<&str> =
        thin.flat_map(|it| &it.missing_fields).map(|it| it.field).collect();
    let rows: Vec<_> = LOSSES
        .iter()
        .filter(|it| it.weight == Weight::Needed && missing.contains(it.field))
        .map(|it| vec![Some(it.field.to_owned()), Some(it.costs.to_owned())])
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    crate::cmd::print("\n")?;
    let look = terminal.look(Some(u64::MAX));
    write_rows(format, terminal::stdout(), look, &["missing field", "without it unknown"], &rows)?;
    Ok(())
}

/// Returns what the findings mean together: states of VPCs, controls, what to do.
fn words(audit: &Audit) -> Vec<String> {
    let vpcs: Vec<&Finding> =
        audit.findings.iter().filter(|it| it.place.kind == PlaceKind::Vpc).collect();
    if vpcs.is_empty() {
        return Vec::new();
    }
    let counts = Rung::ALL.into_iter().filter_map(|rung| {
        let n = audit.count(PlaceKind::Vpc, rung);
        (n > 0).then(|| format!("{n} {}", rung.name()))
    });
    let n_vpcs = plural(vpcs.len() as u64, "VPC");
    let mut lines = vec![format!("{n_vpcs}: {}", counts.collect::<Vec<_>>().join(", "))];
    let n_asked = vpcs.iter().filter(|it| outcome(it) != Outcome::NotApplicable).count();
    let n_passed = vpcs.iter().filter(|it| outcome(it) == Outcome::Pass).count();
    let names: Vec<&str> = CONTROLS.iter().map(|it| it.number).collect();
    lines.push(format!(
        "CIS {} (by edition) and Security Hub {}: {n_passed} of {n_asked} pass",
        names[..names.len() - 1].join(", "),
        names[names.len() - 1],
    ));
    if vpcs.iter().any(|it| it.rung <= Rung::Partial) {
        lines.push("`tidegate setup flow-logs --to s3://BUCKET/` plans what is missing".to_owned());
    }
    lines
}

fn report(audit: &Audit, moment: DateTime<Utc>) -> Value {
    json!({
        "at": second(moment),
        "places": audit.findings.iter().map(place).collect::<Vec<_>>(),
        "notes": audit.notes,
    })
}

fn place(finding: &Finding) -> Value {
    let place = &finding.place;
    let kind = match place.kind {
        PlaceKind::Vpc => "vpc",
        PlaceKind::Subnet => "subnet",
        PlaceKind::Interface => "interface",
    };
    let missing = finding.missing_fields.iter().map(
        |it| json!({ "field": it.field, "needed": it.weight == Weight::Needed, "costs": it.costs }),
    );
    let time = |it| DateTime::from_timestamp_micros(it).map(second);
    let arrived = finding.arrived.map(|it| {
        json!({
            "newest": it.newest_us.and_then(time),
            "n_records": it.n_records,
            "n_nodata": it.n_nodata,
            "n_skipdata": it.n_skipdata,
        })
    });
    json!({
        "kind": kind,
        "id": place.id,
        "name": place.name,
        "vpc_id": place.vpc_id,
        "account_id": place.account_id,
        "region": place.region,
        "state": finding.rung.name(),
        "why": finding.reason,
        "uncovered": finding.uncovered,
        "missing_fields": missing.collect::<Vec<_>>(),
        "duplicates": finding.duplicates,
        "flow_logs": finding.flow_logs.iter().map(flow_log).collect::<Vec<_>>(),
        "arrived": arrived,
        "n_interfaces": finding.n_interfaces,
        "is_shared": finding.is_shared,
        "controls": controls(finding),
    })
}

fn flow_log(log: &FlowLog) -> Value {
    json!({
        "id": log.id,
        "resource_id": log.resource_id,
        "traffic_type": log.traffic_type,
        "status": log.status,
        "deliver_status": log.deliver_status,
        "deliver_error": log.deliver_error,
        "destination_type": log.destination_type,
        "destination": log.destination,
        "interval_s": log.aggregation_interval_s,
        "log_format": log.log_format,
        "created": log.created_us.and_then(DateTime::from_timestamp_micros).map(second),
    })
}

fn controls(finding: &Finding) -> Vec<Value> {
    let outcome = outcome(finding);
    if outcome == Outcome::NotApplicable {
        return Vec::new();
    }
    let control = CONTROLS.iter().map(|it| {
        let name = outcome.name();
        json!({ "standard": it.standard, "number": it.number, "title": it.title, "outcome": name })
    });
    control.collect()
}
