//! The report as sections of sentences and tables, which markdown and HTML write each in their way.

use crate::groups::GroupVerdict;
use crate::propose::ChangeKind;
use crate::report::{Report, RuleAdvice};
use crate::steps;
use crate::verdict::Verdict;

use super::words;

/// A part of the report.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    /// What it is, in a sentence.
    pub(super) about: String,
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<Cell>>,
    /// Sentences below the table, in their order.
    pub(super) points: Vec<String>,
    /// A statement of SQL below them, or empty.
    pub(super) sql: &'static str,
}

/// A value, and what it is.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Text.
    Text(String),
    /// An id or a rule, in the letters of programs.
    Code(String),
    /// Several of them, below each other.
    Codes(Vec<String>),
    /// A word that says how things stand.
    Mark(&'static str),
    /// A number.
    Count(u64),
}

/// Returns the report without what there is nothing to say about.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let all = [changes(report), groups(report), findings(report), missing(report), rules(report)];
    let filled = all.into_iter().filter(|it| !it.rows.is_empty());
    filled.chain([order(report)]).collect()
}

/// Returns how many rules there are of each verdict, in the order of what is to be done.
pub(super) fn counts(report: &Report) -> Vec<(&'static str, u64)> {
    let names = ["used", "unused", "attempt-only", "redundant", "no-op", "unprovable"];
    let count =
        |name: &str| report.rules.iter().filter(|it| it.verdict.name() == name).count() as u64;
    names.into_iter().map(|it| (it, count(it))).filter(|it| it.1 > 0).collect()
}

fn changes(report: &Report) -> Section {
    let rows = report.plan.changes.iter().map(|it| {
        let kind = match it.kind {
            ChangeKind::Remove => "remove",
            ChangeKind::Narrow => "narrow",
        };
        let opened: Vec<String> = it.authorize.iter().map(steps::words).collect();
        vec![
            Cell::Mark(kind),
            group(&it.group_name, &it.revoke.group_id),
            Cell::Codes(vec![steps::words(&it.revoke), it.revoke.id.clone()]),
            Cell::Codes(opened),
            Cell::Text(sentence(&it.why, &it.notes)),
            Cell::Text(it.confidence.name().to_owned()),
        ]
    });
    let mut points = Vec::new();
    if !report.plan.taken_back.is_empty() {
        points.push(format!(
            "Left as they are, because something would have been blocked: {}.",
            report.plan.taken_back.join(", "),
        ));
    }
    Section {
        title: "What to change",
        about: words::replay(&report.plan.replay) + ".",
        columns: &["", "group", "goes", "comes first", "why", "confidence"],
        rows: rows.collect(),
        points,
        sql: "",
    }
}

fn groups(report: &Report) -> Section {
    let unused = report.groups.iter().filter(|it| it.verdict == GroupVerdict::Unused);
    let rows = unused.map(|it| {
        vec![
            group(&it.group.name, &it.group.id),
            Cell::Code(it.group.vpc_id.clone()),
            Cell::Text(it.group.description.clone()),
        ]
    });
    let points = if report.unchecked.is_empty() {
        Vec::new()
    } else {
        vec![format!("Not looked at, so look yourself: {}.", report.unchecked.join("; "))]
    };
    Section {
        title: "Groups that nothing uses",
        about: "No interface carries them or did in the window, and no other group names them."
            .to_owned(),
        columns: &["group", "VPC", "description"],
        rows: rows.collect(),
        points,
        sql: "",
    }
}

fn findings(report: &Report) -> Section {
    let rows = report.findings.iter().map(|it| {
        vec![
            Cell::Mark(it.severity.name()),
            group(&it.group_name, &it.group_id),
            Cell::Text(it.message.clone()),
            Cell::Text(it.observed.clone()),
            Cell::Text(it.controls.join(", ")),
        ]
    });
    Section {
        title: "What guidelines forbid",
        about: "By what rules say; what the traffic says stands beside it.".to_owned(),
        columns: &["severity", "group", "what", "observed", "controls"],
        rows: rows.collect(),
        points: Vec::new(),
        sql: "",
    }
}

