//! What a change of rules would have done to everything that was seen.
//!
//! Each flow is asked about twice: do the rules of today admit it, and do the changed ones. Both are
//! taken as if they had always been; who carried which groups, and whose addresses were whose, is of
//! the flow's own time. A flow that the rules of today do not admit says nothing about the change.

use tidegate_model::inventory::SecurityGroupRule;
use tidegate_network::admit::Owners;
use tidegate_network::{InterfaceIndex, Network, Symbol};

use crate::flow::{Flow, Grade};
use crate::ruleset::{Changes, Ruleset};
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
        let after = before.changed(self.network, &Changes { revoke, authorize });
        self.replay_sets(&before, &after, rejected)
    }

    pub(crate) fn replay_sets(
        &self,
        before: &Ruleset,
        after: &Ruleset,
        rejected: &[Flow],
    ) -> Replay {
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
        let passes = |set: &Ruleset, interface: InterfaceIndex, flow: &Flow| {
            passes(network, set, interface, flow)
        };
        for flow in &self.flows {
            let Some(interface) = self.concerned(&concerned, flow) else { continue };
            replay.n_flows += 1;
            replay.n_connections += flow.counts.n_connections;
            if passes(before, interface, flow) && !passes(after, interface, flow) {
                replay.block(flow, self.interface_id(flow.interface));
            }
        }
        for flow in rejected {
            let Some(interface) = self.concerned(&concerned, flow) else { continue };
            if !passes(before, interface, flow) && passes(after, interface, flow) {
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

/// Returns whether rules admit a flow at both ends of its time; where the interface is not known
/// then, as it was next to it.
fn passes(network: &Network, ruleset: &Ruleset, interface: InterfaceIndex, flow: &Flow) -> bool {
    let owners = Owners::new(network, flow.packet.peer);
    let passes_at = |moment_us: i64| {
        let at = network.at(interface, moment_us);
        let Some(at) = at.or_else(|| crate::matcher::nearest(network, interface, moment_us)) else {
            return false;
        };
        ruleset.admits(at, moment_us, (network, &owners), &flow.packet)
    };
    passes_at(flow.first_us) && (flow.last_us == flow.first_us || passes_at(flow.last_us))
}
