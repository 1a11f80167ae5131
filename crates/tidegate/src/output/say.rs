//! What people read beside the result: summaries, notes, errors, on stderr.

use std::fmt::Display;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};

/// The word before an error.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The word before a hint.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// The word before a warning.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// What matters in a line.
pub(crate) const STRONG: Style = Style::new().bold();

/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Returns `text` in `style`.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes a line to stderr, without colour where it does not belong.
///
/// If stderr is closed there is nobody left to tell, so a failure to write is no error.
pub(crate) fn say(line: impl Display) {
    writeln!(anstream::stderr().lock(), "{line}").unwrap_or_default();
}

/// Writes a warning to stderr.
pub(crate) fn warn(text: impl Display) {
    say(format_args!("{}: {text}", styled(WARNING, "warning")));
}
