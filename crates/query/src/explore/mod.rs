//! Typed questions: what is on top, how it goes over time, what the rest is, how it was before.
//!
//! A [`Question`] becomes statements over one *relation* ([`relation`]): rows that carry the keys,
//! the time and the amount of raw records. Where the summaries that the lake keeps answer exactly,
//! they are added up instead ([`sums`]). The first statement finds the top ([`ranking`]), the second
//! adds up over time what was found and all the rest ([`series`]), so `Other` is exact. [`Explorer`]
//! runs them, within the limits of a [`run`].
//!
//! Reading order: [`question`], [`dimension`], [`metric`], [`bucket`], [`relation`], [`ranking`],
//! [`series`], [`run`], [`explorer`], [`summary`] (what summaries answer), [`sums`], [`facets`],
//! [`difference`], [`spike`], [`movers`], `newcomers`, [`records`], [`values`], [`sql`].

pub mod bucket;
pub mod difference;
pub mod dimension;
pub mod explorer;
pub mod facets;
mod kept;
pub mod key;
pub mod metric;
pub mod movers;
mod newcomers;
pub mod question;
mod ranking;
pub mod records;
mod relation;
mod run;
mod series;
pub mod spike;
pub mod sql;
pub(crate) mod summary;
mod sums;
mod values;

pub use bucket::Buckets;
pub use dimension::{Dimension, DimensionKind};
pub use explorer::{Amount, Explored, Explorer, Ranked, Rest, Source};
pub use facets::{Facet, Facets};
pub use key::Key;
pub use metric::Metric;
pub use question::{Question, Window};
pub use run::Run;
