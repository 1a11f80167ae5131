//! What was read of summaries, kept for the next question. Files never change, so it stays true.

use std::sync::Arc;

use moka::sync::Cache;
use tidegate_store::Place;
use tidegate_store::summary::{Extract, Footer};

use super::super::Window;
use crate::Result;

/// Memory for what was read, about.
const EXTRACT_BYTES_MAX: u64 = 256 << 20;

/// Memory for what is known of files, about.
const FOOTER_BYTES_MAX: u64 = 32 << 20;

/// A summary's file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) n_bytes: u64,
    /// The day that its records are of, if it is known.
    pub(super) day: Option<Window>,
}

impl File {
    /// Returns whether some of its records may stand in a window.
    pub(super) fn may_be_in(&self, window: Window) -> bool {
        self.day.is_none_or(|it| it.from_us < window.until_us && window.from_us < it.until_us)
    }
}

/// Path, grain and dimension.
type Name = (String, &'static str, &'static str);

/// What was read of summaries.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    footers: Cache<String, Arc<Footer>>,
    extracts: Cache<Name, Arc<Extract>>,
}

impl Default for Shelf {
    fn default() -> Self {
        let footers = Cache::builder()
            .max_capacity(FOOTER_BYTES_MAX)
            .weigher(|path: &String, it: &Arc<Footer>| weight(path.len() + it.size()))
            .build();
        let extracts = Cache::builder()
            .max_capacity(EXTRACT_BYTES_MAX)
            .weigher(|name: &Name, it: &Arc<Extract>| weight(name.0.len() + it.size()))
            .build();
        Self { footers, extracts }
    }
}

impl Shelf {
    /// Returns the sums of a dimension by a grain, and how many bytes had to be read for them.
    pub(super) async fn extract(
        &self,
        place: &Place,
        file: &File,
        (grain, dimension): (&'static str, &'static str),
    ) -> Result<(Arc<Extract>, u64)> {
        let name = (file.path.clone(), grain, dimension);
        if let Some(extract) = self.extracts.get(&name) {
            return Ok((extract, 0));
        }
        let footer = self.footer(place, file).await?;
        let extract = Arc::new(footer.extract(place, grain, dimension).await?);
        self.extracts.insert(name, Arc::clone(&extract));
        let n_bytes = extract.n_bytes_read;
        Ok((extract, n_bytes))
    }

    async fn footer(&self, place: &Place, file: &File) -> Result<Arc<Footer>> {
        if let Some(footer) = self.footers.get(&file.path) {
            return Ok(footer);
        }
        let footer = Arc::new(Footer::read(place, &file.path, file.n_bytes).await?);
        self.footers.insert(file.path.clone(), Arc::clone(&footer));
        Ok(footer)
    }
}

fn weight(n_bytes: usize) -> u32 {
    u32::try_from(n_bytes).unwrap_or(u32::MAX)
}
