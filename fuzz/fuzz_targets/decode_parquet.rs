//! Any bytes as a Parquet object: after its first mark, and with its last.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    // The Parquet reader panics on some damaged files. The decoder turns that into a bad line, so
    // only a panic that gets out of it may end the run.
    init: std::panic::set_hook(Box::new(|_| {})),
    |inside: &[u8]| {
        tidegate_fuzz::decode_in_every_way(&[b"PAR1".as_slice(), inside].concat());
        tidegate_fuzz::decode_in_every_way(&[b"PAR1".as_slice(), inside, b"PAR1"].concat());
    }
);
