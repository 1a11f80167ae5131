//! The report as SARIF 2.1.0, the form in which code hosts and pipelines take findings.
//!
//! A security group is no file: its address is the logical location, and the path that some hosts
//! insist on is made of its id.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::words;
use crate::checks::Severity;
use crate::groups::GroupVerdict;
use crate::propose::narrow::Width;
use crate::report::{Report, RuleAdvice};
use crate::steps;
use crate::verdict::Verdict;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What is found beside the checks of guidelines: name, level, what it says.
#[rustfmt::skip]
const KINDS: &[(&str, &str, &str)] = &[
    ("unused-rule", "warning", "Nothing used the rule, and it would have been seen"),
    ("attempt-only-rule", "warning", "The rule admits attempts that nobody answers"),
    ("redundant-rule", "note", "Another rule of the group admits all that the rule admits"),
    ("no-op-rule", "note", "The rule cannot admit anything"),
    ("too-wide-rule", "warning", "Narrower rules would do for what the rule is used for"),
    ("unused-group", "warning", "No interface carries the group, and no other group names it"),
    ("missing-rule", "note", "Traffic inside is rejected again and again: a rule is probably missing"),
];

/// Something that is found.
struct Found {
    kind: String,
    level: &'static str,
    group_id: String,
    /// What it is about within the group, or empty.
    part: String,
    message: String,
}

/// Returns the report as SARIF. `version` is the program's.
#[must_use]
pub fn sarif(report: &Report, version: &str) -> String {
    let found = found(report);
    let kinds = kinds(report);
    let index: BTreeMap<&str, usize> =
        kinds.keys().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let rules = kinds.iter().map(|(name, (level, text))| {
        json!({
            "id": name,
            "shortDescription": { "text": text },
            "defaultConfiguration": { "level": level },
        })
    });
    let results = found.iter().map(|it| {
        json!({
            "ruleId": it.kind,
            "ruleIndex": index.get(it.kind.as_str()),
            "level": it.level,
            "message": { "text": it.message },
            "locations": [location(it)],
            "partialFingerprints": { "tidegate/v1": format!("{}/{}/{}", it.kind, it.group_id, it.part) },
        })
    });
    let file = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tidegate",
                "version": version,
                "rules": rules.collect::<Vec<_>>(),
            } },
            "properties": { "window": words::window(report.window) },
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{file:#}\n")
}

fn location(found: &Found) -> Value {
    let name = if found.part.is_empty() {
        found.group_id.clone()
    } else {
        format!("{}/{}", found.group_id, found.part)
    };
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": format!("security-groups/{}", found.group_id) },
            "region": { "startLine": 1 },
        },
        "logicalLocations": [{ "fullyQualifiedName": name, "kind": "resource" }],
    })
}

/// Returns everything that can be found, by name: the fixed kinds, and the checks that found
/// something.
fn kinds(report: &Report) -> BTreeMap<String, (&'static str, String)> {
    let fixed = KINDS.iter().map(|it| (it.0.to_owned(), (it.1, it.2.to_owned())));
    let checks = report.findings.iter().map(|it| {
        let text = format!("Guidelines forbid it: {}", it.controls.join(", "));
        (it.check.to_owned(), (level(it.severity), text))
    });
    fixed.chain(checks).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn found(report: &Report) -> Vec<Found> {
    let mut found: Vec<Found> = report.rules.iter().filter_map(of_rule).collect();
    let unused = report.groups.iter().filter(|it| it.verdict == GroupVerdict::Unused);
    found.extend(unused.map(|it| {
        let message = format!("group {} is used by nothing that is known", it.group.name);
        of_kind("unused-group", &it.group.id, "", message)
    }));
    found.extend(
        report.findings.iter().map(|it| Found {
            kind: it.check.to_owned(),
            level: level(it.severity),
            group_id: it.group_id.clone(),
            part: it.rule_id.clone().unwrap_or_default(),
            message: [it.message.as_str(), it.observed.as_str()]
                .join("; ")
                .trim_end_matches("; ")
                .to_owned(),
        }),
    );
    found.extend(report.missing.iter().map(|it| {
        let way = if it.is_egress { "to" } else { "from" };
        let protocol = crate::flow::protocol_name(Some(it.protocol));
        let message = format!(
            "{} rejected {} records of {protocol} {} {way} {}",
            it.interface_id,
            words::count(it.n_records),
            it.port,
            it.peer,
        );
        let group_id = it.group_ids.first().map_or("", String::as_str);
        let part = format!("{}/{protocol}/{}/{}", it.interface_id, it.port, it.peer);
        of_kind("missing-rule", group_id, &part, message)
    }));
    found
}

fn of_rule(advice: &RuleAdvice) -> Option<Found> {
    let (kind, why) = match (&advice.verdict, &advice.width) {
        (Verdict::Unused, _) => ("unused-rule", "nothing used it".to_owned()),
        (Verdict::AttemptOnly, _) => {
            let n_attempts = words::count(advice.used.n_attempts);
            ("attempt-only-rule", format!("{n_attempts} attempts, nobody answered"))
        }
        (Verdict::Redundant { by }, _) => ("redundant-rule", format!("{by} admits all of it")),
        (Verdict::NoOp(no_op), _) => ("no-op-rule", no_op.words().to_owned()),
        (_, Some(Width::TooWide { why })) => ("too-wide-rule", why.clone()),
        _ => return None,
    };
    let rule = steps::words(&advice.rule);
    let confidence = advice.confidence.name();
    let message = format!("{} {rule}: {why} (confidence {confidence})", advice.group_name);
    Some(of_kind(kind, &advice.rule.group_id, &advice.rule.id, message))
}

fn of_kind(kind: &str, group_id: &str, part: &str, message: String) -> Found {
    let level = KINDS.iter().find(|it| it.0 == kind).map_or("note", |it| it.1);
    Found {
        kind: kind.to_owned(),
        level,
        group_id: group_id.to_owned(),
        part: part.to_owned(),
        message,
    }
}
