//! The evidence as one table, so that it lives from run to run.
//!
//! A row is one thing that is remembered: what kind, under which hash, under which name if it has
//! one, and numbers of 32 bits whose meaning the kind gives. The version in the schema changes when
//! that meaning does; what has another version is not read.

use std::collections::HashMap as StdHashMap;
use std::sync::Arc;

use arrow::array::{
    AsArray, BinaryArray, BinaryBuilder, RecordBatch, StringArray, StringBuilder, UInt8Array,
    UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, UInt8Type, UInt64Type};
use arrow::error::ArrowError;

use super::covers::{LogRange, Pin, Run};
use super::fan::Fan;
use super::interface::{InterfaceMemory, Learned, N_BITS};
use super::owner::{Owners, Tenure};
use super::tuple::{Half, Interfaces, Rejections, Span, Tuple, mark};
use super::{Evidence, Limits};
use crate::hash::{halves, whole};

/// Names the version in the metadata of the schema.
const VERSION_KEY: &str = "tidegate.evidence";

/// The meaning of the numbers.
const VERSION: &str = "2";

/// What a row is about.
mod kind {
    pub(super) const TUPLE: u8 = 0;
    pub(super) const FAN: u8 = 1;
    pub(super) const INTERFACE: u8 = 2;
    pub(super) const LEARNED: u8 = 3;
    pub(super) const LOG: u8 = 4;
    pub(super) const PIN: u8 = 5;
    pub(super) const OWNER: u8 = 6;
    pub(super) const ALL: u8 = 7;
    pub(super) const REJECTIONS: u8 = 8;
}

impl Evidence {
    /// Returns the evidence as a table, in an order that does not depend on how it came about.
    ///
    /// # Errors
    ///
    /// If it does not fit into one batch.
    pub fn to_batch(&self) -> Result<RecordBatch, ArrowError> {
        let mut rows = Rows::default();
        rows.push(kind::ALL, 0, "", &[self.from_s, u32::from(self.has_rejects)]);
        let silent = |it: &Tuple| it.until_s();
        let since_s = newest(self.tuples.iter().map(|it| silent(&it.1))).saturating_sub(KEPT_S);
        let is_kept = |it: &Tuple| it.has_rejections() || silent(it) >= since_s;
        for (key, tuple) in self.tuples.ordered(|it| is_kept(it)) {
            let [first, second] = tuple.halves.each_ref().map(words_of_half);
            let mut words = [0; 2 * N_HALF];
            words[..N_HALF].copy_from_slice(&first);
            words[N_HALF..].copy_from_slice(&second);
            rows.push(kind::TUPLE, *key, "", &words);
        }
        let mut rejections: Vec<(&u64, &Rejections)> = self.rejections.iter().collect();
        rejections.sort_unstable_by_key(|it| it.0);
        for (key, [first, second]) in rejections {
            let words = [first.from_s, first.until_s, second.from_s, second.until_s];
            rows.push(kind::REJECTIONS, *key, "", &words);
        }
        for (key, fan) in self.fans.ordered(|it| it.n_clients() > 1 || it.until_s >= since_s) {
            let ([a, b], [c, d]) = (halves(fan.addresses), halves(fan.ports));
            rows.push(kind::FAN, *key, "", &[a, b, c, d, fan.until_s]);
        }
        self.push_interfaces(&mut rows);
        rows.finish()
    }

    fn push_interfaces(&self, rows: &mut Rows) {
        for (key, Owners { tenures }) in self.owners.ordered(|_| true) {
            for Tenure { interface, span } in tenures {
                let [low, high] = halves(*interface);
                rows.push(kind::OWNER, *key, "", &[low, high, span.from_s, span.until_s]);
            }
        }
        let mut interfaces: Vec<_> = self.interfaces.iter().collect();
        interfaces.sort_unstable_by_key(|it| it.0);
        for (id, memory) in interfaces {
            rows.push_interface(id, memory);
        }
    }

