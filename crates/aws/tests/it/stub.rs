//! A server that gives its answers in their order, and remembers what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use tidegate_aws::{Pace, Region, Session};
use url::Url;

/// An answer: status, headers as lines, body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A server that runs until nobody asks any more.
pub(crate) struct Stub {
    pub(crate) region: Region,
    asked: Arc<Mutex<Vec<Asked>>>,
    pauses: Arc<Mutex<Vec<Duration>>>,
}

/// Returns a good answer with this body.
pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
    Answer { status: 200, headers: String::new(), body: body.into() }
}

/// Returns a refusal as EC2 writes it.
pub(crate) fn refused(status: u16, code: &str) -> Answer {
    let body = format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>It is so.</Message></Error></Errors>\
         <RequestID>r-1</RequestID></Response>"
    );
    Answer { status, headers: String::new(), body: body.into() }
}

fn at_noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(492_348)
}

impl Stub {
    /// Starts a server with these answers; the last one is given again and again.
    pub(crate) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remember = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let answer = &answers[index.min(answers.len() - 1)];
                let stream = stream.unwrap();
                // What is asked is remembered before anybody can know the answer.
                remember.lock().unwrap().extend(read(&stream).ok());
                // An answer need not be wanted to its end.
                let _ = write(&stream, answer);
            }
        });
        let pauses = Arc::new(Mutex::new(Vec::new()));
        let remember = Arc::clone(&pauses);
        let sleep = move |pause| -> tidegate_aws::Sleep {
            remember.lock().unwrap().push(pause);
            Box::pin(std::future::ready(()))
        };
        let pace = Pace { sleep: Arc::new(sleep), jitter: || 1.0 };
        let keys = Credentials::new("AKID", "hush-hush", Some("token-token".into()), None, "test");
        let endpoint = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let provider = SharedCredentialsProvider::new(keys);
        let session = Session::new(provider, "eu-west-1", Some(endpoint), at_noon).unwrap();
        Self { region: session.at_pace(pace).in_region("eu-west-1"), asked, pauses }
    }

    /// Returns what was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns the bodies of what was asked so far, a line for each.
    pub(crate) fn bodies(&self) -> String {
        self.asked().iter().map(|it| it.body.clone()).collect::<Vec<_>>().join("\n")
    }

    /// Returns the pauses that were made, in seconds.
    pub(crate) fn pauses_s(&self) -> Vec<u64> {
        self.pauses.lock().unwrap().iter().map(Duration::as_secs).collect()
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
    reader.read_exact(&mut body)?;
    Ok(Asked { head, body: String::from_utf8(body).unwrap() })
}

/// Gives the answer; the connection ends.
fn write(mut stream: &TcpStream, answer: &Answer) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n",
        answer.status,
        answer.body.len(),
        answer.headers
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)
}

/// Returns an error with its causes, and its hint.
pub(crate) fn told(error: &tidegate_aws::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        text = format!("{text}\n  caused by: {it}");
        cause = it.source();
    }
    match error.hint() {
        Some(hint) => format!("{text}\nhint: {hint}"),
        None => text,
    }
}
