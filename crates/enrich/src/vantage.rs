//! From where a row saw its packets, and whether sums count it.
//!
//! The same packets are seen several times: where they leave one of our interfaces, where they
//! arrive at another, and on their way through gateways. `counted` marks one of these views, so
//! that `sum(bytes) WHERE counted` is what really crossed the network, once:
//!
//! * The **sender's** view counts: it is there for everything that our interfaces send.
//! * The **receiver's** counts if the sender's interface is not ours or not logged.
//! * A NAT gateway sees everything twice, inside and outside, and the interface inside sees it as
//!   well. The outer leg does not count, except what came unasked and stopped there (nobody
//!   answered). The inner one counts if the interface inside is not logged.
//!   Which leg is which, the packet's addresses tell: on the inner one, `pkt_srcaddr` or
//!   `pkt_dstaddr` is the far end and not the gateway. Without these fields, the inner one is the
//!   one whose other end is ours, or at least has a private address.
//! * The attachment of a transit gateway sees each packet once; it counts if neither true end is
//!   logged. An appliance sees what it hands on coming and going; the coming counts on the same
//!   condition.
//! * What was **rejected** did not cross. Neither did what left here and was rejected where it
//!   arrived.
//! * Of several **flow logs** on one interface, one counts
//!   ([`covers`](crate::evidence)); rows of the others are duplicates.

use crate::direction::Direction;
use crate::ports::End;
use tidegate_network::PassThrough;

/// The role of a row among the views of its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vantage {
    Sender,
    Receiver,
    Transit,
    Duplicate,
    Unknown,
}

/// The values of `vantage`.
pub(crate) const VANTAGES: &[&str] = &["sender", "receiver", "transit", "duplicate", "unknown"];

/// How a row lies to the addresses of its packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rewritten {
    /// `pkt_srcaddr` is there and is not `srcaddr`.
    pub(crate) src: bool,
    /// `pkt_dstaddr` is there and is not `dstaddr`.
    pub(crate) dst: bool,
    /// Both fields are there.
    pub(crate) is_known: bool,
}

/// What is known of a row.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(crate) struct Question {
    pub(crate) direction: Direction,
    pub(crate) pass_through: PassThrough,
    pub(crate) rewritten: Rewritten,
    /// Whether the other end is inside: an interface of ours, or at least a private address.
    pub(crate) is_peer_inside: bool,
    pub(crate) sender: Seen,
    pub(crate) receiver: Seen,
    /// Whether the other direction was seen.
    pub(crate) is_answered: bool,
    /// Whether the packets were rejected, here or where they arrived.
    pub(crate) is_rejected: bool,
    pub(crate) is_duplicate: bool,
}

/// What is known of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is the interface of the row.
    Here,
    /// It is another interface, which is logged.
    Elsewhere,
    /// No record of it will come.
    Nowhere,
}

/// Returns the role of a row, and whether it counts.
pub(crate) fn decide(question: &Question) -> (Vantage, bool) {
    if question.is_duplicate {
        return (Vantage::Duplicate, false);
    }
    let (vantage, counted) = if hands_on(question) { handed_on(question) } else { own(question) };
    (vantage, counted && !question.is_rejected)
}

/// Returns whether the row is about packets that are neither from nor to its interface.
fn hands_on(question: &Question) -> bool {
    match question.pass_through {
        PassThrough::No => question.direction == Direction::Transit,
        PassThrough::Nat | PassThrough::TransitGateway | PassThrough::Router => true,
        // An appliance has traffic of its own.
        PassThrough::Appliance => {
            let Rewritten { src, dst, .. } = question.rewritten;
            src || dst || question.direction == Direction::Transit
        }
    }
}

fn own(question: &Question) -> (Vantage, bool) {
    match question.direction {
        Direction::Egress | Direction::Internal => (Vantage::Sender, true),
        Direction::Ingress => (Vantage::Receiver, question.sender != Seen::Elsewhere),
        Direction::Transit | Direction::Unknown => {
            let is_seen = [question.sender, question.receiver].contains(&Seen::Elsewhere);
            (Vantage::Unknown, !is_seen)
        }
    }
}

