//! Parts of an address: what cannot be read is a problem like any other.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// The parts of an address that a route names, as `T`.
#[derive(Clone, Copy, Debug)]
pub struct Named<T>(pub T);

impl<T, S> FromRequestParts<S> for Named<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if RawPathParams::from_request_parts(parts, state).await.is_err() {
            return Err(Problem::new(Code::Usage, "the address is not UTF-8"));
        }
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|it| Self(it.0)).map_err(|it| {
            let text = it.body_text();
            let reason = text.strip_prefix("Invalid URL: ").unwrap_or(&text).to_owned();
            Problem::new(Code::Usage, format!("the address cannot be read: {reason}"))
                .hint("/api/openapi.json tells the parts of every address")
        })
    }
}
