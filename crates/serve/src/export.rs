//! Answers as files: CSV, NDJSON and Parquet, written while the rows come.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tidegate_query::Answer;
use tidegate_query::export::{self, Form, Writer};

use crate::problem::{Code, Problem};
use crate::question::Hold;

/// Returns the form that a parameter names; `None` for the API's own JSON.
///
/// # Errors
///
/// `usage`, if there is no such form.
pub(crate) fn form(text: Option<&str>) -> Result<Option<Form>, Problem> {
    match text {
        None | Some("json") => Ok(None),
        Some("csv") => Ok(Some(Form::SpreadsheetCsv)),
        Some("ndjson") => Ok(Some(Form::Ndjson)),
        Some("parquet") => Ok(Some(Form::Parquet)),
        Some(other) => {
            let shown: String = other.chars().take(40).collect();
            Err(Problem::new(Code::Usage, format!("`format` is `{shown}`"))
                .hint("there are json, csv, ndjson and parquet"))
        }
    }
}

/// Returns the rows of an answer as a file called `name` with the ending of its form.
///
/// # Errors
///
/// If the file cannot be begun. What goes wrong later ends the file early, so that nobody takes it
/// for whole.
pub(crate) fn respond(
    answer: Answer,
    form: Form,
    name: &str,
    hold: Hold,
) -> Result<Response, Problem> {
    let sink = Sink::default();
    let writer =
        export::writer(form, &answer.schema, Box::new(sink.clone())).map_err(|it| failed(&it))?;
    let batches = hold.stream(answer.batches.map(|it| it.map_err(Problem::from)));
    let state = State { batches: Some(batches.boxed()), writer, sink };
    let chunks = stream::unfold(state, |mut state| async move {
        let chunk = state.next().await?;
        Some((chunk, state))
    });
    // Compression asks once more after the end.
    let chunks = chunks.fuse();
    let (media_type, ending) = match form {
        Form::Json => ("application/json", "json"),
        Form::Ndjson => ("application/x-ndjson", "ndjson"),
        Form::Csv | Form::SpreadsheetCsv => ("text/csv; charset=utf-8", "csv"),
        Form::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(chunks)).into_response())
}

fn failed(error: &export::Error) -> Problem {
    Problem::new(Code::Internal, "the answer cannot be written").because(error)
}

struct State {
    /// The batches that come; nothing once the file has its end.
    batches: Option<stream::BoxStream<'static, Result<arrow::array::RecordBatch, Problem>>>,
    writer: Box<dyn Writer>,
    sink: Sink,
}

impl State {
    /// Returns the next bytes; `None` when the file is whole.
    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        loop {
            let batches = self.batches.as_mut()?;
            let written = match batches.next().await {
                Some(Ok(batch)) => self.writer.write(&batch),
                Some(Err(problem)) => {
                    self.batches = None;
                    tracing::warn!("an export ended early: {}", problem.message());
                    return Some(Err(std::io::Error::other(problem.message().to_owned())));
                }
                None => {
                    self.batches = None;
                    self.writer.finish(false)
                }
            };
            if let Err(error) = written {
                self.batches = None;
                return Some(Err(std::io::Error::other(error)));
            }
            let bytes = self.sink.take();
            if !bytes.is_empty() {
                return Some(Ok(bytes));
            }
        }
    }
}

/// Where a writer's bytes wait for the client.
#[derive(Clone, Debug, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
