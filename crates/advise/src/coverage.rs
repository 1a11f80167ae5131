//! How much of the time of interfaces was watched.
//!
//! An interface is watched on a day if it has accepted records of that day. If it has only others
//! (rejected ones, or `NODATA`, which says that there was nothing), a flow log that writes what is
//! accepted must have been there, and accepted records of that day must have come from it: they may
//! be of another interface. A flow log that fails, or delivers elsewhere, shows nothing. What was
//! skipped (`SKIPDATA`) is taken off. A day is the grain: a gap within a day is not seen.

use hashbrown::{HashMap, HashSet};
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_network::{InterfaceIndex, Network, Symbol};

use crate::members::{Membership, clipped};
use crate::verdict::COVERAGE_MIN;

/// Microseconds of a second.
pub(crate) const SECOND_US: i64 = 1_000_000;
/// Microseconds of a day.
pub const DAY_US: i64 = 86_400 * SECOND_US;

/// The least share of its own time that an interface must have been watched: in the average over
/// many, one that never was does not show.
const MEMBER_MIN: f64 = 0.5;

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
    /// Interfaces of those that were watched for less than half of their own time.
    pub n_unwatched: u64,
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

    /// Returns whether enough was watched to say what was not there: [`COVERAGE_MIN`] of the time
    /// of all interfaces, and each for at least half of its own.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.ratio() >= COVERAGE_MIN && self.n_unwatched == 0
    }
}

/// A flow log as far as it matters here.
#[derive(Clone, Copy, Debug)]
struct Watch {
    validity: Validity,
    is_accept: bool,
    is_failed: bool,
}

impl Watch {
    /// Returns the part of a range in which it should have written what was accepted.
    fn part(&self, range: Validity) -> Option<Validity> {
        clipped(self.validity, range).filter(|_| self.is_accept && !self.is_failed)
    }
}

/// What was watched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    days: HashMap<InterfaceIndex, Vec<Day>>,
    /// What flow logs watch of which accepted records came, and the midnight that begins the day.
    accepting: HashSet<(Symbol, i64)>,
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
            let is_failed = fact.value.deliver_status.eq_ignore_ascii_case("failed");
            let watch = Watch { validity, is_accept, is_failed };
            watched.logs.entry(resource).or_default().push(watch);
        }
        watched
    }

    pub(crate) fn add(&mut self, network: &Network, interface: InterfaceIndex, day: Day) {
        if day.n_accept + day.n_reject + day.n_nodata + day.n_skipdata == 0 {
            return;
        }
        let whole = whole(&day);
        let states = network.states(interface).iter().filter(|_| day.n_accept > 0);
        for at in states.filter(|it| clipped(it.validity, whole).is_some()) {
            // Records do not say which flow log wrote them: what all of a VPC have in common may be
            // dead where a narrower one lives.
            let narrow = [network.interface_symbol(interface), at.subnet_id];
            let is_watched = |it: &Symbol| self.parts(*it, whole).next().is_some();
            let resource = narrow.into_iter().find(is_watched).unwrap_or(at.vpc_id);
            self.accepting.insert((resource, day.from_us));
        }
        self.days.entry(interface).or_default().push(day);
    }

    /// Returns how much of some memberships was watched.
    pub(crate) fn coverage(
        &self,
        network: &Network,
        memberships: impl Iterator<Item = Membership>,
    ) -> Coverage {
        let mut by_interface: HashMap<InterfaceIndex, Coverage> = HashMap::new();
        for membership in memberships {
            let own = by_interface.entry(membership.interface).or_default();
            self.add_membership(network, membership, own);
        }
        let mut coverage = Coverage::default();
        for own in by_interface.values() {
            coverage.total_s += own.total_s;
            coverage.covered_s += own.covered_s;
            coverage.n_interfaces += 1;
            coverage.n_unwatched += u64::from(own.total_s > 0 && own.ratio() < MEMBER_MIN);
            coverage.n_skipdata += own.n_skipdata;
            coverage.is_reject_only |= own.is_reject_only;
        }
        coverage
    }

    fn add_membership(&self, network: &Network, member: Membership, coverage: &mut Coverage) {
        let Membership { interface, validity } = member;
        let seconds = |it: Validity| u64::try_from((it.until_us - it.from_us) / SECOND_US);
        coverage.total_s += seconds(validity).unwrap_or(0);
        let days = self.days.get(&interface).map_or(&[][..], Vec::as_slice);
        for day in days {
            let Some(part) = clipped(whole(day), validity) else { continue };
            coverage.n_skipdata += day.n_skipdata;
            let part = match self.watched_part(network, interface, (day, part)) {
                Ok(part) => part,
                Err(unwatched) => {
                    coverage.is_reject_only |= unwatched == Unwatched::RejectOnly;
                    continue;
                }
            };
            let n_s = seconds(part).unwrap_or(0);
            coverage.covered_s += n_s.saturating_sub(day.skipped_s);
        }
    }

    /// Returns the part of a day in which what was accepted was written, or why there is none.
    fn watched_part(
        &self,
        network: &Network,
        interface: InterfaceIndex,
        (day, part): (&Day, Validity),
    ) -> Result<Validity, Unwatched> {
        let at = network.at(interface, part.from_us).ok_or(Unwatched::Nothing)?;
        let resources = [at.vpc_id, at.subnet_id, network.interface_symbol(interface)];
        let length = |it: &Validity| it.until_us - it.from_us;
        let longest = |is_shown: &dyn Fn(Symbol) -> bool| {
            let resources = resources.into_iter().filter(|it| is_shown(*it));
            resources.flat_map(|it| self.parts(it, part)).max_by_key(length)
        };
        let has_accepted = |it: Symbol| self.accepting.contains(&(it, day.from_us));
        let mut logs = resources.iter().filter_map(|it| self.logs.get(it)).flatten().peekable();
        let is_logged = logs.peek().is_some();
        if day.n_accept > 0 {
            // A record of the interface itself shows it, whatever is known of flow logs.
            return Ok(longest(&|_| true).unwrap_or(part));
        }
        if let Some(longest) = longest(&has_accepted) {
            return Ok(longest);
        }
        if !is_logged && has_accepted(at.vpc_id) {
            return Ok(part);
        }
        let is_reject_only = day.n_reject > 0 || (is_logged && logs.all(|it| !it.is_accept));
        Err(if is_reject_only { Unwatched::RejectOnly } else { Unwatched::Nothing })
    }

    /// Returns the parts of a range in which flow logs of a resource should have written what was
    /// accepted.
    fn parts(&self, resource: Symbol, range: Validity) -> impl Iterator<Item = Validity> {
        let logs = self.logs.get(&resource).map_or(&[][..], Vec::as_slice);
        logs.iter().filter_map(move |it| it.part(range))
    }
}

/// Why nothing of a day was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unwatched {
    /// Only what was rejected was written.
    RejectOnly,
    /// Nothing shows that anything was.
    Nothing,
}

/// Returns the whole of a day.
fn whole(day: &Day) -> Validity {
    Validity { from_us: day.from_us, until_us: day.from_us + DAY_US }
}
