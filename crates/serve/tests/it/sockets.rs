//! What only sockets show: streams, clients that stall, an end in peace.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tidegate_serve::options::TlsFiles;
use tidegate_serve::{Options, server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::limits::until_running;
use crate::world::{ENDLESS, SEVENTH, Wish, World, on_runtime};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server on a port.
struct Served {
    world: World,
    address: SocketAddr,
    stop: CancellationToken,
    running: JoinHandle<Result<(), server::Error>>,
}

async fn serve(wish: Wish) -> Served {
    serve_with(wish, None).await
}

async fn serve_with(wish: Wish, tls: Option<TlsFiles>) -> Served {
    let world = World::new(wish).await;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let options = Options { listen: "127.0.0.1:0".parse().unwrap(), tls };
    let server = server::bind(&options, &world.app).await.unwrap();
    let address = server.address;
    assert_eq!(server.url(), format!("{scheme}://{address}/"));
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    let running = tokio::spawn(server.run(Arc::clone(&world.app), stopped));
    Served { world, address, stop, running }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends the head of a request.
    async fn get(&self, path: &str) -> TcpStream {
        self.get_with(path, "").await
    }

    /// Sends the head of a request with another header.
    async fn get_with(&self, path: &str, header: &str) -> TcpStream {
        let mut stream = self.connect().await;
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{header}\r\n", self.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }
}

/// Reads until `text` came; returns everything.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    let mut all = Vec::new();
    let mut buffer = vec![0; 8_192];
    loop {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await;
        let n_bytes = read.expect("it came in time").unwrap_or(0);
        all.extend_from_slice(&buffer[..n_bytes]);
        let shown = String::from_utf8_lossy(&all).into_owned();
        if shown.contains(text) {
            return shown;
        }
        assert!(n_bytes > 0, "it ended before `{text}` came: {shown}");
    }
}

/// Reads to the end; returns how many bytes came.
async fn to_end(stream: &mut TcpStream) -> usize {
    let mut all = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut all)).await.expect("it ended in time");
    all.len()
}

#[test]
fn who_listens_is_told_of_new_versions_and_sources() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        let mut stream = served.get("/api/v1/events").await;
        let told = until(&mut stream, "event: sources").await;
        assert!(told.contains("content-type: text/event-stream"), "{told}");
        served.world.store(SEVENTH).await;
        let told = until(&mut stream, "\"n_rows\":7").await;
        assert!(told.contains("event: lake"), "{told}");
    });
}

#[test]
fn the_tail_has_the_new_records_of_its_filter_and_no_others() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        let mut stream = served.get("/api/v1/tail?q=dstport%3D443&columns=srcaddr,bytes").await;
        let told = until(&mut stream, "\"rows\":[]").await;
        assert!(told.contains("event: flows"), "{told}");
        let other = SEVENTH.replace(" 443 ", " 80 ");
        served.world.store(&format!("{SEVENTH}{other}")).await;
        let told = until(&mut stream, "event: flows").await;
        let told = if told.contains("rows") { told } else { until(&mut stream, "rows").await };
        assert!(told.contains("\"rows\":[[\"10.0.0.5\",700]],\"n_more\":0"), "{told}");
    });
}

/// A record of the day of [`SEVENTH`], so many seconds before it.
fn earlier(by_s: i64, bytes: u64) -> String {
    let end_s = 1_713_700_060 - by_s;
    SEVENTH
        .replace(" 1713700060 ", &format!(" {end_s} "))
        .replace(" 1713700000 ", &format!(" {} ", end_s - 60))
        .replace(" 700 ", &format!(" {bytes} "))
}

/// The tail of the bytes of records; returns after it has greeted.
async fn tail_of_bytes(served: &Served, header: &str) -> TcpStream {
    let mut stream = served.get_with("/api/v1/tail?columns=bytes", header).await;
    until(&mut stream, "\"newest\":").await;
    stream
}

#[test]
fn what_comes_is_told_once_though_files_were_put_together_before_anybody_looked() {
    on_runtime(async {
        let mut wish = Wish::default();
        wish.limits.lake_poll = Duration::from_hours(1);
        let served = serve(wish).await;
        let mut stream = tail_of_bytes(&served, "").await;
        served.world.store(SEVENTH).await;
        served.world.store(&earlier(10, 701)).await;
        served.world.compact().await;
        // Older than everything that the lake has of the day.
        served.world.store(&earlier(10_000, 702)).await;
        served.world.look().await;
        let told = until(&mut stream, "\"newest\":\"2024-04-21").await;
        assert!(told.contains("\"rows\":[[700],[701],[702]],\"n_more\":0"), "{told}");
        // What only put together what was told is no news.
        served.world.compact().await;
        served.world.store(&earlier(20, 703)).await;
        served.world.look().await;
        let told = until(&mut stream, "\"newest\":\"2024-04-21").await;
        assert!(told.contains("\"rows\":[[703]],\"n_more\":0"), "{told}");
    });
}

