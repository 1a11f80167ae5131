//! Wrong tokens, by address: after some of them in a minute, who shows more must wait. A token is too
//! long to be found by trying; this keeps the log and the counters readable.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use crate::limit::{WRONG_ADDRESSES_MAX, WRONG_TOKENS_MAX, WRONG_TOKENS_PER};

/// Addresses that showed wrong tokens.
#[derive(Debug, Default)]
pub(super) struct Wrong(HashMap<IpAddr, Tries>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    n_wrong: u32,
    since: Instant,
}

impl Wrong {
    /// Returns for how many seconds an address must wait; `None` if it may show a token.
    pub(super) fn wait_s(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let tries = self.0.get(&network(address))?;
        let left = (tries.since + WRONG_TOKENS_PER).checked_duration_since(now)?;
        (tries.n_wrong >= WRONG_TOKENS_MAX && !left.is_zero()).then(|| left.as_secs() + 1)
    }

    /// Notes a wrong token.
    pub(super) fn note(&mut self, address: IpAddr, now: Instant) {
        let is_over = |it: &Tries| now.duration_since(it.since) >= WRONG_TOKENS_PER;
        if self.0.len() >= WRONG_ADDRESSES_MAX {
            self.0.retain(|_, it| !is_over(it));
        }
        if self.0.len() >= WRONG_ADDRESSES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, it)| it.since).map(|(it, _)| *it);
            oldest.and_then(|it| self.0.remove(&it));
        }
        let tries = self.0.entry(network(address)).or_insert(Tries { n_wrong: 0, since: now });
        if is_over(tries) {
            *tries = Tries { n_wrong: 0, since: now };
        }
        tries.n_wrong = tries.n_wrong.saturating_add(1);
    }
}

/// Returns whom an address stands for: in IPv6 everybody has a /64.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = u128::from(address) >> 64 << 64;
            IpAddr::V6(bits.into())
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_many_wrong_tokens_waits_and_its_neighbour_does_not() {
        let now = Instant::now();
        let mut wrong = Wrong::default();
        let address = |it: &str| it.parse::<IpAddr>().unwrap();
        for _ in 0..WRONG_TOKENS_MAX {
            assert_eq!(wrong.wait_s(address("2001:db8::1"), now), None);
            wrong.note(address("2001:db8::1"), now);
        }
        assert_eq!(wrong.wait_s(address("2001:db8::2"), now), Some(61));
        assert_eq!(wrong.wait_s(address("2001:db8:0:1::1"), now), None);
        assert_eq!(wrong.wait_s(address("2001:db8::1"), now + WRONG_TOKENS_PER), None);
    }

    #[test]
    fn the_memory_of_addresses_is_limited() {
        let now = Instant::now();
        let mut wrong = Wrong::default();
        for number in (0_u32..).take(WRONG_ADDRESSES_MAX + 10) {
            wrong.note(IpAddr::V4(number.into()), now);
        }
        assert_eq!(wrong.0.len(), WRONG_ADDRESSES_MAX);
    }
}
