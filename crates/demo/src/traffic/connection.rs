//! A connection, and its cut into windows.

use crate::dice::Dice;
use crate::network::Network;
use crate::network::address::Addr;
use crate::step::Clock;
use crate::traffic::lane::{End, Lane, Leg, Side};
use crate::traffic::pool::{Pool, Pools};
use crate::traffic::service::{Profile, Size, TCP, UDP};

/// Payload of a full packet.
const PACKET_PAYLOAD: u64 = 1_400;

/// FIN.
const FIN: u8 = 1;
/// SYN.
const SYN: u8 = 2;
/// RST.
const RST: u8 = 4;
/// SYN with ACK; AWS reports ACK only beside SYN.
const SYN_ACK: u8 = 18;

/// `reject-reason` of nearly every rejection.
pub(crate) const NO_REASON: &str = "-";

/// What crossed in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Packets.
    pub packets: u64,
    /// IP bytes, headers included.
    pub bytes: u64,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server answers.
    Answered,
    /// The server's host answers that nobody listens.
    Refused,
    /// Let in, but nobody answers.
    Silent,
    /// Rejected at the server's interface.
    RejectedAtServer,
    /// Rejected at the client's own interface.
    RejectedAtClient,
    /// Let in before, but now the connection is closed: its last packet is rejected.
    Late,
    /// Let in, and the reply rejected on its way out: a network ACL that forgets replies.
    ReplyRejected,
}

impl Outcome {
    /// Returns whether what is sent in a direction reaches the other end.
    pub(crate) fn arrives(self, is_forward: bool) -> bool {
        match self {
            Self::Answered | Self::Refused => true,
            Self::Silent | Self::ReplyRejected => is_forward,
            Self::RejectedAtServer | Self::RejectedAtClient | Self::Late => false,
        }
    }

    /// Returns whether a leg is accepted, or `None` if there is nothing to see of it.
    pub(crate) fn verdict(self, leg: &Leg) -> Option<bool> {
        match (self, leg.is_forward) {
            (Self::Answered | Self::Refused, _) | (Self::Silent | Self::ReplyRejected, true) => {
                Some(true)
            }
            (Self::RejectedAtServer, true) => Some(leg.side != Side::Server),
            (Self::RejectedAtClient, true) => (leg.side == Side::Client).then_some(false),
            (Self::Late, true) | (Self::ReplyRejected, false) => {
                (leg.side == Side::Server).then_some(false)
            }
            _ => None,
        }
    }
}

/// A connection, or the part of it that lies in one step.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// Index of the lane.
    pub lane: u32,
    /// Who opened it, if not one of ours.
    pub client: Addr,
    /// Who answered, if not one of ours.
    pub server: Addr,
    /// Port of the client.
    pub client_port: u16,
    /// Port of the server.
    pub server_port: u16,
    /// Port that a NAT gateway chose for the client.
    pub nat_port: u16,
    /// Protocol number.
    pub protocol: u8,
    /// First second.
    pub start: u64,
    /// Last second.
    pub end: u64,
    /// From client to server.
    pub forward: Volume,
    /// From server to client.
    pub reverse: Volume,
    /// How it ends.
    pub outcome: Outcome,
    /// Whether it begins here.
    pub has_open: bool,
    /// Whether it ends here.
    pub has_close: bool,
    /// Whether the client ends it by a reset.
    pub is_reset: bool,
    /// `reject-reason` of its rejected records.
    pub reject_reason: &'static str,
    /// Index of the planned event, from 1; 0 for none.
    pub label: u8,
}

/// A window of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// First second.
    pub start: u64,
    /// Last second.
    pub end: u64,
    /// From client to server.
    pub forward: Volume,
    /// From server to client.
    pub reverse: Volume,
    /// Flags from client to server.
    pub forward_flags: u8,
    /// Flags from server to client.
    pub reverse_flags: u8,
}

impl Connection {
    fn n_windows(&self, clock: &Clock) -> u64 {
        self.end / clock.interval_s - self.start / clock.interval_s + 1
    }

    /// Returns how many records the connection makes on its lane.
    pub(crate) fn n_records(&self, clock: &Clock, lane: &Lane) -> u64 {
        let n_windows = self.n_windows(clock);
        let n_forward = n_windows.min(self.forward.packets);
        let n_reverse = n_windows.min(self.reverse.packets);
        let seen = lane.legs.iter().filter(|it| self.outcome.verdict(it).is_some());
        seen.map(|it| if it.is_forward { n_forward } else { n_reverse }).sum()
    }

    /// Returns the windows of the connection.
    pub(crate) fn parts(&self, clock: &Clock) -> impl Iterator<Item = Part> {
        let n_windows = self.n_windows(clock);
        let first_window = self.start / clock.interval_s;
        (0..n_windows).map(move |index| {
            let from = (first_window + index) * clock.interval_s;
            Part {
                start: self.start.max(from),
                end: self.end.min(from + clock.interval_s - 1),
                forward: share(self.forward, index, n_windows),
                reverse: share(self.reverse, index, n_windows),
                forward_flags: self.flags(index, n_windows.min(self.forward.packets), true),
                reverse_flags: self.flags(index, n_windows.min(self.reverse.packets), false),
            }
        })
    }

