//! Tidegate: one program for AWS VPC Flow Logs.
//!
//! The only place that reads arguments, the environment and the clock, and where sources, the
//! lake, the engine and the terminal meet. There is no logic here that another program could want:
//! that is in the other crates.
//!
//! Reading order: [`cli`] (what can be typed), [`config`] (what can be set), [`cmd`] (one file per
//! subcommand), [`output`] (how results look), [`failure`] and [`exit`] (how it ends).

mod cli;
mod cmd;
mod config;
mod context;
mod exit;
mod facts;
mod failure;
mod interrupt;
mod nearest;
mod output;
mod places;
mod progress;
mod quantity;
mod time;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::Cli;
use crate::config::{Config, Environment};
use crate::exit::Exit;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack of a worker thread. The planner recurses deeply, and unoptimised frames are large.
const STACK_BYTES: usize = if cfg!(debug_assertions) { 16 << 20 } else { 4 << 20 };

/// Threads for work that waits, beside those that decode.
const BLOCKING_THREADS: usize = 512;

fn main() -> ExitCode {
    let parsed = Cli::command().try_get_matches().and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((matches, cli))
    });
    let (matches, cli) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return failure::usage(&error).into(),
    };
    let environment = Environment::of_process();
    let exit = Config::load(&matches, &environment)
        .map_err(anyhow::Error::from)
        .and_then(|config| run(cli, &config, &environment))
        .unwrap_or_else(|error| failure::print(&error));
    exit.into()
}

fn run(cli: Cli, config: &Config, environment: &Environment) -> anyhow::Result<Exit> {
    config.settings.color.apply();
    start_log(cli.global.verbose);
    // Everything runs on a thread with a large stack: the main thread's is the system's choice.
    let command = || cmd::run(cli.command, config, environment);
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        match thread.spawn_scoped(scope, command)?.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Starts the log on stderr: warnings, and more with each `-v`.
fn start_log(n_verbose: u8) {
    let level = match n_verbose {
        0 => "error",
        1 => "warn,audit=info,tidegate=info",
        2 => "info,tidegate=debug",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    let choice = anstream::AutoStream::choice(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(choice != anstream::ColorChoice::Never)
        .with_writer(std::io::stderr)
        .init();
}

/// Returns the runtime that commands which wait for disks and networks run on.
fn runtime(n_threads: u64) -> std::io::Result<tokio::runtime::Runtime> {
    let n_threads = usize::try_from(n_threads).unwrap_or(1).max(1);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(n_threads)
        // Each decoder holds one as long as it runs; files are read by others.
        .max_blocking_threads(n_threads + BLOCKING_THREADS)
        .thread_stack_size(STACK_BYTES)
        .thread_name("tidegate")
        .enable_all()
        .build()
}
