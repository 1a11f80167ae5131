//! What lies at a location.

use std::path::{Path, PathBuf};

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{ObjectMeta, ObjectStoreExt as _};
use tidegate_store::{Opener, Place, place};
use url::Url;

use crate::raw::glob;
use crate::{Error, Result};

/// Objects that one scan reads.
const OBJECTS_MAX: usize = 2_000_000;

/// Where raw logs lie: a file, a folder, or those whose paths fit a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    text: String,
    /// The file, or the folder that holds all that may fit.
    url: Url,
    /// Patterns of whole paths; none if everything below `url` is meant.
    patterns: Vec<String>,
}

impl Location {
    /// Reads `s3://bucket/prefix`, `file:///folder`, a local path, or a glob of any of them.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refused =
            |reason: &str| Error::sql(format!("cannot read the location `{text}`: {reason}"), None);
        if text.trim().is_empty() {
            return Err(refused("it is empty"));
        }
        let (base, pattern) = match text.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let (folder, pattern) = split_pattern(path, glob::is_pattern(path));
                let url = format!("{scheme}://{host}/{}", folder.trim_start_matches('/'));
                let url = Url::parse(&url).map_err(|it| refused(&it.to_string()))?;
                (url, pattern.map(|it| it.trim_start_matches('/').to_owned()))
            }
            None => local(text)?,
        };
        let patterns = match pattern {
            None => Vec::new(),
            Some(pattern) => glob::alternatives(&pattern)
                .ok_or_else(|| refused("its braces stand for too many names"))?,
        };
        Ok(Self { text: text.to_owned(), url: base, patterns })
    }

    /// Returns whether the object is meant; `base` is the path of the folder that was listed.
    fn is_meant(&self, path: &str, base: &str) -> bool {
        let below = path.strip_prefix(base).unwrap_or(path).trim_start_matches('/');
        let is_hidden = below.split('/').any(|it| it.starts_with(['.', '_']));
        !is_hidden
            && (self.patterns.is_empty() || self.patterns.iter().any(|it| glob::matches(it, path)))
    }
}

/// Returns the address of a local path, and its pattern if it is one and no such file exists.
fn local(text: &str) -> Result<(Url, Option<String>)> {
    let path = Path::new(text);
    let is_pattern = glob::is_pattern(text) && !path.exists();
    if !is_pattern {
        return Ok((place::local_url(path)?, None));
    }
    let failed =
        |it: std::io::Error| Error::sql(format!("cannot read the location `{text}`: {it}"), None);
    let absolute: PathBuf = std::path::absolute(path).map_err(failed)?;
    let absolute = absolute.to_string_lossy().replace('\\', "/");
    let (folder, pattern) = split_pattern(&absolute, true);
    let folder = if folder.is_empty() { "/" } else { folder };
    Ok((
        place::local_url(Path::new(folder))?,
        pattern.map(|it| it.trim_start_matches('/').to_owned()),
    ))
}

/// Returns the folder before the first part that is a pattern, and the whole pattern.
fn split_pattern(path: &str, is_pattern: bool) -> (&str, Option<&str>) {
    if !is_pattern {
        return (path, None);
    }
    let mut length = 0;
    for part in path.split('/') {
        if glob::is_pattern(part) {
            break;
        }
        length += part.len() + 1;
    }
    (path[..length.saturating_sub(1)].trim_end_matches('/'), Some(path))
}

/// Lists the objects at the location that are not empty, in the order of their paths.
pub(crate) async fn list(
    opener: &dyn Opener,
    location: &Location,
) -> Result<(Place, Vec<ObjectMeta>)> {
    let place = opener.open(&location.url).await?;
    let base = place.prefix.as_ref().to_owned();
    if location.patterns.is_empty() && !location.text.ends_with('/') {
        match place.store.head(&place.prefix).await {
            Ok(meta) => return Ok((place, vec![meta])),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(_) if place.url.scheme() == "file" => {}
            Err(source) => return Err(Error::storage("read", &location.text, source)),
        }
    }
    let mut listed = place.store.list(Some(&place.prefix)).boxed();
    let mut objects = Vec::new();
    let failed = |it| Error::storage("list", &location.text, it);
    while let Some(object) = listed.try_next().await.map_err(failed)? {
        if object.size > 0 && location.is_meant(object.location.as_ref(), &base) {
            objects.push(object);
        }
        if objects.len() > OBJECTS_MAX {
            let location = location.text.clone();
            return Err(Error::TooManyObjects { location, limit: OBJECTS_MAX });
        }
    }
    drop(listed);
    if objects.is_empty() {
        return Err(Error::NothingThere { location: location.text.clone() });
    }
    objects.sort_by(|a, b| a.location.cmp(&b.location));
    Ok((place, objects))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, url: &str, patterns: &[&str]) {
        let location = Location::parse(text).unwrap();
        assert_eq!(
            (location.url.as_str(), location.patterns),
            (url, patterns.iter().map(|it| (*it).to_owned()).collect())
        );
    }

    #[test]
    fn a_location_is_a_folder_and_perhaps_a_pattern() {
        check("s3://b/p/AWSLogs/", "s3://b/p/AWSLogs/", &[]);
        check("s3://b", "s3://b/", &[]);
        check("s3://b/p/*/x-?.gz", "s3://b/p", &["p/*/x-?.gz"]);
        check("s3://b/*.gz", "s3://b/", &["*.gz"]);
        check("/no/such/folder", "file:///no/such/folder", &[]);
        check("/no/such/*/x", "file:///no/such", &["no/such/*/x"]);
        check("/no/{a,b}", "file:///no", &["no/b", "no/a"]);
        check("file:///no/such/**", "file:///no/such", &["no/such/**"]);
    }

    #[test]
    fn what_is_no_location_is_refused() {
        assert!(Location::parse(" ").is_err());
        assert!(Location::parse("s3://b/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}").is_err());
    }

    #[test]
    fn hidden_names_are_passed_over_below_the_folder_only() {
        let location = Location::parse("/a/.lake/logs").unwrap();
        assert!(location.is_meant("a/.lake/logs/x.gz", "a/.lake/logs"));
        assert!(!location.is_meant("a/.lake/logs/.x.gz", "a/.lake/logs"));
        assert!(!location.is_meant("a/.lake/logs/_tmp/x.gz", "a/.lake/logs"));
    }
}
