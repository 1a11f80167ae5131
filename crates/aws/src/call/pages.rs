//! Answers in pieces: a list that is asked for page by page, as one document.

use std::collections::HashSet;

use serde_json::Value;

use crate::error::Call;
use crate::{Error, Result};

/// Pages of one list. A thousand things each: ten million are no list of one region.
const PAGES_MAX: usize = 10_000;

/// Bytes of one list as JSON: a million interfaces.
const LIST_BYTES_MAX: usize = 2 << 30;

/// A list as JSON, put together from its pages.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// The items, with commas between them.
    pub(crate) items: String,
    pub(crate) n_items: usize,
    /// Why it is not the whole list.
    pub(crate) stopped: Option<Error>,
    tokens: HashSet<String>,
}

/// A page of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    /// What the next page is asked for with, if there is one.
    pub(crate) token: Option<String>,
}

impl Page {
    /// Takes the list `key` out of an answer.
    ///
    /// # Errors
    ///
    /// If there is none. AWS sends a list though nothing is in it: an answer without it is not the
    /// answer, and must not look as if everything were gone.
    pub(crate) fn read(mut answer: Value, key: &str, call: Call) -> Result<Self> {
        let token = ["NextToken", "NextMarker"].iter().find_map(|it| answer[*it].as_str());
        let token = token.map(str::to_owned);
        let Some(Value::Array(items)) = answer.get_mut(key).map(Value::take) else {
            return Err(Error::Answer { call, reason: format!("it has no list `{key}`") });
        };
        Ok(Self { items, token })
    }
}

/// What to do after a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask for the page of this token.
    Page(String),
    /// That was all.
    Done,
}

impl List {
    /// Adds the items of a page.
    pub(crate) fn add(&mut self, items: &[Value]) {
        for item in items {
            if !self.items.is_empty() {
                self.items.push(',');
            }
            self.items.push_str(&item.to_string());
        }
        self.n_items += items.len();
    }

    /// Returns where the list goes on, given the token that its last page had.
    ///
    /// # Errors
    ///
    /// If it would go on for ever.
    pub(crate) fn next(&mut self, token: Option<&str>, call: Call) -> Result<Next> {
        let Some(token) = token.filter(|it| !it.is_empty()) else { return Ok(Next::Done) };
        let reason = if !self.tokens.insert(token.to_owned()) {
            "its `NextToken` is one that it gave before: the pages have no end".to_owned()
        } else if self.tokens.len() >= PAGES_MAX {
            format!("it has more than {PAGES_MAX} pages")
        } else if self.items.len() > LIST_BYTES_MAX {
            format!("it has more than {LIST_BYTES_MAX} bytes")
        } else {
            return Ok(Next::Page(token.to_owned()));
        };
        Err(Error::Answer { call, reason })
    }
}
