//! The words of the domain, which every other crate speaks.
//!
//! Pure: no I/O, no clock, no environment. Read [`field`] first: it is the table that
//! everything else derives from.

pub mod field;
pub mod schema;
