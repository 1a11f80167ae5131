//! The body of a request: JSON, of a limited size.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::limit::{BODY_BYTES_MAX, BODY_TIME_MAX};
use crate::problem::{Code, Problem};

/// The body of a request, read as JSON. Its type says `deny_unknown_fields`.
#[derive(Clone, Copy, Debug)]
pub struct Posted<T>(pub T);

impl<T, S> FromRequest<S> for Posted<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // The router's limit ends a body that is too long.
        let coming = timeout(BODY_TIME_MAX, Bytes::from_request(request, state));
        let Ok(come) = coming.await else {
            let message = format!("the body did not come within {} s", BODY_TIME_MAX.as_secs());
            return Err(Problem::new(Code::TooSlow, message));
        };
        let bytes = come.map_err(|it| {
            if it.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let message = format!("the body is longer than {BODY_BYTES_MAX} bytes");
                return Problem::new(Code::TooLarge, message);
            }
            Problem::new(Code::Usage, "the body ended early")
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|it| {
            Problem::new(Code::Usage, format!("the body cannot be read: {it}"))
                .hint("/api/openapi.json tells the form of every body")
        })
    }
}
