//! Addresses, their text, and ranges of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::dice::Dice;

/// The longest text of an address.
const TEXT_MAX: usize = 39;

/// An address with its text at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addr {
    /// The address.
    pub ip: IpAddr,
    /// Index of the AWS service whose range holds it, in [`AWS_SERVICES`].
    pub aws_service: u8,
    text: [u8; TEXT_MAX],
    len: u8,
}

/// What `pkt-src-aws-service` may say here; `-` is an address outside AWS's ranges.
pub(crate) const AWS_SERVICES: &[&str] = &["-", "S3", "DYNAMODB", "AMAZON", "CLOUDFRONT"];

impl Addr {
    /// Returns the address with its canonical text.
    pub(crate) fn new(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::v4(ip),
            IpAddr::V6(v6) => {
                let written = v6.to_string();
                let mut text = [0; TEXT_MAX];
                let n = written.len().min(TEXT_MAX);
                text[..n].copy_from_slice(&written.as_bytes()[..n]);
                Self { ip, aws_service: 0, text, len: u8::try_from(n).unwrap_or(0) }
            }
        }
    }

    /// Returns an IPv4 address with its text, without allocation.
    pub(crate) fn v4(ip: Ipv4Addr) -> Self {
        let mut text = [0; TEXT_MAX];
        let mut at = 0;
        for (index, octet) in ip.octets().into_iter().enumerate() {
            if index > 0 {
                text[at] = b'.';
                at += 1;
            }
            if octet >= 100 {
                text[at] = b'0' + octet / 100;
                at += 1;
            }
            if octet >= 10 {
                text[at] = b'0' + octet / 10 % 10;
                at += 1;
            }
            text[at] = b'0' + octet % 10;
            at += 1;
        }
        Self { ip: IpAddr::V4(ip), aws_service: 0, text, len: u8::try_from(at).unwrap_or(0) }
    }

    /// Returns the text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.len)]
    }
}

impl std::fmt::Display for Addr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.ip.fmt(f)
    }
}

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cidr {
    /// First address.
    pub ip: IpAddr,
    /// Length of the prefix in bits.
    pub len: u8,
}

impl Cidr {
    /// Returns the range of IPv4 addresses.
    pub(crate) const fn v4(octets: [u8; 4], len: u8) -> Self {
        let [a, b, c, d] = octets;
        Self { ip: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), len }
    }

    /// Returns the range of all addresses of the family.
    pub(crate) const fn any(is_v6: bool) -> Self {
        if is_v6 {
            Self { ip: IpAddr::V6(Ipv6Addr::UNSPECIFIED), len: 0 }
        } else {
            Self { ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED), len: 0 }
        }
    }

    /// Returns whether the range holds `ip`.
    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        let shift = u32::from(self.len);
        match (self.ip, ip) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - shift).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - shift).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }

    /// Returns whether the range holds the whole of `other`.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.len <= other.len && self.contains(other.ip)
    }

    /// Returns the address `n` places after the first.
    pub(crate) fn at(&self, n: u32) -> IpAddr {
        match self.ip {
            IpAddr::V4(ip) => IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits().wrapping_add(n))),
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() + u128::from(n))),
        }
    }

    /// Returns an address of the range, neither its first nor its last if it has others.
    pub(crate) fn pick(&self, dice: &mut Dice) -> IpAddr {
        match self.ip {
            IpAddr::V4(_) => {
                let n = 1_u32.checked_shl(32 - u32::from(self.len)).unwrap_or(u32::MAX);
                self.at(if n > 2 { 1 + dice.below(n - 2) } else { dice.below(n) })
            }
            IpAddr::V6(ip) => {
                let host = (u128::from(dice.next()) << 64) | u128::from(dice.next());
                let mask = u128::MAX.checked_shl(128 - u32::from(self.len)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits((ip.to_bits() & mask) | (host & !mask)))
            }
        }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.ip, self.len)
    }
}

