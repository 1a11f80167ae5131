//! Who may what: tokens, sessions, roles.
//!
//! On the loopback without tokens everybody local is an administrator. Else a request shows a token
//! as `Authorization: Bearer`, or a session that a token was exchanged for.
//!
//! Reading order: [`token`], `session`, `wrong` (who tries them all), `origin` (who asks in whose
//! name), [`guard`] (what stands before the routes).

pub mod guard;
mod origin;
pub(crate) mod rate;
mod session;
pub mod token;
mod wrong;

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::http::{HeaderMap, header};
use cookie::Cookie;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, Problem};
use session::Sessions;
pub use token::{Token, TokenError, new_token};
use wrong::Wrong;

/// Name of the cookie with the session.
pub(crate) const COOKIE: &str = "tidegate_session";

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Ask.
    Read,
    /// Ask, and write views and notes.
    Admin,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Who {
    /// What they may do.
    pub role: Role,
    /// What to call them in a log.
    pub name: String,
}

/// Who may what.
#[derive(Debug)]
pub struct Access {
    read: Option<Token>,
    admin: Option<Token>,
    sessions: Mutex<Sessions>,
    wrong: Mutex<Wrong>,
}

impl Access {
    /// Returns the access of a machine of one's own: whoever reaches it may everything.
    #[must_use]
    pub fn open() -> Self {
        Self::new(None, None)
    }

    /// Returns the access by tokens; without any it is [open](Self::open).
    #[must_use]
    pub fn new(read: Option<Token>, admin: Option<Token>) -> Self {
        Self { read, admin, sessions: Mutex::default(), wrong: Mutex::default() }
    }

    /// Returns whether a token is needed.
    #[must_use]
    pub fn is_token_needed(&self) -> bool {
        self.read.is_some() || self.admin.is_some()
    }

    /// Returns who sends a request.
    ///
    /// # Errors
    ///
    /// `denied` if nothing was shown or it is wrong, `rate` if too much wrong was shown.
    pub(crate) fn who(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
        now: Instant,
    ) -> Result<Who, Problem> {
        if !self.is_token_needed() {
            return Ok(Who { role: Role::Admin, name: "local".to_owned() });
        }
        if let Some(shown) = bearer(headers) {
            let role = self.role_of(shown, address, now)?;
            return Ok(Who { role, name: "token".to_owned() });
        }
        let session = session_id(headers).and_then(|it| self.sessions().find(&it, now));
        match session {
            Some((role, name)) => Ok(Who { role, name }),
            None => Err(Problem::new(Code::Denied, "a token is needed")
                .hint("sign in, or send `Authorization: Bearer TOKEN`")),
        }
    }

    /// Returns the role that a token has.
    ///
    /// # Errors
    ///
    /// As for [`Self::who`].
    pub(crate) fn role_of(
        &self,
        shown: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<Role, Problem> {
        // A right one always passes: behind a proxy all share one address, and nobody shall shut the
        // others out. Both are always compared.
        let is = |it: &Option<Token>| it.as_ref().is_some_and(|it| it.is(shown));
        let (is_read, is_admin) = (is(&self.read), is(&self.admin));
        if is_admin {
            return Ok(Role::Admin);
        }
        if is_read {
            return Ok(Role::Read);
        }
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait_s) = wrong.wait_s(address, now) {
            let problem = Problem::new(Code::Rate, "too many wrong tokens came from this address");
            return Err(problem.hint(format!("wait {wait_s} s")).retry_after(wait_s));
        }
        wrong.note(address, now);
        tracing::warn!(target: "audit", %address, "a wrong token was shown");
        Err(Problem::new(Code::Denied, "the token is wrong")
            .hint("whoever started the server has the right one"))
    }

    /// Begins a session; returns its identifier.
    pub(crate) fn begin_session(&self, role: Role, now: Instant) -> String {
        self.sessions().begin(role, now)
    }

    /// Ends the session of a request, if there is one.
    pub(crate) fn end_session(&self, headers: &HeaderMap) {
        if let Some(id) = session_id(headers) {
            self.sessions().end(&id);
        }
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn session_id(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut cookies = values.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|it| it.name() == COOKIE).map(|it| it.value().to_owned())
}
