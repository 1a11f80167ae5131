//! Whole numbers, eight digits at a time.

/// Ten to the power of the index.
const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Most digits that certainly fit into 64 bits.
const DIGITS_MAX: usize = 19;

/// Returns the number that `text[start..end]` is, or nothing if it is anything but digits or does
/// not fit into 64 bits.
#[inline]
pub(crate) fn parse(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let n_digits = end.wrapping_sub(start);
    match text.get(start..start + 8) {
        Some(word) if n_digits.wrapping_sub(1) < 8 => up_to_eight(little_endian(word), n_digits),
        _ => parse_long_or_last(text, start, end),
    }
}

#[inline(never)]
fn parse_long_or_last(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let n_digits = end - start;
    match text.get(start..start + 16) {
        Some(words) if n_digits.wrapping_sub(9) < 8 => {
            let high = up_to_eight(little_endian(&words[..8]), 8)?;
            let low = up_to_eight(little_endian(&words[8..]), n_digits - 8)?;
            Some(high * POWERS[n_digits - 8] + low)
        }
        _ => parse_slowly(&text[start..end]),
    }
}

#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or(0, |it| u64::from_le_bytes(*it))
}

#[cold]
fn parse_slowly(digits: &[u8]) -> Option<u64> {
    let n_zeros = digits.iter().take_while(|it| **it == b'0').count();
    let significant = &digits[n_zeros..];
    if digits.is_empty() || significant.len() > DIGITS_MAX + 1 {
        return None;
    }
    significant.iter().try_fold(0_u64, |value, it| {
        let digit = it.is_ascii_digit().then(|| u64::from(it - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// Returns the number of the first `n_digits` bytes of `word`, 1 to 8 of them.
///
/// The digits are moved to the end of the word, behind zeros; then neighbours are joined three
/// times: digits to pairs, pairs to fours, fours to eight.
#[inline]
fn up_to_eight(word: u64, n_digits: usize) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is at most 8")]
    let n_free = 64 - 8 * n_digits as u32;
    let values = (word ^ 0x3030_3030_3030_3030) << n_free;
    let excess = values.wrapping_add(0x0606_0606_0606_0606);
    let is_digits = (values | excess) & 0xf0f0_f0f0_f0f0_f0f0 == 0;
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    is_digits.then_some(eight)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(token: &str) -> Option<u64> {
        let text = format!("7 {token} 9");
        let alone = parse(token.as_bytes(), 0, token.len());
        assert_eq!(alone, parse(text.as_bytes(), 2, 2 + token.len()), "{token}");
        alone
    }

    #[test]
    fn only_digits_are_a_number() {
        for token in ["", "-", "+1", "-1", "1.0", "12a", "a12", "1 2", "0x10", "1e3", ":", "/"] {
            assert_eq!(check(token), None, "{token}");
        }
        for token in ["123456789a", "a234567890", "1234567:90", "18446744073709551616"] {
            assert_eq!(check(token), None, "{token}");
        }
        assert_eq!(check("18446744073709551615"), Some(u64::MAX));
        assert_eq!(check("00000000000000000000000000007"), Some(7));
    }

    proptest! {
        #[test]
        fn a_number_reads_as_itself(value: u64, n_zeros in 0_usize..4) {
            let token = format!("{}{value}", "0".repeat(n_zeros));
            prop_assert_eq!(check(&token), Some(value));
        }

        #[test]
        fn any_token_reads_as_the_standard_library_reads_it(token in "[ -~]{0,24}") {
            let expected = token.parse().ok().filter(|_| !token.starts_with('+'));
            prop_assert_eq!(check(&token), expected);
        }
    }
}
