//! Blocks of addresses, as `10.0.0.0/8`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses. Bits behind the prefix are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cidr {
    /// Of IPv4.
    V4 {
        /// First address.
        network: u32,
        /// Bits that all addresses share.
        n_bits: u32,
    },
    /// Of IPv6.
    V6 {
        /// First address.
        network: u128,
        /// Bits that all addresses share.
        n_bits: u32,
    },
}

impl Cidr {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a lone address; bits behind the prefix do not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, n_bits) = match text.split_once('/') {
            Some((address, n_bits)) => (address, Some(parse_bits(n_bits)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let n_bits_max = if address.is_ipv4() { 32 } else { 128 };
        Self::new(address, n_bits.unwrap_or(n_bits_max))
    }

    /// Returns the block of `n_bits` that holds `address`, if it can have so many.
    #[must_use]
    pub fn new(address: IpAddr, n_bits: u32) -> Option<Self> {
        match address {
            IpAddr::V4(it) => (n_bits <= 32)
                .then(|| Self::V4 { network: u32::from(it) & mask_v4(n_bits), n_bits }),
            IpAddr::V6(it) => (n_bits <= 128)
                .then(|| Self::V6 { network: u128::from(it) & mask_v6(n_bits), n_bits }),
        }
    }

    /// Returns whether `address` lies in the block.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { network, n_bits }, IpAddr::V4(it)) => {
                u32::from(it) & mask_v4(n_bits) == network
            }
            (Self::V6 { network, n_bits }, IpAddr::V6(it)) => {
                u128::from(it) & mask_v6(n_bits) == network
            }
            _ => false,
        }
    }

    /// Returns the first address.
    #[must_use]
    pub fn first(self) -> IpAddr {
        match self {
            Self::V4 { network, .. } => IpAddr::V4(Ipv4Addr::from(network)),
            Self::V6 { network, .. } => IpAddr::V6(Ipv6Addr::from(network)),
        }
    }

    /// Returns how many bits all addresses share.
    #[must_use]
    pub fn n_bits(self) -> u32 {
        match self {
            Self::V4 { n_bits, .. } | Self::V6 { n_bits, .. } => n_bits,
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first(), self.n_bits())
    }
}

fn parse_bits(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn mask_v4(n_bits: u32) -> u32 {
    u32::MAX.checked_shl(32 - n_bits).unwrap_or(0)
}

fn mask_v6(n_bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - n_bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_and_written_in_their_canonical_form() {
        let check = |text: &str, expected: Option<&str>| {
            let written = Cidr::parse(text).map(|it| it.to_string());
            assert_eq!(written.as_deref(), expected, "{text}");
        };
        check("10.1.2.3/8", Some("10.0.0.0/8"));
        check("0.0.0.0/0", Some("0.0.0.0/0"));
        check("10.1.2.3", Some("10.1.2.3/32"));
        check("2001:DB8:1::/32", Some("2001:db8::/32"));
        check("::/0", Some("::/0"));
        check("10.0.0.0/33", None);
        check("10.0.0.0/+8", None);
        check("ten", None);
    }

    #[test]
    fn a_block_holds_addresses_of_its_own_family() {
        let check = |cidr: &str, address: &str, expected: bool| {
            let is_in = Cidr::parse(cidr).unwrap().contains(address.parse().unwrap());
            assert_eq!(is_in, expected, "{cidr} {address}");
        };
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("0.0.0.0/0", "1.2.3.4", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
    }
}
