//! The collector against real folders and real lakes.

mod bad_input;
mod exactly_once;
mod sources;
mod support;
