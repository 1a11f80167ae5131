//! What is to be said of a rule.
//!
//! From the top, the first that holds: a rule that cannot admit anything (*no-op*); a rule that
//! another one of the same group contains (*redundant*); a rule that admitted what was answered, or
//! went one way (*used*). For the rest absence must be proven: where something may have been missed
//! the verdict is *unprovable*, with the reasons. What is left is *attempt-only* or *unused*.

use crate::coverage::Coverage;
use crate::usage::Use;

/// The least share of the time of all interfaces that must have been watched before "unused" is
/// said.
pub const COVERAGE_MIN: f64 = 0.95;

/// The shortest time that a rule must have been watched before "unused" is said: a day's work and
/// its night. A shorter look says nothing about a nightly job.
pub const OBSERVED_S_MIN: u64 = 20 * 3_600;

/// A look that is shorter than this misses what happens once a month: confidence is lower.
pub const OBSERVED_S_FULL: u64 = 30 * 86_400;

/// What is to be said of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It admitted what was answered or went one way.
    Used,
    /// Another rule of the group admits all that it admits.
    Redundant {
        /// Id of the other rule.
        by: String,
    },
    /// It admitted nothing but attempts: scans, calls of ports where nobody listens.
    AttemptOnly,
    /// Nothing that it admits was seen, and it would have been seen.
    Unused,
    /// It cannot admit anything.
    NoOp(NoOp),
    /// It may have been used, and what is known does not tell.
    Unprovable(Vec<Doubt>),
}

/// Why a rule cannot admit anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoOp {
    /// No interface carried its group in the window.
    GroupNotAttached,
    /// No interface carried the group that it names in the window.
    PeerWithoutMembers,
    /// The prefix list that it names is empty.
    EmptyPrefixList,
    /// Security groups do not look at traffic to there: link-local services, Amazon's resolver.
    NotFiltered,
}

impl NoOp {
    /// Returns the reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::GroupNotAttached => "no interface carries its group",
            Self::PeerWithoutMembers => "no interface carries the group that it names",
            Self::EmptyPrefixList => "the prefix list that it names is empty",
            Self::NotFiltered => "security groups do not filter traffic to this address",
        }
    }
}

/// Why it is not known whether a rule was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// It could have admitted connections of which nobody knows who opened them.
    Initiator,
    /// Groups or rules were other ones at about the time of connections that it could have admitted.
    Change,
    /// The interface's groups are not known for the time of connections that it could have admitted.
    GroupsThen,
    /// It could have admitted connections of interfaces that the inventory does not know.
    UnknownInterface,
    /// It names a prefix list or a group of which the inventory has nothing.
    UnknownPeer,
    /// It names a type of ICMP, which records do not have.
    IcmpType,
    /// It names the group of a network load balancer, which hands on the addresses of its clients.
    LoadBalancer,
    /// Only what is rejected is logged.
    RejectOnly,
    /// Too little of the time of its interfaces was watched.
    Coverage,
    /// It was watched for too short a time.
    ShortLook,
}

impl Doubt {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Initiator,
        Self::Change,
        Self::GroupsThen,
        Self::UnknownInterface,
        Self::UnknownPeer,
        Self::IcmpType,
        Self::LoadBalancer,
        Self::RejectOnly,
        Self::Coverage,
        Self::ShortLook,
    ];

    /// Returns whether uses may be missing among those that were seen, of a rule that was used.
    pub(crate) fn hides_uses(self) -> bool {
        matches!(
            self,
            Self::Initiator
                | Self::Change
                | Self::GroupsThen
                | Self::UnknownInterface
                | Self::UnknownPeer
        )
    }

    /// Returns a word for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Change => "change",
            Self::GroupsThen => "groups-then",
            Self::UnknownInterface => "unknown-interface",
            Self::UnknownPeer => "unknown-peer",
            Self::IcmpType => "icmp-type",
            Self::LoadBalancer => "load-balancer",
            Self::RejectOnly => "reject-only",
            Self::Coverage => "coverage",
            Self::ShortLook => "short-look",
        }
    }

    /// Returns the reason in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Initiator => {
                "who opened some connections that it could have admitted is not known"
            }
            Self::Change => "groups or rules changed at the time of what it could have admitted",
            Self::GroupsThen => "the groups of its interfaces are not known for part of the window",
            Self::UnknownInterface => {
                "interfaces that the inventory does not know had such traffic"
            }
            Self::UnknownPeer => "the prefix list or group that it names is not in the inventory",
            Self::IcmpType => "it names a type of ICMP, and records do not",
            Self::LoadBalancer => "behind a network load balancer, addresses do not tell the group",
            Self::RejectOnly => "only rejected traffic is logged",
            Self::Coverage => "its interfaces were not watched long enough",
            Self::ShortLook => "it was watched for less than a day",
        }
    }

    /// Returns what helps.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Initiator => {
                "`tidegate enrich` looks again; log `tcp-flags` and `flow-direction` from now on"
            }
            Self::Change => "ask again when the window has passed the change",
            Self::GroupsThen => "import the inventory with `--since`, or AWS Config's history",
            Self::UnknownInterface => "run `tidegate inventory sync` often, or import AWS Config",
            Self::UnknownPeer => "import prefix lists and groups of peered VPCs as well",
            Self::IcmpType => "keep it, or decide without records",
            Self::LoadBalancer => "look at the balancer's own records",
            Self::RejectOnly => "log with traffic type ALL: `tidegate setup flow-logs`",
            Self::Coverage => "`tidegate audit` says what is not logged",
            Self::ShortLook => "ask again when there are more logs",
        }
    }
}

