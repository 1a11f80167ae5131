//! One signed call of any service: tried again where that may help, its answer within a limit.
//!
//! Reading order: [`service`] (what is called), [`request`] (what is asked), [`sign`], [`send`] (one
//! try), [`refusal`] (what AWS says when it refuses), [`retry`] (when it is tried again), [`mod@xml`] and
//! [`names`] (what comes back), [`pages`] (answers in pieces).

pub(crate) mod names;
pub(crate) mod pages;
mod refusal;
pub(crate) mod request;
pub(crate) mod retry;
mod send;
pub(crate) mod service;
mod sign;
pub(crate) mod xml;

use serde_json::Value;

use crate::error::Call;
use crate::session::Region;
use crate::{Error, Result};
use request::Request;

/// Calls, and returns the bytes of the answer.
pub(crate) async fn bytes(region: &Region, request: &Request) -> Result<Vec<u8>> {
    let way = &region.session.way;
    let (mut n_tries, mut n_lost) = (0, 0);
    loop {
        n_tries += 1;
        let credentials = region.session.keeper.fresh().await?;
        let failure = match send::send(region, request, &credentials).await {
            Ok(bytes) => return Ok(bytes),
            Err(failure) => failure,
        };
        let pause = way.pace.pause(n_tries, failure.retry_after());
        match pause.filter(|_| failure.is_retryable()) {
            Some(pause) => {
                n_lost += u32::from(failure.is_lost());
                way.pace.sleep(pause).await;
            }
            None => return Err(failure.into_error(of(region, request), n_tries, n_lost)),
        }
    }
}

/// Calls, and returns the XML of the answer.
pub(crate) async fn xml(region: &Region, request: &Request) -> Result<xml::Element> {
    let bytes = bytes(region, request).await?;
    xml::parse(&bytes).map_err(|reason| Error::Answer { call: of(region, request), reason })
}

/// Calls EC2, and returns the answer as the AWS command line prints it.
pub(crate) async fn ec2(region: &Region, request: &Request) -> Result<Value> {
    Ok(names::to_json(&xml(region, request).await?))
}

/// Calls, and returns the JSON of the answer, null if it is empty.
pub(crate) async fn json(region: &Region, request: &Request) -> Result<Value> {
    let bytes = bytes(region, request).await?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let value = serde_json::from_slice(&bytes);
    value.map_err(|it| Error::Answer { call: of(region, request), reason: it.to_string() })
}

/// Returns what is called.
pub(crate) fn of(region: &Region, request: &Request) -> Call {
    Call {
        service: request.service.name,
        action: request.action,
        region: request.service.signing_region(&region.name).to_owned(),
    }
}
