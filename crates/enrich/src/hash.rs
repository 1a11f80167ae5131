//! Hashes that are the same on every machine and in every run, because they are stored.

use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

/// A map whose keys are hashes already.
pub(crate) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

/// Two odd numbers without a pattern: the golden ratio and a prime of xxHash.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const PRIME: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// Hands a hash through.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// Returns a number in which every bit depends on every bit of `value` (the end of `SplitMix64`).
#[inline]
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Returns the hash of a text.
pub(crate) fn text(value: &str) -> u64 {
    let mut hash = (value.len() as u64 + 1).wrapping_mul(GOLDEN);
    for chunk in value.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = mix(hash ^ u64::from_le_bytes(word)).wrapping_add(PRIME);
    }
    mix(hash)
}

/// Returns the hash of an address, by its own hash, and a port.
#[inline]
pub(crate) fn endpoint(address: u64, port: u16) -> u64 {
    mix(address.wrapping_add((u64::from(port) + 1).wrapping_mul(GOLDEN)))
}

/// Returns the hash of two endpoints and a protocol, whichever comes first, and whether `src` is the
/// first of the two in the order of their hashes.
#[inline]
pub(crate) fn tuple(src: u64, dst: u64, protocol: u16) -> (u64, bool) {
    let is_first = src <= dst;
    let (first, second) = if is_first { (src, dst) } else { (dst, src) };
    let both = first ^ second.rotate_left(32).wrapping_mul(PRIME);
    (mix(both.wrapping_add(u64::from(protocol).wrapping_mul(GOLDEN))), is_first)
}

/// Returns the lower and the upper half.
#[inline]
pub(crate) fn halves(value: u64) -> [u32; 2] {
    let half = |it: u64| u32::try_from(it & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    [half(value), half(value >> 32)]
}

/// Returns the number with these halves.
pub(crate) fn whole(low: u32, high: u32) -> u64 {
    u64::from(low) | (u64::from(high) << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuple_has_one_hash_in_both_directions() {
        let (a, b) = (endpoint(text("10.0.0.1"), 40_000), endpoint(text("10.0.0.2"), 443));
        let (there, back) = (tuple(a, b, 6), tuple(b, a, 6));
        assert_eq!(there.0, back.0);
        assert_ne!(there.1, back.1);
        assert_ne!(there.0, tuple(a, b, 17).0);
    }

    #[test]
    fn hashes_stay_what_they_are_because_they_are_stored() {
        assert_eq!(text("10.0.0.1"), 8_930_914_217_595_630_151);
        assert_eq!(text(""), 16_294_208_416_658_607_535);
    }
}
