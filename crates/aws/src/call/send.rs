//! One try of a call.

use std::time::Duration;

use aws_credential_types::Credentials;
use reqwest::{Method, Response};

use super::refusal::{self, THROTTLED};
use super::request::Request;
use super::service::S3;
use super::sign;
use crate::Error;
use crate::error::{Call, Refusal};
use crate::session::Region;

/// The longest answer: a page of a thousand interfaces has some megabytes.
pub(super) const ANSWER_BYTES_MAX: usize = 64 << 20;

/// The status that says that there is no such action, and that there will be none. Servers of another
/// make say it by a page of HTML with the status 500.
const NOT_IMPLEMENTED: u16 = 501;

/// The status that says: not so often.
const TOO_MANY: u16 = 429;

/// Why a try failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// AWS refused. It may say when to ask again.
    Refused(Refusal, Option<Duration>),
    /// There was no answer, or it broke off.
    Unreachable(reqwest::Error),
    /// The answer is too long.
    TooLong,
    /// The request cannot be signed.
    Request(String),
}

impl Failure {
    /// Returns whether the same call may succeed if it is made again.
    pub(super) fn is_retryable(&self) -> bool {
        match self {
            Self::Refused(refusal, _) => is_broken(refusal) || is_throttled(refusal),
            Self::Unreachable(_) => true,
            Self::TooLong | Self::Request(_) => false,
        }
    }

    /// Returns whether AWS may have done what it was asked, though it did not say so.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Refused(refusal, _) => is_broken(refusal) && !is_throttled(refusal),
            Self::Unreachable(_) | Self::TooLong => true,
            Self::Request(_) => false,
        }
    }

    /// Returns when AWS wants to be asked again.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(_, retry_after) => *retry_after,
            _ => None,
        }
    }

    /// Returns the failure of the last try as that of the call; of the tries before, the answers
    /// to `n_lost` were lost.
    pub(super) fn into_error(self, call: Call, n_tries: u32, n_lost: u32) -> Error {
        let is_busy = self.is_retryable();
        match self {
            Self::Refused(source, _) if is_busy => {
                Error::Busy { call, n_tries, source: source.into() }
            }
            Self::Refused(source, _) if source.is_denial() => {
                Error::Denied { call, source: source.into() }
            }
            Self::Refused(source, _) => Error::Refused { call, n_lost, source: source.into() },
            Self::Unreachable(source) => Error::Unreachable { call, n_tries, source },
            Self::TooLong => {
                let reason = format!("it is longer than {ANSWER_BYTES_MAX} bytes");
                Error::Answer { call, reason }
            }
            Self::Request(reason) => Error::Request { call, reason },
        }
    }
}

fn is_broken(refusal: &Refusal) -> bool {
    refusal.status >= 500 && refusal.status != NOT_IMPLEMENTED
}

fn is_throttled(refusal: &Refusal) -> bool {
    refusal.status == TOO_MANY || THROTTLED.contains(&refusal.code.as_str())
}

/// Sends the request once, and returns the bytes of the answer.
pub(super) async fn send(
    region: &Region,
    request: &Request,
    credentials: &Credentials,
) -> Result<Vec<u8>, Failure> {
    let way = &region.session.way;
    let url = url(region, request);
    let signing_region = request.service.signing_region(&region.name);
    let headers = sign::headers(request, &url, signing_region, credentials, (way.clock)());
    let method = Method::from_bytes(request.method.as_bytes());
    let method = method.map_err(|it| Failure::Request(it.to_string()))?;
    let mut building = way.client.request(method, url).body(request.body.clone());
    for (name, value) in headers.map_err(Failure::Request)? {
        building = building.header(name, value);
    }
    let response = building.send().await.map_err(unreachable)?;
    let status = response.status();
    let (request_id, kind) = (
        header(&response, &["x-amzn-requestid", "x-amz-request-id"]),
        header(&response, &["x-amzn-errortype"]),
    );
    let retry_after = header(&response, &["retry-after"]).parse().ok().map(Duration::from_secs);
    let body = body(response).await?;
    if status.is_success() {
        return Ok(body);
    }
    let mut refusal = refusal::read(status.as_u16(), &kind, &body);
    if refusal.request_id.is_empty() {
        refusal.request_id = request_id;
    }
    if !region.is_of_aws() && refusal.code == "Http500" {
        refusal.status = NOT_IMPLEMENTED;
        "NotImplemented".clone_into(&mut refusal.code);
        "the server failed, or does not know the action".clone_into(&mut refusal.message);
    }
    Err(Failure::Refused(refusal, retry_after))
}

fn unreachable(error: reqwest::Error) -> Failure {
    Failure::Unreachable(error.without_url())
}

/// Returns the address that the request goes to.
fn url(region: &Region, request: &Request) -> String {
    let bucket = request.bucket.as_deref();
    if let Some(endpoint) = &region.session.way.endpoint {
        let folder = bucket.map(|it| format!("/{it}")).unwrap_or_default();
        return format!("{}{folder}{}", endpoint.as_str().trim_end_matches('/'), request.path);
    }
    let address = request.service.address(&region.name);
    match bucket {
        // The certificate of S3 is for one label only: "Virtual hosting of buckets".
        Some(bucket) if bucket.contains('.') => format!("{address}/{bucket}{}", request.path),
        Some(bucket) if request.service == &S3 => {
            let host = address.trim_start_matches("https://");
            format!("https://{bucket}.{host}{}", request.path)
        }
        _ => format!("{address}{}", request.path),
    }
}

/// Returns the first of the headers that is there, else nothing.
fn header(response: &Response, names: &[&str]) -> String {
    let mut values = names.iter().filter_map(|it| response.headers().get(*it)?.to_str().ok());
    values.next().unwrap_or_default().to_owned()
}

async fn body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Failure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
