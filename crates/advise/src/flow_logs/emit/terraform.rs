//! A plan as Terraform, for version 6 of the provider `hashicorp/aws`.

use std::fmt::Write as _;

use serde_json::Value;

use super::file_format;
use crate::flow_logs::ground::PlaceKind;
use crate::flow_logs::plan::{Plan, TAG};
use crate::flow_logs::policy::Permission;
use crate::flow_logs::wish::{Destination, Files};

const HEAD: &str = r#"# VPC flow logs, as planned by `tidegate setup flow-logs`.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}
"#;

/// A bucket has one policy, and the resource replaces it: so it is written only on request.
const BUCKET_VARIABLE: &str = r#"
variable "write_bucket_policy" {
  description = "Whether to write the bucket's policy, which replaces the one that is there. If it has one, add the output `bucket_policy_statements` to it instead."
  type        = bool
  default     = false
}

output "bucket_policy_statements" {
  description = "What the bucket's policy must say."
  value       = local.bucket_policy_statements
}
"#;

/// Returns the plan as one file of Terraform.
#[must_use]
pub fn terraform(plan: &Plan) -> String {
    let mut text = HEAD.to_owned();
    for note in &plan.notes {
        // Writing into a text cannot fail.
        let _ = write!(text, "\n# Note: {}", note.replace('\n', " "));
    }
    if !plan.notes.is_empty() {
        text.push('\n');
    }
    for permission in &plan.permissions {
        text.push_str(&permission_blocks(permission));
    }
    for create in &plan.creates {
        for id in &create.place_ids {
            text.push_str(&flow_log(plan, &create.region, create.kind, id));
        }
    }
    text
}

fn permission_blocks(permission: &Permission) -> String {
    match permission {
        Permission::Bucket { bucket, statements } => {
            let statements = expression(&Value::from(statements.clone()), 1);
            format!(
                "{BUCKET_VARIABLE}\nlocals {{\n  bucket_policy_statements = {statements}\n}}\n\n\
                 resource \"aws_s3_bucket_policy\" \"flow_logs\" {{\n  \
                   count  = var.write_bucket_policy ? 1 : 0\n  \
                   bucket = {}\n  \
                   policy = jsonencode({{\n    Version   = \"2012-10-17\"\n    \
                     Statement = local.bucket_policy_statements\n  }})\n}}\n",
                quoted(bucket),
            )
        }
        Permission::LogGroup { name, region } => format!(
            "\nresource \"aws_cloudwatch_log_group\" \"{}\" {{\n  name   = {}\n  region = {}\n}}\n",
            label(region),
            quoted(name),
            quoted(region),
        ),
        Permission::Role { name, trust, policy } => format!(
            "\nresource \"aws_iam_role\" \"flow_logs\" {{\n  name = {name}\n  \
               assume_role_policy = jsonencode({})\n}}\n\n\
             resource \"aws_iam_role_policy\" \"flow_logs\" {{\n  name = {name}\n  \
               role = aws_iam_role.flow_logs.id\n  policy = jsonencode({})\n}}\n",
            expression(trust, 1),
            expression(policy, 1),
            name = quoted(name),
        ),
    }
}

fn flow_log(plan: &Plan, region: &str, kind: PlaceKind, id: &str) -> String {
    let place = match kind {
        PlaceKind::Vpc => "vpc_id",
        PlaceKind::Subnet => "subnet_id",
        PlaceKind::Interface => "eni_id",
    };
    let mut arguments = vec![
        (place, quoted(id)),
        ("region", quoted(region)),
        ("traffic_type", quoted(plan.wish.traffic.name())),
        ("log_destination_type", quoted(plan.wish.destination.kind())),
    ];
    let arn = quoted(&plan.wish.destination.arn(&plan.account_id, region));
    let mut options = String::new();
    match &plan.wish.destination {
        Destination::S3 { files, .. } => {
            arguments.push(("log_destination", arn));
            options = destination_options(*files);
        }
        Destination::CloudWatch { role_arn, .. } => {
            let group = format!("aws_cloudwatch_log_group.{}.arn", label(region));
            arguments.push(("log_destination", group));
            let role_arn = role_arn.as_deref().map(quoted);
            let made = || "aws_iam_role.flow_logs.arn".to_owned();
            arguments.push(("iam_role_arn", role_arn.unwrap_or_else(made)));
        }
        Destination::Firehose { .. } => arguments.push(("log_destination", arn)),
    }
    arguments.push(("max_aggregation_interval", plan.wish.interval_s.to_string()));
    arguments.push(("log_format", quoted(&plan.wish.log_format())));
    let width = arguments.iter().map(|it| it.0.len()).max().unwrap_or(0);
    let lines = arguments.iter().map(|(name, value)| format!("  {name:<width$} = {value}\n"));
    format!(
        "\nresource \"aws_flow_log\" \"{}\" {{\n{}{options}\n  tags = {{\n    {} = {}\n  }}\n}}\n",
        label(id),
        lines.collect::<String>(),
        quoted(TAG.0),
        quoted(TAG.1),
    )
}

fn destination_options(files: Files) -> String {
    format!(
        "\n  destination_options {{\n    file_format                = {}\n    \
           hive_compatible_partitions = {}\n    per_hour_partition         = {}\n  }}\n",
        quoted(file_format(files.is_parquet)),
        files.is_hive,
        files.is_hourly,
    )
}

/// Returns an id as a name in Terraform.
fn label(id: &str) -> String {
    let mark = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    id.chars().map(mark).collect()
}

/// Returns text as Terraform reads it: `${` and `%{` begin templates there.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace("${", "$${").replace("%{", "%%{")
}

/// Returns a value in Terraform's own form, as `terraform fmt` would write it.
fn expression(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            let names: Vec<String> = fields.keys().map(|it| name(it)).collect();
            let values: Vec<String> = fields.values().map(|it| expression(it, depth + 1)).collect();
            let mut text = "{\n".to_owned();
            for (index, (name, value)) in names.iter().zip(&values).enumerate() {
                let width = aligned(&names, &values, index);
                let _ = writeln!(text, "{indent}{name:<width$} = {value}");
            }
            text + &end + "}"
        }
        Value::Array(values) if values.iter().all(Value::is_object) => {
            let items = values.iter().map(|it| format!("{indent}{},\n", expression(it, depth + 1)));
            format!("[\n{}{end}]", items.collect::<String>())
        }
        Value::Array(values) => {
            let items: Vec<String> = values.iter().map(|it| expression(it, depth + 1)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Returns the width of names around `index`: neighbours on single lines stand below each other.
fn aligned(names: &[String], values: &[String], index: usize) -> usize {
    let is_single = |it: &usize| !values[*it].contains('\n');
    if !is_single(&index) {
        return names[index].len();
    }
    let before = (0..index).rev().take_while(is_single);
    let after = (index..names.len()).take_while(is_single);
    before.chain(after).map(|it| names[it].len()).max().unwrap_or(0)
}

fn name(name: &str) -> String {
    let is_plain = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if is_plain { name.to_owned() } else { quoted(name) }
}
