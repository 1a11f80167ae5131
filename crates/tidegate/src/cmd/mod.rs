//! The subcommands: one file each, with its arguments, its examples and what it does.

mod advise;
mod audit;
mod collect;
mod completions;
mod config;
mod demo;
mod enrich;
mod flows;
mod generate;
mod inventory;
mod lake;
mod man;
mod schema;
mod serve;
mod setup;
mod sql;
mod top;

use anyhow::Context as _;
use clap::{CommandFactory as _, Subcommand};

use crate::cli::{Cli, FIRST_STEP};
use crate::config::{Config, Environment};
use crate::exit::Exit;
use crate::output::{self, Terminal, terminal};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a synthetic network with traffic and attacks, collect it, and ask about it
    Demo(demo::Args),
    /// Read flow logs into the lake, each object once
    Collect(collect::Args),
    /// Show records: a filter, a window, the newest first
    Flows(flows::Args),
    /// Say what comes to most, by one field or several
    Top(top::Args),
    /// Show the console: the lake in a browser, and an API
    Serve(serve::Args),
    /// Ask the lake, or raw logs, in SQL
    Sql(sql::Args),
    /// Give stored days their context again, after a better inventory or database came
    Enrich(enrich::Args),
    /// What the network consisted of, and when: import, show, list, diff
    Inventory(inventory::Args),
    /// What AWS must allow, and what must be switched on there
    Setup(setup::Args),
    /// Say which rules of security groups are used, and what to make of the rest
    Advise(advise::Args),
    /// Find what is not logged, or not well: every VPC, subnet and interface
    Audit(audit::Args),
    /// Look after the lake: status, compact, expire, vacuum, verify
    Lake(lake::Args),
    /// Write a synthetic network's flow logs in AWS's own layout
    Generate(generate::Args),
    /// List the columns of `flows`, or the functions
    Schema(schema::Args),
    /// Show and check the settings
    Config(config::Args),
    /// Print the completions for a shell
    Completions(completions::Args),
    /// Print the manual page, or write all of them
    Man(man::Args),
}

/// Runs a subcommand.
pub(crate) fn run(
    command: Option<Command>,
    config: &Config,
    environment: &Environment,
) -> anyhow::Result<Exit> {
    match command {
        None => first_step(),
        Some(Command::Demo(args)) => demo::run(&args, config),
        Some(Command::Collect(args)) => collect::run(&args, config),
        Some(Command::Flows(args)) => flows::run(&args, config),
        Some(Command::Top(args)) => top::run(&args, config),
        Some(Command::Serve(args)) => serve::run(&args, config, environment),
        Some(Command::Sql(args)) => sql::run(&args, config),
        Some(Command::Enrich(args)) => enrich::run(&args, config),
        Some(Command::Inventory(args)) => inventory::run(&args, config),
        Some(Command::Setup(args)) => setup::run(&args, config),
        Some(Command::Advise(args)) => advise::run(&args, config),
        Some(Command::Audit(args)) => audit::run(&args, config),
        Some(Command::Lake(args)) => lake::run(args, config),
        Some(Command::Generate(args)) => generate::run(&args, config),
        Some(Command::Schema(args)) => schema::run(&args, config),
        Some(Command::Config(args)) => config::run(&args, config, environment),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}

/// Says what to do next, then the short help.
fn first_step() -> anyhow::Result<Exit> {
    let help = Cli::command().render_help();
    let mut out = terminal::stdout();
    let write = writeln_all(&mut out, &format!("{FIRST_STEP}\n{help}"));
    write.map_err(output::Error::from)?;
    Ok(Exit::Done)
}

fn writeln_all(out: &mut output::Out, text: &str) -> std::io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes text that is the result itself to stdout.
fn print(text: &str) -> Result<(), output::Error> {
    let mut out = terminal::stdout();
    writeln_all(&mut out, text).map_err(output::Error::from)
}

/// Runs work that waits, on a runtime of its own.
fn block_on<T>(config: &Config, work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = crate::runtime(config.settings.threads).context("cannot start threads")?;
    let done = runtime.block_on(work);
    // What is still running was left behind on purpose: a query that nobody waits for.
    runtime.shutdown_background();
    Ok(done)
}

/// Returns how a small result is written here.
fn form(config: &Config) -> (output::Format, output::Look) {
    let terminal = Terminal::of_process();
    let look = output::Look { rows_max: u64::MAX, ..terminal.look(None) };
    (terminal.format(config.settings.output), look)
}
