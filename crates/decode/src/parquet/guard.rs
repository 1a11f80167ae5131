//! Looks at the structure of a Parquet file before the reader does.
//!
//! The reader believes what a file says of itself: a list of two thousand million booleans, which
//! takes no byte each, or a page of 2 GiB. [`footer`] and [`pages`] walk over the same Thrift
//! structures (compact protocol) without keeping anything, and refuse what cannot be true or is
//! beyond every limit, so that a few bytes cannot cost hours or all memory.

use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

/// What a file ends with, after the length of its footer.
const MARK: &[u8] = b"PAR1";

/// Bytes after the footer: its length, and the mark.
const TAIL_BYTES: usize = 8;

/// Largest page, unpacked. AWS's are about 1 MiB.
const PAGE_BYTES_MAX: i64 = 256 << 20;

/// How deep structures may stand in each other.
const DEPTH_MAX: u8 = 32;

/// Returns why the footer of `file` must not be read, if it must not.
pub(super) fn footer(file: &[u8]) -> Result<(), &'static str> {
    let tail = file.last_chunk::<TAIL_BYTES>().ok_or("it is too short")?;
    let Some((length, MARK)) = tail.split_first_chunk::<4>() else {
        return Err("its end is missing");
    };
    let length = u32::from_le_bytes(*length) as usize;
    let end = file.len() - TAIL_BYTES;
    let start = end.checked_sub(length).ok_or("its footer is longer than the file")?;
    let mut walker = Walker { rest: &file[start..end] };
    walker.structure(DEPTH_MAX, &mut |_, _| {}).ok_or("its footer is garbled")
}

/// Returns why the pages of `file` must not be read, if they must not.
pub(super) fn pages(file: &[u8], metadata: &ParquetMetaData) -> Result<(), &'static str> {
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        // Negative offsets wrap around to what no file has.
        let (start, length) = (column.data_page_offset(), column.compressed_size());
        let start = column.dictionary_page_offset().map_or(start, |it| it.min(start));
        let bounds = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let chunk = bounds
            .and_then(|(start, length)| file.get(start..start.checked_add(length)?))
            .ok_or("a column is outside of the file")?;
        column_pages(chunk)?;
    }
    Ok(())
}

fn column_pages(chunk: &[u8]) -> Result<(), &'static str> {
    let mut walker = Walker { rest: chunk };
    while !walker.rest.is_empty() {
        let (mut unpacked, mut packed) = (0, 0);
        let head = walker.structure(DEPTH_MAX, &mut |id, value| match id {
            2 => unpacked = value,
            3 => packed = value,
            _ => {}
        });
        head.ok_or("the head of a page is garbled")?;
        if !(0..=PAGE_BYTES_MAX).contains(&unpacked) {
            return Err("a page is too large");
        }
        let packed = usize::try_from(packed).map_err(|_| "a page is too large")?;
        walker.rest = walker.rest.get(packed..).ok_or("a page is cut off")?;
    }
    Ok(())
}

/// Walks over Thrift's compact protocol. Nothing is a structure that cannot be walked.
struct Walker<'a> {
    rest: &'a [u8],
}

impl Walker<'_> {
    /// Walks over a structure; `see` gets the ids and values of its own whole numbers.
    fn structure(&mut self, depth: u8, see: &mut dyn FnMut(i64, i64)) -> Option<()> {
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let step = i64::from(head >> 4);
            id = if step == 0 { self.number()? } else { id + step };
            match head & 0x0f {
                1 | 2 => {}
                4..=6 => see(id, self.number()?),
                kind => self.value(kind, depth)?,
            }
        }
    }

    fn value(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            3 => self.skip(1),
            4..=6 => self.number().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let length = self.unsigned()?;
                self.skip(usize::try_from(length).ok()?)
            }
            9 | 10 => self.list(depth),
            12 => self.structure(depth, &mut |_, _| {}),
            13 => self.skip(16),
            // Maps, which Parquet has none of, and booleans, which have no byte in a structure and
            // whose lists readers do not agree on.
            _ => None,
        }
    }

    fn list(&mut self, depth: u8) -> Option<()> {
        let head = self.byte()?;
        let n_values = match head >> 4 {
            15 => self.unsigned()?,
            n_values => u64::from(n_values),
        };
        // Every value has at least one byte, so no list is longer than what is left.
        if n_values > self.rest.len() as u64 {
            return None;
        }
        (0..n_values).try_for_each(|_| self.value(head & 0x0f, depth))
    }

    fn number(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn skip(&mut self, n_bytes: usize) -> Option<()> {
        self.rest = self.rest.get(n_bytes..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks over the footer `thrift`.
    fn check(thrift: &[u8]) -> Result<(), &'static str> {
        let length = u32::try_from(thrift.len()).unwrap().to_le_bytes();
        footer(&[b"PAR1", thrift, &length, MARK].concat())
    }

    #[test]
    fn what_is_no_footer_is_refused() {
        assert_eq!(footer(b"PAR1"), Err("it is too short"));
        assert_eq!(footer(b"PAR1 and more"), Err("its end is missing"));
        assert_eq!(footer(b"PAR1\xff\0\0\0PAR1"), Err("its footer is longer than the file"));
    }

    #[test]
    fn a_structure_that_cannot_be_true_is_refused() {
        assert_eq!(check(b"\0"), Ok(()));
        assert_eq!(check(b"\x15\x02\x19\x35\x02\x04\x06\x18\x02hi\x11\0"), Ok(()));
        let garbled = Err("its footer is garbled");
        assert_eq!(check(b""), garbled);
        assert_eq!(check(b"\x15"), garbled);
        // A list of 2^31 - 1 booleans, and one of as many numbers.
        assert_eq!(check(b"\x19\xf1\xff\xff\xff\xff\x07\0"), garbled);
        assert_eq!(check(b"\x19\xf5\xff\xff\xff\xff\x07\0"), garbled);
        // Text longer than the file, a map, and structures without end.
        assert_eq!(check(b"\x18\xff\xff\xff\xff\x0fx\0"), garbled);
        assert_eq!(check(b"\x1b\x01\x55\x02\x02\0"), garbled);
        assert_eq!(check(&[0x1c; 100]), garbled);
    }
}
