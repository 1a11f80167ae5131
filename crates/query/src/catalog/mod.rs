//! The names that SQL knows.
//!
//! The catalog holds one schema. Its tables `flows`, `vpc_flow_logs`, `objects` and those of the
//! inventory belong to the lake, which is opened when a statement names one of them and not before;
//! next to them stand the tables that the user makes. A catalog is made for each statement around
//! that statement's [`Scope`], so that all its scans read one version of the lake.

pub(crate) mod athena;
mod bloom;
mod flows;
mod implied;
mod inventory;
mod objects;
mod parquet;
mod prune;
mod sides;
mod summaries;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProviderList, SchemaProvider, TableProvider,
};
use datafusion::datasource::TableType;
use datafusion::error::Result;
use tidegate_inventory::Kind;

use flows::Files;

pub(crate) use bloom::Skipped;
pub(crate) use prune::{days, passing};

use crate::Error;
use crate::scope::{LakeHandle, Scope};

/// Name of the catalog.
pub(crate) const CATALOG: &str = "tidegate";

/// Name of the schema.
pub(crate) const SCHEMA: &str = "main";

/// What the engine puts before the name of a table.
pub(crate) const PREFIX: &str = "tidegate.main.";

/// Table of the records.
pub(crate) const FLOWS: &str = "flows";

/// Table of the sums beside the data files.
pub(crate) const FLOW_SUMMARIES: &str = "flow_summaries";

/// Table of the records in data files without sums. Only we ask it, together with [`FLOW_SUMMARIES`]:
/// it has a name, but is not listed.
const FLOWS_UNSUMMARIZED: &str = "flows_unsummarized";

/// View with the names of older Athena tables.
pub(crate) const VPC_FLOW_LOGS: &str = "vpc_flow_logs";

/// Table of what was read into the lake.
pub(crate) const OBJECTS: &str = "objects";

/// The tables that are always there, and what they are.
pub(crate) const BUILT_IN: &[(&str, TableType)] = &[
    (FLOWS, TableType::Base),
    (FLOW_SUMMARIES, TableType::Base),
    (OBJECTS, TableType::Base),
    (VPC_FLOW_LOGS, TableType::View),
    (Kind::Interface.table(), TableType::Base),
    (Kind::SecurityGroup.table(), TableType::Base),
    (Kind::SecurityGroupRule.table(), TableType::Base),
    (Kind::PrefixList.table(), TableType::Base),
    (Kind::Subnet.table(), TableType::Base),
    (Kind::Vpc.table(), TableType::Base),
    (Kind::NatGateway.table(), TableType::Base),
    (Kind::Instance.table(), TableType::Base),
    (Kind::FlowLog.table(), TableType::Base),
    (Kind::Function.table(), TableType::Base),
    (Kind::GroupReference.table(), TableType::Base),
];

/// The tables that are always there as well, but are not listed.
const UNLISTED: &[(&str, TableType)] = &[(FLOWS_UNSUMMARIZED, TableType::Base)];

/// Whether `name` is a table that is always there.
pub(crate) fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().chain(UNLISTED).any(|it| it.0 == name)
}

/// What all statements of a session share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) lake: Arc<LakeHandle>,
    tables: RwLock<BTreeMap<String, Arc<dyn TableProvider>>>,
    others: MemoryCatalogProviderList,
}

impl Shared {
    pub(crate) fn new(lake: LakeHandle) -> Self {
        Self {
            lake: Arc::new(lake),
            tables: RwLock::default(),
            others: MemoryCatalogProviderList::new(),
        }
    }

    /// Returns what the table or view called `name` is, if there is one.
    pub(crate) fn kind(&self, name: &str) -> Option<TableType> {
        let built_in = BUILT_IN.iter().chain(UNLISTED).find(|it| it.0 == name).map(|it| it.1);
        built_in.or_else(|| self.own_table(name).map(|it| it.table_type()))
    }

