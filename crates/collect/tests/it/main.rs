//! The collector against real folders and real lakes.

mod bad_input;
mod changes;
mod exactly_once;
mod faulty;
mod follow;
mod sources;
mod support;
