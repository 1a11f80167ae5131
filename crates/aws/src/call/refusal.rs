//! What AWS says when it refuses, in all of its forms.

use serde_json::Value;

use super::xml;
use crate::error::Refusal;

/// Codes that say: not so often. Those of the SDKs' standard mode, but `LimitExceededException`:
/// `CloudWatch` Logs, the one service of ours that has it, means a quota that is used up.
pub(super) const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Characters of a message that are kept.
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// What stands before a whole decision that EC2 encodes into a message. It is longer than what is
/// kept, and of no use if it is cut off.
const ENCODED: &str = " Encoded authorization failure message:";

/// Returns what a refusal says. `kind` is the header `x-amzn-errortype`, or empty.
pub(super) fn read(status: u16, kind: &str, body: &[u8]) -> Refusal {
    let of_body = of_json(body).or_else(|| of_xml(body));
    let (code, message, request_id) = of_body.unwrap_or_default();
    // `com.amazonaws.logs#ThrottlingException`, `ThrottlingException:http://...`
    let short = |it: &str| {
        let it = it.rsplit('#').next().unwrap_or(it);
        it.split(':').next().unwrap_or(it).trim().to_owned()
    };
    let code = if kind.is_empty() { short(&code) } else { short(kind) };
    let code = if code.is_empty() { format!("Http{status}") } else { code };
    let message = if message.is_empty() { "no message".to_owned() } else { message };
    let message = message.split(ENCODED).next().unwrap_or_default();
    let message = message.chars().take(MESSAGE_CHARACTERS_MAX).collect();
    Refusal { code, message, request_id, status }
}

/// Returns code, message and request's id.
fn of_json(body: &[u8]) -> Option<(String, String, String)> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|it| value.get(it)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    Some((text(&["__type", "code", "Code"]), text(&["message", "Message"]), String::new()))
}

fn of_xml(body: &[u8]) -> Option<(String, String, String)> {
    let root = xml::parse(body).ok()?;
    let error = if root.name == "Error" { Some(&root) } else { root.find("Error") }?;
    let ids = ["RequestID", "RequestId"].map(|it| root.find(it).map(|it| it.text.clone()));
    let request_id = ids.into_iter().flatten().next().unwrap_or_default();
    Some((error.text_of("Code").to_owned(), error.text_of("Message").to_owned(), request_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, body: &str) -> String {
        read(400, kind, body.as_bytes()).to_string()
    }

    #[test]
    fn every_form_of_refusal_is_read() {
        insta::assert_snapshot!([
            check("", "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow</Message></Error></Errors><RequestID>r-1</RequestID></Response>"),
            check("", "<ErrorResponse xmlns='x'><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>No</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"),
            check("", "<Error><Code>NoSuchBucketPolicy</Code><Message>None</Message><RequestId>r-3</RequestId></Error>"),
            check("", r#"{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate"}"#),
            check("TooManyRequestsException:http://internal/", r#"{"Message":"Rate"}"#),
            check("", "<html>Bad gateway"),
        ].join("\n"), @"
        RequestLimitExceeded: Slow (request r-1)
        AccessDenied: No (request r-2)
        NoSuchBucketPolicy: None (request r-3)
        ThrottlingException: Rate
        TooManyRequestsException: Rate
        Http400: no message
        ");
    }

    #[test]
    fn a_long_message_is_cut_off() {
        let denial =
            r#"{"__type":"A","message":"Not so. Encoded authorization failure message: x"}"#;
        assert_eq!(check("", denial), "A: Not so.");
        let body = format!(r#"{{"__type":"A","message":"{}"}}"#, "x".repeat(9_000));
        assert_eq!(read(400, "", body.as_bytes()).message.len(), 500);
    }
}
