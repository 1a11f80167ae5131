//! The settings file: TOML, one key per setting, sections for the part before the dot.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Error;
use crate::nearest::nearest;

/// The largest settings file.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Values as text with their lines, by key.
pub(super) type Entries = BTreeMap<String, (String, usize)>;

/// Reads the file at `path`, whose keys must be arguments of `command`.
pub(super) fn read(path: &Path, command: &clap::Command) -> Result<Entries, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let size_bytes = std::fs::metadata(path).map_err(failed)?.len();
    if size_bytes > FILE_BYTES_MAX {
        return Err(failed(std::io::Error::other("it is larger than 1 MiB")));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    parse(path, &text, command)
}

fn parse(path: &Path, text: &str, command: &clap::Command) -> Result<Entries, Error> {
    let table = DeTable::parse(text).map_err(|error| Error::Syntax {
        path: path.to_owned(),
        line: error.span().map_or(1, |it| line_of(text, it.start)),
        reason: error.message().to_owned(),
    })?;
    let mut reader = Reader { path, text, command, entries: Entries::new() };
    reader.read_table("", table.get_ref())?;
    Ok(reader.entries)
}

/// Returns the line, from 1, of the byte at `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|it| *it == b'\n').count() + 1
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    command: &'a clap::Command,
    entries: Entries,
}

impl Reader<'_> {
    fn read_table(&mut self, prefix: &str, table: &DeTable<'_>) -> Result<(), Error> {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            let line = line_of(self.text, name.span().start);
            let is_known = self.keys().any(|it| it == key);
            match value.get_ref() {
                DeValue::Table(section) if self.is_section(&key) => {
                    self.read_table(&format!("{key}."), section)?;
                }
                _ if is_known => {
                    let value = self.scalar(&key, line, value)?;
                    self.entries.insert(key, (value, line));
                }
                _ => return Err(self.unknown(&key, line)),
            }
        }
        Ok(())
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.command.get_arguments().map(|it| it.get_id().as_str())
    }

    fn is_section(&self, key: &str) -> bool {
        self.keys().any(|it| it.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
    }

    fn unknown(&self, key: &str, line: usize) -> Error {
        let sections = self.keys().filter_map(|it| it.split_once('.')).map(|(it, _)| it);
        let found = nearest(key, self.keys().chain(sections)).map(ToOwned::to_owned);
        let place = format!("{}, line {line}", self.path.display());
        Error::UnknownKey { key: key.to_owned(), place, nearest: found }
    }

    fn scalar(
        &self,
        key: &str,
        line: usize,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<String, Error> {
        match value.get_ref() {
            DeValue::String(it) => Ok(it.to_string()),
            DeValue::Integer(it) => Ok(it.to_string()),
            DeValue::Float(it) => Ok(it.to_string()),
            DeValue::Boolean(it) => Ok(it.to_string()),
            DeValue::Datetime(it) => Ok(it.to_string()),
            DeValue::Array(_) | DeValue::Table(_) => Err(Error::Value {
                key: key.to_owned(),
                value: self.text[value.span()].to_owned(),
                place: format!("{}, line {line}", self.path.display()),
                reason: "write one value".to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        let command = crate::config::settings::command();
        match parse(Path::new("t.toml"), text, &command) {
            Ok(entries) => format!("{entries:?}"),
            Err(error) => match error.hint() {
                Some(hint) => format!("{error}; {hint}"),
                None => error.to_string(),
            },
        }
    }

    #[test]
    fn keys_stand_at_the_top_or_in_their_section() {
        assert_eq!(
            check("lake = 's3://acme/lake'\n\n[sql]\nrows_max = 5\n"),
            r#"{"lake": ("s3://acme/lake", 1), "sql.rows_max": ("5", 4)}"#
        );
        assert_eq!(check("sql.rows_max = 5"), r#"{"sql.rows_max": ("5", 1)}"#);
        assert_eq!(check("quiet = true"), r#"{"quiet": ("true", 1)}"#);
        assert_eq!(check(""), "{}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_the_nearest_name() {
        insta::assert_snapshot!(
            [
                "lake = 'x'\nlkae = 'y'",
                "\n[sql]\nrow_max = 5",
                "[slq]\nrows_max = 5",
                "sky = 'blue'",
                "lake = ['a', 'b']",
                "[lake]\nurl = 'x'",
                "lake = ",
                "lake = 'x'\nlake = 'y'",
            ]
            .map(check)
            .join("\n"),
            @"
        there is no setting `lkae` (t.toml, line 2); did you mean `lake`?
        there is no setting `sql.row_max` (t.toml, line 3); did you mean `sql.rows_max`?
        there is no setting `slq` (t.toml, line 1); did you mean `sql`?
        there is no setting `sky` (t.toml, line 1); `tidegate config show` lists every setting with its value
        `['a', 'b']` is not a value for the setting `lake` (t.toml, line 1): write one value; `tidegate config show` lists every setting with its value
        `[lake]` is not a value for the setting `lake` (t.toml, line 1): write one value; `tidegate config show` lists every setting with its value
        cannot read the settings in `t.toml`, line 1: string values must be quoted, expected literal string
        cannot read the settings in `t.toml`, line 2: duplicate key
        "
        );
    }
}
