//! How an error is told: what was attempted, why it failed, what to do next.
//!
//! ```text
//! error: cannot list `s3://acme-flow-logs/AWSLogs/`
//!   caused by: AccessDenied: User arn:aws:... is not authorized
//!
//! hint: the role needs `s3:ListBucket`
//! ```

use std::error::Error as StdError;

use crate::exit::Exit;
use crate::output::say::{self, say, styled};
use crate::{config, output};

/// Causes of causes that are told; below them are library internals.
const CAUSES_MAX: usize = 6;

/// An error of the command line itself, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Usage {
    message: String,
    hint: Option<String>,
}

impl Usage {
    /// Returns an error that says what is wrong and what to do.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }
}

/// Tells what the parser of the command line said, which may be the help that was asked for.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    let code = error.exit_code();
    // A closed pipe is no error: `tidegate --help | head -1`.
    error.print().unwrap_or_default();
    if code == 0 { Exit::Done } else { Exit::Failed }
}

/// Tells an error on stderr and returns how the program ends.
pub(crate) fn print(error: &anyhow::Error) -> Exit {
    if matches!(error.downcast_ref::<output::Error>(), Some(output::Error::Closed)) {
        return Exit::Done;
    }
    let lines = chain(error);
    say(format_args!("{}: {}", styled(say::ERROR, "error"), lines[0]));
    for line in &lines[1..] {
        say(format_args!("  caused by: {line}"));
    }
    if let Some(hint) = hint(error) {
        say(format_args!("\n{}: {hint}", styled(say::HINT, "hint")));
    }
    exit(error)
}

/// Returns the error and its causes, without those that only repeat the one before.
fn chain(error: &anyhow::Error) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for cause in error.chain().take(CAUSES_MAX) {
        let text = plain(&cause.to_string());
        let is_told = lines.last().is_some_and(|it| it.contains(&text));
        if !text.is_empty() && !is_told {
            lines.push(text);
        }
    }
    if lines.is_empty() {
        lines.push("something went wrong".to_owned());
    }
    lines
}

/// Returns `text` without the XML that S3 answers with: its code and message say it all.
fn plain(text: &str) -> String {
    let between = |from: &str, until: &str| {
        let rest = &text[text.find(from)? + from.len()..];
        rest.find(until).map(|it| rest[..it].to_owned())
    };
    match (between("<Code>", "</Code>"), between("<Message>", "</Message>")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => text.trim_end().to_owned(),
    }
}

/// Returns what the person at the terminal can do next, from the first cause that knows.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(hint_of)
}

fn hint_of(cause: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<Usage>() {
        return error.hint.clone();
    }
    if let Some(error) = cause.downcast_ref::<config::Error>() {
        return error.hint();
    }
    if let Some(error) = cause.downcast_ref::<tidegate_query::Error>() {
        return error.hint().or_else(|| permission(cause));
    }
    if let Some(error) = cause.downcast_ref::<tidegate_collect::Error>() {
        return hint_of_collect(error);
    }
    if let Some(error) = cause.downcast_ref::<tidegate_store::Error>() {
        return error.hint().map(ToOwned::to_owned).or_else(|| permission(cause));
    }
    if let Some(error) = cause.downcast_ref::<tidegate_advise::steps::wire::Error>() {
        return Some(error.hint().to_owned());
    }
    if let Some(error) = cause.downcast_ref::<tidegate_advise::flow_logs::Error>() {
        return error.hint().map(ToOwned::to_owned);
    }
    if let Some(error) = cause.downcast_ref::<tidegate_serve::server::Error>() {
        return error.hint().map(ToOwned::to_owned);
    }
    cause.downcast_ref::<tidegate_aws::Error>()?.hint()
}

