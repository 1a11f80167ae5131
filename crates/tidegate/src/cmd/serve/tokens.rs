//! Tokens, from files or the environment: never from the command line, which others can list.

use std::path::Path;

use anyhow::Context as _;
use tidegate_serve::{Access, Token};

use super::Args;
use crate::config::Environment;
use crate::config::environment::{ADMIN_TOKEN, READ_TOKEN};
use crate::failure::Usage;
use crate::output::say::warn;

/// The largest file of a token: it has one line.
const FILE_BYTES_MAX: u64 = 4_096;

/// Returns who may what.
///
/// # Errors
///
/// If a file cannot be read, or what is in it is no token.
pub(super) fn access(args: &Args, environment: &Environment) -> anyhow::Result<Access> {
    let read = token(args.token_file.as_deref(), environment, READ_TOKEN)?;
    let admin = token(args.admin_token_file.as_deref(), environment, ADMIN_TOKEN)?;
    Ok(Access::new(read, admin))
}

fn token(
    file: Option<&Path>,
    environment: &Environment,
    variable: &str,
) -> anyhow::Result<Option<Token>> {
    let (text, place) = match (file, environment.get(variable)) {
        (Some(path), _) => (read(path)?, format!("`{}`", path.display())),
        (None, Some(text)) => (text.to_owned(), format!("`{variable}`")),
        (None, None) => return Ok(None),
    };
    match Token::parse(&text) {
        Ok(token) => Ok(Some(token)),
        Err(error) => {
            let message = format!("what is in {place} cannot be a token: {error}");
            Err(Usage::new(message, error.hint()).into())
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let attempt = || format!("cannot read the token in `{}`", path.display());
    let metadata = std::fs::metadata(path).with_context(attempt)?;
    if metadata.len() > FILE_BYTES_MAX {
        let message = format!("`{}` is too long for a token", path.display());
        return Err(Usage::new(message, "a file with one line: the token").into());
    }
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        warn(format!("others may read `{0}`: chmod 600 {0}", path.display()));
    }
    std::fs::read_to_string(path).with_context(attempt)
}
