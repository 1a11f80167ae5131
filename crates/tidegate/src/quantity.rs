//! Sizes and counts as people read and type them: `512MiB`, `34.1 MiB`, `12,345,678`.

use std::fmt;
use std::str::FromStr;

pub(crate) use tidegate_model::count::count;

/// Units of sizes, largest first, as they are read and written.
const UNITS: [(&str, u64); 4] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size {
    /// The number of bytes.
    pub(crate) bytes: u64,
}

impl FromStr for Size {
    type Err = String;

    /// Reads `512MiB`, `512M`, `2GB` (decimal) or a plain number of bytes.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write a number and a unit: 512MiB, 2GiB or 500MB".to_owned();
        let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(n_digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let unit_bytes: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            "t" | "tib" => 1 << 40,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            _ => return Err(wrong()),
        };
        let bytes = number.checked_mul(unit_bytes).ok_or_else(wrong)?;
        Ok(Self { bytes })
    }
}

impl fmt::Display for Size {
    /// Writes the size exactly, in the largest unit that divides it, so that it reads back the same.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, size) in UNITS {
            if self.bytes > 0 && self.bytes.is_multiple_of(size) {
                return write!(formatter, "{}{unit}", self.bytes / size);
            }
        }
        write!(formatter, "{}", self.bytes)
    }
}

/// Returns a size for reading, in three or four digits: `34.1 MiB`.
pub(crate) fn bytes(n_bytes: u64) -> String {
    for (unit, size) in UNITS {
        if n_bytes >= size {
            let tenths = u128::from(n_bytes) * 10 / u128::from(size);
            return format!("{}.{} {unit}", count(tenths / 10), tenths % 10);
        }
    }
    format!("{n_bytes} B")
}

/// Returns a count with its noun: `1 object`, `4,032 objects`.
pub(crate) fn plural(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// Returns a length of time for reading: `0.84 s`, `12.3 s`, `4 min 05 s`, `3 h 20 min`.
pub(crate) fn duration(elapsed_ms: u64) -> String {
    let s = elapsed_ms / 1_000;
    match elapsed_ms {
        0..10_000 => format!("{s}.{:02} s", elapsed_ms % 1_000 / 10),
        10_000..60_000 => format!("{s}.{} s", elapsed_ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3_600, s % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        text.parse::<Size>().map_or_else(|error| error, |it| format!("{} {it}", it.bytes))
    }

    #[test]
    fn a_size_is_read_with_or_without_its_unit() {
        assert_eq!(check("512MiB"), "536870912 512MiB");
        assert_eq!(check("2g"), "2147483648 2GiB");
        assert_eq!(check("500MB"), "500000000 500000000");
        assert_eq!(check("1048576"), "1048576 1MiB");
        assert_eq!(check("0"), "0 0");
        for text in ["", "MiB", "12 parsecs", "-1", "1.5GiB", "99999999999999TiB"] {
            assert!(check(text).starts_with("write a number"), "{text}: {}", check(text));
        }
    }

    #[test]
    fn numbers_are_written_for_reading() {
        assert_eq!([0_u64, 999, 1_000, 12_345_678].map(count).join(" "), "0 999 1,000 12,345,678");
        let sizes = [0, 1_023, 1_024, 35_800_000, 5 << 40, u64::MAX].map(bytes);
        assert_eq!(sizes.join(", "), "0 B, 1023 B, 1.0 KiB, 34.1 MiB, 5.0 TiB, 16,777,215.9 TiB");
        let durations = [0, 840, 12_345, 245_000, 12_000_000].map(duration);
        assert_eq!(durations.join(", "), "0.00 s, 0.84 s, 12.3 s, 4 min 05 s, 3 h 20 min");
    }
}
