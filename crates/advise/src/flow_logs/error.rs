//! Why flow logs cannot be planned.

/// Why flow logs cannot be planned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The destination is none, or one that AWS would not take.
    #[error("cannot deliver to `{place}`: {reason}")]
    Destination {
        /// What was asked for.
        place: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A field that VPC flow logs do not have.
    #[error("no VPC flow log has a field `{name}`")]
    Field {
        /// The field.
        name: String,
    },
    /// A place that is not known.
    #[error("cannot plan a flow log for `{id}`: {reason}")]
    Place {
        /// The place.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Places of several accounts.
    #[error("cannot plan for several accounts at once: {}", account_ids.join(", "))]
    Accounts {
        /// The accounts.
        account_ids: Vec<String>,
    },
    /// Places of several regions, in a form that has one.
    #[error("cannot write one template for several regions: {}", regions.join(", "))]
    Regions {
        /// The regions.
        regions: Vec<String>,
    },
    /// The policy of the bucket is not of the form that AWS knows.
    #[error("cannot add to the policy of the bucket `{bucket}`: it is no object")]
    Policy {
        /// The bucket.
        bucket: String,
    },
    /// The policy of the bucket would be longer than AWS allows.
    #[error(
        "the policy of the bucket `{bucket}` would have {n_bytes} bytes, AWS allows {n_bytes_max}"
    )]
    PolicyLength {
        /// The bucket.
        bucket: String,
        /// Its length.
        n_bytes: usize,
        /// The most that AWS allows.
        n_bytes_max: usize,
    },
}

impl Error {
    /// What the person at the terminal can do next, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Destination { .. } => {
                "write `s3://bucket/prefix/`, `cloudwatch:GROUP`, or the ARN of a stream of Firehose"
            }
            Self::Field { .. } => {
                "`recommended`, `default`, or fields as in '${version} ${account-id}'; `tidegate \
                 schema` lists them"
            }
            Self::Place { .. } => "`tidegate inventory list vpcs` lists what is known",
            Self::Accounts { .. } => "choose one: `--account ID`",
            Self::Regions { .. } => "choose one: `--region REGION`",
            Self::Policy { .. } => "mend it first; `aws s3api get-bucket-policy` prints it",
            Self::PolicyLength { .. } => {
                "replace its statements of single accounts by one with `aws:SourceOrgID`, then \
                 `--keep-bucket-policy`"
            }
        })
    }
}
