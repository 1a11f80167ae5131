//! A lake: the place, the table in it, and a clock.

use crate::delta::{self, Table};
use crate::ledger::{self, Ledger, Root, SourceObject};
use crate::snapshot::Newest;
use crate::{Error, Place, Result, Snapshot};

/// Folder of the table within the lake.
pub const FLOWS: &str = "flows";

/// Returns the time, in milliseconds since the Unix epoch. Handed in, so that tests own it.
pub type Clock = fn() -> i64;

/// A lake that exists.
#[derive(Clone, Debug)]
pub struct Lake {
    place: Place,
    table: Table,
    clock: Clock,
}

impl Lake {
    /// Opens the lake at `place`.
    ///
    /// # Errors
    ///
    /// [`Error::NoLake`] if there is none.
    pub async fn open(place: Place, clock: Clock) -> Result<Self> {
        let lake = Self::at(place, clock)?;
        if lake.table.exists().await? {
            return Ok(lake);
        }
        Err(Error::NoLake { url: lake.place.url.to_string() })
    }

    /// Opens the lake at `place`, or makes one.
    pub async fn open_or_create(place: Place, clock: Clock) -> Result<Self> {
        let lake = Self::at(place, clock)?;
        if !lake.table.exists().await? {
            lake.table.create(clock()).await?;
        }
        Ok(lake)
    }

    fn at(place: Place, clock: Clock) -> Result<Self> {
        // The log's reader decodes addresses once more than the object store does.
        if place.prefix.as_ref().contains('%') {
            let reason = "the path of a lake must not have a `%` in it".to_owned();
            return Err(Error::Place { url: place.url.to_string(), reason });
        }
        let table = Table::new(place.join(FLOWS));
        Ok(Self { place, table, clock })
    }

    /// Returns where the lake is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns where the table `flows` is: paths of files are relative to it.
    #[must_use]
    pub fn flows(&self) -> &Place {
        self.table.place()
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Returns the time.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// Reads the newest version of the table.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::read(&self.table).await
    }

    /// Returns the newest version of the table; the log is read only if it went on since `known`.
    pub async fn newest(&self, known: Option<&Newest>) -> Result<Newest> {
        Newest::read(&self.table, known).await
    }

    /// Reads the identities of everything that was read into the lake.
    pub async fn ledger(&self) -> Result<Ledger> {
        let snapshot = self.table.newest().await?;
        let root = self.table.ledger_root(&snapshot).await?;
        let mut ledger = Ledger::default();
        ledger.catch_up(self.flows(), &root).await?;
        Ok(ledger)
    }

    /// Reads every row of the ledger: all objects that were ever read.
    pub async fn objects(&self) -> Result<Vec<SourceObject>> {
        let snapshot = self.table.newest().await?;
        self.objects_of(&self.table.ledger_root(&snapshot).await?).await
    }

    /// Reads every row of the ledger as it was in `snapshot`.
    pub async fn objects_in(&self, snapshot: &Snapshot) -> Result<Vec<SourceObject>> {
        self.objects_of(&snapshot.ledger).await
    }

    async fn objects_of(&self, root: &Root) -> Result<Vec<SourceObject>> {
        let mut objects = Vec::new();
        for segment in &root.segments {
            objects.extend(ledger::read_segment(self.flows(), &segment.path).await?);
        }
        Ok(objects)
    }

    pub(crate) fn table(&self) -> &delta::Table {
        &self.table
    }
}
