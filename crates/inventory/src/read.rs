//! Reads files: what is in them is recognised by content, not by name.
//!
//! | content | what it is |
//! |---|---|
//! | `{"NetworkInterfaces": [...]}` and its kin | output of `aws ec2 describe-...` |
//! | `{"configurationItems": [...]}` | a snapshot or the history of AWS Config |
//! | `{"version": 4, "resources": [...]}` | Terraform state |
//!
//! A file may hold several documents, one after the other or in an array, and may be compressed with
//! gzip. Items are read one at a time, so that memory is needed for what they say and not for the
//! text. An item that cannot be read becomes a [`Note`]; its neighbours are read all the same.
//!
//! Reading order: [`document`] (which part of a file is what), [`item`] (looking into JSON), then the
//! parts of a network: [`interface`], [`group`], [`prefix_list`], [`network`], [`flow_log`],
//! [`function`]; then what wraps them otherwise: [`config`], [`terraform`].

mod config;
mod document;
mod flow_log;
mod function;
mod group;
mod interface;
mod item;
mod network;
mod prefix_list;
mod service;
mod terraform;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;

use serde::de::DeserializeSeed as _;

use crate::seen::{Mark, Note, PlaceMark, Seen, Sighting};
use crate::{Kind, Thing};

/// Bytes that a compressed file may unfold to: a snapshot of a million items is a tenth of that, and
/// a file that was made to fill the memory is stopped.
const UNFOLDED_BYTES_MAX: u64 = 16 << 30;

/// Notes that are kept of one file; a file that is no inventory at all could have millions.
const NOTES_MAX: usize = 1_000;

/// A file, as its reader got it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name, as notes and sources tell it.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
    /// When it was taken, in microseconds since the Unix epoch. What says its own moment goes by that.
    pub moment_us: i64,
    /// What it lists.
    pub extent: Extent,
}

/// What the listings of a file list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything of their scopes, unless they say that there is more (`NextToken`).
    Complete,
    /// A choice: nothing is gone because it is not listed.
    Partial,
}

/// Reads `file`, adds what it says to `seen`.
pub fn read(file: &File<'_>, seen: &mut Seen) {
    let mut reader = Reader::new(file, seen);
    match unfolded(file.bytes) {
        Ok(bytes) => reader.read(&bytes),
        Err(reason) => reader.note("", &reason),
    }
    reader.finish();
}

/// Returns the bytes without their compression.
fn unfolded(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.into());
    }
    let mut unfolded = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes).take(UNFOLDED_BYTES_MAX + 1);
    let read = decoder.read_to_end(&mut unfolded);
    read.map_err(|it| format!("the gzip data is damaged: {it}"))?;
    if unfolded.len() as u64 > UNFOLDED_BYTES_MAX {
        return Err(format!("it unfolds to more than {UNFOLDED_BYTES_MAX} bytes"));
    }
    Ok(unfolded.into())
}

/// Reads one file.
#[derive(Debug)]
struct Reader<'a> {
    file: &'a File<'a>,
    seen: &'a mut Seen,
    /// Scopes that the document at hand lists.
    listed: BTreeSet<(Kind, String)>,
    /// Account and region that the document at hand lists, if it says so.
    place: Option<(String, String)>,
    /// Kinds that the document at hand lists.
    kinds: BTreeSet<Kind>,
    /// Kinds of which the document at hand has something that cannot be read.
    left_out: BTreeSet<Kind>,
    n_notes: usize,
    /// Whether anything was recognised.
    is_known: bool,
}

/// What all items of one part of a file have in common.
#[derive(Clone, Debug)]
struct Context {
    source: Arc<str>,
    moment_us: i64,
}

