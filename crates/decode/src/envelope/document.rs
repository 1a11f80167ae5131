//! What is in one JSON document.
//!
//! The forms are those of the `CloudWatch` Logs user guide, "Subscription filters", and of the
//! Firehose developer guide. Everything else in a document is left alone; a strange value spoils
//! its event only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::format::is_name;

/// What a document is.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// A record: `{"message": "..."}`, as Firehose delivers it.
    Message(Cow<'a, str>),
    /// The events of a subscription.
    Events(Vec<Event<'a>>),
    /// A control message of `CloudWatch` Logs, which holds no records.
    Control,
    /// Another document, gzip in base64, as a function gets it.
    Packed(Cow<'a, str>),
}

/// One event of a subscription.
#[derive(Debug)]
pub(super) enum Event<'a> {
    Message(Cow<'a, str>),
    /// No message, but its fields by name.
    Fields(Fields<'a>),
    Bad(&'static str),
}

/// The fields of an event by name, as the subscription's pattern calls them.
#[derive(Debug)]
pub(super) struct Fields<'a>(BTreeMap<String, Loose<'a>>);

/// Returns what is in `text`, or why it is nothing.
pub(super) fn content(text: &[u8]) -> Result<Content<'_>, String> {
    let document: Document<'_> =
        serde_json::from_slice(text).map_err(|it| format!("not a JSON document: {it}"))?;
    if let Some(Loose::Text(data)) = document.awslogs.and_then(|it| it.data) {
        return Ok(Content::Packed(data));
    }
    match (document.message_type, document.log_events, document.message) {
        (Some(Loose::Text(it)), _, _) if it == "CONTROL_MESSAGE" => Ok(Content::Control),
        (Some(Loose::Text(it)), _, _) if it != "DATA_MESSAGE" => {
            Err(format!("the `messageType` `{it}` is neither `DATA_MESSAGE` nor `CONTROL_MESSAGE`"))
        }
        (_, Some(events), _) => Ok(Content::Events(events.into_iter().map(event).collect())),
        (_, None, Some(Loose::Text(message))) => Ok(Content::Message(message)),
        (_, None, Some(_)) => Err("the `message` is no text".to_owned()),
        (_, None, None) => {
            Err("JSON without `message`, `logEvents` or `awslogs` is no flow log".to_owned())
        }
    }
}

fn event(raw: RawEvent<'_>) -> Event<'_> {
    match (raw.message, raw.extracted_fields) {
        (Some(Loose::Text(message)), _) => Event::Message(message),
        (None | Some(Loose::Null), Some(fields)) if !fields.is_empty() => {
            Event::Fields(Fields(fields))
        }
        (None | Some(Loose::Null), _) => Event::Bad("the event has no `message`"),
        (Some(_), _) => Event::Bad("the event's `message` is no text"),
    }
}

/// Unpacks the `data` of a document that a function gets.
pub(super) fn unpack(data: &[u8], n_bytes_max: usize) -> Result<Vec<u8>, String> {
    let packed =
        STANDARD.decode(data).map_err(|it| format!("`awslogs.data` is no base64: {it}"))?;
    let mut text = Vec::new();
    let mut reader = MultiGzDecoder::new(packed.as_slice()).take(n_bytes_max as u64 + 1);
    reader.read_to_end(&mut text).map_err(|it| format!("`awslogs.data` is no gzip: {it}"))?;
    if text.len() > n_bytes_max {
        return Err(format!("`awslogs.data` holds more than {n_bytes_max} bytes"));
    }
    Ok(text)
}

impl Fields<'_> {
    /// Returns the names, in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.named().map(|(name, _)| name).collect()
    }

    /// Returns the values as a line of text, in the order of the names.
    pub(super) fn line(&self) -> Result<Vec<u8>, String> {
        let mut line = Vec::new();
        for (name, value) in self.named() {
            let value = match value {
                Loose::Text(value) => value.as_ref(),
                Loose::Null => "-",
                Loose::Other => return Err(format!("the event's `{name}` is no text")),
            };
            if value.bytes().any(|it| it <= b' ') {
                return Err(format!("the event's `{name}` is several words"));
            }
            line.extend_from_slice(if value.is_empty() { b"-" } else { value.as_bytes() });
            line.push(b' ');
        }
        line.pop();
        line.push(b'\n');
        Ok(line)
    }

    /// Returns all fields as `name=value`, for a person to read.
    pub(super) fn raw(&self) -> Vec<u8> {
        let text = |it: &Loose<'_>| match it {
            Loose::Text(text) => text.clone().into_owned(),
            Loose::Null => "-".to_owned(),
            Loose::Other => "?".to_owned(),
        };
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={}", text(value)));
        pairs.collect::<Vec<_>>().join(" ").into_bytes()
    }

    fn named(&self) -> impl Iterator<Item = (&str, &Loose<'_>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value)).filter(|(it, _)| is_name(it))
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    message: Option<Loose<'a>>,
    #[serde(borrow, default, rename = "messageType")]
    message_type: Option<Loose<'a>>,
    #[serde(borrow, default, rename = "logEvents")]
    log_events: Option<Vec<RawEvent<'a>>>,
    #[serde(borrow, default)]
    awslogs: Option<AwsLogs<'a>>,
}

#[derive(Deserialize)]
struct AwsLogs<'a> {
    #[serde(borrow, default)]
    data: Option<Loose<'a>>,
}

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(borrow, default)]
    message: Option<Loose<'a>>,
    #[serde(borrow, default, rename = "extractedFields")]
    extracted_fields: Option<BTreeMap<String, Loose<'a>>>,
}

/// A value that should be text, but may be anything.
#[derive(Debug)]
enum Loose<'a> {
    Text(Cow<'a, str>),
    Null,
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, it: &'de str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Borrowed(it)))
    }

    fn visit_str<E>(self, it: &str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Owned(it.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }
}
