//! Chance, all of it from the seed: one stream for each purpose and index.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What a stream of chance is for. Streams do not disturb each other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    /// Ids and addresses of the network.
    Network,
    /// The lanes that traffic takes.
    Lanes,
    /// The addresses outside.
    Pools,
    /// The planted events, by set.
    Events,
    /// The long connections that begin in a step.
    Long,
    /// Everything else in a step.
    Step,
    /// Security groups that come and go, by day and VPC; 0 is how they begin.
    Groups,
}

/// A stream of chance.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// Returns the stream of `seed` for `stream` and `index`.
    pub(crate) fn new(seed: u64, stream: Stream, index: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(stream as u64).to_le_bytes());
        key[16..24].copy_from_slice(&index.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Returns 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a number from 0 to `n - 1`; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        scale(self.0.next_u32(), n)
    }

    /// Returns an index of a list of `n` items; 0 if it is empty.
    pub(crate) fn index(&mut self, n: usize) -> usize {
        self.below(u32::try_from(n).unwrap_or(u32::MAX)) as usize
    }

    /// Returns a number from `from` to `to`, both included.
    pub(crate) fn range(&mut self, from: u32, to: u32) -> u32 {
        from + self.below((to - from).saturating_add(1))
    }

    /// Returns a port from `from` to `to`, both included.
    pub(crate) fn port(&mut self, from: u16, to: u16) -> u16 {
        u16::try_from(self.range(from.into(), to.into())).unwrap_or(to)
    }

    /// Returns true once in `n` times.
    pub(crate) fn is_one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// Returns `n` hexadecimal digits, at most 32.
    pub(crate) fn hex(&mut self, n: usize) -> String {
        let mut text = format!("{:016x}{:016x}", self.next(), self.next());
        text.truncate(n);
        text
    }
}

/// Returns `bits` brought to 0 to `n - 1`.
pub(crate) fn scale(bits: u32, n: u32) -> u32 {
    ((u64::from(bits) * u64::from(n)) >> 32) as u32
}

/// Returns `bits` stirred well: the finaliser of `SplitMix64`.
pub(crate) fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_every_time_and_differs_from_its_neighbours() {
        let first = |seed, stream, index| Dice::new(seed, stream, index).next();
        assert_eq!(first(1, Stream::Step, 2), first(1, Stream::Step, 2));
        assert_ne!(first(1, Stream::Step, 2), first(1, Stream::Step, 3));
        assert_ne!(first(1, Stream::Step, 2), first(1, Stream::Long, 2));
        assert_ne!(first(1, Stream::Step, 2), first(2, Stream::Step, 2));
    }

    #[test]
    fn a_range_reaches_both_ends_and_no_further() {
        let mut dice = Dice::new(1, Stream::Step, 0);
        let seen: std::collections::BTreeSet<u32> = (0..500).map(|_| dice.range(3, 6)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
    }
}
