//! What the server asks of us beside the lake's records.
//!
//! Reading order: here, [`advice`], [`coverage`], [`things`] (the inventory), [`disk`], [`told`]
//! (errors).

mod advice;
mod coverage;
mod disk;
mod things;
mod told;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::TryStreamExt as _;
use object_store::ObjectStore as _;
use tidegate_advise::Report;
use tidegate_serve::backend::{
    AdviceAsk, Backend, CoverageAnswer, CoverageForm, DeadLetters, Disk, InventoryAnswer,
    InventoryAsk, InventoryState, SourceHealth,
};
use tidegate_serve::{Clocks, Problem};
use tidegate_store::{Error, Lake, dead_letter};

use super::collecting::Collecting;
use crate::config::Settings;
use told::problem;

/// Sizes and ages are looked up again after so long: the status is asked for every few seconds.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// This program, as the server sees it.
#[derive(Debug)]
pub(super) struct Own {
    lake: Lake,
    settings: Settings,
    collecting: Arc<Collecting>,
    clocks: Clocks,
    disk: Kept<Option<Disk>>,
    dead_letters: Kept<DeadLetters>,
    inventory: Kept<InventoryState>,
}

/// A value that may be some seconds old.
#[derive(Debug)]
struct Kept<T>(Mutex<Option<(Instant, T)>>);

impl<T: Copy> Kept<T> {
    fn new() -> Self {
        Self(Mutex::new(None))
    }

    fn get(&self, now: Instant) -> Option<T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.filter(|(since, _)| now.duration_since(*since) < LOOK_EVERY).map(|it| it.1)
    }

    fn set(&self, now: Instant, value: T) -> T {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, value));
        value
    }
}

impl Own {
    pub(super) fn new(
        lake: Lake,
        settings: &Settings,
        collecting: Arc<Collecting>,
        clocks: &Clocks,
    ) -> Self {
        Self {
            lake,
            settings: settings.clone(),
            collecting,
            clocks: clocks.clone(),
            disk: Kept::new(),
            dead_letters: Kept::new(),
            inventory: Kept::new(),
        }
    }

    fn steady(&self) -> Instant {
        (self.clocks.steady)()
    }
}

#[async_trait]
impl Backend for Own {
    fn sources(&self) -> Vec<SourceHealth> {
        self.collecting.health()
    }

    async fn disk(&self) -> Option<Disk> {
        let now = self.steady();
        if let Some(disk) = self.disk.get(now) {
            return disk;
        }
        let folder = self.lake.place().url.to_file_path().ok()?;
        let read = tokio::task::spawn_blocking(move || disk::of(&folder)).await;
        self.disk.set(now, read.ok().flatten())
    }

    async fn dead_letters(&self) -> Result<DeadLetters, Problem> {
        let now = self.steady();
        if let Some(letters) = self.dead_letters.get(now) {
            return Ok(letters);
        }
        let place = self.lake.place();
        let folder = place.path(dead_letter::FOLDER);
        let listed = place.store.list(Some(&folder)).try_fold(
            DeadLetters::default(),
            |sum, it| async move {
                Ok(DeadLetters { n_objects: sum.n_objects + 1, n_bytes: sum.n_bytes + it.size })
            },
        );
        let letters =
            listed.await.map_err(|it| Error::storage("list", &dead_letter::FOLDER, it))?;
        Ok(self.dead_letters.set(now, letters))
    }

    async fn inventory_state(&self) -> Result<InventoryState, Problem> {
        let now = self.steady();
        if let Some(state) = self.inventory.get(now) {
            return Ok(state);
        }
        let state = things::state(&self.lake).await.map_err(|it| problem(&it))?;
        Ok(self.inventory.set(now, state))
    }

    async fn inventory(&self, ask: &InventoryAsk) -> Result<InventoryAnswer, Problem> {
        things::list(&self.lake, ask, (self.clocks.wall)()).await
    }

    async fn coverage(&self) -> Result<CoverageAnswer, Problem> {
        let mut answer = coverage::answer(&self.lake, &self.settings, (self.clocks.wall)()).await?;
        answer.inventory_at = self.inventory_state().await?.synced_at;
        Ok(answer)
    }

    async fn emit_coverage(&self, form: CoverageForm) -> Result<String, Problem> {
        coverage::emit(&self.lake, form, (self.clocks.wall)()).await
    }

    async fn advise(&self, ask: &AdviceAsk) -> Result<Report, Problem> {
        advice::report(&self.lake, &self.settings, ask).await.map_err(|it| problem(&it))
    }
}
