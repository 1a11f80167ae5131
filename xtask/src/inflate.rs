//! Decompresses every gzip object below a folder and throws the bytes away.
//!
//! This is the least that any loader of gzip text has to do, so a benchmark that prints it
//! shows how far a loader is from the floor. One thread, one reused buffer, libdeflate. Objects of
//! one gzip member, as AWS writes them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use libdeflater::Decompressor;

/// The most plain bytes that one object may have.
const OBJECT_BYTES_MAX: usize = 1 << 30;

/// The most plain bytes that DEFLATE can make of one byte.
const DEFLATE_RATIO_MAX: usize = 1032;

/// How deep the folders are followed.
const DEPTH_MAX: usize = 32;

/// What was decompressed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// Files with the ending `.gz`.
    pub(crate) n_objects: u64,
    /// Their bytes as stored.
    pub(crate) compressed_bytes: u64,
    /// Their bytes after decompression.
    pub(crate) plain_bytes: u64,
}

/// Decompresses every `.gz` file below `dir`.
///
/// # Errors
///
/// If a file cannot be read, or is not one gzip member.
pub(crate) fn inflate(dir: &Path) -> Result<Total> {
    let mut paths = Vec::new();
    find(dir, DEPTH_MAX, &mut paths)?;
    let mut decompressor = Decompressor::new();
    let mut plain = Vec::new();
    let mut total = Total::default();
    for path in &paths {
        let compressed =
            fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let plain_bytes = inflate_object(&mut decompressor, &compressed, &mut plain)
            .with_context(|| format!("cannot decompress `{}`", path.display()))?;
        total.n_objects += 1;
        total.compressed_bytes += compressed.len() as u64;
        total.plain_bytes += plain_bytes;
    }
    Ok(total)
}

fn find(dir: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<()> {
    ensure!(depth > 0, "`{}` is more than {DEPTH_MAX} folders deep", dir.display());
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list `{}`", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, depth - 1, paths)?;
        } else if path.extension().is_some_and(|it| it == "gz") {
            paths.push(path);
        }
    }
    Ok(())
}

/// Decompresses one object into `plain`, over the object before it.
fn inflate_object(
    decompressor: &mut Decompressor,
    compressed: &[u8],
    plain: &mut Vec<u8>,
) -> Result<u64> {
    let trailer = compressed.last_chunk::<4>().context("shorter than a gzip trailer")?;
    let declared = u32::from_le_bytes(*trailer) as usize;
    let possible = compressed.len().saturating_mul(DEFLATE_RATIO_MAX);
    ensure!(declared <= possible, "the trailer says {declared} plain bytes, which cannot be");
    ensure!(
        declared <= OBJECT_BYTES_MAX,
        "{declared} plain bytes, {OBJECT_BYTES_MAX} is the limit"
    );
    if plain.len() < declared {
        plain.resize(declared, 0);
    }
    let written = decompressor.gzip_decompress(compressed, plain)?;
    ensure!(written == declared, "{written} plain bytes, the trailer says {declared}");
    Ok(written as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use libdeflater::{CompressionLvl, Compressor};

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::fastest());
        let mut compressed = vec![0; compressor.gzip_compress_bound(plain.len())];
        let size = compressor.gzip_compress(plain, &mut compressed).unwrap();
        compressed.truncate(size);
        compressed
    }

    fn check(compressed: &[u8], expected: Option<u64>) {
        let mut plain = Vec::new();
        let actual = inflate_object(&mut Decompressor::new(), compressed, &mut plain);
        assert_eq!(actual.ok(), expected);
    }

    #[test]
    fn an_object_of_one_member_is_counted() {
        check(&gzip(b"version account-id\n"), Some(19));
        check(&gzip(b""), Some(0));
    }

    #[test]
    fn anything_else_is_an_error() {
        let two = [gzip(b"longer than the second\n"), gzip(b"short\n")].concat();
        let whole = gzip(b"version account-id\n");
        check(&two, None);
        check(&whole[..whole.len() - 3], None);
        check(b"", None);
        check(b"no gzip at all", None);
    }
}