fn handed_on(question: &Question) -> (Vantage, bool) {
    let is_seen = [question.sender, question.receiver].contains(&Seen::Elsewhere);
    let counted = match question.pass_through {
        PassThrough::Nat => {
            let is_inner = is_inner(question);
            let is_unasked = !question.is_answered && question.direction == Direction::Ingress;
            (is_inner || is_unasked) && !is_seen
        }
        PassThrough::TransitGateway => !is_seen,
        PassThrough::Appliance | PassThrough::Router | PassThrough::No => {
            question.direction != Direction::Egress && !is_seen
        }
    };
    (Vantage::Transit, counted)
}

fn is_inner(question: &Question) -> bool {
    let Rewritten { src, dst, is_known } = question.rewritten;
    if is_known { src || dst } else { question.is_peer_inside }
}

/// Returns the end that is inside, if the row is of the inner leg of a NAT gateway.
pub(crate) fn nat_inside(question: &Question) -> Option<End> {
    let Rewritten { src, dst, .. } = question.rewritten;
    match question.direction {
        _ if !is_inner(question) => None,
        Direction::Ingress => Some(End::Src),
        Direction::Egress => Some(End::Dst),
        _ if dst => Some(End::Src),
        _ if src => Some(End::Dst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Question = Question {
        direction: Direction::Egress,
        pass_through: PassThrough::No,
        rewritten: Rewritten { src: false, dst: false, is_known: true },
        is_peer_inside: false,
        sender: Seen::Here,
        receiver: Seen::Nowhere,
        is_answered: true,
        is_rejected: false,
        is_duplicate: false,
    };

    fn check(question: &Question, expected: (Vantage, bool)) {
        assert_eq!(decide(question), expected, "{question:?}");
    }

    #[test]
    fn the_sender_counts_and_else_the_receiver() {
        check(&PLAIN, (Vantage::Sender, true));
        check(&Question { is_rejected: true, ..PLAIN }, (Vantage::Sender, false));
        check(&Question { is_duplicate: true, ..PLAIN }, (Vantage::Duplicate, false));
        let ingress = Question { direction: Direction::Ingress, receiver: Seen::Here, ..PLAIN };
        check(&Question { sender: Seen::Elsewhere, ..ingress }, (Vantage::Receiver, false));
        check(&Question { sender: Seen::Nowhere, ..ingress }, (Vantage::Receiver, true));
        let unknown = Question { direction: Direction::Unknown, sender: Seen::Nowhere, ..PLAIN };
        check(&unknown, (Vantage::Unknown, true));
    }

    #[test]
    fn of_a_nat_gateway_only_the_inner_leg_counts_and_only_if_nobody_inside_is_logged() {
        let nat = Question {
            pass_through: PassThrough::Nat,
            direction: Direction::Ingress,
            sender: Seen::Nowhere,
            receiver: Seen::Nowhere,
            ..PLAIN
        };
        let inner = Rewritten { dst: true, ..PLAIN.rewritten };
        check(&nat, (Vantage::Transit, false));
        check(&Question { is_answered: false, ..nat }, (Vantage::Transit, true));
        check(&Question { rewritten: inner, ..nat }, (Vantage::Transit, true));
        let logged = Question { rewritten: inner, sender: Seen::Elsewhere, ..nat };
        check(&logged, (Vantage::Transit, false));
        let bare = Question { rewritten: Rewritten::default(), ..nat };
        check(&bare, (Vantage::Transit, false));
        check(&Question { is_peer_inside: true, ..bare }, (Vantage::Transit, true));
    }

    #[test]
    fn an_appliance_counts_what_comes_and_its_own() {
        let appliance = Question { pass_through: PassThrough::Appliance, ..PLAIN };
        check(&appliance, (Vantage::Sender, true));
        let rewritten = Rewritten { src: true, ..PLAIN.rewritten };
        let handed = Question { rewritten, sender: Seen::Nowhere, ..appliance };
        check(&handed, (Vantage::Transit, false));
        check(&Question { direction: Direction::Ingress, ..handed }, (Vantage::Transit, true));
        let gateway = Question { pass_through: PassThrough::TransitGateway, ..handed };
        check(&gateway, (Vantage::Transit, true));
    }
}
