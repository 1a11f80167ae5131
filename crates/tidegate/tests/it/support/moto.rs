//! A real S3 server of our own: moto, in a process of its own, gone when dropped.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long moto may take to answer its first request.
const START_MAX: Duration = Duration::from_mins(1);

/// How long it may be silent within an answer.
const SILENT_MAX: Duration = Duration::from_secs(30);

/// A server that runs.
pub(crate) struct Moto {
    child: Child,
    port: u16,
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It holds nothing but memory: a server that is gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    /// Starts a server on a free port, or says why the test is skipped.
    ///
    /// # Panics
    ///
    /// If the server is there and does not answer; and in CI if it is not there.
    pub(crate) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let spawned = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(error) => {
                assert!(option_env!("CI").is_none(), "cannot start `moto_server`: {error}");
                crate::support::skipped(&format!("cannot start `moto_server`: {error}"));
                return None;
            }
        };
        let mut moto = Self { child, port };
        moto.wait_until_it_answers();
        Some(moto)
    }

    fn wait_until_it_answers(&mut self) {
        let begin = Instant::now();
        while self.request("GET", "/moto-api/", b"").is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "moto ended at once");
            assert!(begin.elapsed() < START_MAX, "moto does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the environment in which the program finds this server.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Asks EC2, and returns its answer.
    pub(crate) fn ec2(&self, form: &str) -> String {
        self.exchange("POST", "/", "ec2", format!("{form}&Version=2016-11-15").as_bytes()).unwrap()
    }

    /// Asks IAM.
    pub(crate) fn iam(&self, form: &str) {
        self.exchange("POST", "/", "iam", format!("{form}&Version=2010-05-08").as_bytes()).unwrap();
    }

    /// Makes a bucket.
    pub(crate) fn make_bucket(&self, name: &str) {
        self.request("PUT", &format!("/{name}"), b"").unwrap();
    }

    /// Puts the files below `folder` into `bucket`.
    pub(crate) fn upload(&self, bucket: &str, folder: &Path) {
        self.upload_below(bucket, folder, folder);
    }

    fn upload_below(&self, bucket: &str, root: &Path, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.upload_below(bucket, root, &path);
                continue;
            }
            let key = path.strip_prefix(root).unwrap().display().to_string();
            let content = std::fs::read(&path).unwrap();
            self.request("PUT", &format!("/{bucket}/{key}"), &content).unwrap();
        }
    }

    /// Returns the keys in a bucket that begin with `prefix`; a thousand at most.
    pub(crate) fn list(&self, bucket: &str, prefix: &str) -> Vec<String> {
        let path = format!("/{bucket}?list-type=2&prefix={prefix}");
        let listed = self.exchange("GET", &path, "s3", b"").unwrap();
        let keys = listed.split("<Key>").skip(1).filter_map(|it| it.split_once("</Key>"));
        keys.map(|it| it.0.to_owned()).collect()
    }

    /// Sends one request to S3.
    fn request(&self, method: &str, path: &str, body: &[u8]) -> std::io::Result<()> {
        self.exchange(method, path, "s3", body).map(|_| ())
    }

    /// Sends one request; an answer that is not a success is an error.
    fn exchange(
        &self,
        method: &str,
        path: &str,
        service: &str,
        body: &[u8],
    ) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(SILENT_MAX))?;
        // What is a form, moto reads as one: an object would be empty then.
        let is_form = method == "POST" && service != "s3";
        let content_type =
            if is_form { "application/x-www-form-urlencoded" } else { "application/octet-stream" };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=testing/20240501/us-east-1/{service}/\
             aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\
             Content-Type: {content_type}\r\n\r\n",
            body.len()
        )?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let is_success = answer.starts_with("HTTP/1.1 2");
        if is_success { Ok(answer) } else { Err(std::io::Error::other(answer)) }
    }
}