impl Verdict {
    /// Returns the word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Redundant { .. } => "redundant",
            Self::AttemptOnly => "attempt-only",
            Self::Unused => "unused",
            Self::NoOp(_) => "no-op",
            Self::Unprovable(_) => "unprovable",
        }
    }
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It may well be otherwise outside the window.
    Low,
    /// Probably.
    Medium,
    /// As sure as records can make it.
    High,
}

impl Confidence {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a verdict follows from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) no_op: Option<NoOp>,
    pub(crate) shadow: Option<&'a str>,
    pub(crate) used: &'a Use,
    pub(crate) coverage: &'a Coverage,
    /// How long the rule was watched.
    pub(crate) observed_s: u64,
}

/// Returns what is to be said of a rule.
pub(crate) fn decide(facts: &Facts<'_>) -> Verdict {
    // What was used is no no-op, whatever the inventory says.
    if let Some(no_op) = facts.no_op.filter(|_| facts.used.n_proofs() == 0) {
        return Verdict::NoOp(no_op);
    }
    if let Some(by) = facts.shadow {
        return Verdict::Redundant { by: by.to_owned() };
    }
    if facts.used.n_proofs() > 0 {
        return Verdict::Used;
    }
    let mut doubts = facts.used.doubts.clone();
    if !facts.coverage.is_enough() {
        let is_reject_only = facts.coverage.is_reject_only;
        doubts.push(if is_reject_only { Doubt::RejectOnly } else { Doubt::Coverage });
    }
    if facts.observed_s < OBSERVED_S_MIN {
        doubts.push(Doubt::ShortLook);
    }
    if !doubts.is_empty() {
        return Verdict::Unprovable(doubts);
    }
    if facts.used.n_attempts > 0 { Verdict::AttemptOnly } else { Verdict::Unused }
}

/// Returns how sure a verdict is, and what lowers that, in words.
pub(crate) fn confidence(facts: &Facts<'_>, verdict: &Verdict) -> (Confidence, Vec<String>) {
    let mut reasons = Vec::new();
    match verdict {
        Verdict::NoOp(NoOp::NotFiltered) | Verdict::Redundant { .. } => {
            return (Confidence::High, reasons);
        }
        Verdict::Used if facts.used.n_answered == 0 => {
            reasons.push("nothing came back: it went one way only".to_owned());
            return (Confidence::Medium, reasons);
        }
        Verdict::Used if !facts.used.is_sure => {
            reasons.push("who opened its connections is likely, not certain".to_owned());
            return (Confidence::Medium, reasons);
        }
        Verdict::Used => return (Confidence::High, reasons),
        Verdict::Unprovable(doubts) => {
            reasons.extend(doubts.iter().map(|it| it.words().to_owned()));
            return (Confidence::Low, reasons);
        }
        Verdict::AttemptOnly | Verdict::Unused | Verdict::NoOp(_) => {}
    }
    let n_days = facts.observed_s / 86_400;
    if facts.observed_s < OBSERVED_S_FULL {
        let days = if n_days == 1 { "day" } else { "days" };
        let n_days = n_days.max(1);
        reasons.push(format!("looked at {n_days} {days}: what happens monthly is not in it"));
    }
    if facts.coverage.n_skipdata > 0 {
        reasons.push(format!("{} records say that AWS skipped some", facts.coverage.n_skipdata));
    }
    let confidence = match (n_days, facts.coverage.n_skipdata) {
        (30.., 0) => Confidence::High,
        (7.., _) => Confidence::Medium,
        _ => Confidence::Low,
    };
    (confidence, reasons)
}
