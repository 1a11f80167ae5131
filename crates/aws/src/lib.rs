//! AWS: whose credentials, which region, which endpoint; and the calls that we make.
//!
//! The only crate that names the AWS SDK. Credentials come from its default chain (environment,
//! profile, SSO, web identity, process, container, instance) and are asked for at first use: a local
//! lake never touches the chain. Bytes of buckets move through `object_store`; the dozen other
//! calls go through one small signed client ([`call`]).
//!
//! Reading order: [`bucket`] (open a bucket), [`credential`] (keep credentials fresh), [`session`] (who
//! calls, from where), [`call`] (one call), then what is called: [`account`], [`listing`] (what a
//! network consists of), [`security_group`], [`flow_log`], [`log_group`], [`iam_role`],
//! [`bucket_policy`]; [`permission`] (what each call needs), [`policy`] (the policy that allows it),
//! [`error`].

pub mod account;
pub mod bucket;
pub mod bucket_policy;
mod call;
mod credential;
pub mod error;
pub mod flow_log;
pub mod iam_role;
pub mod listing;
pub mod log_group;
pub mod permission;
pub mod policy;
pub mod security_group;
pub mod session;

pub use bucket::{Buckets, Options};
pub use call::retry::{Pace, Sleep};
pub use credential::Clock;
pub use error::{Call, Error, Refusal};
pub use session::{Region, Role, Session};

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
