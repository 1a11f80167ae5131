//! The filter language: one text for the command line, the API and the console.
//!
//! `action = REJECT and dstport in (22, 3389) and srcaddr in 10.0.0.0/8 and not country = US`.
//! [`Filter::parse`] reads it, `Display` writes its canonical text, and [`Filter::sql`] makes a
//! condition over the table `flows` of it. Pure: no clock, no I/O, and no text makes it panic.
//!
//! A filter is two-valued: a record passes or it does not. Where a column has no value, nothing is
//! true of it but `is null`, and `not` means *everything else*: `not country = US` keeps the
//! records without a country.
//!
//! Reading order: [`tree`] (what a filter is), [`field`], [`value`], `token`, `parse`, `bare`,
//! `print`, `sql`, `columns`; then [`pills`], `swap` and [`mod@complete`], which the console needs, and
//! [`error`].

pub mod tree;

pub mod field;
pub mod value;

mod bare;
mod parse;
mod print;
mod token;

mod columns;
mod sql;

pub mod complete;
pub mod pills;
mod swap;

pub mod error;
mod nearest;

#[cfg(test)]
mod laws;

pub use complete::{Completion, CompletionKind, Completions, Wanted, complete};
pub use error::{ErrorKind, FilterError};
pub use field::{Columns, Field, FieldKind};
pub use parse::{DEPTH_MAX, TEXT_BYTES_MAX, VALUES_MAX};
pub use pills::Pill;
pub use print::value_text;
pub use tree::{Filter, Node, Term, Test};
pub use value::Value;

/// What functions of this crate return.
pub type Result<T, E = FilterError> = std::result::Result<T, E>;
