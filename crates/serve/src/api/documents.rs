//! Lists that people write: read from the lake, changed, and written as a whole.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tidegate_store::document::{self, Document};

use crate::app::App;
use crate::limit::WRITE_TRIES;
use crate::problem::{Code, Problem};

/// Returns the list `name`; empty if nobody wrote it.
pub(super) async fn read<T: DeserializeOwned>(app: &App, name: &str) -> Result<Vec<T>, Problem> {
    parse(name, document::read(app.lake.lake(), name).await?.as_ref())
}

/// Changes the list `name`. If somebody else was faster, `change` is made again on what they wrote.
pub(super) async fn update<T, R>(
    app: &App,
    name: &str,
    change: impl Fn(&mut Vec<T>) -> Result<R, Problem>,
) -> Result<R, Problem>
where
    T: DeserializeOwned + Serialize,
{
    for _ in 0..WRITE_TRIES {
        let document = document::read(app.lake.lake(), name).await?;
        let mut list = parse(name, document.as_ref())?;
        let changed = change(&mut list)?;
        let version = document.map_or(0, |it| it.version) + 1;
        let text = serde_json::to_vec(&list).map_err(|it| {
            Problem::new(Code::Internal, format!("`{name}` cannot be written")).because(&it)
        })?;
        if document::write(app.lake.lake(), name, version, Bytes::from(text)).await? {
            return Ok(changed);
        }
    }
    Err(Problem::new(Code::Busy, format!("others write `{name}` all the time"))
        .hint("try again")
        .retry_after(1))
}

fn parse<T: DeserializeOwned>(name: &str, document: Option<&Document>) -> Result<Vec<T>, Problem> {
    let Some(document) = document else { return Ok(Vec::new()) };
    serde_json::from_slice(&document.bytes).map_err(|it| {
        Problem::new(Code::Lake, format!("`_state/{name}` is damaged"))
            .because(&it)
            .hint("remove its newest version: the one before it is beside it")
    })
}

/// Refuses text that is longer than it may be.
pub(super) fn check_length(what: &str, text: &str, n_chars_max: usize) -> Result<(), Problem> {
    if text.chars().count() <= n_chars_max && !text.chars().any(|it| it == '\0') {
        return Ok(());
    }
    Err(Problem::new(Code::Usage, format!("{what} is longer than {n_chars_max} characters")))
}
