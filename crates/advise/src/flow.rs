//! What was seen: connections of one kind between an interface and an address, added up.
//!
//! A [`Flow`] is one row of an aggregate over accepted records. Both ways of its connections are in
//! it, but it is named by the packet that opens: rules are about nothing else.

use std::net::IpAddr;

use tidegate_network::admit::{Packet, Way};

/// TCP.
pub(crate) const TCP: u8 = 6;
/// UDP.
pub(crate) const UDP: u8 = 17;
/// ICMP of IPv4.
pub(crate) const ICMP: u8 = 1;
/// ICMP of IPv6.
pub(crate) const ICMPV6: u8 = 58;

/// Accepted connections of one kind between an interface and an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The interface, by its place in [`Study::interface`](crate::Study::interface).
    pub interface: u32,
    /// The packet that opens, with the true address at the other end.
    pub packet: Packet,
    /// First moment, in microseconds since the Unix epoch.
    pub first_us: i64,
    /// Last moment.
    pub last_us: i64,
    /// Lowest and highest port of the side that opened.
    pub client_ports: (u16, u16),
    /// How sure it is at best that this side opened, in percent.
    pub percent: u8,
    /// What was counted.
    pub counts: Counts,
}

/// Sums over the records of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records, both ways.
    pub n_records: u64,
    /// Records that open a connection: with a SYN and no ACK, or, if records have no flags, all
    /// those from the one who opened, which is too many.
    pub n_connections: u64,
    /// Records from the one who answers.
    pub n_replies: u64,
    /// Replies that are more than a refusal: of TCP, more than bare resets.
    pub n_answers: u64,
    /// Records from the one who opened that carry more than TCP's own headers.
    pub n_payloads: u64,
    /// Bytes, both ways.
    pub bytes: u64,
}

/// What a flow proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A connection was tried and not made: refused, or nobody answered.
    AttemptOnly,
    /// Packets of a protocol without connections went one way, and none came back.
    OneWay,
    /// Both sides talked.
    Answered,
}

impl Grade {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AttemptOnly => "attempt-only",
            Self::OneWay => "one-way",
            Self::Answered => "answered",
        }
    }
}

impl Flow {
    /// Returns what the flow proves.
    #[must_use]
    pub fn grade(&self) -> Grade {
        let Counts { n_replies, n_answers, n_payloads, .. } = self.counts;
        match self.packet.protocol {
            // Payload crosses only after the handshake, whether or not the answer was logged.
            TCP if n_answers > 0 || n_payloads > 0 => Grade::Answered,
            TCP => Grade::AttemptOnly,
            _ if n_replies > 0 => Grade::Answered,
            _ => Grade::OneWay,
        }
    }

    /// Returns the address at the other end.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.packet.peer
    }
}

/// Returns the word for a way.
#[must_use]
pub fn way_name(way: Way) -> &'static str {
    match way {
        Way::Ingress => "ingress",
        Way::Egress => "egress",
    }
}

/// Returns the word for a protocol as AWS writes it: `-1` for all, else a name or a number.
#[must_use]
pub fn protocol_name(protocol: Option<u8>) -> String {
    match protocol {
        None => "-1".to_owned(),
        Some(TCP) => "tcp".to_owned(),
        Some(UDP) => "udp".to_owned(),
        Some(ICMP) => "icmp".to_owned(),
        Some(ICMPV6) => "icmpv6".to_owned(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(protocol: u8, counts: Counts, expected: Grade) {
        let peer = IpAddr::from([203, 0, 113, 9]);
        let packet = Packet { way: Way::Ingress, protocol, port: 22, peer };
        let (client_ports, percent) = ((50_000, 50_000), 100);
        let flow =
            Flow { interface: 0, packet, first_us: 0, last_us: 0, client_ports, percent, counts };
        assert_eq!(flow.grade(), expected, "{counts:?}");
    }

    #[test]
    fn a_scan_is_no_use() {
        let silent = Counts { n_records: 3, n_connections: 3, ..Counts::default() };
        let refused = Counts { n_replies: 3, ..silent };
        let answered = Counts { n_answers: 1, ..refused };
        let unseen_answer = Counts { n_payloads: 1, ..silent };
        check(TCP, silent, Grade::AttemptOnly);
        check(TCP, refused, Grade::AttemptOnly);
        check(TCP, answered, Grade::Answered);
        check(TCP, unseen_answer, Grade::Answered);
        check(UDP, silent, Grade::OneWay);
        check(UDP, refused, Grade::Answered);
        check(ICMP, silent, Grade::OneWay);
    }
}
