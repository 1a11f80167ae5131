//! Columns from the interface of each row.

use std::hash::Hash;

use hashbrown::HashMap;
use tidegate_model::columns::{Column, Keys, NULL, OfKeys};

use tidegate_network::{InterfaceAt, Network, Symbol};

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

    /// Ends setting.
    pub(crate) fn shared(self) -> Shared<'a> {
        Shared { n_rows: self.n_rows, keys: Keys::new(self.rows), seen: self.seen }
    }
}

/// The interfaces of rows, of which columns are made.
pub(crate) struct Shared<'a> {
    n_rows: usize,
    keys: Keys,
    seen: Vec<&'a InterfaceAt>,
}

impl Shared<'_> {
    /// Returns the key of each row; none if no row has one.
    pub(crate) fn keys(&self) -> &[u32] {
        &self.keys
    }

    /// Returns the states, by key.
    pub(crate) fn states(&self) -> impl Iterator<Item = &InterfaceAt> {
        self.seen.iter().copied()
    }

    /// Returns a column that follows from the states.
    pub(crate) fn column(&self, of_keys: OfKeys) -> Column {
        Column::Keyed { keys: Keys::clone(&self.keys), of_keys }
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
        (!values.is_empty()).then(|| self.column(OfKeys::text(ids, values)))
    }

    /// Returns the column of a text with the rows of `known` where those have one.
    pub(crate) fn filling(
        &self,
        known: (&[u32], &[String]),
        network: &Network,
        symbol: impl Fn(&InterfaceAt) -> Symbol,
    ) -> Option<Column> {
        let (ids, values) = known;
        if values.is_empty() {
            return self.texts(network, symbol);
        }
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
        let pick = |ids: &[u32], at: u32| ids.get(at as usize).copied().unwrap_or(NULL);
        let fillers: Vec<u32> = state_ids.iter().map(|it| pick(&id_of, *it)).collect();
        let filled = ids.iter().zip(self.keys.iter()).map(|(id, key)| match id {
            &NULL => pick(&fillers, *key),
            id => *id,
        });
        // A value that no row has would be one difference more to what is read back.
        match Column::text(filled.collect(), all) {
            Column::Text { ids, values } => Column::used_text(ids, &values),
            column => Some(column),
        }
    }

    /// Returns the column of the security groups, or nothing if no row has one.
    pub(crate) fn groups(&self, network: &Network) -> Option<Column> {
        let (lists, ids) =
            self.distinct(|it| Some(network.group_ids(it)).filter(|it| !it.is_empty()));
        let text = |it: &Symbol| network.text(*it).to_owned();
        let list = |it: &&[Symbol]| -> Vec<String> { it.iter().map(text).collect() };
        let values: Vec<Vec<String>> = lists.iter().map(list).collect();
        (!values.is_empty()).then(|| self.column(OfKeys::Lists { ids, values }))
    }
}

fn next(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NULL)
}
