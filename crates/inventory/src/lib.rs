//! What a network consisted of, and when.
//!
//! Files go in (what the AWS command line prints, AWS Config, Terraform state), and come out as
//! sightings: "at this moment this thing looked like this". Sightings are merged into a [`History`],
//! whose facts hold from one sighting to the next that differs. Facts travel as Arrow tables, one
//! per kind.
//!
//! Reading order: [`kind`] (what there is), [`seen`] (what a file says), [`read`] (how it is read),
//! [`history`] (how it is merged), [`select`] (a part of it), [`table`] (how it is stored).
//!
//! Pure: bytes and moments are handed in. Types of facts are in `tidegate_model::inventory`.

mod error;
pub mod history;
pub mod kind;
pub mod read;
pub mod seen;
pub mod select;
pub mod table;

pub use error::Error;
pub use history::{Changes, Counts, History};
pub use kind::{Kind, Thing};
pub use read::File;
pub use seen::{Note, Seen, Sighting};

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
