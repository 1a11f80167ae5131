//! Columns of text, as dictionaries.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::datatypes::Int32Type;
use percent_encoding::percent_decode;
use tidegate_model::field::{Field, Kind};

use super::intern::{Interner, NULL_KEY, short_key};
use super::number::row_index;
use super::{BadRow, address, shown, truncate_nulls, validity};
use crate::text::cells::{Cells, Row};

/// The index that stands for NULL while rows are gathered.
const NULL: i32 = -1;

/// The index that stands for a token that does not fit, until the row is taken out.
const BAD: i32 = -2;

/// A column of text that is being gathered.
#[derive(Debug)]
pub(crate) struct TextColumn {
    kind: Kind,
    interner: Interner,
    keys: Vec<i32>,
    nulls: Vec<u32>,
    /// Rows of the batch before: the next will have about as many.
    n_expected: usize,
}

impl TextColumn {
    pub(crate) fn new(kind: Kind) -> Self {
        let interner = Interner::default();
        Self { kind, interner, keys: Vec::new(), nulls: Vec::new(), n_expected: 0 }
    }

    /// Appends the text at `slot` of every row.
    pub(crate) fn append(
        &mut self,
        (cells, rows): (&Cells<'_>, &[Row]),
        slot: usize,
        field: &Field,
        bad: &mut Vec<BadRow>,
    ) {
        let n_before = self.keys.len();
        if n_before == 0 {
            self.keys.reserve(self.n_expected);
        }
        let mut keys = std::mem::take(&mut self.keys);
        keys.resize(n_before + rows.len(), 0);
        // Neighbours are often alike: the token of the row before, and what it was.
        let mut key_before = NULL_KEY;
        let mut long_before = b"-".as_slice();
        let mut index_before = NULL;
        for (at, (row, out)) in rows.iter().zip(&mut keys[n_before..]).enumerate() {
            let (start, end) = cells.at(*row, slot);
            let key = short_key(cells.text, start, end).unwrap_or(LONG_KEY);
            let is_like_before =
                key == key_before && (key != LONG_KEY || &cells.text[start..end] == long_before);
            let index = if is_like_before {
                index_before
            } else if key == LONG_KEY {
                long_before = &cells.text[start..end];
                self.any(long_before, (at, field), bad)
            } else {
                let token = start..end;
                let found = self.interner.find_short(key);
                found.unwrap_or_else(|| self.learn(key, &cells.text[token], (at, field), bad))
            };
            key_before = key;
            index_before = index;
            if index >= 0 {
                *out = index;
            } else if index == NULL {
                self.nulls.push(row_index(n_before + at));
            } else {
                // The next one like it is bad, too.
                key_before = NO_KEY;
            }
        }
        self.keys = keys;
    }

    /// Appends one value; an empty one is NULL, like `-`.
    pub(crate) fn push(
        &mut self,
        value: Option<&[u8]>,
        place: (usize, &Field),
        bad: &mut Vec<BadRow>,
    ) {
        let index = match value {
            None | Some(b"" | b"-") => NULL,
            Some(token) => self.any(token, place, bad),
        };
        if index == NULL {
            self.nulls.push(row_index(self.keys.len()));
        }
        self.keys.push(index.max(0));
    }

    pub(crate) fn truncate(&mut self, n_rows: usize) {
        self.keys.truncate(n_rows);
        truncate_nulls(&mut self.nulls, n_rows);
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        let keys = std::mem::take(&mut self.keys);
        self.n_expected = keys.len();
        let nulls = std::mem::take(&mut self.nulls);
        let (offsets, bytes) = self.interner.take();
        let validity = validity(keys.len(), &nulls);
        let offsets = OffsetBuffer::new(offsets.into());
        let values = StringArray::new(offsets, Buffer::from_vec(bytes), None);
        let keys = Int32Array::new(keys.into(), validity);
        Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)))
    }

    pub(crate) fn dictionary_bytes(&self) -> usize {
        self.interner.n_bytes()
    }

    /// Returns how many rows from `from` on have this value.
    pub(crate) fn count(&self, value: &[u8], from: usize) -> u64 {
        let Some(index) = self.interner.find(self.interner.key(value), value) else { return 0 };
        let n_nulls = self.nulls.len() - self.nulls.partition_point(|it| (*it as usize) < from);
        let nulls = &self.nulls[self.nulls.len() - n_nulls..];
        let n_hidden = nulls.iter().filter(|it| self.keys[**it as usize] == index).count();
        let n_equal = self.keys[from..].iter().filter(|it| **it == index).count();
        (n_equal - n_hidden) as u64
    }

    /// Returns the index of a token of any length; one that does not fit is reported.
    #[inline(never)]
    fn any(&mut self, token: &[u8], place: (usize, &Field), bad: &mut Vec<BadRow>) -> i32 {
        let key = self.interner.key(token);
        match self.interner.find(key, token) {
            Some(index) => index,
            None => self.learn(key, token, place, bad),
        }
    }

    /// Returns the index of a token that is new; one that does not fit is reported.
    #[cold]
    fn learn(
        &mut self,
        key: u128,
        token: &[u8],
        (at, field): (usize, &Field),
        bad: &mut Vec<BadRow>,
    ) -> i32 {
        if key == NULL_KEY {
            return NULL;
        }
        let value = match canonical(self.kind, token) {
            Ok(value) => value,
            Err(why) => {
                let reason = format!("`{}` is `{}`, {why}", field.name, shown(token));
                bad.push(BadRow { at, reason });
                return BAD;
            }
        };
        if *value == *token {
            return self.interner.add(key, token);
        }
        let value_key = self.interner.key(&value);
        let known = self.interner.find(value_key, &value);
        let index = known.unwrap_or_else(|| self.interner.add(value_key, &value));
        self.interner.link(key, token, index);
        index
    }
}

/// A key that no short token has, for all that are not short.
const LONG_KEY: u128 = u128::MAX;

/// A key that no token has.
const NO_KEY: u128 = u128::MAX - 1;

/// Returns the value that `token` stands for, or why it stands for none.
fn canonical(kind: Kind, token: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    if kind == Kind::Address && address::is_ipv4(token) {
        return Ok(Cow::Borrowed(token));
    }
    let Ok(text) = std::str::from_utf8(token) else { return Err("not UTF-8") };
    match kind {
        Kind::Address => match address::canonical(text) {
            Some(Cow::Borrowed(it)) => Ok(Cow::Borrowed(it.as_bytes())),
            Some(Cow::Owned(it)) => Ok(Cow::Owned(it.into_bytes())),
            None => Err("not an address"),
        },
        Kind::Tag => match percent_decode(token).decode_utf8() {
            Ok(Cow::Owned(it)) => Ok(Cow::Owned(it.into_bytes())),
            Ok(Cow::Borrowed(_)) | Err(_) => Ok(Cow::Borrowed(token)),
        },
        Kind::Text | Kind::Int32 | Kind::Int64 | Kind::Time => Ok(Cow::Borrowed(token)),
    }
}
