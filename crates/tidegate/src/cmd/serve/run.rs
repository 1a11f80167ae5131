//! Everything is put together: lake, engine, sources, server.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, SubsecRound as _, Utc};
use tidegate_query::{Engine, EngineOptions, LakeSource};
use tidegate_serve::options::TlsFiles;
use tidegate_serve::{Access, App, Clocks, Limits, Options, Parts, Server, server};
use tidegate_store::Lake;
use tokio_util::sync::CancellationToken;

use super::backend::Own;
use super::collecting::Collecting;
use super::{Args, tokens};
use crate::cmd::inventory;
use crate::config::{Config, Environment, Settings};
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt::interrupted;
use crate::output::say::{self, say, styled, warn};
use crate::places::Places;
use crate::time::now_ms;

/// What to serve.
pub(in crate::cmd) struct Plan {
    /// Where to listen.
    pub(in crate::cmd) listen: SocketAddr,
    /// Whether another port will do if it is taken.
    pub(in crate::cmd) is_any_port_fine: bool,
    /// Certificate and key.
    pub(in crate::cmd) tls: Option<TlsFiles>,
    /// Who may what.
    pub(in crate::cmd) access: Access,
    /// What is read beside.
    pub(in crate::cmd) sources: Vec<String>,
    /// How often sources are looked at.
    pub(in crate::cmd) poll: Duration,
    /// The time, if it is not the clock's.
    pub(in crate::cmd) now: Option<DateTime<Utc>>,
    /// Whether to open a browser.
    pub(in crate::cmd) is_opened: bool,
}

pub(super) fn run(args: &Args, config: &Config, environment: &Environment) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let sources = if args.sources.is_empty() { &settings.serve_sources } else { &args.sources };
    if args.now.is_some() && !sources.is_empty() {
        let hint = "leave out `--now`, or the sources";
        return Err(Usage::new("new records are not of a time that stands still", hint).into());
    }
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(TlsFiles { certificate: certificate.clone(), key: key.clone() })
        }
        _ => None,
    };
    let plan = Plan {
        listen: args.listen.unwrap_or(settings.serve_listen),
        is_any_port_fine: false,
        tls,
        access: tokens::access(args, environment)?,
        sources: sources.clone(),
        poll: settings.collect_poll.0,
        now: args.now.map(|it| it.resolve(Utc::now())),
        is_opened: args.open,
    };
    crate::cmd::block_on(config, Box::pin(serve(plan, config, std::future::pending())))?
}

/// Serves until it is interrupted. `beside` runs beside it.
pub(in crate::cmd) async fn serve(
    plan: Plan,
    config: &Config,
    beside: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let place = Places::new(settings).lake_place(settings).await?;
    let lake = if plan.sources.is_empty() {
        Lake::open(place, now_ms).await?
    } else {
        Lake::open_or_create(place, now_ms).await?
    };
    let clocks = clocks(plan.now);
    let collecting = Collecting::new(&lake, &plan.sources, clocks.wall.clone()).await?;
    let app = App::new(Parts {
        engine: Arc::new(engine(&lake, settings)?),
        backend: Arc::new(Own::new(lake.clone(), settings, Arc::clone(&collecting), &clocks)),
        lake: lake.clone(),
        clocks,
        access: plan.access,
        is_tls: plan.tls.is_some(),
        limits: Limits::new(usize::try_from(settings.threads)?),
        version: env!("CARGO_PKG_VERSION"),
    });
    let mut options = Options { listen: plan.listen, tls: plan.tls };
    let mut bound = server::bind(&options, &app).await;
    if plan.is_any_port_fine && matches!(bound, Err(server::Error::Listen { .. })) {
        options.listen.set_port(0);
        bound = server::bind(&options, &app).await;
    }
    let server = bound?;
    greet(&server, settings, options.tls.is_some());
    if plan.is_opened {
        open(&server.url());
    }
    let stop = CancellationToken::new();
    let collected = collecting.start(&lake, settings, plan.poll).await?;
    let inventory = refreshing(config, &stop);
    // On a task of its own: what runs beside may compute for a while.
    let serving = tokio::spawn(server.run(app, stop.clone().cancelled_owned()));
    let ended = async {
        tokio::select! {
            done = serving => Ok(done??),
            failed = beside => failed,
            never = inventory => never,
        }
    };
    tokio::pin!(ended);
    let ended = tokio::select! {
        ended = &mut ended => ended,
        asked = interrupted() => {
            asked?;
            stop.cancel();
            collecting.stop();
            if !settings.quiet {
                say("\nstopping after the commit in hand; Ctrl-C again stops at once");
            }
            tokio::select! {
                (ended, ()) = async { tokio::join!(&mut ended, collected.wait()) } => ended,
                asked = interrupted() => {
                    asked?;
                    std::process::exit(Exit::Interrupted as i32);
                }
            }
        }
    };
    collecting.stop();
    ended.map(|()| Exit::Done)
}

fn clocks(now: Option<DateTime<Utc>>) -> Clocks {
    Clocks {
        wall: Arc::new(move || now.unwrap_or_else(Utc::now).trunc_subsecs(3)),
        steady: Arc::new(Instant::now),
    }
}

/// Returns the engine of all questions. It reads the lake and nothing else: what a statement names
/// would else be read with the rights of the server.
fn engine(lake: &Lake, settings: &Settings) -> anyhow::Result<Engine> {
    let options = EngineOptions {
        threads: usize::try_from(settings.threads)?,
        memory_bytes_max: usize::try_from(settings.sql_memory_max.bytes).unwrap_or(usize::MAX),
        rows_max: None,
        timeout: None,
        reads_raw: false,
        value_bytes_max: Some(tidegate_serve::limit::VALUE_BYTES_MAX),
        ..EngineOptions::default()
    };
    let source = LakeSource::Lazy { place: lake.place().clone(), clock: now_ms };
    Ok(Engine::new(options, source, Places::new(settings))?)
}

fn greet(server: &Server, settings: &Settings, is_tls: bool) {
    // Where it is must be told, even if nothing else is: port 0 is any port.
    say(format_args!("{} {}", styled(say::STRONG, "console at"), server.url()));
    if !is_tls && !server.address.ip().is_loopback() {
        warn("tokens travel in the clear: use --tls-cert and --tls-key, or a proxy that ends TLS");
    }
    if !settings.quiet {
        say(format_args!("  the lake is {}; Ctrl-C ends", settings.lake));
    }
}

/// Opens the console in the browser; if there is none, its address was printed.
fn open(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || std::process::Stdio::null();
    let spawned =
        std::process::Command::new(program).arg(url).stdout(quiet()).stderr(quiet()).spawn();
    if let Err(error) = spawned {
        warn(format!("no browser was opened: `{program}`: {error}"));
    }
}

/// Asks AWS what there is, again and again, if that is set.
async fn refreshing(config: &Config, stop: &CancellationToken) -> anyhow::Result<()> {
    let Some(every) = config.settings.serve_inventory_refresh else {
        return std::future::pending().await;
    };
    while !stop.is_cancelled() {
        let refreshed = inventory::refresh(config).await;
        if let Err(error) = refreshed.context("the inventory could not be read from AWS") {
            // The old one is still there; the next try may be luckier.
            warn(format!("{error:#}"));
        }
        tokio::time::sleep(every.0).await;
    }
    std::future::pending().await
}
