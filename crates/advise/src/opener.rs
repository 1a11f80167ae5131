//! Who opened a connection, as the groups of both ends tell.
//!
//! Where a record's own signs are weak, the rules themselves help: what was accepted must have been
//! admitted at both ends. If only one side's opening is admitted, that side opened.

use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::inventory::Inventory;
use tidegate_network::admit::{self, Packet, Way};
use tidegate_network::{InterfaceIndex, Network};

use crate::flow::Flow;

/// The first address of each family that an interface has.
type Own = [Option<IpAddr>; 2];

/// Knows both ends.
#[derive(Clone, Debug)]
pub(crate) struct Openers<'a> {
    network: &'a Network,
    addresses: HashMap<InterfaceIndex, Own>,
}

impl<'a> Openers<'a> {
    pub(crate) fn new(inventory: &Inventory, network: &'a Network) -> Self {
        let mut addresses: HashMap<InterfaceIndex, Own> = HashMap::new();
        for fact in &inventory.interfaces {
            let value = &fact.value;
            let Some(interface) = network.interface(&value.id) else { continue };
            let own = addresses.entry(interface).or_default();
            own[0] = own[0].or(value.primary_address);
            own[1] = own[1].or(value.ipv6_addresses.first().copied());
        }
        Self { network, addresses }
    }

    /// Returns whether groups would have let a flow be opened as it says.
    pub(crate) fn could_be(&self, interface: InterfaceIndex, flow: &Flow) -> bool {
        let ports = (flow.packet.port, flow.packet.port);
        self.may_pass(interface, flow.first_us, (&flow.packet, ports))
    }

    /// Returns whether groups would have let it be opened by the other side.
    pub(crate) fn could_be_other(&self, interface: InterfaceIndex, flow: &Flow) -> bool {
        let packet = Packet { way: other(flow.packet.way), ..flow.packet };
        self.may_pass(interface, flow.first_us, (&packet, flow.client_ports))
    }

    /// Returns whether a packet to one of the ports may pass at the interface and at its peer's.
    fn may_pass(
        &self,
        interface: InterfaceIndex,
        moment_us: i64,
        (packet, (from, to)): (&Packet, (u16, u16)),
    ) -> bool {
        if !admit::may_admit(self.network, interface, moment_us, packet, from..=to) {
            return false;
        }
        let network = self.network;
        let vpc = network.at(interface, moment_us).map(|it| it.vpc_id);
        let owners = network.owners(packet.peer);
        let Some(peer) = network.owner_at(&owners, moment_us, vpc) else { return true };
        let own = self.addresses.get(&interface).copied().unwrap_or_default();
        let Some(own) = own[usize::from(packet.peer.is_ipv6())] else { return true };
        let counterpart = Packet { way: other(packet.way), peer: own, ..*packet };
        admit::may_admit(network, peer, moment_us, &counterpart, from..=to)
    }
}

fn other(way: Way) -> Way {
    match way {
        Way::Ingress => Way::Egress,
        Way::Egress => Way::Ingress,
    }
}
