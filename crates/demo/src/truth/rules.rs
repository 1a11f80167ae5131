//! Which rules were used, by whom, and which are wider than their use.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::World;
use crate::network::Network;
use crate::network::address::{Cidr, OFFICE};
use crate::network::group::{Peer, Rule};
use crate::traffic::lane::{End, Lane};
use crate::traffic::pool::Pool;
use crate::truth::tally::{LaneTally, Tally};
use crate::truth::texts;

/// A rule that admits so many times more ports or addresses than were used is too wide.
const WIDE_FACTOR: u64 = 4;

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered connections needed it, about as wide as it is.
    Used,
    /// Nothing ever matched it.
    Unused,
    /// Only attempts matched it: scans, attacks, calls that nobody answered.
    AttemptsOnly,
    /// It was used, but admits far more than what used it.
    TooWide,
}

impl Verdict {
    /// Returns the word in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::AttemptsOnly => "attempts-only",
            Self::TooWide => "too-wide",
        }
    }
}

/// A rule and its use.
#[derive(Clone, Debug)]
pub struct RuleTruth {
    /// `sgr-...`.
    pub rule_id: String,
    /// `sg-...`.
    pub group_id: String,
    /// Name of the group.
    pub group_name: String,
    /// VPC of the group.
    pub vpc_id: String,
    /// Whether an interface carries the group.
    pub is_attached: bool,
    /// Whether it is for outgoing traffic.
    pub is_egress: bool,
    /// `tcp`, `udp`, `icmp` or `-1`.
    pub protocol: &'static str,
    /// First port, -1 for all.
    pub from_port: i32,
    /// Last port, -1 for all.
    pub to_port: i32,
    /// Whom it admits: a range, `sg-...` or `pl-...`.
    pub peer: String,
    /// Answered connections that it admitted (those of long connections by step).
    pub n_connections: u64,
    /// Attempts that it admitted.
    pub n_attempts: u64,
    /// What became of it.
    pub verdict: Verdict,
    /// Ports that answered connections used through it.
    pub used_ports: Vec<u16>,
    /// Ranges (subnets, offices, the world) whose answered connections used it.
    pub used_peers: Vec<String>,
}

/// What used a rule.
#[derive(Clone, Default)]
struct Use {
    n_connections: u64,
    n_attempts: u64,
    ports: BTreeSet<u16>,
    peers: BTreeSet<Cidr>,
}

impl Use {
    fn add(&mut self, port: u16, peer: Option<Cidr>, counts: LaneTally) {
        self.n_connections += counts.n_connections;
        self.n_attempts += counts.n_attempts;
        if counts.n_connections > 0 {
            self.ports.insert(port);
            self.peers.extend(peer);
        }
    }
}

/// Returns the truth of every rule.
pub(crate) fn rules(world: &World, tally: &Tally) -> Vec<RuleTruth> {
    let network = &world.network;
    let mut uses = vec![Use::default(); network.rules.len()];
    for (lane, counts) in world.lanes.all.iter().zip(&tally.lanes) {
        let outgoing = lane.egress_rules.iter().map(|it| (*it, lane.server));
        let incoming = lane.ingress_rules.iter().map(|it| (*it, lane.client));
        for (rule, other) in outgoing.chain(incoming) {
            let peer = peer_range(network, lane, other);
            uses[usize::from(rule)].add(lane.port, peer, *counts);
        }
    }
    network.rules.iter().zip(&uses).map(|(rule, used)| rule_truth(network, rule, used)).collect()
}

/// Returns the range that the other end of a lane stands for; none for a stranger.
fn peer_range(network: &Network, lane: &Lane, other: End) -> Option<Cidr> {
    match other {
        End::Own { interface, .. } => {
            let subnet = &network.subnets[network.interfaces[usize::from(interface)].subnet];
            Some(if lane.is_v6 { subnet.cidr_v6 } else { subnet.cidr })
        }
        End::Pool(Pool::Office) => Some(OFFICE),
        End::Pool(Pool::S3) => Some(crate::network::group::S3),
        End::Pool(Pool::DynamoDb) => Some(crate::network::group::DYNAMODB),
        End::Pool(pool) => Some(Cidr::any(pool.is_v6())),
        End::Stranger => None,
    }
}

fn rule_truth(network: &Network, rule: &Rule, used: &Use) -> RuleTruth {
    let group = &network.groups[rule.group];
    let (from_port, to_port) = rule.ports();
    let verdict = match (used.n_connections, used.n_attempts) {
        (0, 0) => Verdict::Unused,
        (0, _) => Verdict::AttemptsOnly,
        _ if is_too_wide(rule, used) => Verdict::TooWide,
        _ => Verdict::Used,
    };
    RuleTruth {
        rule_id: rule.id.clone(),
        group_id: group.id.clone(),
        group_name: group.name.to_owned(),
        vpc_id: network.vpcs[group.vpc].id.clone(),
        is_attached: network.interfaces.iter().any(|it| it.groups.contains(&rule.group)),
        is_egress: rule.is_egress,
        protocol: rule.protocol_name(),
        from_port,
        to_port,
        peer: match rule.peer {
            Peer::Range(cidr) => cidr.to_string(),
            Peer::Group(group) => network.groups[group].id.clone(),
            Peer::List(list) => network.prefix_lists[list].id.clone(),
        },
        n_connections: used.n_connections,
        n_attempts: used.n_attempts,
        verdict,
        used_ports: used.ports.iter().copied().collect(),
        used_peers: texts(&used.peers),
    }
}

/// Returns whether a rule admits far more ports, or far more addresses, than were used.
fn is_too_wide(rule: &Rule, used: &Use) -> bool {
    let n_ports = u64::from(rule.to_port - rule.from_port) + 1;
    let has_ports = rule.protocol_name() != "icmp";
    if has_ports && n_ports > WIDE_FACTOR * used.ports.len() as u64 {
        return true;
    }
    let Peer::Range(range) = rule.peer else { return false };
    let is_filled = used.peers.iter().any(|it| it.covers(&range));
    let bits = if range.ip.is_ipv6() { 128 } else { 32 };
    let size = |it: &Cidr| 1_u128.checked_shl(bits - u32::from(it.len)).unwrap_or(u128::MAX);
    let n_used: u128 = used.peers.iter().map(size).fold(0, u128::saturating_add);
    !is_filled && size(&range) > n_used.saturating_mul(WIDE_FACTOR.into())
}

/// Returns a rule as JSON.
pub(crate) fn rule_json(rule: &RuleTruth) -> Value {
    json!({
        "rule_id": rule.rule_id,
        "group_id": rule.group_id,
        "group_name": rule.group_name,
        "vpc_id": rule.vpc_id,
        "is_attached": rule.is_attached,
        "is_egress": rule.is_egress,
        "protocol": rule.protocol,
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "peer": rule.peer,
        "connections": rule.n_connections,
        "attempts": rule.n_attempts,
        "verdict": rule.verdict.name(),
        "used_ports": rule.used_ports,
        "used_peers": rule.used_peers,
    })
}
