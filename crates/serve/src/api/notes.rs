//! Notes on things: a known scanner, allowed, to be watched.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::{check_length, read, update};
use crate::Answered;
use crate::api::entity::spelled;
use crate::app::App;
use crate::extract::{Named, Posted};
use crate::limit::{NOTES_MAX, TEXT_CHARS_MAX};
use crate::problem::{Body, Code, Problem};
use crate::window::text;

/// Name of the document.
const NOTES: &str = "notes";

/// A note on a thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// Kind of the thing.
    pub kind: String,
    /// Its identifier.
    pub id: String,
    /// What is noted.
    pub text: String,
    /// What it means for others.
    pub tag: Tag,
    /// When it was noted.
    pub saved_at: String,
}

/// What a note means for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tag {
    /// It scans, and that is known.
    KnownScanner,
    /// What it does is allowed.
    Allowed,
    /// Somebody keeps an eye on it.
    Watch,
    /// Nothing but what is noted.
    Note,
}

/// A note as it is written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteAsk {
    /// What is noted.
    pub text: String,
    /// What it means for others.
    pub tag: Tag,
}

/// All notes
#[utoipa::path(get, path = "/notes", tag = "people",
    responses((status = 200, body = Vec<Note>), (status = "default", body = Body)))]
pub async fn notes(State(app): State<Arc<App>>) -> Answered<Vec<Note>> {
    read(&app, NOTES).await.map(Json)
}

/// Returns the note on a thing, if there is one.
pub async fn note_on(app: &App, kind: &str, id: &str) -> Result<Option<Note>, Problem> {
    let notes: Vec<Note> = read(app, NOTES).await?;
    Ok(notes.into_iter().find(|it| it.kind == kind && it.id == id))
}

/// Note something on a thing
#[utoipa::path(put, path = "/notes/{kind}/{id}", tag = "people", request_body = NoteAsk,
    params(("kind" = String, Path, description = "Kind of the thing"),
        ("id" = String, Path, description = "Its identifier")),
    responses((status = 200, body = Note), (status = "default", body = Body)))]
pub async fn put_note(
    State(app): State<Arc<App>>,
    Named((kind, id)): Named<(String, String)>,
    Posted(ask): Posted<NoteAsk>,
) -> Answered<Note> {
    let id = spelled(&kind, &id)?;
    check_length("the note", &ask.text, TEXT_CHARS_MAX)?;
    let note = Note { kind, id, text: ask.text, tag: ask.tag, saved_at: text(app.now()) };
    update(&app, NOTES, |notes: &mut Vec<Note>| {
        notes.retain(|it| (&it.kind, &it.id) != (&note.kind, &note.id));
        if notes.len() >= NOTES_MAX {
            let message = format!("there are {NOTES_MAX} notes already");
            return Err(Problem::new(Code::TooLarge, message).hint("delete some"));
        }
        notes.push(note.clone());
        notes.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        Ok(())
    })
    .await?;
    Ok(Json(note))
}

/// Forget the note on a thing
#[utoipa::path(delete, path = "/notes/{kind}/{id}", tag = "people",
    params(("kind" = String, Path, description = "Kind of the thing"),
        ("id" = String, Path, description = "Its identifier")),
    responses((status = 204), (status = "default", body = Body)))]
pub async fn delete_note(
    State(app): State<Arc<App>>,
    Named((kind, id)): Named<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id = spelled(&kind, &id)?;
    update(&app, NOTES, |notes: &mut Vec<Note>| {
        let n_before = notes.len();
        notes.retain(|it| it.kind != kind || it.id != id);
        if notes.len() < n_before {
            return Ok(());
        }
        Err(Problem::new(Code::NotFound, "there is no note on it"))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
