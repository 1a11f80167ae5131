//! Why a rejected row was rejected, as far as data can tell.
//!
//! | what is known | cause |
//! |---|---|
//! | AWS says so (`reject_reason`) | `block-public-access`, `encryption-control` |
//! | the other way was accepted then, and groups are stateful | `nacl` |
//! | it answers and does not open, and others like it were accepted then | `late-packet` |
//! | no rule of the groups admits it | `security-group` (a network ACL may reject it as well) |
//! | it does not open, and others like it were accepted then | `late-packet` |
//! | a rule admits it, or the interface has no groups | `nacl` |
//! | the groups or their rules are not known | `security-group-or-nacl` |
//! | not even the direction is known | `unknown` |
//!
//! *Then* is in a neighbouring window. Of a direction of a connection, only the first and the last
//! moment are known. What lies between them, far from both, is neither near nor far; it makes a
//! verdict less sure and never another one.

use crate::evidence::{Side, Span, mark};
use crate::ports;

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    SecurityGroup,
    Nacl,
    SecurityGroupOrNacl,
    BlockPublicAccess,
    EncryptionControl,
    LatePacket,
    Unknown,
}

/// The values of `reject_cause`.
pub(crate) const CAUSES: &[&str] = &[
    "security-group",
    "nacl",
    "security-group-or-nacl",
    "block-public-access",
    "encryption-control",
    "late-packet",
    "unknown",
];

/// How far the two ways of a conversation may lie apart: a window, and what AWS says that times may
/// be late.
pub(crate) const APART_S: u32 = 120;

/// How long a conversation may last so that its first and last moment stand for all between.
const SHORT_S: u32 = 3_600;

/// What the groups say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Groups {
    /// A rule admits the packet, or there are no groups that could reject it.
    Admit,
    /// No rule admits it.
    Refuse,
    /// They are not known.
    Unknown,
    /// It is not known which way the packet went.
    NoDirection,
}

/// What is known of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) is_rejected: bool,
    /// Flags of the row, if it is TCP and has them.
    pub(crate) flags: Option<i32>,
    pub(crate) has_ports: bool,
    pub(crate) span: Span,
    /// The direction of the row.
    pub(crate) own: &'a Side,
    /// The other direction.
    pub(crate) other: &'a Side,
}

/// Returns whether one way of the conversation was accepted and the other rejected, which only a
/// network ACL does: it knows no state.
pub(crate) fn is_nacl_asymmetric(question: &Question<'_>) -> bool {
    let Question { own, other, .. } = question;
    let is_opening = |side: &Side| side.has(mark::SYN) && !side.has(mark::SYN_ACK);
    if question.is_rejected {
        // An answer that is not let through although connections of it were, was late.
        let is_answer = question.flags.is_some_and(|it| it & ports::SYN_ACK == ports::SYN_ACK);
        let was_open = question.has_ports && !is_far(question, own.accepted) && !is_answer;
        return is_near(question, other.accepted) && !was_open && !is_opening(own);
    }
    let was_open = question.has_ports
        && !is_far(question, other.accepted)
        && !other.has(mark::REJECTED_ANSWER);
    is_near(question, other.rejected) && !was_open && !is_opening(other)
}

/// Returns whether nothing of the span was in the windows beside the row.
fn is_far(question: &Question<'_>, span: Span) -> bool {
    !span.is_within(APART_S, question.span)
}

/// Returns whether something of the span was in the windows beside the row, for sure.
fn is_near(question: &Question<'_>, span: Span) -> bool {
    let is_end = |at_s: u32| question.span.distance_s(at_s) <= APART_S;
    let is_short = span.until_s.saturating_sub(span.from_s) <= SHORT_S;
    !is_far(question, span) && (is_short || is_end(span.from_s) || is_end(span.until_s))
}

