//! Address blocks.

use std::net::IpAddr;

use crate::function::address;

/// A block of addresses, as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cidr {
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
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, n_bits) = match text.split_once('/') {
            Some((address, n_bits)) => (address, Some(parse_bits(n_bits)?)),
            None => (text, None),
        };
        match address::parse(address)? {
            IpAddr::V4(it) => {
                let n_bits = n_bits.unwrap_or(32);
                (n_bits <= 32)
                    .then(|| Self::V4 { network: u32::from(it) & mask_v4(n_bits), n_bits })
            }
            IpAddr::V6(it) => {
                let n_bits = n_bits.unwrap_or(128);
                (n_bits <= 128)
                    .then(|| Self::V6 { network: u128::from(it) & mask_v6(n_bits), n_bits })
            }
        }
    }

    /// Returns whether `address` lies in the block.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
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
