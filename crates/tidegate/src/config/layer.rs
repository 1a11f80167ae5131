//! Which value wins: flag, environment, file, default.

use std::fmt;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::file::Entries;
use super::{Environment, Error};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of this command line.
    Flag,
    /// This variable of the environment.
    Variable(String),
    /// This line of a file.
    File {
        /// Path of the file.
        path: String,
        /// Line in it, from 1.
        line: usize,
    },
    /// Nothing said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("flag"),
            Self::Variable(name) => write!(formatter, "environment, {name}"),
            Self::File { path, line } => write!(formatter, "{path}, line {line}"),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// A setting as text.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Name of the setting: `sql.rows_max`.
    pub(crate) key: String,
    /// Its value; `None` if nothing sets it and there is no default.
    pub(crate) value: Option<String>,
    /// Where the value came from.
    pub(crate) origin: Origin,
    /// What the setting means.
    pub(crate) doc: String,
}

/// Everything that can set a value.
pub(super) struct Layers<'a> {
    pub(super) flags: Vec<(String, String)>,
    pub(super) environment: &'a Environment,
    pub(super) file: &'a Path,
    pub(super) in_file: Entries,
    pub(super) defaults: Vec<(&'static str, String)>,
}

impl Layers<'_> {
    /// Returns the value of each argument of `command`, checked.
    pub(super) fn resolve(&self, command: &Command) -> Result<Vec<Setting>, Error> {
        command.get_arguments().map(|it| self.setting(it)).collect()
    }

    fn setting(&self, argument: &Arg) -> Result<Setting, Error> {
        let key = argument.get_id().as_str();
        let (value, origin) = self.pick(argument);
        if let Some(value) = &value {
            check(argument, value).map_err(|reason| Error::Value {
                key: key.to_owned(),
                value: value.clone(),
                place: origin.to_string(),
                reason,
            })?;
        }
        let doc = argument.get_help().map(ToString::to_string).unwrap_or_default();
        Ok(Setting { key: key.to_owned(), value, origin, doc })
    }

    fn pick(&self, argument: &Arg) -> (Option<String>, Origin) {
        let key = argument.get_id().as_str();
        if let Some((_, value)) = self.flags.iter().find(|(it, _)| it == key) {
            return (Some(value.clone()), Origin::Flag);
        }
        if let Some((name, value)) = self.environment.setting(key) {
            return (Some(value), Origin::Variable(name));
        }
        if let Some((value, line)) = self.in_file.get(key) {
            let path = self.file.display().to_string();
            return (Some(value.clone()), Origin::File { path, line: *line });
        }
        let computed = self.defaults.iter().find(|(it, _)| *it == key).map(|(_, it)| it.clone());
        let fixed = || argument.get_default_values().first()?.to_str().map(ToOwned::to_owned);
        (computed.or_else(fixed), Origin::Default)
    }
}

/// Returns the flags of `matches`, and of its subcommands, that are settings.
pub(super) fn flags(matches: &ArgMatches, command: &Command) -> Vec<(String, String)> {
    let mut flags = Vec::new();
    let mut level = Some(matches);
    while let Some(matches) = level {
        for argument in command.get_arguments() {
            let key = argument.get_id().as_str();
            flags.extend(flag(matches, key).map(|it| (key.to_owned(), it)));
        }
        level = matches.subcommand().map(|(_, it)| it);
    }
    flags
}

fn flag(matches: &ArgMatches, key: &str) -> Option<String> {
    let is_known = matches.try_contains_id(key).unwrap_or(false);
    if !is_known || matches.value_source(key) != Some(ValueSource::CommandLine) {
        return None;
    }
    matches.get_raw(key)?.next_back()?.to_str().map(ToOwned::to_owned)
}

/// Returns the command line that sets all of `values`.
pub(super) fn as_arguments(values: &[Setting]) -> Vec<String> {
    let name = std::iter::once("tidegate".to_owned());
    let set = values.iter().filter_map(|it| Some(format!("--{}={}", it.key, it.value.as_ref()?)));
    name.chain(set).collect()
}

/// Returns what is wrong with `value` for `argument`.
fn check(argument: &Arg, value: &str) -> Result<(), String> {
    let one = Command::new("tidegate").no_binary_name(true).arg(argument.clone());
    let flag = format!("--{}={value}", argument.get_id());
    one.try_get_matches_from([flag]).map(|_| ()).map_err(|it| reason(&it))
}

/// Returns the reason in an error of the parser, without the parser's frame around it.
pub(super) fn reason(error: &clap::Error) -> String {
    use std::error::Error as _;
    if let Some(source) = error.source() {
        return source.to_string();
    }
    let text = error.to_string();
    let list = text.lines().find_map(|it| it.trim().strip_prefix("[possible values: "));
    match list {
        Some(list) => format!("write one of {}", list.trim_end_matches(']')),
        None => text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    }
}