fn missing(report: &Report) -> Section {
    let rows = report.missing.iter().map(|it| {
        let (way, word) = if it.is_egress { ("egress", "to") } else { ("ingress", "from") };
        let protocol = crate::flow::protocol_name(Some(it.protocol));
        let what = format!("{way} {protocol} {} {word} {}", it.port, it.peer);
        let peer = it.peer_interface_id.iter().chain(&it.peer_group_ids).cloned();
        vec![
            Cell::Codes(vec![it.interface_id.clone(), it.group_ids.join(" ")]),
            Cell::Code(what),
            Cell::Codes(peer.collect()),
            Cell::Count(it.n_records),
            Cell::Text(format!("{} to {}", words::time(it.first_us), words::time(it.last_us))),
        ]
    });
    Section {
        title: "Rules that are probably missing",
        about: "Inside, again and again, rejected.".to_owned(),
        columns: &["interface", "rejected", "other end", "records", "when"],
        rows: rows.collect(),
        points: Vec::new(),
        sql: "",
    }
}

fn rules(report: &Report) -> Section {
    Section {
        title: "Every rule",
        about:
            "Connections count if they were answered, or went one way where nothing else can be; \
                sole are those that no other rule admits; coverage is the share of its interfaces' \
                time with usable logs."
                .to_owned(),
        columns: &[
            "verdict",
            "group",
            "rule",
            "connections",
            "sole",
            "peers",
            "last use",
            "coverage",
            "what else",
        ],
        rows: report.rules.iter().map(rule).collect(),
        points: Vec::new(),
        sql: "",
    }
}

fn rule(advice: &RuleAdvice) -> Vec<Cell> {
    let used = &advice.used;
    let mut reasons = advice.reasons.clone();
    match &advice.verdict {
        Verdict::Redundant { by } => reasons.insert(0, format!("{by} admits all of it")),
        Verdict::NoOp(no_op) => reasons.insert(0, no_op.words().to_owned()),
        Verdict::AttemptOnly => {
            reasons.insert(0, format!("{} attempts", words::count(used.n_attempts)));
        }
        Verdict::Used | Verdict::Unused | Verdict::Unprovable(_) => {}
    }
    if let Some(width) = &advice.width {
        reasons.push(width.name().to_owned());
    }
    vec![
        Cell::Mark(advice.verdict.name()),
        group(&advice.group_name, &advice.rule.group_id),
        Cell::Code(steps::words(&advice.rule)),
        Cell::Count(used.n_proofs()),
        Cell::Count(used.n_sole),
        Cell::Count(used.n_peers),
        Cell::Text(used.last_us.map(words::time).unwrap_or_default()),
        Cell::Text(format!("{:.0} %", advice.coverage.ratio() * 100.0)),
        Cell::Text(reasons.join("; ")),
    ]
}

fn order(report: &Report) -> Section {
    let is_change = !report.plan.changes.is_empty();
    let points = words::ORDER.iter().filter(|_| is_change).map(|it| (*it).to_owned());
    Section {
        title: "In which order, and what to watch",
        about: if is_change { "" } else { "There is nothing to change." }.to_owned(),
        columns: &[],
        rows: Vec::new(),
        points: points.collect(),
        sql: if is_change { words::WATCH_SQL } else { "" },
    }
}

fn group(name: &str, id: &str) -> Cell {
    let parts = [name, id].into_iter().filter(|it| !it.is_empty());
    Cell::Codes(parts.map(str::to_owned).collect())
}

fn sentence(why: &str, notes: &[String]) -> String {
    std::iter::once(why).chain(notes.iter().map(String::as_str)).collect::<Vec<_>>().join("; ")
}
