//! Addresses that the internet does not reach.

use std::net::IpAddr;

use crate::cidr::Cidr;

/// Blocks of such addresses: private use (RFC 1918), shared between carriers and their customers
/// and used in VPCs that ran out of others (RFC 6598), loopback, link-local, multicast, and unique
/// local ones of IPv6 (RFC 4193).
pub const BLOCKS: [Cidr; 11] = [
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
    v4([224, 0, 0, 0], 4),
    Cidr::V6 { network: 1, n_bits: 128 },
    v6(0xfc00, 7),
    v6(0xfe80, 10),
    v6(0xff00, 8),
];

const fn v4(octets: [u8; 4], n_bits: u32) -> Cidr {
    Cidr::V4 { network: u32::from_be_bytes(octets), n_bits }
}

const fn v6(first: u128, n_bits: u32) -> Cidr {
    Cidr::V6 { network: first << 112, n_bits }
}

/// Returns whether an address lies in one of [`BLOCKS`], also as IPv4 mapped into IPv6.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    let address = address.to_canonical();
    BLOCKS.iter().any(|it| it.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_private_from_its_first_to_its_last_address() {
        let check = |address: &str, expected: bool| {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        };
        let blocks: Vec<String> = BLOCKS.iter().map(Cidr::to_string).collect();
        insta::assert_snapshot!(blocks.join(" "), @"10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 ::1/128 fc00::/7 fe80::/10 ff00::/8");
        for block in BLOCKS {
            assert_eq!(Cidr::parse(&block.to_string()), Some(block));
        }
        check("10.255.255.255", true);
        check("11.0.0.0", false);
        check("100.127.255.255", true);
        check("172.31.255.255", true);
        check("172.32.0.0", false);
        check("239.255.255.250", true);
        check("240.0.0.1", false);
        check("203.0.113.9", false);
        check("::ffff:10.0.0.1", true);
        check("::ffff:8.8.8.8", false);
        check("::1", true);
        check("::2", false);
        check("fd00::1", true);
        check("fe80::1", true);
        check("ff02::1", true);
        check("2600:1f18::1", false);
    }
}
