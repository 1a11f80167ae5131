//! `tidegate setup policy | flow-logs`.

mod flow_logs;
mod policy;

use clap::Subcommand;

use crate::config::Config;
use crate::exit::Exit;

const EXAMPLES: &str = "\
Examples:
  tidegate setup policy
  tidegate setup policy --for sync --for advise-apply > policy.json
  tidegate setup policy --for sync --organization --role-name tidegate-read
  tidegate setup policy --for collect --source s3://acme-flow-logs/AWSLogs/";

/// Arguments of `tidegate setup`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the IAM policy that allows what is needed, and nothing else
    Policy(policy::Args),
    /// Switch VPC flow logs on: plan it, do it, or write it as a script, Terraform, `CloudFormation`
    FlowLogs(Box<flow_logs::Args>),
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    match &args.action {
        Action::Policy(args) => policy::run(args, config),
        Action::FlowLogs(args) => flow_logs::run(args, config),
    }
}
