//! SQL over the lake, and over raw logs that are not in it.
//!
//! [`Engine`] answers one statement at a time: it knows the tables (`catalog`), the functions
//! ([`function`]), raw logs read in place (`raw`), and the limits. A scan of the lake is a plain
//! scan of Parquet files, so that a plan can be carried to other machines.
//!
//! Reading order: [`engine`], [`answer`], [`explore`] (typed questions to statements), `scope` (what one statement holds on to), `catalog`,
//! `raw`, [`function`], `explain`, `complete`.
//!
//! This crate writes nothing into the lake, reads no environment, and is the only one of ours that
//! names `DataFusion`.

pub mod answer;
mod catalog;
mod complete;
pub mod engine;
pub mod error;
mod explain;
pub mod explore;
pub mod export;
pub mod function;
mod limit;
pub mod nearest;
mod raw;
mod reading;
mod scope;
mod session;
mod split;
mod statement;
mod weight;
mod workers;
mod yielding;

pub use answer::{Answer, Warnings};
pub use engine::{Engine, EngineOptions};
pub use error::{Error, TextPlace};
pub use function::{FunctionDoc, function_docs};
pub use limit::{Bounds, Guess};
pub use reading::{Progress, Reading};
pub use scope::LakeSource;
pub use split::split_statements;
pub use weight::{Weight, weight};

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
