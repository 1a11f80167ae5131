//! `tidegate audit`: how well each VPC, subnet and interface is logged.

pub(super) mod arrivals;
mod show;

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use tidegate_advise::flow_logs::audit::Look;
use tidegate_advise::flow_logs::{Rung, audit};
use tidegate_inventory::Kind;

use crate::config::Config;
use crate::exit::Exit;
use crate::facts;
use crate::interrupt;
use crate::places::Places;
use crate::time::{Moment, Span};

/// The kinds of things that an audit needs.
pub(super) const KINDS: &[Kind] =
    &[Kind::Vpc, Kind::Subnet, Kind::Interface, Kind::FlowLog, Kind::SecurityGroup, Kind::Instance];

const EXAMPLES: &str = "\
Examples:
  tidegate inventory sync && tidegate audit
  tidegate audit --fail-on missing
  tidegate audit --all --output markdown
  tidegate audit --at 2026-03-02T12:00Z --window 7d --output json

States, the worst first: missing, partial (uncovered parts are named), inactive, failing (with AWS's
reason), stale (nothing arrives), reject-only, accept-only, thin (fields are missing that proof
needs), ok; not-yours is what another account shares. `--fail-on STATE` ends with 1 if anything is
in that state or a worse one.

CIS AWS Foundations 2.9, 3.9, 3.7, 4.7 (by edition) and Security Hub EC2.6 are told for each VPC in
`--output json`. Reads the inventory of the lake: sync or import it first. `tidegate setup flow-logs`
switches on what is missing.";

/// Arguments of `tidegate audit`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// End with exit code 1 if anything is in this state or a worse one
    #[arg(long, value_name = "STATE", value_parser = rungs())]
    fail_on: Option<Rung>,

    /// List every subnet and interface, also those that are as their VPC is
    #[arg(long)]
    all: bool,

    /// As it was then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, default_value = "now")]
    at: Moment,

    /// How far back to look for what arrived
    #[arg(long, value_name = "SPAN", default_value = "7d")]
    window: Span,

    /// After how long without a record a place is stale
    #[arg(long, value_name = "SPAN", default_value = "3h")]
    stale_after: Span,
}

/// Returns the parser of states that `--fail-on` takes.
fn rungs() -> impl clap::builder::TypedValueParser<Value = Rung> {
    let names = Rung::ALL.into_iter().filter(|it| it.is_fault()).map(Rung::name);
    PossibleValuesParser::new(names).map(|name| Rung::of_name(&name).unwrap_or(Rung::Missing))
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match super::block_on(config, interrupt::unless_interrupted(work(args, config)))?? {
        Some(exit) => exit,
        None => Ok(Exit::Interrupted),
    }
}

async fn work(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let lake = Places::new(settings).lake(settings).await?;
    let inventory = facts::read(&lake, KINDS).await?.inventory;
    let moment = args.at.resolve(chrono::Utc::now());
    let window = arrivals::Window::before(moment, args.window);
    let arrivals = arrivals::read(&lake, settings, &window).await?;
    let found = audit(&Look {
        inventory: &inventory,
        moment_us: moment.timestamp_micros(),
        arrivals: arrivals.as_deref(),
        stale_after_us: micros(args.stale_after)?,
    });
    show::show(&found, moment, args.all, config)?;
    let is_bad = |threshold: Rung| found.findings.iter().any(|it| it.rung.is_at_most(threshold));
    Ok(if args.fail_on.is_some_and(is_bad) { Exit::Warned } else { Exit::Done })
}

fn micros(span: Span) -> anyhow::Result<i64> {
    i64::try_from(span.0.as_micros()).context("the span is too long")
}