    /// Returns the flags of window `index` of `n`, as AWS reports them.
    fn flags(&self, index: u64, n: u64, is_forward: bool) -> u8 {
        if self.protocol != TCP {
            return 0;
        }
        let opening = match (self.outcome, is_forward) {
            (Outcome::Refused, false) => return RST,
            (Outcome::Late, _) => return FIN,
            (_, true) => SYN,
            (_, false) => SYN_ACK,
        };
        let closing = match (self.is_reset, is_forward) {
            (false, _) => FIN,
            (true, true) => RST,
            (true, false) => 0,
        };
        let is_answered = self.outcome == Outcome::Answered;
        let is_closed = self.has_close && is_answered;
        let mut flags = 0;
        // What nobody answers is sent again, so that every window of it opens.
        if (index == 0 && self.has_open) || !is_answered {
            flags |= opening;
        }
        if index + 1 == n && is_closed {
            flags |= closing;
        }
        flags
    }
}

/// Returns the share of window `index` of `n`: as even as whole packets allow.
pub(crate) fn share(volume: Volume, index: u64, n: u64) -> Volume {
    if n == 1 {
        return volume;
    }
    let n = n.min(volume.packets);
    if index >= n {
        return Volume::default();
    }
    let until = |it: u64| it * volume.packets / n;
    let bytes = |packets: u64| u64_share(volume.bytes, packets, volume.packets);
    let (from, to) = (until(index), until(index + 1));
    Volume { packets: to - from, bytes: bytes(to) - bytes(from) }
}

/// Returns `total * part / whole` without overflow.
fn u64_share(total: u64, part: u64, whole: u64) -> u64 {
    let product = u128::from(total) * u128::from(part) / u128::from(whole.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// Returns a payload of the given size.
fn payload(size: Size, dice: &mut Dice) -> u64 {
    let bits = dice.next();
    let doublings = bits.trailing_zeros().min(size.doublings);
    let base = u64::from(size.base);
    let more = ((bits >> 40) * base) >> 24;
    if size.doublings == 0 { base } else { (base + more) << doublings }
}

/// Returns the volumes of both directions of an answered connection.
pub(crate) fn volumes(profile: &Profile, is_v6: bool, dice: &mut Dice) -> (Volume, Volume) {
    let sent = payload(profile.forward, dice);
    let received = payload(profile.reverse, dice);
    packed(profile.protocol, is_v6, sent, received)
}

/// Returns the packets and bytes that carry these payloads.
pub(crate) fn packed(protocol: u8, is_v6: bool, sent: u64, received: u64) -> (Volume, Volume) {
    let extra = if is_v6 { 20 } else { 0 };
    let n_sent = sent.div_ceil(PACKET_PAYLOAD).max(1);
    let n_received = received.div_ceil(PACKET_PAYLOAD).max(1);
    if protocol != TCP {
        let header = extra + if protocol == UDP { 28 } else { 24 };
        let volume = |n: u64, payload: u64| Volume { packets: n, bytes: payload + n * header };
        return (volume(n_sent, sent), volume(n_received, received));
    }
    let volume = |n: u64, payload: u64| Volume { packets: n, bytes: payload + n * (52 + extra) };
    (volume(4 + n_sent + n_received / 2, sent), volume(3 + n_received + n_sent / 2, received))
}

/// Returns the volumes of an attempt that nobody lets in or answers: the first packet, repeated.
pub(crate) fn attempt(packets: u64, protocol: u8) -> Volume {
    let size = if protocol == TCP { 44 + packets % 3 * 8 } else { 62 };
    Volume { packets, bytes: packets * size }
}

/// What a drawn connection needs to know of the world.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The network.
    pub network: &'a Network,
    /// The addresses outside.
    pub pools: &'a Pools,
    /// The lane taken.
    pub lane: &'a Lane,
    /// Its index.
    pub lane_index: u32,
}

/// Returns a connection on a lane that begins at `start` and ends at `end`.
pub(crate) fn draw(place: Place<'_>, (start, end): (u64, u64), dice: &mut Dice) -> Connection {
    let Place { network, pools, lane, lane_index } = place;
    let address = |end: End, dice: &mut Dice| match end {
        End::Own { address, .. } => network.addresses[usize::from(address)],
        End::Pool(pool) => *pools.pick(pool, dice),
        End::Stranger => network.addresses[0],
    };
    let client = address(lane.client, dice);
    let server = address(lane.server, dice);
    let profile = lane.profile;
    let (forward, reverse) = volumes(profile, lane.is_v6, dice);
    let bits = dice.next();
    let has_ports = profile.protocol == TCP || profile.protocol == UDP;
    let client_port =
        if has_ports { client_port(lane.client, (bits & 0xffff_ffff) as u32) } else { 0 };
    let outcome = if lane.is_stopped { Outcome::RejectedAtClient } else { Outcome::Answered };
    let forward =
        if lane.is_stopped { attempt(1 + (bits >> 60) % 4, profile.protocol) } else { forward };
    Connection {
        lane: lane_index,
        client,
        server,
        client_port,
        server_port: profile.port,
        nat_port: port((bits.rotate_right(17) & 0xffff_ffff) as u32, 1_024, 65_535),
        protocol: profile.protocol,
        start,
        end,
        forward,
        reverse,
        outcome,
        has_open: true,
        has_close: true,
        is_reset: (bits >> 48).is_multiple_of(13),
        reject_reason: NO_REASON,
        label: 0,
    }
}

/// Returns the port of a client: Linux's own range for servers, a wider one for people.
fn client_port(client: End, bits: u32) -> u16 {
    match client {
        End::Own { .. } => port(bits, 32_768, 60_999),
        End::Pool(Pool::Office) => port(bits, 49_152, 65_535),
        _ => port(bits, 1_024, 65_535),
    }
}

/// Returns a port from `from` to `to`.
fn port(bits: u32, from: u16, to: u16) -> u16 {
    let n = u32::from(to - from) + 1;
    from.saturating_add(u16::try_from(crate::dice::scale(bits, n)).unwrap_or(0))
}
