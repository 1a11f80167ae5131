//! Typed questions: what is on top, how it goes over time, what the rest is, how it was before.
//!
//! A [`Question`] becomes statements over one *relation* ([`relation`]): rows that carry the keys, the
//! time and the amount, from raw records or, where they answer exactly, from the summaries that the
//! lake keeps. The first statement finds the top ([`ranking`]), the second adds up over time what was
//! found and all the rest ([`series`]), so `Other` is exact. [`Explorer`] runs them.
//!
//! Reading order: [`question`], [`dimension`], [`metric`], [`bucket`], [`relation`], [`ranking`],
//! [`series`], [`explorer`], [`facets`], [`difference`], [`spike`], `newcomers`, [`records`], [`values`],
//! [`sql`].

pub mod bucket;
pub mod difference;
pub mod dimension;
pub mod explorer;
pub mod facets;
mod kept;
pub mod key;
pub mod metric;
mod newcomers;
pub mod question;
mod ranking;
pub mod records;
mod relation;
mod series;
pub mod spike;
pub mod sql;
pub(crate) mod summary;
mod values;

pub use bucket::Buckets;
pub use dimension::{Dimension, DimensionKind};
pub use explorer::{Amount, Explored, Explorer, Ranked, Rest, Run, Source};
pub use facets::{Facet, Facets};
pub use key::Key;
pub use metric::Metric;
pub use question::{Question, Window};
