//! What is kept of a connection: of two endpoints and a protocol.
//!
//! There are millions, so with its key a connection is less than a line of a processor's cache.
//! Times of rejected rows are kept apart: few connections have both kinds.

use crate::hash::halves;

/// What a direction of a connection showed.
pub(crate) mod mark {
    /// A row was seen.
    pub(crate) const SEEN: u16 = 1;
    /// A SYN without ACK was sent.
    pub(crate) const SYN: u16 = 2;
    /// A SYN with ACK was sent.
    pub(crate) const SYN_ACK: u16 = 4;
    /// A row had flags.
    pub(crate) const FLAGS: u16 = 8;
    /// A row had other flags than RST alone.
    pub(crate) const MORE_THAN_RESET: u16 = 16;
    /// A row had packets longer than bare headers, which is all that a reset is.
    pub(crate) const NOT_BARE: u16 = 32;
    /// A row had packets longer than headers with options, so that there was something in them.
    pub(crate) const PAYLOAD: u16 = 64;
    /// A row was rejected.
    pub(crate) const REJECTED: u16 = 128;
    /// A SYN with ACK was rejected.
    pub(crate) const REJECTED_ANSWER: u16 = 256;
    /// Both ends were counted as counterparts of each other.
    pub(crate) const COUNTED: u16 = 512;
}

/// The time of a row that has none: later than all others, but not never.
pub(super) const SOMETIME_S: u32 = u32::MAX - 1;

/// From the first to the last second in which something was seen. Nothing is a span that begins at
/// the end of time and ends at its beginning, so that minimum and maximum merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from_s: u32,
    pub(crate) until_s: u32,
}

impl Default for Span {
    fn default() -> Self {
        Self { from_s: u32::MAX, until_s: 0 }
    }
}

impl Span {
    #[inline]
    pub(super) fn merge(&mut self, other: Self) {
        self.from_s = self.from_s.min(other.from_s);
        self.until_s = self.until_s.max(other.until_s);
    }

    /// Returns whether nothing was seen.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.from_s == u32::MAX
    }

    /// Returns how far a moment is from what was seen; from nothing, it is farther than any time.
    #[inline]
    pub(crate) fn distance_s(self, at_s: u32) -> u32 {
        if self.is_empty() {
            return u32::MAX;
        }
        self.from_s.saturating_sub(at_s).max(at_s.saturating_sub(self.until_s))
    }

    /// Returns whether both have a moment in common, or are apart by so much at most.
    #[inline]
    pub(crate) fn is_within(self, apart_s: u32, other: Self) -> bool {
        self.from_s <= other.until_s.saturating_add(apart_s)
            && other.from_s <= self.until_s.saturating_add(apart_s)
    }
}

/// One direction of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    /// When rows were accepted.
    pub(crate) accepted: Span,
    /// When rows were rejected.
    pub(crate) rejected: Span,
    /// Packets, as far as 16 bits count.
    pub(crate) n_packets: u16,
    pub(crate) marks: u16,
    /// Where rows were accepted.
    pub(crate) accepted_at: Interfaces,
}

impl Side {
    /// Returns whether all these marks were made.
    #[inline]
    pub(crate) fn has(&self, marks: u16) -> bool {
        self.marks & marks == marks
    }

    /// Returns when the first packet was seen.
    #[inline]
    pub(crate) fn first_s(&self) -> u32 {
        self.accepted.from_s.min(self.rejected.from_s)
    }

    /// Returns whether nothing but resets was sent; only flags can tell.
    #[inline]
    pub(crate) fn is_reset_only(&self) -> bool {
        self.has(mark::FLAGS) && !self.has(mark::MORE_THAN_RESET)
    }
}

/// A set of interfaces in four bytes (a Bloom filter). Of one that is not in it, it is wrong
/// once in twenty thousand times if one other is, and once in a hundred if three are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interfaces(pub(super) u32);

impl Interfaces {
    /// Returns the set of one interface, by its hash.
    #[inline]
    pub(crate) fn of(interface: u64) -> Self {
        /// Bits of an interface; with more, three would fill the set.
        const N_BITS: u32 = 6;
        let [low, _] = halves(interface);
        Self((0..N_BITS).fold(0, |bits, at| bits | 1 << (low >> (5 * at) & 31)))
    }

    /// Returns whether an interface may be in the set, by its hash.
    #[inline]
    pub(crate) fn may_have(self, interface: u64) -> bool {
        let Self(bits) = Self::of(interface);
        self.0 & bits == bits
    }

    #[inline]
    pub(super) fn merge(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What is always kept of a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Half {
    pub(super) accepted: Span,
    pub(super) n_packets: u16,
    pub(super) marks: u16,
    pub(super) accepted_at: Interfaces,
}

/// When rows were rejected, in both directions.
pub(super) type Rejections = [Span; 2];

/// Both directions, that of the endpoint with the smaller hash first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tuple {
    pub(super) halves: [Half; 2],
    /// Where the counterparts of the endpoints were put, in the order of the halves' sources.
    pub(super) fans: [u32; 2],
}

impl Half {
    #[inline]
    pub(super) fn merge(&mut self, other: &Self) {
        self.accepted.merge(other.accepted);
        self.n_packets = self.n_packets.saturating_add(other.n_packets);
        self.marks |= other.marks;
        self.accepted_at.merge(other.accepted_at);
    }

    /// Returns the direction with its rejections.
    #[inline]
    pub(super) fn with(self, rejected: Span) -> Side {
        let Self { accepted, n_packets, marks, accepted_at } = self;
        Side { accepted, rejected, n_packets, marks, accepted_at }
    }
}

impl Tuple {
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.halves.iter_mut().zip(&other.halves) {
            own.merge(other);
        }
    }

    /// Forgets that both ends were counted as counterparts of each other.
    pub(super) fn forget_counted(&mut self) {
        for half in &mut self.halves {
            half.marks &= !mark::COUNTED;
        }
    }

    /// Returns whether a row was rejected.
    #[inline]
    pub(super) fn has_rejections(&self) -> bool {
        (self.halves[0].marks | self.halves[1].marks) & mark::REJECTED != 0
    }

    /// Returns when the last accepted packet was seen.
    pub(super) fn until_s(&self) -> u32 {
        self.halves[0].accepted.until_s.max(self.halves[1].accepted.until_s)
    }
}
