//! Why the lake could not do what was asked.

/// Why the lake could not do what was asked.
///
/// `Display` states what was attempted; the cause is in [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no lake at this place.
    #[error("there is no lake at `{url}`")]
    NoLake {
        /// Root of the lake.
        url: String,
    },
    /// The table was made by something else, or by a newer Tidegate.
    #[error("the table at `{url}` is not one that this version can write: {reason}")]
    Foreign {
        /// Root of the table.
        url: String,
        /// What does not fit.
        reason: String,
    },
    /// Another writer committed the same objects first. Nothing of this commit was stored.
    #[error("{} of the objects were committed by another writer first", .ids.len())]
    Overlap {
        /// The objects that are in the table already.
        ids: Vec<u128>,
    },
    /// Files that this commit replaces were removed by another writer.
    #[error("the files to replace were changed by another writer")]
    Replaced,
    /// Other writers were faster too many times in a row.
    #[error("cannot commit to `{url}`: {n_tries} tries, each time another writer was faster")]
    Contention {
        /// Root of the table.
        url: String,
        /// How often it was tried.
        n_tries: u32,
    },
    /// The object store refused or lost a request.
    #[error("cannot {action} `{path}`")]
    Storage {
        /// What was attempted, as `read` or `write`.
        action: &'static str,
        /// Which object.
        path: String,
        /// What the object store said.
        #[source]
        source: object_store::Error,
    },
    /// The Delta log could not be read or written.
    #[error("cannot {action} the log of the table `{url}`")]
    Log {
        /// What was attempted.
        action: &'static str,
        /// Root of the table.
        url: String,
        /// What delta-rs said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file in the lake is not what it should be.
    #[error("`{path}` is damaged: {reason}")]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be encoded or decoded.
    #[error("cannot {action} the Parquet file `{path}`")]
    Parquet {
        /// What was attempted.
        action: &'static str,
        /// Which file.
        path: String,
        /// What the library said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Columns could not be put together.
    #[error("cannot put the columns of a file together")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The place is not one that can be opened.
    #[error("cannot open `{url}`: {reason}")]
    Place {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    /// Wraps what an object store said about `path`.
    pub fn storage(
        action: &'static str,
        path: &impl ToString,
        source: object_store::Error,
    ) -> Self {
        Self::Storage { action, path: path.to_string(), source }
    }

    /// Whether the same call may succeed if it is made again, unchanged.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Overlap { .. } | Self::Replaced | Self::Contention { .. } => true,
            Self::Storage { source, .. } => matches!(source, object_store::Error::Generic { .. }),
            _ => false,
        }
    }

    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoLake { .. } => Some("`tidegate collect PATH` makes one; `--lake` names it"),
            Self::Contention { .. } => Some("run the same command again: nothing was lost"),
            Self::Damaged { .. } => Some("`tidegate lake verify` lists every damaged file"),
            _ => None,
        }
    }
}