#[test]
fn who_comes_back_to_the_tail_is_told_what_came_meanwhile() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        served.world.store(SEVENTH).await;
        served.world.store(&earlier(10, 701)).await;
        served.world.look().await;
        let path = "/api/v1/tail?columns=bytes";
        let mut stream = served.get_with(path, "Last-Event-ID: 2\r\n").await;
        let told = until(&mut stream, "\nid: 3\n").await;
        assert!(told.contains("\"rows\":[[701]],\"n_more\":0"), "{told}");
        // A version that the lake does not have yet, or no version, is not one to go on from.
        for header in ["Last-Event-ID: 99\r\n", "Last-Event-ID: x\r\n", ""] {
            let mut stream = tail_of_bytes(&served, header).await;
            served.world.store(&earlier(20, 702)).await;
            let told = until(&mut stream, "[[").await;
            assert!(told.contains("\"rows\":[[702]]"), "{header}: {told}");
        }
    });
}

#[test]
fn what_the_tail_cannot_tell_is_told_to_be_missing_and_it_goes_on() {
    on_runtime(async {
        let mut wish = Wish::default();
        (wish.limits.n_queries, wish.limits.n_waiting) = (1, 0);
        let served = serve(wish).await;
        let mut stream = tail_of_bytes(&served, "").await;
        let waiting = ask_for_much(&served).await;
        until_running(&served.world).await;
        served.world.store(SEVENTH).await;
        let told = until(&mut stream, "\"hint\"").await;
        assert!(told.contains("event: problem"), "{told}");
        let why = "up to version 2 are not shown here: too many questions are waiting";
        assert!(told.contains(why), "{told}");
        drop(waiting);
        served.world.until_free().await;
        served.world.store(&earlier(10, 701)).await;
        let told = until(&mut stream, "[[").await;
        assert!(told.contains("\"rows\":[[701]]"), "{told}");
    });
}

#[test]
fn a_client_that_closes_frees_its_question_and_its_seat() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        let tail = tail_of_bytes(&served, "").await;
        let body = serde_json::json!({ "sql": ENDLESS, "confirm": true }).to_string();
        let mut question = served.connect().await;
        let head = format!(
            "POST /api/v1/sql HTTP/1.1\r\nHost: {}\r\nx-tidegate: 1\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            served.address,
            body.len()
        );
        question.write_all(head.as_bytes()).await.unwrap();
        until_running(&served.world).await;
        drop((tail, question));
        served.world.until_told(&["queries_running 0", "event_clients 0"]).await;
    });
}

#[test]
fn the_progress_of_a_question_ends_with_it() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        let id = "0b6c6d4e-3f8a-4b57-9d0c-0c1f6f1f7a12";
        let mut stream = served.get(&format!("/api/v1/queries/{id}/events")).await;
        let body = serde_json::json!({ "sql": ENDLESS, "confirm": true });
        let mut question = crate::world::write("POST", "/api/v1/sql", &body.to_string());
        question.headers_mut().insert("x-query-id", id.parse().unwrap());
        let router = served.world.router.clone();
        let asked = tokio::spawn(tower::ServiceExt::oneshot(router, question));
        until(&mut stream, "event: progress").await;
        asked.abort();
        until(&mut stream, "event: done").await;
    });
}

