//! Gives rows their context.

use tidegate_model::columns::{Column, Columns};

use crate::evidence::{Evidence, Noted};
use crate::fact::{Fact, Facts};
use crate::fill;
use crate::output::States;
use crate::row::Rows;
use crate::view::View;
use tidegate_network::Network;

/// What is known besides the rows.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What the inventory knows.
    pub network: &'a Network,
    /// What other rows showed.
    pub evidence: &'a Evidence,
}

/// The columns that [`apply`] makes anew each time.
const MADE: &[&str] = &[
    "direction",
    "direction_source",
    "initiator",
    "initiator_source",
    "initiator_confidence",
    "vantage",
    "counted",
    "nacl_asymmetric",
    "reject_cause",
    "interface_service",
    fill::FILLED_FIELDS,
    "security_group_ids",
    "peer_interface_id",
    "peer_security_group_ids",
];

/// Adds the columns of context to the rows, in place of those that they had.
///
/// `account_id`, `vpc_id`, `subnet_id`, `instance_id` and `interface_type` get a value where AWS
/// wrote none and the inventory has one; `flow_log_id` and the columns of geography stay as they
/// are. Applying twice changes nothing.
pub fn apply(columns: &mut Columns, context: &Context<'_>) {
    apply_noted(columns, context, &Noted::default());
}

/// Does what [`apply`](fn@apply) does, sooner: `noted` is what [`Evidence::observe`] returned for the
/// same rows.
pub fn apply_noted(columns: &mut Columns, context: &Context<'_>, noted: &Noted) {
    fill::take_back(columns);
    for name in MADE {
        columns.remove(name);
    }
    let made = make(columns, context, noted);
    for (name, column) in made {
        columns.put(name, column);
    }
}

fn make(columns: &Columns, context: &Context<'_>, noted: &Noted) -> Vec<(&'static str, Column)> {
    let view = View::new(columns);
    let mut rows = Rows::new(&view, context, noted);
    let mut facts = Facts::new(view.n_rows);
    let mut own = States::new(view.n_rows);
    let mut peers = States::new(view.n_rows);
    for row in 0..view.n_rows {
        let found = rows.find(row);
        if let Some(at) = found.place.at {
            own.set(row, at);
        }
        if let Some(peer) = found.traffic.as_ref().and_then(|it| it.peer) {
            peers.set(row, peer);
        }
        facts.push(found.traffic.as_ref().map_or(Fact::NOTHING, Fact::of));
    }
    let mut made = facts.columns();
    let network = context.network;
    let (own, peers) = (own.shared(), peers.shared());
    made.extend(fill::fill(columns, &own, network));
    let ends = [
        ("interface_service", own.texts(network, |it| it.service)),
        ("security_group_ids", own.groups(network)),
        ("peer_interface_id", peers.texts(network, |it| network.interface_symbol(it.interface))),
        ("peer_security_group_ids", peers.groups(network)),
    ];
    made.extend(ends.into_iter().filter_map(|(name, column)| Some((name, column?))));
    made
}
