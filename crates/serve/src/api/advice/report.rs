//! The report on the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tidegate_advise::flow::protocol_name;
use tidegate_advise::missing::MissingRule as Missing;
use tidegate_advise::propose::narrow::{Width, peer_text};
use tidegate_advise::propose::{Change, ChangeKind};
use tidegate_advise::replay::Replay;
use tidegate_advise::usage::Sample;
use tidegate_advise::verdict::Verdict;
use tidegate_advise::{Report, RuleAdvice};
use tidegate_model::inventory::SecurityGroupRule;
use utoipa::ToSchema;

use super::filter::admitted_by;
use crate::advice::Made;
use crate::backend::maybe_time;
use crate::figures::grouped;
use crate::window::{Window, rfc3339};

/// What to make of the security groups.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdviceReport {
    /// The time that was looked at.
    pub window: Window,
    /// When the report was made.
    #[serde(serialize_with = "rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub made_at: DateTime<Utc>,
    /// Groups.
    pub groups: Vec<AdvisedGroup>,
    /// Rules.
    pub rules: Vec<AdvisedRule>,
    /// What rules say that guidelines forbid.
    pub findings: Vec<AdviceCheck>,
    /// Rules that are probably missing.
    pub missing: Vec<MissingRule>,
    /// What the plan would have done.
    #[schema(required)]
    pub replay: Option<ReplayResult>,
    /// Records that were looked at.
    pub n_records: u64,
    /// What a person should know before acting.
    pub warnings: Vec<String>,
}

/// A group, and who needs it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdvisedGroup {
    /// `sg-...`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its VPC.
    #[schema(required)]
    pub vpc_id: Option<String>,
    /// `used`, `referenced-only`, `unused` or `default`.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// Interfaces that carry it now.
    pub n_members: u64,
    /// Its rules.
    pub n_rules: u64,
}

/// A rule, and what is to be said of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdvisedRule {
    /// `sg-...`.
    pub group_id: String,
    /// Name of the group.
    pub group_name: String,
    /// `sgr-...`.
    pub rule_id: String,
    /// Which way it admits.
    pub way: Way,
    /// Protocol, as AWS writes it.
    pub protocol: String,
    /// Ports; empty for all.
    pub ports: String,
    /// The other end.
    pub peer: String,
    /// Its description.
    #[schema(required)]
    pub description: Option<String>,
    /// `used`, `redundant`, `attempt-only`, `unused`, `no-op` or `unprovable`.
    pub verdict: String,
    /// How sure that is: `low`, `medium` or `high`.
    pub confidence: String,
    /// Connections that prove its use.
    pub n_connections: u64,
    /// Attempts that nobody answered.
    pub n_attempts: u64,
    /// Addresses at the other end.
    pub n_peers: u64,
    /// First use.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub first_use: Option<DateTime<Utc>>,
    /// Last use.
    #[serde(serialize_with = "maybe_time")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_use: Option<DateTime<Utc>>,
    /// How much of its time was watched, 0 to 1.
    pub coverage: f64,
    /// What is to be said beside the verdict.
    #[schema(required)]
    pub note: Option<String>,
    /// Filter of what it admitted.
    pub q: String,
    /// What to do with it.
    #[schema(required)]
    pub proposal: Option<Proposal>,
}

/// The way that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// What comes in.
    Ingress,
    /// What goes out.
    Egress,
}

/// What to do with a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// What to do.
    pub action: ProposalAction,
    /// Why.
    pub reason: String,
    /// Rules that go, in words.
    pub removed: Vec<String>,
    /// Rules that come, in words.
    pub added: Vec<String>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalAction {
    /// Take it away.
    Remove,
    /// Put narrower ones in its place.
    Narrow,
    /// Leave it.
    Keep,
}

/// What a rule says that guidelines forbid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdviceCheck {
    /// How bad it is.
    pub severity: String,
    /// `sg-...`.
    pub group_id: String,
    /// The rule.
    #[schema(required)]
    pub rule_id: Option<String>,
    /// What is wrong.
    pub title: String,
    /// Who forbids it, and what the traffic says.
    pub why: String,
}

/// A rule that is probably missing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MissingRule {
    /// `sg-...`.
    pub group_id: String,
    /// The rule, in words.
    pub text: String,
    /// Rejected records.
    pub n_attempts: u64,
    /// Why it may be missing.
    pub reason: String,
}

