//! Where things are kept: the folders of the XDG Base Directory Specification.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::Error;

/// Our folder in each of the user's folders.
const NAME: &str = "tidegate";

/// The folders, which need not exist.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    home: PathBuf,
    config: PathBuf,
    data: PathBuf,
    state: PathBuf,
    cache: PathBuf,
}

impl Folders {
    /// Returns the folders of this user.
    pub(crate) fn find() -> Result<Self, Error> {
        let base = etcetera::choose_base_strategy().map_err(Error::Home)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self {
            home: base.home_dir().to_owned(),
            config: base.config_dir().join(NAME),
            data: base.data_dir().join(NAME),
            state: state.join(NAME),
            cache: base.cache_dir().join(NAME),
        })
    }

    /// The user's settings.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The lake, if nothing names one.
    pub(crate) fn lake(&self) -> PathBuf {
        self.data.join("lake")
    }

    /// The databases that tell where addresses are, if nothing names a folder.
    pub(crate) fn geo(&self) -> PathBuf {
        self.data.join("geo")
    }

    /// The world that `tidegate demo` makes, if nothing names a folder.
    pub(crate) fn demo(&self) -> PathBuf {
        self.state.join("demo")
    }

    /// What was typed at the prompt.
    pub(crate) fn history_file(&self) -> PathBuf {
        self.state.join("history.sql")
    }

    /// What can be deleted at any time.
    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Returns `path` with a `~/` at its beginning made the home folder, as a shell would.
    pub(crate) fn expand_home(&self, path: &str) -> String {
        match path.strip_prefix("~/") {
            Some(rest) => self.home.join(rest).display().to_string(),
            None => path.to_owned(),
        }
    }
}
