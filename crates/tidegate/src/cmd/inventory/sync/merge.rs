//! Merges listings into the lake: the way that files of an import go.

use std::collections::BTreeMap;

use chrono::DateTime;
use tidegate_inventory::read::{Extent, read};
use tidegate_inventory::{Changes, File, Seen};
use tidegate_store::{Error as StoreError, Lake};

use super::summary::{Note, OfPlace, Summary};
use super::{Asked, Plot, Read};
use crate::cmd::inventory::import::{N_TRIES_MAX, is_replaced};
use crate::cmd::inventory::state;

/// Merges what is held, and tells it in the summary. Returns the first failure.
pub(super) async fn merge(
    lake: &Lake,
    held: &mut Vec<Read>,
    since_us: Option<i64>,
    summary: &mut Summary,
) -> anyhow::Result<Option<tidegate_aws::Error>> {
    let held = std::mem::take(held);
    let places = store(lake, &held, since_us).await?;
    let mut first_failure = None;
    for (read, (changes, notes)) in held.into_iter().zip(places) {
        let Plot { account_id, region } = &read.plot;
        for (subject, error) in read.failures {
            summary.notes.push(Note::new(account_id, &region.name, subject, &error));
            first_failure = first_failure.or(Some(error));
        }
        summary.notes.extend(notes.into_iter().map(Note::of_file));
        summary.remarks.extend(changes.notes.into_iter().map(Note::of_file));
        let known_from = changes.known_from_us.and_then(DateTime::from_timestamp_micros);
        summary.known_from = summary.known_from.into_iter().chain(known_from).min();
        let kinds: BTreeMap<_, _> =
            changes.counts.iter().map(|(kind, it)| (kind.table(), *it)).collect();
        let (account_id, region) = (account_id.clone(), region.name.clone());
        summary.places.push(OfPlace { account_id, region, kinds });
    }
    Ok(first_failure)
}

/// What a merge changed, and what could not be read.
type Merged = (Changes, Vec<tidegate_inventory::Note>);

/// Merges each place on its own, and does it again if another import was faster.
async fn store(lake: &Lake, held: &[Read], since_us: Option<i64>) -> anyhow::Result<Vec<Merged>> {
    if held.iter().all(|it| it.listings.is_empty()) {
        return Ok(held.iter().map(|_| Merged::default()).collect());
    }
    for _ in 0..N_TRIES_MAX {
        let mut state = state::load(lake).await?;
        let mut merged = Vec::new();
        for it in held {
            let mut seen = seen(it);
            let notes = std::mem::take(&mut seen.notes);
            merged.push((state.history.merge(seen, since_us), notes));
        }
        match state.save(lake).await {
            Ok(()) => return Ok(merged),
            Err(error) if is_replaced(&error) => {}
            Err(error) => return Err(error),
        }
    }
    let url = lake.place().url.to_string();
    Err(StoreError::Contention { url, n_tries: N_TRIES_MAX }.into())
}

fn seen(Read { plot, listings, .. }: &Read) -> Seen {
    let mut seen = Seen::default();
    for Asked { moment_us, listing } in listings {
        let (account_id, region) = (&plot.account_id, &plot.region.name);
        let name = format!("{account_id}/{region}/{}.json", listing.subject.name);
        let bytes = listing.json.as_bytes();
        let (moment_us, extent) = (*moment_us, Extent::Complete);
        read(&File { name: &name, bytes, moment_us, extent }, &mut seen);
    }
    seen
}
