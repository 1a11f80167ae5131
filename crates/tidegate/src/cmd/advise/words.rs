//! The report for people: a table of rules, then what to do, in words.

use std::fmt::Write as _;

use tidegate_advise::flow::protocol_name;
use tidegate_advise::groups::GroupVerdict;
use tidegate_advise::propose::narrow::{Width, peer_text};
use tidegate_advise::propose::{Change, ChangeKind};
use tidegate_advise::replay::Replay;
use tidegate_advise::space::Space;
use tidegate_advise::usage::Sample;
use tidegate_advise::verdict::Verdict;
use tidegate_advise::{Report, RuleAdvice};
use tidegate_model::inventory::SecurityGroupRule;

use super::look::time;
use crate::output::Look;
use crate::output::say::{self, styled};
use crate::quantity::{count, plural};

/// Lines of a list that are shown; `--output json` has all.
const LINES_MAX: usize = 20;

/// Returns the report as a page.
pub(super) fn table(report: &Report, look: Look) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    let mut group_id = "";
    for advice in &report.rules {
        if advice.rule.group_id != group_id {
            group_id = &advice.rule.group_id;
            let head = format!("{group_id} {}", advice.group_name);
            let interfaces = report.groups.iter().find(|it| it.group.id == group_id);
            let n = interfaces.map_or(0, |it| it.n_interfaces);
            writeln!(page, "\n{}  {}", styled(say::STRONG, head), plural(n, "interface"))?;
        }
        writeln!(page, "{}", line(advice))?;
    }
    sections(&mut page, report)?;
    let page = page.trim_start_matches('\n').to_owned();
    Ok(if look.is_coloured { page } else { anstream::adapter::strip_str(&page).to_string() })
}

fn line(advice: &RuleAdvice) -> String {
    let (protocol, ports) = service(&advice.rule);
    let arrow = if advice.rule.is_egress { "out to" } else { "in from" };
    let ports = format!("{protocol} {ports}");
    let rule = format!("{:<15} {arrow:<7} {}", ports.trim(), peer_text(&advice.rule.peer));
    let verdict = format!("{:<13}", advice.verdict.name());
    let verdict = match advice.verdict {
        Verdict::Used => verdict,
        Verdict::Unprovable(_) => styled(say::FAINT, verdict),
        _ => styled(say::WARNING, verdict),
    };
    format!("  {verdict} {rule:<46} {}", note(advice))
}

/// Returns protocol and ports of a rule.
pub(super) fn service(rule: &SecurityGroupRule) -> (String, String) {
    let protocol = match rule.protocol {
        None => "all".to_owned(),
        some => protocol_name(some),
    };
    let ports = match (rule.from_port, rule.to_port) {
        (None, _) => String::new(),
        (Some(from), Some(to)) if from != to => format!("{from}-{to}"),
        (Some(from), _) => from.to_string(),
    };
    (protocol, ports)
}

/// Returns what is to be said of a rule beside its verdict.
pub(super) fn note(advice: &RuleAdvice) -> String {
    let used = &advice.used;
    match &advice.verdict {
        Verdict::Used => {
            let mut text = plural(used.n_proofs(), "connection");
            write!(text, " by {}", plural_es(used.n_peers, "address")).unwrap_or_default();
            if let Some(last_us) = used.last_us {
                write!(text, ", last {}", time(last_us)).unwrap_or_default();
            }
            match &advice.width {
                Some(Width::TooWide { .. }) => text.push_str("; too wide"),
                Some(Width::Public { n_networks }) => {
                    let n = count(*n_networks as u64);
                    write!(text, "; meant for the public: {n} networks").unwrap_or_default();
                }
                _ => {}
            }
            text
        }
        Verdict::Redundant { by } => format!("{by} admits all of it"),
        Verdict::AttemptOnly => format!("{}, none answered", plural(used.n_attempts, "attempt")),
        Verdict::Unused => format!("{} confidence", advice.confidence.name()),
        Verdict::NoOp(no_op) => no_op.words().to_owned(),
        Verdict::Unprovable(doubts) => {
            doubts.iter().map(|it| it.words()).collect::<Vec<_>>().join("; ")
        }
    }
}

fn plural_es(n: u64, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{} {word}es", count(n)) }
}

