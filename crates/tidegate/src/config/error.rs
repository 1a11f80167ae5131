//! What can be wrong with the settings.

use std::path::PathBuf;

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The file cannot be read.
    #[error("cannot read the settings in `{}`", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("cannot read the settings in `{}`, line {line}: {reason}", .path.display())]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// There is no such setting.
    #[error("there is no setting `{key}` ({place})")]
    UnknownKey {
        /// The name that is unknown.
        key: String,
        /// Where it stands.
        place: String,
        /// The known name that is nearest.
        nearest: Option<String>,
    },
    /// The value is not one that the setting can have.
    #[error("`{value}` is not a value for the setting `{key}` ({place}): {reason}")]
    Value {
        /// Which setting.
        key: String,
        /// The value.
        value: String,
        /// Where it stands.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The settings do not fit together.
    #[error("cannot read the settings: {reason}")]
    Settings {
        /// What is wrong.
        reason: String,
    },
    /// Nobody knows where the user's folders are.
    #[error("cannot find the home folder")]
    Home(#[source] etcetera::HomeDirError),
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            Self::UnknownKey { .. } | Self::Value { .. } => {
                Some("`tidegate config show` lists every setting with its value".to_owned())
            }
            Self::Home(_) => Some("set HOME".to_owned()),
            Self::Read { .. } | Self::Syntax { .. } | Self::Settings { .. } => None,
        }
    }
}
