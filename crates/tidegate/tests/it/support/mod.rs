//! What several tests need.

pub(crate) mod checkers;
pub(crate) mod moto;
pub(crate) mod server;

/// Says that a test did not run, and why.
#[expect(clippy::print_stdout, reason = "a check that is skipped says so")]
pub(crate) fn skipped(why: &str) {
    println!("skipped: {why}; `make test` sets it up");
}
