//! The settings of the engine.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;

use crate::EngineOptions;
use crate::catalog::{CATALOG, SCHEMA};
use crate::yielding::Yielding;

/// Consumers of memory that an error names.
const CONSUMERS_NAMED: NonZeroUsize = NonZeroUsize::new(3).unwrap();

/// Memory for footers of Parquet files, kept from statement to statement.
const METADATA_CACHE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Values of an `IN` list that are looked up one by one in statistics and bloom filters.
const IN_LIST_PRUNED_MAX: usize = 256;

/// Returns the state that every statement starts from.
pub(crate) fn state(options: &EngineOptions) -> datafusion::error::Result<SessionState> {
    let pool = FairSpillPool::new(options.memory_bytes_max);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(TrackConsumersPool::new(pool, CONSUMERS_NAMED)))
        .with_metadata_cache_limit(METADATA_CACHE_BYTES_MAX)
        .build_arc()?;
    Ok(SessionStateBuilder::new()
        .with_config(config(options))
        .with_runtime_env(runtime)
        .with_default_features()
        .with_physical_optimizer_rule(Arc::new(Yielding))
        .build())
}

fn config(options: &EngineOptions) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(options.threads.max(1))
        .with_batch_size(options.batch_rows.max(1))
        .with_information_schema(true)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, SCHEMA);
    let all = config.options_mut();
    all.sql_parser.collect_spans = true;
    // As in Athena and DuckDB, whichever the direction.
    "nulls_last".clone_into(&mut all.sql_parser.default_null_ordering);
    all.execution.time_zone = Some("UTC".to_owned());
    let parquet = &mut all.execution.parquet;
    parquet.pushdown_filters = true;
    parquet.reorder_filters = true;
    parquet.bloom_filter_on_read = true;
    parquet.enable_page_index = true;
    parquet.max_in_list_size = IN_LIST_PRUNED_MAX;
    config
}
