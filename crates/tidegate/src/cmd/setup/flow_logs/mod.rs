//! `tidegate setup flow-logs`: a plan that switches flow logs on, and what becomes of it.

mod remove;
mod scope;
mod show;
mod step;

use clap::ValueEnum;
use tidegate_advise::flow_logs::emit::{cloud_formation, script, terraform};
use tidegate_advise::flow_logs::plan::{Request, plan};
use tidegate_advise::flow_logs::wish::{Files, fields};
use tidegate_advise::flow_logs::{Destination, Traffic, Wish};

use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::places;
use scope::Scope;
use show::Outcome;

const EXAMPLES: &str = "\
Examples:
  tidegate setup flow-logs --to s3://acme-flow-logs/
  tidegate setup flow-logs vpc-0123456789abcdef0 --to s3://acme-flow-logs/ --yes
  tidegate setup flow-logs --to cloudwatch:/vpc/flow --traffic reject --interval 600
  tidegate setup flow-logs --to s3://acme-flow-logs/ --emit terraform > flow_logs.tf
  tidegate setup flow-logs --remove

Prints what it would do and does nothing, until `--yes`. What is logged as wished for already is left,
so a second run plans nothing. A bucket's policy is added to, never replaced; a log group and its role
are made if they are not there. Everything made carries the tag managed-by=tidegate, and `--remove`
deletes nothing without it.

VPCs are those of the lake's inventory (`tidegate inventory sync`); which flow logs there are is asked
of AWS, except under `--emit`, which asks nobody.";

/// Arguments of `tidegate setup flow-logs`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that people type")]
pub(crate) struct Args {
    /// vpc-..., subnet-... or eni-...; all VPCs of the inventory if none is given
    #[arg(value_name = "PLACE")]
    places: Vec<String>,

    /// Where to: `s3://bucket/prefix/`, `cloudwatch:GROUP`, or the ARN of a Firehose stream
    #[arg(long, value_name = "PLACE", required_unless_present = "remove")]
    to: Option<String>,

    /// Which traffic; CIS asks for `reject`, proof of use needs `all`
    #[arg(long, value_enum, value_name = "TRAFFIC", default_value = "all")]
    traffic: TrafficName,

    /// Fields: `recommended` (30), `default` (14), or as in '${version} ${account-id}'
    #[arg(long, value_name = "FORMAT", default_value = "recommended")]
    format: String,

    /// Seconds after which a record is written; on Nitro instances never more than 60
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = ["60", "600"])]
    interval: String,

    /// How objects in S3 are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    files: FilesName,

    /// Name folders in S3 as Hive does: `year=2026/month=03/`
    #[arg(long, hide_short_help = true)]
    hive: bool,

    /// Give each hour its own folder in S3
    #[arg(long, hide_short_help = true)]
    hourly: bool,

    /// The role that writes to the log group; one is made if it is not given
    #[arg(long, hide_short_help = true, value_name = "ARN")]
    role_arn: Option<String>,

    /// Leave the bucket's policy alone: somebody else looks after it
    #[arg(long, hide_short_help = true)]
    keep_bucket_policy: bool,

    /// Region of the bucket, if it is not that of the places
    #[arg(long, hide_short_help = true, value_name = "REGION")]
    bucket_region: Option<String>,

    /// Only places of this account
    #[arg(long, hide_short_help = true, value_name = "ID")]
    account: Option<String>,

    /// Only places of this region; the region of those of which nothing tells it
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// Do it
    #[arg(long)]
    yes: bool,

    /// Only say what would be done, which is the default
    #[arg(long, hide_short_help = true, conflicts_with = "yes")]
    dry_run: bool,

    /// Write it for somebody else to do
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with_all = ["yes", "dry_run"])]
    emit: Option<Language>,

    /// Delete the flow logs that were made by this, of the places or ids that are given
    #[arg(long, conflicts_with_all = ["to", "emit"])]
    remove: bool,
}

/// Which traffic, as people type it.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TrafficName {
    /// All of it
    All,
    /// What is rejected
    Reject,
    /// What is accepted
    Accept,
}

