//! What a change of rules would have done to everything that was seen.
//!
//! Each flow is asked about twice: do the rules of today admit it, and do the changed ones. Both are
//! taken as if they had always been; who carried which groups, and whose addresses were whose, is of
//! the flow's own time. A flow that the rules of today do not admit says nothing about the change.
//!
//! In doubt a flow is blocked: what passes for sure must still pass for sure, and it must at every
//! moment of the flow's time, part by part where groups, addresses or lists became others.

use tidegate_model::inventory::{SecurityGroupRule, Validity};
use tidegate_network::admit::{self, Owners};
use tidegate_network::{InterfaceIndex, Network, Symbol};

use crate::flow::{Flow, Grade};
use crate::matcher::{PARTS_MAX, nearest};
use crate::ruleset::{Answer, Changes, Ruleset};
use crate::space::Space;
use crate::study::Study;
use crate::usage::Sample;

/// Flows that are shown of those that would be blocked.
pub const BLOCKED_SHOWN_MAX: usize = 20;

/// What a change would have done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// Flows at interfaces of the groups that change.
    pub n_flows: u64,
    /// Connections of them.
    pub n_connections: u64,
    /// Answered and one-way flows that would have been blocked.
    pub n_blocked: u64,
    /// Connections of those.
    pub n_blocked_connections: u64,
    /// The first of them.
    pub blocked: Vec<Sample>,
    /// Attempts that would have been rejected: scans, mostly.
    pub n_attempts_stopped: u64,
    /// Rejected flows that would now pass.
    pub n_rejects_admitted: u64,
    /// The first of them.
    pub admitted: Vec<Sample>,
    /// Addresses times ports that the groups that change can be reached at, and reach, before.
    pub space_before: Space,
    /// The same after.
    pub space_after: Space,
    /// Groups that change, by id.
    pub group_ids: Vec<String>,
    /// Accepted flows that are not asked about, since nobody knows whose they are, or who opened
    /// them: those at interfaces that the inventory does not know, and those at interfaces of the
    /// groups that change that either side may have opened.
    pub n_not_asked: u64,
    /// Rules of the change without effect: revoked ones that are not there today, and ones whose
    /// group or peer the inventory does not know.
    pub not_found: Vec<SecurityGroupRule>,
}

impl Replay {
    /// Returns whether nothing that was used would have been blocked.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.n_blocked == 0
    }
}

impl Study<'_> {
    /// Returns what a change would have done. `rejected` are flows of which all records were
    /// rejected.
    #[must_use]
    pub fn replay(
        &self,
        revoke: &[SecurityGroupRule],
        authorize: &[SecurityGroupRule],
        rejected: &[Flow],
    ) -> Replay {
        let before = Ruleset::of_today(&self.slots);
        let (after, not_found) = before.changed(self.network, &Changes { revoke, authorize });
        Replay { not_found, ..self.replay_sets(&before, &after, rejected) }
    }

    fn replay_sets(&self, before: &Ruleset, after: &Ruleset, rejected: &[Flow]) -> Replay {
        let groups = before.different(after);
        let network = self.network;
        let mut replay = Replay {
            space_before: Space::of(network, before, &groups, self.window.until_us - 1),
            space_after: Space::of(network, after, &groups, self.window.until_us - 1),
            ..Replay::default()
        };
        let ids = groups.iter().map(|it| network.text(*it).to_owned());
        replay.group_ids = ids.collect();
        replay.group_ids.sort_unstable();
        let concerned = Concerned::new(network, &groups);
        if !groups.is_empty() {
            replay.n_not_asked = self.n_not_asked(|it| concerned.has(it));
        }
        let both = Both { study: self, before, after, named: after.moments(network, &groups) };
        for flow in &self.flows {
            let Some(interface) = self.concerned(&concerned, flow) else { continue };
            replay.n_flows += 1;
            replay.n_connections += flow.counts.n_connections;
            if both.compare(interface, flow).is_less {
                replay.block(flow, self.interface_id(flow.interface));
            }
        }
        for flow in rejected {
            let Some(interface) = self.concerned(&concerned, flow) else { continue };
            if both.compare(interface, flow).is_more {
                replay.admit(flow, self.interface_id(flow.interface));
            }
        }
        replay
    }

    fn concerned(&self, concerned: &Concerned, flow: &Flow) -> Option<InterfaceIndex> {
        let interface = self.interface_index(flow.interface)?;
        concerned.has(interface).then_some(interface)
    }
}

