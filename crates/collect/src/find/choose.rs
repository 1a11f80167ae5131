//! Which of the objects that a listing comes upon are to be read.

use object_store::ObjectMeta;
use object_store::path::Path;
use tidegate_store::Place;
use tidegate_store::lake::Clock;

use super::key::{Key, Wanted};
use super::own::Own;
use super::pattern::Pattern;
use super::{Met, found};

/// A local file that was changed within this time may still be written to. Writers that flush pause
/// for less; what waits for longer is read again as another content.
pub(super) const SETTLED_MS: i64 = 5_000;

/// By what objects are chosen.
pub(super) struct Rules {
    pub(super) wanted: Wanted,
    pub(super) own: Own,
    pub(super) pattern: Option<Pattern>,
    /// Tells the time if files that are still written to are passed over.
    pub(super) settling: Option<Clock>,
}

impl Rules {
    /// Returns whether an object that a listing of `place` came upon is to be read.
    pub(super) fn choose(&self, place: &Place, meta: ObjectMeta) -> Met {
        let location = &meta.location;
        let is_named = match &self.pattern {
            Some(pattern) => pattern.is_match(location.as_ref()),
            None => !is_hidden(place, location),
        };
        let is_folder = meta.size == 0 && location.as_ref().ends_with('/');
        let is_chosen = is_named
            && !is_folder
            && self.wanted.may_hold(&Key::parse(location.as_ref()))
            && !self.own.holds(place, location);
        if is_chosen { self.settled(place, meta) } else { Met::LeftOut }
    }

    /// Returns the object, unless it is a file that may still be written to.
    pub(super) fn settled(&self, place: &Place, meta: ObjectMeta) -> Met {
        let age_ms = |clock: Clock| clock() - meta.last_modified.timestamp_millis();
        let is_local = place.url.scheme() == "file";
        // A time in the future is another clock's: that must not hide a file for ever.
        let is_young = self.settling.is_some_and(|it| is_local && age_ms(it).abs() < SETTLED_MS);
        if is_young { Met::Young } else { Met::Object(found(place, meta)) }
    }
}

/// Names that begin with a dot or an underscore are somebody's housekeeping, and so is all below
/// them; `aws-logs-write-test` is `CloudWatch`'s. What is above the place was named by the person.
fn is_hidden(place: &Place, location: &Path) -> bool {
    let mut parts = location.prefix_match(&place.prefix).into_iter().flatten();
    let is_housekeeping = parts.any(|it| it.as_ref().starts_with(['.', '_']));
    is_housekeeping || location.filename() == Some("aws-logs-write-test")
}
