//! Builds again when the console was built again. Debug builds read it while they run.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|it| it == "release") {
        println!("cargo:rerun-if-changed=../../console/dist");
    }
}
