//! One place on the ladder.

use std::collections::BTreeSet;

use tidegate_model::inventory::FlowLog;
use tidegate_model::span::MINUTE_US;

use super::Look;
use crate::flow_logs::arrival::Arrived;
use crate::flow_logs::ground::{Ground, Place, PlaceKind};
use crate::flow_logs::ladder::Rung;
use crate::flow_logs::loss::{self, Loss, Weight};
use crate::flow_logs::wish::Traffic;

/// Names that a reason gives before it says how many more there are.
const NAMED_MAX: usize = 5;

/// A place, and what is needed to judge it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) look: &'a Look<'a>,
    pub(super) ground: &'a Ground<'a>,
    pub(super) place: &'a Place,
    /// The interfaces in it.
    pub(super) interfaces: &'a [&'a Place],
    /// What its flow logs delivered.
    pub(super) arrived: Option<Arrived>,
}

/// Where a place stands.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) rung: Rung,
    pub(super) reason: String,
    pub(super) uncovered: Vec<String>,
    pub(super) missing_fields: Vec<&'static Loss>,
}

impl Verdict {
    fn new(rung: Rung, reason: impl Into<String>) -> Self {
        let (uncovered, missing_fields) = (Vec::new(), Vec::new());
        Self { rung, reason: reason.into(), uncovered, missing_fields }
    }
}

/// Returns where the place stands that `logs` watch.
pub(super) fn judge(case: &Case<'_>, logs: &[&FlowLog]) -> Verdict {
    if logs.is_empty() {
        return unwatched(case);
    }
    let is_active =
        |it: &&&FlowLog| it.status.is_empty() || it.status.eq_ignore_ascii_case("active");
    let active: Vec<&FlowLog> = logs.iter().filter(is_active).copied().collect();
    if active.is_empty() {
        let states = logs.iter().map(|it| format!("{} is {}", it.id, it.status));
        return Verdict::new(Rung::Inactive, named(&states.collect::<Vec<_>>()));
    }
    let is_sound = |it: &&&FlowLog| !it.deliver_status.eq_ignore_ascii_case("failed");
    let sound: Vec<&FlowLog> = active.iter().filter(is_sound).copied().collect();
    if sound.is_empty() {
        return Verdict::new(
            Rung::Failing,
            named(&active.iter().map(|it| failure(it)).collect::<Vec<_>>()),
        );
    }
    if let Some(reason) = stale(case, &sound) {
        return Verdict::new(Rung::Stale, reason);
    }
    seen(&sound)
}

/// Judges a place that nothing watches as a whole.
fn unwatched(case: &Case<'_>) -> Verdict {
    let place = case.place;
    let parts: Vec<&Place> = case.ground.places.iter().filter(|it| place.holds(it)).collect();
    let is_watched = |it: &Place| !case.ground.logs(it).is_empty();
    if place.kind != PlaceKind::Interface && parts.iter().any(|it| is_watched(it)) {
        return partial(case, &parts);
    }
    if case.ground.is_foreign(&place.account_id) {
        let reason = format!(
            "account {} shares it: only that account can switch flow logs on for it, or see them; \
             you can for your own interfaces",
            place.account_id,
        );
        return Verdict::new(Rung::NotYours, reason);
    }
    let reason = match (place.kind, case.interfaces.is_empty(), place.is_default) {
        (PlaceKind::Vpc, true, true) => {
            "no flow log watches it; the default VPC is empty: rather delete it"
        }
        (PlaceKind::Vpc, true, false) => "no flow log watches it; it has no interfaces",
        _ => "no flow log watches it",
    };
    Verdict::new(Rung::Missing, reason)
}

/// Judges a place of which parts are watched.
fn partial(case: &Case<'_>, parts: &[&Place]) -> Verdict {
    let unwatched = |kind: PlaceKind| {
        let of_kind = parts.iter().filter(move |it| it.kind == kind && it.id != case.place.id);
        let uncovered = of_kind.filter(|it| case.ground.logs(it).is_empty());
        uncovered.filter(move |it| kind != PlaceKind::Interface || it.is_in_use)
    };
    let ids = |kind| unwatched(kind).map(|it| it.id.clone()).collect::<Vec<_>>();
    let (interfaces, subnets) = (ids(PlaceKind::Interface), ids(PlaceKind::Subnet));
    let (uncovered, noun) = if interfaces.is_empty() {
        (subnets, "subnets")
    } else {
        (interfaces, "interfaces in use")
    };
    let reason = if uncovered.is_empty() {
        "all of its parts are watched, but nothing that will be added".to_owned()
    } else {
        format!("nothing watches {} of its {noun}: {}", uncovered.len(), named(&uncovered))
    };
    Verdict { uncovered, ..Verdict::new(Rung::Partial, reason) }
}

