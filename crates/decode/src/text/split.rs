//! Finds all separators of a window at once, 64 bytes at a time.

use wide::u8x16;

/// The bytes that are looked at together.
const BLOCK_BYTES: usize = u64::BITS as usize;

/// How many positions are written together.
const STEP: usize = 4;

/// Where fields and lines begin.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The first `n_starts` count.
    starts: Vec<u32>,
    n_starts: usize,
    /// For each line, where the next begins.
    pub(super) line_ends: Vec<u32>,
    /// Whether there is anything but fields between single spaces and line feeds.
    pub(super) is_odd: bool,
}

impl Split {
    /// Returns, for each field, where it begins; then where the next window begins. A run of
    /// separators gives empty fields.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts[..self.n_starts]
    }
}

/// The separators of a block, one bit a byte.
struct Marks {
    /// Spaces and control characters.
    separators: u64,
    controls: u64,
    line_feeds: u64,
}

/// Finds the fields and lines of `text`, which ends with a line feed and is far below 4 GiB.
pub(super) fn split(text: &[u8], split: &mut Split) {
    let n_starts_max = text.len() + 1 + BLOCK_BYTES;
    if split.starts.len() < n_starts_max {
        split.starts.resize(n_starts_max, 0);
    }
    split.line_ends.clear();
    split.starts[0] = 0;
    let mut n_starts = 1;
    let mut odd = 0;
    let mut before = 1;
    let (blocks, rest) = text.as_chunks::<BLOCK_BYTES>();
    let mut last = [b'x'; BLOCK_BYTES];
    last[..rest.len()].copy_from_slice(rest);
    // The start of a field is one after its separator.
    let mut offset = 1;
    for block in blocks.iter().chain(std::iter::once(&last)) {
        let marks = marks(block);
        odd |= marks.controls & !marks.line_feeds;
        odd |= marks.separators & ((marks.separators << 1) | before);
        before = marks.separators >> (BLOCK_BYTES - 1);
        push_lines(marks.line_feeds, offset, &mut split.line_ends);
        n_starts += push_starts(marks.separators, offset, &mut split.starts[n_starts..]);
        offset += u64::BITS;
    }
    split.n_starts = n_starts;
    split.is_odd = odd != 0;
}

/// Writes the position after each separator; returns how many there are.
#[inline]
fn push_starts(separators: u64, offset: u32, starts: &mut [u32]) -> usize {
    let n = separators.count_ones() as usize;
    let Some(starts) = starts.first_chunk_mut::<BLOCK_BYTES>() else {
        unreachable!("there is room for a block of separators")
    };
    let mut bits = separators;
    // Some at a time without asking how many are left: what is too much is written over later.
    for few in starts.as_chunks_mut::<STEP>().0 {
        if bits == 0 {
            break;
        }
        for start in few {
            // The topmost bit makes sure that there is one, which is cheaper to count to.
            *start = offset + (bits | 1 << 63).trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    }
    n
}

#[inline]
fn push_lines(line_feeds: u64, offset: u32, line_ends: &mut Vec<u32>) {
    let mut bits = line_feeds;
    while bits != 0 {
        line_ends.push(offset + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

#[inline]
fn marks(block: &[u8; BLOCK_BYTES]) -> Marks {
    let mut marks = Marks { separators: 0, controls: 0, line_feeds: 0 };
    let (lanes, _) = block.as_chunks::<16>();
    for (at, lane) in lanes.iter().enumerate() {
        let bytes = u8x16::new(*lane);
        let mask = |it: u8x16| u64::from(it.to_bitmask()) << (16 * at);
        let is_at_most = |it: u8| bytes.min(u8x16::splat(it)).simd_eq(bytes);
        marks.separators |= mask(is_at_most(b' '));
        marks.controls |= mask(is_at_most(b' ' - 1));
        marks.line_feeds |= mask(bytes.simd_eq(u8x16::splat(b'\n')));
    }
    marks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fields_are_what_stands_between_separators(text in "[a-c \n\t]{0,300}\n") {
            let mut found = Split::default();
            split(text.as_bytes(), &mut found);
            let mut first = 0;
            let mut lines = Vec::new();
            for end in &found.line_ends {
                let last = first + found.starts[first..].iter().position(|it| it == end).unwrap();
                let field = |it: usize| {
                    &text[found.starts[it] as usize..found.starts[it + 1] as usize - 1]
                };
                lines.push((first..last).map(field).collect::<Vec<_>>());
                first = last;
            }
            let expected: Vec<Vec<&str>> = text
                .strip_suffix('\n').unwrap()
                .split('\n')
                .map(|it| it.split([' ', '\t']).collect())
                .collect();
            prop_assert_eq!(&lines, &expected);
            let is_odd = text.contains('\t') || expected.iter().flatten().any(|it| it.is_empty());
            prop_assert_eq!(found.is_odd, is_odd);
        }
    }
}