/// Asks for more than the buffers of both ends hold: the question waits for who reads.
async fn ask_for_much(served: &Served) -> TcpStream {
    let mut stream = served.connect().await;
    // More than the buffers of both ends hold.
    let from = (0..9).map(|it| format!("flows t{it}")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT t0.srcaddr, t1.dstaddr, t2.interface_id FROM {from}");
    let body = serde_json::json!({ "sql": sql, "confirm": true }).to_string();
    let head = format!(
        "POST /api/v1/sql?format=csv HTTP/1.1\r\nHost: {}\r\nx-tidegate: 1\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        served.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream
}

#[test]
fn a_client_that_stops_reading_is_closed_and_its_question_ends() {
    on_runtime(async {
        let mut wish = Wish::default();
        wish.limits.write_stall = Duration::from_millis(200);
        let served = serve(wish).await;
        let mut stream = ask_for_much(&served).await;
        until(&mut stream, "200 OK").await;
        served.world.until_free().await;
    });
}

/// Asks for much with little time, and reads `n_bytes` again and again until the turn is free.
async fn read_slowly(n_bytes: usize) {
    let mut wish = Wish::default();
    (wish.limits.n_queries, wish.limits.query_time) = (1, Duration::from_secs(3));
    wish.limits.write_stall = Duration::from_hours(1);
    let served = serve(wish).await;
    let mut stream = ask_for_much(&served).await;
    until(&mut stream, "200 OK").await;
    let mut buffer = vec![0; n_bytes];
    let dripping = async {
        while stream.read(&mut buffer).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = dripping => panic!("it ended before the turn did"),
        () = served.world.until_free() => {}
    }
    // The body has no end: nobody takes it for whole.
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it ended in time");
    assert!(!rest.ends_with(b"0\r\n\r\n"), "{}", rest.len());
}

#[test]
fn a_client_that_reads_slowly_or_not_at_all_has_its_turn_for_no_longer_than_others() {
    on_runtime(read_slowly(0));
    on_runtime(read_slowly(3));
}

#[test]
fn a_connection_without_a_request_is_closed_even_if_drops_of_one_come() {
    on_runtime(async {
        let mut wish = Wish::default();
        wish.limits.idle = Duration::from_millis(300);
        let served = serve(wish).await;
        let mut silent = served.connect().await;
        let dripping = served.connect().await;
        let (mut reading, mut writing) = dripping.into_split();
        let drip = tokio::spawn(async move {
            let mut n_sent = 0;
            while writing.write_all(b"G").await.is_ok() {
                n_sent += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            n_sent
        });
        assert_eq!(to_end(&mut silent).await, 0);
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, reading.read_to_end(&mut rest)).await.expect("it was closed");
        assert!(drip.await.unwrap() < 100);
        let mut stream = served.get("/healthz").await;
        until(&mut stream, "ok\n").await;
    });
}

#[test]
fn there_are_only_so_many_connections() {
    on_runtime(async {
        let mut wish = Wish::default();
        wish.limits.n_connections = 2;
        let served = serve(wish).await;
        let mut first = served.get("/healthz").await;
        until(&mut first, "ok\n").await;
        let mut second = served.get("/healthz").await;
        until(&mut second, "ok\n").await;
        assert_eq!(to_end(&mut served.get("/healthz").await).await, 0);
        drop(first);
        for _ in 0..100 {
            let mut again = served.get("/healthz").await;
            if to_first_byte(&mut again).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no place became free");
    });
}

async fn to_first_byte(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    matches!(timeout(PATIENCE, stream.read(&mut byte)).await, Ok(Ok(1)))
}

#[test]
fn when_it_stops_streams_end_and_so_does_it() {
    on_runtime(async {
        let served = serve(Wish::default()).await;
        let mut stream = served.get("/api/v1/events").await;
        until(&mut stream, "event: lake").await;
        served.stop.cancel();
        to_end(&mut stream).await;
        let ended = timeout(PATIENCE, served.running).await.expect("it ended in time");
        assert!(ended.unwrap().is_ok());
    });
}

/// A certificate for this machine that nobody but these tests trusts, and its key: until 2120.
fn certificate() -> TlsFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/test_data");
    TlsFiles { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") }
}

/// Asks over TLS as a client that trusts these certificates; returns what came, or why it did not.
fn ask_over_tls(address: SocketAddr, trusted: RootCertStore) -> Result<String, std::io::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut stream = StreamOwned::new(connection, std::net::TcpStream::connect(address)?);
    stream.sock.set_read_timeout(Some(PATIENCE))?;
    let head = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn over_tls_it_answers_who_trusts_its_certificate_and_speaks_tls() {
    on_runtime(async {
        let files = certificate();
        let mut trusted = RootCertStore::empty();
        trusted.add(CertificateDer::from_pem_file(&files.certificate).unwrap()).unwrap();
        let served = serve_with(Wish::default(), Some(files)).await;
        let address = served.address;
        let ask = async |trusted: RootCertStore| {
            tokio::task::spawn_blocking(move || ask_over_tls(address, trusted)).await.unwrap()
        };
        let told = ask(trusted).await.unwrap();
        assert!(told.starts_with("HTTP/1.1 200 OK") && told.ends_with("ok\n"), "{told}");
        let refused = ask(RootCertStore::empty()).await.unwrap_err().to_string();
        assert!(refused.contains("UnknownIssuer"), "{refused}");
        let mut plain = served.get("/healthz").await;
        let mut bytes = Vec::new();
        let _ = timeout(PATIENCE, plain.read_to_end(&mut bytes)).await.expect("it was closed");
        assert!(!bytes.starts_with(b"HTTP"), "{bytes:?}");
    });
}

#[test]
fn fifty_clients_at_once_are_all_answered() {
    on_runtime(async {
        let served = Arc::new(serve(Wish::default()).await);
        let clients = (0..50).map(|number| tokio::spawn(ask_around(Arc::clone(&served), number)));
        for client in futures::future::join_all(clients).await {
            client.unwrap();
        }
    });
}

async fn ask_around(served: Arc<Served>, number: usize) {
    let paths = ["/api/v1/status", "/api/v1/explore?from=2024-04-18&by=srcaddr", "/"];
    for round in 0..3 {
        let mut stream = served.get(paths[(number + round) % paths.len()]).await;
        until(&mut stream, "HTTP/1.1 200 OK").await;
    }
}
