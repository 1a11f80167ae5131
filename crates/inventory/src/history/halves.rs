//! Puts the halves of prefix lists together: name and owner from one file, entries from another.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_model::inventory::PrefixList;

use super::History;
use crate::seen::{Half, Note, PrefixListPart, Seen, Sighting};

/// Turns halves into prefix lists. What one half lacks comes from the other halves of the same
/// files, then from what is known: in both cases, from the nearest moment.
pub(super) fn complete(history: &History, seen: &mut Seen, notes: &mut Vec<Note>) {
    let mut by_id: BTreeMap<String, Vec<PrefixListPart>> = BTreeMap::new();
    for part in std::mem::take(&mut seen.prefix_list_parts) {
        by_id.entry(part.id.clone()).or_default().push(part);
    }
    for (id, parts) in by_id {
        let mut are_entries_known = true;
        for part in &parts {
            let moment_us = part.moment_us;
            let head = nearest(&parts, moment_us, head)
                .or_else(|| known(history, &id, moment_us, |it| Some(head_of(it))));
            let entries = nearest(&parts, moment_us, entries)
                .or_else(|| known(history, &id, moment_us, |it| it.entries.as_ref()));
            are_entries_known &= entries.is_some();
            let (name, owner_id, region) = head.unwrap_or_default();
            let value = PrefixList {
                id: id.clone(),
                name: name.to_owned(),
                owner_id: owner_id.to_owned(),
                region: region.to_owned(),
                entries: entries.cloned(),
            };
            let source = Arc::clone(&part.source);
            seen.prefix_lists.push(Sighting { moment_us, made_us: None, source, value });
        }
        if let (false, Some(part)) = (are_entries_known, parts.first()) {
            notes.push(Note {
                file: part.source.to_string(),
                place: id,
                reason: "its entries are unknown: import what `aws ec2 \
                         get-managed-prefix-list-entries` prints, too"
                    .to_owned(),
            });
        }
    }
}

fn head(part: &PrefixListPart) -> Option<(&str, &str, &str)> {
    match &part.half {
        Half::Head { name, owner_id, region } => Some((name, owner_id, region)),
        Half::Entries(_) => None,
    }
}

fn head_of(list: &PrefixList) -> (&str, &str, &str) {
    (&list.name, &list.owner_id, &list.region)
}

fn entries(part: &PrefixListPart) -> Option<&Vec<tidegate_model::cidr::Cidr>> {
    match &part.half {
        Half::Head { .. } => None,
        Half::Entries(entries) => Some(entries),
    }
}

fn nearest<'a, T>(
    parts: &'a [PrefixListPart],
    moment_us: i64,
    half: impl Fn(&'a PrefixListPart) -> Option<T>,
) -> Option<T> {
    let known = parts.iter().filter_map(|it| Some((it.moment_us.abs_diff(moment_us), half(it)?)));
    known.min_by_key(|it| it.0).map(|it| it.1)
}

/// Returns the half of the list that was known nearest to the moment.
fn known<'a, T>(
    history: &'a History,
    id: &str,
    moment_us: i64,
    half: impl Fn(&'a PrefixList) -> Option<T>,
) -> Option<T> {
    let facts = &history.inventory.prefix_lists;
    let from = facts.partition_point(|it| it.value.id.as_str() < id);
    let of_id = facts[from..].iter().take_while(|it| it.value.id == id);
    let known = of_id.filter_map(|it| {
        let is_then = it.validity.contains(moment_us);
        let distance = if is_then { 0 } else { it.validity.from_us.abs_diff(moment_us).max(1) };
        Some((distance, half(&it.value)?))
    });
    known.min_by_key(|it| it.0).map(|it| it.1)
}
