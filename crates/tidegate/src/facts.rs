//! The inventory of the lake, as it is stored.

use anyhow::Context as _;
use tidegate_inventory::{Kind, table};
use tidegate_model::inventory::{Fact, Interface, Inventory, Tags};
use tidegate_store::Lake;

/// Facts of some kinds.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) inventory: Inventory,
    /// How often one of their tables was written.
    pub(crate) n_writes: u64,
}

/// What [`Network`](tidegate_network::Network) is made from.
const OF_NETWORK: &[Kind] = &[
    Kind::Interface,
    Kind::SecurityGroup,
    Kind::SecurityGroupRule,
    Kind::PrefixList,
    Kind::NatGateway,
];

/// Reads the facts of some kinds; one that the lake does not have is empty.
///
/// # Errors
///
/// If a table cannot be read.
pub(crate) async fn read(lake: &Lake, kinds: &[Kind]) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    for kind in kinds {
        facts.add(lake, *kind, |_| {}).await?;
    }
    Ok(facts)
}

/// Reads what context is made from, without what only people read: a year of a large network is
/// millions of facts. The writes of all tables are counted.
///
/// # Errors
///
/// If a table cannot be read.
pub(crate) async fn for_network(lake: &Lake) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    for kind in Kind::ALL {
        if OF_NETWORK.contains(&kind) {
            facts.add(lake, kind, forget_words).await?;
        } else if let Some(stored) = tidegate_store::table::open(lake, kind.table()).await? {
            facts.n_writes += stored.version + 1;
        }
    }
    Ok(facts)
}

impl Facts {
    /// Adds the facts of a kind; `visit` sees the interfaces that each part of the table brought.
    async fn add(
        &mut self,
        lake: &Lake,
        kind: Kind,
        visit: fn(&mut [Fact<Interface>]),
    ) -> anyhow::Result<()> {
        let Some(stored) = tidegate_store::table::open(lake, kind.table()).await? else {
            return Ok(());
        };
        self.n_writes += stored.version + 1;
        for batch in stored.read().await? {
            let n_before = self.inventory.interfaces.len();
            let attempt = || format!("cannot read the table `{}` of the lake", kind.table());
            table::read_into(kind, &batch, &mut self.inventory).with_context(attempt)?;
            visit(&mut self.inventory.interfaces[n_before..]);
        }
        Ok(())
    }
}

fn forget_words(interfaces: &mut [Fact<Interface>]) {
    for fact in interfaces {
        fact.source = String::new();
        fact.value.description = String::new();
        fact.value.status = String::new();
        fact.value.region = String::new();
        fact.value.tags = Tags::new();
    }
}
