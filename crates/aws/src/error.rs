//! Why AWS could not be asked, or did not do what it was asked.

use std::fmt;

use crate::permission::{self, Row};

/// Why AWS could not be asked, or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address does not name a bucket.
    #[error("cannot open `{url}`: {reason}")]
    Address {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The client for the bucket could not be made.
    #[error("cannot reach the bucket `{bucket}`")]
    Client {
        /// Name of the bucket.
        bucket: String,
        /// What the library said.
        #[source]
        source: object_store::Error,
    },
    /// The chain of credentials has none, or one of its sources failed.
    #[error("no AWS credentials")]
    Credentials {
        /// What the chain said.
        #[source]
        source: aws_credential_types::provider::error::CredentialsError,
    },
    /// The caller may not take on a role.
    #[error("cannot take on the role `{arn}`")]
    Role {
        /// Its ARN.
        arn: String,
        /// What came of the call.
        #[source]
        source: Box<Self>,
    },
    /// The credentials are of another account than the one that is asked about.
    #[error("cannot read account {wanted}: the credentials are of account {found}")]
    OtherAccount {
        /// The account that is asked about.
        wanted: String,
        /// The account that the credentials are of.
        found: String,
    },
    /// There is no client for HTTP.
    #[error("cannot speak HTTPS")]
    Https {
        /// What the library said.
        #[source]
        source: reqwest::Error,
    },
    /// The caller lacks a permission, or its credentials are not valid.
    #[error("cannot call {call}")]
    Denied {
        /// What was called.
        call: Call,
        /// What AWS said.
        #[source]
        source: Box<Refusal>,
    },
    /// AWS had no time for us, however often it was asked.
    #[error("cannot call {call}, tried {n_tries} times")]
    Busy {
        /// What was called.
        call: Call,
        /// How often.
        n_tries: u32,
        /// What AWS said at last.
        #[source]
        source: Box<Refusal>,
    },
    /// AWS refused for another reason: what was asked for is not there, or cannot be.
    #[error("cannot call {call}")]
    Refused {
        /// What was called.
        call: Call,
        /// Tries before of which nobody knows what they did: there was no answer.
        n_lost: u32,
        /// What AWS said.
        #[source]
        source: Box<Refusal>,
    },
    /// There was no answer.
    #[error("cannot call {call}, tried {n_tries} times: no answer")]
    Unreachable {
        /// What was called.
        call: Call,
        /// How often.
        n_tries: u32,
        /// What the library said.
        #[source]
        source: reqwest::Error,
    },
    /// There was an answer that cannot be read.
    #[error("cannot read the answer of {call}: {reason}")]
    Answer {
        /// What was called.
        call: Call,
        /// What is wrong with it.
        reason: String,
    },
    /// The request cannot be made.
    #[error("cannot call {call}: {reason}")]
    Request {
        /// What was to be called.
        call: Call,
        /// What is wrong with it.
        reason: String,
    },
}

/// A call: which action of which service, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service, as `ec2`.
    pub service: &'static str,
    /// The action, as `DescribeVpcs`.
    pub action: &'static str,
    /// The region.
    pub region: String,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{} in {}", self.service, self.action, self.region)
    }
}

/// What AWS said when it refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// AWS's code, as `UnauthorizedOperation`.
    pub code: String,
    /// AWS's message, cut off where it is long.
    pub message: String,
    /// AWS's id of the request, or empty.
    pub request_id: String,
    /// The status of the answer.
    pub status: u16,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)?;
        if self.request_id.is_empty() {
            return Ok(());
        }
        write!(formatter, " (request {})", self.request_id)
    }
}

impl std::error::Error for Refusal {}

/// Codes that say that the credentials are of no use any more.
const EXPIRED: &[&str] =
    &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];

/// Codes that say that AWS does not know the credentials.
const UNKNOWN: &[&str] = &[
    "AuthFailure",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
];

/// Codes that say that a permission is lacking.
const UNAUTHORIZED: &[&str] = &[
    "UnauthorizedOperation",
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "UnauthorizedAccess",
    "AuthorizationError",
];

impl Refusal {
    /// Returns whether the caller lacks a permission, or its credentials are not valid.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        let lists = [EXPIRED, UNKNOWN, UNAUTHORIZED];
        lists.iter().any(|it| it.contains(&self.code.as_str())) || self.code == "OptInRequired"
    }
}

