//! A synthetic world: an AWS network with traffic and attacks, and the truth about it.
//!
//! [`World::new`] makes the network of a [`Spec`]; [`World::generate`] hands over the objects that
//! VPC Flow Logs would have written, and returns the [`Truth`]. The same specification yields the
//! same bytes, on every machine and with any number of threads.
//!
//! There is no I/O, no clock and no environment here: times come from the specification, chance
//! comes from its seed, and the caller writes the objects. Read `network` (who is there), `traffic`
//! (what they do), `write` (how it is recorded) and `truth`.

mod dice;
mod error;
mod network;
mod spec;
mod step;
mod traffic;
mod truth;
mod world;
mod write;

pub use error::Error;
pub use spec::{
    DAYS_MAX, FileFormat, GROUP_CHANGES_PER_DAY_MAX, Layout, RECORDS_PER_STEP_MAX, Spec,
    THREADS_MAX,
};
pub use tidegate_model::field::RECOMMENDED_FORMAT;
pub use traffic::events::EventKind;
pub use truth::{EventTruth, FlowLogTruth, RuleTruth, Truth, Verdict};
pub use world::{Object, World};
