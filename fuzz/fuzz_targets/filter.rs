//! Any text as a filter, and as one that is being typed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| tidegate_fuzz::read_filter(text));
