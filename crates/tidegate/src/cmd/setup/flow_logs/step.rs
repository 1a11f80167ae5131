//! The steps that are left of a plan once AWS was asked what is so already, and doing them.

use anyhow::Context as _;
use serde_json::Value;
use tidegate_advise::flow_logs::Destination;
use tidegate_advise::flow_logs::plan::{Create, Plan, TAG};
use tidegate_advise::flow_logs::policy::{self, Permission, merged, says_the_same};
use tidegate_aws::flow_log::{self, FileFormat, NewFlowLogs, S3Options, Unsuccessful};
use tidegate_aws::iam_role::IamRole;
use tidegate_aws::{Region, Session, bucket_policy, iam_role, log_group};
use tidegate_model::inventory::Tags;

use crate::failure::Usage;

/// AWS's code for a flow log that is there already.
const EXISTS: &str = "FlowLogAlreadyExists";

/// AWS's code for a role that is there already.
const ROLE_EXISTS: &str = "EntityAlreadyExists";

/// Whom to ask.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) session: &'a Session,
    /// Region of the bucket, if it is not that of the plan.
    pub(super) bucket_region: Option<&'a str>,
}

/// Something that is to be done.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Write a bucket's policy: what was in it, and our statements.
    BucketPolicy { bucket: String, region: String, policy: Value, n_added: usize },
    /// Make a log group.
    LogGroup { name: String, region: String },
    /// Make a role with its policy.
    Role { name: String, trust: Value, policy: Value },
    /// Give the role that is there its policy.
    RolePolicy { name: String, policy: Value },
    /// Make flow logs.
    Create(Create),
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    /// `fl-...` that were made.
    pub(super) flow_log_ids: Vec<String>,
    /// What AWS said to be there already.
    pub(super) existing: Vec<Unsuccessful>,
    /// What AWS did not make, and why.
    pub(super) refused: Vec<Unsuccessful>,
}

/// Returns what is left to do.
pub(super) async fn pending(
    target: &Target<'_>,
    plan: &Plan,
    keeps_bucket_policy: bool,
) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for permission in &plan.permissions {
        let step = match permission {
            Permission::Bucket { .. } if keeps_bucket_policy => None,
            Permission::Bucket { bucket, statements } => {
                bucket_step(target, plan, bucket, statements).await?
            }
            Permission::LogGroup { name, region } => group_step(target, name, region).await?,
            Permission::Role { name, trust, policy } => {
                role_step(target, name, trust, policy).await?
            }
        };
        steps.extend(step);
    }
    steps.extend(plan.creates.iter().cloned().map(Step::Create));
    Ok(steps)
}

async fn bucket_step(
    target: &Target<'_>,
    plan: &Plan,
    bucket: &str,
    statements: &[Value],
) -> anyhow::Result<Option<Step>> {
    let home = target.session.home().name;
    let of_plan = || plan.regions.first().cloned().unwrap_or(home);
    let region = target.bucket_region.map_or_else(of_plan, str::to_owned);
    let attempt = || {
        format!(
            "cannot see whether AWS may deliver to the bucket `{bucket}` (`--keep-bucket-policy` \
             if somebody else looks after that)"
        )
    };
    let existing = bucket_policy::get(&target.session.in_region(&region), bucket).await;
    let existing = existing.with_context(attempt)?;
    let Some(policy) = merged(bucket, existing.as_ref(), statements)? else { return Ok(None) };
    let n_statements = |it: &Value| it["Statement"].as_array().map_or(1, Vec::len);
    let n_before = existing.as_ref().map_or(0, n_statements);
    let n_added = n_statements(&policy).saturating_sub(n_before);
    Ok(Some(Step::BucketPolicy { bucket: bucket.to_owned(), region, policy, n_added }))
}

async fn group_step(target: &Target<'_>, name: &str, region: &str) -> anyhow::Result<Option<Step>> {
    let is_there = log_group::is_there(&target.session.in_region(region), name).await?;
    let step = || Step::LogGroup { name: name.to_owned(), region: region.to_owned() };
    Ok((!is_there).then(step))
}

async fn role_step(
    target: &Target<'_>,
    name: &str,
    trust: &Value,
    policy: &Value,
) -> anyhow::Result<Option<Step>> {
    let home = target.session.home();
    let (name, policy) = (name.to_owned(), policy.clone());
    let Some(role) = iam_role::get(&home, &name).await? else {
        return Ok(Some(Step::Role { name, trust: trust.clone(), policy }));
    };
    check_trust(&role, trust)?;
    // A run that stopped half-way leaves a role that may do nothing.
    let found = iam_role::get_policy(&home, &name, &name).await?;
    let is_so = found.is_some_and(|it| says_the_same(&document(&it), &policy));
    Ok((!is_so).then_some(Step::RolePolicy { name, policy }))
}

