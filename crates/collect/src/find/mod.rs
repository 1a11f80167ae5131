//! Finds the objects that a person named.

pub mod key;
mod pattern;
mod tree;

use std::path::Path as LocalPath;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tidegate_store::place::local_url;
use tidegate_store::{Opener, Place};
use url::Url;

use crate::{Error, Request, Result};
use key::{Key, Wanted};
use pattern::Pattern;

/// An object at a source.
#[derive(Clone, Debug)]
pub struct Found {
    /// Address.
    pub url: String,
    /// What tells two contents at this address apart: version id, etag, or size and time.
    pub tag: String,
    /// Where it is; standard input is nowhere.
    pub store: Option<Arc<dyn ObjectStore>>,
    /// Path and size in the store.
    pub meta: ObjectMeta,
}

/// Something that a listing came upon.
#[derive(Debug)]
pub enum Met {
    /// An object that is to be read.
    Object(Found),
    /// An object that is left alone.
    LeftOut,
}

/// Returns the objects at all sources of `request`, one source after the other.
pub fn objects<'a>(
    opener: &'a Arc<dyn Opener>,
    request: &'a Request,
) -> BoxStream<'a, Result<Met>> {
    let sources = stream::iter(&request.sources);
    let listed = sources.then(move |source| async move {
        match at(opener, source, wanted(request)).await {
            Ok(objects) => objects,
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    });
    listed.flatten().boxed()
}

fn wanted(request: &Request) -> Wanted {
    let time = |us: Option<i64>| -> Option<NaiveDateTime> {
        us.and_then(DateTime::from_timestamp_micros).map(|it| it.naive_utc())
    };
    Wanted {
        accounts: request.accounts.clone(),
        regions: request.regions.clone(),
        from: time(request.window.0),
        until: time(request.window.1),
    }
}

async fn at<'a>(
    opener: &Arc<dyn Opener>,
    source: &'a str,
    wanted: Wanted,
) -> Result<BoxStream<'a, Result<Met>>> {
    if source == "-" {
        return Ok(stream::once(async { Ok(Met::Object(standard_input())) }).boxed());
    }
    let failed = |it| Error::Source { source_name: source.to_owned(), source: it };
    let (base, pattern) = Pattern::split(source)?;
    let url = address(base).map_err(failed)?;
    let place = opener.open(&url).await.map_err(failed)?;
    if pattern.is_none() && !place.prefix.as_ref().is_empty() {
        match place.store.head(&place.prefix).await {
            Ok(meta) => {
                let found = found(&place, meta);
                return Ok(stream::once(async { Ok(Met::Object(found)) }).boxed());
            }
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => {
                let error = tidegate_store::Error::storage("read", &url, error);
                return Err(failed(error));
            }
        }
    }
    let is_pattern = pattern.is_some();
    let listing = tree::list(place.clone(), wanted.clone(), !is_pattern);
    let chosen = listing.map(move |meta| {
        let meta = meta.map_err(failed)?;
        Ok(choose(&place, meta, &wanted, pattern.as_ref()))
    });
    Ok(or_nothing(chosen.boxed(), source))
}

/// Returns `objects`, or an error if there is none.
fn or_nothing<'a>(
    objects: BoxStream<'a, Result<Met>>,
    source: &'a str,
) -> BoxStream<'a, Result<Met>> {
    let mut objects = objects.peekable();
    stream::once(async move {
        if std::pin::Pin::new(&mut objects).peek().await.is_none() {
            let nothing = Error::Nothing { source_name: source.to_owned() };
            return stream::once(async { Err(nothing) }).boxed();
        }
        objects.boxed()
    })
    .flatten()
    .boxed()
}

fn choose(place: &Place, meta: ObjectMeta, wanted: &Wanted, pattern: Option<&Pattern>) -> Met {
    let name = meta.location.as_ref();
    if let Some(pattern) = pattern {
        if !pattern.is_match(name) {
            return Met::LeftOut;
        }
    } else if is_hidden(name) {
        return Met::LeftOut;
    }
    if meta.size == 0 && name.ends_with('/') || !wanted.may_hold(&Key::parse(name)) {
        return Met::LeftOut;
    }
    Met::Object(found(place, meta))
}

/// Names that begin with a dot or an underscore are somebody's housekeeping, and
/// `aws-logs-write-test` is CloudWatch's.
fn is_hidden(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with(['.', '_']) || file == "aws-logs-write-test"
}

fn found(place: &Place, meta: ObjectMeta) -> Found {
    let mut url = place.url.clone();
    let tag = meta.version.clone().or_else(|| meta.e_tag.clone());
    let tag =
        tag.unwrap_or_else(|| format!("{}-{}", meta.size, meta.last_modified.timestamp_micros()));
    url.set_path(&format!("/{}", meta.location));
    Found { url: url.into(), tag, store: Some(Arc::clone(&place.store)), meta }
}

/// Standard input cannot be known again: each run reads a new object.
fn standard_input() -> Found {
    let meta = ObjectMeta {
        location: object_store::path::Path::default(),
        last_modified: DateTime::UNIX_EPOCH,
        size: 0,
        e_tag: None,
        version: None,
    };
    Found { url: "-".to_owned(), tag: uuid::Uuid::new_v4().to_string(), store: None, meta }
}

/// Returns the address that `source` names: a URL, or a local path.
fn address(source: &str) -> Result<Url, tidegate_store::Error> {
    if !source.contains("://") {
        return local_url(LocalPath::new(source));
    }
    Url::parse(source).map_err(|it| tidegate_store::Error::Place {
        url: source.to_owned(),
        reason: it.to_string(),
    })
}
