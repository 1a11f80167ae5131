//! What groups can be made of.

use tidegate_model::context::{CONTEXT, ContextKind};
use tidegate_model::field::{FIELDS, Kind};
use tidegate_model::side::SIDES;

/// How the values of a dimension are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DimensionKind {
    /// Text, and addresses.
    Text,
    /// Whole numbers.
    Number,
    /// Yes or no.
    Flag,
    /// Lists of text: each of its elements is a group of its own.
    List,
}

/// A column that groups can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dimension {
    /// The column's name.
    pub name: &'static str,
    /// How its values are.
    pub kind: DimensionKind,
}

/// Columns that are amounts, not things.
const AMOUNTS: [&str; 2] = ["bytes", "packets"];

impl Dimension {
    /// Returns every dimension: those of the connection, those that AWS wrote, those of context.
    pub fn all() -> impl Iterator<Item = Self> {
        let written = FIELDS.iter().filter_map(|it| {
            let kind = match it.kind {
                Kind::Text | Kind::Address | Kind::Tag => DimensionKind::Text,
                Kind::Int32 | Kind::Int64 => DimensionKind::Number,
                Kind::Time => return None,
            };
            Some(Self { name: it.column, kind })
        });
        let context = CONTEXT.iter().filter_map(|it| {
            let kind = match it.kind {
                ContextKind::Text => DimensionKind::Text,
                ContextKind::Number => DimensionKind::Number,
                ContextKind::Flag => DimensionKind::Flag,
                ContextKind::Lists => DimensionKind::List,
                ContextKind::Float => return None,
            };
            Some(Self { name: it.name, kind })
        });
        let sides = SIDES.iter().map(|it| {
            let kind = if it.is_port { DimensionKind::Number } else { DimensionKind::Text };
            Self { name: it.name, kind }
        });
        sides.chain(written).chain(context).filter(|it| !AMOUNTS.contains(&it.name))
    }

    /// Returns the dimension called `name`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|it| it.name == name)
    }

    /// Returns why these dimensions cannot be grouped by together, if they cannot.
    #[must_use]
    pub fn conflict(by: &[Self]) -> Option<String> {
        let twice = by.iter().enumerate().find(|(index, it)| by[..*index].contains(it));
        if let Some((_, dimension)) = twice {
            return Some(format!("`{}` is named twice", dimension.name));
        }
        let mut lists = by.iter().filter(|it| it.kind == DimensionKind::List);
        let (first, second) = (lists.next()?, lists.next()?);
        Some(format!("`{}` and `{}` are both lists: take one of them", first.name, second.name))
    }

    /// Returns the dimension whose name is nearest to a misspelt one.
    #[must_use]
    pub fn nearest(name: &str) -> Option<&'static str> {
        let names: Vec<&'static str> = Self::all().map(|it| it.name).collect();
        let found = crate::nearest::nearest(name, names.iter().copied())?;
        names.into_iter().find(|it| *it == found)
    }

    /// Returns the value of a record, or of each element of it.
    pub(crate) fn of_record(self) -> String {
        match self.kind {
            DimensionKind::List => format!(
                "unnest(CASE WHEN coalesce(array_length({0}), 0) = 0 \
                 THEN make_array(CAST(NULL AS VARCHAR)) ELSE {0} END)",
                self.name
            ),
            _ => self.name.to_owned(),
        }
    }
}
