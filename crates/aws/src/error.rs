//! Why a bucket could not be opened.

/// Why a bucket could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address does not name a bucket.
    #[error("cannot open `{url}`: {reason}")]
    Address {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The client for the bucket could not be made.
    #[error("cannot reach the bucket `{bucket}`")]
    Client {
        /// Name of the bucket.
        bucket: String,
        /// What the library said.
        #[source]
        source: object_store::Error,
    },
    /// The chain of credentials has none, or one of its sources failed.
    #[error("no AWS credentials")]
    Credentials {
        /// What the chain said.
        #[source]
        source: aws_credential_types::provider::error::CredentialsError,
    },
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Address { .. } => Some("write it as `s3://bucket/prefix`"),
            Self::Client { .. } => None,
            Self::Credentials { .. } => Some(
                "sign in (`aws sso login`), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY; for a public bucket set AWS_NO_SIGN_REQUEST=true",
            ),
        }
    }
}
