//! The databases together.

use crate::asn::AsnTable;
use crate::aws_ranges::AwsRanges;
use crate::describe::Description;
use crate::mmdb::Database;

/// Any number of databases; with none, no column is filled.
///
/// Shared by threads: every lookup is by `&self`, and nothing is cached inside.
///
/// A database of cities is asked before one of countries, else the one that was added first. An
/// address gets its whole place from the first database that knows its country, and its autonomous
/// system from the first that knows one: a city of one maker never stands beside the country of
/// another. Tables of AS numbers are asked before databases. Several files of one make (one of
/// IPv4, one of IPv6) are simply all added.
#[derive(Debug, Default)]
pub struct Atlas {
    pub(crate) databases: Vec<Database>,
    pub(crate) systems: Vec<AsnTable>,
    pub(crate) aws_ranges: Option<AwsRanges>,
}

impl Atlas {
    /// Adds a database of places, of autonomous systems, or of both.
    pub fn add_database(&mut self, database: Database) {
        self.databases.push(database);
        self.databases.sort_by_key(|it| !it.holds().city);
    }

    /// Adds a table of AS numbers.
    pub fn add_systems(&mut self, table: AsnTable) {
        self.systems.push(table);
    }

    /// Sets AWS's ranges, instead of those that were there.
    pub fn set_aws_ranges(&mut self, aws_ranges: AwsRanges) {
        self.aws_ranges = Some(aws_ranges);
    }

    /// Returns whether there is no database.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.databases.is_empty() && self.systems.is_empty() && self.aws_ranges.is_none()
    }

    /// Returns what the databases are, in the order in which they are asked.
    #[must_use]
    pub fn describe(&self) -> Vec<Description> {
        let databases = self.databases.iter().map(Database::describe);
        let systems = self.systems.iter().map(AsnTable::describe);
        databases.chain(systems).chain(self.aws_ranges.iter().map(AwsRanges::describe)).collect()
    }

    /// Returns one line that is the same as long as the databases are the same, to be kept with what
    /// was filled from them: `iptoasn-country 2026-11-01, asn 2026-11-01`.
    #[must_use]
    pub fn stamp(&self) -> String {
        let stamps: Vec<String> = self.describe().iter().map(ToString::to_string).collect();
        stamps.join(", ")
    }
}
