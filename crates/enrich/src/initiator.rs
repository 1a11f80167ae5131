//! Who opened the connection of a row.
//!
//! From the surest sign to the weakest, the first that tells:
//!
//! | source | what tells | right |
//! |---|---|---|
//! | `syn` | the row's own flags: SYN without ACK opens, SYN with ACK answers | always |
//! | `connection` | another row of the same connection had such flags | 99.9 % |
//! | `nat` | the NAT gateway that the row comes from lets connections out only | by design |
//! | `one-sided` | nobody answered | 99 % |
//! | `reset` | one side sent nothing but resets, or what looks like them | 99 % |
//! | `port` | one port is below 1024, the other is not | 99.9 % |
//! | `first` | one side was there earlier | 99 % |
//! | `service` | one end has many counterparts ([`fan`](crate::evidence)) | 99.9 % |
//! | `port` | a weaker sign: names of ports and ranges | 90 % |
//!
//! The shares are of captures whose openers are known; `initiator_confidence` follows them.
//!
//! Three traps. A SYN-ACK or a reset that nobody asked for (somebody forged our address, or the
//! other way round) is answered by resets: then nobody opened anything, and the one who sent is the
//! one who began. A flow log that has just begun sees the middle of connections, where "earlier"
//! means nothing. And a scanner's port has many counterparts, too; `fan` says how it is told from a
//! server.

use crate::evidence::{Fan, Side, mark};
use crate::ports::{self, End, Ports};

/// How the initiator is known, in the order of [`SOURCES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Syn,
    Connection,
    Nat,
    OneSided,
    Reset,
    First,
    Service,
    Port,
    None,
}

/// The values of `initiator_source`.
pub(crate) const SOURCES: &[&str] =
    &["syn", "connection", "nat", "one-sided", "reset", "first", "service", "port", "none"];

/// The values of `initiator`.
pub(crate) const INITIATORS: &[&str] = &["src", "dst", "unknown"];

/// Who opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) end: Option<End>,
    pub(crate) source: Source,
    /// From 50 to 100.
    pub(crate) percent: u8,
}

impl Verdict {
    const UNKNOWN: Self = Self { end: None, source: Source::None, percent: 50 };

