//! The report as JSON, complete.
//!
//! Names of rules and groups are AWS's; moments are RFC 3339, UTC.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use tidegate_model::inventory::{SecurityGroupRule, Validity};

use crate::checks::Finding;
use crate::coverage::Coverage;
use crate::flow::{protocol_name, way_name};
use crate::groups::GroupAdvice;
use crate::missing::MissingRule;
use crate::propose::narrow::{Width, peer_text};
use crate::propose::{Change, ChangeKind, Plan};
use crate::replay::Replay;
use crate::report::{Report, RuleAdvice};
use crate::usage::{Sample, Use};
use crate::verdict::Verdict;

/// Returns the report.
#[must_use]
pub fn report(report: &Report) -> Value {
    let totals = &report.totals;
    json!({
        "window": window(report.window),
        "totals": {
            "flows": totals.n_flows,
            "records": totals.n_records,
            "connections": totals.n_connections,
            "unexplained_flows": totals.n_unexplained,
            "flows_of_unknown_interfaces": totals.n_unknown_interface,
            "doubtful_flows": totals.n_doubtful,
        },
        "rules": report.rules.iter().map(rule_advice).collect::<Vec<_>>(),
        "groups": report.groups.iter().map(group_advice).collect::<Vec<_>>(),
        "unchecked": report.unchecked,
        "plan": plan(&report.plan),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "missing_rules": report.missing.iter().map(missing).collect::<Vec<_>>(),
    })
}

/// Returns what a change would have done.
#[must_use]
pub fn replay(replay: &Replay) -> Value {
    json!({
        "is_safe": replay.is_safe(),
        "group_ids": replay.group_ids,
        "flows": replay.n_flows,
        "connections": replay.n_connections,
        "blocked_flows": replay.n_blocked,
        "blocked_connections": replay.n_blocked_connections,
        "blocked": replay.blocked.iter().map(sample).collect::<Vec<_>>(),
        "attempts_stopped": replay.n_attempts_stopped,
        "rejects_admitted": replay.n_rejects_admitted,
        "admitted": replay.admitted.iter().map(sample).collect::<Vec<_>>(),
        "reachable_before": { "ipv4": replay.space_before.v4, "ipv6": replay.space_before.v6 },
        "reachable_after": { "ipv4": replay.space_after.v4, "ipv6": replay.space_after.v6 },
    })
}

/// Returns a rule.
#[must_use]
pub fn rule(rule: &SecurityGroupRule) -> Value {
    json!({
        "id": Some(&rule.id).filter(|it| !it.is_empty()),
        "group_id": rule.group_id,
        "is_egress": rule.is_egress,
        "protocol": protocol_name(rule.protocol),
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "peer": peer_text(&rule.peer),
        "description": rule.description,
    })
}

