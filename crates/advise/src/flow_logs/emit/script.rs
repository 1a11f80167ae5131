//! A plan as calls of the AWS command line.

use std::fmt::Write as _;

use serde_json::Value;

use super::file_format;
use crate::flow_logs::plan::{Create, Plan, TAG};
use crate::flow_logs::policy::{self, Permission};
use crate::flow_logs::wish::Destination;

const HEAD: &str = "\
#!/usr/bin/env bash
# Switches VPC flow logs on, as planned by `tidegate setup flow-logs`.
# Needs: aws (version 2), jq. Safe to run again: what exists is left, and said to exist.
set -euo pipefail
";

/// Adds to a bucket's policy and keeps what is there; only a bucket without one gets a new one.
const ADD_STATEMENTS: &str = r#"
# Adds statements to the policy of a bucket; what is in it stays.
add_statements() {
    local bucket=$1 statements=$2 policy merged error
    if ! policy=$(aws s3api get-bucket-policy --bucket "$bucket" --query Policy --output text 2>&1); then
        error=$policy
        case $error in
            *NoSuchBucketPolicy*) policy='{"Version":"2012-10-17","Statement":[]}' ;;
            *) echo "$error" >&2; return 1 ;;
        esac
    fi
    # A statement that is there under another name is left; a name that is taken gets a number.
    merged=$(jq -c --argjson new "$statements" '
        .Statement = ([.Statement] | flatten) | reduce $new[] as $it (.;
            .Statement as $all
            | if any($all[]; del(.Sid) == ($it | del(.Sid))) then . else
                first(($it.Sid, $it.Sid + (range(2; 1000) | tostring))
                    | select(. as $sid | all($all[]; .Sid != $sid))) as $sid
                | .Statement += [$it + {Sid: $sid}]
            end)' <<<"$policy")
    if [ "$merged" = "$(jq -c . <<<"$policy")" ]; then
        echo "$bucket has the policy already"
        return
    fi
    aws s3api put-bucket-policy --bucket "$bucket" --policy "$merged"
}
"#;

/// Makes flow logs and looks into the answer, in which refusals come as successes.
const CREATE: &str = r#"
# Makes flow logs. AWS answers with success even if it refused: the refusals are in the answer.
create() {
    local answer refused
    answer=$(aws ec2 create-flow-logs "$@" --output json)
    jq -r '.FlowLogIds[]? | "made " + .' <<<"$answer"
    refused=$(jq -r '.Unsuccessful[]? | select(.Error.Code != "FlowLogAlreadyExists")
        | .ResourceId + ": " + .Error.Code + ": " + .Error.Message' <<<"$answer")
    jq -r '.Unsuccessful[]? | select(.Error.Code == "FlowLogAlreadyExists")
        | .ResourceId + " is logged already"' <<<"$answer"
    if [ -n "$refused" ]; then
        echo "$refused" >&2
        return 1
    fi
}
"#;

/// Returns the plan as a script for `bash`.
#[must_use]
pub fn script(plan: &Plan) -> String {
    let mut text = HEAD.to_owned();
    for note in &plan.notes {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "# Note: {}", note.replace('\n', " "));
    }
    if matches!(plan.wish.destination, Destination::S3 { .. }) {
        text.push_str(ADD_STATEMENTS);
    }
    text.push_str(CREATE);
    for permission in &plan.permissions {
        text.push('\n');
        text.push_str(&permission_lines(permission));
    }
    for create in &plan.creates {
        text.push('\n');
        text.push_str(&create_lines(plan, create));
    }
    text
}

fn permission_lines(permission: &Permission) -> String {
    match permission {
        Permission::Bucket { bucket, statements } => {
            let statements = Value::from(statements.clone()).to_string();
            format!("add_statements {} {}\n", quoted(bucket), quoted(&statements))
        }
        Permission::LogGroup { name, region } => {
            let query = quoted(&format!("logGroups[?logGroupName=='{name}'].arn"));
            let (name, region) = (quoted(name), quoted(region));
            format!(
                "aws logs describe-log-groups --region {region} --log-group-name-prefix {name} \\\n        \
                     --query {query} --output text | grep -q . \\\n    \
                 || aws logs create-log-group --region {region} --log-group-name {name}\n"
            )
        }
        Permission::Role { name, trust, policy } => {
            let name = quoted(name);
            let (trust, policy) = (quoted(&trust.to_string()), quoted(&policy.to_string()));
            format!(
                "aws iam get-role --role-name {name} --output text >/dev/null 2>&1 \\\n    \
                 || aws iam create-role --role-name {name} --output text \\\n        \
                 --assume-role-policy-document {trust}\n\
                 aws iam put-role-policy --role-name {name} --policy-name {name} \\\n    \
                 --policy-document {policy}\n"
            )
        }
    }
}

fn create_lines(plan: &Plan, create: &Create) -> String {
    let mut text = format!("create --region {}", quoted(&create.region));
    let mut argument = |name: &str, value: &str| {
        let _ = write!(text, " \\\n    --{name} {value}");
    };
    argument("resource-type", create.kind.resource_type());
    let ids: Vec<String> = create.place_ids.iter().map(|it| quoted(it)).collect();
    argument("resource-ids", &ids.join(" "));
    argument("traffic-type", plan.wish.traffic.name());
    argument("log-destination-type", plan.wish.destination.kind());
    argument(
        "log-destination",
        &quoted(&plan.wish.destination.arn(&plan.account_id, &create.region)),
    );
    match &plan.wish.destination {
        Destination::S3 { files, .. } => {
            let options = format!(
                "FileFormat={},HiveCompatiblePartitions={},PerHourPartition={}",
                file_format(files.is_parquet),
                files.is_hive,
                files.is_hourly,
            );
            argument("destination-options", &options);
        }
        Destination::CloudWatch { role_arn, .. } => {
            let made = || policy::role_arn(&plan.account_id, &create.region);
            let role_arn = role_arn.clone().unwrap_or_else(made);
            argument("deliver-logs-permission-arn", &quoted(&role_arn));
        }
        Destination::Firehose { .. } => {}
    }
    argument("max-aggregation-interval", &plan.wish.interval_s.to_string());
    argument("log-format", &quoted(&plan.wish.log_format()));
    let tag = format!("ResourceType=vpc-flow-log,Tags=[{{Key={},Value={}}}]", TAG.0, TAG.1);
    argument("tag-specifications", &quoted(&tag));
    text.push('\n');
    text
}

/// Returns a word as a shell takes it, whatever is in it.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./:".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
