//! What stdout and stderr are: terminals or not, how wide, coloured or not.

use std::io::IsTerminal as _;

use anstream::{AutoStream, ColorChoice};

use super::{Format, Look, Out};

/// Rows that a table shows if nobody says how many.
pub(crate) const TABLE_ROWS: u64 = 1_000;

/// Bytes gathered before they are written to stdout.
const BUFFER_BYTES: usize = 64 << 10;

/// The process's stdout and stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether people read stdout.
    pub(crate) is_stdout: bool,
    /// Whether people read stderr.
    pub(crate) is_stderr: bool,
    /// Columns of the window, if stdout is one.
    pub(crate) width: Option<usize>,
    /// Whether stdout may carry colour.
    pub(crate) is_coloured: bool,
}

impl Terminal {
    /// Looks at the process's stdout and stderr.
    pub(crate) fn of_process() -> Self {
        let is_stdout = std::io::stdout().is_terminal();
        let width = comfy_table::Table::new().width().filter(|_| is_stdout).map(usize::from);
        Self {
            is_stdout,
            is_stderr: std::io::stderr().is_terminal(),
            width,
            is_coloured: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        }
    }

    /// Returns the form of results: the asked one, else what suits a terminal or a pipe.
    pub(crate) fn format(&self, asked: Option<Format>) -> Format {
        asked.unwrap_or(if self.is_stdout { Format::Table } else { Format::Ndjson })
    }

    /// Returns how a table of at most `rows_max` rows looks here.
    pub(crate) fn look(&self, rows_max: Option<u64>) -> Look {
        Look {
            width: self.width,
            is_coloured: self.is_coloured,
            rows_max: rows_max.unwrap_or(TABLE_ROWS),
        }
    }
}

/// Returns stdout.
pub(crate) fn stdout() -> Out {
    Box::new(std::io::BufWriter::with_capacity(BUFFER_BYTES, std::io::stdout()))
}
