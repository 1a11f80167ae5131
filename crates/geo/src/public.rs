//! Which addresses are worth asking for: those that the internet reaches.
//!
//! What SQL's `is_private` calls private is not public here; beyond that, neither are addresses for
//! documentation and benchmarks, multicast, and what is reserved (IANA's registries of special
//! addresses for IPv4 and IPv6). A database that has something for them has a mistake.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The prefix of NAT64 (RFC 6052), `64:ff9b::/96`. AWS's NAT gateways translate it, and the address
/// of the true end stands in its last 32 bits.
const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// Returns whether the internet reaches `address`.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    public_address(address).is_some()
}

/// Returns the address to ask databases for: `address` itself if it is public, the IPv4 address
/// inside if it is one mapped to IPv6 or translated by NAT64.
#[must_use]
pub fn public_address(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(it) => is_public_v4(it).then_some(address),
        IpAddr::V6(it) => match embedded(it) {
            Some(inner) => is_public_v4(inner).then_some(IpAddr::V4(inner)),
            None => is_public_v6(it).then_some(address),
        },
    }
}

fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let is_nat64 = address.segments()[..6] == NAT64;
    let [.., first, second, third, last] = address.octets();
    let translated = is_nat64.then(|| Ipv4Addr::new(first, second, third, last));
    translated.or_else(|| address.to_ipv4_mapped())
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_benchmark = first == 198 && (18..20).contains(&second);
    let is_protocol = first == 192 && second == 0 && third == 0;
    let is_inside = address.is_private() || address.is_loopback() || address.is_link_local();
    let is_special = is_shared || is_benchmark || is_protocol || address.is_documentation();
    // From 224 on: multicast, reserved, broadcast.
    !(is_inside || is_special || first == 0 || first >= 224)
}

/// Only `2000::/3` is given out; the rest is unique local, link-local, multicast or reserved.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_documentation =
        (first == 0x2001 && second == 0xdb8) || (first == 0x3fff && second < 0x1000);
    first & 0xe000 == 0x2000 && !is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_internet_reaches_is_public() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
        };
        for text in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "223.255.255.255"] {
            check(text, true);
        }
        for text in ["2600:1f18::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            check(text, true);
        }
        // As SQL's `is_private` has them.
        for text in ["10.0.0.1", "172.16.0.1", "192.168.255.255", "100.64.0.1", "127.0.0.1"] {
            check(text, false);
        }
        for text in ["169.254.169.254", "fd00::1", "fe80::1", "::1", "::ffff:10.0.0.1"] {
            check(text, false);
        }
        // Beyond it.
        for text in ["0.0.0.0", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7"] {
            check(text, false);
        }
        for text in ["203.0.113.9", "224.0.0.251", "240.0.0.1", "255.255.255.255", "::"] {
            check(text, false);
        }
        for text in ["2001:db8::1", "3fff:fff::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1"] {
            check(text, false);
        }
    }

    #[test]
    fn the_true_end_is_asked_for() {
        let check = |text: &str, expected: &str| {
            let asked = public_address(text.parse().unwrap());
            assert_eq!(asked, Some(expected.parse().unwrap()), "{text}");
        };
        check("64:ff9b::8.8.4.4", "8.8.4.4");
        check("::ffff:8.8.4.4", "8.8.4.4");
        check("2600::1", "2600::1");
    }
}
