//! What a record means: its direction, who opened the connection, both ends, and whether it counts.
//!
//! Pure: no I/O, no clock, no environment. Three things meet in [`apply`](fn@apply): the rows, as
//! [`Columns`](tidegate_model::columns::Columns); the [`Network`], which is what the inventory knows;
//! and the [`Evidence`], which is what earlier and neighbouring rows showed. A caller lets the
//! evidence see the rows first ([`Evidence::observe`]), pins what counts ([`Evidence::pin`]), and
//! applies. Rows are never added, lost or reordered, and what AWS wrote is never changed.
//!
//! Reading order: [`tidegate_network`] and [`evidence`] are what is known; `view` and `endpoints` read a row,
//! `ends` finds its interfaces; then one file for each question: `direction`, `ports` and
//! `initiator`, `vantage` and `reject`; `fact`, `fill` and `output` make columns, and `apply` puts it
//! together.

mod apply;
mod direction;
mod endpoints;
mod ends;
pub mod evidence;
mod fact;
mod fill;
mod hash;
mod initiator;
mod output;
mod ports;
mod reject;
mod row;
mod vantage;
mod view;

pub use apply::{Context, apply, apply_noted};
pub use evidence::{Evidence, Limits, Noted};
pub use tidegate_network::Network;
