//! Why a statement could not be answered.

use std::sync::Arc;
use std::time::Duration;

use datafusion::common::{DataFusionError, SchemaError};

use crate::limit::Guess;
use crate::nearest::nearest;

/// Why a statement could not be answered.
///
/// `Display` states what was attempted; the cause is in [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The statement itself is wrong.
    #[error("{message}")]
    Sql {
        /// What is wrong with it.
        message: String,
        /// What may have been meant.
        hint: Option<String>,
        /// Where in the statement, if known.
        place: Option<TextPlace>,
    },
    /// There is no table of this name.
    #[error("there is no table `{name}`")]
    NoTable {
        /// The name.
        name: String,
        /// The table that may have been meant.
        nearest: Option<String>,
    },
    /// A table of this name exists, and the statement does not say `IF NOT EXISTS`.
    #[error("`{name}` already exists as a {kind} here")]
    Exists {
        /// The name.
        name: String,
        /// `view` or `table`.
        kind: &'static str,
    },
    /// The query ran longer than it may.
    #[error("the query was stopped after {} s", .limit.as_secs_f64())]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// The threads on which queries run could not be started.
    #[error("no threads for queries: {0}")]
    Threads(std::io::Error),
    /// The query was stopped because the program ends.
    #[error("the query was stopped: the program ends")]
    Stopped,
    /// The query needed more memory than it may have.
    #[error("the query needs more memory than the {limit_bytes} bytes it may have: {reason}")]
    Memory {
        /// The limit.
        limit_bytes: usize,
        /// Which part of the query asked for how much.
        reason: String,
    },
    /// The query would read more than it may.
    #[error("the question would read up to {} bytes in {} files", .guess.n_bytes, .guess.n_files)]
    TooMuch {
        /// What it would read at most.
        guess: Guess,
    },
    /// The session was opened without a lake.
    #[error("there is no lake in this session")]
    NoLake,
    /// The lake could not be read.
    #[error(transparent)]
    Lake(#[from] tidegate_store::Error),
    /// An object store refused or lost a request.
    #[error("cannot {action} `{path}`")]
    Storage {
        /// What was attempted, as `read` or `list`.
        action: &'static str,
        /// Which object.
        path: String,
        /// What the object store said.
        #[source]
        source: object_store::Error,
    },
    /// There is nothing to read at a location.
    #[error("there is nothing to read at `{location}`")]
    NothingThere {
        /// What was asked for.
        location: String,
    },
    /// More objects lie at a location than one query reads.
    #[error("more than {limit} objects lie at `{location}`")]
    TooManyObjects {
        /// What was asked for.
        location: String,
        /// The limit.
        limit: usize,
    },
    /// The engine failed while it answered.
    #[error("the query failed: {message}")]
    Failed {
        /// What the engine said.
        message: String,
    },
    /// An error that several parts of a plan met at once.
    #[error(transparent)]
    Shared(Arc<Error>),
}

/// A place in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPlace {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let fixed = match self {
            Self::Sql { hint, .. } => return hint.clone(),
            Self::Lake(error) => return error.hint().map(str::to_owned),
            Self::Shared(error) => return error.hint(),
            Self::NoTable { nearest: Some(name), .. } => {
                return Some(format!("did you mean `{name}`?"));
            }
            Self::NoTable { nearest: None, .. } => "`SHOW TABLES` lists the tables",
            Self::Exists { .. } => "take another name, or say `IF NOT EXISTS` to leave it as it is",
            Self::Timeout { .. } => {
                "narrow the time range (`WHERE \"end\" >= ...`), or raise `--timeout`"
            }
            Self::Memory { .. } => {
                "narrow the time range, group by fewer columns, or raise the memory limit"
            }
            Self::TooMuch { .. } => "take a shorter time range",
            Self::NoLake => "`--lake` names one; `flow_logs('path')` reads raw logs without it",
            Self::NothingThere { .. } => {
                "check the path; a glob must be quoted, and names that start with `.` or `_` are passed over"
            }
            Self::TooManyObjects { .. } => "name a narrower prefix, as one day or one account",
            Self::Threads(_) => "let fewer programs run beside this one, or lower `--threads`",
            Self::Stopped | Self::Storage { .. } | Self::Failed { .. } => return None,
        };
        Some(fixed.to_owned())
    }

    /// Whether the statement is to blame, rather than the world.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sql { .. } | Self::NoTable { .. } | Self::Exists { .. } => true,
            Self::Shared(error) => error.is_usage(),
            _ => false,
        }
    }

    pub(crate) fn sql(message: impl Into<String>, hint: Option<String>) -> Self {
        Self::Sql { message: message.into(), hint, place: None }
    }

    pub(crate) fn no_table(name: &str, tables: &[String]) -> Self {
        let nearest = nearest(name, tables.iter().map(String::as_str)).map(str::to_owned);
        Self::NoTable { name: name.to_owned(), nearest }
    }

    pub(crate) fn storage(
        action: &'static str,
        path: &(impl ToString + ?Sized),
        source: object_store::Error,
    ) -> Self {
        Self::Storage { action, path: path.to_string(), source }
    }
}

