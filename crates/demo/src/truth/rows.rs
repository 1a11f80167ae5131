//! What is true of each record, as rows of a CSV file.
//!
//! `direction` is relative to the interface, by `srcaddr` and `dstaddr`: a NAT gateway's records
//! always show its own address on one side, so none of them is `transit`. `security_group_ids`
//! and `peer_security_group_ids` are those at `start`, so that a change later in the record makes
//! nothing ambiguous. `counted` records add up to the bytes that really crossed: of each direction
//! of a connection the sender's view counts, or the receiver's if the sender is not one of ours.

use crate::World;
use crate::traffic::connection::Connection;
use crate::traffic::lane::{Lane, Leg, NO_HOP};

/// The first line of the file.
pub(crate) const HEADER: &str =
    "initiator,label,direction,security_group_ids,peer_security_group_ids,counted\n";

/// What is known of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    interface: u16,
    start: u64,
    /// What the record shows; nothing in one without traffic.
    view: Option<View>,
}

/// A view of one direction of a connection.
#[derive(Clone, Copy, Debug)]
struct View {
    label: u8,
    is_forward: bool,
    is_egress: bool,
    is_counted: bool,
    /// Index of the interface at the other end, or [`NO_HOP`].
    peer: u16,
}

impl Row {
    /// Returns the row of a record of a leg, which begins at `start`.
    pub(crate) fn new(connection: &Connection, lane: &Lane, leg: &Leg, start: u64) -> Self {
        let view = View {
            label: connection.label,
            is_forward: leg.is_forward,
            is_egress: leg.is_egress,
            is_counted: connection.outcome.arrives(leg.is_forward) && lane.counts(leg),
            peer: lane.peer(leg),
        };
        Self { interface: leg.interface, start, view: Some(view) }
    }

    /// Returns the row of a record without traffic, which begins at `start`.
    pub(crate) fn silent(interface: u16, start: u64) -> Self {
        Self { interface, start, view: None }
    }
}

/// Returns rows as text.
pub(crate) fn text<'a>(rows: impl Iterator<Item = &'a Row>, world: &World) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows {
        for cell in cells(row, world) {
            text.extend_from_slice(cell.as_bytes());
            text.push(b',');
        }
        text.pop();
        text.push(b'\n');
    }
    text
}

fn cells<'a>(row: &Row, world: &'a World) -> [&'a str; 6] {
    let ids = |interface: u16| world.history.ids_at(interface.into(), row.start);
    let own = ids(row.interface);
    let Some(view) = row.view else { return ["-", "-", "-", own, "", "false"] };
    let event = usize::from(view.label).checked_sub(1).and_then(|it| world.events.get(it));
    [
        if view.is_forward { "src" } else { "dst" },
        event.map_or("-", |it| it.kind.name()),
        if view.is_egress { "egress" } else { "ingress" },
        own,
        if view.peer == NO_HOP { "" } else { ids(view.peer) },
        if view.is_counted { "true" } else { "false" },
    ]
}