/// Returns why a rejected row was rejected. `groups` is asked only if the row itself does not tell.
pub(crate) fn cause(
    question: &Question<'_>,
    reason: Option<&str>,
    groups: impl FnOnce() -> Groups,
) -> Cause {
    match reason {
        Some("BPA") => return Cause::BlockPublicAccess,
        Some("EC") => return Cause::EncryptionControl,
        Some(_) | None => {}
    }
    if is_nacl_asymmetric(question) {
        return Cause::Nacl;
    }
    let Question { own, other, .. } = question;
    let may_open = question.flags.is_none_or(|it| it & ports::SYN_ACK == ports::SYN);
    let was_accepted = question.has_ports && is_near(question, own.accepted);
    // No rule is about answers.
    let is_answer = own.has(mark::SYN_ACK) || other.has(mark::SYN);
    if was_accepted && !may_open && is_answer {
        return Cause::LatePacket;
    }
    // Without flags, a conversation must have been there.
    let is_late = match question.flags {
        Some(_) => was_accepted && !may_open,
        None => was_accepted && is_near(question, other.accepted),
    };
    // Somewhere between the first and the last moment, a network ACL may have rejected answers.
    let may_be_asymmetric = !is_far(question, other.accepted) && !is_near(question, other.accepted);
    match groups() {
        Groups::Refuse if may_be_asymmetric => Cause::SecurityGroupOrNacl,
        Groups::Refuse => Cause::SecurityGroup,
        _ if is_late => Cause::LatePacket,
        Groups::Admit if may_open => Cause::Nacl,
        // It does not open, but nothing shows that it belongs to a connection.
        Groups::Admit | Groups::Unknown => Cause::SecurityGroupOrNacl,
        Groups::NoDirection => Cause::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: u32 = 86_400;
    const NEVER: (u32, u32) = (u32::MAX, 0);

    fn side(accepted: (u32, u32), rejected: (u32, u32), marks: u16) -> Side {
        let [accepted, rejected] =
            [accepted, rejected].map(|(from_s, until_s)| Span { from_s, until_s });
        Side { accepted, rejected, marks: marks | mark::SEEN, ..Side::default() }
    }

    fn check(sides: [&Side; 2], flags: Option<i32>, groups: Groups, expected: Cause) {
        let span = Span { from_s: 5 * DAYS, until_s: 5 * DAYS + 60 };
        let [own, other] = sides;
        let question = Question { is_rejected: true, flags, has_ports: true, span, own, other };
        assert_eq!(cause(&question, None, || groups), expected, "{question:?} {groups:?}");
    }

    #[test]
    fn a_late_packet_follows_an_accepted_one() {
        const ACK: Option<i32> = Some(16);
        let rejected = (5 * DAYS, 5 * DAYS + 60);
        let near = side((5 * DAYS - 600, 5 * DAYS - 30), rejected, 0);
        let old = side((DAYS, 2 * DAYS), rejected, 0);
        let long = side((DAYS, 9 * DAYS), rejected, 0);
        let silent = Side::default();
        let client = side(NEVER, NEVER, mark::SYN);
        check([&near, &silent], ACK, Groups::Admit, Cause::LatePacket);
        check([&near, &silent], ACK, Groups::Unknown, Cause::LatePacket);
        check([&near, &silent], ACK, Groups::Refuse, Cause::SecurityGroup);
        check([&near, &client], ACK, Groups::Refuse, Cause::LatePacket);
        check([&near, &near], None, Groups::Admit, Cause::LatePacket);
        check([&near, &near], None, Groups::Refuse, Cause::SecurityGroup);
        for far in [&old, &long] {
            check([far, &silent], ACK, Groups::Admit, Cause::SecurityGroupOrNacl);
            check([far, &client], ACK, Groups::Unknown, Cause::SecurityGroupOrNacl);
            check([far, far], None, Groups::Admit, Cause::Nacl);
        }
        check([&old, &old], None, Groups::Refuse, Cause::SecurityGroup);
    }

    #[test]
    fn a_network_acl_is_sure_only_near_what_is_known() {
        let answers = side(NEVER, (5 * DAYS, 5 * DAYS + 60), 0);
        let check = |accepted: (u32, u32), groups: Groups, expected: Cause| {
            check([&answers, &side(accepted, NEVER, 0)], None, groups, expected);
        };
        check((5 * DAYS, 5 * DAYS + 60), Groups::Refuse, Cause::Nacl);
        check((DAYS, 5 * DAYS - 60), Groups::Refuse, Cause::Nacl);
        check((5 * DAYS - 1_500, 5 * DAYS + 1_500), Groups::Refuse, Cause::Nacl);
        check((DAYS, 2 * DAYS), Groups::Refuse, Cause::SecurityGroup);
        check((DAYS, 9 * DAYS), Groups::Refuse, Cause::SecurityGroupOrNacl);
        check((DAYS, 9 * DAYS), Groups::Admit, Cause::Nacl);
    }
}
