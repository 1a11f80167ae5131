//! AWS's own columns, filled from the inventory where AWS wrote nothing.
//!
//! Which values are ours is said beside them: a better inventory takes them back before it fills again.

use hashbrown::HashMap;
use tidegate_model::columns::{Column, Columns, NULL, OfKeys};
use tidegate_network::{InterfaceAt, Network, Symbol};

use crate::output::Shared;

/// The column that says which columns of a row were filled.
pub(crate) const FILLED_FIELDS: &str = "filled_fields";

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

/// Columns as bits, by their position in [`FILLED`].
type Bits = u8;

/// Takes back what was filled before.
pub(crate) fn take_back(columns: &mut Columns) {
    let Some((ids, lists)) = filled_fields(columns) else { return };
    for (name, _) in FILLED {
        let is_filled: Vec<bool> = lists.iter().map(|it| it.iter().any(|it| it == name)).collect();
        if !is_filled.contains(&true) {
            continue;
        }
        let Some(column) = columns.get(name).cloned() else { continue };
        // Only what follows from the inventory alone is a column of keys.
        let Column::Text { ids: mut values_of_rows, values } = column else {
            columns.remove(name);
            continue;
        };
        for (value, list) in values_of_rows.iter_mut().zip(&ids) {
            if is_filled.get(*list as usize).is_some_and(|it| *it) {
                *value = NULL;
            }
        }
        match Column::used_text(values_of_rows, &values) {
            Some(column) => columns.put(name, column),
            None => columns.remove(name),
        }
    }
}

/// Returns the lists of filled columns, by row.
fn filled_fields(columns: &Columns) -> Option<(Vec<u32>, Vec<Vec<String>>)> {
    let column = match columns.get(FILLED_FIELDS)? {
        Column::Keyed { keys, of_keys } => of_keys.settled(keys),
        column => column.clone(),
    };
    match column {
        Column::Lists { ids, values } => Some((ids, values)),
        _ => None,
    }
}

/// Returns AWS's columns with the values of the inventory, and the column that says which they are.
pub(crate) fn fill(
    columns: &Columns,
    own: &Shared<'_>,
    network: &Network,
) -> Vec<(&'static str, Column)> {
    let mut made = Vec::new();
    let said = own.states().map(|it| bits(FILLED.iter().map(|(_, said)| !said(it).is_empty())));
    let said: Vec<Bits> = said.collect();
    let known = FILLED.iter().map(|it| columns.text(it.0).unwrap_or_default().0);
    let known: Vec<&[u32]> = known.collect();
    for (name, said) in FILLED {
        let known = columns.text(name).unwrap_or_default();
        made.extend(own.filling(known, network, said).map(|it| (*name, it)));
    }
    let is_mixed = known.iter().any(|it| it.contains(&NULL));
    let mut lists = BitLists::default();
    if is_mixed {
        let rows = own.keys().iter().enumerate().map(|(row, key)| {
            let lacks = bits(known.iter().map(|it| it.get(row).is_none_or(|it| *it == NULL)));
            lists.id(said.get(*key as usize).copied().unwrap_or(0) & lacks)
        });
        let ids: Vec<u32> = rows.collect();
        let column = Column::Lists { ids, values: lists.values };
        made.extend(Some((FILLED_FIELDS, column)).filter(|_| !lists.ids.is_empty()));
    } else {
        let lacks = bits(known.iter().map(|it| it.is_empty()));
        let ids: Vec<u32> = said.iter().map(|it| lists.id(it & lacks)).collect();
        let column = own.column(OfKeys::Lists { ids, values: lists.values });
        made.extend(Some((FILLED_FIELDS, column)).filter(|_| !lists.ids.is_empty()));
    }
    made
}

fn bits(flags: impl Iterator<Item = bool>) -> Bits {
    flags.enumerate().fold(0, |bits, (at, flag)| bits | Bits::from(flag) << at)
}

/// Distinct lists of columns.
#[derive(Default)]
struct BitLists {
    ids: HashMap<Bits, u32>,
    values: Vec<Vec<String>>,
}

impl BitLists {
    /// Returns the id of a list; an empty one is none.
    fn id(&mut self, bits: Bits) -> u32 {
        if bits == 0 {
            return NULL;
        }
        *self.ids.entry(bits).or_insert_with(|| {
            let names = FILLED.iter().enumerate().filter(|it| bits >> it.0 & 1 == 1);
            self.values.push(names.map(|it| it.1.0.to_owned()).collect());
            u32::try_from(self.values.len() - 1).unwrap_or(NULL)
        })
    }
}
