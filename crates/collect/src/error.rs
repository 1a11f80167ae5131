//! Why a collection ended early.

use tidegate_store as store;

/// Why a collection ended early. What was committed before stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The lake failed.
    #[error("cannot write to the lake")]
    Lake(#[from] store::Error),
    /// A source could not be opened or listed.
    #[error("cannot read `{source_name}`")]
    Source {
        /// As the person wrote it.
        source_name: String,
        /// What went wrong.
        #[source]
        source: store::Error,
    },
    /// There is nothing at a source.
    #[error("there is nothing at `{source_name}`")]
    Nothing {
        /// As the person wrote it.
        source_name: String,
    },
    /// A pattern could not be understood.
    #[error("cannot read the pattern `{pattern}`: {reason}")]
    Pattern {
        /// As the person wrote it.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A worker died.
    #[error("a decoder died: {reason}")]
    Worker {
        /// What it said.
        reason: String,
    },
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Lake(error) => error.hint(),
            Self::Nothing { .. } => {
                Some("name a file, a folder, a pattern in quotes, `s3://bucket/prefix`, or `-`")
            }
            Self::Source { .. } => {
                Some("for S3 the role needs `s3:ListBucket` on the bucket and `s3:GetObject` below")
            }
            _ => None,
        }
    }
}
