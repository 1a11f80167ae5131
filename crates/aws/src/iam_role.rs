//! Roles of IAM: the one that writes flow logs into a log group.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use tidegate_model::inventory::Tags;

use crate::call::request::{Params, query};
use crate::call::service::IAM;
use crate::call::xml::Element;
use crate::call::{self};
use crate::{Error, Region, Result};

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IamRole {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Who may take it on, as a JSON document.
    pub trust: String,
    /// Tags.
    pub tags: Tags,
}

/// Returns the role of this name, if there is one.
pub async fn get(region: &Region, name: &str) -> Result<Option<IamRole>> {
    let mut params = Params::new();
    params.add("RoleName", name);
    match call::xml(region, &query(&IAM, "GetRole", params)).await {
        Ok(root) => Ok(root.find("Role").map(read)),
        Err(error) if error.code() == Some("NoSuchEntity") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a role that `trust` (a JSON document) says who may take on.
///
/// # Errors
///
/// `EntityAlreadyExists` if there is one of this name.
pub async fn create(region: &Region, name: &str, trust: &Value, tags: &Tags) -> Result<IamRole> {
    let mut params = Params::new();
    params.add("RoleName", name);
    params.add("AssumeRolePolicyDocument", trust);
    params.add("Description", "Writes VPC Flow Logs to CloudWatch Logs");
    for (index, (key, value)) in tags.iter().enumerate() {
        params.add(&format!("Tags.member.{}.Key", index + 1), key);
        params.add(&format!("Tags.member.{}.Value", index + 1), value);
    }
    let request = query(&IAM, "CreateRole", params);
    let root = call::xml(region, &request).await?;
    let reason = "it has no `Role`".to_owned();
    let unreadable = || Error::Answer { call: call::of(region, &request), reason };
    root.find("Role").map(read).ok_or_else(unreadable)
}

/// Returns the role's own policy of that name as a JSON document, if it has one.
pub async fn get_policy(region: &Region, role: &str, name: &str) -> Result<Option<String>> {
    let mut params = Params::new();
    params.add("RoleName", role);
    params.add("PolicyName", name);
    match call::xml(region, &query(&IAM, "GetRolePolicy", params)).await {
        Ok(root) => Ok(root.find("PolicyDocument").map(|it| decoded(&it.text))),
        Err(error) if error.code() == Some("NoSuchEntity") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives the role a policy of its own (a JSON document), in place of the one of that name.
pub async fn put_policy(region: &Region, role: &str, name: &str, policy: &Value) -> Result<()> {
    let mut params = Params::new();
    params.add("RoleName", role);
    params.add("PolicyName", name);
    params.add("PolicyDocument", policy);
    call::bytes(region, &query(&IAM, "PutRolePolicy", params)).await?;
    Ok(())
}

fn read(role: &Element) -> IamRole {
    let tags = role.child("Tags").into_iter().flat_map(|it| &it.children);
    IamRole {
        name: role.text_of("RoleName").to_owned(),
        arn: role.text_of("Arn").to_owned(),
        trust: decoded(role.text_of("AssumeRolePolicyDocument")),
        tags: tags
            .map(|it| (it.text_of("Key").to_owned(), it.text_of("Value").to_owned()))
            .collect(),
    }
}

/// Returns a document as it was given: IAM answers as it would stand in an address.
fn decoded(document: &str) -> String {
    percent_decode_str(document).decode_utf8_lossy().into_owned()
}
