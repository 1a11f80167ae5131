//! Log groups of `CloudWatch` Logs.

use serde_json::json;
use tidegate_model::inventory::Tags;

use crate::call::request;
use crate::call::service::LOGS;
use crate::call::{self};
use crate::{Region, Result};

/// Returns whether there is a log group of this name.
pub async fn is_there(region: &Region, name: &str) -> Result<bool> {
    // A group whose name is the prefix is the first of those that have the prefix.
    let body = json!({ "logGroupNamePrefix": name, "limit": 1 });
    let answer = call::json(region, &request::json(&LOGS, "DescribeLogGroups", &body)).await?;
    let mut groups = answer["logGroups"].as_array().into_iter().flatten();
    Ok(groups.any(|it| it["logGroupName"].as_str() == Some(name)))
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
    match call::json(region, &request::json(&LOGS, "CreateLogGroup", &body)).await {
        Ok(_) => Ok(()),
        Err(error) if error.may_be_done("ResourceAlreadyExistsException") => Ok(()),
        Err(error) => Err(error),
    }
}
