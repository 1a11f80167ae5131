//! A local file that must not change while it is read.
//!
//! An etag is compared when a file is opened; a writer may come later. So size and time are looked
//! at again at the end.

use std::fs::File;
use std::io::{self, Read};
use std::time::SystemTime;

use super::CHANGED;

/// Reads a file, as long as it was when it was opened.
pub(super) struct Steady {
    file: File,
    stamp: Stamp,
    n_left: u64,
}

/// What changes when a file does.
#[derive(PartialEq, Eq)]
struct Stamp {
    n_bytes: u64,
    modified: SystemTime,
}

impl Steady {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let stamp = stamp(&file)?;
        Ok(Self { n_left: stamp.n_bytes, file, stamp })
    }
}

fn stamp(file: &File) -> io::Result<Stamp> {
    let metadata = file.metadata()?;
    Ok(Stamp { n_bytes: metadata.len(), modified: metadata.modified()? })
}

impl Read for Steady {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = (&mut self.file).take(self.n_left).read(buffer)?;
        self.n_left -= n_bytes as u64;
        let is_end = n_bytes == 0 && !buffer.is_empty();
        if is_end && stamp(&self.file)? != self.stamp {
            return Err(io::Error::other(CHANGED));
        }
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn check(change: impl FnOnce(&mut File)) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, b"one two").unwrap();
        let mut steady = Steady::new(File::open(&path).unwrap()).unwrap();
        let mut content = vec![0; 3];
        steady.read_exact(&mut content).unwrap();
        change(&mut File::options().append(true).open(&path).unwrap());
        let read = steady.read_to_end(&mut content);
        read.map(|_| content).map_err(|it| it.to_string())
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_no_content() {
        assert_eq!(check(|_| {}), Ok(b"one two".to_vec()));
        assert_eq!(check(|it| it.write_all(b" three").unwrap()), Err(CHANGED.to_owned()));
        assert_eq!(check(|it| it.set_len(5).unwrap()), Err(CHANGED.to_owned()));
        let later = SystemTime::UNIX_EPOCH;
        assert_eq!(check(|it| it.set_modified(later).unwrap()), Err(CHANGED.to_owned()));
    }
}
