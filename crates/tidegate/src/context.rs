//! What records are given beside what AWS wrote: the lake's inventory, databases of addresses, and
//! what was seen in earlier runs.

mod atlas;

use std::sync::Arc;

use tidegate_collect::Context;
use tidegate_enrich::{Evidence, Limits, Network};
use tidegate_store::Lake;

use crate::config::Settings;
use crate::facts::{self, Facts};
use crate::output::say::say;

/// A connection that is remembered costs about so many bytes: itself, half an endpoint, and the room
/// that tables leave.
const BYTES_PER_TUPLE: u64 = 80;

/// Opens everything that context is made from.
///
/// # Errors
///
/// If the inventory or a database cannot be read. What was seen before is only remembered: if it
/// cannot be read, a warning says so.
pub(crate) async fn open(lake: &Lake, settings: &Settings) -> anyhow::Result<Arc<Context>> {
    let Facts { inventory, n_writes } = facts::for_network(lake).await?;
    let geo = settings.geo.clone();
    let atlas = tokio::task::spawn_blocking(move || atlas::open(geo.as_ref())).await??;
    let network = Network::new(&inventory);
    let mut stamp = vec![match n_writes {
        0 => "no inventory".to_owned(),
        n => format!("inventory {n}"),
    }];
    stamp.push(if atlas.is_empty() { "no geography".to_owned() } else { atlas.stamp() });
    let evidence = remembered(lake, limits(settings)).await;
    Ok(Arc::new(Context::new(network, atlas, stamp.join(", "), evidence)))
}

/// Opens the context for what is collected, unless the settings say that there be none.
pub(crate) async fn wanted(
    lake: &Lake,
    settings: &Settings,
) -> anyhow::Result<Option<Arc<Context>>> {
    Ok(if settings.collect_context { Some(open(lake, settings).await?) } else { None })
}

async fn remembered(lake: &Lake, limits: Limits) -> Evidence {
    Context::remembered(lake, limits).await.unwrap_or_else(|error| {
        let error = anyhow::Error::from(error);
        say(format!("warning: what was seen in earlier runs is not used: {error:#}"));
        Evidence::new(limits)
    })
}

/// Returns how much may be remembered: a part of the memory that collecting may use.
fn limits(settings: &Settings) -> Limits {
    let n_tuples = settings.collect_memory_max.bytes / 3 / BYTES_PER_TUPLE;
    let n_tuples_max = usize::try_from(n_tuples).unwrap_or(usize::MAX);
    let all = Limits::default();
    Limits {
        n_tuples_max: n_tuples_max.min(all.n_tuples_max),
        n_endpoints_max: (n_tuples_max / 2).min(all.n_endpoints_max),
        ..all
    }
}
