//! What the fuzz targets share: decode an object in every way, and compare; read a filter and write
//! it.

mod tally;

use bytes::Bytes;
use tidegate_decode::{Counts, Decoder, LogFormat, Options};
use tidegate_filter::Filter;

use tally::Tally;

/// Decodes the object whole and in pieces, without and with a format. Nothing may panic, and both
/// ways must count the same.
pub fn decode_in_every_way(object: &[u8]) {
    let formats = [None, LogFormat::parse("srcaddr bytes start tags").ok()];
    for log_format in formats {
        let options = Options { log_format, ..Options::default() };
        let whole = decode_whole(&options, object);
        let in_pieces = decode_in_pieces(&options, object);
        // How much comes out of a damaged container before the damage depends on the pieces.
        let is_packed = object.starts_with(b"\x1f\x8b") || object.starts_with(b"\x28\xb5");
        assert!(is_packed || whole == in_pieces, "{whole:?} {in_pieces:?}");
    }
}

fn decode_whole(options: &Options, object: &[u8]) -> Counts {
    let mut tally = Tally::default();
    let mut decoder = Decoder::new(options.clone());
    let counts = decoder.decode_bytes(&Bytes::copy_from_slice(object), &mut tally);
    decoder.flush(&mut tally);
    tally.assert_matches(&counts);
    counts
}

fn decode_in_pieces(options: &Options, object: &[u8]) -> Counts {
    let mut tally = Tally::default();
    let mut decoder = Decoder::new(options.clone());
    let mut reader = Pieces { rest: object };
    let counts = match decoder.decode_reader(&mut reader, &mut tally) {
        Ok(counts) => counts,
        Err(error) => unreachable!("a slice reads without error: {error}"),
    };
    decoder.flush(&mut tally);
    tally.assert_matches(&counts);
    counts
}

/// Gives few bytes at a time, more each time.
struct Pieces<'a> {
    rest: &'a [u8],
}

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n_bytes = (1 + self.rest.len() % 17).min(self.rest.len()).min(buffer.len());
        let (piece, rest) = self.rest.split_at(n_bytes);
        buffer[..n_bytes].copy_from_slice(piece);
        self.rest = rest;
        Ok(n_bytes)
    }
}

/// Reads a filter. What is one is the same when it is read again; what is none has a place in the
/// text.
pub fn read_filter(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => {
            assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter));
            assert_eq!(filter.swapped().swapped(), filter);
            assert!(!filter.sql().is_empty());
        }
        Err(error) => assert!(text.get(error.bytes.clone()).is_some(), "{error:?}"),
    }
    let n_chars = text.chars().count();
    for at in [0, n_chars / 2, n_chars] {
        let done = tidegate_filter::complete(text, at);
        assert!(text.get(done.bytes).is_some());
    }
}
