//! The file of a table.
//!
//! A head of [`HEAD_BYTES`], then columns one after the other; all numbers are little-endian:
//!
//! ```text
//! magic (8)  version u32  v4 ranges u32  v6 ranges u32  systems u32  name bytes u32
//! day of the ranges i32 (since 1970-01-01, i32::MIN if unknown)  checksum u64 of all other bytes
//! v4: starts u32.., last addresses u32.., systems u32..
//! v6: starts u128.., last addresses u128.., systems u32..
//! systems: numbers u32.., ends of names u32.., names
//! ```
//!
//! Numbers are read where they stand, wherever that is in memory: nothing is copied or aligned.

use std::hash::Hasher as _;
use std::marker::PhantomData;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use chrono::{Days, NaiveDate};
use siphasher::sip::SipHasher13;

use super::AsnTable;
use crate::Error;

const MAGIC: &[u8; 8] = b"tidegASN";
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 40;
const CHECKSUM_AT: usize = HEAD_BYTES - size_of::<u64>();
const NO_DAY: i32 = i32::MIN;

/// A whole number that stands in a file.
pub(super) trait Key: Copy + Ord {
    /// How many bytes it takes.
    const N_BYTES: usize;

    /// Reads it; the bytes are so many.
    fn read(bytes: &[u8]) -> Option<Self>;

    /// Writes it.
    fn write(self, out: &mut BytesMut);

    /// Returns the number after it, if there is one.
    fn next(self) -> Option<Self>;
}

impl Key for u32 {
    const N_BYTES: usize = size_of::<Self>();

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self::from_le_bytes(bytes.try_into().ok()?))
    }

    fn write(self, out: &mut BytesMut) {
        out.put_u32_le(self);
    }

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Key for u128 {
    const N_BYTES: usize = size_of::<Self>();

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self::from_le_bytes(bytes.try_into().ok()?))
    }

    fn write(self, out: &mut BytesMut) {
        out.put_u128_le(self);
    }

    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Returns the number at `index` of a column.
pub(super) fn number_at<K: Key>(column: &Bytes, index: usize) -> Option<K> {
    let begin = index.checked_mul(K::N_BYTES)?;
    K::read(column.get(begin..begin.checked_add(K::N_BYTES)?)?)
}

/// Ranges of one family, ascending, none overlapping another.
#[derive(Clone, Debug)]
pub(super) struct Ranges<K> {
    starts: Bytes,
    lasts: Bytes,
    systems: Bytes,
    family: PhantomData<K>,
}

impl<K: Key> Ranges<K> {
    pub(super) fn len(&self) -> usize {
        self.starts.len() / K::N_BYTES
    }

    /// Returns the system of the range that holds `key`.
    pub(super) fn find(&self, key: K) -> Option<u32> {
        // The ranges below `low` start at or before `key`, those from `high` on behind it.
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if number_at::<K>(&self.starts, middle)? <= key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let index = low.checked_sub(1)?;
        let is_inside = key <= number_at(&self.lasts, index)?;
        if is_inside { number_at(&self.systems, index) } else { None }
    }
}

/// One range: first and last address, and the index of its system.
pub(super) type Row<K> = (K, K, u32);

/// What a table is made of.
pub(super) struct Parts<'a> {
    pub(super) v4: &'a [Row<u32>],
    pub(super) v6: &'a [Row<u128>],
    pub(super) systems: &'a [(u32, String)],
    pub(super) built: Option<NaiveDate>,
}

