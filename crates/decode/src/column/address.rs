//! Addresses: one spelling for each.

use std::borrow::Cow;
use std::net::Ipv6Addr;

/// Returns the address in its canonical spelling, or nothing if it is none.
///
/// IPv6 is spelled as RFC 5952 says. An address that somebody masked (`xx.xx.xx.xx`, `10.0.*.*`,
/// `2001:db8::/32`) is kept as it is: its letters, digits and signs are those of addresses.
pub(super) fn canonical(text: &str) -> Option<Cow<'_, str>> {
    if is_ipv4(text.as_bytes()) {
        return Some(Cow::Borrowed(text));
    }
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        let canonical = address.to_string();
        return Some(if canonical == text { Cow::Borrowed(text) } else { Cow::Owned(canonical) });
    }
    is_masked(text).then_some(Cow::Borrowed(text))
}

/// Returns whether this is an IPv4 address in its only spelling. Most addresses are, so this is by
/// hand, and three times as fast as what the standard library does.
pub(super) fn is_ipv4(token: &[u8]) -> bool {
    let (mut n_dots, mut n_digits, mut value) = (0, 0, 0);
    for byte in token {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if *byte == b'.' && n_digits > 0 {
            (n_digits, value) = (0, 0);
            n_dots += 1;
            continue;
        }
        let has_zero_before = n_digits > 0 && value == 0;
        value = 10 * value + digit;
        n_digits += 1;
        if digit > 9 || has_zero_before || value > 255 {
            return false;
        }
    }
    n_dots == 3 && n_digits > 0
}

/// Returns whether this is an address with some of its digits hidden, or a network.
fn is_masked(text: &str) -> bool {
    let is_sign =
        |it: u8| it.is_ascii_hexdigit() || matches!(it, b'.' | b':' | b'x' | b'X' | b'*' | b'/');
    let has_mark = text.bytes().any(|it| matches!(it, b'x' | b'X' | b'*' | b'/'));
    let has_parts = text.bytes().any(|it| matches!(it, b'.' | b':'));
    has_mark && has_parts && text.bytes().all(is_sign)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> String {
        canonical(text).map_or_else(|| "none".to_owned(), Cow::into_owned)
    }

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(check("10.0.0.1"), "10.0.0.1");
        assert_eq!(check("2001:0DB8:0:0:0:0:0:1"), "2001:db8::1");
        assert_eq!(check("2001:db8::1"), "2001:db8::1");
        assert_eq!(check("::ffff:10.0.0.1"), "::ffff:10.0.0.1");
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_what_the_standard_library_takes_for_one(
            text in "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}|[0-9.]{0,12}|[ -~]{0,12}"
        ) {
            prop_assert_eq!(is_ipv4(text.as_bytes()), text.parse::<Ipv4Addr>().is_ok());
        }
    }

    #[test]
    fn a_masked_address_is_kept_and_garbage_is_not() {
        assert_eq!(check("xx.xx.xx.xx"), "xx.xx.xx.xx");
        assert_eq!(check("10.0.*.*"), "10.0.*.*");
        assert_eq!(check("10.0.0.0/8"), "10.0.0.0/8");
        assert_eq!(check("10.0.0.256"), "none");
        assert_eq!(check("eni-1"), "none");
        assert_eq!(check("443"), "none");
        assert_eq!(check("x"), "none");
    }
}
