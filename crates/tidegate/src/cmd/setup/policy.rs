//! `tidegate setup policy`.

use std::collections::BTreeSet;

use clap::ValueEnum;
use tidegate_aws::permission::Purpose;
use tidegate_aws::policy::{Scope, policy};
use tidegate_model::partition::Partition;

use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::places::url_of;

/// Arguments of `tidegate setup policy`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What the role is for; everything but changes if nothing is said
    #[arg(long = "for", value_enum, value_name = "WHAT")]
    purposes: Vec<Task>,

    /// The bucket that is collected from: `s3://bucket/prefix`, or `s3` to fill in the name later
    #[arg(long, value_name = "PLACE")]
    source: Option<String>,

    /// The role to take on, for `inventory sync --organization` or `--role-arn`
    #[arg(long, value_name = "NAME")]
    role_name: Option<String>,

    /// Also list the accounts of the organization, for `inventory sync --organization`
    #[arg(long, requires = "role_name")]
    organization: bool,

    /// The bucket that flow logs are to go to
    #[arg(long, value_name = "BUCKET")]
    target_bucket: Option<String>,

    /// The region, which tells the partition: China and `GovCloud` have ARNs of their own
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
}

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Task {
    /// `inventory sync`: read what the network consists of
    Sync,
    /// `collect`: read flow logs, and keep the lake
    Collect,
    /// `advise apply`: change security groups
    AdviseApply,
    /// `setup flow-logs`: switch flow logs on and off
    SetupFlowLogs,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let tasks =
        if args.purposes.is_empty() { &[Task::Sync, Task::Collect][..] } else { &args.purposes };
    let lake = bucket(&config.settings.lake)?;
    let source = args.source.as_deref().filter(|it| *it != "s3");
    let scope = Scope {
        partition: Partition::of_region(&args.region).name,
        source: source.map(named_bucket).transpose()?,
        lake: lake.clone(),
        target_bucket: args.target_bucket.clone(),
        role_name: args.role_name.clone(),
    };
    let mut purposes = BTreeSet::new();
    for task in tasks {
        purposes.extend(of_task(*task, args));
    }
    // Every command reads the lake or writes to it.
    purposes.extend(lake.map(|_| Purpose::Lake));
    let purposes: Vec<Purpose> = purposes.into_iter().collect();
    let text = serde_json::to_string_pretty(&policy(&purposes, &scope))?;
    crate::cmd::print(&format!("{text}\n"))?;
    Ok(Exit::Done)
}

fn of_task(task: Task, args: &Args) -> Vec<Purpose> {
    match task {
        Task::Sync => {
            let role = args.role_name.as_ref().map(|_| Purpose::OtherAccounts);
            let organization = args.organization.then_some(Purpose::SyncOrganization);
            [Some(Purpose::Sync), role, organization].into_iter().flatten().collect()
        }
        Task::Collect => vec![Purpose::CollectS3],
        Task::AdviseApply => vec![Purpose::AdviseApply],
        Task::SetupFlowLogs => vec![Purpose::SetupFlowLogs],
    }
}

/// Returns bucket and prefix of a place, if it is one in S3.
fn bucket(place: &str) -> anyhow::Result<Option<(String, String)>> {
    let url = url_of(place)?;
    let host = url.host_str().filter(|_| matches!(url.scheme(), "s3" | "s3a"));
    let prefix = || url.path().trim_matches('/').to_owned();
    Ok(host.map(|it| (it.to_owned(), prefix())))
}

fn named_bucket(place: &str) -> anyhow::Result<(String, String)> {
    let hint = "write `--source s3://bucket/prefix`, or `--source s3` to fill in the name later";
    let message = || format!("`{place}` is no bucket");
    bucket(place)?.ok_or_else(|| Usage::new(message(), hint).into())
}
