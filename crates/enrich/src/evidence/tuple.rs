//! What is kept of a connection: of two endpoints and a protocol.

/// What a direction of a connection showed.
pub(crate) mod mark {
    /// A row was seen.
    pub(crate) const SEEN: u32 = 1;
    /// A SYN without ACK was sent.
    pub(crate) const SYN: u32 = 2;
    /// A SYN with ACK was sent.
    pub(crate) const SYN_ACK: u32 = 4;
    /// A row had flags.
    pub(crate) const FLAGS: u32 = 8;
    /// A row had other flags than RST alone.
    pub(crate) const MORE_THAN_RESET: u32 = 16;
    /// A row had packets longer than bare headers, which is all that a reset is.
    pub(crate) const NOT_BARE: u32 = 32;
    /// A row had packets longer than headers with options, so that there was something in them.
    pub(crate) const PAYLOAD: u32 = 64;
    /// A SYN with ACK was rejected.
    pub(crate) const REJECTED_ANSWER: u32 = 128;
}

/// The time of a row that has none: later than all others, but not never.
pub(super) const SOMETIME_S: u32 = u32::MAX - 1;

/// One direction of a connection. A time that did not occur is the end of time as a first one, and
/// zero as a last one, so that minimum and maximum merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) accept_from_s: u32,
    pub(crate) accept_until_s: u32,
    pub(crate) reject_from_s: u32,
    pub(crate) reject_until_s: u32,
    /// When the first SYN without ACK was sent.
    pub(crate) opened_s: u32,
    pub(crate) n_packets: u32,
    pub(crate) marks: u32,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            accept_from_s: u32::MAX,
            accept_until_s: 0,
            reject_from_s: u32::MAX,
            reject_until_s: 0,
            opened_s: u32::MAX,
            n_packets: 0,
            marks: 0,
        }
    }
}

impl Side {
    /// Returns whether all these marks were made.
    #[inline]
    pub(crate) fn has(&self, marks: u32) -> bool {
        self.marks & marks == marks
    }

    /// Returns when the first packet was seen.
    #[inline]
    pub(crate) fn first_s(&self) -> u32 {
        self.accept_from_s.min(self.reject_from_s)
    }

    /// Returns whether a row was accepted.
    #[inline]
    pub(crate) fn has_accept(&self) -> bool {
        self.accept_from_s != u32::MAX
    }

    /// Returns whether a row was rejected.
    #[inline]
    pub(crate) fn has_reject(&self) -> bool {
        self.reject_from_s != u32::MAX
    }

    /// Returns whether nothing but resets was sent; only flags can tell.
    #[inline]
    pub(crate) fn is_reset_only(&self) -> bool {
        self.has(mark::FLAGS) && !self.has(mark::MORE_THAN_RESET)
    }

    /// Adds what another evidence has of this direction.
    #[inline]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.accept_from_s = self.accept_from_s.min(other.accept_from_s);
        self.accept_until_s = self.accept_until_s.max(other.accept_until_s);
        self.reject_from_s = self.reject_from_s.min(other.reject_from_s);
        self.reject_until_s = self.reject_until_s.max(other.reject_until_s);
        self.opened_s = self.opened_s.min(other.opened_s);
        self.n_packets = self.n_packets.saturating_add(other.n_packets);
        self.marks |= other.marks;
    }
}

/// Both directions, that of the endpoint with the smaller hash first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tuple {
    pub(super) sides: [Side; 2],
}

impl Tuple {
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.sides.iter_mut().zip(&other.sides) {
            own.merge(other);
        }
    }

    /// Returns when the last packet was seen.
    pub(super) fn until_s(&self) -> u32 {
        let until = |it: &Side| it.accept_until_s.max(it.reject_until_s);
        until(&self.sides[0]).max(until(&self.sides[1]))
    }
}