impl<'a> Reader<'a> {
    fn new(file: &'a File<'a>, seen: &'a mut Seen) -> Self {
        Self {
            file,
            seen,
            listed: BTreeSet::new(),
            place: None,
            kinds: BTreeSet::new(),
            left_out: BTreeSet::new(),
            n_notes: 0,
            is_known: false,
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let mut n_documents = 0;
        while deserializer.end().is_err() {
            let seed = document::Document { reader: self, path: String::new() };
            if let Err(error) = seed.deserialize(&mut deserializer) {
                self.note("", &format!("the JSON cannot be read on: {error}"));
                // What was listed before the damage is not known to be all.
                self.listed.clear();
                self.kinds.clear();
                return;
            }
            n_documents += 1;
        }
        if !self.is_known && self.n_notes == 0 {
            let reason = match n_documents {
                0 => "the file is empty",
                _ => {
                    "nothing in it is known: neither output of `aws ec2 describe-...`, nor AWS \
                      Config, nor Terraform state"
                }
            };
            self.note("", reason);
        }
    }

    fn context(&self, kind: &str) -> Context {
        let source = format!("{kind} {}", self.file.name).into();
        Context { source, moment_us: self.file.moment_us }
    }

    fn note(&mut self, place: &str, reason: &str) {
        self.n_notes += 1;
        if self.n_notes <= NOTES_MAX {
            let file = self.file.name.to_owned();
            let note = Note { file, place: place.to_owned(), reason: reason.to_owned() };
            self.seen.notes.push(note);
        }
    }

    /// Adds what was seen, and remembers that its scope is listed.
    fn add<T: Thing>(&mut self, context: &Context, mut value: T, made_us: Option<i64>) {
        if let Some((account_id, region)) = &self.place {
            value.settle(account_id, region);
        }
        let scope = value.scope().filter(|_| self.is_own(&value));
        if let Some(scope) = scope {
            self.list(T::KIND, scope);
        }
        self.add_alone(context, value, made_us);
    }

    /// Returns whether the document lists all that there is where the thing is. Of what is shared
    /// with an account, it sees a part.
    fn is_own<T: Thing>(&self, value: &T) -> bool {
        let Some((lister_id, _)) = &self.place else { return true };
        value.place().is_none_or(|(account_id, _)| account_id == lister_id)
    }

    /// Adds what was seen, of which nothing follows for others.
    fn add_alone<T: Thing>(&mut self, context: &Context, value: T, made_us: Option<i64>) {
        let source = Arc::clone(&context.source);
        let moment_us = context.moment_us;
        T::sightings(self.seen).push(Sighting { moment_us, made_us, source, value });
    }

    /// Returns the region that the document lists, or nothing.
    fn region(&self) -> String {
        self.place.as_ref().map(|it| it.1.clone()).unwrap_or_default()
    }

    /// Says that the document has something of this kind that cannot be read: what it does not seem to
    /// list may be that.
    fn left_out(&mut self, kind: Kind) {
        self.left_out.insert(kind);
    }

    fn list(&mut self, kind: Kind, scope: String) {
        self.listed.insert((kind, scope));
    }

    /// Says that `name` is listed completely, whatever else the document leaves out.
    fn list_surely(&mut self, context: &Context, kind: Kind, name: &str) {
        let moment_us = context.moment_us;
        self.seen.listed.push(Mark { moment_us, kind, name: name.to_owned() });
    }

    fn gone(&mut self, context: &Context, kind: Kind, key: &str) {
        let moment_us = context.moment_us;
        self.seen.gone.push(Mark { moment_us, kind, name: key.to_owned() });
    }

    /// Ends a document: what it listed is complete unless it says that there is more, or not all of it
    /// could be read.
    fn end_document(&mut self, has_more: bool) {
        let (mut listed, mut kinds) =
            (std::mem::take(&mut self.listed), std::mem::take(&mut self.kinds));
        let left_out = std::mem::take(&mut self.left_out);
        listed.retain(|it| !left_out.contains(&it.0));
        kinds.retain(|it| !left_out.contains(it));
        let place = self.place.take();
        if has_more || self.file.extent == Extent::Partial {
            return;
        }
        let moment_us = self.file.moment_us;
        let marks = listed.into_iter().map(|(kind, name)| Mark { moment_us, kind, name });
        self.seen.listed.extend(marks);
        let Some((account_id, region)) = place else { return };
        let mark = |kind| {
            let (account_id, region) = (account_id.clone(), region.clone());
            PlaceMark { moment_us, kind, account_id, region }
        };
        self.seen.places.extend(kinds.into_iter().map(mark));
    }

    fn finish(self) {
        if self.n_notes > NOTES_MAX {
            let file = self.file.name.to_owned();
            let reason = format!("{} more notes were left out", self.n_notes - NOTES_MAX);
            self.seen.notes.push(Note { file, place: String::new(), reason });
        }
    }
}
