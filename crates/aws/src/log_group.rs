//! Log groups of `CloudWatch` Logs.

use serde_json::json;
use tidegate_model::inventory::Tags;

use crate::call::request;
use crate::call::service::LOGS;
use crate::call::{self};
use crate::{Region, Result};

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroup {
    /// Name.
    pub name: String,
    /// ARN, without `:*` at its end.
    pub arn: String,
    /// Days after which events are deleted; never if there is none.
    pub retention_days: Option<i64>,
    /// Whether events are encrypted with a key of the customer's.
    pub has_customer_key: bool,
    /// Bytes that it holds, as AWS counts them.
    pub stored_bytes: u64,
}

/// Returns the log group of this name, if there is one.
pub async fn describe(region: &Region, name: &str) -> Result<Option<LogGroup>> {
    // A group whose name is the prefix is the first of those that have the prefix.
    let body = json!({ "logGroupNamePrefix": name, "limit": 1 });
    let answer = call::json(region, &request::json(&LOGS, "DescribeLogGroups", &body)).await?;
    let groups = answer["logGroups"].as_array().into_iter().flatten();
    let found = groups.into_iter().find(|it| it["logGroupName"].as_str() == Some(name));
    Ok(found.map(|it| LogGroup {
        name: name.to_owned(),
        arn: it["arn"].as_str().unwrap_or_default().trim_end_matches(":*").to_owned(),
        retention_days: it["retentionInDays"].as_i64(),
        has_customer_key: it["kmsKeyId"].is_string(),
        stored_bytes: it["storedBytes"].as_u64().unwrap_or(0),
    }))
}

/// Makes a log group.
///
/// # Errors
///
/// `ResourceAlreadyExistsException` if there is one of this name.
pub async fn create(region: &Region, name: &str, tags: &Tags) -> Result<()> {
    let mut body = json!({ "logGroupName": name });
    if !tags.is_empty() {
        body["tags"] = json!(tags);
    }
    call::json(region, &request::json(&LOGS, "CreateLogGroup", &body)).await?;
    Ok(())
}

/// Lets events be deleted after so many days: one of the numbers that AWS allows (30, 90, 365, ...).
pub async fn keep_for(region: &Region, name: &str, days: u32) -> Result<()> {
    let body = json!({ "logGroupName": name, "retentionInDays": days });
    call::json(region, &request::json(&LOGS, "PutRetentionPolicy", &body)).await?;
    Ok(())
}

/// Returns the tags of a log group.
pub async fn tags(region: &Region, group: &LogGroup) -> Result<Tags> {
    let body = json!({ "resourceArn": group.arn });
    let answer = call::json(region, &request::json(&LOGS, "ListTagsForResource", &body)).await?;
    let tags = answer["tags"].as_object().into_iter().flatten();
    Ok(tags.map(|(key, it)| (key.clone(), it.as_str().unwrap_or_default().to_owned())).collect())
}

/// Deletes a log group with all its events.
pub async fn delete(region: &Region, name: &str) -> Result<()> {
    let body = json!({ "logGroupName": name });
    call::json(region, &request::json(&LOGS, "DeleteLogGroup", &body)).await?;
    Ok(())
}
