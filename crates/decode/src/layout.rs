//! A format, resolved: for each position of a line, the column that it goes to.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use tidegate_model::field::{self, FIELDS};

/// Which columns a batch has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ColumnSet {
    /// Bit `n` is the field with index `n`.
    pub(crate) fields: u128,
    pub(crate) has_extra: bool,
}

const _: () = assert!(FIELDS.len() <= 128, "the set of columns is one u128");

impl ColumnSet {
    /// Returns the indices of the fields, in the order of the columns.
    pub(crate) fn indices(self) -> impl Iterator<Item = usize> {
        (0..FIELDS.len()).filter(move |it| self.fields & (1 << it) != 0)
    }

    /// Returns the position of the column of this field.
    pub(crate) fn column(self, index: usize) -> usize {
        (self.fields & ((1 << index) - 1)).count_ones() as usize
    }
}

/// Where the field at one position of a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Position in the line, from 0.
    pub(crate) slot: usize,
    /// Index of the field in [`FIELDS`].
    pub(crate) field: usize,
    /// Position of its column in the batch.
    pub(crate) column: usize,
}

/// A format, resolved.
#[derive(Debug)]
pub(crate) struct Layout {
    n_slots: u32,
    /// The names of all fields in order, separated by spaces.
    pub(crate) names: Arc<str>,
    pub(crate) set: ColumnSet,
    /// The known fields, numbers first: most bad lines show there, before any text is kept.
    pub(crate) places: Vec<Place>,
    /// The unknown fields: position in the line and name.
    pub(crate) extra: Vec<(usize, Arc<str>)>,
}

/// Why names are no layout.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LayoutError {
    /// This name stands twice.
    Duplicate(String),
    /// There are more names than allowed.
    TooMany { n_fields: usize, n_fields_max: usize },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate(name) => write!(f, "the header has the field `{name}` twice"),
            Self::TooMany { n_fields, n_fields_max } => {
                write!(f, "the header has {n_fields} fields, more than {n_fields_max}")
            }
        }
    }
}

impl Layout {
    /// Returns the layout of lines that have these fields in this order.
    pub(crate) fn new(names: &[&str], n_fields_max: usize) -> Result<Self, LayoutError> {
        if names.len() > n_fields_max {
            return Err(LayoutError::TooMany { n_fields: names.len(), n_fields_max });
        }
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|it| !seen.insert(it.replace('-', "_"))) {
            return Err(LayoutError::Duplicate((*name).to_owned()));
        }
        let mut set = ColumnSet::default();
        let mut places = Vec::new();
        let mut extra = Vec::new();
        for (slot, name) in names.iter().enumerate() {
            match field::find(name) {
                Some(index) => {
                    set.fields |= 1 << index;
                    places.push(Place { slot, field: index, column: 0 });
                }
                None => extra.push((slot, Arc::from(*name))),
            }
        }
        set.has_extra = !extra.is_empty();
        for place in &mut places {
            place.column = set.column(place.field);
        }
        places.sort_by_key(|it| (FIELDS[it.field].kind.is_text(), it.slot));
        let n_slots = u32::try_from(names.len());
        let n_slots = n_slots.unwrap_or_else(|_| unreachable!("there are few names"));
        Ok(Self { n_slots, names: names.join(" ").into(), set, places, extra })
    }

    /// Returns the number of fields of a line.
    pub(crate) fn n_slots(&self) -> u32 {
        self.n_slots
    }
}

/// The names in order; a `+` marks those that nobody knows.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<(usize, String)> =
            self.places.iter().map(|it| (it.slot, FIELDS[it.field].column.to_owned())).collect();
        names.extend(self.extra.iter().map(|(slot, name)| (*slot, format!("+{name}"))));
        names.sort();
        let names: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
        f.write_str(&names.join(" "))
    }
}
