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

/// Times that a collector is killed before one may end.
const N_KILLS: usize = 25;

/// Collectors that run at the same time.
const N_COLLECTORS: usize = 3;

/// Where logs and lake are, and how the program gets there.
struct Site {
    logs: String,
    lake: String,
    environment: Vec<(String, String)>,
}

impl Site {
    fn local(folder: &Path) -> Self {
        let logs = folder.join("logs");
        write_world(&logs);
        Self {
            logs: logs.display().to_string(),
            lake: folder.join("lake").display().to_string(),
            environment: Vec::new(),
        }
    }

    fn s3(folder: &Path, moto: &Moto) -> Self {
        let logs = folder.join("logs");
        write_world(&logs);
        moto.make_bucket("logs");
        moto.make_bucket("lake");
        moto.upload("logs", &logs);
        Self {
            logs: "s3://logs/AWSLogs".to_owned(),
            lake: "s3://lake/network".to_owned(),
            environment: moto.environment(),
        }
    }

    fn tidegate(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(arguments).args(["--lake", &self.lake, "--quiet"]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Starts a collector that commits often, so that there is much to interrupt.
    fn collector(&self) -> Child {
        let arguments = ["collect", &self.logs, "--commit-objects", "2", "--threads", "2"];
        self.tidegate(&arguments).spawn().unwrap()
    }

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

/// Kills collectors at moments that chance chooses, then lets one end.
fn survives_kills(site: &Site) {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut n_killed = 0;
    for _ in 0..N_KILLS {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let mut collector = site.collector();
        std::thread::sleep(Duration::from_millis(30 + chance % 400));
        n_killed += usize::from(collector.try_wait().unwrap().is_none());
        // SIGKILL on Unix: nothing can be tidied up.
        collector.kill().unwrap();
        collector.wait().unwrap();
    }
    assert!(n_killed > 0, "every collector ended before it could be killed");
    let last = site.collector().wait_with_output().unwrap();
    assert!(last.status.success(), "{}", String::from_utf8_lossy(&last.stderr));
    site.check();
}

fn survives_each_other(site: &Site) {
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
    survives_kills(&Site::local(folder.path()));
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
    survives_kills(&Site::s3(folder.path(), &moto));
}

#[test]
fn a_lake_on_s3_survives_three_collectors_at_once() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    survives_each_other(&Site::s3(folder.path(), &moto));
}
