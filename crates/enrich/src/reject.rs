//! Why a rejected row was rejected, as far as data can tell.
//!
//! | what is known | cause |
//! |---|---|
//! | AWS says so (`reject_reason`) | `block-public-access`, `encryption-control` |
//! | the other way was accepted, and groups are stateful | `nacl` |
//! | the connection was open, and this packet does not open | `late-packet` |
//! | no rule of the groups admits it | `security-group` (a network ACL may reject it as well) |
//! | a rule admits it, or the interface has no groups | `nacl` |
//! | the groups or their rules are not known | `security-group-or-nacl` |
//! | not even the direction is known | `unknown` |

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
const APART_S: u32 = 120;

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
    pub(crate) from_s: u32,
    pub(crate) until_s: u32,
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
        let was_open = question.has_ports && !own.accepted.is_empty() && !is_answer;
        let is_near = is_near(question, other.accepted);
        return is_near && !was_open && !is_opening(own);
    }
    let was_open =
        question.has_ports && !other.accepted.is_empty() && !other.has(mark::REJECTED_ANSWER);
    let is_near = is_near(question, other.rejected);
    is_near && !was_open && !is_opening(other)
}

fn is_near(question: &Question<'_>, span: Span) -> bool {
    span.from_s <= question.until_s.saturating_add(APART_S)
        && span.until_s.saturating_add(APART_S) >= question.from_s
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
    let was_open = own.accepted.from_s <= question.from_s;
    let is_late = was_open && (!other.accepted.is_empty() || !may_open);
    if is_late && (!may_open || question.flags.is_none()) && question.has_ports {
        return Cause::LatePacket;
    }
    match groups() {
        Groups::Refuse => Cause::SecurityGroup,
        Groups::Admit if may_open => Cause::Nacl,
        // What no opening precedes is not let in by any rule.
        Groups::Admit => Cause::LatePacket,
        Groups::Unknown => Cause::SecurityGroupOrNacl,
        Groups::NoDirection => Cause::Unknown,
    }
}
