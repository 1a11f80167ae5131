//! Finds all separators of a window at once, 64 bytes at a time.

use wide::u8x16;

/// The bytes that are looked at together.
const BLOCK_BYTES: usize = 64;

/// Where fields and lines begin.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// For each field, where it begins; then where the next window begins. A run of separators
    /// gives empty fields.
    pub(super) starts: Vec<u32>,
    /// For each line, the index in `starts` of the field after its last.
    pub(super) line_ends: Vec<u32>,
    /// Whether there is anything but fields between single spaces and line feeds.
    pub(super) is_odd: bool,
}

/// The separators of a block, one bit a byte.
struct Marks {
    separators: u64,
    line_feeds: u64,
    spaces: u64,
}

/// Finds the fields and lines of `text`, which ends with a line feed.
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
    for (at, block) in blocks.iter().chain(std::iter::once(&last)).enumerate() {
        let marks = marks(block);
        odd |= marks.separators & !(marks.line_feeds | marks.spaces);
        odd |= marks.separators & ((marks.separators << 1) | before);
        before = marks.separators >> (BLOCK_BYTES - 1);
        push_lines(&marks, n_starts, &mut split.line_ends);
        n_starts += push_starts(marks.separators, at * BLOCK_BYTES, &mut split.starts[n_starts..]);
    }
    split.is_odd = odd != 0;
}

/// Writes the position after each separator; returns how many there are.
#[inline]
fn push_starts(separators: u64, offset: usize, starts: &mut [u32]) -> usize {
    let n = separators.count_ones() as usize;
    let Some(starts) = starts.first_chunk_mut::<BLOCK_BYTES>() else {
        unreachable!("there is room for a block of separators")
    };
    let offset = offset as u32 + 1;
    let mut bits = separators;
    // Eight at a time without asking how many are left: what is too much is written over later.
    for eight in starts.as_chunks_mut::<8>().0 {
        if bits == 0 {
            break;
        }
        for start in eight {
            *start = offset + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    }
    n
}

#[inline]
fn push_lines(marks: &Marks, n_starts: usize, line_ends: &mut Vec<u32>) {
    let mut line_feeds = marks.line_feeds;
    while line_feeds != 0 {
        let below = line_feeds & line_feeds.wrapping_neg();
        let n_before = (marks.separators & (below - 1)).count_ones();
        line_ends.push(n_starts as u32 + n_before);
        line_feeds &= line_feeds - 1;
    }
}

#[inline]
fn marks(block: &[u8; BLOCK_BYTES]) -> Marks {
    let mut marks = Marks { separators: 0, line_feeds: 0, spaces: 0 };
    let (lanes, _) = block.as_chunks::<16>();
    for (at, lane) in lanes.iter().enumerate() {
        let bytes = u8x16::new(*lane);
        let space = u8x16::splat(b' ');
        let mask = |it: u8x16| u64::from(it.to_bitmask() & 0xffff) << (16 * at);
        marks.separators |= mask(bytes.min(space).simd_eq(bytes));
        marks.spaces |= mask(bytes.simd_eq(space));
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
                let cells = first..*end as usize;
                let field = |it: usize| &text[found.starts[it] as usize..found.starts[it + 1] as usize - 1];
                lines.push(cells.map(field).collect::<Vec<_>>());
                first = *end as usize;
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
