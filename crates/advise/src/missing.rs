//! Rejections inside that repeat: a rule is probably missing.

use std::net::IpAddr;

use tidegate_model::private::is_private;
use tidegate_network::admit::Way;

use crate::coverage::SECOND_US;
use crate::flow::Flow;
use crate::study::Study;

/// Rejected records of one flow from which on somebody seems to want it.
pub const REJECTS_MIN: u64 = 5;

/// How long a flow must be rejected so that it is no single try.
pub const REJECTED_S_MIN: i64 = 600;

/// A rule that is probably missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRule {
    /// The interface that rejects.
    pub interface_id: String,
    /// Its groups, by id.
    pub group_ids: Vec<String>,
    /// Whether it rejects what leaves.
    pub is_egress: bool,
    /// IANA number of the protocol.
    pub protocol: u8,
    /// Port of the service.
    pub port: u16,
    /// The address at the other end.
    pub peer: IpAddr,
    /// Interface at the other end, if it is one of ours.
    pub peer_interface_id: Option<String>,
    /// Groups of that, by id.
    pub peer_group_ids: Vec<String>,
    /// Rejected records.
    pub n_records: u64,
    /// First moment, in microseconds since the Unix epoch.
    pub first_us: i64,
    /// Last moment.
    pub last_us: i64,
}

/// Returns the rules that rejected flows inside ask for, those with the most records first.
pub(crate) fn rules(study: &Study<'_>, rejected: &[Flow]) -> Vec<MissingRule> {
    let mut rules: Vec<MissingRule> =
        rejected.iter().filter(|it| is_wanted(it)).filter_map(|it| rule(study, it)).collect();
    rules.sort_by(|a, b| {
        b.n_records.cmp(&a.n_records).then_with(|| a.interface_id.cmp(&b.interface_id))
    });
    rules
}

fn is_wanted(flow: &Flow) -> bool {
    let length_us = flow.last_us - flow.first_us;
    is_private(flow.packet.peer)
        && flow.counts.n_records >= REJECTS_MIN
        && length_us >= REJECTED_S_MIN * SECOND_US
}

fn rule(study: &Study<'_>, flow: &Flow) -> Option<MissingRule> {
    let network = study.network;
    let interface = study.interface_index(flow.interface)?;
    let at = network.at(interface, flow.last_us)?;
    let names = |at: &tidegate_network::InterfaceAt| -> Vec<String> {
        network.group_ids(at).iter().map(|it| network.text(*it).to_owned()).collect()
    };
    let group_ids = names(at);
    if group_ids.is_empty() {
        return None;
    }
    let owners = network.owners(flow.packet.peer);
    let peer = network.owner_at(&owners, flow.last_us, Some(at.vpc_id));
    let peer_at = peer.and_then(|it| network.at(it, flow.last_us));
    Some(MissingRule {
        interface_id: study.interface_id(flow.interface).to_owned(),
        group_ids,
        is_egress: flow.packet.way == Way::Egress,
        protocol: flow.packet.protocol,
        port: flow.packet.port,
        peer: flow.packet.peer,
        peer_interface_id: peer.map(|it| network.interface_id(it).to_owned()),
        peer_group_ids: peer_at.map(names).unwrap_or_default(),
        n_records: flow.counts.n_records,
        first_us: flow.first_us,
        last_us: flow.last_us,
    })
}