    /// Reads what [`to_batch`](Self::to_batch) wrote.
    ///
    /// # Errors
    ///
    /// If the table is of another version or is not one of these.
    pub fn from_batch(batch: &RecordBatch, limits: Limits) -> Result<Self, ArrowError> {
        let version = batch.schema_ref().metadata().get(VERSION_KEY);
        if version.map(String::as_str) != Some(VERSION) {
            let version = version.map_or("none", String::as_str);
            return Err(malformed(format!("evidence of version {version}, not {VERSION}")));
        }
        let columns = (
            batch.column_by_name("kind").and_then(|it| it.as_primitive_opt::<UInt8Type>()),
            batch.column_by_name("key").and_then(|it| it.as_primitive_opt::<UInt64Type>()),
            batch.column_by_name("name").and_then(|it| it.as_string_opt::<i32>()),
            batch.column_by_name("words").and_then(|it| it.as_binary_opt::<i32>()),
        );
        let (Some(kinds), Some(keys), Some(names), Some(words)) = columns else {
            return Err(malformed("evidence without its columns".to_owned()));
        };
        let mut evidence = Self::new(limits);
        for row in 0..batch.num_rows() {
            let words = words.value(row).chunks_exact(4);
            let words: Vec<u32> = words
                .map(|it| it.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte)))
                .collect();
            let read = evidence.read(kinds.value(row), keys.value(row), names.value(row), &words);
            if read.is_none() {
                let kind = kinds.value(row);
                return Err(malformed(format!("evidence of kind {kind} cannot be read")));
            }
        }
        evidence.forget();
        Ok(evidence)
    }

    fn read(&mut self, kind: u8, key: u64, name: &str, words: &[u32]) -> Option<()> {
        match (kind, words) {
            (kind::ALL, [from_s, has_rejects]) => {
                self.from_s = *from_s;
                self.has_rejects = *has_rejects != 0;
            }
            (kind::TUPLE, words) => {
                let (first, second) = words.split_at_checked(N_HALF)?;
                let halves = [half_of_words(first)?, half_of_words(second)?];
                self.tuples.entry(key).1.halves = halves;
            }
            (kind::REJECTIONS, [a, b, c, d]) => {
                let first = Span { from_s: *a, until_s: *b };
                self.rejections.insert(key, [first, Span { from_s: *c, until_s: *d }]);
            }
            (kind::FAN, [a, b, c, d, until_s]) => {
                let (addresses, ports) = (whole(*a, *b), whole(*c, *d));
                *self.fans.entry(key).1 = Fan { addresses, ports, until_s: *until_s };
            }
            (kind::OWNER, [low, high, from_s, until_s]) => {
                let span = Span { from_s: *from_s, until_s: *until_s };
                self.add_owner(key, Tenure { interface: whole(*low, *high), span });
            }
            _ => return self.read_interface(kind, key, name, words),
        }
        Some(())
    }

    fn read_interface(&mut self, kind: u8, key: u64, name: &str, words: &[u32]) -> Option<()> {
        let memory = self.interfaces.entry_ref(name).or_default();
        match (kind, words) {
            (kind::INTERFACE, [n_records, until_s, is_gateway, logged_from_s, logged_until_s]) => {
                memory.n_records = *n_records;
                memory.until_s = *until_s;
                memory.is_gateway = *is_gateway != 0;
                memory.logged = Span { from_s: *logged_from_s, until_s: *logged_until_s };
            }
            (kind::LEARNED, [family, n_records, n_set @ ..]) => {
                let n_set: [u32; N_BITS] = n_set.try_into().ok()?;
                let learned = memory.learned.get_mut(*family as usize)?;
                *learned = Some(Box::new(Learned { n_records: *n_records, n_set }));
            }
            (kind::LOG, [action, from_s, until_s, days @ ..]) => {
                let runs = days.chunks_exact(2);
                let days = runs.map(|it| Run { from_day: it[0], until_day: it[1] }).collect();
                let range = LogRange { from_s: *from_s, log: key, until_s: *until_s, days };
                memory.covers.get_mut(*action as usize)?.add(range);
            }
            (kind::PIN, [action, from_day, until_day]) => {
                let pin = Pin { from_day: *from_day, until_day: *until_day, log: key };
                memory.covers.get_mut(*action as usize)?.pins.push(pin);
            }
            _ => return None,
        }
        Some(())
    }
}