impl Error {
    /// Returns AWS's code if AWS refused.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Denied { source, .. }
            | Self::Busy { source, .. }
            | Self::Refused { source, .. } => Some(&source.code),
            _ => None,
        }
    }

    /// Returns whether credentials or a permission are lacking.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        match self {
            Self::Denied { .. } | Self::Credentials { .. } => true,
            Self::Role { source, .. } => source.is_denial(),
            _ => false,
        }
    }

    /// Returns whether AWS refuses with `code` what it may have done itself at an earlier try of
    /// the same call, the answer to which was lost. What there is now tells.
    #[must_use]
    pub fn may_be_done(&self, code: &str) -> bool {
        matches!(self, Self::Refused { n_lost, source, .. } if *n_lost > 0 && source.code == code)
    }

    /// Returns whether the next call from the same place would fail for the same reason.
    #[must_use]
    pub fn is_hopeless(&self) -> bool {
        match self {
            Self::Credentials { .. } | Self::Unreachable { .. } => true,
            // Without the role nothing can be asked; but STS may be busy, and not the next time.
            Self::Role { source, .. } => source.is_denial() || source.is_hopeless(),
            Self::Denied { source, .. } => !UNAUTHORIZED.contains(&source.code.as_str()),
            _ => false,
        }
    }

    /// Returns whether it is AWS that will not let us in: no credentials, no permission, no bucket.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.is_denial() || matches!(self, Self::Address { .. } | Self::Client { .. })
    }

    /// Returns the permission that was lacking, if it is that and we know it.
    #[must_use]
    pub fn lacking_permission(&self) -> Option<&'static str> {
        self.lacking_row().map(|it| it.permission)
    }

    fn lacking_row(&self) -> Option<&'static Row> {
        match self {
            Self::Role { source, .. } => source.lacking_row(),
            Self::Denied { call, source } if UNAUTHORIZED.contains(&source.code.as_str()) => {
                permission::row_of(call.service, call.action)
            }
            _ => None,
        }
    }

    /// Returns in words what is lacking, if it is a permission and we know it.
    #[must_use]
    pub fn lack(&self) -> Option<String> {
        let permission = self.lacking_permission()?;
        Some(match self {
            Self::Role { arn, .. } => format!(
                "the caller needs `{permission}` on `{arn}`, whose trust policy must let the \
                 caller in, with the external id that it wants"
            ),
            _ => format!("the role needs `{permission}`"),
        })
    }

    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Some((lack, row)) = self.lack().zip(self.lacking_row()) {
            return Some(format!("{lack}; {} prints what is needed", row.command()));
        }
        let hint = match self {
            Self::Address { .. } => "write it as `s3://bucket/prefix`",
            Self::Credentials { .. } => {
                "sign in (`aws sso login`), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY; for a public bucket set AWS_NO_SIGN_REQUEST=true"
            }
            Self::Denied { source, .. } => return hint_of_denial(source),
            Self::Role { source, .. } => return source.hint(),
            Self::OtherAccount { .. } => "use a role of that account, or leave the account out",
            Self::Busy { .. } => "try again later; AWS limits how often an account may ask",
            Self::Unreachable { .. } => {
                "check the network, the proxy (HTTPS_PROXY) and the name of the region"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Returns what helps against a denial other than by a permission that we know.
fn hint_of_denial(refusal: &Refusal) -> Option<String> {
    let code = refusal.code.as_str();
    let hint = if EXPIRED.contains(&code) {
        "the credentials have expired: sign in again (`aws sso login`)"
    } else if UNKNOWN.contains(&code) {
        "AWS does not know these credentials here: check AWS_PROFILE, the keys, the clock of this \
         machine, and that the region is switched on for the account"
    } else if code == "OptInRequired" {
        "the region or the service is not switched on for this account"
    } else {
        return None;
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(action: &'static str, code: &str) -> String {
        let call = Call { service: "ec2", action, region: "eu-west-1".to_owned() };
        let source = Refusal {
            code: code.to_owned(),
            message: "no".to_owned(),
            request_id: "r-1".to_owned(),
            status: 403,
        };
        let error = Error::Denied { call, source: source.clone().into() };
        format!("{error}\n{source}\n{}", error.hint().unwrap_or_default())
    }

    #[test]
    fn a_role_is_hopeless_only_if_it_would_be_refused_again() {
        let call = || Call { service: "sts", action: "AssumeRole", region: "eu-west-1".to_owned() };
        let source = |code: &str| {
            let (code, message) = (code.to_owned(), "no".to_owned());
            Box::new(Refusal { code, message, request_id: String::new(), status: 403 })
        };
        let check = |it| Error::Role { arn: "role".to_owned(), source: Box::new(it) }.is_hopeless();
        assert!(check(Error::Denied { call: call(), source: source("AccessDenied") }));
        assert!(!check(Error::Busy { call: call(), n_tries: 5, source: source("Throttling") }));
        assert!(!check(Error::Answer { call: call(), reason: "it is empty".to_owned() }));
    }

    #[test]
    fn a_denial_names_the_permission_or_says_what_is_wrong_with_the_credentials() {
        insta::assert_snapshot!(check("DescribeVpcs", "UnauthorizedOperation"), @"
        cannot call ec2:DescribeVpcs in eu-west-1
        UnauthorizedOperation: no (request r-1)
        the role needs `ec2:DescribeVpcs`; `tidegate setup policy --for sync` prints what is needed
        ");
        insta::assert_snapshot!(check("DescribeFlowLogs", "AccessDenied"), @"
        cannot call ec2:DescribeFlowLogs in eu-west-1
        AccessDenied: no (request r-1)
        the role needs `ec2:DescribeFlowLogs`; `tidegate setup policy --for sync` or `--for setup-flow-logs` prints what is needed
        ");
        // What stands in no policy of ours is not asked for.
        insta::assert_snapshot!(check("DescribeImages", "AccessDenied"), @"
        cannot call ec2:DescribeImages in eu-west-1
        AccessDenied: no (request r-1)
        ");
        insta::assert_snapshot!(check("DescribeVpcs", "ExpiredToken"), @"
        cannot call ec2:DescribeVpcs in eu-west-1
        ExpiredToken: no (request r-1)
        the credentials have expired: sign in again (`aws sso login`)
        ");
        insta::assert_snapshot!(check("DescribeVpcs", "AuthFailure"), @"
        cannot call ec2:DescribeVpcs in eu-west-1
        AuthFailure: no (request r-1)
        AWS does not know these credentials here: check AWS_PROFILE, the keys, the clock of this machine, and that the region is switched on for the account
        ");
    }
}
