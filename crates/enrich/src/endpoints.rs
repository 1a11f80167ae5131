//! The two endpoints of a row, as hashes.
//!
//! The addresses are those of the packet (`pkt_srcaddr`, `pkt_dstaddr`) where the row has them: they
//! are the true ends, so that a connection is the same one at the instance and at the NAT gateway.

use tidegate_model::private::is_private;

use crate::hash;
use crate::ports::{NO_PROTOCOL, Ports};
use crate::vantage::Rewritten;
use crate::view::{Texts, View};

/// Both ends of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    /// Hash of source address and port.
    pub(crate) src: u64,
    /// Hash of destination address and port.
    pub(crate) dst: u64,
    /// Hash of the source address.
    pub(crate) src_address: u64,
    /// Hash of the destination address.
    pub(crate) dst_address: u64,
    /// Ports and protocol.
    pub(crate) ports: Ports,
    /// Whether it is IPv6.
    pub(crate) is_v6: bool,
}

impl Ends {
    /// Returns the hash of the connection, and whether the row's direction is the first of the two.
    #[inline]
    pub(crate) fn key(&self) -> (u64, bool) {
        hash::tuple(self.src, self.dst, self.ports.protocol)
    }
}

/// An address of a dictionary.
#[derive(Clone, Copy)]
struct Address {
    hash: u64,
    is_v6: bool,
}

/// The endpoints of all rows: each distinct address is hashed once.
pub(crate) struct Endpoints<'a> {
    view: &'a View<'a>,
    src: Vec<Address>,
    dst: Vec<Address>,
    pkt_src: Vec<Address>,
    pkt_dst: Vec<Address>,
}

impl<'a> Endpoints<'a> {
    /// Returns the endpoints.
    pub(crate) fn new(view: &'a View<'a>) -> Self {
        let addresses = |texts: &Texts<'_>| -> Vec<Address> {
            let addresses = texts.values.iter();
            addresses.map(|it| Address { hash: hash::text(it), is_v6: is_v6(it) }).collect()
        };
        let src = addresses(&view.srcaddr);
        let dst = addresses(&view.dstaddr);
        let pkt_src = addresses(&view.pkt_srcaddr);
        let pkt_dst = addresses(&view.pkt_dstaddr);
        Self { view, src, dst, pkt_src, pkt_dst }
    }

    /// Returns the endpoints of a row, if it has both.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<Ends> {
        let pick =
            |packet: &Texts<'_>, packets: &[Address], plain: &Texts<'_>, plains: &[Address]| {
                match packet.id(row) {
                    Some(id) => Some(packets[id]),
                    None => plain.id(row).map(|id| plains[id]),
                }
            };
        let view = self.view;
        let src = pick(&view.pkt_srcaddr, &self.pkt_src, &view.srcaddr, &self.src)?;
        let dst = pick(&view.pkt_dstaddr, &self.pkt_dst, &view.dstaddr, &self.dst)?;
        let port = |it: Option<i32>| it.and_then(|it| u16::try_from(it).ok()).unwrap_or(0);
        let protocol = view.protocol.get(row).and_then(|it| u16::try_from(it).ok());
        let ports = Ports {
            src: port(view.srcport.get(row)),
            dst: port(view.dstport.get(row)),
            protocol: protocol.unwrap_or(NO_PROTOCOL),
        };
        Some(Ends {
            src: hash::endpoint(src.hash, ports.src),
            dst: hash::endpoint(dst.hash, ports.dst),
            src_address: src.hash,
            dst_address: dst.hash,
            ports,
            is_v6: src.is_v6,
        })
    }
}

impl Endpoints<'_> {
    /// Returns the hashes of `srcaddr` and `dstaddr`, and whether they are of IPv6.
    #[inline]
    pub(crate) fn plain(&self, row: usize) -> Option<(u64, u64, bool)> {
        let src = self.src[self.view.srcaddr.id(row)?];
        let dst = self.dst[self.view.dstaddr.id(row)?];
        Some((src.hash, dst.hash, src.is_v6))
    }

    /// Returns which addresses of a row are not those of its packet.
    #[inline]
    pub(crate) fn rewritten(&self, row: usize) -> Rewritten {
        let view = self.view;
        let (Some(src), Some(dst)) = (view.pkt_srcaddr.id(row), view.pkt_dstaddr.id(row)) else {
            return Rewritten::default();
        };
        let Some((plain_src, plain_dst, _)) = self.plain(row) else { return Rewritten::default() };
        Rewritten {
            src: self.pkt_src[src].hash != plain_src,
            dst: self.pkt_dst[dst].hash != plain_dst,
            is_known: true,
        }
    }
}

/// Returns whether the text of an address is one of IPv6.
pub(crate) fn is_v6(address: &str) -> bool {
    address.contains(':')
}

/// Returns whether the text is an address of the public internet.
pub(crate) fn is_public(address: &str) -> bool {
    address.parse().is_ok_and(|it| !is_private(it))
}
