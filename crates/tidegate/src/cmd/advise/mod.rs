//! `tidegate advise sg | replay | apply`: which rules are used, and what to make of the rest.

mod apply;
mod ask;
mod change;
mod emit;
pub(in crate::cmd) mod look;
mod replay;
mod rows;
pub(in crate::cmd) mod sg;
mod words;

use clap::Subcommand;

use crate::config::Config;
use crate::exit::Exit;
use crate::interrupt;

const EXAMPLES: &str = "\
Examples:
  tidegate advise sg
  tidegate advise sg sg-0123456789abcdef0 web --window 90d
  tidegate advise sg --output json > advice.json
  tidegate advise sg --fail-on unused,findings
  tidegate advise sg --emit plan > plan.json && tidegate advise apply plan.json --yes
  tidegate advise sg --emit html > advice.html
  tidegate advise replay --rules sg-after.json
  terraform show -json plan.out | tidegate advise replay --rules -

A rule is used if it admitted connections that were answered; scans prove nothing. Unused is said
only where it would have been seen: otherwise the verdict is unprovable, with the reason. Nothing is
changed but by `apply --yes`, which looks at the groups again and writes the way back first.";

/// Arguments of `tidegate advise`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say which rules and groups are used, which are not, which are too wide
    Sg(sg::Args),
    /// Play a change of rules back: what would it have blocked, what would it let in
    Replay(replay::Args),
    /// Change the rules as a plan says, if they are still what they were; only with --yes
    Apply(apply::Args),
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let work = async {
        match &args.action {
            Action::Sg(args) => sg::run(args, config).await,
            Action::Replay(args) => replay::run(args, config).await,
            Action::Apply(args) => apply::run(args, config).await,
        }
    };
    match super::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(exit) => exit,
        None => Ok(Exit::Interrupted),
    }
}
