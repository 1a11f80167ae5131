//! The room on a disk, by `df`: the one thing here that the system tells only to C.

use std::path::Path;
use std::process::Command;

use tidegate_serve::backend::Disk;

/// Bytes of a block of `df -k`.
const BLOCK_BYTES: u64 = 1_024;

/// Returns the room on the disk of a folder; `None` if nothing tells it.
pub(super) fn of(folder: &Path) -> Option<Disk> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    output.status.success().then(|| parse(&String::from_utf8_lossy(&output.stdout))).flatten()
}

/// Reads the second line of what `df -Pk` prints (POSIX: device, blocks, used, available, ...).
fn parse(text: &str) -> Option<Disk> {
    let line = text.lines().nth(1)?;
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    let [total, _, free, ..] = numbers[..] else { return None };
    Some(Disk { free_bytes: free * BLOCK_BYTES, total_bytes: total * BLOCK_BYTES })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_stands_in_the_second_line() {
        let text = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
            /dev/vda 1000 600 350 64% /\n";
        let expected = Disk { free_bytes: 350 * 1_024, total_bytes: 1_000 * 1_024 };
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse("df: nothing\n"), None);
        assert_eq!(parse("a\nb c d\n"), None);
    }
}
