//! How often a client may ask.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::wrong::network;
use crate::options::Limits;

/// Addresses after which those that were quiet are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// Requests by address.
#[derive(Debug)]
pub(crate) struct Rates(DefaultKeyedRateLimiter<IpAddr>);

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        let at_least_one = |it: u32| NonZeroU32::new(it).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(limits.requests_per_second))
            .allow_burst(at_least_one(limits.requests_burst));
        Self(RateLimiter::keyed(quota))
    }

    /// Counts a request; returns whether it may be answered.
    pub(crate) fn is_allowed(&self, address: IpAddr) -> bool {
        if self.0.len() > ADDRESSES_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(&network(address)).is_ok()
    }
}
