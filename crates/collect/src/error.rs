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
        source: Box<store::Error>,
    },
    /// There is nothing at a source.
    #[error("there is nothing at `{source_name}`")]
    Nothing {
        /// As the person wrote it.
        source_name: String,
    },
    /// A source is the lake itself, or in it.
    #[error("cannot collect `{source_name}`: it is in the lake that is collected into")]
    InLake {
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
    /// Whether another look, later, may find what this one did not.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Lake(error) => error.is_retryable(),
            Self::Source { source, .. } => matches!(**source, store::Error::Storage { .. }),
            Self::Nothing { .. } => true,
            Self::InLake { .. } | Self::Pattern { .. } | Self::Worker { .. } => false,
        }
    }

    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Lake(error) => error.hint(),
            Self::Nothing { .. } => {
                Some("name a file, a folder, a pattern in quotes, `s3://bucket/prefix`, or `-`")
            }
            Self::InLake { .. } => {
                Some("name the folder or prefix of the logs, or another lake with `--lake`")
            }
            Self::Source { .. } => {
                Some("for S3 the role needs `s3:ListBucket` on the bucket and `s3:GetObject` below")
            }
            _ => None,
        }
    }
}

/// Returns an error and its causes in one line.
pub(crate) fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |it| it.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
