//! Columns from what was found for each row.

use hashbrown::HashMap;
use tidegate_model::columns::{Column, NULL};

use crate::network::{Network, Symbol};

/// Stands for no value among the positions in a list of names.
pub(crate) const NONE: u8 = u8::MAX;

/// Returns the column of the names at these positions, or nothing if no row has one.
pub(crate) fn names(codes: &[u8], names: &[&str]) -> Option<Column> {
    let mut is_used = [false; 256];
    for code in codes {
        is_used[usize::from(*code)] = true;
    }
    let used = names.iter().enumerate().filter(|(code, _)| is_used[*code]);
    let mut used: Vec<(&str, usize)> = used.map(|(code, name)| (*name, code)).collect();
    used.sort_unstable();
    let mut id_of = [NULL; 256];
    for (id, (_, code)) in (0..).zip(&used) {
        id_of[*code] = id;
    }
    let ids = codes.iter().map(|it| id_of[usize::from(*it)]).collect();
    let values: Vec<String> = used.iter().map(|it| it.0.to_owned()).collect();
    (!values.is_empty()).then_some(Column::Text { ids, values })
}

/// A text column in the making, of symbols of the network.
pub(crate) struct SymbolColumn {
    n_rows: usize,
    /// Empty until a row has a value.
    ids: Vec<u32>,
    by_symbol: HashMap<Symbol, u32>,
    symbols: Vec<Symbol>,
}

impl SymbolColumn {
    pub(crate) fn new(n_rows: usize) -> Self {
        Self { n_rows, ids: Vec::new(), by_symbol: HashMap::new(), symbols: Vec::new() }
    }

    /// Sets the value of a row; the empty symbol is none.
    #[inline]
    pub(crate) fn set(&mut self, row: usize, symbol: Symbol) {
        if symbol.is_empty() {
            return;
        }
        self.ids.resize(self.n_rows, NULL);
        self.ids[row] = *self.by_symbol.entry(symbol).or_insert_with(|| {
            self.symbols.push(symbol);
            next(self.symbols.len() - 1)
        });
    }

    /// Returns the column, or nothing if no row has a value.
    pub(crate) fn finish(self, network: &Network) -> Option<Column> {
        let values: Vec<String> =
            self.symbols.iter().map(|it| network.text(*it).to_owned()).collect();
        (!values.is_empty()).then(|| Column::text(self.ids, values))
    }

    /// Returns the column with the rows of `ids` and `values` where those have one.
    pub(crate) fn filling(
        self,
        (ids, values): (&[u32], &[String]),
        network: &Network,
    ) -> Option<Column> {
        if self.symbols.is_empty() {
            return None;
        }
        let mut all: Vec<String> = values.to_vec();
        let mut known: HashMap<&str, u32> = HashMap::new();
        for (id, value) in (0..).zip(values) {
            known.insert(value, id);
        }
        let mut id_of = Vec::with_capacity(self.symbols.len());
        for symbol in &self.symbols {
            let text = network.text(*symbol);
            id_of.push(known.get(text).copied().unwrap_or_else(|| {
                all.push(text.to_owned());
                next(all.len() - 1)
            }));
        }
        let filled = self.ids.iter().enumerate().map(|(row, filler)| match ids.get(row) {
            Some(id) if *id != NULL => *id,
            _ if *filler == NULL => NULL,
            _ => id_of[*filler as usize],
        });
        Some(Column::text(filled.collect(), all))
    }
}

/// A column of lists in the making, of symbols of the network.
pub(crate) struct ListColumn<'a> {
    n_rows: usize,
    /// Empty until a row has a value.
    ids: Vec<u32>,
    by_list: HashMap<&'a [Symbol], u32>,
    lists: Vec<&'a [Symbol]>,
}

impl<'a> ListColumn<'a> {
    pub(crate) fn new(n_rows: usize) -> Self {
        Self { n_rows, ids: Vec::new(), by_list: HashMap::new(), lists: Vec::new() }
    }

    /// Sets the value of a row; the empty list is none.
    #[inline]
    pub(crate) fn set(&mut self, row: usize, list: &'a [Symbol]) {
        if list.is_empty() {
            return;
        }
        self.ids.resize(self.n_rows, NULL);
        self.ids[row] = *self.by_list.entry(list).or_insert_with(|| {
            self.lists.push(list);
            next(self.lists.len() - 1)
        });
    }

    /// Returns the column, or nothing if no row has a value.
    pub(crate) fn finish(self, network: &Network) -> Option<Column> {
        let text = |it: &Symbol| network.text(*it).to_owned();
        let list = |it: &&[Symbol]| -> Vec<String> { it.iter().map(text).collect() };
        let values: Vec<Vec<String>> = self.lists.iter().map(list).collect();
        (!values.is_empty()).then_some(Column::Lists { ids: self.ids, values })
    }
}

fn next(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NULL)
}
