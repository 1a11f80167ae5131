//! What to change in a network, with proof.
//!
//! Two halves that do not know each other. Security groups: which rules are used, which are not,
//! which are too wide. Reading order: [`flow`] (what was seen), [`study`] (everything that was seen,
//! matched with rules), [`usage`] and [`coverage`] (what a rule was used for, and how well that was
//! watched), [`verdict`] (what is said of a rule), [`groups`], [`report`] (all of it as one value).
//! Flow logs: [`flow_logs`] (where logging is missing, and how to switch it on).
//!
//! Pure: facts, flows and moments are handed in.

pub mod flow;
pub mod study;

pub mod checks;
pub mod coverage;
pub mod groups;
mod matcher;
mod members;
pub mod missing;
mod opener;
pub mod propose;
pub mod render;
pub mod replay;
pub mod report;
mod ruleset;
pub mod services;
mod shadow;
mod slots;
pub mod space;
pub mod steps;
pub mod usage;
pub mod verdict;

pub mod flow_logs;

pub use flow::{Counts, Flow, Grade};
pub use replay::Replay;
pub use report::{Report, RuleAdvice};
pub use study::Study;
