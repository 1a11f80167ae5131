//! The controls that auditors ask for, by their names.
//!
//! All of them want an active flow log of the VPC itself that sees what was rejected; whether it
//! delivers, and which fields it has, they do not ask. The numbers are those of each edition.

use super::audit::Finding;
use super::ground::PlaceKind;
use super::wish::Traffic;

/// A control of a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// The standard, with its editions.
    pub standard: &'static str,
    /// Its number there.
    pub number: &'static str,
    /// Its title there.
    pub title: &'static str,
}

const CIS_TITLE: &str = "Ensure VPC flow logging is enabled in all VPCs";

/// Every control that is about flow logs of VPCs.
pub const CONTROLS: &[Control] = &[
    Control { standard: "CIS AWS Foundations 1.2", number: "2.9", title: CIS_TITLE },
    Control { standard: "CIS AWS Foundations 1.3, 1.4, 1.5, 2.0", number: "3.9", title: CIS_TITLE },
    Control { standard: "CIS AWS Foundations 3.0, 4.0, 5.0", number: "3.7", title: CIS_TITLE },
    Control { standard: "CIS AWS Foundations 6.0, 7.0", number: "4.7", title: CIS_TITLE },
    Control {
        standard: "AWS Security Hub",
        number: "EC2.6",
        title: "VPC flow logging should be enabled in all VPCs",
    },
];

/// Whether a VPC fulfils the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Pass,
    /// It does not.
    Fail,
    /// They are not about it: it is no VPC, or another account's.
    NotApplicable,
}

impl Outcome {
    /// Returns it as a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// Returns whether the place of a finding fulfils the controls.
#[must_use]
pub fn outcome(finding: &Finding) -> Outcome {
    use super::ladder::Rung::NotYours;

    if finding.place.kind != PlaceKind::Vpc || finding.rung == NotYours {
        return Outcome::NotApplicable;
    }
    let is_enough = finding.flow_logs.iter().any(|it| {
        let is_active = it.status.is_empty() || it.status.eq_ignore_ascii_case("active");
        is_active && Traffic::of(it).is_some_and(|it| it.sees(Traffic::Reject))
    });
    if is_enough { Outcome::Pass } else { Outcome::Fail }
}