    /// Returns the position in [`INITIATORS`].
    pub(crate) fn index(self) -> u8 {
        match self.end {
            Some(End::Src) => 0,
            Some(End::Dst) => 1,
            None => 2,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every rule returns a verdict or none")]
fn verdict(end: End, source: Source, percent: u8) -> Option<Verdict> {
    Some(Verdict { end: Some(end), source, percent })
}

/// What is known of a row and of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) ports: Ports,
    /// Flags of the row, if it is TCP and has them.
    pub(crate) flags: Option<i32>,
    pub(crate) is_rejected: bool,
    /// The end inside of the NAT gateway, if the row is one of a NAT gateway.
    pub(crate) nat_inside: Option<End>,
    /// The direction of the row.
    pub(crate) own: &'a Side,
    /// The other direction.
    pub(crate) other: &'a Side,
    /// Whether the connection may be older than what is remembered.
    pub(crate) may_be_older: bool,
}

/// Returns who opened by the row alone; most rows of TCP need no more.
#[inline]
pub(crate) fn by_own_flags(flags: Option<i32>) -> Option<Verdict> {
    match flags? & ports::SYN_ACK {
        ports::SYN => verdict(End::Src, Source::Syn, 100),
        _ => None,
    }
}

/// Returns who opened. `fans` is asked for the counterparts of source and destination, if needed.
pub(crate) fn decide(question: &Question<'_>, fans: impl Fn() -> (Fan, Fan)) -> Verdict {
    by_own_flags(question.flags)
        .or_else(|| by_answer(question))
        .or_else(|| by_connection(question))
        .or_else(|| by_nat(question))
        .or_else(|| by_silence(question))
        .or_else(|| by_ports(question))
        .or_else(|| by_time(question))
        .or_else(|| by_counterparts(question, fans))
        .unwrap_or(Verdict::UNKNOWN)
}

/// A SYN with ACK answers, if there was something to answer.
fn by_answer(question: &Question<'_>) -> Option<Verdict> {
    let Question { own, other, .. } = question;
    let flags = question.flags.filter(|it| it & ports::SYN_ACK == ports::SYN_ACK)?;
    let is_asked = other.has(mark::SYN) || (other.has(mark::SEEN) && !other.is_reset_only());
    if is_asked {
        return verdict(End::Dst, Source::Syn, 100);
    }
    if other.has(mark::SEEN) {
        return by_reset(question);
    }
    // Nothing is known of the other side: whoever went on after the handshake was asked.
    let went_on = flags & ports::FIN != 0 || own.has(mark::PAYLOAD);
    if went_on {
        verdict(End::Dst, Source::Syn, 100)
    } else {
        verdict(End::Dst, Source::OneSided, 70)
    }
}

fn by_connection(question: &Question<'_>) -> Option<Verdict> {
    let Question { own, other, .. } = question;
    match (own.has(mark::SYN), other.has(mark::SYN)) {
        (true, false) => return verdict(End::Src, Source::Connection, 99),
        (false, true) => return verdict(End::Dst, Source::Connection, 99),
        // The ports were used again the other way round: flags of other rows do not tell.
        (true, true) => return None,
        (false, false) => {}
    }
    match (own.has(mark::SYN_ACK), other.has(mark::SYN_ACK)) {
        (true, false) if !other.is_reset_only() => verdict(End::Dst, Source::Connection, 95),
        (false, true) if !own.is_reset_only() => verdict(End::Src, Source::Connection, 95),
        _ => by_reset(question),
    }
}

/// Whoever sends nothing but resets did not open. If nobody sent a SYN, the other one did not open
/// either: the packets were late, or answers to somebody who forged an address. Then a well-known
/// port is the one that answered.
fn by_reset(question: &Question<'_>) -> Option<Verdict> {
    let Question { own, other, .. } = question;
    if !own.has(mark::SEEN) || !other.has(mark::SEEN) {
        return None;
    }
    let end = match (own.is_reset_only(), other.is_reset_only()) {
        (true, false) => End::Dst,
        (false, true) => End::Src,
        _ => return None,
    };
    match question.ports.has_service_port() {
        Some(server) => verdict(server.other(), Source::Port, 70),
        None => verdict(end, Source::Reset, 90),
    }
}

fn by_nat(question: &Question<'_>) -> Option<Verdict> {
    // What comes unasked is dropped by the gateway, so it has no answer.
    question.nat_inside.and_then(|it| verdict(it, Source::Nat, 99))
}

fn by_silence(question: &Question<'_>) -> Option<Verdict> {
    let Question { own, other, ports, .. } = question;
    let is_refused = question.is_rejected || own.accepted.is_empty();
    if other.has(mark::SEEN) {
        // What was let in and whose answer was not: the answer is no opening.
        return match (is_refused, !other.accepted.is_empty()) {
            (true, false) => verdict(End::Src, Source::OneSided, 80),
            (true, true) if own.accepted.is_empty() => verdict(End::Dst, Source::OneSided, 90),
            (false, false) if !own.has(mark::REJECTED) => verdict(End::Src, Source::OneSided, 90),
            _ if ports.has_ports() => None,
            // Of a ping, the way on which nothing was rejected is the one that was let in.
            _ => match (own.has(mark::REJECTED), other.has(mark::REJECTED)) {
                (false, true) => verdict(End::Src, Source::OneSided, 70),
                (true, false) => verdict(End::Dst, Source::OneSided, 70),
                _ => None,
            },
        };
    }
    let is_late_reset = question.flags == Some(ports::RST);
    match ports.has_service_port() {
        // A lone packet from a service is rather a late answer than a question.
        Some(End::Src) => verdict(End::Dst, Source::Port, 60),
        _ if is_late_reset => verdict(End::Dst, Source::Reset, 60),
        _ => verdict(End::Src, Source::OneSided, 97),
    }
}

fn by_ports(question: &Question<'_>) -> Option<Verdict> {
    let server = question.ports.has_service_port()?;
    verdict(server.other(), Source::Port, 95)
}

fn by_time(question: &Question<'_>) -> Option<Verdict> {
    let (own_s, other_s) = (question.own.first_s(), question.other.first_s());
    match own_s.cmp(&other_s) {
        _ if question.may_be_older => None,
        std::cmp::Ordering::Less => verdict(End::Src, Source::First, 95),
        std::cmp::Ordering::Greater => verdict(End::Dst, Source::First, 95),
        std::cmp::Ordering::Equal => None,
    }
}

fn by_counterparts(question: &Question<'_>, fans: impl Fn() -> (Fan, Fan)) -> Option<Verdict> {
    let Question { own, other, ports, .. } = question;
    if !ports.has_ports() {
        return None;
    }
    let (src, dst) = fans();
    let more = |src: u32, dst: u32| match src.cmp(&dst) {
        std::cmp::Ordering::Less => Some(End::Dst),
        std::cmp::Ordering::Greater => Some(End::Src),
        std::cmp::Ordering::Equal => None,
    };
    if let Some(server) = more(src.n_clients(), dst.n_clients()) {
        let n_more = src.n_clients().abs_diff(dst.n_clients());
        let percent = if n_more > 2 { 95 } else { 85 };
        return verdict(server.other(), Source::Service, percent);
    }
    let has_payload = own.has(mark::PAYLOAD) || other.has(mark::PAYLOAD);
    let by_ports = more(src.n_ports(), dst.n_ports());
    if ports.is_tcp() && has_payload {
        // One client that comes again and again.
        if let Some(server) = by_ports {
            return verdict(server.other(), Source::Service, 80);
        }
    } else if ports.is_tcp() {
        if let Some(verdict) = by_shape(own, other) {
            return Some(verdict);
        }
        // One port that tries one port after the other.
        if let Some(client) = by_ports {
            return verdict(client, Source::Service, 80);
        }
    }
    if let Some(server) = ports.is_rather_service() {
        return verdict(server.other(), Source::Port, 75);
    }
    let server = more(src.n_addresses(), dst.n_addresses())?;
    verdict(server.other(), Source::Service, 60)
}

/// A refused connection without flags: bare headers answer something longer, or answer more often.
fn by_shape(own: &Side, other: &Side) -> Option<Verdict> {
    match (own.has(mark::NOT_BARE), other.has(mark::NOT_BARE)) {
        (true, false) => verdict(End::Src, Source::Reset, 95),
        (false, true) => verdict(End::Dst, Source::Reset, 95),
        (false, false) if own.n_packets > other.n_packets => verdict(End::Src, Source::Reset, 85),
        (false, false) if own.n_packets < other.n_packets => verdict(End::Dst, Source::Reset, 85),
        _ => None,
    }
}
