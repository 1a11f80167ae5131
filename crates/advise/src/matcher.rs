//! Which rules of today admitted a flow, for sure or perhaps.
//!
//! A flow is a span of time, in which groups and rules may change. What admits it in every part of
//! the span, admitted it; what admits it in some part, or shortly before or after, may have. Only
//! the first proves a use, and both keep a rule from being called unused.

use tidegate_model::inventory::Validity;
use tidegate_network::admit::{self, Owners, Packet};
use tidegate_network::{InterfaceAt, InterfaceIndex, Network};

use crate::flow::Flow;
use crate::slots::{Slot, Slots};

/// How far the times of records may be off: a window of aggregation, and what AWS says that times
/// may be late ("Flow log records" of the VPC user guide).
pub(crate) const SLACK_US: i64 = 120 * 1_000_000;

/// Parts of a flow's time that are looked at one by one; beyond, nothing is sure.
pub(crate) const PARTS_MAX: usize = 512;

/// The rules of today that admitted a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Admission {
    /// In all of its time, ascending.
    pub(crate) sure: Vec<Slot>,
    /// In some of its time, or shortly before or after, or if what they name does; ascending. Those
    /// of `sure` are not among them.
    pub(crate) possible: Vec<Slot>,
    /// Whether the interface's groups are not known for some of the time.
    pub(crate) is_unknown: bool,
}

/// Finds what admits.
#[derive(Clone, Debug)]
pub(crate) struct Matcher<'a> {
    network: &'a Network,
    /// All moments at which any fact begins or ends, ascending.
    moments: Vec<i64>,
    /// What one part of a flow's time has.
    part: Vec<(Slot, bool)>,
}

impl<'a> Matcher<'a> {
    pub(crate) fn new(network: &'a Network, moments: Vec<i64>) -> Self {
        Self { network, moments, part: Vec::new() }
    }

    /// Returns what admitted a flow at an interface that is known.
    pub(crate) fn admission(
        &mut self,
        slots: &Slots,
        interface: InterfaceIndex,
        flow: &Flow,
    ) -> Admission {
        let owners = Owners::new(self.network, flow.packet.peer);
        let range = Validity {
            from_us: flow.first_us.saturating_sub(SLACK_US),
            until_us: flow.last_us.saturating_add(SLACK_US),
        };
        let mut admission = Admission::default();
        match self.network.at(interface, flow.first_us).filter(|_| self.is_still(range)) {
            Some(at) => {
                self.look(slots, at, flow.first_us, (&owners, &flow.packet));
                admission.take(self.part.drain(..));
            }
            None => self.in_parts(slots, interface, (flow, range), &mut admission),
        }
        admission.settle();
        admission
    }

    /// Returns whether nothing begins or ends in a range.
    pub(crate) fn is_still(&self, range: Validity) -> bool {
        let n_before = self.moments.partition_point(|it| *it <= range.from_us);
        self.moments.get(n_before).is_none_or(|it| *it >= range.until_us)
    }

    /// Looks at each part of the range by itself.
    fn in_parts(
        &mut self,
        slots: &Slots,
        interface: InterfaceIndex,
        (flow, range): (&Flow, Validity),
        admission: &mut Admission,
    ) {
        let owners = Owners::new(self.network, flow.packet.peer);
        let mut moments = admit::changes(self.network, interface, &flow.packet, range);
        let is_whole = moments.len() < PARTS_MAX;
        moments.truncate(PARTS_MAX);
        moments.insert(0, range.from_us);
        let mut is_first = true;
        for (index, from_us) in moments.iter().enumerate() {
            let until_us = moments.get(index + 1).copied().unwrap_or(range.until_us);
            let is_within = *from_us <= flow.last_us && flow.first_us < until_us;
            let moment_us = if is_within { flow.first_us.max(*from_us) } else { *from_us };
            let known = self.network.at(interface, moment_us);
            if let Some(at) = known.or_else(|| nearest(self.network, interface, moment_us)) {
                self.look(slots, at, moment_us, (&owners, &flow.packet));
            }
            admission.is_unknown |= is_within && known.is_none();
            let sure = self.part.iter().filter(|it| it.1 && known.is_some()).map(|it| it.0);
            match (is_within, is_first) {
                (false, _) => {}
                (true, true) => admission.sure.extend(sure),
                (true, false) => {
                    let sure: Vec<Slot> = sure.collect();
                    admission.sure.retain(|it| sure.contains(it));
                }
            }
            is_first &= !is_within;
            admission.possible.extend(self.part.drain(..).map(|it| it.0));
        }
        if !is_whole {
            admission.possible.append(&mut admission.sure);
        }
    }

    /// Fills `part` with what admits the packet at the interface in a state.
    fn look(
        &mut self,
        slots: &Slots,
        at: &InterfaceAt,
        moment_us: i64,
        (owners, packet): (&Owners<'_>, &Packet),
    ) {
        let Self { part, .. } = self;
        part.clear();
        admit::admitting(owners, at, moment_us, packet, |group, place, is_sure| {
            part.extend(slots.at(group, place).map(|it| (it, is_sure)));
        });
    }
}

impl Admission {
    fn take(&mut self, part: impl Iterator<Item = (Slot, bool)>) {
        for (slot, is_sure) in part {
            if is_sure { &mut self.sure } else { &mut self.possible }.push(slot);
        }
    }

    /// Orders both lists.
    fn settle(&mut self) {
        self.sure.sort_unstable();
        self.sure.dedup();
        let Self { sure, possible, .. } = self;
        possible.retain(|it| sure.binary_search(it).is_err());
        possible.sort_unstable();
        possible.dedup();
    }
}

/// Returns what an interface was at the moment that is next to one at which it is not known.
pub(crate) fn nearest(
    network: &Network,
    interface: InterfaceIndex,
    moment_us: i64,
) -> Option<&InterfaceAt> {
    let states = network.states(interface);
    let distance = |it: &&InterfaceAt| {
        if it.validity.from_us > moment_us {
            it.validity.from_us.saturating_sub(moment_us)
        } else {
            moment_us.saturating_sub(it.validity.until_us)
        }
    };
    states.iter().min_by_key(distance)
}
