//! Who opened each record's connection, as rows of a CSV file.

use crate::traffic::events::Event;

/// A record without traffic.
pub(crate) const SILENT: u16 = u16::MAX;

/// The first line of the file.
pub(crate) const HEADER: &str = "initiator,label\n";

/// Returns the row of a record of an event (0 for none), seen in the direction of the one who
/// opened or not.
pub(crate) fn row(label: u8, is_forward: bool) -> u16 {
    u16::from(label) * 2 + u16::from(is_forward)
}

/// Returns rows as text.
pub(crate) fn text(rows: impl Iterator<Item = u16>, events: &[Event]) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows {
        if row == SILENT {
            text.extend_from_slice(b"-,-\n");
            continue;
        }
        text.extend_from_slice(if row & 1 == 1 { b"src," } else { b"dst," });
        let event = usize::from(row / 2).checked_sub(1).and_then(|it| events.get(it));
        text.extend_from_slice(event.map_or("-", |it| it.kind.name()).as_bytes());
        text.push(b'\n');
    }
    text
}
