//! What each rule was used for.

use std::net::IpAddr;

use hashbrown::HashSet;
use tidegate_network::admit::Packet;

use crate::flow::{Flow, Grade, TCP, UDP};
use crate::study::SURE_PERCENT;
use crate::verdict::Doubt;

/// Addresses that are remembered of one rule to count the distinct ones; a rule that has more is
/// for the public, and the rest is not counted.
pub const PEERS_MAX: usize = 10_000;

/// Samples that are kept of one rule: to look at a few records is enough to believe.
pub const SAMPLES_MAX: usize = 3;

/// What a rule was used for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Use {
    /// Connections that both sides took part in.
    pub n_answered: u64,
    /// Records of protocols without connections to which nothing came back.
    pub n_one_way: u64,
    /// Connections that were tried and not made.
    pub n_attempts: u64,
    /// Of the answered and one-way ones, those that no other rule of today admits: without this
    /// rule they would be rejected.
    pub n_sole: u64,
    /// Bytes of the answered and one-way ones, both ways.
    pub bytes: u64,
    /// First answered or one-way moment, in microseconds since the Unix epoch.
    pub first_us: Option<i64>,
    /// Last answered or one-way moment.
    pub last_us: Option<i64>,
    /// Distinct addresses at the other end of the answered and one-way ones; [`PEERS_MAX`] if there
    /// are that many or more.
    pub n_peers: u64,
    /// Distinct ports of the answered and one-way ones, for protocols with ports.
    pub n_ports: u64,
    /// Whether it is certain of any of the answered and one-way ones who opened them.
    pub is_sure: bool,
    /// A few of the flows, answered ones first.
    pub samples: Vec<Sample>,
    /// Why it may have been used without our knowing.
    pub doubts: Vec<Doubt>,
}

/// A flow that a rule admitted, as a question that finds its records again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// `eni-...`.
    pub interface_id: String,
    /// The packet that opens.
    pub packet: Packet,
    /// First moment.
    pub first_us: i64,
    /// Last moment.
    pub last_us: i64,
    /// What it proves.
    pub grade: Grade,
}

impl Use {
    /// Returns how many connections and one-way records prove that the rule is used.
    #[must_use]
    pub fn n_proofs(&self) -> u64 {
        self.n_answered + self.n_one_way
    }
}

/// A [`Use`] while flows come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) used: Use,
    peers: HashSet<IpAddr>,
    ports: HashSet<(u8, u16)>,
}

impl Tally {
    /// Adds a flow that the rule admitted. `is_sole` if no other rule did.
    pub(crate) fn add(&mut self, flow: &Flow, interface_id: &str, is_sole: bool) {
        let grade = flow.grade();
        let n = flow.counts.n_connections.max(1);
        let used = &mut self.used;
        match grade {
            Grade::Answered => used.n_answered += n,
            Grade::OneWay => used.n_one_way += flow.counts.n_records,
            Grade::AttemptOnly => used.n_attempts += n,
        }
        let worst = used.samples.iter().map(|it| it.grade).min();
        let is_full = used.samples.len() >= SAMPLES_MAX;
        if !is_full || worst.is_some_and(|it| it < grade) {
            used.samples.push(Sample {
                interface_id: interface_id.to_owned(),
                packet: flow.packet,
                first_us: flow.first_us,
                last_us: flow.last_us,
                grade,
            });
            used.samples.sort_by_key(|it| std::cmp::Reverse(it.grade));
            used.samples.truncate(SAMPLES_MAX);
        }
        if grade == Grade::AttemptOnly {
            return;
        }
        used.bytes += flow.counts.bytes;
        used.is_sure |= flow.percent >= SURE_PERCENT;
        used.n_sole += if is_sole { n } else { 0 };
        used.first_us = Some(used.first_us.map_or(flow.first_us, |it| it.min(flow.first_us)));
        used.last_us = Some(used.last_us.map_or(flow.last_us, |it| it.max(flow.last_us)));
        if self.peers.len() < PEERS_MAX {
            self.peers.insert(flow.packet.peer);
        }
        if matches!(flow.packet.protocol, TCP | UDP) {
            self.ports.insert((flow.packet.protocol, flow.packet.port));
        }
    }

    /// Notes that the rule may have been used.
    pub(crate) fn doubt(&mut self, doubt: Doubt) {
        if let Err(place) = self.used.doubts.binary_search(&doubt) {
            self.used.doubts.insert(place, doubt);
        }
    }

    /// Returns the sums.
    pub(crate) fn finish(&self) -> Use {
        let (n_peers, n_ports) = (self.peers.len() as u64, self.ports.len() as u64);
        Use { n_peers, n_ports, ..self.used.clone() }
    }
}
