//! `tidegate serve`, as a program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::run::Here;

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
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let told = lines.next().unwrap().unwrap();
    let address = told.strip_prefix("console at http://").unwrap().trim_end_matches('/').to_owned();
    let is_read = (0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        get(&address, "/api/v1/status").contains("\"n_rows\":1,")
    });
    assert!(is_read, "{}", get(&address, "/api/v1/status"));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
