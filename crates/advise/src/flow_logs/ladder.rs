//! How well a place is logged: the rungs from nothing to all that is needed.

/// A rung of the ladder, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// No flow log watches it.
    Missing,
    /// A part of it is watched.
    Partial,
    /// Flow logs are there and none is active.
    Inactive,
    /// AWS cannot deliver.
    Failing,
    /// AWS says that it delivers, and nothing arrives.
    Stale,
    /// What was accepted is not logged, so use can never be proved.
    RejectOnly,
    /// What was rejected is not logged, so attacks and missing rules stay unseen.
    AcceptOnly,
    /// Fields are missing that direction or proof need.
    Thin,
    /// All is well.
    Ok,
    /// Only another account could switch it on, or see that it is on.
    NotYours,
}

impl Rung {
    /// Every rung, from the worst.
    pub const ALL: [Self; 10] = [
        Self::Missing,
        Self::Partial,
        Self::Inactive,
        Self::Failing,
        Self::Stale,
        Self::RejectOnly,
        Self::AcceptOnly,
        Self::Thin,
        Self::Ok,
        Self::NotYours,
    ];

    /// Returns the rung's name, as `reject-only`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Partial => "partial",
            Self::Inactive => "inactive",
            Self::Failing => "failing",
            Self::Stale => "stale",
            Self::RejectOnly => "reject-only",
            Self::AcceptOnly => "accept-only",
            Self::Thin => "thin",
            Self::Ok => "ok",
            Self::NotYours => "not-yours",
        }
    }

    /// Returns the rung of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Returns whether something is to be done about it.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        !matches!(self, Self::Ok | Self::NotYours)
    }

    /// Returns whether it is at `threshold` or below, as `--fail-on` means it.
    #[must_use]
    pub fn is_at_most(self, threshold: Self) -> bool {
        self.is_fault() && self <= threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rung_is_known_by_its_name_and_ordered_from_the_worst() {
        for rung in Rung::ALL {
            assert_eq!(Rung::of_name(rung.name()), Some(rung));
        }
        assert_eq!(Rung::of_name("fine"), None);
        assert!(Rung::ALL.is_sorted());
    }

    #[test]
    fn a_threshold_takes_in_what_is_worse_and_never_what_is_well() {
        assert!(Rung::Missing.is_at_most(Rung::Missing));
        assert!(!Rung::Partial.is_at_most(Rung::Missing));
        assert!(Rung::Missing.is_at_most(Rung::Thin));
        assert!(!Rung::Ok.is_at_most(Rung::NotYours));
        assert!(!Rung::NotYours.is_at_most(Rung::NotYours));
    }
}
