//! JSON around lines: `CloudWatch` Logs subscriptions and Firehose deliveries.
//!
//! Objects may hold many documents: one after the other with or without a line feed between, or in
//! an array. [`Envelope`] finds where each ends, so that a stream of any length is decoded document
//! by document; [`document`] knows what is in one. A line's number is the ordinal of its message.

mod document;
mod split;

use std::sync::Arc;

use crate::layout::Layout;
use crate::run::Run;
use crate::text::Feeder;
use document::{Content, Event, Fields};
use split::{Splitter, Step};

/// Bytes of messages that are decoded at once.
const MESSAGES_BYTES: usize = 32 << 10;

/// How often documents may be packed in documents.
const NESTED_MAX: u8 = 1;

/// Decodes JSON that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    splitter: Splitter,
    /// The beginning of a document whose end has not come yet.
    document: Vec<u8>,
    /// Whether `document` is the beginning of one that is too large, and the rest is being skipped.
    is_skipping: bool,
    /// Messages that wait to be decoded together, one a line.
    messages: Vec<u8>,
    /// The layout of the last event that had no message.
    layout: Option<(Vec<String>, Arc<Layout>)>,
    depth: u8,
}

impl Envelope {
    /// Decodes the next piece.
    pub(crate) fn push(&mut self, piece: &[u8], feeder: &mut Feeder, run: &mut Run<'_>) {
        let mut from = 0;
        for (at, byte) in piece.iter().enumerate() {
            match self.splitter.step(*byte) {
                Step::Inside => {}
                Step::Begin => from = at,
                Step::End => {
                    self.complete(&piece[from..=at], feeder, run);
                    from = at + 1;
                }
                Step::EndAndBegin => {
                    self.complete(&piece[from..at], feeder, run);
                    from = at;
                }
            }
        }
        if self.splitter.is_inside() {
            self.hold(&piece[from..], run);
        }
    }

    /// Decodes what is left when the object has ended.
    pub(crate) fn finish(&mut self, feeder: &mut Feeder, run: &mut Run<'_>) {
        if self.splitter.is_inside() {
            self.complete(&[], feeder, run);
        }
        self.flush(feeder, run);
    }

    fn hold(&mut self, piece: &[u8], run: &Run<'_>) {
        // One byte more than is shown says that there was more.
        let n_raw_max = run.limits.raw_bytes_max + 1;
        if self.document.len() + piece.len() > run.limits.json_bytes_max {
            self.is_skipping = true;
            self.document.truncate(n_raw_max);
        }
        let room = n_raw_max.saturating_sub(self.document.len());
        let n_kept_max = if self.is_skipping { room } else { piece.len() };
        self.document.extend_from_slice(&piece[..piece.len().min(n_kept_max)]);
    }

    fn complete(&mut self, rest: &[u8], feeder: &mut Feeder, run: &mut Run<'_>) {
        if self.document.is_empty() && !self.is_skipping && rest.len() <= run.limits.json_bytes_max
        {
            return self.decode(rest, feeder, run);
        }
        self.hold(rest, run);
        let document = std::mem::take(&mut self.document);
        if std::mem::take(&mut self.is_skipping) {
            let n_bytes_max = run.limits.json_bytes_max;
            self.bad(
                format!("a JSON document of more than {n_bytes_max} bytes"),
                &document,
                feeder,
                run,
            );
        } else {
            self.decode(&document, feeder, run);
        }
    }

    /// Decodes a document. One that is no JSON may be several of which one lost its end: each that
    /// can be told apart is tried alone.
    fn decode(&mut self, text: &[u8], feeder: &mut Feeder, run: &mut Run<'_>) {
        let text = text.trim_ascii();
        let Err(reason) = self.content(text, feeder, run) else { return };
        let pieces = split::pieces(text);
        if pieces.len() < 2 {
            return self.bad(reason, text, feeder, run);
        }
        for piece in pieces {
            if let Err(reason) = self.content(piece, feeder, run) {
                self.bad(reason, piece, feeder, run);
            }
        }
    }

    fn content(
        &mut self,
        text: &[u8],
        feeder: &mut Feeder,
        run: &mut Run<'_>,
    ) -> Result<(), String> {
        match document::content(text)? {
            Content::Message(message) => self.message(&message, feeder, run),
            Content::Control => run.counts.n_control += 1,
            Content::Events(events) => {
                for event in events {
                    self.event(event, feeder, run);
                }
            }
            Content::Packed(packed) => {
                if self.depth == NESTED_MAX {
                    return Err("`awslogs` inside `awslogs`".to_owned());
                }
                let text = document::unpack(packed.as_bytes(), run.limits.json_bytes_max)?;
                self.flush(feeder, run);
                let mut inner = Self { depth: self.depth + 1, ..Self::default() };
                inner.push(&text, feeder, run);
                inner.finish(feeder, run);
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, feeder: &mut Feeder, run: &mut Run<'_>) {
        match event {
            Event::Message(message) => self.message(&message, feeder, run),
            Event::Fields(fields) => match self.line(&fields, run) {
                Ok((line, layout)) => {
                    self.flush(feeder, run);
                    feeder.line(&line, &layout, run);
                }
                Err(reason) => self.bad(reason, &fields.raw(), feeder, run),
            },
            Event::Bad(reason) => self.bad(reason.to_owned(), &[], feeder, run),
        }
    }

    fn message(&mut self, message: &str, feeder: &mut Feeder, run: &mut Run<'_>) {
        let message = message.trim();
        if message.is_empty() {
            return self.bad("the message is empty".to_owned(), &[], feeder, run);
        }
        self.messages.extend_from_slice(message.as_bytes());
        self.messages.push(b'\n');
        if self.messages.len() > MESSAGES_BYTES {
            self.flush(feeder, run);
        }
    }

    /// Returns the line that the fields of an event would be, and its layout.
    fn line(
        &mut self,
        fields: &Fields<'_>,
        run: &Run<'_>,
    ) -> Result<(Vec<u8>, Arc<Layout>), String> {
        let names = fields.names();
        let line = fields.line()?;
        if let Some((known, layout)) = &self.layout
            && known.iter().eq(names.iter())
        {
            return Ok((line, Arc::clone(layout)));
        }
        let layout = Layout::new(&names, run.limits.fields_max).map_err(|it| it.to_string())?;
        if layout.places.is_empty() {
            return Err("the event has no message, and no name of its fields is known".to_owned());
        }
        let layout = Arc::new(layout);
        let names = names.into_iter().map(ToOwned::to_owned).collect();
        self.layout = Some((names, Arc::clone(&layout)));
        Ok((line, layout))
    }

    fn flush(&mut self, feeder: &mut Feeder, run: &mut Run<'_>) {
        feeder.push(&self.messages, run);
        self.messages.clear();
    }

    fn bad(&mut self, reason: String, raw: &[u8], feeder: &mut Feeder, run: &mut Run<'_>) {
        self.flush(feeder, run);
        feeder.bad(reason, raw, run);
    }
}
