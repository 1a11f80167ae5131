//! Why a database cannot be used.

use maxminddb::MaxMindDbError;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no MMDB, or the end of one is missing.
    #[error("cannot read `{name}` as an MMDB database")]
    NotMmdb {
        /// What the database is called.
        name: String,
        /// What is wrong with the bytes.
        #[source]
        source: MaxMindDbError,
    },
    /// The MMDB is damaged behind its head.
    #[error("cannot read the records of the MMDB database `{name}`")]
    DamagedMmdb {
        /// What the database is called.
        name: String,
        /// What is wrong with the bytes.
        #[source]
        source: MaxMindDbError,
    },
    /// The MMDB is whole, but about something else.
    #[error(
        "the MMDB database `{name}` (`{database_type}`) has neither countries, cities nor \
         autonomous systems; its records have {keys}"
    )]
    OtherMmdb {
        /// What the database is called.
        name: String,
        /// What it says that it is.
        database_type: String,
        /// The keys of its records.
        keys: String,
    },
    /// No line of a text is a range of addresses with an AS number.
    #[error("no line of `{name}` is a range of addresses with an AS number: {reason}")]
    NoRanges {
        /// What the text is called.
        name: String,
        /// What is wrong with the first line.
        reason: String,
    },
    /// The ranges do not fit into a table.
    #[error("`{name}` has more than {max} {what}")]
    TooMany {
        /// What is called so.
        name: String,
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// The bytes are no table of AS numbers as this version writes it.
    #[error("cannot read `{name}` as a table of AS numbers: {reason}")]
    NotAsnTable {
        /// What the table is called.
        name: String,
        /// What is wrong with the bytes.
        reason: String,
    },
    /// The text is not AWS's list of ranges.
    #[error("cannot read `{name}` as AWS's ip-ranges.json")]
    NotAwsRanges {
        /// What the text is called.
        name: String,
        /// What is wrong with it, and where.
        #[source]
        source: serde_json::Error,
    },
    /// The list of AWS's ranges has not one good entry.
    #[error("`{name}` has no range of AWS in it: {n_skipped} entries were left out")]
    NoAwsRanges {
        /// What the text is called.
        name: String,
        /// Entries that are no ranges.
        n_skipped: u64,
    },
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotMmdb { .. } | Self::DamagedMmdb { .. } => Some(
                "the file may be cut short or still packed (.gz, .tar.gz): fetch it again, unpack it",
            ),
            Self::OtherMmdb { .. } => Some(
                "use a country, city or ASN database of MaxMind, DB-IP, IPinfo or ip-location-db",
            ),
            Self::NoRanges { .. } => {
                Some("use asn-ipv4.csv and asn-ipv6.csv of @ip-location-db/asn, not the -num files")
            }
            Self::TooMany { .. } => None,
            Self::NotAsnTable { .. } => Some("build the table from the CSV files again"),
            Self::NotAwsRanges { .. } | Self::NoAwsRanges { .. } => {
                Some("the file may be cut short: fetch ip-ranges.json from AWS again")
            }
        }
    }
}
