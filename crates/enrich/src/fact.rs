//! What was found of a row, and the columns that say it.
//!
//! Millions of rows have some dozens of different answers, so a row has the number of its answer,
//! and the columns follow from it.

use hashbrown::HashMap;
use tidegate_model::columns::{Column, Keys, NULL, OfKeys};

use crate::row::Traffic;
use crate::{direction, initiator, reject, vantage};

/// Stands for no value among the positions in a list of names.
const NONE: u8 = u8::MAX;

/// What was found of a row, as positions in lists of names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fact {
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
    pub(crate) const NOTHING: Self = Self {
        direction: NONE,
        direction_source: NONE,
        initiator: NONE,
        initiator_source: NONE,
        percent: 0,
        vantage: NONE,
        cause: NONE,
        flags: 0,
    };

    #[inline]
    pub(crate) fn of(traffic: &Traffic<'_>) -> Self {
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
            cause: traffic.cause.map_or(NONE, |it| it as u8),
            flags: counted | asymmetric,
        }
    }
}

/// A column of names: what it is called, where its position is, and the names.
type Named = (&'static str, fn(&Fact) -> u8, &'static [&'static str]);

const NAMED: &[Named] = &[
    ("direction", |it| it.direction, direction::DIRECTIONS),
    ("direction_source", |it| it.direction_source, direction::SOURCES),
    ("initiator", |it| it.initiator, initiator::INITIATORS),
    ("initiator_source", |it| it.initiator_source, initiator::SOURCES),
    ("vantage", |it| it.vantage, vantage::VANTAGES),
    ("reject_cause", |it| it.cause, reject::CAUSES),
];

/// A column of flags, and its bit.
const FLAGS: &[(&str, u8)] = &[("counted", IS_COUNTED), ("nacl_asymmetric", IS_ASYMMETRIC)];

/// The facts of all rows.
pub(crate) struct Facts {
    keys: Vec<u32>,
    known: HashMap<Fact, u32>,
    distinct: Vec<Fact>,
    /// What was found last: rows that follow each other are often alike.
    last: (Fact, u32),
}

impl Facts {
    pub(crate) fn new(n_rows: usize) -> Self {
        let keys = Vec::with_capacity(n_rows);
        Self { keys, known: HashMap::new(), distinct: Vec::new(), last: (Fact::NOTHING, NULL) }
    }

    /// Adds the fact of the next row.
    #[inline]
    pub(crate) fn push(&mut self, fact: Fact) {
        if self.last.0 != fact || self.last.1 == NULL {
            let key = *self.known.entry(fact).or_insert_with(|| {
                self.distinct.push(fact);
                u32::try_from(self.distinct.len() - 1).unwrap_or(NULL)
            });
            self.last = (fact, key);
        }
        self.keys.push(self.last.1);
    }

    /// Returns the columns; one without any value is not among them.
    pub(crate) fn columns(self) -> Vec<(&'static str, Column)> {
        let facts = self.distinct;
        let keys = Keys::new(self.keys);
        let mut made = Vec::new();
        let mut add = |name, of_keys| {
            made.push((name, Column::Keyed { keys: Keys::clone(&keys), of_keys }));
        };
        for (name, code, names) in NAMED {
            let codes = facts.iter().map(code);
            if let Some(of_keys) = text(codes, names) {
                add(*name, of_keys);
            }
        }
        let percent = |it: &Fact| (it.percent > 0).then(|| f64::from(it.percent) / 100.0);
        let percents: Vec<Option<f64>> = facts.iter().map(percent).collect();
        if percents.iter().any(Option::is_some) {
            add("initiator_confidence", OfKeys::Float64(percents));
        }
        for (name, flag) in FLAGS {
            let flags = facts.iter().map(|it| Some(it.flags & flag != 0));
            add(*name, OfKeys::Boolean(flags.collect()));
        }
        made
    }
}

/// Returns the names at these positions, or nothing if none has one.
fn text(codes: impl Iterator<Item = u8>, names: &[&str]) -> Option<OfKeys> {
    let id = |code: u8| if code == NONE { NULL } else { u32::from(code) };
    let ids: Vec<u32> = codes.map(id).collect();
    let values = names.iter().map(|it| (*it).to_owned()).collect();
    ids.iter().any(|it| *it != NULL).then(|| OfKeys::text(ids, values))
}