fn sections(page: &mut String, report: &Report) -> std::fmt::Result {
    let unused: Vec<String> = report
        .groups
        .iter()
        .filter(|it| it.verdict == GroupVerdict::Unused)
        .map(|it| format!("{} {} ({})", it.group.id, it.group.name, it.group.vpc_id))
        .collect();
    if !unused.is_empty() {
        list(page, "Groups that nothing needs", &unused)?;
        writeln!(page, "  nobody looked at: {}", report.unchecked.join(", "))?;
    }
    let changes: Vec<String> = report.plan.changes.iter().map(change).collect();
    list(page, "What to change", &changes)?;
    if !changes.is_empty() {
        writeln!(page, "  {}", replay(&report.plan.replay))?;
    }
    if !report.plan.taken_back.is_empty() {
        let groups = report.plan.taken_back.join(", ");
        writeln!(page, "  left as they are, because something would be blocked: {groups}")?;
    }
    let findings: Vec<String> = report.findings.iter().map(finding).collect();
    list(page, "What guidelines forbid", &findings)?;
    let missing: Vec<String> = report.missing.iter().map(missing).collect();
    list(page, "Rejected inside, again and again: a rule is probably missing", &missing)?;
    writeln!(
        page,
        "\n{} to {}: {} records in {} flows of {} rules",
        time(report.window.from_us),
        time(report.window.until_us),
        count(report.totals.n_records),
        count(report.totals.n_flows),
        count(report.rules.len() as u64),
    )
}

fn list(page: &mut String, title: &str, lines: &[String]) -> std::fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n{}", styled(say::STRONG, title))?;
    for line in lines.iter().take(LINES_MAX) {
        writeln!(page, "  {line}")?;
    }
    if lines.len() > LINES_MAX {
        let n_more = count((lines.len() - LINES_MAX) as u64);
        writeln!(page, "  and {n_more} more: `--output json` has all")?;
    }
    Ok(())
}

fn change(change: &Change) -> String {
    let kind = match change.kind {
        ChangeKind::Remove => "remove",
        ChangeKind::Narrow => "narrow",
    };
    let Change { group_name, revoke, why, .. } = change;
    let (protocol, ports) = service(revoke);
    let peer = peer_text(&revoke.peer);
    format!("{kind} {group_name} {} {peer}: {why}", format!("{protocol} {ports}").trim())
}

/// Returns in a sentence what a change would have done.
pub(super) fn replay(replay: &Replay) -> String {
    let flows = count(replay.n_flows);
    let connections = count(replay.n_connections);
    format!(
        "played back: {flows} flows, {connections} connections: {} would have been blocked, {} \
         rejected flows would pass, {} attempts would be stopped, reachable {}",
        count(replay.n_blocked),
        count(replay.n_rejects_admitted),
        count(replay.n_attempts_stopped),
        space(replay.space_before, replay.space_after),
    )
}

fn space(before: Space, after: Space) -> String {
    let change = |name: &str, before: f64, after: f64| {
        if before == 0.0 {
            return (after > 0.0).then(|| format!("{name} from nothing"));
        }
        let percent = 100.0 * (after - before) / before;
        Some(format!("{name} {percent:+.2} %"))
    };
    let both = [change("IPv4", before.v4, after.v4), change("IPv6", before.v6, after.v6)];
    both.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn finding(finding: &tidegate_advise::checks::Finding) -> String {
    let controls = finding.controls.join(", ");
    let observed = match finding.observed.as_str() {
        "" => String::new(),
        text => format!("; {text}"),
    };
    format!(
        "{} {} {}: {}{observed} ({controls})",
        finding.severity.name(),
        finding.group_id,
        finding.group_name,
        finding.message
    )
}

fn missing(missing: &tidegate_advise::missing::MissingRule) -> String {
    let way = if missing.is_egress { "to" } else { "from" };
    format!(
        "{} {}: {} {} {way} {}, {} since {}",
        missing.interface_id,
        missing.group_ids.join(" "),
        protocol_name(Some(missing.protocol)),
        missing.port,
        missing.peer,
        plural(missing.n_records, "record"),
        time(missing.first_us),
    )
}

/// Returns a flow in words.
pub(super) fn sample(sample: &Sample) -> String {
    let packet = sample.packet;
    let way = match packet.way {
        tidegate_network::admit::Way::Ingress => "from",
        tidegate_network::admit::Way::Egress => "to",
    };
    format!(
        "{} {} {} {way} {}, {} to {}",
        sample.interface_id,
        protocol_name(Some(packet.protocol)),
        packet.port,
        packet.peer,
        time(sample.first_us),
        time(sample.last_us),
    )
}
