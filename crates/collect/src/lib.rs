//! The loop source -> decode -> store: nothing lost, nothing doubled, bounded memory.
//!
//! [`run`](run::run) makes one [`pass`] or, if it follows, many. A pass finds objects ([`find`]),
//! leaves out what the ledger knows, fetches the rest ahead of the decoders ([`fetch`]), decodes and
//! lays out on worker threads ([`work`]), and publishes files together with the positions of what
//! they came from ([`publish`]). On its way a record gets its [`context`]; stored days get it again
//! by [`late`]. What became of each object is in the [`tally`]. Every queue is
//! bounded: when the lake is slow, nothing is fetched.
//!
//! This crate does not know AWS's SDK (places are handed in) and reads no clock but the lake's.

pub mod context;
pub mod error;
mod fetch;
pub mod find;
pub mod late;
mod letters;
mod pass;
pub mod progress;
mod publish;
pub mod replay;
pub mod request;
pub mod run;
pub mod summary;
mod tally;
mod work;

pub use context::Context;
pub use error::Error;
pub use progress::{Phase, Progress, Stop};
pub use replay::replay_dead_letters;
pub use request::Request;
pub use run::run;
pub use summary::Summary;

/// What functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
