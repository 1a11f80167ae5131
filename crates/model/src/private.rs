//! Addresses that the internet does not reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns whether an address is of a private, shared, loopback, link-local or unique local range
/// (RFC 1918, 6598, 5735, 3927, 4193, 4291), also as IPv4 mapped into IPv6.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_private_v4(it),
        IpAddr::V6(it) => is_private_v6(it),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    // Between carriers and their customers (RFC 6598), and in VPCs that ran out of others.
    let is_shared = first == 100 && (64..128).contains(&second);
    is_shared || address.is_private() || address.is_loopback() || address.is_link_local()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let is_local = address.is_unique_local() || address.is_unicast_link_local();
    is_local || address.is_loopback() || address.to_ipv4_mapped().is_some_and(is_private_v4)
}