/// What a plan would have done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayResult {
    /// Flows that were played back.
    pub n_flows: u64,
    /// Flows that would have been blocked.
    pub n_blocked: u64,
    /// Flows that could not be asked about.
    pub n_not_asked: u64,
    /// Some that would have been blocked.
    pub blocked: Vec<String>,
}

impl AdviceReport {
    /// Returns the report, or the part of it that is about one group.
    pub(super) fn of(made: &Made, group: Option<&str>) -> Self {
        let report = &*made.report;
        let is_asked = |id: &str, name: &str| group.is_none_or(|it| it == id || it == name);
        let is_asked_id = |id: &str| {
            let named = report.groups.iter().find(|it| it.group.id == id);
            is_asked(id, named.map_or("", |it| &it.group.name))
        };
        let rules = report.rules.iter().filter(|it| is_asked(&it.rule.group_id, &it.group_name));
        let missing = report.missing.iter().flat_map(|rule| {
            let ids = rule.group_ids.iter().filter(|it| is_asked_id(it));
            ids.map(|it| missing(it, rule))
        });
        let findings = report.findings.iter().filter(|it| is_asked(&it.group_id, &it.group_name));
        let has_plan = !report.plan.changes.is_empty();
        Self {
            window: window(report),
            made_at: made.at,
            groups: groups(report, is_asked),
            rules: rules.map(|it| rule(report, it)).collect(),
            findings: findings.map(check).collect(),
            missing: missing.collect(),
            replay: has_plan.then(|| replay(&report.plan.replay)),
            n_records: report.totals.n_records,
            warnings: warnings(report),
        }
    }
}

fn window(report: &Report) -> Window {
    let time = |us| DateTime::from_timestamp_micros(us).unwrap_or_default();
    Window { from: time(report.window.from_us), until: time(report.window.until_us) }
}

fn groups(report: &Report, is_asked: impl Fn(&str, &str) -> bool) -> Vec<AdvisedGroup> {
    let asked = report.groups.iter().filter(|it| is_asked(&it.group.id, &it.group.name));
    let advised = asked.map(|it| {
        let mut reasons = vec![format!("{} interfaces carry it", grouped(it.n_interfaces))];
        if it.n_interfaces_in_window > it.n_interfaces {
            reasons.push(format!("{} did in the window", grouped(it.n_interfaces_in_window)));
        }
        if !it.referenced_by.is_empty() {
            reasons.push(format!("named by {}", it.referenced_by.join(", ")));
        }
        if !it.functions.is_empty() {
            reasons.push(format!("functions {}", it.functions.join(", ")));
        }
        let n_rules = report.rules.iter().filter(|rule| rule.rule.group_id == it.group.id).count();
        AdvisedGroup {
            id: it.group.id.clone(),
            name: it.group.name.clone(),
            vpc_id: Some(it.group.vpc_id.clone()).filter(|it| !it.is_empty()),
            verdict: it.verdict.name().to_owned(),
            reason: reasons.join("; "),
            n_members: it.n_interfaces,
            n_rules: n_rules as u64,
        }
    });
    advised.collect()
}

fn rule(report: &Report, advice: &RuleAdvice) -> AdvisedRule {
    let (rule, used) = (&advice.rule, &advice.used);
    let time = |us: Option<i64>| us.and_then(DateTime::from_timestamp_micros);
    let change = report.plan.changes.iter().find(|it| it.revoke.id == rule.id);
    AdvisedRule {
        group_id: rule.group_id.clone(),
        group_name: advice.group_name.clone(),
        rule_id: rule.id.clone(),
        way: if rule.is_egress { Way::Egress } else { Way::Ingress },
        protocol: protocol(rule),
        ports: ports(rule),
        peer: peer_text(&rule.peer),
        description: Some(rule.description.clone()).filter(|it| !it.is_empty()),
        verdict: advice.verdict.name().to_owned(),
        confidence: advice.confidence.name().to_owned(),
        n_connections: used.n_proofs(),
        n_attempts: used.n_attempts,
        n_peers: used.n_peers,
        first_use: time(used.first_us),
        last_use: time(used.last_us),
        coverage: advice.coverage.ratio(),
        note: note(advice),
        q: admitted_by(rule),
        proposal: change.map(proposal),
    }
}

fn proposal(change: &Change) -> Proposal {
    let action = match change.kind {
        ChangeKind::Remove => ProposalAction::Remove,
        ChangeKind::Narrow => ProposalAction::Narrow,
    };
    let notes = change.notes.iter().map(String::as_str);
    let reason: Vec<&str> = std::iter::once(change.why.as_str()).chain(notes).collect();
    Proposal {
        action,
        reason: reason.join("; "),
        removed: vec![words(&change.revoke)],
        added: change.authorize.iter().map(words).collect(),
    }
}