    /// Returns the names of all tables and views.
    pub(crate) fn table_names(&self) -> Vec<String> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        BUILT_IN.iter().map(|it| it.0.to_owned()).chain(tables.keys().cloned()).collect()
    }

    /// Returns the table that the user made under `name`.
    pub(crate) fn own_table(&self, name: &str) -> Option<Arc<dyn TableProvider>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Adds a table of the user.
    pub(crate) fn add(&self, name: String, table: Arc<dyn TableProvider>) {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).insert(name, table);
    }

    fn remove(&self, name: &str) -> Option<Arc<dyn TableProvider>> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).remove(name)
    }
}

/// All catalogs, as one statement sees them.
#[derive(Debug)]
pub(crate) struct Catalogs {
    shared: Arc<Shared>,
    catalog: Arc<Catalog>,
}

impl Catalogs {
    pub(crate) fn new(shared: Arc<Shared>, scope: Arc<Scope>) -> Self {
        let tables = Arc::new(Tables { shared: Arc::clone(&shared), scope });
        Self { shared, catalog: Arc::new(Catalog { tables }) }
    }
}

impl CatalogProviderList for Catalogs {
    fn register_catalog(
        &self,
        name: String,
        catalog: Arc<dyn CatalogProvider>,
    ) -> Option<Arc<dyn CatalogProvider>> {
        self.shared.others.register_catalog(name, catalog)
    }

    fn catalog_names(&self) -> Vec<String> {
        let others = self.shared.others.catalog_names();
        std::iter::once(CATALOG.to_owned()).chain(others).collect()
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        if name == CATALOG {
            return Some(Arc::clone(&self.catalog) as _);
        }
        self.shared.others.catalog(name)
    }
}

/// Our catalog: one schema.
#[derive(Debug)]
struct Catalog {
    tables: Arc<Tables>,
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        vec![SCHEMA.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        (name == SCHEMA).then(|| Arc::clone(&self.tables) as _)
    }
}

/// Our schema.
#[derive(Debug)]
struct Tables {
    shared: Arc<Shared>,
    scope: Arc<Scope>,
}

impl Tables {
    /// Returns the table `flows`, or some files of it; without a lake it has columns, but no rows can
    /// be read.
    async fn flows(&self, files: Files) -> Result<Arc<dyn TableProvider>, Error> {
        let lake = Arc::clone(&self.shared.lake);
        let schema = match lake.snapshot(&self.scope).await {
            Ok(snapshot) => flows::table_schema(Some(&snapshot.schema)),
            Err(Error::NoLake | Error::Lake(tidegate_store::Error::NoLake { .. })) => {
                flows::table_schema(None)
            }
            Err(error) => return Err(error),
        };
        Ok(Arc::new(flows::Flows::new(lake, schema, files)))
    }
}

#[async_trait]
impl SchemaProvider for Tables {
    fn table_names(&self) -> Vec<String> {
        self.shared.table_names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(match name {
            FLOWS => Some(Arc::new(sides::view(self.flows(Files::All).await?)?)),
            VPC_FLOW_LOGS => Some(Arc::new(athena::view(self.flows(Files::All).await?)?)),
            FLOWS_UNSUMMARIZED => {
                Some(Arc::new(sides::view(self.flows(Files::Unsummarized).await?)?))
            }
            FLOW_SUMMARIES => {
                Some(Arc::new(summaries::Summaries::new(Arc::clone(&self.shared.lake))))
            }
            OBJECTS => Some(Arc::new(objects::Objects::new(Arc::clone(&self.shared.lake))?)),
            _ => match Kind::of_table(name) {
                Some(kind) => Some(Arc::new(inventory::InventoryTable::new(
                    Arc::clone(&self.shared.lake),
                    kind,
                ))),
                None => self.shared.own_table(name),
            },
        })
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(self.shared.kind(name))
    }

    fn register_table(
        &self,
        name: String,
        table: Arc<dyn TableProvider>,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(kind) = self.shared.kind(&name) {
            return Err(Error::Exists { name, kind: kind_name(kind) }.into());
        }
        self.shared.add(name, table);
        Ok(None)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(self.shared.remove(name))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.shared.kind(name).is_some()
    }
}

/// Returns the word for a kind of table.
pub(crate) fn kind_name(kind: TableType) -> &'static str {
    match kind {
        TableType::View => "view",
        TableType::Base | TableType::Temporary => "table",
    }
}