/// Returns a moment as RFC 3339; `None` for the beginning and the end of time.
#[must_use]
pub fn time(moment_us: i64) -> Option<String> {
    let moment = DateTime::from_timestamp_micros(moment_us)?;
    let is_bound = moment_us == i64::MIN || moment_us == i64::MAX;
    (!is_bound).then(|| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn window(window: Validity) -> Value {
    json!({ "from": time(window.from_us), "until": time(window.until_us) })
}

fn rule_advice(advice: &RuleAdvice) -> Value {
    let (why, by) = match &advice.verdict {
        Verdict::NoOp(no_op) => (vec![json!({ "reason": no_op.words() })], None),
        Verdict::Unprovable(doubts) => {
            let doubt = |it: &crate::verdict::Doubt| json!({ "doubt": it.name(), "reason": it.words(), "hint": it.hint() });
            (doubts.iter().map(doubt).collect(), None)
        }
        Verdict::Redundant { by } => (Vec::new(), Some(by)),
        Verdict::Used | Verdict::AttemptOnly | Verdict::Unused => (Vec::new(), None),
    };
    json!({
        "rule": rule(&advice.rule),
        "group_name": advice.group_name,
        "vpc_id": advice.vpc_id,
        "verdict": advice.verdict.name(),
        "redundant_by": by,
        "why": why,
        "confidence": advice.confidence.name(),
        "reasons": advice.reasons,
        "use": used(&advice.used),
        "coverage": coverage(&advice.coverage),
        "observed": window(advice.observed),
        "width": advice.width.as_ref().map(width),
    })
}

fn used(used: &Use) -> Value {
    json!({
        "answered_connections": used.n_answered,
        "one_way_records": used.n_one_way,
        "attempts": used.n_attempts,
        "sole_connections": used.n_sole,
        "bytes": used.bytes,
        "first": used.first_us.and_then(time),
        "last": used.last_us.and_then(time),
        "peers": used.n_peers,
        "ports": used.n_ports,
        "samples": used.samples.iter().map(sample).collect::<Vec<_>>(),
    })
}

fn sample(sample: &Sample) -> Value {
    json!({
        "interface_id": sample.interface_id,
        "way": way_name(sample.packet.way),
        "protocol": protocol_name(Some(sample.packet.protocol)),
        "port": sample.packet.port,
        "peer": sample.packet.peer.to_string(),
        "first": time(sample.first_us),
        "last": time(sample.last_us),
        "grade": sample.grade.name(),
    })
}

fn coverage(coverage: &Coverage) -> Value {
    json!({
        "ratio": coverage.ratio(),
        "covered_s": coverage.covered_s,
        "total_s": coverage.total_s,
        "interfaces": coverage.n_interfaces,
        "skipdata_records": coverage.n_skipdata,
    })
}

fn width(width: &Width) -> Value {
    match width {
        Width::TooWide { why } => json!({ "verdict": width.name(), "why": why }),
        Width::Public { n_networks } => {
            json!({ "verdict": width.name(), "networks": n_networks })
        }
        Width::Fits | Width::TooEarly | Width::NoGain => json!({ "verdict": width.name() }),
    }
}

fn group_advice(advice: &GroupAdvice) -> Value {
    json!({
        "id": advice.group.id,
        "name": advice.group.name,
        "vpc_id": advice.group.vpc_id,
        "verdict": advice.verdict.name(),
        "interfaces": advice.n_interfaces,
        "interfaces_in_window": advice.n_interfaces_in_window,
        "referenced_by": advice.referenced_by,
        "functions": advice.functions,
    })
}

fn plan(plan: &Plan) -> Value {
    json!({
        "changes": plan.changes.iter().map(change).collect::<Vec<_>>(),
        "replay": replay(&plan.replay),
        "taken_back": plan.taken_back,
    })
}

fn change(change: &Change) -> Value {
    let kind = match change.kind {
        ChangeKind::Remove => "remove",
        ChangeKind::Narrow => "narrow",
    };
    json!({
        "kind": kind,
        "group_name": change.group_name,
        "authorize": change.authorize.iter().map(rule).collect::<Vec<_>>(),
        "revoke": rule(&change.revoke),
        "why": change.why,
        "confidence": change.confidence.name(),
        "notes": change.notes,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "check": finding.check,
        "controls": finding.controls,
        "severity": finding.severity.name(),
        "group_id": finding.group_id,
        "group_name": finding.group_name,
        "rule_id": finding.rule_id,
        "message": finding.message,
        "observed": finding.observed,
    })
}

fn missing(missing: &MissingRule) -> Value {
    json!({
        "interface_id": missing.interface_id,
        "group_ids": missing.group_ids,
        "is_egress": missing.is_egress,
        "protocol": protocol_name(Some(missing.protocol)),
        "port": missing.port,
        "peer": missing.peer.to_string(),
        "peer_interface_id": missing.peer_interface_id,
        "peer_group_ids": missing.peer_group_ids,
        "rejected_records": missing.n_records,
        "first": time(missing.first_us),
        "last": time(missing.last_us),
    })
}
