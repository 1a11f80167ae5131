//! The distinct values of a text column, and how a token finds its own.
//!
//! A table from the token as it stands in the line to the index of its value. A token of at most
//! 15 bytes is its own key (every IPv4 address, account, action); a longer one is found by its
//! hash and compared with a copy. What is costly (UTF-8, canonical spelling) is done when a token
//! is new, once for each batch.

use std::hash::{BuildHasher, RandomState};

/// Longest token that is its own key.
const SHORT_BYTES_MAX: usize = 15;

/// Mark of the keys of longer tokens: a length that no short token has.
const LONG_MARK: u128 = 0xff << 120;

/// Places in a new table; a power of two.
const SLOTS_MIN: usize = 256;

/// For each length, the bits that belong to a short token.
const MASKS: [u128; SHORT_BYTES_MAX + 1] = {
    let mut masks = [0; SHORT_BYTES_MAX + 1];
    let mut length = 0;
    while length <= SHORT_BYTES_MAX {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// The key of the token `-`, which is NULL.
pub(super) const NULL_KEY: u128 = (1 << 120) | b'-' as u128;

/// Returns the key of `text[start..end]` if the token is short.
#[inline]
pub(super) fn short_key(text: &[u8], start: usize, end: usize) -> Option<u128> {
    let length = end - start;
    if length > SHORT_BYTES_MAX {
        return None;
    }
    let word = match text[start..].first_chunk::<16>() {
        Some(chunk) => u128::from_le_bytes(*chunk),
        None => short_word(&text[start..end]),
    };
    Some((word & MASKS[length]) | ((length as u128) << 120))
}

#[cold]
fn short_word(token: &[u8]) -> u128 {
    let mut chunk = [0; 16];
    chunk[..token.len()].copy_from_slice(token);
    u128::from_le_bytes(chunk)
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u128,
    /// Index of the value, or [`FREE`].
    index: i32,
    /// Where the copy of a long token begins.
    copy: u32,
}

const FREE: i32 = -1;
const FREE_SLOT: Slot = Slot { key: 0, index: FREE, copy: 0 };

/// The distinct values of a column, and the table that finds them.
#[derive(Debug)]
pub(super) struct Interner {
    slots: Vec<Slot>,
    n_used: usize,
    /// The long tokens, one after the other.
    copies: Vec<u8>,
    offsets: Vec<i32>,
    bytes: Vec<u8>,
    seeds: [u64; 2],
}

impl Default for Interner {
    fn default() -> Self {
        let random = RandomState::new();
        Self {
            slots: vec![FREE_SLOT; SLOTS_MIN],
            n_used: 0,
            copies: Vec::new(),
            offsets: vec![0],
            bytes: Vec::new(),
            seeds: [random.hash_one(1) | 1, random.hash_one(2) | 1],
        }
    }
}

impl Interner {
    /// Returns the key of any token.
    pub(super) fn key(&self, token: &[u8]) -> u128 {
        short_key(token, 0, token.len()).unwrap_or_else(|| self.long_key(token))
    }

    /// Returns the index of the value of a short token.
    #[inline]
    pub(super) fn find_short(&self, key: u128) -> Option<i32> {
        let mut at = self.home(key);
        loop {
            let slot = &self.slots[at];
            if slot.key == key && slot.index != FREE {
                return Some(slot.index);
            }
            if slot.index == FREE {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Returns the index of the value of any token. The key is the token's, here and below.
    pub(super) fn find(&self, key: u128, token: &[u8]) -> Option<i32> {
        if key < LONG_MARK {
            return self.find_short(key);
        }
        let mut at = self.home(key);
        loop {
            let slot = &self.slots[at];
            if slot.index == FREE {
                return None;
            }
            let copy = slot.copy as usize;
            if slot.key == key && self.copies[copy..].starts_with(token) {
                return Some(slot.index);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds `value`, which the caller did not find, and returns its index.
    pub(super) fn add(&mut self, key: u128, value: &[u8]) -> i32 {
        let index = index_of(self.offsets.len() - 1);
        let end = self.bytes.len() + value.len();
        if key < LONG_MARK {
            // A copy of a fixed length is cheaper, and the rest is cut off.
            self.bytes.extend_from_slice(&key.to_le_bytes());
            self.bytes.truncate(end);
        } else {
            self.bytes.extend_from_slice(value);
        }
        self.offsets.push(index_of(end));
        self.link(key, value, index);
        index
    }

    /// Makes `token`, which the caller did not find, another spelling of the value at `index`.
    pub(super) fn link(&mut self, key: u128, token: &[u8], index: i32) {
        if (self.n_used + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let copy = self.copies.len();
        if key >= LONG_MARK {
            self.copies.extend_from_slice(token);
        }
        let copy = u32::try_from(copy).unwrap_or_else(|_| unreachable!("text is cut far below"));
        self.put(Slot { key, index, copy });
        self.n_used += 1;
    }

    /// Returns the bytes of the distinct values.
    pub(super) fn n_bytes(&self) -> usize {
        self.bytes.len().max(self.copies.len())
    }

    /// Takes the values out, as offsets and bytes, and forgets all tokens.
    pub(super) fn take(&mut self) -> (Vec<i32>, Vec<u8>) {
        let is_far_too_large = self.slots.len() > SLOTS_MIN && self.n_used * 16 < self.slots.len();
        let n_slots = if is_far_too_large { self.slots.len() / 2 } else { self.slots.len() };
        self.slots.truncate(n_slots);
        self.slots.fill(FREE_SLOT);
        self.n_used = 0;
        self.copies.clear();
        (std::mem::replace(&mut self.offsets, vec![0]), std::mem::take(&mut self.bytes))
    }

    fn put(&mut self, slot: Slot) {
        let mut at = self.home(slot.key);
        while self.slots[at].index != FREE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    #[cold]
    fn grow(&mut self) {
        let n_slots = self.slots.len() * 4;
        let old = std::mem::replace(&mut self.slots, vec![FREE_SLOT; n_slots]);
        for slot in old.into_iter().filter(|it| it.index != FREE) {
            self.put(slot);
        }
    }

    #[inline]
    fn home(&self, key: u128) -> usize {
        let [low_seed, high_seed] = self.seeds;
        let (low, high) = halves(key);
        let hash = fold(low ^ low_seed, high ^ high_seed);
        usize::try_from(hash & (self.slots.len() as u64 - 1)).unwrap_or(0)
    }

    /// Returns the key of a long token.
    pub(super) fn long_key(&self, token: &[u8]) -> u128 {
        let [low_seed, high_seed] = self.seeds;
        let mut hash = low_seed;
        let (blocks, rest) = token.as_chunks::<16>();
        for block in blocks {
            hash = mix(hash, *block, high_seed);
        }
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        hash = mix(hash, last, high_seed);
        LONG_MARK | ((token.len() as u128 & 0xff_ffff) << 64) | u128::from(hash)
    }
}

fn mix(hash: u64, block: [u8; 16], seed: u64) -> u64 {
    let (low, high) = halves(u128::from_le_bytes(block));
    fold(low ^ hash, high ^ seed).wrapping_add(hash.rotate_left(23))
}

/// Returns the two halves of the product, one upon the other.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let (low, high) = halves(u128::from(a) * u128::from(b));
    low ^ high
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each half is half")]
fn halves(it: u128) -> (u64, u64) {
    (it as u64, (it >> 64) as u64)
}

fn index_of(length: usize) -> i32 {
    i32::try_from(length).unwrap_or_else(|_| unreachable!("a dictionary is cut far below 2 GiB"))
}