/// An [`Error`] on its way through the engine, which hands errors around by reference.
#[derive(Debug)]
struct Carried(Arc<Error>);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(Carried(Arc::new(error))))
    }
}

/// Returns what `error` means to the person who wrote the statement.
pub(crate) fn from_engine(error: &DataFusionError, memory_bytes_max: usize) -> Error {
    match error {
        DataFusionError::Diagnostic(diagnostic, inner) => {
            let place = diagnostic
                .span
                .map(|it| TextPlace { line: it.start.line, column: it.start.column });
            with_place(from_engine(inner, memory_bytes_max), place)
        }
        DataFusionError::Context(_, inner) => from_engine(inner, memory_bytes_max),
        DataFusionError::Shared(inner) => from_engine(inner, memory_bytes_max),
        DataFusionError::Collection(errors) => errors.first().map_or_else(
            || Error::Failed { message: error.to_string() },
            |it| from_engine(it, memory_bytes_max),
        ),
        DataFusionError::External(inner) => match inner.downcast_ref::<Carried>() {
            Some(carried) => Error::Shared(Arc::clone(&carried.0)),
            None => from_stranger(&inner.to_string()),
        },
        DataFusionError::ArrowError(inner, _) => from_arrow(inner, memory_bytes_max),
        DataFusionError::SQL(parser, _) => from_parser(&parser.to_string()),
        DataFusionError::SchemaError(inner, _) => from_schema(inner),
        DataFusionError::Plan(message) => from_plan(message),
        DataFusionError::NotImplemented(message) => {
            Error::sql(format!("this is not supported: {}", tidy(message)), None)
        }
        DataFusionError::Configuration(message) => Error::sql(tidy(message), None),
        DataFusionError::Execution(message) => from_value(message),
        // Behind the first line it asks for a report to its makers.
        DataFusionError::Internal(message) => Error::Failed { message: first_line(message) },
        DataFusionError::ResourcesExhausted(reason) => {
            Error::Memory { limit_bytes: memory_bytes_max, reason: first_line(reason) }
        }
        other => Error::Failed { message: tidy(&other.strip_backtrace()) },
    }
}

fn from_arrow(error: &arrow::error::ArrowError, memory_bytes_max: usize) -> Error {
    use arrow::error::ArrowError;
    if let ArrowError::ExternalError(inner) = error {
        if let Some(inner) = inner.downcast_ref::<DataFusionError>() {
            return from_engine(inner, memory_bytes_max);
        }
        if let Some(carried) = inner.downcast_ref::<Carried>() {
            return Error::Shared(Arc::clone(&carried.0));
        }
    }
    match error {
        ArrowError::DivideByZero => Error::sql(
            "a number is divided by zero",
            Some("`nullif(number, 0)` makes NULL of a zero".to_owned()),
        ),
        ArrowError::CastError(message) | ArrowError::ParseError(message) => Error::sql(
            lower_first(&tidy(message)),
            Some("`TRY_CAST` makes NULL of what cannot be taken".to_owned()),
        ),
        ArrowError::ArithmeticOverflow(message) => Error::sql(
            lower_first(&tidy(message)),
            Some("cast the numbers to a type that holds more, as DOUBLE".to_owned()),
        ),
        ArrowError::ComputeError(message) | ArrowError::InvalidArgumentError(message) => {
            from_value(message)
        }
        ArrowError::NotYetImplemented(message) => {
            Error::sql(format!("this is not supported: {}", tidy(message)), None)
        }
        ArrowError::OffsetOverflowError(n_bytes) => {
            Error::sql(format!("a value of {n_bytes} bytes is too long"), None)
        }
        other => from_stranger(&tidy(&other.to_string())),
    }
}

