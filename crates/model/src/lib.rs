//! The words of the domain, which every other crate speaks.
//!
//! Pure: no I/O, no clock, no environment. Read [`field`] first: it is the table that
//! everything else derives from.

pub mod cidr;
pub mod columns;
pub mod context;
pub mod count;
pub mod field;
pub mod inventory;
pub mod moment;
pub mod names;
pub mod partition;
pub mod private;
pub mod schema;
pub mod side;
pub mod span;
pub mod spelling;
