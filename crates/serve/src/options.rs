//! What can be chosen when the server starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::limit;

/// Where the server listens if nobody says.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8765";

/// Where and how to listen.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificate and key, if it is to be HTTPS.
    pub tls: Option<TlsFiles>,
}

/// Files of PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate and those that it rests on.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Limits that a test may want smaller. The defaults and their reasons are in [`limit`].
#[derive(Clone, Debug)]
pub struct Limits {
    /// Questions that run at once.
    pub n_queries: usize,
    /// Questions that wait for their turn.
    pub n_waiting: usize,
    /// How long a question waits for its turn.
    pub query_wait: Duration,
    /// From the question to the end of its answer.
    pub query_time: Duration,
    /// How long one report of advice may be made.
    pub advice_time: Duration,
    /// Bytes of records that a question reads without asking whether it may.
    pub read_bytes: u64,
    /// Connections at once.
    pub n_connections: usize,
    /// A connection without a request for so long is closed.
    pub idle: Duration,
    /// A client that takes nothing for so long is gone.
    pub write_stall: Duration,
    /// Streams of events at once.
    pub n_event_clients: usize,
    /// Requests of one client in a second.
    pub requests_per_second: u32,
    /// Requests of one client at once.
    pub requests_burst: u32,
    /// How often the lake is looked at while somebody listens.
    pub lake_poll: Duration,
    /// A comment is sent on a quiet stream so often.
    pub heartbeat: Duration,
}

impl Limits {
    /// Returns the limits for an engine with so many threads.
    #[must_use]
    pub fn new(n_threads: usize) -> Self {
        Self {
            n_queries: n_threads.max(1) * limit::QUERIES_PER_THREAD,
            n_waiting: limit::QUERIES_WAITING_MAX,
            query_wait: limit::QUERY_WAIT_MAX,
            query_time: limit::QUERY_TIME_MAX,
            advice_time: limit::ADVICE_TIME_MAX,
            read_bytes: limit::READ_BYTES_MAX,
            n_connections: limit::CONNECTIONS_MAX,
            idle: limit::IDLE_MAX,
            write_stall: limit::WRITE_STALL_MAX,
            n_event_clients: limit::EVENT_CLIENTS_MAX,
            requests_per_second: limit::REQUESTS_PER_SECOND,
            requests_burst: limit::REQUESTS_BURST,
            lake_poll: limit::LAKE_POLL,
            heartbeat: limit::HEARTBEAT,
        }
    }
}
