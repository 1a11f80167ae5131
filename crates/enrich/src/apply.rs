//! Gives rows their context.

use std::sync::Arc;

use arrow::array::{BooleanArray, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use tidegate_model::columns::{Column, Columns};

use crate::evidence::Evidence;
use crate::output::{self, States};
use crate::row::{Rows, Traffic};
use crate::view::View;
use crate::{direction, initiator, reject, vantage};
use tidegate_network::{InterfaceAt, Network, Symbol};

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
    for name in MADE {
        columns.remove(name);
    }
    let made = make(columns, context);
    for (name, column) in made {
        columns.put(name, column);
    }
}

fn make(columns: &Columns, context: &Context<'_>) -> Vec<(&'static str, Column)> {
    let view = View::new(columns);
    let mut rows = Rows::new(&view, context);
    let mut facts = Vec::with_capacity(view.n_rows);
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
    let mut made = columns_of_facts(&facts);
    let network = context.network;
    for (name, symbol) in FILLED {
        let known = columns.text(name).unwrap_or_default();
        made.extend(own.filling(known, network, symbol).map(|it| (*name, it)));
    }
    let ends = [
        ("interface_service", own.texts(network, |it| it.service)),
        ("security_group_ids", own.groups(network)),
        ("peer_interface_id", peers.texts(network, |it| network.interface_symbol(it.interface))),
        ("peer_security_group_ids", peers.groups(network)),
    ];
    made.extend(ends.into_iter().filter_map(|(name, column)| Some((name, column?))));
    made
}

/// What the inventory says of an interface.
type Said = fn(&InterfaceAt) -> Symbol;

/// Columns of AWS, and what the inventory has for them.
const FILLED: &[(&str, Said)] = &[
    ("account_id", |it| it.account_id),
    ("vpc_id", |it| it.vpc_id),
    ("subnet_id", |it| it.subnet_id),
    ("instance_id", |it| it.instance_id),
    ("interface_type", |it| it.interface_type),
];

/// What was found of a row, as positions in lists of names: eight bytes, since there is one for each
/// row.
#[derive(Clone, Copy)]
struct Fact {
    direction: u8,
    direction_source: u8,
    initiator: u8,
    initiator_source: u8,
    /// How sure the initiator is, in percent; zero if the row is about no traffic.
    percent: u8,
    vantage: u8,
    cause: u8,
    flags: u8,
}

/// Bits of [`Fact::flags`].
const IS_COUNTED: u8 = 1;
const IS_ASYMMETRIC: u8 = 2;

impl Fact {
    /// A row without traffic has no direction, no initiator and nothing to count.
    const NOTHING: Self = Self {
        direction: output::NONE,
        direction_source: output::NONE,
        initiator: output::NONE,
        initiator_source: output::NONE,
        percent: 0,
        vantage: output::NONE,
        cause: output::NONE,
        flags: 0,
    };

    #[inline]
    fn of(traffic: &Traffic<'_>) -> Self {
        let (vantage, is_counted) = traffic.vantage;
        let counted = if is_counted { IS_COUNTED } else { 0 };
        let asymmetric = if traffic.is_asymmetric { IS_ASYMMETRIC } else { 0 };
        Self {
            direction: traffic.direction.0 as u8,
            direction_source: traffic.direction.1 as u8,
            initiator: traffic.initiator.index(),
            initiator_source: traffic.initiator.source as u8,
            percent: traffic.initiator.percent,
            vantage: vantage as u8,
            cause: traffic.cause.map_or(output::NONE, |it| it as u8),
            flags: counted | asymmetric,
        }
    }
}

fn columns_of_facts(facts: &[Fact]) -> Vec<(&'static str, Column)> {
    let named = [
        ("direction", output::names(facts.iter().map(|it| it.direction), direction::DIRECTIONS)),
        (
            "direction_source",
            output::names(facts.iter().map(|it| it.direction_source), direction::SOURCES),
        ),
        ("initiator", output::names(facts.iter().map(|it| it.initiator), initiator::INITIATORS)),
        (
            "initiator_source",
            output::names(facts.iter().map(|it| it.initiator_source), initiator::SOURCES),
        ),
        ("vantage", output::names(facts.iter().map(|it| it.vantage), vantage::VANTAGES)),
        ("reject_cause", output::names(facts.iter().map(|it| it.cause), reject::CAUSES)),
    ];
    let named = named.into_iter().filter_map(|(name, column)| Some((name, column?)));
    let mut made: Vec<(&'static str, Column)> = named.collect();
    let confidence = facts.iter().map(|it| f64::from(it.percent) / 100.0).collect::<Vec<_>>();
    let has_traffic = facts.iter().map(|it| it.percent > 0).collect::<BooleanBuffer>();
    let nulls = Some(NullBuffer::new(has_traffic)).filter(|it| it.null_count() > 0);
    let confidence = Float64Array::new(confidence.into(), nulls);
    made.push(("initiator_confidence", Column::Plain(Arc::new(confidence))));
    for (name, flag) in [("counted", IS_COUNTED), ("nacl_asymmetric", IS_ASYMMETRIC)] {
        let flags = facts.iter().map(|it| it.flags & flag != 0).collect::<BooleanBuffer>();
        made.push((name, Column::Plain(Arc::new(BooleanArray::new(flags, None)))));
    }
    made
}
