//! Flow logs: read, made and deleted. They cannot be changed.

use serde_json::{Value, json};
use tidegate_model::inventory::Tags;

use crate::call::request::{Params, query};
use crate::call::service::EC2;
use crate::call::{self};
use crate::listing::pages;
use crate::{Region, Result};

/// Resources that one call may name.
pub const RESOURCES_MAX: usize = 300;

/// Flow logs to be made: one for each resource, all alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFlowLogs {
    /// `VPC`, `Subnet`, `NetworkInterface`, `TransitGateway`, ...
    pub resource_type: String,
    /// At most [`RESOURCES_MAX`] resources of that type.
    pub resource_ids: Vec<String>,
    /// `ALL`, `ACCEPT` or `REJECT`; none for transit gateways.
    pub traffic_type: Option<String>,
    /// Where records go.
    pub destination: Destination,
    /// Fields, as `${version} ...`; AWS's default if there is none.
    pub log_format: Option<String>,
    /// 60 or 600; AWS's default if there is none.
    pub aggregation_interval_s: Option<u32>,
    /// Fields of tags.
    pub tag_fields: Vec<TagField>,
    /// Tags of the flow logs.
    pub tags: Tags,
    /// What makes the same call, made twice, one call.
    pub client_token: Option<String>,
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Objects of a bucket.
    S3 {
        /// `arn:aws:s3:::bucket/prefix/`.
        arn: String,
        /// What objects look like; AWS's default if there is none.
        options: Option<S3Options>,
    },
    /// A log group, by name.
    LogGroup {
        /// Name.
        name: String,
        /// The role that writes.
        role_arn: String,
    },
    /// A log group, by ARN: it may be of another account.
    LogGroupArn {
        /// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME`.
        arn: String,
        /// The role that writes.
        role_arn: String,
        /// The role of the other account.
        cross_account_role_arn: Option<String>,
    },
    /// A Firehose stream.
    Firehose {
        /// `arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME`.
        arn: String,
        /// The role of this account, if the stream is of another.
        role_arn: Option<String>,
        /// The role of the other account.
        cross_account_role_arn: Option<String>,
    },
}

/// What objects look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S3Options {
    /// How records are written.
    pub file_format: FileFormat,
    /// Whether folders are named as `year=2026/`.
    pub has_hive_partitions: bool,
    /// Whether there is a folder for each hour.
    pub has_hourly_partitions: bool,
}

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Lines of text.
    PlainText,
    /// Parquet.
    Parquet,
}

/// A field with the value of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagField {
    /// `network-interface`, `instance` or `auto-scaling-group`.
    pub resource_type: String,
    /// At most two keys.
    pub keys: Vec<String>,
}

/// What was made, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Created {
    /// `fl-...`.
    pub flow_log_ids: Vec<String>,
    /// What was not made. AWS tells it in an answer that is a success.
    pub unsuccessful: Vec<Unsuccessful>,
}

/// A resource that nothing was done for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsuccessful {
    /// The resource or the flow log.
    pub resource_id: String,
    /// AWS's code, as `FlowLogAlreadyExists`.
    pub code: String,
    /// AWS's message.
    pub message: String,
}

/// Returns the flow logs of the region as `describe-flow-logs` prints them, only `flow_log_ids` if
/// there are any.
///
/// # Errors
///
/// If not everything could be read.
pub async fn describe(region: &Region, flow_log_ids: &[String]) -> Result<Value> {
    let params = |token: Option<&str>| {
        let mut params = Params::new();
        params.add_list("FlowLogId", flow_log_ids);
        params.add("MaxResults", 1_000);
        params.add_some("NextToken", token);
        params
    };
    let mut flow_logs = Vec::new();
    let look = &mut |it: &Value| flow_logs.push(it.clone());
    let list = pages(region, "DescribeFlowLogs", "FlowLogs", &params, look).await?;
    list.stopped.map_or(Ok(()), Err)?;
    Ok(json!({ "FlowLogs": flow_logs }))
}

