//! What is the lake's own: it is never collected.

use object_store::path::Path;
use tidegate_store::{Lake, Place};
use url::Url;

/// The place of the lake that is collected into.
#[derive(Clone, Debug)]
pub struct Own {
    place: Place,
}

impl Own {
    /// Returns the place of `lake`.
    pub fn of(lake: &Lake) -> tidegate_store::Result<Self> {
        let place = lake.place();
        let folder = (place.url.scheme() == "file").then(|| place.url.to_file_path().ok());
        match folder.flatten() {
            // The lake is there by now: without links its address is as those of other objects.
            Some(folder) => Ok(Self { place: Place::local(&folder)? }),
            None => Ok(Self { place: place.clone() }),
        }
    }

    /// Returns whether what lies at `location` of the store of `place` is the lake, or in it.
    pub(super) fn holds(&self, place: &Place, location: &Path) -> bool {
        root(&self.place.url) == root(&place.url) && location.prefix_matches(&self.place.prefix)
    }
}

/// Returns what tells two stores apart: the kind and the bucket.
fn root(url: &Url) -> (&str, Option<&str>) {
    let scheme = if url.scheme() == "s3a" { "s3" } else { url.scheme() };
    (scheme, url.host_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;

    fn place(url: &str) -> Place {
        Place::new(Arc::new(InMemory::new()), &Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn the_lake_is_its_folder_in_its_bucket_and_all_below() {
        let own = Own { place: place("s3://acme/lake") };
        let check = |bucket: &str, location: &str, expected: bool| {
            let is_own = own.holds(&place(bucket), &Path::from(location));
            assert_eq!(is_own, expected, "{bucket} {location}");
        };
        check("s3://acme", "lake", true);
        check("s3://acme", "lake/flows/x.parquet", true);
        check("s3a://acme/lake", "lake/flows", true);
        check("s3://acme", "lakes/x.gz", false);
        check("s3://acme", "logs/lake/x.gz", false);
        check("s3://other", "lake/flows", false);
        check("file:///lake", "lake/flows", false);
    }
}
