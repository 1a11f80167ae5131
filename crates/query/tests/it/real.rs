//! Real traffic, if it lies beside the project.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::world::{cells, engine, on_runtime};

/// 72 hours of one host: 229,094 records.
fn public_host() -> Option<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/public-host-72h/AWSLogs");
    folder.is_dir().then_some(folder)
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is passed over says why")]
fn three_days_of_a_public_host_are_read_in_place() {
    let Some(folder) = public_host() else {
        eprintln!("passed over: ../shared/data/public-host-72h is not there");
        return;
    };
    let answers = on_runtime(async move {
        let lake = TempDir::new().unwrap();
        let engine = engine(lake.path());
        let logs = format!("flow_logs('{}')", folder.display());
        let mut answers = Vec::new();
        for sql in [
            format!(
                "SELECT count(*), count(DISTINCT srcaddr), min(start), max(\"end\") FROM {logs}"
            ),
            format!("SELECT count(*) FROM {logs} WHERE srcaddr = '73.54.23.243' AND dstport = 80"),
            format!(
                "SELECT dstport, count(*) FROM {logs} WHERE dstaddr = '64.225.56.201' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"
            ),
        ] {
            answers.push(cells(&engine, &sql).await);
        }
        answers.join("\n")
    });
    assert_eq!(
        answers,
        "229094|15012|2024-04-18T23:59:44Z|2024-04-21T23:59:51Z\n952\n80|20789\n22|19240\n30003|16724"
    );
}