/// How objects are written, as people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FilesName {
    /// Lines of text, gzip
    Text,
    /// Parquet; its conversion costs extra
    Parquet,
}

/// What a plan can be written in.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// A script for the AWS command line
    Cli,
    /// Terraform, provider 6
    Terraform,
    /// A template of `CloudFormation`, for one region
    #[value(name = "cloudformation")]
    CloudFormation,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let work = async {
        match (args.emit, args.remove) {
            (Some(language), _) => emit(args, language, config).await,
            (None, true) => remove::run(args, config).await,
            (None, false) => switch_on(args, config).await,
        }
    };
    match crate::cmd::block_on(config, interrupt::unless_interrupted(work))?? {
        Some(exit) => exit,
        None => Ok(Exit::Interrupted),
    }
}

/// Writes the plan in another language. Nobody is asked: what exists is what the inventory says.
async fn emit(args: &Args, language: Language, config: &Config) -> anyhow::Result<Exit> {
    let scope = Scope::read(config).await?;
    let places = scope.places(args, args.account.as_deref())?;
    let wish = wish(args)?;
    let plan = plan(&Request {
        places: &places,
        wish: &wish,
        flow_logs: &scope.known_logs(),
        account_id: args.account.as_deref().unwrap_or(""),
        region: args.region.as_deref().unwrap_or(""),
    })?;
    if plan.account_id.is_empty() {
        let message = "nothing tells the account of these places";
        return Err(Usage::new(message, "name it: `--account ID`").into());
    }
    let text = match language {
        Language::Cli => script::script(&plan),
        Language::Terraform => terraform::terraform(&plan),
        Language::CloudFormation => cloud_formation::cloud_formation(&plan)?,
    };
    crate::cmd::print(&text)?;
    if !config.settings.quiet && plan.creates.is_empty() {
        crate::output::say::warn("every place is logged as wished for already");
    }
    Ok(Exit::Done)
}

/// Plans, and does it if that was asked for.
async fn switch_on(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let scope = Scope::read(config).await?;
    let session = places::session(config).await?;
    let identity = tidegate_aws::account::caller(&session.home()).await?;
    let places = scope.places(args, Some(&identity.account_id))?;
    let home = session.home().name;
    let region = args.region.as_deref().unwrap_or(&home);
    let logs = scope::live_logs(&session, &scope::regions(&places, region)).await?;
    let logs: Vec<_> = logs.into_iter().map(|it| it.1).collect();
    let (wish, account_id) = (wish(args)?, identity.account_id.as_str());
    let plan =
        plan(&Request { places: &places, wish: &wish, flow_logs: &logs, account_id, region })?;
    let target = step::Target { session: &session, bucket_region: args.bucket_region.as_deref() };
    let steps = step::pending(&target, &plan, args.keep_bucket_policy).await?;
    let estimate = scope.estimate(&plan, config).await?;
    let mut outcome = Outcome { plan: &plan, steps: &steps, estimate, done: None };
    if !args.yes || steps.is_empty() {
        show::show(&outcome, config)?;
        return Ok(Exit::Done);
    }
    let done = step::apply(&target, &plan, &steps).await?;
    let is_whole = done.refused.is_empty();
    outcome.done = Some(done);
    show::show(&outcome, config)?;
    Ok(if is_whole { Exit::Done } else { Exit::Failed })
}

fn wish(args: &Args) -> anyhow::Result<Wish> {
    let files = Files {
        is_parquet: args.files == FilesName::Parquet,
        is_hive: args.hive,
        is_hourly: args.hourly,
    };
    let to = args.to.as_deref().unwrap_or_default();
    Ok(Wish {
        traffic: match args.traffic {
            TrafficName::All => Traffic::All,
            TrafficName::Reject => Traffic::Reject,
            TrafficName::Accept => Traffic::Accept,
        },
        destination: Destination::parse(to, files, args.role_arn.as_deref())?,
        fields: fields(&args.format)?,
        interval_s: args.interval.parse()?,
    })
}
