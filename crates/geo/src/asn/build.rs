//! Builds a table from CSV.

use std::net::IpAddr;

use bytes::Bytes;
use chrono::NaiveDate;
use hashbrown::HashMap;

use super::AsnTable;
use super::csv::{self, Line};
use super::form::{self, Key, Parts, Row};
use crate::Error;

/// Ranges of a family; the whole internet has some 500,000.
const RANGES_MAX: usize = 16_000_000;

/// Bytes of all names together, so that their places fit into 32 bits with room; real ones have 3 MB.
const NAMES_BYTES_MAX: usize = 1 << 30;

/// Bad lines that are kept with their reasons; the others are counted.
const BAD_MAX: usize = 10;

/// A table, and what of the texts is not in it.
#[derive(Debug)]
pub struct Built {
    /// The table.
    pub table: AsnTable,
    /// Lines that are no ranges, or overlap a range that starts before theirs.
    pub n_bad: u64,
    /// The first of them.
    pub bad: Vec<BadRange>,
}

/// A line that is not in the table, or not the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRange {
    /// Which of the texts, from 0.
    pub text: usize,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl AsnTable {
    /// Builds a table from texts of lines `first,last,number,"name"`, of IPv4 or IPv6, in any order;
    /// `built` is the day of the texts. Of ranges that overlap, the one that starts first has the
    /// say, as far as it goes.
    ///
    /// # Errors
    ///
    /// [`Error::NoRanges`] if no line is good, [`Error::TooMany`] beyond the limits of the form.
    pub fn build(name: &str, texts: &[Bytes], built: Option<NaiveDate>) -> Result<Built, Error> {
        let mut builder = Builder::default();
        for (index, text) in texts.iter().enumerate() {
            builder.read(index, &String::from_utf8_lossy(text));
        }
        builder.v4 = builder.without_overlaps(|it| &mut it.v4);
        builder.v6 = builder.without_overlaps(|it| &mut it.v6);
        builder.check(name)?;
        let Builder { v4, v6, systems, n_bad, bad, .. } = builder;
        let v4: Vec<Row<u32>> = v4.into_iter().map(|it| it.row).collect();
        let v6: Vec<Row<u128>> = v6.into_iter().map(|it| it.row).collect();
        let bytes = form::write(&Parts { v4: &v4, v6: &v6, systems: &systems, built });
        Ok(Built { table: Self::open(name, bytes)?, n_bad, bad })
    }
}

/// A range and the line that it is from.
struct Read<K> {
    row: Row<K>,
    text: usize,
    line: usize,
}

#[derive(Default)]
struct Builder {
    v4: Vec<Read<u32>>,
    v6: Vec<Read<u128>>,
    systems: Vec<(u32, String)>,
    system_ids: HashMap<(u32, String), u32>,
    n_name_bytes: usize,
    n_bad: u64,
    bad: Vec<BadRange>,
}

impl Builder {
    fn read(&mut self, text: usize, lines: &str) {
        for (line, content) in (1..).zip(lines.lines()) {
            if content.trim().is_empty() {
                continue;
            }
            match csv::parse(content) {
                Ok(it) => self.add(&it, text, line),
                Err(reason) => self.refuse(BadRange { text, line, reason }),
            }
        }
    }

    /// AS 0 marks addresses that nobody announces (RFC 7607): no range, and no mistake either.
    fn add(&mut self, range: &Line<'_>, text: usize, line: usize) {
        if range.number == 0 {
            return;
        }
        let system = self.system(range.number, &range.name);
        match (range.first, range.last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                self.v4.push(Read { row: (first.into(), last.into(), system), text, line });
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                self.v6.push(Read { row: (first.into(), last.into(), system), text, line });
            }
            _ => unreachable!("a line has one family"),
        }
    }

    fn system(&mut self, number: u32, name: &str) -> u32 {
        let key = (number, name.to_owned());
        let next = u32::try_from(self.systems.len()).unwrap_or(u32::MAX);
        let id = *self.system_ids.entry(key.clone()).or_insert(next);
        if id == next {
            self.n_name_bytes += key.1.len();
            self.systems.push(key);
        }
        id
    }

    /// Takes the ranges of a family out and returns them ascending, each from where the ones before
    /// it end.
    fn without_overlaps<K: Key>(
        &mut self,
        family: impl Fn(&mut Self) -> &mut Vec<Read<K>>,
    ) -> Vec<Read<K>> {
        let mut reads = std::mem::take(family(self));
        reads.sort_by_key(|it| it.row.0);
        let mut kept: Vec<Read<K>> = Vec::with_capacity(reads.len());
        for mut read in reads {
            let before = kept.last().filter(|it| it.row.1 >= read.row.0);
            let Some(before) = before else {
                kept.push(read);
                continue;
            };
            let reason = format!("it overlaps the range of line {}", before.line);
            let begin = before.row.1.next().filter(|it| *it <= read.row.1);
            self.refuse(BadRange { text: read.text, line: read.line, reason });
            if let Some(begin) = begin {
                read.row.0 = begin;
                kept.push(read);
            }
        }
        kept
    }

    fn refuse(&mut self, bad: BadRange) {
        self.n_bad += 1;
        if self.bad.len() < BAD_MAX {
            self.bad.push(bad);
        }
    }

    fn check(&self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        if self.v4.is_empty() && self.v6.is_empty() {
            let reason = match self.bad.first() {
                Some(it) => format!("line {}: {}", it.line, it.reason),
                None => "it has no line".to_owned(),
            };
            return Err(Error::NoRanges { name, reason });
        }
        if self.v4.len().max(self.v6.len()) > RANGES_MAX {
            return Err(Error::TooMany { name, what: "ranges", max: RANGES_MAX });
        }
        if self.n_name_bytes > NAMES_BYTES_MAX {
            return Err(Error::TooMany { name, what: "bytes of names", max: NAMES_BYTES_MAX });
        }
        Ok(())
    }
}
