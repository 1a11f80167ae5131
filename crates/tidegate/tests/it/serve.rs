//! `tidegate serve`, as a program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::run::Here;
use crate::support::moto::Moto;

/// How long the server may be silent within an answer.
const SILENT_MAX: Duration = Duration::from_secs(30);

#[test]
fn a_token_is_printed_and_is_good_enough_to_listen_elsewhere() {
    let here = Here::new();
    let (one, two) = (here.run(&["serve", "token", "new"]), here.run(&["serve", "token", "new"]));
    assert_eq!(one.code, 0);
    assert_eq!(one.stdout.trim().len(), 43);
    assert_ne!(one.stdout, two.stdout);
}

#[test]
fn the_description_of_the_api_is_printed() {
    let here = Here::new();
    let ran = here.run(&["serve", "openapi"]);
    assert!(ran.stdout.contains("\"/api/v1/status\""), "{}", ran.shown());
}

#[test]
fn what_is_not_safe_or_not_there_is_refused_with_a_hint() {
    let here = Here::with_lake();
    let ran = here.run(&["serve", "--lake", "lake", "--listen", "0.0.0.0:0"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: `0.0.0.0:0` can be reached by others, and no token is set

    hint: `tidegate serve token new > token` makes a token, `--token-file token` takes it
    ");
    let ran = here.run_with(&[("TIDEGATE_SERVE_TOKEN", "secret")], &["serve"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: what is in `TIDEGATE_SERVE_TOKEN` cannot be a token: the token is shorter than 24 characters

    hint: `tidegate serve token new` prints a good one
    ");
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
    let ran = here.run(&["serve", "logs", "--now", "2026-03-02"]);
    assert!(ran.stderr.contains("not of a time that stands still"), "{}", ran.shown());
}

#[test]
fn it_reads_sources_while_it_answers_and_ends_in_peace() {
    let here = Here::new();
    let record = "2 123456789012 eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 5000 1713441600 1713441660 \
         ACCEPT OK";
    let header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets \
         bytes start end action log-status";
    here.write("logs/a.log", &format!("{header}\n{record}\n"));
    // A file that was just written may still grow: it is read when it has rested.
    let file = std::fs::File::options().write(true).open(here.path("logs/a.log")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    let mut command = here.command(&["serve", "logs", "--listen", "127.0.0.1:0", "--quiet"]);
    command.env("TIDEGATE_COLLECT_POLL", "200ms");
    let serving = Serving::start(command);
    serving.until("/api/v1/status", "\"n_rows\":1,");
    serving.stop();
}

#[test]
fn the_inventory_is_asked_for_again_and_again() {
    let Some(moto) = Moto::start() else { return };
    let here = Here::with_lake();
    let mut command = here.command(&["serve", "--lake", "lake", "--listen", "127.0.0.1:0"]);
    command.envs(moto.environment()).env("TIDEGATE_SERVE_INVENTORY_REFRESH", "1s");
    let serving = Serving::start(command);
    for block in ["10.7.0.0%2F16", "10.8.0.0%2F16"] {
        let made = moto.ec2(&format!("Action=CreateVpc&CidrBlock={block}"));
        let (_, id) = made.split_once("<vpcId>").unwrap();
        let (id, _) = id.split_once("</").unwrap();
        serving.until("/api/v1/inventory/vpcs", id);
    }
    serving.stop();
}

/// A server as a program of its own, gone when dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = lines.next().unwrap().unwrap();
        let address = told.strip_prefix("console at http://").unwrap().trim_end_matches('/');
        let address = address.to_owned();
        // Whoever writes to a pipe that nobody reads would wait.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Asks again and again until the answer has `text` in it.
    fn until(&self, path: &str, text: &str) {
        let is_there = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            get(&self.address, path).contains(text)
        });
        assert!(is_there, "{}", get(&self.address, path));
    }

    /// Ends it in peace.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended before, as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SILENT_MAX)).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
