//! The planted events: what they are, and when they happen.
//!
//! All of them are planned before the first record, as connections by step. `attack` says how each
//! kind goes.

use std::collections::BTreeMap;

use crate::dice::{Dice, Stream};
use crate::network::Network;
use crate::step::{Clock, DAY_S};
use crate::traffic::attack;
use crate::traffic::connection::{Connection, share};
use crate::traffic::lane::Lanes;
use crate::traffic::pool::Pools;

/// Days that one set of events is spread over.
const SET_DAYS: u64 = 7;

/// The most sets, which bounds the memory of the plan.
const SETS_MAX: u64 = 8;

/// The fewest records of a set's share of the run for which events are planted: below, they would be
/// most of it.
const SET_RECORDS_MIN: u64 = 6_000;

/// The most addresses and ports of an event that are named one by one.
pub(crate) const NAMED_MAX: usize = 16;

/// What kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// One address outside tries many ports of one host.
    PortScan,
    /// One host inside tries one port of many hosts.
    Sweep,
    /// One address outside guesses passwords of SSH on the bastion.
    SshGuessing,
    /// Many addresses open connections to a load balancer and leave them half open.
    SynFlood,
    /// A few addresses send very many UDP packets to a closed port.
    UdpFlood,
    /// A host inside uploads very much to an address that nobody else talks to.
    Exfiltration,
    /// A host inside calls an address outside at regular intervals.
    Beacon,
    /// Requests are accepted, and the replies rejected by a network ACL.
    NaclAsymmetry,
    /// A host inside tries the same port of another again and again, which no rule admits.
    MisconfiguredRule,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::PortScan,
        Self::Sweep,
        Self::SshGuessing,
        Self::SynFlood,
        Self::UdpFlood,
        Self::Exfiltration,
        Self::Beacon,
        Self::NaclAsymmetry,
        Self::MisconfiguredRule,
    ];

    /// Returns the word in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PortScan => "port-scan",
            Self::Sweep => "sweep",
            Self::SshGuessing => "ssh-guessing",
            Self::SynFlood => "syn-flood",
            Self::UdpFlood => "udp-flood",
            Self::Exfiltration => "exfiltration",
            Self::Beacon => "beacon",
            Self::NaclAsymmetry => "nacl-asymmetry",
            Self::MisconfiguredRule => "misconfigured-rule",
        }
    }
}

/// A planted event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// What it is.
    pub kind: EventKind,
    /// First second.
    pub from: u64,
    /// Second after the last.
    pub until: u64,
    /// Who opens: address and connections.
    pub sources: Counted<String>,
    /// Who is called.
    pub destinations: Counted<String>,
    /// Ports that are called.
    pub ports: Counted<u16>,
    /// Protocol number.
    pub protocol: u8,
    /// Interfaces whose records show it at its best, by index.
    pub interfaces: Vec<u16>,
    /// Seconds between two calls of a beacon.
    pub period_s: Option<u64>,
}

/// How often each value came.
pub(crate) type Counted<T> = BTreeMap<T, u64>;

/// The events of a run, and their connections by step.
#[derive(Debug, Default)]
pub(crate) struct EventPlan {
    /// The events.
    pub events: Vec<Event>,
    /// Their connections, cut at the ends of steps.
    pub steps: BTreeMap<u64, Vec<Connection>>,
}

/// What is at hand while events are planned.
pub(crate) struct Planner<'a> {
    /// The network.
    pub network: &'a Network,
    /// The addresses outside.
    pub pools: &'a Pools,
    /// Lanes; events add their own.
    pub lanes: &'a mut Lanes,
    /// The clock.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// A thousandth of the records that the run has for each set.
    pub unit: u64,
    /// First and last second of the set.
    pub bounds: (u64, u64),
    /// What is planned so far.
    pub plan: EventPlan,
}