/// Writes a table. Its numbers fit: `build` has seen to that.
pub(super) fn write(parts: &Parts<'_>) -> Bytes {
    let n_name_bytes: usize = parts.systems.iter().map(|it| it.1.len()).sum();
    let day = parts.built.and_then(|it| {
        i32::try_from(it.signed_duration_since(NaiveDate::default()).num_days()).ok()
    });
    let mut out = BytesMut::new();
    out.put_slice(MAGIC);
    out.put_u32_le(VERSION);
    for count in [parts.v4.len(), parts.v6.len(), parts.systems.len(), n_name_bytes] {
        out.put_u32_le(count_u32(count));
    }
    out.put_i32_le(day.unwrap_or(NO_DAY));
    out.put_u64_le(0);
    write_ranges(parts.v4, &mut out);
    write_ranges(parts.v6, &mut out);
    for (number, _) in parts.systems {
        out.put_u32_le(*number);
    }
    let mut end = 0;
    for (_, name) in parts.systems {
        end += name.len();
        out.put_u32_le(count_u32(end));
    }
    for (_, name) in parts.systems {
        out.put_slice(name.as_bytes());
    }
    let checksum = checksum(&out);
    out[CHECKSUM_AT..HEAD_BYTES].copy_from_slice(&checksum.to_le_bytes());
    out.freeze()
}

fn count_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or_else(|_| unreachable!("`build` limits what is counted"))
}

fn write_ranges<K: Key>(rows: &[Row<K>], out: &mut BytesMut) {
    for row in rows {
        row.0.write(out);
    }
    for row in rows {
        row.1.write(out);
    }
    for row in rows {
        row.2.write(out);
    }
}

/// The hash of all bytes but those of the checksum itself.
fn checksum(bytes: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(&bytes[..CHECKSUM_AT]);
    hasher.write(&bytes[HEAD_BYTES..]);
    hasher.finish()
}

impl AsnTable {
    /// Returns the table in `bytes`, which [`AsnTable::bytes`] gave; `name` is what errors and
    /// descriptions call it.
    ///
    /// # Errors
    ///
    /// [`Error::NotAsnTable`] if the bytes are something else, of another version, cut short or
    /// damaged.
    pub fn open(name: &str, bytes: Bytes) -> Result<Self, Error> {
        let refuse = |reason: String| Error::NotAsnTable { name: name.to_owned(), reason };
        if bytes.len() < HEAD_BYTES || !bytes.starts_with(MAGIC) {
            return Err(refuse("it does not begin as one".to_owned()));
        }
        let mut head = bytes.slice(MAGIC.len()..HEAD_BYTES);
        let version = head.get_u32_le();
        if version != VERSION {
            return Err(refuse(format!("it is of version {version}, this program's is {VERSION}")));
        }
        let [n_v4, n_v6, n_systems, n_name_bytes] = [(); 4].map(|()| u64::from(head.get_u32_le()));
        let day = head.get_i32_le();
        let expected = HEAD_BYTES as u64 + n_v4 * 12 + n_v6 * 36 + n_systems * 8 + n_name_bytes;
        if bytes.len() as u64 != expected {
            let n_bytes = bytes.len();
            return Err(refuse(format!("it has {n_bytes} bytes, by its head it has {expected}")));
        }
        if head.get_u64_le() != checksum(&bytes) {
            return Err(refuse("its checksum is wrong".to_owned()));
        }
        let mut rest = bytes.slice(HEAD_BYTES..);
        let mut take = |n_bytes: u64| {
            rest.split_to(usize::try_from(n_bytes).unwrap_or_else(|_| unreachable!("it is below")))
        };
        Ok(Self {
            name: name.to_owned(),
            built: day_of(day),
            v4: take_ranges(n_v4, &mut take),
            v6: take_ranges(n_v6, &mut take),
            numbers: take(n_systems * 4),
            name_ends: take(n_systems * 4),
            names: take(n_name_bytes),
            bytes,
        })
    }
}

fn take_ranges<K: Key>(n_ranges: u64, take: &mut impl FnMut(u64) -> Bytes) -> Ranges<K> {
    let n_bytes = n_ranges * K::N_BYTES as u64;
    let (starts, lasts) = (take(n_bytes), take(n_bytes));
    Ranges { starts, lasts, systems: take(n_ranges * 4), family: PhantomData }
}

fn day_of(day: i32) -> Option<NaiveDate> {
    if day == NO_DAY {
        return None;
    }
    let days = Days::new(u64::from(day.unsigned_abs()));
    let epoch = NaiveDate::default();
    if day < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) }
}
