//! How much of the time of interfaces was watched.
//!
//! An interface is watched on a day if it has records of that day, or records that say that there
//! was nothing (`NODATA`), from a flow log that writes what is accepted. What was skipped
//! (`SKIPDATA`) is taken off. A day is the grain: a gap within a day is not seen.

use hashbrown::{HashMap, HashSet};
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_network::{InterfaceIndex, Network, Symbol};

use crate::members::{Membership, clipped};

/// Microseconds of a second.
pub(crate) const SECOND_US: i64 = 1_000_000;
/// Microseconds of a day.
pub const DAY_US: i64 = 86_400 * SECOND_US;

/// What the lake has of an interface on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Midnight that begins it, in microseconds since the Unix epoch.
    pub from_us: i64,
    /// Accepted records.
    pub n_accept: u64,
    /// Rejected records.
    pub n_reject: u64,
    /// Records that say that there was no traffic.
    pub n_nodata: u64,
    /// Records that say that something was skipped.
    pub n_skipdata: u64,
    /// Seconds of those.
    pub skipped_s: u64,
}

/// How much of the time of some interfaces was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Seconds that the interfaces were there, added up.
    pub total_s: u64,
    /// Seconds of those that were watched.
    pub covered_s: u64,
    /// Interfaces.
    pub n_interfaces: u64,
    /// Records that say that something was skipped.
    pub n_skipdata: u64,
    /// Whether only rejected records come from an interface, or a flow log says that it is so.
    pub is_reject_only: bool,
}

impl Coverage {
    /// Returns the share of the time that was watched, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "seconds of a network are far below 2^52")]
    pub fn ratio(&self) -> f64 {
        if self.total_s == 0 { 0.0 } else { self.covered_s as f64 / self.total_s as f64 }
    }
}

/// A flow log as far as it matters here.
#[derive(Clone, Copy, Debug)]
struct Watch {
    validity: Validity,
    is_accept: bool,
}

/// What was watched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    days: HashMap<InterfaceIndex, Vec<Day>>,
    /// VPCs with accepted records.
    accepting: HashSet<Symbol>,
    /// Flow logs by what they watch.
    logs: HashMap<Symbol, Vec<Watch>>,
}

impl Watched {
    pub(crate) fn new(inventory: &Inventory, network: &Network) -> Self {
        let mut watched = Self::default();
        for fact in &inventory.flow_logs {
            let Some(resource) = network.symbol(&fact.value.resource_id) else { continue };
            let mut validity = fact.validity;
            // It was there before it was first seen; if nobody tells, nobody knows since when.
            validity.from_us = fact.value.created_us.unwrap_or(i64::MIN);
            let is_accept = matches!(fact.value.traffic_type.as_str(), "ALL" | "ACCEPT");
            watched.logs.entry(resource).or_default().push(Watch { validity, is_accept });
        }
        watched
    }

    pub(crate) fn add(&mut self, network: &Network, interface: InterfaceIndex, day: Day) {
        let states = network.states(interface).iter().filter(|_| day.n_accept > 0);
        self.accepting.extend(states.map(|it| it.vpc_id));
        self.days.entry(interface).or_default().push(day);
    }

    /// Returns how much of some memberships was watched.
    pub(crate) fn coverage(
        &self,
        network: &Network,
        memberships: impl Iterator<Item = Membership>,
    ) -> Coverage {
        let mut coverage = Coverage::default();
        let mut interfaces: Vec<InterfaceIndex> = Vec::new();
        for membership in memberships {
            if !interfaces.contains(&membership.interface) {
                interfaces.push(membership.interface);
            }
            self.add_membership(network, membership, &mut coverage);
        }
        coverage.n_interfaces = interfaces.len() as u64;
        coverage
    }

    fn add_membership(&self, network: &Network, member: Membership, coverage: &mut Coverage) {
        let Membership { interface, validity } = member;
        let seconds = |it: Validity| u64::try_from((it.until_us - it.from_us) / SECOND_US);
        coverage.total_s += seconds(validity).unwrap_or(0);
        let days = self.days.get(&interface).map_or(&[][..], Vec::as_slice);
        for day in days {
            let whole = Validity { from_us: day.from_us, until_us: day.from_us + DAY_US };
            let Some(part) = clipped(whole, validity) else { continue };
            coverage.n_skipdata += day.n_skipdata;
            let Some(part) = self.watched_part(network, interface, (day, part)) else {
                coverage.is_reject_only = true;
                continue;
            };
            let n_s = seconds(part).unwrap_or(0);
            coverage.covered_s += n_s.saturating_sub(day.skipped_s);
        }
    }

    /// Returns the part of a day in which what was accepted was written, if it was.
    fn watched_part(
        &self,
        network: &Network,
        interface: InterfaceIndex,
        (day, part): (&Day, Validity),
    ) -> Option<Validity> {
        let at = network.at(interface, part.from_us)?;
        let resources = [at.vpc_id, at.subnet_id, network.interface_symbol(interface)];
        let logs = resources.iter().filter_map(|it| self.logs.get(it)).flatten();
        let mut is_logged = false;
        let mut best: Option<Validity> = None;
        for log in logs {
            is_logged = true;
            let own = clipped(log.validity, part).filter(|_| log.is_accept);
            let length = |it: Validity| it.until_us - it.from_us;
            best = best.into_iter().chain(own).max_by_key(|it| length(*it));
        }
        if best.is_some() {
            return best;
        }
        // A record of the interface itself shows it; else, if no flow log is known, its VPC's do.
        let is_shown = day.n_accept > 0 || (!is_logged && self.accepting.contains(&at.vpc_id));
        is_shown.then_some(part)
    }
}
