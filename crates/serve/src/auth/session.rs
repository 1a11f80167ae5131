//! Sessions: what a browser has in place of a token. Only hashes of their identifiers are kept.

use std::collections::HashMap;
use std::time::Instant;

use super::Role;
use super::token::{hash, new_token};
use crate::limit::{SESSION_AGE_MAX, SESSIONS_MAX};

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions(HashMap<[u8; 32], Session>);

#[derive(Clone, Copy, Debug)]
struct Session {
    role: Role,
    until: Instant,
}

impl Sessions {
    /// Begins a session; returns its identifier, which is not kept.
    pub(super) fn begin(&mut self, role: Role, now: Instant) -> String {
        self.0.retain(|_, it| it.until > now);
        if self.0.len() >= SESSIONS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, it)| it.until).map(|(id, _)| *id);
            oldest.and_then(|it| self.0.remove(&it));
        }
        let id = new_token();
        self.0.insert(hash(&id), Session { role, until: now + SESSION_AGE_MAX });
        id
    }

    /// Returns the role of a session, and what to call it in a log.
    pub(super) fn find(&self, id: &str, now: Instant) -> Option<(Role, String)> {
        // A hash of a random identifier: how long the look takes tells nothing of use.
        let hash = hash(id);
        let session = self.0.get(&hash).filter(|it| it.until > now)?;
        let name = hash.iter().take(4).fold("session ".to_owned(), |name, it| {
            use std::fmt::Write as _;
            let mut name = name;
            // Writing into a string does not fail.
            let _ = write!(name, "{it:02x}");
            name
        });
        Some((session.role, name))
    }

    /// Ends a session.
    pub(super) fn end(&mut self, id: &str) {
        self.0.remove(&hash(id));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_session_lasts_until_it_ends_or_is_too_old() {
        let now = Instant::now();
        let mut sessions = Sessions::default();
        let id = sessions.begin(Role::Read, now);
        let role = |sessions: &Sessions, id: &str, at| sessions.find(id, at).map(|(it, _)| it);
        assert_eq!(role(&sessions, &id, now + Duration::from_hours(1)), Some(Role::Read));
        assert_eq!(role(&sessions, &id, now + SESSION_AGE_MAX), None);
        assert_eq!(role(&sessions, "another", now), None);
        sessions.end(&id);
        assert_eq!(role(&sessions, &id, now), None);
    }

    #[test]
    fn the_session_that_ends_first_makes_room() {
        let now = Instant::now();
        let mut sessions = Sessions::default();
        let first = sessions.begin(Role::Admin, now);
        let second = sessions.begin(Role::Admin, now + Duration::from_secs(1));
        for _ in 2..=SESSIONS_MAX {
            sessions.begin(Role::Read, now + Duration::from_secs(2));
        }
        assert_eq!(sessions.0.len(), SESSIONS_MAX);
        let later = now + Duration::from_secs(2);
        assert!(sessions.find(&first, later).is_none() && sessions.find(&second, later).is_some());
    }
}
