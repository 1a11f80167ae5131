//! Gives rows their context.

use tidegate_model::columns::{Column, Columns};

use crate::evidence::Evidence;
use crate::network::Network;
use crate::output::{self, ListColumn, SymbolColumn};
use crate::row::{Found, Rows};
use crate::view::View;
use crate::{direction, initiator, reject, vantage};

use std::sync::Arc;

use arrow::array::{BooleanArray, Float64Array};

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
    let mut facts = Facts::new(view.n_rows);
    let mut ends = Ends::new(view.n_rows);
    for row in 0..view.n_rows {
        let found = rows.find(row);
        facts.push(&found);
        ends.set(row, &found, context.network);
    }
    let mut made = facts.finish();
    ends.finish(columns, context.network, &mut made);
    made
}

/// What was found of each row, as positions in lists of names.
struct Facts {
    direction: Vec<u8>,
    direction_source: Vec<u8>,
    initiator: Vec<u8>,
    initiator_source: Vec<u8>,
    confidence: Vec<Option<f64>>,
    vantage: Vec<u8>,
    counted: Vec<bool>,
    is_asymmetric: Vec<bool>,
    cause: Vec<u8>,
}

impl Facts {
    fn new(n_rows: usize) -> Self {
        let codes = || Vec::with_capacity(n_rows);
        Self {
            direction: codes(),
            direction_source: codes(),
            initiator: codes(),
            initiator_source: codes(),
            confidence: Vec::with_capacity(n_rows),
            vantage: codes(),
            counted: Vec::with_capacity(n_rows),
            is_asymmetric: Vec::with_capacity(n_rows),
            cause: codes(),
        }
    }

    #[inline]
    fn push(&mut self, found: &Found<'_>) {
        let Some(traffic) = &found.traffic else {
            self.push_nothing();
            return;
        };
        self.direction.push(traffic.direction.0 as u8);
        self.direction_source.push(traffic.direction.1 as u8);
        self.initiator.push(traffic.initiator.index());
        self.initiator_source.push(traffic.initiator.source as u8);
        self.confidence.push(Some(f64::from(traffic.initiator.percent) / 100.0));
        self.vantage.push(traffic.vantage.0 as u8);
        self.counted.push(traffic.vantage.1);
        self.is_asymmetric.push(traffic.is_asymmetric);
        self.cause.push(traffic.cause.map_or(output::NONE, |it| it as u8));
    }

    /// A row without traffic has no direction, no initiator and nothing to count.
    fn push_nothing(&mut self) {
        for codes in [
            &mut self.direction,
            &mut self.direction_source,
            &mut self.initiator,
            &mut self.initiator_source,
            &mut self.vantage,
            &mut self.cause,
        ] {
            codes.push(output::NONE);
        }
        self.confidence.push(None);
        self.counted.push(false);
        self.is_asymmetric.push(false);
    }

    fn finish(self) -> Vec<(&'static str, Column)> {
        let named = [
            ("direction", self.direction, direction::DIRECTIONS),
            ("direction_source", self.direction_source, direction::SOURCES),
            ("initiator", self.initiator, initiator::INITIATORS),
            ("initiator_source", self.initiator_source, initiator::SOURCES),
            ("vantage", self.vantage, vantage::VANTAGES),
            ("reject_cause", self.cause, reject::CAUSES),
        ];
        let named = named.into_iter();
        let named =
            named.filter_map(|(name, codes, names)| Some((name, output::names(&codes, names)?)));
        let mut made: Vec<(&'static str, Column)> = named.collect();
        let confidence = Float64Array::from(self.confidence);
        made.push(("initiator_confidence", Column::Plain(Arc::new(confidence))));
        made.push(("counted", Column::Plain(Arc::new(BooleanArray::from(self.counted)))));
        let is_asymmetric = BooleanArray::from(self.is_asymmetric);
        made.push(("nacl_asymmetric", Column::Plain(Arc::new(is_asymmetric))));
        made
    }
}

/// The columns of both ends in the making.
struct Ends<'a> {
    /// Those that AWS has as well, with what the inventory knows.
    filled: [(&'static str, SymbolColumn); 5],
    service: SymbolColumn,
    groups: ListColumn<'a>,
    peer: SymbolColumn,
    peer_groups: ListColumn<'a>,
}

impl<'a> Ends<'a> {
    fn new(n_rows: usize) -> Self {
        let names = ["account_id", "vpc_id", "subnet_id", "instance_id", "interface_type"];
        Self {
            filled: names.map(|it| (it, SymbolColumn::new(n_rows))),
            service: SymbolColumn::new(n_rows),
            groups: ListColumn::new(n_rows),
            peer: SymbolColumn::new(n_rows),
            peer_groups: ListColumn::new(n_rows),
        }
    }

    #[inline]
    fn set(&mut self, row: usize, found: &Found<'a>, network: &'a Network) {
        if let Some(at) = found.place.at {
            let known = [at.account_id, at.vpc_id, at.subnet_id, at.instance_id, at.interface_type];
            for ((_, column), symbol) in self.filled.iter_mut().zip(known) {
                column.set(row, symbol);
            }
            self.service.set(row, at.service);
            self.groups.set(row, network.group_ids(at));
        }
        let Some(peer) = found.traffic.as_ref().and_then(|it| it.peer) else { return };
        self.peer.set(row, network.interface_symbol(peer));
        if let Some(at) = network.at(peer, found.place.moment_us) {
            self.peer_groups.set(row, network.group_ids(at));
        }
    }

    fn finish(self, columns: &Columns, network: &Network, made: &mut Vec<(&'static str, Column)>) {
        for (name, column) in self.filled {
            let known = columns.text(name).unwrap_or_default();
            made.extend(column.filling(known, network).map(|it| (name, it)));
        }
        let own = [
            ("interface_service", self.service.finish(network)),
            ("security_group_ids", self.groups.finish(network)),
            ("peer_interface_id", self.peer.finish(network)),
            ("peer_security_group_ids", self.peer_groups.finish(network)),
        ];
        made.extend(own.into_iter().filter_map(|(name, column)| Some((name, column?))));
    }
}
