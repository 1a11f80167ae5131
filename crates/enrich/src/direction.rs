//! Which way a row goes, relative to its interface.
//!
//! AWS's own field is a fact. Without it, the addresses tell: whichever is the interface's own is
//! this side. The inventory knows them; else what was learned from the rows themselves. The usual
//! shortcut, "not the destination, so it leaves", is wrong for IPv6, for what a NAT gateway hands
//! on, and for every interface that nobody knows.

use tidegate_network::PassThrough;

/// The way of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
    Internal,
    Transit,
    Unknown,
}

/// The values of `direction`.
pub(crate) const DIRECTIONS: &[&str] = &["ingress", "egress", "internal", "transit", "unknown"];

/// How the direction is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Aws,
    Inventory,
    Learned,
    None,
}

/// The values of `direction_source`.
pub(crate) const SOURCES: &[&str] = &["aws", "inventory", "learned", "none"];

/// Which of two addresses are the interface's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) src: bool,
    pub(crate) dst: bool,
}

impl Owned {
    fn direction(self) -> Option<Direction> {
        match (self.src, self.dst) {
            (true, false) => Some(Direction::Egress),
            (false, true) => Some(Direction::Ingress),
            _ => None,
        }
    }
}

/// What is known of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// What AWS wrote.
    pub(crate) aws: Option<Direction>,
    /// How the interface hands on, if it is known at that time.
    pub(crate) known: Option<PassThrough>,
    /// `srcaddr` and `dstaddr`, by the inventory.
    pub(crate) plain: Owned,
    /// `pkt_srcaddr` and `pkt_dstaddr`, by the inventory.
    pub(crate) packet: Owned,
}

/// Returns the way that `flow_direction` tells.
pub(crate) fn of_aws(text: &str) -> Option<Direction> {
    match text {
        "ingress" => Some(Direction::Ingress),
        "egress" => Some(Direction::Egress),
        _ => None,
    }
}

/// Returns the way of a row. `learned` is asked which addresses were learned as own, if needed.
pub(crate) fn decide(question: Question, learned: impl Fn() -> Owned) -> (Direction, Source) {
    if let Some(direction) = question.aws {
        return (direction, Source::Aws);
    }
    if let Some(pass_through) = question.known {
        if let Some(direction) = question.plain.direction() {
            return (direction, Source::Inventory);
        }
        if question.plain.src && question.plain.dst {
            let direction = question.packet.direction().unwrap_or(Direction::Internal);
            return (direction, Source::Inventory);
        }
        if pass_through != PassThrough::No {
            return (Direction::Transit, Source::Inventory);
        }
    }
    match learned().direction() {
        Some(direction) => (direction, Source::Learned),
        None => (Direction::Unknown, Source::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_source_tells() {
        let no = Owned::default();
        let src = Owned { src: true, dst: false };
        let both = Owned { src: true, dst: true };
        let check = |question: (Option<Direction>, Option<PassThrough>, Owned, Owned), expected| {
            let (aws, known, plain, packet) = question;
            let question = Question { aws, known, plain, packet };
            let learned = || Owned { src: false, dst: true };
            assert_eq!(decide(question, learned), expected, "{question:?}");
        };
        let interface = Some(PassThrough::No);
        check((of_aws("egress"), None, no, no), (Direction::Egress, Source::Aws));
        check((None, interface, src, no), (Direction::Egress, Source::Inventory));
        check((None, interface, both, src), (Direction::Egress, Source::Inventory));
        check((None, interface, both, no), (Direction::Internal, Source::Inventory));
        check((None, Some(PassThrough::Nat), no, no), (Direction::Transit, Source::Inventory));
        check((None, interface, no, no), (Direction::Ingress, Source::Learned));
        check((None, None, src, no), (Direction::Ingress, Source::Learned));
    }
}
