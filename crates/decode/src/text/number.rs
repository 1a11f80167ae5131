//! Whole numbers, eight digits at a time.

/// Ten to the power of the index.
const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Most digits that certainly fit into 64 bits.
const DIGITS_MAX: usize = 19;

/// Returns the number that `text[start..end]` is, or nothing if it is anything but digits or does
/// not fit into 64 bits.
#[inline]
pub(crate) fn parse(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let n_digits = end - start;
    if n_digits.wrapping_sub(1) < 8 {
        return up_to_eight(word(text, start, end), n_digits);
    }
    if n_digits.wrapping_sub(9) < 8 {
        let high = up_to_eight(word(text, start, start + 8), 8)?;
        let low = up_to_eight(word(text, start + 8, end), n_digits - 8)?;
        return Some(high * POWERS[n_digits - 8] + low);
    }
    parse_long(&text[start..end])
}

#[cold]
fn parse_long(digits: &[u8]) -> Option<u64> {
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

/// Returns eight bytes of text from `start`; those from `end` on are anything.
#[inline]
fn word(text: &[u8], start: usize, end: usize) -> u64 {
    match text[start..].first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => last_word(&text[start..end]),
    }
}

#[cold]
fn last_word(token: &[u8]) -> u64 {
    let mut chunk = [0; 8];
    chunk[..token.len()].copy_from_slice(token);
    u64::from_le_bytes(chunk)
}

/// Returns the number of the first `n_digits` bytes of `word`, 1 to 8 of them.
///
/// The digits are moved to the end of the word and zeros put before them; then neighbours are
/// joined three times: digits to pairs, pairs to fours, fours to eight.
#[inline]
fn up_to_eight(word: u64, n_digits: usize) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    #[expect(clippy::cast_possible_truncation, reason = "it is at most 8")]
    let n_free = 64 - 8 * n_digits as u32;
    let digits = (word << n_free) | ZEROS.checked_shr(64 - n_free).unwrap_or(0);
    let values = digits ^ ZEROS;
    let is_digits =
        (values | values.wrapping_add(0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0;
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
