//! The fields of a window of text, by position.

/// A record: where its fields begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Index of its first field in [`Cells::starts`].
    pub(crate) base: u32,
    /// Index of its line in the window.
    pub(crate) line: u32,
}

/// The fields of a window.
///
/// Fields are separated by exactly one byte, so the end of a field is one less than the start of
/// the next: one number a field is enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'a> {
    /// The window, and whatever follows it.
    pub(crate) text: &'a [u8],
    /// For each field, where it begins; at last, where the next window begins.
    pub(crate) starts: &'a [u32],
}

impl Cells<'_> {
    /// Returns where the field at `slot` of `row` begins and ends.
    #[inline]
    pub(crate) fn at(&self, row: Row, slot: usize) -> (usize, usize) {
        match self.starts.get(row.base as usize + slot..) {
            Some([start, next, ..]) => (*start as usize, *next as usize - 1),
            _ => unreachable!("the start of a field has another after it"),
        }
    }

    /// Returns the field at `slot` of `row`.
    #[inline]
    pub(crate) fn field(&self, row: Row, slot: usize) -> &[u8] {
        let (start, end) = self.at(row, slot);
        &self.text[start..end]
    }

    /// Returns the base of the row after one at `base` that ends at `line_end` and probably has
    /// `n_slots` fields.
    #[inline]
    pub(crate) fn next_base(&self, base: u32, line_end: u32, n_slots: u32) -> u32 {
        let guess = base + n_slots;
        // Starts ascend, so the same end means the same number of fields.
        match self.starts.get(guess as usize) {
            Some(start) if *start == line_end => guess,
            _ => self.search_base(base, line_end),
        }
    }

    #[cold]
    fn search_base(&self, base: u32, line_end: u32) -> u32 {
        let mut at = base;
        while self.starts[at as usize] != line_end {
            at += 1;
        }
        at
    }
}
