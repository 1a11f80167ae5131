//! Listens, answers, and ends.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum_server::Handle;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::crypto::aws_lc_rs;

use super::connection::Door;
use super::stack;
use crate::app::App;
use crate::limit::{HEAD_BYTES_MAX, SHUTDOWN_GRACE};
use crate::options::{Options, TlsFiles};

/// Bytes of a request that are read before its head must have ended: the head's limit, and as much
/// again, so that the answer can say what is wrong.
const BUFFER_BYTES_MAX: usize = 2 * HEAD_BYTES_MAX;

/// Why the server did not begin, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Others could reach it, and nobody would ask them who they are.
    #[error("`{address}` can be reached by others, and no token is set")]
    Open {
        /// The address.
        address: SocketAddr,
    },
    /// The address is taken, or not ours.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The certificate or the key cannot be used.
    #[error("cannot use the certificate `{certificate}` with the key `{key}`")]
    Tls {
        /// The certificate.
        certificate: String,
        /// The key.
        key: String,
        /// What is wrong.
        #[source]
        source: io::Error,
    },
    /// Something else failed while it ran.
    #[error("the server failed")]
    Failed(#[source] io::Error),
}

impl Error {
    /// Returns what to do, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Open { .. } => Some(
                "`tidegate serve token new > token` makes a token, `--token-file token` takes it",
            ),
            Self::Listen { .. } => Some("`--listen 127.0.0.1:0` takes a free port"),
            Self::Tls { .. } => Some("both are PEM files; the key must not have a pass phrase"),
            Self::Failed(_) => None,
        }
    }
}

/// A server that has its port and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    tls: Option<RustlsConfig>,
}

/// Takes the port that `options` name.
///
/// # Errors
///
/// If others could reach it without a token, if the port is taken, or the certificate is no good.
pub async fn bind(options: &Options, app: &App) -> Result<Server, Error> {
    let address = options.listen;
    if !address.ip().to_canonical().is_loopback() && !app.access.is_token_needed() {
        return Err(Error::Open { address });
    }
    let listen = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let (listener, bound) = listen().map_err(|source| Error::Listen { address, source })?;
    let tls = match &options.tls {
        Some(files) => Some(tls(files).await?),
        None => None,
    };
    Ok(Server { listener, address: bound, tls })
}

impl Server {
    /// Returns the address of the console.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/", self.address)
    }

    /// Answers until `stop` ends; then requests have some seconds to end as well.
    ///
    /// # Errors
    ///
    /// If the system takes the socket away.
    pub async fn run(self, app: Arc<App>, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let handle = Handle::new();
        let service = stack::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        let mut server =
            axum_server::from_tcp(self.listener).map_err(Error::Failed)?.handle(handle.clone());
        server.http_builder().http1().max_buf_size(BUFFER_BYTES_MAX);
        let server = server.http1_only();
        let limits = &app.limits;
        let serving = async {
            match self.tls {
                None => {
                    let door = Door::new(DefaultAcceptor::new(), limits);
                    server.acceptor(door).serve(service).await
                }
                Some(config) => {
                    let inner = RustlsAcceptor::new(config).acceptor(DefaultAcceptor::new());
                    server.acceptor(Door::new(inner, limits)).serve(service).await
                }
            }
        };
        let stopped = async {
            stop.await;
            app.stopping.cancel();
            handle.graceful_shutdown(Some(SHUTDOWN_GRACE));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            done = serving => done.map_err(Error::Failed),
            () = stopped => Ok(()),
            () = crate::lake::poll(&app) => Ok(()),
        }
    }
}

async fn tls(files: &TlsFiles) -> Result<RustlsConfig, Error> {
    // Another part of the program may have chosen the provider already: it is the same one.
    let _ = aws_lc_rs::default_provider().install_default();
    RustlsConfig::from_pem_file(&files.certificate, &files.key).await.map_err(|source| Error::Tls {
        certificate: files.certificate.display().to_string(),
        key: files.key.display().to_string(),
        source,
    })
}