impl Replay {
    fn admit(&mut self, flow: &Flow, interface_id: &str) {
        self.n_rejects_admitted += 1;
        if self.admitted.len() < BLOCKED_SHOWN_MAX {
            self.admitted.push(sample(flow, interface_id));
        }
    }

    fn block(&mut self, flow: &Flow, interface_id: &str) {
        if flow.grade() == Grade::AttemptOnly {
            self.n_attempts_stopped += 1;
            return;
        }
        self.n_blocked += 1;
        self.n_blocked_connections += flow.counts.n_connections.max(1);
        if self.blocked.len() < BLOCKED_SHOWN_MAX {
            self.blocked.push(sample(flow, interface_id));
        }
    }
}

fn sample(flow: &Flow, interface_id: &str) -> Sample {
    Sample {
        interface_id: interface_id.to_owned(),
        packet: flow.packet,
        first_us: flow.first_us,
        last_us: flow.last_us,
        grade: flow.grade(),
    }
}

/// Interfaces that ever carried one of some groups.
struct Concerned(Vec<bool>);

impl Concerned {
    fn new(network: &Network, groups: &[Symbol]) -> Self {
        let carries = |interface: InterfaceIndex| {
            let states = network.states(interface).iter();
            let mut carried = states.flat_map(|it| network.group_ids(it));
            carried.any(|it| groups.contains(it))
        };
        Self(network.interfaces().map(carries).collect())
    }

    fn has(&self, interface: InterfaceIndex) -> bool {
        self.0.get(interface.index()).copied().unwrap_or(false)
    }
}

/// Rules before and after.
struct Both<'a, 'b> {
    study: &'a Study<'b>,
    before: &'a Ruleset,
    after: &'a Ruleset,
    /// Moments at which what the rules after name becomes something else.
    named: Vec<i64>,
}

/// What rules after say to a flow, beside those before.
#[derive(Clone, Copy, Debug, Default)]
struct Compared {
    /// Whether some of what passes before may be rejected after.
    is_less: bool,
    /// Whether some of what is rejected before may pass after.
    is_more: bool,
}

impl Both<'_, '_> {
    /// Asks about a flow in each part of its time; where the interface is not known then, as it was
    /// next to it. What has too many parts is taken for less and for more.
    fn compare(&self, interface: InterfaceIndex, flow: &Flow) -> Compared {
        let network = self.study.network;
        let owners = Owners::new(network, flow.packet.peer);
        let moments = self.parts(interface, flow);
        let is_whole = moments.len() <= PARTS_MAX;
        let mut compared = Compared { is_less: !is_whole, is_more: !is_whole };
        for moment_us in moments.into_iter().take(PARTS_MAX) {
            let at = network.at(interface, moment_us);
            let Some(at) = at.or_else(|| nearest(network, interface, moment_us)) else { continue };
            let answer = |it: &Ruleset| -> Answer {
                it.answer(at, moment_us, (network, &owners), &flow.packet)
            };
            let (before, after) = (answer(self.before), answer(self.after));
            compared.is_less |= !after.holds(&before);
            compared.is_more |= !before.holds(&after);
        }
        compared
    }

    /// Returns the moments with which parts of a flow's time begin; in each the answer is one.
    fn parts(&self, interface: InterfaceIndex, flow: &Flow) -> Vec<i64> {
        let Flow { first_us, last_us, .. } = *flow;
        let range = Validity { from_us: first_us, until_us: last_us.saturating_add(1) };
        let mut moments = vec![first_us];
        if self.study.is_still(range) {
            return moments;
        }
        moments.extend(admit::changes(self.study.network, interface, &flow.packet, range));
        let is_inside = |it: &&i64| range.from_us < **it && **it < range.until_us;
        moments.extend(self.named.iter().filter(is_inside));
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}
