//! The interfaces at the ends of a row, at its time.
//!
//! The network is asked once for each distinct interface and address; for a row only the times are
//! compared.

use std::net::IpAddr;

use crate::direction::{Direction, Owned};
use crate::network::{InterfaceAt, InterfaceIndex, Network, Owner, PassThrough};
use crate::view::{Texts, View};

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

/// The interfaces of all rows.
pub(crate) struct Places<'a> {
    network: &'a Network,
    view: &'a View<'a>,
    interfaces: Vec<Option<InterfaceIndex>>,
    types: Vec<Option<PassThrough>>,
    resources: Vec<Option<InterfaceIndex>>,
    src: Vec<Vec<Owner>>,
    dst: Vec<Vec<Owner>>,
    pkt_src: Vec<Vec<Owner>>,
    pkt_dst: Vec<Vec<Owner>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(network: &'a Network, view: &'a View<'a>) -> Self {
        let find = |id: &str| network.interface(id);
        let owners = |it: &str| {
            if network.is_empty() {
                return Vec::new();
            }
            let address: Option<IpAddr> = it.parse().ok();
            address.map(|it| network.owners(it)).unwrap_or_default()
        };
        Self {
            network,
            view,
            interfaces: view.interface_id.map(find),
            types: view.interface_type.map(PassThrough::of_type),
            resources: view.resource_id.map(find),
            src: view.srcaddr.map(owners),
            dst: view.dstaddr.map(owners),
            pkt_src: view.pkt_srcaddr.map(owners),
            pkt_dst: view.pkt_dstaddr.map(owners),
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
        let is_own = |texts: &Texts<'_>, owners: &[Vec<Owner>]| {
            let is_own =
                |it: &Owner| it.interface == interface && !it.is_public && it.holds(moment_us);
            texts.id(row).is_some_and(|id| owners[id].iter().any(is_own))
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
            Some(id) => self.owner(&self.pkt_src[id], place),
            None => view.srcaddr.id(row).and_then(|id| self.owner(&self.src[id], place)),
        }
    }

    /// Returns the interface that had the destination address of the packet.
    pub(crate) fn receiver(&self, row: usize, place: &Place<'_>) -> Option<InterfaceIndex> {
        let view = self.view;
        match view.pkt_dstaddr.id(row) {
            Some(id) => self.owner(&self.pkt_dst[id], place),
            None => view.dstaddr.id(row).and_then(|id| self.owner(&self.dst[id], place)),
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
