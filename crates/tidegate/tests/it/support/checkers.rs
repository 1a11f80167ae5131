//! Programs of others that check what ours wrote.

use std::process::Command;

use crate::run::Here;
use crate::support::skipped;

/// Checkers that `make test` does not set up: a machine has them or not.
const OPTIONAL: &[&str] = &["terraform"];

/// Asserts that a program ends well on each of the files; says so if it is not installed.
///
/// # Panics
///
/// If it does not end well; and in CI if a checker is not there that `make test` sets up.
pub(crate) fn assert_passes(here: &Here, program: &str, arguments: &[&str], names: &[String]) {
    for name in names {
        let output = match Command::new(program).args(arguments).arg(here.path(name)).output() {
            Ok(output) => output,
            Err(error) => {
                let is_optional = OPTIONAL.contains(&program) || option_env!("CI").is_none();
                assert!(is_optional, "cannot start `{program}`: {error}");
                return skipped(&format!("cannot start `{program}`: {error}"));
            }
        };
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&said));
    }
}
