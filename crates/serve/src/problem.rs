//! How a request fails: one form for everything that is not 2xx.

use std::error::Error as StdError;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tidegate_query::TextPlace;
use utoipa::ToSchema;

use crate::figures::grouped;

/// Causes that are told; below them are the internals of libraries.
const CAUSES_MAX: usize = 6;

/// Why a request failed. Cheap to return: the body is on the heap.
#[derive(Clone, Debug)]
pub struct Problem {
    body: Box<Body>,
    retry_after_s: Option<u64>,
}

/// What a failed request answers with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// What kind of failure it is.
    pub code: Code,
    /// What went wrong: one sentence in lower case.
    pub message: String,
    /// What to do.
    #[schema(required)]
    pub hint: Option<String>,
    /// Why, from the outside in.
    pub causes: Vec<String>,
    /// Where in the filter or the statement.
    #[schema(required)]
    pub span: Option<Span>,
    /// What could stand in place of the span.
    pub suggestions: Vec<String>,
    /// With `too_large`: what it would read. The same request with `confirm=true` does it.
    #[schema(required)]
    pub cost: Option<CostGuess>,
}

/// Characters of a text: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// The first character.
    pub start: u64,
    /// The character after the last.
    pub end: u64,
}

/// What a question would read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CostGuess {
    /// Files.
    pub n_files: u64,
    /// Rows.
    pub n_rows: u64,
    /// Bytes.
    pub n_bytes: u64,
}

/// Kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The filter is wrong.
    Filter,
    /// A parameter or a body is wrong.
    Usage,
    /// There is no such thing.
    NotFound,
    /// Who asks is not known.
    Denied,
    /// Who asks is known, and may not.
    Forbidden,
    /// It is more than may be asked for at once.
    TooLarge,
    /// It took longer than it may.
    TooSlow,
    /// It needed more memory than it may have.
    Memory,
    /// Too many others ask.
    Busy,
    /// This client asks too often.
    Rate,
    /// The lake could not be read or written.
    Lake,
    /// The statement is wrong.
    Sql,
    /// Somebody cancelled it.
    Cancelled,
    /// It is the server's own fault.
    Internal,
}

impl Code {
    /// Returns the status that goes with it.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Filter | Self::Usage | Self::Sql => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Denied => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            Self::Memory => StatusCode::INSUFFICIENT_STORAGE,
            Self::Busy | Self::Lake => StatusCode::SERVICE_UNAVAILABLE,
            Self::Rate => StatusCode::TOO_MANY_REQUESTS,
            Self::Cancelled => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Problem {
    /// Returns a problem that says what went wrong.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let body = Body {
            code,
            message: message.into(),
            hint: None,
            causes: Vec::new(),
            span: None,
            suggestions: Vec::new(),
            cost: None,
        };
        Self { body: Box::new(body), retry_after_s: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.body.hint = Some(hint.into());
        self
    }

    /// Says where in the text it is.
    #[must_use]
    pub fn span(mut self, start: usize, end: usize) -> Self {
        self.body.span = Some(Span { start: start as u64, end: end as u64 });
        self
    }

    /// Says what could stand in place of the span.
    #[must_use]
    pub fn suggestions(mut self, suggestions: Vec<String>) -> Self {
        self.body.suggestions = suggestions;
        self
    }

    /// Says what it would read.
    #[must_use]
    pub fn cost(mut self, cost: CostGuess) -> Self {
        self.body.cost = Some(cost);
        self
    }

