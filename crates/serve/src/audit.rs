//! The audit log: one line per question, with who asked what and how it went. Never a token.

use std::sync::{Arc, Mutex, PoisonError};

use crate::window::{Window, text};

/// Characters of a filter or a statement that a line has.
const TEXT_CHARS_MAX: usize = 2_000;

/// What a request turns out to ask, filled in while it is handled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Arc<Mutex<Asked>>);

/// What a request asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The filter.
    pub(crate) q: Option<String>,
    /// The window.
    pub(crate) window: Option<String>,
    /// The statement.
    pub(crate) sql: Option<String>,
    /// Who asked.
    pub(crate) who: Option<String>,
}

impl Record {
    pub(crate) fn note(&self, q: &str, window: Window) {
        self.change(|it| {
            it.q = Some(cut(q));
            it.window = Some(format!("{}/{}", text(window.from), text(window.until)));
        });
    }

    pub(crate) fn note_q(&self, q: &str) {
        self.change(|it| it.q = Some(cut(q)));
    }

    pub(crate) fn note_sql(&self, sql: &str) {
        self.change(|it| it.sql = Some(cut(sql)));
    }

    pub(crate) fn note_who(&self, who: &str) {
        self.change(|it| it.who = Some(who.to_owned()));
    }

    /// Returns what is known by now.
    pub(crate) fn asked(&self) -> Asked {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Asked)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}
