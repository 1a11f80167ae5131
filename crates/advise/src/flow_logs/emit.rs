//! A plan in other people's languages, to be read, kept and run elsewhere.
//!
//! None of them replaces what a bucket's policy says already: the script adds to it, the templates
//! write it only if they are told that the bucket has none.

pub mod cloud_formation;
pub mod script;
pub mod terraform;
#[cfg(test)]
mod tests;

/// Returns the words of AWS for how objects are written.
fn file_format(is_parquet: bool) -> &'static str {
    if is_parquet { "parquet" } else { "plain-text" }
}