/// An error of a library that the engine uses. What is wrong with a pattern is in its last line,
/// below the pattern itself.
fn from_stranger(text: &str) -> Error {
    if !text.contains("regex parse error") {
        return Error::Failed { message: text.to_owned() };
    }
    let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Error::sql(format!("cannot read the pattern: {reason}"), None)
}

/// A function refuses a value that it got.
fn from_value(message: &str) -> Error {
    Error::sql(lower_first(&tidy(&first_line(message))), None)
}

fn with_place(error: Error, found: Option<TextPlace>) -> Error {
    match error {
        Error::Sql { message, hint, place } => Error::Sql { message, hint, place: place.or(found) },
        other => other,
    }
}

/// `sql parser error: Expected: ..., found: x at Line: 1, Column: 8`
fn from_parser(text: &str) -> Error {
    let text = text.trim_start_matches("sql parser error: ");
    let (message, place) = match text.rsplit_once(" at Line: ") {
        Some((message, place)) => (message, parse_place(place)),
        None => (text, None),
    };
    let message = format!("cannot read the statement: {}", lower_first(message));
    let is_end = text.to_lowercase().contains("found: end") && !text.contains("EOF");
    let hint = is_end.then(|| "`end` is a key word: quote the column, as \"end\"".to_owned());
    Error::Sql { message, hint, place }
}

fn parse_place(text: &str) -> Option<TextPlace> {
    let (line, column) = text.split_once(", Column: ")?;
    Some(TextPlace { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
}

fn from_schema(error: &SchemaError) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let names: Vec<&str> = valid_fields.iter().map(|it| it.name.as_str()).collect();
            let hint = match nearest(&field.name, names.iter().copied()) {
                Some(name) => Some(format!("did you mean `{name}`?")),
                None => Some("`DESCRIBE table` lists the columns of a table".to_owned()),
            };
            Error::sql(format!("there is no column `{}`", field.flat_name()), hint)
        }
        SchemaError::AmbiguousReference { field } => Error::sql(
            format!("`{}` could be a column of more than one table", field.name),
            Some(format!("write `table.{}`", field.name)),
        ),
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => Error::sql(
            format!("two columns are called `{name}`"),
            Some("give one of them another name with `AS`".to_owned()),
        ),
    }
}

fn from_plan(message: &str) -> Error {
    if let Some(name) = missing_table(message) {
        return Error::NoTable { name: name.to_owned(), nearest: None };
    }
    if let Some(rest) = message.split_once("user-defined coercion failed with: ").map(|it| it.1) {
        // A function of ours refuses its arguments, in its own words.
        let words = rest.split(". No function matches").next().unwrap_or(rest);
        return Error::sql(tidy(words), None);
    }
    if message.contains("require unique expression names") {
        let name = message.split('"').nth(1).unwrap_or_default();
        return Error::sql(
            format!("two columns of the answer are called `{}`", tidy(name)),
            Some("give one of them another name with `AS`".to_owned()),
        );
    }
    let (message, hint) = match message.split_once("\nDid you mean ") {
        Some((message, rest)) => {
            let name = rest.trim().trim_end_matches('?').trim_matches('\'');
            (message, Some(format!("did you mean `{name}`?")))
        }
        None => (message, None),
    };
    Error::sql(lower_first(tidy(message).trim_end_matches('.')), hint)
}

/// `table 'tidegate.main.flowz' not found`
fn missing_table(message: &str) -> Option<&str> {
    let rest = message.split_once("table '")?.1;
    let (name, rest) = rest.split_once('\'')?;
    let name = name.strip_prefix(crate::catalog::PREFIX).unwrap_or(name);
    rest.starts_with(" not found").then_some(name)
}

fn tidy(message: &str) -> String {
    let message = message.trim_start_matches("Error during planning: ");
    message.trim_start_matches("Execution error: ").replace(crate::catalog::PREFIX, "")
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches(':').to_owned()
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !text.chars().nth(1).is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
