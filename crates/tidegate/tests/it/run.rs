//! Runs the program in a folder of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Three records of the default format: one accepted, one rejected, one NODATA.
pub(crate) const LOG: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK
2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA
";

/// A folder, and a user's home in it.
pub(crate) struct Here {
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Ran {
    /// Exit code.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr.
    pub(crate) stderr: String,
}

impl Here {
    /// Makes an empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Makes a folder with [`LOG`] as `flow.log`, collected into the lake `lake`.
    pub(crate) fn with_lake() -> Self {
        let here = Self::new();
        here.write("flow.log", LOG);
        let ran = here.run(&["collect", "flow.log", "--lake", "lake"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        here
    }

    /// Returns the path of `name` in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Returns the command with `arguments`, in this folder and with no environment but a home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.path("user")).stdin(Stdio::null());
        command
    }

    /// Runs a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.end(self.command(arguments).output().unwrap())
    }

    /// Runs a command with these variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        self.end(self.command(arguments).envs(variables.iter().copied()).output().unwrap())
    }

    /// Runs a command with this on stdin.
    pub(crate) fn run_on(&self, stdin: &str, arguments: &[&str]) -> Ran {
        use std::io::Write as _;
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        self.end(child.wait_with_output().unwrap())
    }

    fn end(&self, output: Output) -> Ran {
        let plain = |it: Vec<u8>| {
            let text = String::from_utf8_lossy(&it).into_owned();
            let folder = self.folder.path().canonicalize().unwrap();
            text.replace(&folder.display().to_string(), "[HERE]")
                .replace(&self.folder.path().display().to_string(), "[HERE]")
        };
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: plain(output.stdout),
            stderr: plain(output.stderr),
        }
    }
}

impl Ran {
    /// Returns everything that can be seen, with what differs from run to run masked.
    pub(crate) fn shown(&self) -> String {
        let part = |name: &str, text: &str| {
            let text = mask(text.trim_end());
            if text.is_empty() { text } else { format!("\n--- {name}\n{text}") }
        };
        format!(
            "exit {}{}{}",
            self.code,
            part("stdout", &self.stdout),
            part("stderr", &self.stderr)
        )
    }
}

/// Masks times, rates, sizes of what was written, and names of files.
pub(crate) fn mask(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let masked = words.iter().enumerate().map(|(index, word)| {
            let next = words.get(index + 1).map_or("", |it| it.trim_end_matches([',', ')', ';']));
            let is_number =
                word.trim_start_matches('(').starts_with(|it: char| it.is_ascii_digit());
            let is_measured = ["s", "B", "KiB", "MiB", "records/s", "bytes"].contains(&next);
            if is_number && is_measured { "[N]".to_owned() } else { mask_name(word) }
        });
        masked.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Masks the part of a file's name that is chance.
fn mask_name(word: &str) -> String {
    match (word.find("dead-letters/"), word.find(".ndjson")) {
        (Some(from), Some(until)) if from < until => {
            format!("{}dead-letters/[NAME]{}", &word[..from], &word[until..])
        }
        _ => word.to_owned(),
    }
}
