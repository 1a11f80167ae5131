//! Why a world cannot be made or written.

use std::io;

/// What went wrong while a world was made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The specification asks for something that no world can be. Change the named setting.
    #[error("cannot make a world with {setting} = `{value}`: {reason}")]
    Spec {
        /// Name of the field of [`Spec`](crate::Spec).
        setting: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed.
        reason: String,
    },
    /// The caller could not take an object.
    #[error("cannot hand over the object `{key}`")]
    Emit {
        /// Key of the object.
        key: String,
        /// What the caller said.
        #[source]
        source: io::Error,
    },
    /// The records of an object could not be compressed or encoded.
    #[error("cannot encode the object `{key}`")]
    Encode {
        /// Key of the object.
        key: String,
        /// What the encoder said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Returns the error for a setting that is out of its bounds.
    pub(crate) fn spec(setting: &'static str, value: &dyn std::fmt::Display, reason: &str) -> Self {
        Self::Spec { setting, value: value.to_string(), reason: reason.to_owned() }
    }
}
