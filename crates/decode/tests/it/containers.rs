//! Containers: gzip, zstd, both in each other, and every way in which they can be damaged.

use std::io::Cursor;

use bytes::Bytes;
use tidegate_decode::{Counts, Decoder, Options};

use crate::support::{Kept, check, gzip, lines, zstd};

const TEXT: &str = "srcaddr bytes\n10.0.0.1 1\n10.0.0.2 2\n10.0.0.3 3\n";

/// Returns what comes out of a stream of `n_piece` bytes at a time.
pub(crate) fn check_stream(object: &[u8], n_piece: usize) -> String {
    let mut reader = Pieces { rest: Cursor::new(object), n_piece };
    let mut kept = Kept::default();
    let mut decoder = Decoder::new(Options::default());
    let counts: Counts = decoder.decode_reader(&mut reader, &mut kept).unwrap();
    decoder.flush(&mut kept);
    kept.render(&counts)
}

/// Gives few bytes at a time.
struct Pieces<'a> {
    rest: Cursor<&'a [u8]>,
    n_piece: usize,
}

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n_bytes = buffer.len().min(self.n_piece);
        self.rest.read(&mut buffer[..n_bytes])
    }
}

/// Asserts that the object decodes to `expected`, whole and as a stream of any pieces.
fn assert_decodes(object: &[u8], expected: &str) {
    assert_eq!(check(object), expected);
    for n_piece in [1, 3, 7, 64, 1 << 20] {
        assert_eq!(check_stream(object, n_piece), expected, "{n_piece} bytes at a time");
    }
}

#[test]
fn every_container_holds_the_same() {
    let expected = check(TEXT);
    assert_eq!(expected.lines().count(), 4);
    let text = TEXT.as_bytes();
    for object in [
        text.to_vec(),
        gzip(text),
        zstd(text),
        gzip(&gzip(text)),
        gzip(&zstd(text)),
        zstd(&gzip(text)),
        [gzip(&text[..20]), gzip(b""), gzip(&text[20..])].concat(),
        [gzip(b""), gzip(text), gzip(b"")].concat(),
        [zstd(&text[..20]), zstd(b""), zstd(&text[20..])].concat(),
    ] {
        assert_decodes(&object, &expected);
    }
}

#[test]
fn equal_members_are_all_read() {
    let member = gzip(b"srcaddr bytes\n10.0.0.1 1\n");
    let expected =
        check("srcaddr bytes\n10.0.0.1 1\nsrcaddr bytes\n10.0.0.1 1\nsrcaddr bytes\n10.0.0.1 1\n");
    assert!(expected.ends_with("headers 3, control 0"));
    assert_decodes(&member.repeat(3), &expected);
}

#[test]
fn members_of_very_different_sizes_are_all_read() {
    let lines = |n: usize| "10.0.0.1 1\n".repeat(n);
    let members = [1, 100_000, 2, 60_000].map(|it| gzip(lines(it).as_bytes()));
    let object = [gzip(b"srcaddr bytes\n"), members.concat()].concat();
    let mut kept = Kept::default();
    let mut decoder = Decoder::new(Options::default());
    let counts = decoder.decode_bytes(&Bytes::from(object), &mut kept);
    assert_eq!((counts.n_ok, counts.n_bad), (160_003, 0));
}

#[test]
fn a_third_container_is_refused() {
    let object = gzip(&gzip(&gzip(TEXT.as_bytes())));
    assert_decodes(
        &object,
        "bad 0: the object is packed more than 2 times | \nread 1 = ok 0 + nodata 0 + skipdata 0 + bad 1; headers 0, control 0",
    );
}

#[test]
fn what_follows_the_last_member_is_one_bad_line_and_costs_no_record() {
    for garbage in [b"\0\0\0\0".as_slice(), b"hello\nworld\n", b"\0"] {
        let object = [gzip(TEXT.as_bytes()).as_slice(), garbage].concat();
        let rows = "srcaddr=10.0.0.1 bytes=1\nsrcaddr=10.0.0.2 bytes=2\nsrcaddr=10.0.0.3 bytes=3";
        assert_decodes(
            &object,
            &format!(
                "{rows}\nbad 0: what follows the last gzip member is not gzip | \nread 4 = ok 3 + nodata 0 + skipdata 0 + bad 1; headers 1, control 0"
            ),
        );
    }
}

#[test]
fn a_container_that_is_cut_off_keeps_its_whole_lines_and_never_half_a_line() {
    let text = lines(5_000, |it| format!("10.0.{}.{} {it}", it % 200, it % 250));
    let text = format!("srcaddr bytes\n{text}");
    let whole = check(&text);
    for object in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        for n_bytes in [object.len() - 1, object.len() - 9, object.len() / 2, 30, 11, 5] {
            let rendered = check(&object[..n_bytes]);
            assert_eq!(check_stream(&object[..n_bytes], 100), rendered);
            assert!(rendered.contains("bad 0: the "), "{n_bytes}: {rendered}");
            let rows = rendered.lines().filter(|it| it.starts_with("srcaddr="));
            assert!(rows.zip(whole.lines()).all(|(row, expected)| row == expected), "{n_bytes}");
        }
    }
}

#[test]
fn a_container_that_is_garbled_is_a_bad_object() {
    let mut object = gzip(TEXT.repeat(100).as_bytes());
    let middle = object.len() / 2;
    object[middle] ^= 0x55;
    assert!(check(&object).contains("bad 0: the gzip is "), "{}", check(&object));
    assert!(check(b"\x1f\x8bthis is no gzip").contains("bad 0: the gzip is "));
    assert!(check(b"\x28\xb5\x2f\xfdthis is no zstd").contains("bad 0: the zstd is damaged"));
    assert!(check(b"\x1f").contains("bad 1: "));
    assert!(
        check(b"\x1f\x8b").contains("bad 0: the gzip is cut off, or its last bytes are damaged")
    );
}

#[test]
fn rows_say_which_flow_log_published_them() {
    let object = Bytes::from_static(b"srcaddr bytes\n10.0.0.1 1\n10.0.0.2 2\n");
    let mut decoder = Decoder::new(Options::default());
    let mut kept = Kept::default();
    for flow_log in [Some("fl-b"), None, Some("fl-a")] {
        decoder.set_flow_log(flow_log);
        decoder.decode_bytes(&object, &mut kept);
    }
    decoder.flush(&mut kept);
    insta::assert_snapshot!(kept.rows().join("\n"), @"
    srcaddr=10.0.0.1 bytes=1 flow_log_id=fl-b
    srcaddr=10.0.0.2 bytes=2 flow_log_id=fl-b
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.2 bytes=2
    srcaddr=10.0.0.1 bytes=1 flow_log_id=fl-a
    srcaddr=10.0.0.2 bytes=2 flow_log_id=fl-a
    ");
}
