//! The interfaces at the ends of a row, at its time.
//!
//! The network is asked once for each distinct interface and address; for a row only the times are
//! compared.

use std::net::IpAddr;

use crate::direction::{Direction, Owned};
use crate::view::{Texts, View};
use tidegate_network::{InterfaceAt, InterfaceIndex, Network, Owner, PassThrough};

/// The interface of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) interface: Option<InterfaceIndex>,
    /// What it was at the time of the row.
    pub(crate) at: Option<&'a InterfaceAt>,
    pub(crate) moment_us: i64,
    /// Whether `srcaddr` and `dstaddr` were its own.
    pub(crate) plain: Owned,
    /// Whether `pkt_srcaddr` and `pkt_dstaddr` were its own.
    pub(crate) packet: Owned,
}

/// Who had the addresses of a column. Few addresses are ours, so most share the empty list.
struct Owners {
    /// By address: the position in `lists`.
    list_of: Vec<u32>,
    lists: Vec<Vec<Owner>>,
}

impl Owners {
    fn new(texts: &Texts<'_>, network: &Network) -> Self {
        let mut lists = vec![Vec::new()];
        let mut list_of = vec![0; texts.values.len()];
        if network.is_empty() {
            return Self { list_of, lists };
        }
        for (text, list) in texts.values.iter().zip(&mut list_of) {
            let Ok(address) = text.parse::<IpAddr>() else { continue };
            let owners = network.owners(address);
            if !owners.is_empty() {
                *list = u32::try_from(lists.len()).unwrap_or(0);
                lists.push(owners);
            }
        }
        Self { list_of, lists }
    }

    #[inline]
    fn of(&self, id: usize) -> &[Owner] {
        &self.lists[self.list_of[id] as usize]
    }
}

/// The interfaces of all rows.
pub(crate) struct Places<'a> {
    network: &'a Network,
    view: &'a View<'a>,
    interfaces: Vec<Option<InterfaceIndex>>,
    types: Vec<Option<PassThrough>>,
    resources: Vec<Option<InterfaceIndex>>,
    src: Owners,
    dst: Owners,
    pkt_src: Owners,
    pkt_dst: Owners,
}

impl<'a> Places<'a> {
    pub(crate) fn new(network: &'a Network, view: &'a View<'a>) -> Self {
        let find = |id: &str| network.interface(id);
        let owners = |texts: &Texts<'_>| Owners::new(texts, network);
        Self {
            network,
            view,
            interfaces: view.interface_id.map(find),
            types: view.interface_type.map(PassThrough::of_type),
            resources: view.resource_id.map(find),
            src: owners(&view.srcaddr),
            dst: owners(&view.dstaddr),
            pkt_src: owners(&view.pkt_srcaddr),
            pkt_dst: owners(&view.pkt_dstaddr),
        }
    }

    /// Returns the interface of a row.
    pub(crate) fn place(&self, row: usize) -> Place<'a> {
        let moment_us = self.view.moment_us(row).unwrap_or(0);
        let interface = match self.view.interface_id.id(row) {
            Some(id) => self.interfaces[id],
            None => self.view.resource_id.id(row).and_then(|id| self.resources[id]),
        };
        let at = interface.and_then(|it| self.network.at(it, moment_us));
        let Some(interface) = interface else {
            let (plain, packet) = (Owned::default(), Owned::default());
            return Place { interface, at, moment_us, plain, packet };
        };
        let is_own = |texts: &Texts<'_>, owners: &Owners| {
            let is_own =
                |it: &Owner| it.interface == interface && !it.is_public && it.holds(moment_us);
            texts.id(row).is_some_and(|id| owners.of(id).iter().any(is_own))
        };
        let view = self.view;
        Place {
            interface: Some(interface),
            at,
            moment_us,
            plain: Owned {
                src: is_own(&view.srcaddr, &self.src),
                dst: is_own(&view.dstaddr, &self.dst),
            },
            packet: Owned {
                src: is_own(&view.pkt_srcaddr, &self.pkt_src),
                dst: is_own(&view.pkt_dstaddr, &self.pkt_dst),
            },
        }
    }

    /// Returns the interface that had the source address of the packet.
    pub(crate) fn sender(&self, row: usize, place: &Place<'_>) -> Option<InterfaceIndex> {
        let view = self.view;
        match view.pkt_srcaddr.id(row) {
            Some(id) => self.owner(self.pkt_src.of(id), place),
            None => view.srcaddr.id(row).and_then(|id| self.owner(self.src.of(id), place)),
        }
    }

    /// Returns the interface that had the destination address of the packet.
    pub(crate) fn receiver(&self, row: usize, place: &Place<'_>) -> Option<InterfaceIndex> {
        let view = self.view;
        match view.pkt_dstaddr.id(row) {
            Some(id) => self.owner(self.pkt_dst.of(id), place),
            None => view.dstaddr.id(row).and_then(|id| self.owner(self.dst.of(id), place)),
        }
    }

    /// Returns the interface at the other end of a row, if it is one of ours.
    pub(crate) fn peer(
        &self,
        row: usize,
        place: &Place<'_>,
        direction: Direction,
    ) -> Option<InterfaceIndex> {
        match direction {
            Direction::Ingress => self.sender(row, place),
            Direction::Egress => self.receiver(row, place),
            Direction::Internal => place.interface,
            Direction::Transit | Direction::Unknown => None,
        }
    }

    fn owner(&self, owners: &[Owner], place: &Place<'_>) -> Option<InterfaceIndex> {
        if owners.is_empty() {
            return None;
        }
        let vpc = place.at.map(|it| it.vpc_id).filter(|it| !it.is_empty());
        self.network.owner_at(owners, place.moment_us, vpc)
    }

    /// Returns how the interface of a row hands on, by the inventory or by what AWS wrote.
    pub(crate) fn pass_through(&self, row: usize, place: &Place<'_>) -> PassThrough {
        if let Some(at) = place.at {
            return at.pass_through;
        }
        let view = self.view;
        if let Some(known) = view.interface_type.id(row).and_then(|it| self.types[it]) {
            return known;
        }
        if view.interface_id.id(row).is_some() {
            return PassThrough::No;
        }
        if view.resource_id.get(row).is_some_and(|it| it.starts_with("nat-")) {
            return PassThrough::Nat;
        }
        if view.attachment_id.id(row).is_some() { PassThrough::Router } else { PassThrough::No }
    }
}
