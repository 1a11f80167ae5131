//! Addresses as text.

use std::net::IpAddr;

/// Digits of the largest octet.
const OCTET_DIGITS_MAX: u32 = 3;

/// Reads an address; `None` if the text is not one.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    match parse_v4(text.as_bytes()) {
        Some(address) => Some(IpAddr::from(address.to_be_bytes())),
        None => text.parse().ok(),
    }
}

/// Reads an IPv4 address, by hand: this is called for every record of a scan.
fn parse_v4(text: &[u8]) -> Option<u32> {
    let mut address = 0_u32;
    let mut octet = 0_u32;
    let mut n_digits = 0_u32;
    let mut n_dots = 0_u32;
    for byte in text {
        match byte {
            b'0'..=b'9' if n_digits < OCTET_DIGITS_MAX && !(n_digits > 0 && octet == 0) => {
                octet = octet * 10 + u32::from(byte - b'0');
                n_digits += 1;
            }
            b'.' if n_digits > 0 && octet <= 255 => {
                address = (address << 8) | octet;
                (octet, n_digits, n_dots) = (0, 0, n_dots + 1);
            }
            _ => return None,
        }
    }
    (n_dots == 3 && n_digits > 0 && octet <= 255).then_some((address << 8) | octet)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way and the standard library agree on whatever looks like an address.
        #[test]
        fn an_address_is_what_the_standard_library_says(text in "[0-9.]{0,16}|[0-9a-f:.]{0,24}") {
            prop_assert_eq!(parse(&text), text.parse::<IpAddr>().ok());
        }

        #[test]
        fn every_address_reads_back(bits in any::<u32>()) {
            let address = IpAddr::from(bits.to_be_bytes());
            prop_assert_eq!(parse(&address.to_string()), Some(address));
        }
    }
}
