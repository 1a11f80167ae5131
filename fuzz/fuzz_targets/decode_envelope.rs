//! Any bytes as what follows the beginning of a JSON document.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|rest: &[u8]| {
    tidegate_fuzz::decode_in_every_way(&[b"{".as_slice(), rest].concat());
    tidegate_fuzz::decode_in_every_way(&[b"{\"message\":\"".as_slice(), rest].concat());
    tidegate_fuzz::decode_in_every_way(&[b"{\"logEvents\":[".as_slice(), rest].concat());
});