/// Makes flow logs.
pub async fn create(region: &Region, wanted: &NewFlowLogs) -> Result<Created> {
    let answer = call::ec2(region, &query(&EC2, "CreateFlowLogs", params(wanted))).await?;
    let ids = answer["FlowLogIds"].as_array().into_iter().flatten();
    let flow_log_ids = ids.filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Created { flow_log_ids, unsuccessful: unsuccessful(&answer) })
}

/// AWS's code for a flow log that is not there.
const NOT_FOUND: &str = "InvalidFlowLogId.NotFound";

/// Deletes flow logs; returns those that were not deleted. What is gone already needs no deleting:
/// a call whose answer was lost is made twice.
pub async fn delete(region: &Region, flow_log_ids: &[String]) -> Result<Vec<Unsuccessful>> {
    let mut params = Params::new();
    params.add_list("FlowLogId", flow_log_ids);
    let answer = call::ec2(region, &query(&EC2, "DeleteFlowLogs", params)).await?;
    Ok(unsuccessful(&answer).into_iter().filter(|it| it.code != NOT_FOUND).collect())
}

fn params(wanted: &NewFlowLogs) -> Params {
    let mut params = Params::new();
    params.add("ResourceType", &wanted.resource_type);
    params.add_list("ResourceId", &wanted.resource_ids);
    params.add_some("TrafficType", wanted.traffic_type.as_ref());
    add_destination(&mut params, &wanted.destination);
    params.add_some("LogFormat", wanted.log_format.as_ref());
    params.add_some("MaxAggregationInterval", wanted.aggregation_interval_s);
    for (index, field) in wanted.tag_fields.iter().enumerate() {
        let prefix = format!("TagFieldSpecification.{}", index + 1);
        params.add(&format!("{prefix}.ResourceType"), &field.resource_type);
        params.add_list(&format!("{prefix}.TagKey"), &field.keys);
    }
    params.add_tags("vpc-flow-log", &wanted.tags);
    params.add_some("ClientToken", wanted.client_token.as_ref());
    params
}

fn add_destination(params: &mut Params, destination: &Destination) {
    let mut add = |kind: &str, arn: Option<&String>, roles: [Option<&String>; 2]| {
        params.add("LogDestinationType", kind);
        params.add_some("LogDestination", arn);
        params.add_some("DeliverLogsPermissionArn", roles[0]);
        params.add_some("DeliverCrossAccountRole", roles[1]);
    };
    match destination {
        Destination::S3 { arn, options } => {
            add("s3", Some(arn), [None, None]);
            if let Some(options) = options {
                add_options(params, *options);
            }
        }
        Destination::LogGroup { name, role_arn } => {
            add("cloud-watch-logs", None, [Some(role_arn), None]);
            params.add("LogGroupName", name);
        }
        Destination::LogGroupArn { arn, role_arn, cross_account_role_arn } => {
            let roles = [Some(role_arn), cross_account_role_arn.as_ref()];
            add("cloud-watch-logs", Some(arn), roles);
        }
        Destination::Firehose { arn, role_arn, cross_account_role_arn } => {
            let roles = [role_arn.as_ref(), cross_account_role_arn.as_ref()];
            add("kinesis-data-firehose", Some(arn), roles);
        }
    }
}

fn add_options(params: &mut Params, options: S3Options) {
    let file_format = match options.file_format {
        FileFormat::PlainText => "plain-text",
        FileFormat::Parquet => "parquet",
    };
    params.add("DestinationOptions.FileFormat", file_format);
    params.add("DestinationOptions.HiveCompatiblePartitions", options.has_hive_partitions);
    params.add("DestinationOptions.PerHourPartition", options.has_hourly_partitions);
}

fn unsuccessful(answer: &Value) -> Vec<Unsuccessful> {
    let items = answer["Unsuccessful"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    items
        .map(|it| Unsuccessful {
            resource_id: text(&it["ResourceId"]),
            code: text(&it["Error"]["Code"]),
            message: text(&it["Error"]["Message"]),
        })
        .collect()
}
