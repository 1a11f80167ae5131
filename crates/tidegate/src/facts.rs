//! The inventory of the lake, as it is stored.

use anyhow::Context as _;
use tidegate_inventory::{Kind, table};
use tidegate_model::inventory::Inventory;
use tidegate_store::Lake;

/// Facts of some kinds.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) inventory: Inventory,
    /// How often one of their tables was written.
    pub(crate) n_writes: u64,
}

/// Reads the facts of some kinds; one that the lake does not have is empty.
///
/// # Errors
///
/// If a table cannot be read.
pub(crate) async fn read(lake: &Lake, kinds: &[Kind]) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    for kind in kinds {
        let Some(stored) = tidegate_store::table::open(lake, kind.table()).await? else {
            continue;
        };
        facts.n_writes += stored.version + 1;
        for batch in stored.read().await? {
            let attempt = || format!("cannot read the table `{}` of the lake", kind.table());
            table::read_into(*kind, &batch, &mut facts.inventory).with_context(attempt)?;
        }
    }
    Ok(facts)
}
