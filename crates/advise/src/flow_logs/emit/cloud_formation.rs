//! A plan as a template of `CloudFormation`, which is for one account and region.

use serde_json::{Map, Value, json};

use super::file_format;
use crate::flow_logs::error::Error;
use crate::flow_logs::ground::PlaceKind;
use crate::flow_logs::plan::{Plan, TAG};
use crate::flow_logs::policy::Permission;
use crate::flow_logs::wish::Destination;

/// Returns the plan as a template in JSON.
///
/// # Errors
///
/// [`Error::Regions`] if the plan is for several regions.
pub fn cloud_formation(plan: &Plan) -> Result<String, Error> {
    if plan.regions.len() > 1 {
        return Err(Error::Regions { regions: plan.regions.clone() });
    }
    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".to_owned(), "2010-09-09".into());
    let description = "VPC flow logs, as planned by tidegate setup flow-logs.";
    template.insert("Description".to_owned(), description.into());
    let has_bucket = plan.permissions.iter().any(|it| matches!(it, Permission::Bucket { .. }));
    if has_bucket {
        template.insert("Parameters".to_owned(), parameters());
        let condition = json!({ "Fn::Equals": [{ "Ref": "WriteBucketPolicy" }, "true"] });
        template.insert("Conditions".to_owned(), json!({ "WritesBucketPolicy": condition }));
    }
    let mut resources = Map::new();
    for permission in &plan.permissions {
        let (name, resource) = permission_resource(permission);
        resources.insert(name.to_owned(), resource);
    }
    for create in &plan.creates {
        for id in &create.place_ids {
            resources.insert(format!("FlowLog{}", label(id)), flow_log(plan, create.kind, id));
        }
    }
    template.insert("Resources".to_owned(), resources.into());
    Ok(format!("{:#}\n", Value::Object(template)))
}

/// A bucket has one policy: so it is written only if it has none.
fn parameters() -> Value {
    json!({ "WriteBucketPolicy": {
        "Type": "String",
        "Default": "false",
        "AllowedValues": ["true", "false"],
        "Description": "Whether to write the policy of the bucket. If it has one, add the statements to it instead.",
    } })
}

fn permission_resource(permission: &Permission) -> (&'static str, Value) {
    match permission {
        Permission::Bucket { bucket, statements } => {
            let document = json!({ "Version": "2012-10-17", "Statement": statements });
            let policy = json!({
                "Type": "AWS::S3::BucketPolicy",
                "Condition": "WritesBucketPolicy",
                "Properties": { "Bucket": bucket, "PolicyDocument": document },
            });
            ("BucketPolicy", policy)
        }
        Permission::LogGroup { name, .. } => {
            let group = json!({
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": { "LogGroupName": name },
            });
            ("LogGroup", group)
        }
        Permission::Role { name, trust, policy } => {
            let role = json!({
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": name,
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{ "PolicyName": name, "PolicyDocument": policy }],
                },
            });
            ("Role", role)
        }
    }
}

fn flow_log(plan: &Plan, kind: PlaceKind, id: &str) -> Value {
    let mut properties = json!({
        "ResourceType": kind.resource_type(),
        "ResourceId": id,
        "TrafficType": plan.wish.traffic.name(),
        "LogDestinationType": plan.wish.destination.kind(),
        "LogFormat": plan.wish.log_format(),
        "MaxAggregationInterval": plan.wish.interval_s,
        "Tags": [{ "Key": TAG.0, "Value": TAG.1 }],
    });
    match &plan.wish.destination {
        Destination::S3 { files, .. } => {
            let region = plan.regions.first().map_or("", String::as_str);
            properties["LogDestination"] =
                plan.wish.destination.arn(&plan.account_id, region).into();
            properties["DestinationOptions"] = json!({
                "FileFormat": file_format(files.is_parquet),
                "HiveCompatiblePartitions": files.is_hive,
                "PerHourPartition": files.is_hourly,
            });
        }
        Destination::CloudWatch { role_arn, .. } => {
            properties["LogGroupName"] = json!({ "Ref": "LogGroup" });
            let made = json!({ "Fn::GetAtt": ["Role", "Arn"] });
            let role_arn = role_arn.as_ref().map_or(made, |it| it.as_str().into());
            properties["DeliverLogsPermissionArn"] = role_arn;
        }
        Destination::Firehose { arn } => properties["LogDestination"] = arn.as_str().into(),
    }
    let mut resource = json!({ "Type": "AWS::EC2::FlowLog", "Properties": properties });
    if matches!(plan.wish.destination, Destination::S3 { .. }) {
        // After the policy, if it is written: `DependsOn` knows no conditions, a reference does.
        let policy = json!({ "Fn::If": ["WritesBucketPolicy", { "Ref": "BucketPolicy" }, "kept"] });
        resource["Metadata"] = json!({ "BucketPolicy": policy });
    }
    resource
}

/// Returns an id as a name in a template: letters and digits.
fn label(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).collect()
}