    /// Says when it may be tried again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds.max(1));
        self
    }

    /// Says why, from an error and what is below it.
    #[must_use]
    pub fn because(mut self, error: &(dyn StdError + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause
            && self.body.causes.len() < CAUSES_MAX
        {
            let text = error.to_string();
            let last = self.body.causes.last().unwrap_or(&self.body.message);
            if !last.contains(&text) {
                self.body.causes.push(text);
            }
            cause = error.source();
        }
        self
    }

    /// Returns what kind of failure it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.body.code
    }

    /// Returns what the client is told.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Returns what went wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.body.message
    }

    /// Returns the problem of a statement, with its place in `sql` as a span of one word.
    #[must_use]
    pub fn of_sql(error: &tidegate_query::Error, sql: &str) -> Self {
        let problem = Self::of_query(error);
        let tidegate_query::Error::Sql { place: Some(place), .. } = error else { return problem };
        match word_at(sql, *place) {
            Some((start, end)) => problem.span(start, end),
            None => problem,
        }
    }

    fn of_query(error: &tidegate_query::Error) -> Self {
        use tidegate_query::Error;
        let code = match error {
            Error::Shared(inner) => return Self::of_query(inner),
            Error::Sql { .. } | Error::NoTable { .. } | Error::Exists { .. } => Code::Sql,
            Error::Timeout { .. } => Code::TooSlow,
            Error::Memory { .. } => Code::Memory,
            Error::NoLake | Error::Lake(_) | Error::Storage { .. } => Code::Lake,
            Error::NothingThere { .. } => Code::NotFound,
            Error::TooManyObjects { .. } | Error::TooMuch { .. } => Code::TooLarge,
            _ => Code::Internal,
        };
        let mut problem = Self::new(code, error.to_string());
        if let Error::NoTable { nearest: Some(name), .. } = error {
            problem = problem.suggestions(vec![name.clone()]);
        }
        if let Error::TooMuch { guess } = error {
            let tidegate_query::Guess { n_files, n_rows, n_bytes } = *guess;
            let (bytes, files) = (grouped(n_bytes), grouped(n_files));
            problem.body.message =
                format!("the question would read up to {bytes} bytes in {files} files");
            problem = problem.cost(CostGuess { n_files, n_rows, n_bytes });
        }
        problem.body.hint = match error {
            Error::TooMuch { .. } => {
                Some("take a shorter time range, or say `confirm=true` to read it all".into())
            }
            Error::Timeout { .. } => Some("take a shorter time range or a narrower filter".into()),
            Error::Memory { .. } => Some("take a shorter time range, or fewer groups".into()),
            _ => error.hint(),
        };
        match error.source() {
            Some(cause) => problem.because(cause),
            None => problem,
        }
    }
}

/// Returns the word at a place, as characters of the whole text.
fn word_at(text: &str, place: TextPlace) -> Option<(usize, usize)> {
    let line = usize::try_from(place.line.checked_sub(1)?).ok()?;
    let column = usize::try_from(place.column.checked_sub(1)?).ok()?;
    let before: usize = text.split('\n').take(line).map(|it| it.chars().count() + 1).sum();
    let start = before + column;
    let rest = text.chars().skip(start);
    let n_chars = rest.take_while(|it| it.is_alphanumeric() || *it == '_').count();
    (start < text.chars().count()).then_some((start, start + n_chars.max(1)))
}

impl From<tidegate_query::Error> for Problem {
    fn from(error: tidegate_query::Error) -> Self {
        Self::of_query(&error)
    }
}

impl From<tidegate_store::Error> for Problem {
    fn from(error: tidegate_store::Error) -> Self {
        Self::of_query(&tidegate_query::Error::Lake(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.body.code.status();
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(causes = ?self.body.causes, "a request failed: {}", self.body.message);
        }
        let mut response = (status, Json(&*self.body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: u64, column: u64, expected: Option<&str>) {
        let sql = "SELECT ü,\n  srcadr\nFROM flows";
        let span = word_at(sql, TextPlace { line, column });
        let text = |(start, end)| sql.chars().skip(start).take(end - start).collect::<String>();
        assert_eq!(span.map(text).as_deref(), expected, "{line}:{column}");
    }

    #[test]
    fn a_place_in_a_statement_is_a_span_of_characters() {
        check(2, 3, Some("srcadr"));
        check(1, 8, Some("ü"));
        check(1, 9, Some(","));
        check(3, 6, Some("flows"));
        check(3, 99, None);
        check(0, 1, None);
    }

    #[test]
    fn causes_do_not_repeat_what_was_said() {
        let error = tidegate_store::Error::NoLake { url: "file:///x".into() };
        let problem = Problem::from(error);
        assert_eq!(problem.code(), Code::Lake);
        assert_eq!(problem.message(), "there is no lake at `file:///x`");
        assert!(problem.body.causes.is_empty(), "{:?}", problem.body.causes);
        let hint = problem.body.hint.as_deref();
        assert_eq!(hint, Some("`tidegate collect PATH` makes one; `--lake` names it"));
    }
}
