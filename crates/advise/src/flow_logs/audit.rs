//! The findings: on which rung each VPC, subnet and interface stands, and why.

mod judge;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use tidegate_model::inventory::{FlowLog, Inventory};

use super::arrival::{Arrival, Arrived};
use super::ground::{Ground, Place, PlaceKind};
use super::ladder::Rung;
use super::loss::Loss;
use super::wish::Traffic;

/// What an audit looks at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The network, with its history.
    pub inventory: &'a Inventory,
    /// The moment at which it is looked at, in microseconds since the Unix epoch.
    pub moment_us: i64,
    /// What arrived; `None` if the lake has no records, so that silence tells nothing.
    pub arrivals: Option<&'a [Arrival]>,
    /// After how long without a record a place is stale, in microseconds.
    pub stale_after_us: i64,
}

/// What is to be said of one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The place.
    pub place: Place,
    /// How well it is logged.
    pub rung: Rung,
    /// Why, and what to do, in words.
    pub reason: String,
    /// What watches it, its own flow logs first.
    pub flow_logs: Vec<FlowLog>,
    /// Interfaces in use that nothing watches, or subnets if there are none.
    pub uncovered: Vec<String>,
    /// Fields that no usable flow log of it has.
    pub missing_fields: Vec<&'static Loss>,
    /// Flow logs of its own that log what another one logs too: each record is paid for twice.
    pub duplicates: Vec<String>,
    /// What arrived; `None` if the lake has no records.
    pub arrived: Option<Arrived>,
    /// Interfaces in it.
    pub n_interfaces: usize,
    /// Whether accounts share it: the owner's flow logs see all, the others may add their own for
    /// their interfaces.
    pub is_shared: bool,
}

/// Everything that an audit found.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Each VPC, followed by its subnets, each followed by its interfaces.
    pub findings: Vec<Finding>,
    /// What could not be judged, and what is odd.
    pub notes: Vec<String>,
}

impl Audit {
    /// Returns how many places of a kind stand on a rung.
    #[must_use]
    pub fn count(&self, kind: PlaceKind, rung: Rung) -> usize {
        self.findings.iter().filter(|it| it.place.kind == kind && it.rung == rung).count()
    }

    /// Returns the VPCs, and what is wrong with their parts that is not wrong with all of a VPC.
    pub fn telling(&self) -> impl Iterator<Item = &Finding> {
        let of_vpc: BTreeMap<&str, Rung> = self
            .findings
            .iter()
            .filter(|it| it.place.kind == PlaceKind::Vpc)
            .map(|it| (it.place.id.as_str(), it.rung))
            .collect();
        self.findings.iter().filter(move |it| {
            it.place.kind == PlaceKind::Vpc
                || !it.duplicates.is_empty()
                || (it.rung.is_fault() && of_vpc.get(it.place.vpc_id.as_str()) != Some(&it.rung))
        })
    }
}

/// Returns the state of every VPC, subnet and interface.
#[must_use]
pub fn audit(look: &Look<'_>) -> Audit {
    let ground = Ground::new(look.inventory, look.moment_us);
    let by_interface = by_interface(look);
    let mut findings = Vec::with_capacity(ground.places.len());
    for place in &ground.places {
        let interfaces: Vec<&Place> = ground.interfaces_of(place).collect();
        let logs = ground.logs(place);
        let ids: BTreeSet<&str> = logs.iter().map(|it| it.id.as_str()).collect();
        let arrivals = interfaces
            .iter()
            .flat_map(|it| by_interface.get(it.id.as_str()).into_iter().flatten().copied());
        let is_theirs =
            |it: &&Arrival| it.flow_log_id.is_empty() || ids.contains(it.flow_log_id.as_str());
        let arrived = look.arrivals.map(|_| Arrived::of(arrivals.filter(is_theirs)));
        let case = judge::Case { look, ground: &ground, place, interfaces: &interfaces, arrived };
        let verdict = judge::judge(&case, &logs);
        findings.push(Finding {
            place: place.clone(),
            rung: verdict.rung,
            reason: verdict.reason,
            uncovered: verdict.uncovered,
            missing_fields: verdict.missing_fields,
            duplicates: duplicates(ground.own_logs(&place.id), &logs),
            flow_logs: logs.into_iter().cloned().collect(),
            arrived,
            n_interfaces: interfaces.len(),
            is_shared: is_shared(place, &interfaces),
        });
    }
    Audit { findings, notes: notes(look, &ground) }
}

fn by_interface<'a>(look: &Look<'a>) -> BTreeMap<&'a str, Vec<&'a Arrival>> {
    let mut by_interface: BTreeMap<&str, Vec<&Arrival>> = BTreeMap::new();
    for arrival in look.arrivals.unwrap_or_default() {
        by_interface.entry(&arrival.interface_id).or_default().push(arrival);
    }
    by_interface
}

/// Returns the flow logs of `own` that log what another one of `all` logs too.
fn duplicates(own: &[&FlowLog], all: &[&FlowLog]) -> Vec<String> {
    let is_twice =
        |log: &&&FlowLog| all.iter().any(|it| it.id != log.id && Traffic::is_shared_by(it, log));
    own.iter().filter(is_twice).map(|it| it.id.clone()).collect()
}

/// Returns whether things of other accounts are in the place.
fn is_shared(place: &Place, interfaces: &[&Place]) -> bool {
    let is_other = |it: &&Place| !it.account_id.is_empty() && it.account_id != place.account_id;
    !place.account_id.is_empty() && interfaces.iter().any(is_other)
}

fn notes(look: &Look<'_>, ground: &Ground<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if ground.places.is_empty() {
        notes.push(
            "the inventory has no VPC at this moment: `tidegate inventory sync`, or `inventory \
             import` of what `aws ec2 describe-vpcs`, `describe-subnets`, \
             `describe-network-interfaces` and `describe-flow-logs` print"
                .to_owned(),
        );
    } else if look.inventory.flow_logs.is_empty() {
        notes.push(
            "the inventory never had a flow log: if `describe-flow-logs` was not read, nothing is \
             known of them"
                .to_owned(),
        );
    }
    if look.arrivals.is_none() {
        notes.push("the lake has no records: whether they arrive was not looked at".to_owned());
    }
    for log in ground.lost_logs() {
        notes.push(format!("`{}` watches `{}`, which is not known", log.id, log.resource_id));
    }
    notes
}
