//! Tells by its first bytes what an object is.

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Gzip,
    Zstd,
    Parquet,
    Json,
    Text,
}

/// White space at the beginning that is looked past.
const BLANK_BYTES_MAX: usize = 4 << 10;

/// The mark at the beginning of text that some programs write.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const MARKS: [(&[u8], Kind); 3] =
    [(b"\x1f\x8b", Kind::Gzip), (b"\x28\xb5\x2f\xfd", Kind::Zstd), (b"PAR1", Kind::Parquet)];

/// Returns what begins with `head`, or nothing if more has to be seen. At the end of the object
/// (`is_all`) there is always an answer.
pub(crate) fn sniff(head: &[u8], is_all: bool) -> Option<Kind> {
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(*kind);
    }
    let may_become = |mark: &[u8]| mark.starts_with(head);
    let is_open = MARKS.iter().any(|(mark, _)| may_become(mark)) || may_become(BYTE_ORDER_MARK);
    if is_open && !is_all {
        return None;
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    match text.trim_ascii_start().first() {
        Some(b'{' | b'[') => Some(Kind::Json),
        Some(_) => Some(Kind::Text),
        None if is_all || head.len() > BLANK_BYTES_MAX => Some(Kind::Text),
        None => None,
    }
}
