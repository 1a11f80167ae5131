//! How the program ends: its exit codes, which are a promise to scripts.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done. A reader that closed the pipe early is this too.
    Done = 0,
    /// Done, and what you asked to be warned of is there, as damage under `lake verify`.
    Warned = 1,
    /// Not done: usage, configuration, SQL, a file or a place that is not what it should be.
    Failed = 2,
    /// AWS refused: no credentials, or no permission.
    Refused = 3,
    /// Finished, but some input was left out, under `--strict`.
    LeftOut = 4,
    /// Interrupted by Ctrl-C or SIGTERM; what is stored is consistent.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
