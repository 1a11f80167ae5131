//! The lake: what is on disk, and its only writer.
//!
//! A lake is a folder or a prefix of a bucket. In it lies the Delta table `flows`, partitioned by
//! the UTC date of `end`. Files of records and the positions of what was read are published by one
//! Delta commit: the commit's domain metadata points at the [`ledger`], so that "which objects are
//! in the table" and "which rows are in the table" can never disagree.
//!
//! Reading order: [`place`] (where), [`lake`] (open), [`snapshot`] (read), [`layout`] (how a file
//! is laid out), [`summary`] (what is added up beside it), [`ledger`] (what was read), [`commit`] (publish), then the chores: [`compact`],
//! [`expire`], [`vacuum`], [`verify`], [`status`]. Small tables beside `flows` are in [`table`],
//! what is merely remembered in [`state`], what people write in [`document`]. What came between two
//! versions is in [`arrivals`].
//!
//! This crate does not decode, does not query, and names no AWS SDK.

pub mod arrivals;
pub mod commit;
pub mod compact;
pub mod dead_letter;
mod delta;
pub mod document;
pub mod error;
pub mod expire;
pub mod lake;
pub mod layout;
pub mod ledger;
pub mod place;
pub mod snapshot;
pub mod state;
pub mod stats;
pub mod status;
pub mod summary;
pub mod table;
pub mod vacuum;
pub mod verify;

pub use error::Error;
pub use lake::Lake;
pub use place::{Opener, Place};
pub use snapshot::{DataFile, Newest, Snapshot};

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
