//! Collectors that are killed, collectors that meet: every record is in the lake exactly once.
//!
//! The same trials run on a local lake and against a real S3 server (moto), started here.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::moto::Moto;

/// Objects of the world that is collected, and records in each.
const N_OBJECTS: usize = 40;
const N_LINES: usize = 400;

/// Collectors that are killed while a part of the objects is in the lake, before one may end.
const N_MIDWAY: usize = 5;

/// Kills after which that must have happened: some come too late.
const N_KILLS_MAX: usize = 100;

/// Commits that a collector makes at most before it is killed.
const N_COMMITS_MAX: u64 = 7;

/// Time between two looks at what a collector has committed.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What there is at most between a commit and the kill, so that kills meet every part of the work.
const KILL_LATER_US_MAX: u64 = 5_000;

/// Collectors that run at the same time.
const N_COLLECTORS: usize = 3;

/// Where logs and lake are, and how the program gets there.
struct Site<'a> {
    /// Where a lake on S3 is looked at.
    moto: Option<&'a Moto>,
    logs: String,
    /// Where lakes are made, and how many there were before this one.
    lakes: String,
    n_lakes: usize,
    environment: Vec<(String, String)>,
}

impl<'a> Site<'a> {
    fn local(folder: &Path) -> Self {
        let logs = folder.join("logs");
        write_world(&logs);
        Self {
            moto: None,
            logs: logs.display().to_string(),
            lakes: folder.join("lakes").display().to_string(),
            n_lakes: 0,
            environment: Vec::new(),
        }
    }

    fn s3(folder: &Path, moto: &'a Moto) -> Self {
        let logs = folder.join("logs");
        write_world(&logs);
        moto.make_bucket("logs");
        moto.make_bucket("lake");
        moto.upload("logs", &logs);
        Self {
            moto: Some(moto),
            logs: "s3://logs/AWSLogs".to_owned(),
            lakes: "s3://lake/network".to_owned(),
            n_lakes: 0,
            environment: moto.environment(),
        }
    }

    fn tidegate(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        let lake = format!("{}/{}", self.lakes, self.n_lakes);
        command.args(arguments).args(["--lake", &lake, "--quiet"]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Starts a collector that commits often, so that there is much to interrupt.
    fn collector(&self) -> Child {
        let arguments = ["collect", &self.logs, "--commit-objects", "1", "--threads", "2"];
        self.tidegate(&arguments).spawn().unwrap()
    }

    /// Lets a collector end by itself.
    fn collect(&self) {
        let ended = self.collector().wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }

    /// Returns how many commits are in the log of the lake.
    fn n_commits(&self) -> u64 {
        let is_commit = |it: &&String| Path::new(it).extension().is_some_and(|it| it == "json");
        let log = format!("{}/{}/flows/_delta_log", self.lakes, self.n_lakes);
        let names = match self.moto {
            Some(moto) => {
                let (bucket, prefix) = log.strip_prefix("s3://").unwrap().split_once('/').unwrap();
                moto.list(bucket, prefix)
            }
            None => names(Path::new(&log)),
        };
        names.iter().filter(is_commit).count().try_into().unwrap()
    }

    /// Lets a collector make so many commits at most, and then kills it; returns whether it still ran.
    fn kill_after(&self, n_commits: u64, later: Duration) -> bool {
        let goal = self.n_commits() + n_commits;
        let mut collector = self.collector();
        while collector.try_wait().unwrap().is_none() && self.n_commits() < goal {
            std::thread::sleep(LOOK_EVERY);
        }
        std::thread::sleep(later);
        let is_running = collector.try_wait().unwrap().is_none();
        // SIGKILL on Unix: nothing can be tidied up.
        collector.kill().unwrap();
        collector.wait().unwrap();
        is_running
    }

    /// Returns how many objects are in the lake.
    fn n_stored(&self) -> usize {
        let mut status = self.tidegate(&["lake", "status", "--output", "json"]);
        let ended = status.stdout(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        if stderr.starts_with("error: there is no lake") {
            return 0;
        }
        assert!(ended.status.success(), "{stderr}");
        let status: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
        status["n_objects"].as_u64().unwrap().try_into().unwrap()
    }

    /// Checks that every record is in the lake exactly once.
    fn check(&self) {
        let verified = self.tidegate(&["lake", "verify"]).output().unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        // `packets` tells the lines of an object apart, `bytes` the objects.
        let query = "SELECT count(*) AS n, count(DISTINCT packets * 1000 + bytes) AS n_distinct, \
                     count(DISTINCT bytes) AS n_objects FROM flows";
        let mut counted = self.tidegate(&["sql", query, "--output", "csv"]);
        let counted = counted.stdout(Stdio::piped()).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&counted.stdout).replace("\r\n", "\n"),
            format!("n,n_distinct,n_objects\n{0},{0},{N_OBJECTS}\n", N_OBJECTS * N_LINES),
            "{}",
            String::from_utf8_lossy(&counted.stderr)
        );
    }
}

/// Returns the names in a folder, which need not be there.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

fn write_world(logs: &Path) {
    for object in 0..N_OBJECTS {
        let path = logs.join(key(object));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text(object)).unwrap();
    }
}

fn key(object: usize) -> PathBuf {
    let (day, hour) = (1 + object / 20, object % 20);
    format!(
        "AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/05/{day:02}/123456789012_vpcflowlogs_\
         us-east-1_fl-1234abcd_202405{day:02}T{hour:02}00Z_{object:08x}.log"
    )
    .into()
}

fn text(object: usize) -> String {
    // 2024-05-01 00:00 UTC.
    let hour = 1_714_521_600 + 86_400 * (object / 20) + 3_600 * (object % 20);
    let lines = (0..N_LINES).map(|line| {
        format!(
            "2 123456789012 eni-1 203.0.113.{} 10.0.0.1 {} 443 6 {} {object} {hour} {} ACCEPT OK\n",
            line % 250,
            1024 + line,
            line + 1,
            hour + 59
        )
    });
    lines.collect()
}

/// Kills collectors at moments that chance chooses, then lets one end. A lake that was completed
/// before is checked, and another one is begun.
fn survives_kills(mut site: Site<'_>) {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut n_midway, mut n_kills) = (0, 0);
    while n_midway < N_MIDWAY {
        assert!(n_kills < N_KILLS_MAX, "of {n_kills} kills, {n_midway} came midway");
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let later = Duration::from_micros(chance % KILL_LATER_US_MAX);
        let is_running = site.kill_after(1 + chance % N_COMMITS_MAX, later);
        n_kills += 1;
        let n_stored = site.n_stored();
        n_midway += usize::from(is_running && (1..N_OBJECTS).contains(&n_stored));
        if n_stored == N_OBJECTS {
            site.check();
            site.n_lakes += 1;
        }
    }
    site.collect();
    site.check();
}

fn survives_each_other(site: &Site<'_>) {
    let collectors: Vec<Child> = (0..N_COLLECTORS).map(|_| site.collector()).collect();
    for collector in collectors {
        let ended = collector.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    site.check();
}

#[test]
fn a_local_lake_survives_kills() {
    let folder = tempfile::tempdir().unwrap();
    survives_kills(Site::local(folder.path()));
}

#[test]
fn a_local_lake_survives_three_collectors_at_once() {
    let folder = tempfile::tempdir().unwrap();
    survives_each_other(&Site::local(folder.path()));
}

#[test]
fn a_lake_on_s3_survives_kills() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    survives_kills(Site::s3(folder.path(), &moto));
}

#[test]
fn a_lake_on_s3_survives_three_collectors_at_once() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    survives_each_other(&Site::s3(folder.path(), &moto));
}
