//! Which permission a call needs, and for which of our commands.
//!
//! One table: hints of errors and the policy that `tidegate setup policy` prints come from it.
//! Source: "Service Authorization Reference", and for flow logs "Publish flow logs to ..." in the
//! VPC User Guide.

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Read what the network consists of.
    Sync,
    /// List the accounts of the organization.
    SyncOrganization,
    /// Take on a role, as in other accounts.
    OtherAccounts,
    /// Change security groups.
    AdviseApply,
    /// Look at flow logs, switch them on and off.
    SetupFlowLogs,
    /// Read objects of a bucket.
    CollectS3,
    /// Keep the lake in a bucket.
    Lake,
}

impl Purpose {
    /// Returns the arguments by which `tidegate setup policy` prints what it needs.
    #[must_use]
    pub const fn arguments(self) -> &'static str {
        match self {
            Self::Sync => "--for sync",
            Self::SyncOrganization => "--for sync --organization --role-name NAME",
            Self::OtherAccounts => "--for sync --role-name NAME",
            Self::AdviseApply => "--for advise-apply",
            Self::SetupFlowLogs => "--for setup-flow-logs",
            Self::CollectS3 => "--for collect",
            Self::Lake => "--lake s3://BUCKET/PREFIX",
        }
    }
}

/// What a permission is given on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Everything: AWS knows no narrower one.
    Any,
    /// Security groups and their rules.
    SecurityGroups,
    /// Flow logs, and what they watch.
    FlowLogs,
    /// Flow logs that are being made.
    NewFlowLogs,
    /// The role that writes flow logs.
    FlowLogRole,
    /// The same, where it is given to the service that writes.
    PassedRole,
    /// Roles of other accounts.
    OtherRoles,
    /// Log groups.
    LogGroups,
    /// The bucket that is read.
    Bucket,
    /// Its objects.
    Objects,
    /// The bucket that flow logs go to.
    TargetBucket,
    /// The bucket of the lake.
    LakeBucket,
    /// Its objects.
    LakeObjects,
}

/// A permission, and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The permission, as `ec2:DescribeVpcs`.
    pub permission: &'static str,
    /// What it is given on.
    pub resource: Resource,
    /// What for.
    pub purposes: &'static [Purpose],
}

use Purpose::{AdviseApply, CollectS3, Lake, OtherAccounts, SetupFlowLogs, Sync, SyncOrganization};

const fn row(permission: &'static str, resource: Resource, purposes: &'static [Purpose]) -> Row {
    Row { permission, resource, purposes }
}