/// Plans the events of a run of `n_records`; adds their lanes to `lanes`.
pub(crate) fn plan(
    (seed, n_records): (u64, u64),
    clock: Clock,
    (network, pools): (&Network, &Pools),
    lanes: &mut Lanes,
) -> EventPlan {
    let days = (clock.until - clock.from) / DAY_S;
    let n_sets = days.div_ceil(SET_DAYS).min(SETS_MAX);
    let mut plan = EventPlan::default();
    if n_records / n_sets < SET_RECORDS_MIN {
        return plan;
    }
    let length_s = (clock.until - clock.from) / n_sets;
    for set in 0..n_sets {
        let from = clock.from + set * length_s;
        let mut planner = Planner {
            network,
            pools,
            lanes,
            clock,
            dice: Dice::new(seed, Stream::Events, set),
            unit: n_records / n_sets / 1_000,
            bounds: (from, from + length_s),
            plan,
        };
        for kind in EventKind::ALL {
            attack::plan(&mut planner, kind);
        }
        plan = planner.plan;
    }
    plan
}

impl Planner<'_> {
    /// Returns the first second of an event that lasts `duration_s`.
    pub(crate) fn from(&mut self, duration_s: u64) -> u64 {
        let (from, until) = self.bounds;
        let n = (until - from).saturating_sub(duration_s).max(1);
        from + u64::from(self.dice.below(u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// Returns a number between the bounds that grows with the run: `per_mille` of its records.
    pub(crate) fn n(&self, per_mille: u64, (least, most): (u64, u64)) -> u64 {
        (per_mille * self.unit).clamp(least, most)
    }

    /// Begins an event; connections that are added next are its own.
    pub(crate) fn begin(&mut self, kind: EventKind, protocol: u8, interfaces: Vec<u16>) {
        self.plan.events.push(Event {
            kind,
            from: u64::MAX,
            until: 0,
            sources: BTreeMap::new(),
            destinations: BTreeMap::new(),
            ports: BTreeMap::new(),
            protocol,
            interfaces,
            period_s: None,
        });
    }

    /// Adds a connection to the last event, cut at the ends of steps and of the run.
    pub(crate) fn add(&mut self, connection: &Connection) {
        let label = u8::try_from(self.plan.events.len()).unwrap_or(u8::MAX);
        let Some(event) = self.plan.events.last_mut() else { return };
        let end = connection.end.min(self.clock.until - 1);
        let start = connection.start.min(end);
        event.from = event.from.min(start);
        event.until = event.until.max(end + 1);
        *event.sources.entry(connection.client.to_string()).or_default() += 1;
        *event.destinations.entry(connection.server.to_string()).or_default() += 1;
        *event.ports.entry(connection.server_port).or_default() += 1;
        let connection = Connection { start, end, label, ..connection.clone() };
        for (step, piece) in pieces(&self.clock, &connection) {
            self.plan.steps.entry(step).or_default().push(piece);
        }
    }

    /// Notes the period of the last event.
    pub(crate) fn note_period(&mut self, period_s: u64) {
        if let Some(event) = self.plan.events.last_mut() {
            event.period_s = Some(period_s);
        }
    }
}

/// Returns the parts of a connection that lie in each step.
pub(crate) fn pieces(
    clock: &Clock,
    connection: &Connection,
) -> impl Iterator<Item = (u64, Connection)> {
    let step_of = |second: u64| (second - clock.from) / clock.step_s;
    let (first, last) = (step_of(connection.start), step_of(connection.end));
    let n = last - first + 1;
    (0..n).map(move |index| {
        let from = clock.step_from(first + index);
        let piece = Connection {
            start: connection.start.max(from),
            end: connection.end.min(from + clock.step_s - 1),
            forward: share(connection.forward, index, n),
            reverse: share(connection.reverse, index, n),
            has_open: connection.has_open && index == 0,
            has_close: connection.has_close && index + 1 == n,
            ..connection.clone()
        };
        (first + index, piece)
    })
}
