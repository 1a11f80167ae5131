//! AWS: whose credentials, which region, which endpoint.
//!
//! The only crate that names the AWS SDK. Credentials come from its default chain (environment,
//! profile, SSO, web identity, process, container, instance) and are asked for when a bucket is
//! first used: a local lake never touches the chain. Bytes move through `object_store`.
//!
//! Reading order: [`bucket`] (open a bucket), [`credential`] (keep credentials fresh),
//! [`permission`] (what a refused request would have needed), [`error`].

pub mod bucket;
mod credential;
pub mod error;
pub mod permission;

pub use bucket::{Buckets, Options};
pub use credential::Clock;
pub use error::Error;
