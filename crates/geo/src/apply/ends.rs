//! The two ends of every row, as ids of distinct addresses.

use std::net::IpAddr;

use tidegate_model::columns::{Columns, NULL};

/// The ends of rows.
pub(super) struct Ends {
    /// Every distinct address of both sides; `None` if the text is none.
    pub(super) addresses: Vec<Option<IpAddr>>,
    /// The position in `addresses` of each row's source, or [`NULL`].
    pub(super) sources: Vec<u32>,
    /// The position in `addresses` of each row's destination, or [`NULL`].
    pub(super) destinations: Vec<u32>,
}

/// A column of text: ids and values.
type Text<'a> = Option<(&'a [u32], &'a [String])>;

pub(super) fn read(columns: &Columns) -> Ends {
    let texts: [Text<'_>; 4] =
        ["srcaddr", "pkt_srcaddr", "dstaddr", "pkt_dstaddr"].map(|it| columns.text(it));
    let values = texts.map(|it| it.map_or(&[][..], |(_, values)| values));
    let (addresses, places) = merge(values);
    let rows = |plain: usize, packet: usize| {
        let plain = texts[plain].map(|(ids, _)| (ids, places[plain].as_slice()));
        let packet = texts[packet].map(|(ids, _)| (ids, places[packet].as_slice()));
        true_ends(plain, packet, columns.n_rows)
    };
    Ends { sources: rows(0, 1), destinations: rows(2, 3), addresses }
}

/// Merges ascending lists of distinct values; returns the distinct addresses, and for each list the
/// positions of its values among them.
fn merge(lists: [&[String]; 4]) -> (Vec<Option<IpAddr>>, [Vec<u32>; 4]) {
    let mut heads = [0_usize; 4];
    let mut places = lists.map(|it| Vec::with_capacity(it.len()));
    let mut addresses = Vec::new();
    loop {
        let remaining = (0..4).filter_map(|it| lists[it].get(heads[it]));
        let Some(least) = remaining.min() else { break };
        let place = u32::try_from(addresses.len()).unwrap_or(NULL);
        for list in 0..4 {
            if lists[list].get(heads[list]) == Some(least) {
                places[list].push(place);
                heads[list] += 1;
            }
        }
        addresses.push(least.parse().ok());
    }
    (addresses, places)
}

/// The ids of a column and where its values stand among the addresses.
type Side<'a> = Option<(&'a [u32], &'a [u32])>;

fn true_ends(plain: Side<'_>, packet: Side<'_>, n_rows: usize) -> Vec<u32> {
    match (plain, packet) {
        (None, None) => vec![NULL; n_rows],
        (Some((ids, places)), None) | (None, Some((ids, places))) => {
            ids.iter().map(|it| place(places, *it)).collect()
        }
        (Some((plain_ids, plain_places)), Some((packet_ids, packet_places))) => {
            let rows = plain_ids.iter().zip(packet_ids);
            rows.map(|(plain, packet)| match packet {
                &NULL => place(plain_places, *plain),
                packet => place(packet_places, *packet),
            })
            .collect()
        }
    }
}

fn place(places: &[u32], id: u32) -> u32 {
    places.get(id as usize).copied().unwrap_or(NULL)
}
