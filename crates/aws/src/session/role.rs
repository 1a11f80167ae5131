//! Taking on a role: STS `AssumeRole`.

use std::pin::Pin;

use aws_credential_types::Credentials;
use chrono::DateTime;

use super::Region;
use crate::call::request::{Params, query};
use crate::call::service::STS;
use crate::call::{self, xml::Element};
use crate::{Error, Result};

/// A role to take on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// What the role's owner wants to hear from this caller; it is no secret.
    pub external_id: Option<String>,
    /// How the session is called in `CloudTrail`.
    pub session_name: String,
}

/// Credentials of a role, taken on by another caller.
#[derive(Debug)]
pub(crate) struct Assumed {
    caller: Region,
    role: Role,
}

impl Assumed {
    pub(super) fn new(caller: Region, role: Role) -> Self {
        Self { caller, role }
    }

    /// Returns the ARN of the role.
    pub(crate) fn arn(&self) -> &str {
        &self.role.arn
    }

    /// Takes on the role. A call asks for credentials, which are those of a call: what is awaited needs
    /// a place of its own.
    pub(crate) fn assume(&self) -> Pin<Box<dyn Future<Output = Result<Credentials>> + Send + '_>> {
        Box::pin(self.call())
    }

    async fn call(&self) -> Result<Credentials> {
        let mut params = Params::new();
        params.add("RoleArn", &self.role.arn);
        params.add("RoleSessionName", &self.role.session_name);
        params.add_some("ExternalId", self.role.external_id.as_deref());
        let request = query(&STS, "AssumeRole", params);
        let root = call::xml(&self.caller, &request).await?;
        let unreadable = |reason: &str| Error::Answer {
            call: call::of(&self.caller, &request),
            reason: reason.to_owned(),
        };
        let found =
            root.find("Credentials").ok_or_else(|| unreadable("it has no `Credentials`"))?;
        credentials(found).ok_or_else(|| unreadable("its `Credentials` are not whole"))
    }
}

fn credentials(element: &Element) -> Option<Credentials> {
    let text = |name| Some(element.text_of(name)).filter(|it| !it.is_empty());
    let expiry = DateTime::parse_from_rfc3339(text("Expiration")?).ok()?;
    Some(Credentials::new(
        text("AccessKeyId")?,
        text("SecretAccessKey")?,
        Some(text("SessionToken")?.to_owned()),
        Some(expiry.into()),
        "AssumeRole",
    ))
}
