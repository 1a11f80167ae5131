//! The inventory in the lake: read, and written back where it changed.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use tidegate_inventory::table::{
    MOMENTS, moments_from_batches, moments_schema, moments_to_batch, read_into, schema, to_batch,
};
use tidegate_inventory::{History, Kind};
use tidegate_store::Lake;
use tidegate_store::table::{self, SmallTable};

/// A stored table, as it was read.
struct Stored {
    name: &'static str,
    table: Option<SmallTable>,
    rows: RecordBatch,
}

/// The inventory as it was read, and what was read.
pub(super) struct State {
    pub(super) history: History,
    kinds: Vec<(Kind, Stored)>,
    moments: Stored,
}

/// Reads everything.
pub(super) async fn load(lake: &Lake) -> anyhow::Result<State> {
    let mut history = History::default();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let stored = read(lake, kind.table(), schema(kind)).await?;
        read_into(kind, &stored.rows, &mut history.inventory)?;
        kinds.push((kind, stored));
    }
    let moments = read(lake, MOMENTS, moments_schema()).await?;
    history.moments = moments_from_batches(std::slice::from_ref(&moments.rows))?;
    Ok(State { history, kinds, moments })
}

async fn read(
    lake: &Lake,
    name: &'static str,
    schema: arrow::datatypes::SchemaRef,
) -> anyhow::Result<Stored> {
    let table = table::open(lake, name).await?;
    let rows = match &table {
        Some(table) => table.read().await?,
        None => Vec::new(),
    };
    let schema = rows.first().map_or(schema, RecordBatch::schema);
    Ok(Stored { name, rows: concat_batches(&schema, &rows)?, table })
}

impl State {
    /// Writes what is different from what was read. The moments come last: an import that stops
    /// before them is done again as if it were new.
    ///
    /// # Errors
    ///
    /// [`tidegate_store::Error::Replaced`] if another import was faster: load and merge again.
    pub(super) async fn save(&self, lake: &Lake) -> anyhow::Result<()> {
        for (kind, stored) in &self.kinds {
            stored.write(lake, &to_batch(*kind, &self.history.inventory)?).await?;
        }
        self.moments.write(lake, &moments_to_batch(&self.history.moments)?).await
    }
}

impl Stored {
    async fn write(&self, lake: &Lake, rows: &RecordBatch) -> anyhow::Result<()> {
        if *rows == self.rows {
            return Ok(());
        }
        table::replace(lake, self.name, self.table.as_ref(), rows).await?;
        Ok(())
    }
}
