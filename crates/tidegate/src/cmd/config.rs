//! `tidegate config show | check | path`.

use std::fmt::Write as _;

use clap::Subcommand;

use crate::config::{Config, Environment, environment};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::nearest::nearest;
use crate::output::record::write_rows;
use crate::output::{Format, terminal};

const EXAMPLES: &str = "\
Examples:
  tidegate config show
  tidegate config show --output json
  TIDEGATE_LAKE=s3://acme-lake/flows tidegate config check

A setting is a flag, a variable (`sql.rows_max` is TIDEGATE_SQL_ROWS_MAX), or a line of the file:
  lake = \"s3://acme-lake/flows\"
  [sql]
  rows_max = 10000
Flags beat variables, variables beat the file, the file beats the default.";

/// Arguments of `tidegate config`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List every setting with its value and where it came from
    Show,
    /// Read the settings and say what is wrong with them
    Check,
    /// List the files and folders that are used
    Path,
}

pub(super) fn run(args: &Args, config: &Config, environment: &Environment) -> anyhow::Result<Exit> {
    match args.action {
        Action::Show => show(config),
        Action::Check => check(config, environment),
        Action::Path => path(config),
    }
}

fn show(config: &Config) -> anyhow::Result<Exit> {
    let (format, look) = super::form(config);
    let is_table = matches!(format, Format::Table | Format::Markdown);
    let rows = config.values.iter().map(|it| {
        let mut row = vec![Some(it.key.clone()), it.value.clone(), Some(it.origin.to_string())];
        if !is_table {
            row.push(Some(it.doc.clone()));
        }
        row
    });
    let names = ["setting", "value", "origin", "doc"];
    let n_names = if is_table { 3 } else { 4 };
    let rows: Vec<_> = rows.collect();
    write_rows(format, terminal::stdout(), look, &names[..n_names], &rows)?;
    Ok(Exit::Done)
}

/// The settings were read already, or we would not be here; what is left is the variables.
fn check(config: &Config, environment: &Environment) -> anyhow::Result<Exit> {
    let known: Vec<String> =
        config.values.iter().map(|it| environment::variable(&it.key)).collect();
    let others = ["TIDEGATE_CONFIG", environment::READ_TOKEN, environment::ADMIN_TOKEN];
    let is_known = |name: &str| others.contains(&name) || known.iter().any(|it| it == name);
    if let Some(name) = environment.ours().find(|it| !is_known(it)) {
        let hint = match nearest(name, known.iter().map(String::as_str)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`tidegate config show` lists every setting".to_owned(),
        };
        return Err(Usage::new(format!("no setting has the variable `{name}`"), hint).into());
    }
    let mut text = String::new();
    match &config.file {
        Some(file) => writeln!(text, "the settings in `{}` are good", file.display())?,
        None => writeln!(text, "there is no settings file; every setting has its default")?,
    }
    super::print(&text)?;
    Ok(Exit::Done)
}

fn path(config: &Config) -> anyhow::Result<Exit> {
    let folders = &config.folders;
    let file = config.file.clone().unwrap_or_else(|| folders.config_file());
    let row = |name: &str, path: String| vec![Some(name.to_owned()), Some(path)];
    let rows = [
        row("settings", file.display().to_string()),
        row("lake", config.settings.lake.clone()),
        row("demo", folders.demo().display().to_string()),
        row("history", folders.history_file().display().to_string()),
        row("cache", folders.cache().display().to_string()),
    ];
    let (format, look) = super::form(config);
    write_rows(format, terminal::stdout(), look, &["what", "path"], &rows)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings;

    #[test]
    fn no_two_settings_share_a_variable_and_each_has_a_meaning() {
        let command = settings::command();
        let mut names: Vec<_> = command
            .get_arguments()
            .map(|it| {
                assert!(it.get_help().is_some(), "{} has no doc", it.get_id());
                environment::variable(it.get_id().as_str())
            })
            .collect();
        let n_names = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }
}
