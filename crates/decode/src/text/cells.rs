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
    pub(crate) fn at(&self, row: &Row, slot: usize) -> (usize, usize) {
        let at = row.base as usize + slot;
        (self.starts[at] as usize, self.starts[at + 1] as usize - 1)
    }

    /// Returns the field at `slot` of `row`.
    pub(crate) fn field(&self, row: &Row, slot: usize) -> &[u8] {
        let (start, end) = self.at(row, slot);
        &self.text[start..end]
    }
}
