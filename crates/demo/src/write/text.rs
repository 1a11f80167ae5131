//! Numbers to text, and text to gzip.

use libdeflater::{CompressionLvl, Compressor};

use crate::error::Error;

/// Two digits for each number below 100.
const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// Appends a number in decimal digits.
#[inline]
pub(crate) fn number(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    while rest >= 100 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if rest >= 10 {
        let pair = (rest % 100) as usize * 2;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

/// Compression level: the fastest that compresses at all (0 only copies).
const LEVEL: i32 = 1;

/// A compressor that is used for many objects.
pub(crate) struct Gzip(Compressor);

impl Gzip {
    /// Returns a compressor at [`LEVEL`].
    pub(crate) fn new() -> Self {
        Self(Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()))
    }

    /// Returns `text` as one gzip member.
    pub(crate) fn pack(&mut self, key: &str, text: &[u8]) -> Result<Vec<u8>, Error> {
        let mut packed = vec![0; self.0.gzip_compress_bound(text.len())];
        let n = self
            .0
            .gzip_compress(text, &mut packed)
            .map_err(|it| Error::Encode { key: key.to_owned(), source: Box::new(it) })?;
        packed.truncate(n);
        packed.shrink_to_fit();
        Ok(packed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_written_as_everybody_writes_it(value: u64, shift in 0_u32..64) {
            let mut out = Vec::new();
            number(&mut out, value >> shift);
            prop_assert_eq!(out, (value >> shift).to_string().into_bytes());
        }
    }
}
