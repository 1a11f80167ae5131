//! Finds the objects that a person named.

mod choose;
pub mod key;
pub mod own;
mod pattern;
mod tree;

use std::path::Path as LocalPath;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tidegate_store::lake::Clock;
use tidegate_store::place::local_url;
use tidegate_store::{Opener, Place};
use url::Url;

use crate::{Error, Request, Result};
use choose::Rules;
use key::Wanted;
use own::Own;
use pattern::Pattern;
use tree::Listed;

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
    /// A folder that was not entered: by its name, nothing below it is wanted.
    FolderLeftOut,
    /// A file that may still be written to: it is for the next look.
    Young,
}

/// What is looked for, and where.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Opens the sources.
    pub opener: &'a Arc<dyn Opener>,
    /// Names the sources, and what is wanted of them.
    pub request: &'a Request,
    /// The lake, which is not collected.
    pub own: &'a Own,
    /// Tells how old a file is.
    pub clock: Clock,
}

/// Returns the objects at all sources, one source after the other.
#[must_use]
pub fn objects(search: Search<'_>) -> BoxStream<'_, Result<Met>> {
    let sources = stream::iter(&search.request.sources);
    let listed = sources.then(move |source| async move {
        match at(search, source).await {
            Ok(objects) => objects,
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    });
    listed.flatten().boxed()
}

async fn at<'a>(search: Search<'a>, source: &'a str) -> Result<BoxStream<'a, Result<Met>>> {
    if source == "-" {
        return Ok(stream::once(async { Ok(Met::Object(standard_input())) }).boxed());
    }
    let failed = |it| Error::Source { source_name: source.to_owned(), source: Box::new(it) };
    let (base, pattern) = Pattern::split(source)?;
    let url = address(base).map_err(failed)?;
    let place = search.opener.open(&url).await.map_err(failed)?;
    if search.own.holds(&place, &place.prefix) {
        return Err(Error::InLake { source_name: source.to_owned() });
    }
    let rules = rules(search, pattern);
    if rules.pattern.is_none() && !place.prefix.as_ref().is_empty() {
        match place.store.head(&place.prefix).await {
            Ok(meta) => {
                let met = rules.settled(&place, meta);
                return Ok(stream::once(async { Ok(met) }).boxed());
            }
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => {
                let error = tidegate_store::Error::storage("read", &url, error);
                return Err(failed(error));
            }
        }
    }
    let listing = tree::list(place.clone(), rules.wanted.clone(), rules.pattern.is_none());
    let chosen = listing.map(move |listed| match listed.map_err(failed)? {
        Listed::Object(meta) => Ok(rules.choose(&place, meta)),
        Listed::Folder => Ok(Met::FolderLeftOut),
    });
    Ok(or_nothing(chosen.boxed(), source))
}

fn rules(search: Search<'_>, pattern: Option<Pattern>) -> Rules {
    let request = search.request;
    let time = |us: Option<i64>| -> Option<NaiveDateTime> {
        us.and_then(DateTime::from_timestamp_micros).map(|it| it.naive_utc())
    };
    let wanted = Wanted {
        accounts: request.accounts.clone(),
        regions: request.regions.clone(),
        from: time(request.window.0),
        until: time(request.window.1),
    };
    // Without a next look nothing may be passed over.
    let settling = request.follow.map(|_| search.clock);
    Rules { wanted, own: search.own.clone(), pattern, settling }
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
