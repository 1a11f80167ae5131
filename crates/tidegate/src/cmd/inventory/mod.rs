//! `tidegate inventory sync | import | show | list | diff`.

mod diff;
mod files;
pub(super) mod import;
mod list;
mod show;
pub(super) mod state;
mod sync;

use clap::{Subcommand, ValueEnum};
use tidegate_inventory::Kind;

use crate::config::Config;
use crate::exit::Exit;
use crate::interrupt;
use crate::time::Moment;

const EXAMPLES: &str = "\
Examples:
  tidegate inventory sync --all-regions
  tidegate inventory sync --organization --role-name tidegate-read --region eu-west-1
  tidegate inventory import describe-*.json
  tidegate inventory import ./AWSLogs/111122223333/Config/ --strict
  tidegate inventory import network.json --at 2026-03-02T10:00Z --since 2026-02-01
  aws ec2 describe-network-interfaces | tidegate inventory import -
  tidegate inventory show eni-0123456789abcdef0 --at 2026-03-02T10:00Z
  tidegate inventory list security-groups
  tidegate inventory diff --from yesterday --to now

What a network consisted of, and when, so that each record gets the context of its own time. Asks AWS,
or reads output of `aws ec2 describe-...`, AWS Config and Terraform state; stored as tables of the lake, which
SQL knows as `interfaces`, `security_groups`, `security_group_rules` and so on.";

/// Arguments of `tidegate inventory`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Ask AWS what the network consists of now; changes nothing there
    Sync(sync::Args),
    /// Read what a network consists of; files that were read before change nothing
    Import(import::Args),
    /// Show one thing: how it was at a time, and what changed when
    Show(show::Args),
    /// List what is known, or the things of a kind at a time
    List(list::Args),
    /// List what is different between two times
    Diff(diff::Args),
}

/// A kind of things, as people type it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindName {
    /// Network interfaces
    Interfaces,
    /// Security groups
    SecurityGroups,
    /// Rules of security groups
    SecurityGroupRules,
    /// Managed prefix lists
    PrefixLists,
    /// Subnets
    Subnets,
    /// VPCs
    Vpcs,
    /// NAT gateways
    NatGateways,
    /// Instances
    Instances,
    /// Flow logs
    FlowLogs,
    /// Functions of Lambda that are in a VPC
    Functions,
    /// References to groups from other VPCs
    SecurityGroupReferences,
}

impl KindName {
    fn kind(self) -> Kind {
        match self {
            Self::Interfaces => Kind::Interface,
            Self::SecurityGroups => Kind::SecurityGroup,
            Self::SecurityGroupRules => Kind::SecurityGroupRule,
            Self::PrefixLists => Kind::PrefixList,
            Self::Subnets => Kind::Subnet,
            Self::Vpcs => Kind::Vpc,
            Self::NatGateways => Kind::NatGateway,
            Self::Instances => Kind::Instance,
            Self::FlowLogs => Kind::FlowLog,
            Self::Functions => Kind::Function,
            Self::SecurityGroupReferences => Kind::GroupReference,
        }
    }
}

/// Asks AWS what there is now, in the account and region of the credentials.
pub(super) async fn refresh(config: &Config) -> anyhow::Result<()> {
    sync::refresh(config).await
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let work = async {
        match &args.action {
            Action::Sync(args) => sync::run(args, config).await,
            Action::Import(args) => import::run(args, &config.settings).await,
            Action::Show(args) => show::run(args, &config.settings).await,
            Action::List(args) => list::run(args, config).await,
            Action::Diff(args) => diff::run(args, config).await,
        }
    };
    // Each table is written in one commit, and an import that stopped half-way is done again.
    match super::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(exit) => exit,
        None => Ok(Exit::Interrupted),
    }
}

/// Returns the moment in microseconds since the Unix epoch; now if none is given.
fn micros(moment: Option<Moment>) -> i64 {
    let now = chrono::Utc::now();
    moment.map_or(now, |it| it.resolve(now)).timestamp_micros()
}
