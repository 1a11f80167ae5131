//! The demo's network goes on: records of now keep coming into its folder.
//!
//! The world is made until tomorrow's end. Objects of later than now wait in a folder of their own;
//! as their time comes, what has ended is written beside the others, some seconds at a time, in
//! objects as AWS names them. (AWS itself sends records some minutes after the fact.)

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chrono::Utc;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::cmd::generate;

/// How often records come.
const EVERY: Duration = Duration::from_secs(10);

/// The largest object that waits, decompressed: more than five minutes of any demo.
const OBJECT_BYTES_MAX: u64 = 256 << 20;

/// The field that says when a record ended.
const END: &str = "end";

/// Writes what waits in `coming` into `logs` as its time comes, until there is nothing left.
pub(super) async fn release(coming: PathBuf, logs: PathBuf) -> anyhow::Result<()> {
    let listed = tokio::task::spawn_blocking(move || waiting(&coming)).await?;
    let mut waiting = listed.context("cannot list what is to come")?;
    waiting.reverse();
    let mut open: Vec<Opened> = Vec::new();
    let mut number = 0_u32;
    while !(waiting.is_empty() && open.is_empty()) {
        let now = Utc::now().timestamp();
        while let Some(next) = waiting.pop_if(|it| it.from <= now) {
            open.push(Opened::read(next)?);
        }
        number += 1;
        for opened in &mut open {
            opened.write_until(now, number, &logs)?;
        }
        open.retain(|it| !it.lines.is_empty());
        tokio::time::sleep(EVERY).await;
    }
    // Nothing more will come; what is there stays.
    std::future::pending().await
}

/// An object whose time has not come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    /// First second of its records.
    from: i64,
    path: PathBuf,
    key: String,
}

/// An object whose time has come.
#[derive(Debug)]
struct Opened {
    key: String,
    header: String,
    /// Its records with their ends, the last first.
    lines: Vec<(i64, String)>,
}

/// Returns the objects below a folder, in the order of time.
fn waiting(root: &Path) -> std::io::Result<Vec<Waiting>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let key = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            if let Some(from) = generate::moment(&key) {
                found.push(Waiting { from, path, key });
            }
        }
    }
    found.sort();
    Ok(found)
}

impl Opened {
    fn read(waiting: Waiting) -> anyhow::Result<Self> {
        let attempt = || format!("cannot read `{}`", waiting.path.display());
        let file = std::fs::File::open(&waiting.path).with_context(attempt)?;
        let mut text = String::new();
        let mut unpacked = MultiGzDecoder::new(file).take(OBJECT_BYTES_MAX);
        unpacked.read_to_string(&mut text).with_context(attempt)?;
        std::fs::remove_file(&waiting.path).with_context(attempt)?;
        Self::parse(waiting.key, &text).with_context(attempt)
    }

    fn parse(key: String, text: &str) -> anyhow::Result<Self> {
        let (header, rest) = text.split_once('\n').context("it has no header")?;
        let column = header.split(' ').position(|it| it == END).context("it has no `end`")?;
        let end = |line: &str| line.split(' ').nth(column).and_then(|it| it.parse().ok());
        let lines = rest.lines().map(|it| (end(it).unwrap_or(0), it.to_owned()));
        let mut lines: Vec<(i64, String)> = lines.collect();
        // Records that end together keep their order: the last is taken first.
        lines.reverse();
        lines.sort_by_key(|(end, _)| std::cmp::Reverse(*end));
        Ok(Self { key, header: header.to_owned(), lines })
    }

    /// Writes the records that have ended by now, if there are any, as object `number`.
    fn write_until(&mut self, now: i64, number: u32, logs: &Path) -> anyhow::Result<()> {
        let Some(text) = self.take_until(now) else { return Ok(()) };
        let path = logs.join(numbered(&self.key, number));
        let attempt = || format!("cannot write `{}`", path.display());
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).with_context(attempt)?;
        let bytes = packed.finish().with_context(attempt)?;
        generate::write(&path, &bytes).with_context(attempt)
    }

    fn take_until(&mut self, now: i64) -> Option<String> {
        let mut text = format!("{}\n", self.header);
        let n_before = self.lines.len();
        while let Some((_, line)) = self.lines.pop_if(|(end, _)| *end <= now) {
            text.push_str(&line);
            text.push('\n');
        }
        (self.lines.len() < n_before).then_some(text)
    }
}

/// Returns the key with another hash in it: no two objects have the same name.
fn numbered(key: &str, number: u32) -> String {
    let Some((stem, rest)) = key.rsplit_once('_') else { return format!("{key}.{number}") };
    let (hash, ending) = rest.split_once('.').unwrap_or((rest, ""));
    let hash = u32::from_str_radix(hash, 16).unwrap_or(0);
    format!("{stem}_{:08x}.{ending}", hash.wrapping_add(number.wrapping_mul(0x9e37_79b9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_when_they_have_ended_each_once_and_in_order() {
        let text = "start end x\n1 20 a\n1 10 b\n1 20 c\n- - d\n1 30 e\n";
        let mut opened = Opened::parse("k".to_owned(), text).unwrap();
        let mut check = |now, expected: Option<&str>| {
            let taken = opened.take_until(now);
            let lines = taken.as_deref().map(|it| it.lines().skip(1).collect::<Vec<_>>().join(","));
            assert_eq!(lines.as_deref(), expected, "{now}");
        };
        check(9, Some("- - d"));
        check(9, None);
        check(25, Some("1 10 b,1 20 a,1 20 c"));
        check(40, Some("1 30 e"));
        check(50, None);
    }

    #[test]
    fn each_object_has_a_name_of_its_own_in_the_form_of_aws() {
        let key = "AWSLogs/1/x/1_vpcflowlogs_r_fl-0a_20260302T0005Z_000000ab.log.gz";
        let (one, two) = (numbered(key, 1), numbered(key, 2));
        assert_eq!(one, "AWSLogs/1/x/1_vpcflowlogs_r_fl-0a_20260302T0005Z_9e377a64.log.gz");
        assert_ne!(one, two);
        assert_eq!(generate::moment(&one), generate::moment(key));
    }
}
