//! Levels and places of a page, bit by bit ("Run Length Encoding / Bit-Packing Hybrid" of Parquet).

/// Appends levels with their length before them.
pub(super) fn levels(page: &mut Vec<u8>, append: impl FnOnce(&mut Vec<u8>)) {
    let begin = page.len();
    page.extend_from_slice(&[0; 4]);
    append(page);
    let n_bytes = page.len() - begin - 4;
    page[begin..begin + 4].copy_from_slice(&n_bytes.to_le_bytes()[..4]);
}

/// Appends places among `n_used` values, with their width before them.
pub(super) fn places(page: &mut Vec<u8>, at: impl ExactSizeIterator<Item = u32>, n_used: usize) {
    let highest = n_used.saturating_sub(1);
    let width = usize::BITS - highest.leading_zeros();
    page.push(width.to_le_bytes()[0]);
    if highest == 0 {
        run(page, at.len(), 0, width);
    } else {
        pack(page, at, width);
    }
}

/// Appends a run of `n` equal values.
pub(super) fn run(bytes: &mut Vec<u8>, n: usize, value: u32, width: u32) {
    varint(bytes, (n as u64) << 1);
    let n_bytes = width.div_ceil(8) as usize;
    bytes.extend_from_slice(&value.to_le_bytes()[..n_bytes]);
}

/// Appends values bit-packed, in groups of eight, the last one filled up with zeros.
pub(super) fn pack(bytes: &mut Vec<u8>, values: impl ExactSizeIterator<Item = u32>, width: u32) {
    let n_groups = values.len().div_ceil(8);
    varint(bytes, (n_groups as u64) << 1 | 1);
    plain(bytes, values, width);
}

/// Appends values one after the other, lowest bit first, and zeros up to a multiple of eight values.
pub(super) fn plain(bytes: &mut Vec<u8>, values: impl ExactSizeIterator<Item = u32>, width: u32) {
    let n_groups = values.len().div_ceil(8);
    let n_zeros = n_groups * 8 - values.len();
    bytes.reserve(n_groups * width as usize + 8);
    let (mut bits, mut n_bits) = (0_u64, 0);
    for value in values.chain(std::iter::repeat_n(0, n_zeros)) {
        bits |= u64::from(value) << n_bits;
        n_bits += width;
        if n_bits >= 32 {
            bytes.extend_from_slice(&bits.to_le_bytes()[..4]);
            bits >>= 32;
            n_bits -= 32;
        }
    }
    // Eight values are whole bytes, so are all groups.
    bytes.extend_from_slice(&bits.to_le_bytes()[..n_bits as usize / 8]);
}

fn varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}
