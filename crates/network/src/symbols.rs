//! Texts as numbers: a network of a hundred thousand interfaces has a few thousand distinct VPCs,
//! subnets and groups.

use hashbrown::HashMap;

/// A text of the inventory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// The empty text.
    pub const EMPTY: Self = Self(0);

    /// Returns whether the text is empty.
    #[must_use]
    #[inline]
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// Returns a number below the number of symbols.
    #[must_use]
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All texts.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    texts: Vec<Box<str>>,
    by_text: HashMap<Box<str>, Symbol>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self { texts: Vec::new(), by_text: HashMap::new() };
        symbols.add("");
        symbols
    }
}

impl Symbols {
    pub(crate) fn add(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.by_text.get(text) {
            return *symbol;
        }
        let Ok(index) = u32::try_from(self.texts.len()) else {
            unreachable!("memory ends before four billion texts")
        };
        self.texts.push(text.into());
        self.by_text.insert(text.into(), Symbol(index));
        Symbol(index)
    }

    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        self.by_text.get(text).copied()
    }

    #[inline]
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.index()).map_or("", AsRef::as_ref)
    }
}