/// Returns a document of IAM; null, which says nothing, if it cannot be read.
fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn check_trust(role: &IamRole, trust: &Value) -> Result<(), Usage> {
    if says_the_same(&document(&role.trust), trust) {
        return Ok(());
    }
    let name = &role.name;
    let message = format!("the role `{name}` is there, and others than flow logs may take it on");
    let hint = "name a role that trusts vpc-flow-logs.amazonaws.com: `--role-arn ARN`";
    Err(Usage::new(message, hint))
}

/// Makes a role; one that is there by now, as after an answer that was lost, is as good if it trusts
/// the same.
async fn make_role(home: &Region, name: &str, trust: &Value) -> anyhow::Result<()> {
    let Err(error) = iam_role::create(home, name, trust, &tags()).await else { return Ok(()) };
    if error.code() != Some(ROLE_EXISTS) {
        return Err(error.into());
    }
    let Some(role) = iam_role::get(home, name).await? else { return Err(error.into()) };
    Ok(check_trust(&role, trust)?)
}

/// Does the steps, in their order. What was done stays if a later one fails: the next run finds it.
pub(super) async fn apply(
    target: &Target<'_>,
    plan: &Plan,
    steps: &[Step],
) -> anyhow::Result<Done> {
    let mut done = Done::default();
    let tags = tags();
    for (index, step) in steps.iter().enumerate() {
        match step {
            Step::BucketPolicy { bucket, region, policy, .. } => {
                bucket_policy::put(&target.session.in_region(region), bucket, policy).await?;
            }
            Step::LogGroup { name, region } => {
                log_group::create(&target.session.in_region(region), name, &tags).await?;
            }
            Step::Role { name, trust, policy } => {
                let home = target.session.home();
                make_role(&home, name, trust).await?;
                iam_role::put_policy(&home, name, name, policy).await?;
            }
            Step::RolePolicy { name, policy } => {
                iam_role::put_policy(&target.session.home(), name, name, policy).await?;
            }
            Step::Create(create) => {
                let region = target.session.in_region(&create.region);
                let wanted = wanted(plan, create, client_token(index));
                let created = flow_log::create(&region, &wanted).await?;
                done.flow_log_ids.extend(created.flow_log_ids);
                let (existing, refused): (Vec<_>, Vec<_>) =
                    created.unsuccessful.into_iter().partition(|it| it.code == EXISTS);
                done.existing.extend(existing);
                done.refused.extend(refused);
            }
        }
    }
    Ok(done)
}

/// Returns what tells AWS that a call is the same one made again: another token for each step of
/// each run, since flow logs that were deleted meanwhile can be made anew.
fn client_token(index: usize) -> String {
    let now_us = chrono::Utc::now().timestamp_micros();
    format!("tidegate-{now_us}-{}-{index}", std::process::id())
}

/// Returns the tags of everything that is made.
fn tags() -> Tags {
    std::iter::once((TAG.0.to_owned(), TAG.1.to_owned())).collect()
}

fn wanted(plan: &Plan, create: &Create, client_token: String) -> NewFlowLogs {
    NewFlowLogs {
        resource_type: create.kind.resource_type().to_owned(),
        resource_ids: create.place_ids.clone(),
        traffic_type: Some(plan.wish.traffic.name().to_owned()),
        destination: destination(plan, &create.region),
        log_format: Some(plan.wish.log_format()),
        aggregation_interval_s: u32::try_from(plan.wish.interval_s).ok(),
        tag_fields: Vec::new(),
        tags: tags(),
        client_token: Some(client_token),
    }
}

fn destination(plan: &Plan, region: &str) -> flow_log::Destination {
    match &plan.wish.destination {
        Destination::S3 { files, .. } => flow_log::Destination::S3 {
            arn: plan.wish.destination.arn(&plan.account_id, region),
            options: Some(S3Options {
                file_format: if files.is_parquet {
                    FileFormat::Parquet
                } else {
                    FileFormat::PlainText
                },
                has_hive_partitions: files.is_hive,
                has_hourly_partitions: files.is_hourly,
            }),
        },
        Destination::CloudWatch { log_group, role_arn } => {
            let made = || policy::role_arn(&plan.account_id, region);
            let (name, role_arn) = (log_group.clone(), role_arn.clone().unwrap_or_else(made));
            flow_log::Destination::LogGroup { name, role_arn }
        }
        Destination::Firehose { arn } => flow_log::Destination::Firehose {
            arn: arn.clone(),
            role_arn: None,
            cross_account_role_arn: None,
        },
    }
}
