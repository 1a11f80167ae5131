//! The least-privilege policy for what somebody wants to do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::permission::{Purpose, Resource, TABLE};

/// What permissions are given on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The partition, as `aws`.
    pub partition: &'static str,
    /// Bucket and prefix of the objects that are read.
    pub source: Option<(String, String)>,
    /// Bucket and prefix of the lake.
    pub lake: Option<(String, String)>,
    /// Bucket that flow logs go to.
    pub target_bucket: Option<String>,
    /// Name of the role to take on in other accounts.
    pub role_name: Option<String>,
}

/// Returns the policy that allows `purposes` within `scope`, and nothing else.
#[must_use]
pub fn policy(purposes: &[Purpose], scope: &Scope) -> Value {
    let mut actions: BTreeMap<Resource, Vec<&str>> = BTreeMap::new();
    for row in TABLE {
        let is_needed = row.purposes.iter().any(|it| purposes.contains(it));
        let of_resource = actions.entry(row.resource).or_default();
        if is_needed && !of_resource.contains(&row.permission) {
            of_resource.push(row.permission);
        }
    }
    actions.retain(|_, it| !it.is_empty());
    let statement = |(resource, mut actions): (Resource, Vec<&str>)| {
        actions.sort_unstable();
        let (name, resources) = resources(resource, scope);
        let mut statement = json!({
            "Sid": name,
            "Effect": "Allow",
            "Action": actions,
            "Resource": resources,
        });
        if let Some(condition) = condition(resource, scope) {
            statement["Condition"] = condition;
        }
        statement
    };
    let statements: Vec<Value> = actions.into_iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Returns the name of the statement, and the ARNs that it is about.
fn resources(resource: Resource, scope: &Scope) -> (&'static str, Value) {
    let partition = scope.partition;
    let arn = |rest: &str| json!(format!("arn:{partition}:{rest}"));
    let any = "BUCKET".to_owned();
    let bucket = |it: &Option<(String, String)>| {
        arn(&format!("s3:::{}", it.as_ref().map_or(&any, |it| &it.0)))
    };
    let objects = |it: &Option<(String, String)>| match it {
        Some((bucket, prefix)) if !prefix.is_empty() => arn(&format!("s3:::{bucket}/{prefix}/*")),
        Some((bucket, _)) => arn(&format!("s3:::{bucket}/*")),
        None => arn("s3:::BUCKET/*"),
    };
    match resource {
        Resource::Any => ("Read", json!("*")),
        Resource::SecurityGroups => (
            "SecurityGroups",
            json!([arn("ec2:*:*:security-group/*"), arn("ec2:*:*:security-group-rule/*"),]),
        ),
        Resource::FlowLogs => (
            "FlowLogs",
            json!([
                arn("ec2:*:*:vpc-flow-log/*"),
                arn("ec2:*:*:vpc/*"),
                arn("ec2:*:*:subnet/*"),
                arn("ec2:*:*:network-interface/*"),
            ]),
        ),
        Resource::NewFlowLogs => ("TagNewFlowLogs", arn("ec2:*:*:vpc-flow-log/*")),
        Resource::FlowLogRole => ("FlowLogRole", arn("iam::*:role/tidegate-*")),
        Resource::PassedRole => ("PassFlowLogRole", arn("iam::*:role/tidegate-*")),
        Resource::OtherRoles => {
            let name = scope.role_name.as_deref().unwrap_or("ROLE");
            ("OtherAccounts", arn(&format!("iam::*:role/{name}")))
        }
        Resource::LogGroups => ("LogGroups", arn("logs:*:*:log-group:*")),
        Resource::Bucket => ("Bucket", bucket(&scope.source)),
        Resource::Objects => ("Objects", objects(&scope.source)),
        Resource::TargetBucket => {
            let name = scope.target_bucket.as_deref().unwrap_or("BUCKET");
            ("TargetBucket", arn(&format!("s3:::{name}")))
        }
        Resource::LakeBucket => ("LakeBucket", bucket(&scope.lake)),
        Resource::LakeObjects => ("LakeObjects", objects(&scope.lake)),
    }
}

/// A bucket is listed below its prefix only, flow logs get tags when they are made, and the role is
/// for the service that writes flow logs.
fn condition(resource: Resource, scope: &Scope) -> Option<Value> {
    let equals = |key: &str, value: &str| Some(json!({ "StringEquals": { key: value } }));
    let place = match resource {
        Resource::NewFlowLogs => return equals("ec2:CreateAction", "CreateFlowLogs"),
        Resource::PassedRole => {
            return equals("iam:PassedToService", "vpc-flow-logs.amazonaws.com");
        }
        Resource::Bucket => scope.source.as_ref(),
        Resource::LakeBucket => scope.lake.as_ref(),
        _ => None,
    };
    let (_, prefix) = place.filter(|it| !it.1.is_empty())?;
    Some(json!({ "StringLike": { "s3:prefix": [prefix, format!("{prefix}/*")] } }))
}
