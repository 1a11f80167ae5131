//! A plan and what became of it: words for people, everything for programs.

use serde_json::{Value, json};
use tidegate_advise::flow_logs::estimate::Estimate;
use tidegate_advise::flow_logs::plan::Plan;
use tidegate_aws::flow_log::Unsuccessful;

use super::step::{Done, Step};
use crate::config::Config;
use crate::output::record::write_json;
use crate::output::say::{say, warn};
use crate::output::{Format, Terminal, terminal};
use crate::quantity::{bytes, count, plural};

/// Places that a line names before it says how many more there are.
const NAMED_MAX: usize = 8;

/// A plan, what is left of it, and what was done.
pub(super) struct Outcome<'a> {
    pub(super) plan: &'a Plan,
    pub(super) steps: &'a [Step],
    pub(super) estimate: Option<Estimate>,
    pub(super) done: Option<Done>,
}

/// Writes the plan.
pub(super) fn show(outcome: &Outcome<'_>, config: &Config) -> anyhow::Result<()> {
    let format = Terminal::of_process().format(config.settings.output);
    if matches!(format, Format::Json | Format::Ndjson) {
        write_json(format, terminal::stdout(), &report(outcome))?;
    } else {
        let mut text = words(outcome).join("\n");
        text.push('\n');
        crate::cmd::print(&text)?;
    }
    for refused in outcome.done.iter().flat_map(|it| &it.refused) {
        warn(format_args!("AWS did not log {}", told(refused)));
    }
    if !config.settings.quiet {
        outcome.plan.notes.iter().for_each(warn);
        say(next(outcome));
    }
    Ok(())
}

/// Returns what to do next.
fn next(outcome: &Outcome<'_>) -> &'static str {
    match &outcome.done {
        None if outcome.steps.is_empty() => "nothing to do",
        None => "nothing was changed; `--yes` does it",
        Some(done) if done.refused.is_empty() => {
            "records come within ten minutes or so; then `tidegate inventory sync && tidegate audit`"
        }
        Some(_) => "what was made stays; mend the rest and run it again",
    }
}

fn words(outcome: &Outcome<'_>) -> Vec<String> {
    let plan = outcome.plan;
    let mut lines = vec![format!(
        "log {} of account {} to {}, every {} s, {} fields",
        plan.wish.traffic.name(),
        plan.account_id,
        plan.wish.destination,
        plan.wish.interval_s,
        plan.wish.fields.len(),
    )];
    lines.extend(outcome.steps.iter().map(|it| format!("  + {}", step_words(it))));
    if !plan.kept.is_empty() {
        let kept = plan.kept.iter().map(|it| format!("{} ({})", it.place_id, it.flow_log_id));
        lines.push(format!("  = logged so already: {}", named(kept)));
    }
    if let Some(estimate) = &outcome.estimate {
        lines.extend(estimate_words(estimate));
    } else if !plan.creates.is_empty() {
        lines.push("  cost: the lake has no records of the last days that could tell".to_owned());
    }
    if let Some(done) = &outcome.done {
        lines.push(format!("made {}", named(done.flow_log_ids.iter().cloned())));
        lines.extend(done.existing.iter().map(|it| format!("there already: {}", told(it))));
    }
    lines
}

fn step_words(step: &Step) -> String {
    match step {
        Step::BucketPolicy { bucket, n_added, .. } => format!(
            "policy of the bucket {bucket}: {} more, what is there stays",
            plural(*n_added as u64, "statement"),
        ),
        Step::LogGroup { name, region } => format!("log group {name} in {region}"),
        Step::Role { name, .. } => format!("role {name}, for vpc-flow-logs.amazonaws.com only"),
        Step::RolePolicy { name, .. } => format!("policy of the role {name}, which is there"),
        Step::Create(create) => format!(
            "{} in {}: {}",
            plural(create.place_ids.len() as u64, "flow log"),
            create.region,
            named(create.place_ids.iter().cloned()),
        ),
    }
}

fn estimate_words(estimate: &Estimate) -> Vec<String> {
    let (records, size) = (whole(estimate.records_per_month), whole(estimate.bytes_per_month));
    vec![
        format!(
            "  cost: about {:.2} USD a month for {} records, {}",
            estimate.usd_per_month,
            count(records),
            bytes(size),
        ),
        format!("        assumed: {}", estimate.assumptions.join("; ")),
    ]
}

/// Returns a number that is not negative without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate of records or bytes, never negative"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

/// Returns the first names, and how many more there are.
pub(super) fn named(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let first = names[..names.len().min(NAMED_MAX)].join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => first,
        n_more => format!("{first} and {n_more} more"),
    }
}

/// Returns what AWS said of a place.
pub(super) fn told(unsuccessful: &Unsuccessful) -> String {
    format!("{}: {}: {}", unsuccessful.resource_id, unsuccessful.code, unsuccessful.message)
}

fn report(outcome: &Outcome<'_>) -> Value {
    let plan = outcome.plan;
    let estimate = outcome.estimate.as_ref().map(|it| {
        json!({
            "records_per_month": whole(it.records_per_month),
            "bytes_per_month": whole(it.bytes_per_month),
            "usd_per_month": it.usd_per_month,
            "assumptions": it.assumptions,
        })
    });
    let kept = plan.kept.iter();
    let kept = kept.map(|it| json!({ "place": it.place_id, "flow_log": it.flow_log_id }));
    json!({
        "account_id": plan.account_id,
        "regions": plan.regions,
        "traffic_type": plan.wish.traffic.name(),
        "destination": plan.wish.destination.to_string(),
        "log_format": plan.wish.log_format(),
        "interval_s": plan.wish.interval_s,
        "steps": outcome.steps.iter().map(step_report).collect::<Vec<_>>(),
        "kept": kept.collect::<Vec<_>>(),
        "notes": plan.notes,
        "estimate": estimate,
        "done": outcome.done.as_ref().map(done_report),
    })
}

fn step_report(step: &Step) -> Value {
    match step {
        Step::BucketPolicy { bucket, policy, .. } => {
            json!({ "step": "put-bucket-policy", "bucket": bucket, "policy": policy })
        }
        Step::LogGroup { name, region } => {
            json!({ "step": "create-log-group", "name": name, "region": region })
        }
        Step::Role { name, trust, policy } => {
            json!({ "step": "create-role", "name": name, "trust": trust, "policy": policy })
        }
        Step::RolePolicy { name, policy } => {
            json!({ "step": "put-role-policy", "name": name, "policy": policy })
        }
        Step::Create(create) => json!({
            "step": "create-flow-logs",
            "region": create.region,
            "resource_type": create.kind.resource_type(),
            "resource_ids": create.place_ids,
        }),
    }
}

fn done_report(done: &Done) -> Value {
    let told = |it: &[Unsuccessful]| {
        let told = it.iter().map(
            |it| json!({ "resource_id": it.resource_id, "code": it.code, "message": it.message }),
        );
        told.collect::<Vec<_>>()
    };
    json!({
        "flow_log_ids": done.flow_log_ids,
        "existing": told(&done.existing),
        "refused": told(&done.refused),
    })
}