/// Allocated public ranges of access networks all over the world, each a /16 (the first two bytes).
#[rustfmt::skip]
const WORLD: &[[u8; 2]] = &[
    // North and South America
    [24, 16], [68, 44], [71, 198], [98, 210], [47, 144], [73, 162], [24, 114], [70, 24],
    [187, 190], [189, 203], [177, 32], [189, 18], [200, 147], [181, 44], [190, 20], [181, 52],
    // Europe
    [81, 129], [86, 150], [92, 21], [79, 214], [84, 130], [91, 12], [217, 80], [82, 64], [90, 60],
    [78, 200], [77, 160], [84, 24], [83, 32], [88, 4], [79, 20], [87, 0], [151, 40], [83, 8],
    [79, 184], [78, 64], [81, 224], [84, 208], [91, 152], [95, 24], [178, 64], [46, 138],
    [176, 36], [93, 72], [78, 160], [88, 224],
    // Asia and Oceania
    [49, 36], [106, 192], [117, 192], [122, 160], [36, 112], [114, 80], [123, 112], [218, 2],
    [222, 64], [60, 56], [126, 60], [153, 128], [210, 128], [121, 128], [175, 192], [211, 32],
    [114, 24], [1, 160], [14, 160], [113, 160], [36, 64], [114, 120], [180, 240], [49, 228],
    [171, 96], [49, 144], [112, 198], [1, 120], [49, 176], [101, 160], [120, 144], [118, 92],
    // Africa and the Middle East
    [105, 224], [197, 80], [41, 32], [156, 160], [105, 112], [197, 210], [41, 90], [41, 140],
    [188, 48], [86, 96], [94, 200], [79, 176], [109, 64], [2, 176],
];

/// Allocated public IPv6 ranges of access networks, each a /32 (the first two groups).
const WORLD_V6: &[[u16; 2]] = &[
    [0x2601, 0x0646],
    [0x2600, 0x1700],
    [0x2804, 0x014c],
    [0x2a00, 0x23c5],
    [0x2003, 0x00c0],
    [0x2a01, 0x0e0a],
    [0x2a02, 0xa450],
    [0x2a02, 0x2f0a],
    [0x2409, 0x4050],
    [0x240e, 0x0398],
    [0x2400, 0x2410],
    [0x2001, 0x0b07],
    [0x2405, 0x6e00],
    [0x2c0f, 0xf4c0],
];

/// The range of the company's own offices outside AWS: TEST-NET-3 of RFC 5737.
pub(crate) const OFFICE: Cidr = Cidr::v4([203, 0, 113, 0], 28);

/// Returns some public IPv4 address, anywhere in the world.
pub(crate) fn anywhere(dice: &mut Dice) -> Ipv4Addr {
    let [a, b] = WORLD[dice.index(WORLD.len())];
    let host = dice.below(65_534) + 1;
    let [_, _, c, d] = host.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

/// Returns some public IPv6 address, anywhere in the world.
pub(crate) fn anywhere_v6(dice: &mut Dice) -> Ipv6Addr {
    let [a, b] = WORLD_V6[dice.index(WORLD_V6.len())];
    let high = (u128::from(a) << 112) | (u128::from(b) << 96);
    let low = (u128::from(dice.next() >> 32) << 64) | u128::from(dice.next());
    Ipv6Addr::from_bits(high | low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_text_of_an_address_is_its_canonical_text(bits: u32, v6: u128) {
            let v4 = IpAddr::V4(Ipv4Addr::from_bits(bits));
            let v6 = IpAddr::V6(Ipv6Addr::from_bits(v6));
            for ip in [v4, v6] {
                let text = Addr::new(ip).as_bytes().to_vec();
                prop_assert_eq!(text, ip.to_string().into_bytes());
            }
        }

        #[test]
        fn a_range_contains_what_is_picked_from_it(seed: u64, len in 1_u8..=32, a: u8) {
            let mut dice = Dice::new(seed, crate::dice::Stream::Pools, 0);
            let mask = u32::MAX << (32 - u32::from(len));
            let first = Ipv4Addr::from_bits(Ipv4Addr::new(a, 7, 9, 200).to_bits() & mask);
            let cidr = Cidr { ip: IpAddr::V4(first), len };
            prop_assert!(cidr.contains(cidr.pick(&mut dice)));
        }
    }

    #[test]
    fn ranges_of_both_families_contain_their_own_and_not_the_other() {
        let wide: Cidr = Cidr::any(false);
        assert!(wide.contains(IpAddr::V4(Ipv4Addr::new(1, 2, 3, 4))));
        assert!(!wide.contains(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert!(Cidr::any(true).contains(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert!(!OFFICE.contains(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 16))));
        assert!(wide.covers(&OFFICE) && !OFFICE.covers(&wide));
    }
}
