//! Flow logs: where they are missing or no use, and a plan that switches them on.
//!
//! An audit is a function of the inventory at a moment and of what arrived in the lake. A plan is a
//! function of what is wished for and of what exists; whoever carries it out does the requests. What
//! AWS does is cited from "Logging IP traffic using VPC Flow Logs" of the VPC user guide.
//!
//! Reading order: [`ladder`] (how good logging can be), [`loss`] (what a missing field costs),
//! [`arrival`] (what came), [`ground`] (what there is to watch), [`mod@audit`] (the findings),
//! [`control`] (the names that auditors know); then [`wish`] (what to switch on), [`plan`] (what is to
//! be done), [`policy`] (who may write where), [`estimate`] (what it costs), [`emit`] (the plan as a
//! script, as Terraform, as `CloudFormation`).

pub mod arrival;
pub mod audit;
pub mod control;
pub mod emit;
pub mod error;
pub mod estimate;
pub mod ground;
pub mod ladder;
pub mod loss;
pub mod plan;
pub mod policy;
pub mod wish;

pub use arrival::Arrival;
pub use audit::{Audit, Finding, audit};
pub use control::{CONTROLS, Control};
pub use error::Error;
pub use ground::{Place, PlaceKind};
pub use ladder::Rung;
pub use wish::{Destination, Traffic, Wish};