/// What helps against a source that cannot be read depends on why: credentials, permissions, or
/// neither.
fn hint_of_collect(error: &tidegate_collect::Error) -> Option<String> {
    let tidegate_collect::Error::Source { source, .. } = error else {
        return error.hint().map(ToOwned::to_owned);
    };
    let mut causes = std::iter::successors(error.source(), |it| (*it).source());
    let of_aws = causes.find_map(|it| it.downcast_ref::<tidegate_aws::Error>());
    match of_aws {
        Some(of_aws) => of_aws.hint(),
        None if is_refused(error) => error.hint().map(ToOwned::to_owned),
        None => source.hint().map(ToOwned::to_owned),
    }
}

/// Returns which permission was missing, if AWS refused.
fn permission(cause: &(dyn StdError + 'static)) -> Option<String> {
    let (action, path) =
        cause
            .downcast_ref::<tidegate_query::Error>()
            .and_then(request_of_query)
            .or_else(|| cause.downcast_ref::<tidegate_store::Error>().and_then(request))?;
    let permission = tidegate_aws::permission::needed_for(action)?;
    is_refused(cause).then(|| format!("the role needs `{permission}` on `{path}`"))
}

/// Returns what was attempted on what, if the error is a request that failed.
fn request(error: &tidegate_store::Error) -> Option<(&'static str, &str)> {
    match error {
        tidegate_store::Error::Storage { action, path, .. } => Some((action, path)),
        _ => None,
    }
}

fn request_of_query(error: &tidegate_query::Error) -> Option<(&'static str, &str)> {
    match error {
        tidegate_query::Error::Storage { action, path, .. } => Some((action, path)),
        tidegate_query::Error::Lake(error) => request(error),
        tidegate_query::Error::Shared(error) => request_of_query(error),
        _ => None,
    }
}

/// Returns whether AWS refused: no credentials, or no permission.
fn is_refused(error: &(dyn StdError + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |it| (*it).source());
    let is_refusal = causes.any(|it| {
        it.downcast_ref::<tidegate_aws::Error>().is_some_and(tidegate_aws::Error::is_refusal)
            || matches!(
                it.downcast_ref::<object_store::Error>(),
                Some(
                    object_store::Error::PermissionDenied { .. }
                        | object_store::Error::Unauthenticated { .. }
                )
            )
    });
    // A local file that may not be read is no business of AWS.
    let mut causes = std::iter::successors(Some(error), |it| (*it).source());
    is_refusal && !causes.any(<dyn StdError>::is::<std::io::Error>)
}

fn exit(error: &anyhow::Error) -> Exit {
    if is_refused(error.as_ref()) { Exit::Refused } else { Exit::Failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot list `s3://acme/AWSLogs/`")]
    struct Outer(#[source] object_store::Error);

    fn check(error: impl Into<anyhow::Error>) -> String {
        let error = error.into();
        format!("{}\n{:?}", chain(&error).join("\n  caused by: "), exit(&error))
    }

    #[test]
    fn what_s3_says_is_told_once_and_without_its_xml() {
        let body = "Server returned non-2xx status code: 403 Forbidden: <Error><Code>AccessDenied\
            </Code><Message>User x is not authorized</Message></Error>";
        let inner =
            object_store::Error::PermissionDenied { path: "AWSLogs".into(), source: body.into() };
        insta::assert_snapshot!(check(Outer(inner)), @"
        cannot list `s3://acme/AWSLogs/`
          caused by: AccessDenied: User x is not authorized
        Refused
        ");
    }

    #[test]
    fn a_local_file_that_may_not_be_read_is_no_business_of_aws() {
        let source = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let inner =
            object_store::Error::PermissionDenied { path: "a".into(), source: source.into() };
        insta::assert_snapshot!(check(inner), @"
        The operation lacked the necessary privileges to complete for path a: permission denied
        Failed
        ");
    }

    #[test]
    fn a_usage_error_carries_its_hint() {
        let error = anyhow::Error::from(Usage::new("no query", "write one")).context("cannot ask");
        assert_eq!(chain(&error), ["cannot ask", "no query"]);
        assert_eq!(hint(&error).unwrap(), "write one");
    }
}
