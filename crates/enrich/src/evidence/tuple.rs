//! What is kept of a connection: of two endpoints and a protocol.
//!
//! There are millions, so a connection is half of a line of a processor's cache. Times of rejected
//! rows are kept apart: few connections have both kinds.

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
}

/// The time of a row that has none: later than all others, but not never.
pub(super) const SOMETIME_S: u32 = u32::MAX - 1;

/// From the first to the last second in which something was seen. Nothing is a span that begins at
/// the end of time and ends at its beginning, so that minimum and maximum merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What is always kept of a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Half {
    pub(super) accepted: Span,
    pub(super) n_packets: u16,
    pub(super) marks: u16,
}

/// When rows were rejected, in both directions.
pub(super) type Rejections = [Span; 2];

/// Both directions, that of the endpoint with the smaller hash first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tuple {
    pub(super) halves: [Half; 2],
}

impl Half {
    #[inline]
    pub(super) fn merge(&mut self, other: &Self) {
        self.accepted.merge(other.accepted);
        self.n_packets = self.n_packets.saturating_add(other.n_packets);
        self.marks |= other.marks;
    }

    /// Returns the direction with its rejections.
    #[inline]
    pub(super) fn with(self, rejected: Span) -> Side {
        let Self { accepted, n_packets, marks } = self;
        Side { accepted, rejected, n_packets, marks }
    }
}

impl Tuple {
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, other) in self.halves.iter_mut().zip(&other.halves) {
            own.merge(other);
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
