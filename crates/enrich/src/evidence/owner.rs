//! Whose address it is, as egress rows show it.
//!
//! Networks can share addresses, and an address gets another owner when the first one is gone. The
//! two differ in time: what overlaps is shared, and then the address tells nothing.

use super::tuple::Span;

/// Interfaces that are remembered for an address: an address with more owners is shared or moves
/// from one short-lived thing to the next, of which the latest matter.
const N_TENURES_MAX: usize = 8;

/// How long an interface may be silent and still be the one, or still be logged: many are silent
/// at night, and an object may come hours after its records. What ended is known to after a day.
pub(crate) const SILENT_S: u32 = 86_400;

/// An interface, by its hash, and from when to when it sent from the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tenure {
    pub(super) interface: u64,
    pub(super) span: Span,
}

/// The interfaces that sent from an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Owners {
    /// In the order of interfaces.
    pub(super) tenures: Vec<Tenure>,
}

impl Owners {
    pub(super) fn add(&mut self, tenure: Tenure) {
        match self.tenures.binary_search_by_key(&tenure.interface, |it| it.interface) {
            Ok(at) => self.tenures[at].span.merge(tenure.span),
            Err(at) => {
                self.tenures.reserve_exact(1);
                self.tenures.insert(at, tenure);
            }
        }
        if self.tenures.len() > N_TENURES_MAX {
            let oldest = self.tenures.iter().enumerate();
            let oldest = oldest.min_by_key(|it| (it.1.span.until_s, it.1.interface));
            if let Some((at, _)) = oldest {
                self.tenures.remove(at);
            }
        }
    }

    pub(super) fn until_s(&self) -> u32 {
        self.tenures.iter().map(|it| it.span.until_s).max().unwrap_or(0)
    }

    /// Returns the owner at a moment, or at any if there is none.
    pub(super) fn at(&self, at_s: Option<u32>) -> Option<u64> {
        let Some(at_s) = at_s else {
            return self.tenures.first().filter(|_| self.tenures.len() == 1).map(|it| it.interface);
        };
        let near = self.tenures.iter().min_by_key(|it| it.span.distance_s(at_s))?;
        let is_shared = |it: &Tenure| it != near && it.span.is_within(0, near.span);
        let is_owner =
            near.span.distance_s(at_s) <= SILENT_S && !self.tenures.iter().any(is_shared);
        is_owner.then_some(near.interface)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shared_only_while_two_have_it() {
        const DAYS: u32 = 86_400;
        let check = |tenures: &[(u64, u32, u32)], at_s: Option<u32>, expected: Option<u64>| {
            let mut owners = Owners::default();
            for (interface, from_s, until_s) in tenures.iter().copied() {
                owners.add(Tenure { interface, span: Span { from_s, until_s } });
            }
            assert_eq!(owners.at(at_s), expected, "{tenures:?} at {at_s:?}");
        };
        let moved = [(1, DAYS, 3 * DAYS), (2, 7 * DAYS, 9 * DAYS)];
        check(&moved, Some(2 * DAYS), Some(1));
        check(&moved, Some(4 * DAYS), Some(1));
        check(&moved, Some(5 * DAYS), None);
        check(&moved, Some(8 * DAYS), Some(2));
        check(&moved, None, None);
        check(&moved[..1], None, Some(1));
        let shared = [(1, DAYS, 3 * DAYS), (2, 2 * DAYS, 9 * DAYS)];
        check(&shared, Some(DAYS), None);
        check(&shared, Some(8 * DAYS), None);
        check(&[], Some(DAYS), None);
    }
}
