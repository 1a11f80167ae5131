//! Builds again when the console was built again. Debug builds read it while they run.

use std::io::Write as _;

/// What cargo is told: this file, and for a release the console as well.
const DEBUG: &[u8] = b"cargo:rerun-if-changed=build.rs\n";
const RELEASE: &[u8] =
    b"cargo:rerun-if-changed=build.rs\ncargo:rerun-if-changed=../../console/dist\n";

fn main() -> std::io::Result<()> {
    let is_release = std::env::var_os("PROFILE").is_some_and(|it| it == "release");
    std::io::stdout().write_all(if is_release { RELEASE } else { DEBUG })
}
