//! Where in the world an address is, whose it is, and which of AWS's services it belongs to.
//!
//! [`Atlas`] holds the databases, whose bytes it is given; [`apply()`] fills the `src_*` and `dst_*`
//! columns of rows from it. Pure: nothing is fetched, no disk, no clock. Databases are untrusted
//! bytes: a damaged one is an [`Error`] when it is opened, or a counted failure of a lookup, never
//! a panic and never a lost record.
//!
//! Reading order: [`apply`](mod@apply) is the job; `public` says which addresses are asked for; [`mmdb`],
//! [`asn`] and [`aws_ranges`] are the three kinds of databases; [`country`] names countries for
//! databases that only have codes.

pub mod apply;
pub mod asn;
mod atlas;
pub mod aws_ranges;
pub mod country;
mod describe;
mod error;
pub mod mmdb;
mod place;
mod public;

pub use apply::{Applied, apply};
pub use asn::AsnTable;
pub use atlas::Atlas;
pub use aws_ranges::AwsRanges;
pub use describe::{Description, Kind};
pub use error::Error;
pub use mmdb::Database;
pub use place::{AutonomousSystem, Place};
pub use public::{is_public, public_address};