/// Returns why delivery fails, and what helps ("Troubleshoot VPC Flow Logs").
fn failure(log: &FlowLog) -> String {
    let remedy = match log.deliver_error.as_str() {
        "Access error" => {
            "; the role's trust must name vpc-flow-logs.amazonaws.com, or the bucket's policy \
             delivery.logs.amazonaws.com: `tidegate setup flow-logs` writes both"
        }
        "Rate limited" => "; CloudWatch Logs throttles: deliver to S3, or ask for a higher quota",
        _ => "; if it stays so, make it anew",
    };
    let error = if log.deliver_error.is_empty() { "no reason given" } else { &log.deliver_error };
    format!("{} cannot deliver: {error}{remedy}", log.id)
}

/// Returns since when nothing arrives, if something should have.
fn stale(case: &Case<'_>, sound: &[&FlowLog]) -> Option<String> {
    let arrived = case.arrived?;
    let deadline_us = case.look.moment_us.saturating_sub(case.look.stale_after_us);
    let is_old = |it: &&FlowLog| it.created_us.is_none_or(|it| it < deadline_us);
    let is_waited_for = sound.iter().any(is_old) && case.interfaces.iter().any(|it| it.is_in_use);
    if !is_waited_for || arrived.newest_us.is_some_and(|it| it >= deadline_us) {
        return None;
    }
    let since = match arrived.newest_us {
        Some(newest_us) => {
            let minutes = (case.look.moment_us - newest_us) / MINUTE_US;
            format!("the newest record is {} old", span(minutes))
        }
        None => "no record of it is in the lake's window".to_owned(),
    };
    let destinations: BTreeSet<&str> = sound.iter().map(|it| it.destination.as_str()).collect();
    let destinations: Vec<String> = destinations.into_iter().map(str::to_owned).collect();
    Some(format!("{since}; is {} collected?", named(&destinations)))
}

/// Judges by what sound flow logs see.
fn seen(sound: &[&FlowLog]) -> Verdict {
    let sees = |wanted: Traffic| {
        let of = sound.iter().filter(move |it| Traffic::of(it).is_none_or(|it| it.sees(wanted)));
        of.map(|it| loss::missing(&it.log_format)).min_by_key(|it| weight(it))
    };
    let (accepted, rejected) = (sees(Traffic::Accept), sees(Traffic::Reject));
    let (Some(accepted), Some(rejected)) = (&accepted, &rejected) else {
        return if accepted.is_none() {
            let reason = "only what was rejected is logged: no rule can ever be proved to be used";
            Verdict {
                missing_fields: rejected.unwrap_or_default(),
                ..Verdict::new(Rung::RejectOnly, reason)
            }
        } else {
            let reason = "only what was accepted is logged: scans, missing rules and refusals stay \
                          unseen, and CIS wants the rejected";
            Verdict {
                missing_fields: accepted.unwrap_or_default(),
                ..Verdict::new(Rung::AcceptOnly, reason)
            }
        };
    };
    let mut missing_fields = accepted.clone();
    missing_fields.extend(rejected.iter().filter(|it| !accepted.contains(it)));
    let needed: Vec<&Loss> =
        missing_fields.iter().copied().filter(|it| it.weight == Weight::Needed).collect();
    if needed.is_empty() {
        return Verdict { missing_fields, ..Verdict::new(Rung::Ok, "") };
    }
    let fields: Vec<String> = needed.iter().map(|it| it.field.to_owned()).collect();
    let reason = format!("without {}", fields.join(", "));
    Verdict { missing_fields, ..Verdict::new(Rung::Thin, reason) }
}

/// Returns how bad it is that these are missing.
fn weight(missing: &[&Loss]) -> (usize, usize) {
    let n_needed = missing.iter().filter(|it| it.weight == Weight::Needed).count();
    (n_needed, missing.len())
}

/// Returns the first of `names`, and how many more there are.
fn named(names: &[String]) -> String {
    let first = names[..names.len().min(NAMED_MAX)].join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => first,
        n_more => format!("{first} and {n_more} more"),
    }
}

/// Returns a span for reading: `45 min`, `3 h`, `12 days`.
fn span(minutes: i64) -> String {
    match minutes {
        ..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}