/// What has been silent for so long is not kept for the next run, which would spend its time on
/// reading it: connections that speak again after hours are few, and objects that are late by more are
/// the business of enriching a stored day.
const KEPT_S: u32 = 6 * 3600;

/// Returns the newest of moments, but for a few that may be wrong: of a thousand, the second.
fn newest(moments: impl Iterator<Item = u32>) -> u32 {
    let mut moments: Vec<u32> = moments.collect();
    let Some(last) = moments.len().checked_sub(1) else { return 0 };
    let at = last - moments.len() / 1000;
    *moments.select_nth_unstable(at).1
}

/// Numbers of a [`Half`].
const N_HALF: usize = 4;

fn words_of_half(half: &Half) -> [u32; N_HALF] {
    // Counterparts may not be kept as long as their connection: the next run counts them again.
    let marks = half.marks & !mark::COUNTED;
    let packets_and_marks = (u32::from(half.n_packets) << 16) | u32::from(marks);
    [half.accepted.from_s, half.accepted.until_s, packets_and_marks, half.accepted_at.0]
}

fn half_of_words(words: &[u32]) -> Option<Half> {
    let [from_s, until_s, packets_and_marks, accepted_at] = *words else { return None };
    let accepted = Span { from_s, until_s };
    let n_packets = u16::try_from(packets_and_marks >> 16).ok()?;
    let marks = u16::try_from(packets_and_marks & u32::from(u16::MAX)).ok()?;
    Some(Half { accepted, n_packets, marks, accepted_at: Interfaces(accepted_at) })
}

fn malformed(reason: String) -> ArrowError {
    ArrowError::SchemaError(reason)
}

/// The table in the making.
#[derive(Default)]
struct Rows {
    kinds: Vec<u8>,
    keys: Vec<u64>,
    names: StringBuilder,
    words: BinaryBuilder,
    /// The words that are being added.
    bytes: Vec<u8>,
}

impl Rows {
    fn push(&mut self, kind: u8, key: u64, name: &str, words: &[u32]) {
        self.kinds.push(kind);
        self.keys.push(key);
        self.names.append_value(name);
        self.bytes.clear();
        self.bytes.extend(words.iter().flat_map(|it| it.to_le_bytes()));
        self.words.append_value(&self.bytes);
    }

    fn push_interface(&mut self, id: &str, memory: &InterfaceMemory) {
        let InterfaceMemory { n_records, until_s, logged, .. } = *memory;
        let is_gateway = u32::from(memory.is_gateway);
        let words = [n_records, until_s, is_gateway, logged.from_s, logged.until_s];
        self.push(kind::INTERFACE, 0, id, &words);
        for (family, learned) in (0..).zip(&memory.learned) {
            let Some(learned) = learned else { continue };
            let words = [&[family, learned.n_records][..], &learned.n_set].concat();
            self.push(kind::LEARNED, 0, id, &words);
        }
        for (action, covers) in (0..).zip(&memory.covers) {
            for it in &covers.logs {
                let days = it.days.iter().flat_map(|it| [it.from_day, it.until_day]);
                let words = [action, it.from_s, it.until_s].into_iter().chain(days);
                self.push(kind::LOG, it.log, id, &words.collect::<Vec<_>>());
            }
            for it in &covers.pins {
                self.push(kind::PIN, it.log, id, &[action, it.from_day, it.until_day]);
            }
        }
    }

    fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let metadata = StdHashMap::from([(VERSION_KEY.to_owned(), VERSION.to_owned())]);
        let fields = vec![
            Field::new("kind", DataType::UInt8, false),
            Field::new("key", DataType::UInt64, false),
            Field::new("name", DataType::Utf8, false),
            Field::new("words", DataType::Binary, false),
        ];
        let schema = Schema::new(fields).with_metadata(metadata);
        let names: StringArray = self.names.finish();
        let words: BinaryArray = self.words.finish();
        RecordBatch::try_new(
            Arc::new(schema),
            vec![
                Arc::new(UInt8Array::from(self.kinds)),
                Arc::new(UInt64Array::from(self.keys)),
                Arc::new(names),
                Arc::new(words),
            ],
        )
    }
}