/// `ingress tcp 22 from 10.0.0.0/8`
fn words(rule: &SecurityGroupRule) -> String {
    let (way, side) = if rule.is_egress { ("egress", "to") } else { ("ingress", "from") };
    let ports = ports(rule);
    let blank = if ports.is_empty() { "" } else { " " };
    format!("{way} {}{blank}{ports} {side} {}", protocol(rule), peer_text(&rule.peer))
}

fn protocol(rule: &SecurityGroupRule) -> String {
    rule.protocol.map_or_else(|| "all".to_owned(), |it| protocol_name(Some(it)))
}

fn ports(rule: &SecurityGroupRule) -> String {
    match (rule.from_port, rule.to_port) {
        (None, _) => String::new(),
        (Some(from), Some(to)) if from != to => format!("{from}-{to}"),
        (Some(from), _) => from.to_string(),
    }
}

fn note(advice: &RuleAdvice) -> Option<String> {
    let mut notes: Vec<String> = match &advice.verdict {
        Verdict::Redundant { by } => vec![format!("{by} admits all of it")],
        Verdict::NoOp(no_op) => vec![no_op.words().to_owned()],
        Verdict::Unprovable(doubts) => {
            doubts.iter().map(|it| format!("{}: {}", it.words(), it.hint())).collect()
        }
        Verdict::AttemptOnly => vec!["nothing that it admitted was answered".to_owned()],
        Verdict::Used | Verdict::Unused => Vec::new(),
    };
    notes.extend(match &advice.width {
        Some(Width::TooWide { .. }) => Some("far wider than its use".to_owned()),
        Some(Width::Public { n_networks }) => {
            Some(format!("meant for the public: {} networks use it", grouped(*n_networks)))
        }
        _ => None,
    });
    notes.extend(advice.reasons.iter().cloned());
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn check(finding: &tidegate_advise::checks::Finding) -> AdviceCheck {
    let controls = finding.controls.join(", ");
    let why = match finding.observed.as_str() {
        "" => controls,
        observed => format!("{observed} ({controls})"),
    };
    AdviceCheck {
        severity: finding.severity.name().to_owned(),
        group_id: finding.group_id.clone(),
        rule_id: finding.rule_id.clone(),
        title: finding.message.clone(),
        why,
    }
}

fn missing(group_id: &str, rule: &Missing) -> MissingRule {
    let (way, side) = if rule.is_egress { ("egress", "to") } else { ("ingress", "from") };
    let (protocol, port) = (protocol_name(Some(rule.protocol)), rule.port);
    let whose = rule.peer_interface_id.as_deref().unwrap_or("an address that is not ours");
    MissingRule {
        group_id: group_id.to_owned(),
        text: format!("{way} {protocol} {port} {side} {}", rule.peer),
        n_attempts: rule.n_records,
        reason: format!("{} rejects {whose} again and again", rule.interface_id),
    }
}

fn replay(replay: &Replay) -> ReplayResult {
    ReplayResult {
        n_flows: replay.n_flows,
        n_blocked: replay.n_blocked,
        n_not_asked: replay.n_not_asked,
        blocked: replay.blocked.iter().map(sample).collect(),
    }
}

fn sample(sample: &Sample) -> String {
    let packet = &sample.packet;
    let way = tidegate_advise::flow::way_name(packet.way);
    let protocol = protocol_name(Some(packet.protocol));
    format!("{way} {protocol} {} {} at {}", packet.port, packet.peer, sample.interface_id)
}

fn warnings(report: &Report) -> Vec<String> {
    let totals = &report.totals;
    let mut warnings = Vec::new();
    if totals.n_unknown_interface > 0 {
        let n = grouped(totals.n_unknown_interface);
        warnings.push(format!("{n} flows are of interfaces that the inventory does not know"));
    }
    if totals.n_not_kept > 0 {
        let n = grouped(totals.n_not_kept);
        warnings.push(format!("{n} flows were too many to keep: nothing is proposed"));
    }
    if !report.plan.taken_back.is_empty() {
        let groups = report.plan.taken_back.join(", ");
        warnings.push(format!("left as they are, because something would be blocked: {groups}"));
    }
    if !report.unchecked.is_empty() {
        warnings.push(format!("nobody looked for groups at: {}", report.unchecked.join(", ")));
    }
    warnings
}
