//! Any bytes as an object: mostly text.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|object: &[u8]| tidegate_fuzz::decode_in_every_way(object));
