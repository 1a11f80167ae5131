//! Settings, and where each came from.
//!
//! A setting is one field of [`Settings`] with its doc comment: the parser, `tidegate config show`
//! and the reference page derive from it. Flags beat the environment, which beats the file, which
//! beats the default. The only module that reads the environment.
//!
//! Reading order: [`settings`] (what can be set), [`layer`] (which value wins), [`mod@file`],
//! [`environment`], [`folder`].

pub(crate) mod environment;
mod error;
mod file;
pub(crate) mod folder;
mod layer;
pub(crate) mod settings;

use std::path::{Path, PathBuf};

use clap::{ArgMatches, FromArgMatches as _};

pub(crate) use environment::Environment;
pub(crate) use error::Error;
pub(crate) use folder::Folders;
pub(crate) use layer::{Origin, Setting};
pub(crate) use settings::Settings;

/// Name of the file in the current folder.
const LOCAL_FILE: &str = "tidegate.toml";

/// All settings, and what is needed to explain them.
#[derive(Debug)]
pub(crate) struct Config {
    /// The settings.
    pub(crate) settings: Settings,
    /// The same as text, each with its origin, in the order of [`Settings`].
    pub(crate) values: Vec<Setting>,
    /// Where things are kept.
    pub(crate) folders: Folders,
    /// The file that was read, if there is one.
    pub(crate) file: Option<PathBuf>,
}

impl Config {
    /// Reads the settings that `matches` (the flags), `environment` and the file make together.
    pub(crate) fn load(matches: &ArgMatches, environment: &Environment) -> Result<Self, Error> {
        let folders = Folders::find()?;
        let command = settings::command();
        let file = find_file(matches, environment, &folders);
        let in_file = match &file {
            Some(path) => file::read(path, &command)?,
            None => file::Entries::new(),
        };
        let layers = layer::Layers {
            flags: layer::flags(matches, &command),
            environment,
            file: file.as_deref().unwrap_or(Path::new("")),
            in_file,
            defaults: settings::defaults(&folders),
        };
        let values = layers.resolve(&command)?;
        let parsed = command.try_get_matches_from(layer::as_arguments(&values));
        let mut settings = parsed
            .and_then(|it| Settings::from_arg_matches(&it))
            .map_err(|it| Error::Settings { reason: layer::reason(&it) })?;
        settings.lake = folders.expand_home(&settings.lake);
        settings.geo = folders.expand_home(&settings.geo);
        Ok(Self { settings, values, folders, file })
    }
}

/// Returns the file to read: the named one, else the nearest that exists.
fn find_file(
    matches: &ArgMatches,
    environment: &Environment,
    folders: &Folders,
) -> Option<PathBuf> {
    let flag = matches.get_one::<PathBuf>("config").cloned();
    let named = flag.or_else(|| environment.get("TIDEGATE_CONFIG").map(PathBuf::from));
    named.or_else(|| {
        [PathBuf::from(LOCAL_FILE), folders.config_file()].into_iter().find(|it| it.is_file())
    })
}