/// Every permission that we need for something.
pub const TABLE: &[Row] = &[
    row("ec2:DescribeRegions", Resource::Any, &[Sync]),
    row("ec2:DescribeNetworkInterfaces", Resource::Any, &[Sync]),
    row("ec2:DescribeSecurityGroups", Resource::Any, &[Sync, AdviseApply]),
    row("ec2:DescribeSecurityGroupRules", Resource::Any, &[Sync, AdviseApply]),
    row("ec2:DescribeSecurityGroupReferences", Resource::Any, &[Sync]),
    row("ec2:DescribeManagedPrefixLists", Resource::Any, &[Sync]),
    row("ec2:GetManagedPrefixListEntries", Resource::Any, &[Sync]),
    row("ec2:DescribeSubnets", Resource::Any, &[Sync]),
    row("ec2:DescribeVpcs", Resource::Any, &[Sync]),
    row("ec2:DescribeNatGateways", Resource::Any, &[Sync]),
    row("ec2:DescribeInstances", Resource::Any, &[Sync]),
    row("ec2:DescribeFlowLogs", Resource::Any, &[Sync, SetupFlowLogs]),
    row("lambda:ListFunctions", Resource::Any, &[Sync]),
    row("organizations:ListAccounts", Resource::Any, &[SyncOrganization]),
    row("sts:AssumeRole", Resource::OtherRoles, &[OtherAccounts]),
    row("ec2:AuthorizeSecurityGroupIngress", Resource::SecurityGroups, &[AdviseApply]),
    row("ec2:AuthorizeSecurityGroupEgress", Resource::SecurityGroups, &[AdviseApply]),
    row("ec2:RevokeSecurityGroupIngress", Resource::SecurityGroups, &[AdviseApply]),
    row("ec2:RevokeSecurityGroupEgress", Resource::SecurityGroups, &[AdviseApply]),
    row("ec2:CreateFlowLogs", Resource::FlowLogs, &[SetupFlowLogs]),
    row("ec2:DeleteFlowLogs", Resource::FlowLogs, &[SetupFlowLogs]),
    row("ec2:CreateTags", Resource::NewFlowLogs, &[SetupFlowLogs]),
    row("logs:CreateLogDelivery", Resource::Any, &[SetupFlowLogs]),
    row("logs:DeleteLogDelivery", Resource::Any, &[SetupFlowLogs]),
    row("logs:CreateLogGroup", Resource::LogGroups, &[SetupFlowLogs]),
    row("logs:TagResource", Resource::LogGroups, &[SetupFlowLogs]),
    row("logs:DescribeLogGroups", Resource::Any, &[SetupFlowLogs]),
    row("iam:GetRole", Resource::FlowLogRole, &[SetupFlowLogs]),
    row("iam:CreateRole", Resource::FlowLogRole, &[SetupFlowLogs]),
    row("iam:GetRolePolicy", Resource::FlowLogRole, &[SetupFlowLogs]),
    row("iam:PutRolePolicy", Resource::FlowLogRole, &[SetupFlowLogs]),
    row("iam:TagRole", Resource::FlowLogRole, &[SetupFlowLogs]),
    row("iam:PassRole", Resource::PassedRole, &[SetupFlowLogs]),
    row("s3:GetBucketPolicy", Resource::TargetBucket, &[SetupFlowLogs]),
    row("s3:PutBucketPolicy", Resource::TargetBucket, &[SetupFlowLogs]),
    row("s3:ListBucket", Resource::Bucket, &[CollectS3]),
    row("s3:GetObject", Resource::Objects, &[CollectS3]),
    row("s3:ListBucket", Resource::LakeBucket, &[Lake]),
    row("s3:GetObject", Resource::LakeObjects, &[Lake]),
    row("s3:PutObject", Resource::LakeObjects, &[Lake]),
    row("s3:DeleteObject", Resource::LakeObjects, &[Lake]),
];

impl Row {
    /// Returns the command that prints a policy with it.
    #[must_use]
    pub fn command(&self) -> String {
        let arguments: Vec<&str> = self.purposes.iter().map(|it| it.arguments()).collect();
        format!("`tidegate setup policy {}`", arguments.join("` or `"))
    }
}

/// Returns the row of the permission that a call needs; all calls of ours are named as their
/// permission. `None` if it needs none, or none that a policy of ours gives.
#[must_use]
pub fn row_of(service: &str, action: &str) -> Option<&'static Row> {
    let needed = format!("{service}:{action}");
    TABLE.iter().find(|it| it.permission == needed)
}

/// Returns the IAM permission that `action` on a bucket needs: `list`, `read`, `write`, `delete`.
///
/// The words are those of `tidegate-store`'s errors. AWS answers 403 without naming the permission
/// when the caller may not list the bucket ("S3 User Guide", "Troubleshoot access denied").
#[must_use]
pub fn needed_for(action: &str) -> Option<&'static str> {
    let permissions = [
        ("list", "s3:ListBucket"),
        ("find", "s3:ListBucket"),
        ("read", "s3:GetObject"),
        ("write", "s3:PutObject"),
        ("delete", "s3:DeleteObject"),
        ("remove", "s3:DeleteObject"),
    ];
    let permission = permissions.iter().find(|(it, _)| *it == action)?.1;
    TABLE.iter().find(|it| it.permission == permission).map(|it| it.permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_on_a_bucket_has_its_permission() {
        let check = |action| needed_for(action).unwrap_or("unknown");
        assert_eq!(check("list"), "s3:ListBucket");
        assert_eq!(check("read"), "s3:GetObject");
        assert_eq!(check("write"), "s3:PutObject");
        assert_eq!(check("delete"), "s3:DeleteObject");
        assert_eq!(check("think"), "unknown");
    }
}
