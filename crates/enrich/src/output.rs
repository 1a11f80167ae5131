//! Columns from what was found for each row.

use std::hash::Hash;

use hashbrown::HashMap;
use tidegate_model::columns::{Column, NULL};

use tidegate_network::{InterfaceAt, Network, Symbol};

/// Stands for no value among the positions in a list of names.
pub(crate) const NONE: u8 = u8::MAX;

/// Returns the column of the names at these positions, or nothing if no row has one.
pub(crate) fn names(codes: impl Iterator<Item = u8> + Clone, names: &[&str]) -> Option<Column> {
    let mut is_used = [false; 256];
    for code in codes.clone() {
        is_used[usize::from(code)] = true;
    }
    let used = names.iter().enumerate().filter(|(code, _)| is_used[*code]);
    let mut used: Vec<(&str, usize)> = used.map(|(code, name)| (*name, code)).collect();
    used.sort_unstable();
    let mut id_of = [NULL; 256];
    for (id, (_, code)) in (0..).zip(&used) {
        id_of[*code] = id;
    }
    let ids = codes.map(|it| id_of[usize::from(it)]).collect();
    let values: Vec<String> = used.iter().map(|it| it.0.to_owned()).collect();
    (!values.is_empty()).then_some(Column::Text { ids, values })
}

/// The interface of each row, as it was then: what columns of interfaces are made from.
pub(crate) struct States<'a> {
    n_rows: usize,
    /// By row, the position in `seen`. Empty until a row has one.
    rows: Vec<u32>,
    by_position: HashMap<u32, u32>,
    seen: Vec<&'a InterfaceAt>,
    /// What was looked up last: rows of one interface often follow each other.
    last: (u32, u32),
}

impl<'a> States<'a> {
    pub(crate) fn new(n_rows: usize) -> Self {
        let (rows, seen) = (Vec::new(), Vec::new());
        Self { n_rows, rows, by_position: HashMap::new(), seen, last: (NULL, NULL) }
    }

    /// Sets the interface of a row.
    #[inline]
    pub(crate) fn set(&mut self, row: usize, at: &'a InterfaceAt) {
        self.rows.resize(self.n_rows, NULL);
        let position = at.position();
        if self.last.0 != position {
            let id = *self.by_position.entry(position).or_insert_with(|| {
                self.seen.push(at);
                next(self.seen.len() - 1)
            });
            self.last = (position, id);
        }
        self.rows[row] = self.last.1;
    }

    /// Returns the ids of the rows, if `ids` are those of the states.
    fn ids(&self, ids: &[u32]) -> Vec<u32> {
        let id = |it: &u32| ids.get(*it as usize).copied().unwrap_or(NULL);
        self.rows.iter().map(id).collect()
    }

    /// Returns the distinct values of the states, and the id of each state's value. What `value` says
    /// is none has no id.
    fn distinct<T: Copy + Eq + Hash>(
        &self,
        value: impl Fn(&InterfaceAt) -> Option<T>,
    ) -> (Vec<T>, Vec<u32>) {
        let mut known: HashMap<T, u32> = HashMap::new();
        let mut values = Vec::new();
        let id = |at: &&InterfaceAt| {
            let Some(value) = value(at) else { return NULL };
            *known.entry(value).or_insert_with(|| {
                values.push(value);
                next(values.len() - 1)
            })
        };
        let ids = self.seen.iter().map(id).collect();
        (values, ids)
    }

    /// Returns the column of a text, or nothing if no row has one.
    pub(crate) fn texts(
        &self,
        network: &Network,
        symbol: impl Fn(&InterfaceAt) -> Symbol,
    ) -> Option<Column> {
        let (symbols, ids) = self.distinct(|it| Some(symbol(it)).filter(|it| !it.is_empty()));
        let values: Vec<String> = symbols.iter().map(|it| network.text(*it).to_owned()).collect();
        (!values.is_empty()).then(|| Column::text(self.ids(&ids), values))
    }

    /// Returns the column of a text with the rows of `known` where those have one.
    pub(crate) fn filling(
        &self,
        known: (&[u32], &[String]),
        network: &Network,
        symbol: impl Fn(&InterfaceAt) -> Symbol,
    ) -> Option<Column> {
        let (ids, values) = known;
        let (symbols, state_ids) = self.distinct(|it| Some(symbol(it)).filter(|it| !it.is_empty()));
        let is_full = ids.len() == self.n_rows && !ids.contains(&NULL);
        if symbols.is_empty() || is_full {
            return None;
        }
        let mut all: Vec<String> = values.to_vec();
        let by_value: HashMap<&str, u32> = values.iter().map(String::as_str).zip(0..).collect();
        let id_of = symbols.iter().map(|it| {
            let text = network.text(*it);
            by_value.get(text).copied().unwrap_or_else(|| {
                all.push(text.to_owned());
                next(all.len() - 1)
            })
        });
        let id_of: Vec<u32> = id_of.collect();
        let state_ids = state_ids.iter().map(|it| id_of.get(*it as usize).copied().unwrap_or(NULL));
        let fillers = self.ids(&state_ids.collect::<Vec<_>>());
        let filled = fillers.iter().enumerate().map(|(row, filler)| match ids.get(row) {
            Some(id) if *id != NULL => *id,
            _ => *filler,
        });
        Some(Column::text(filled.collect(), all))
    }

    /// Returns the column of the security groups, or nothing if no row has one.
    pub(crate) fn groups(&self, network: &Network) -> Option<Column> {
        let (lists, ids) =
            self.distinct(|it| Some(network.group_ids(it)).filter(|it| !it.is_empty()));
        let text = |it: &Symbol| network.text(*it).to_owned();
        let list = |it: &&[Symbol]| -> Vec<String> { it.iter().map(text).collect() };
        let values: Vec<Vec<String>> = lists.iter().map(list).collect();
        (!values.is_empty()).then(|| Column::Lists { ids: self.ids(&ids), values })
    }
}

fn next(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NULL)
}
