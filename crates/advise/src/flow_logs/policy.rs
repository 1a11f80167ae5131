//! Who must be allowed what, so that AWS can deliver: policies as AWS documents them.
//!
//! A bucket has one policy, which others have written: ours is added to it, nothing of theirs is
//! changed. (AWS attaches one itself where the caller may, and its documentation warns that it may
//! replace what is there.)

use serde_json::{Value, json};
use tidegate_model::partition::Partition;

use super::error::Error;
use super::wish::{Destination, Wish};

/// The longest policy of a bucket ("Bucket policies", S3 User Guide).
const POLICY_BYTES_MAX: usize = 20 * 1_024;

/// The role that is made for log groups.
pub const ROLE: &str = "tidegate-flow-logs";

/// Something that must be so before flow logs deliver.
#[derive(Clone, Debug, PartialEq)]
pub enum Permission {
    /// The policy of a bucket has these statements.
    Bucket {
        /// Name of the bucket.
        bucket: String,
        /// The statements.
        statements: Vec<Value>,
    },
    /// A log group is there.
    LogGroup {
        /// Its name.
        name: String,
        /// Where.
        region: String,
    },
    /// A role is there.
    Role {
        /// Its name.
        name: String,
        /// Who may take it on.
        trust: Value,
        /// What it may do, as its inline policy of the same name.
        policy: Value,
    },
}

/// Returns what a wish needs in an account and its regions.
#[must_use]
pub fn permissions(wish: &Wish, account_id: &str, regions: &[String]) -> Vec<Permission> {
    match &wish.destination {
        Destination::S3 { bucket, prefix, files } => {
            let place = Bucket { name: bucket, prefix, is_hive: files.is_hive, account_id };
            let statements = regions.iter().flat_map(|it| statements(&place, it)).collect();
            vec![Permission::Bucket { bucket: bucket.clone(), statements }]
        }
        Destination::CloudWatch { log_group, role_arn } => {
            let group =
                |it: &String| Permission::LogGroup { name: log_group.clone(), region: it.clone() };
            let mut permissions: Vec<Permission> = regions.iter().map(group).collect();
            if role_arn.is_none() {
                let partition = regions.first().map_or("aws", |it| partition(it));
                permissions.push(Permission::Role {
                    name: ROLE.to_owned(),
                    trust: trust(partition, account_id),
                    policy: role_policy(),
                });
            }
            permissions
        }
        Destination::Firehose { .. } => Vec::new(),
    }
}

/// Returns the ARN of the role that writes to log groups.
#[must_use]
pub fn role_arn(account_id: &str, region: &str) -> String {
    format!("arn:{}:iam::{account_id}:role/{ROLE}", partition(region))
}

/// Returns the part of AWS in which a region is, as ARNs name it.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    Partition::of_region(region).name
}

/// A bucket, and who delivers into which part of it.
struct Bucket<'a> {
    name: &'a str,
    prefix: &'a str,
    is_hive: bool,
    account_id: &'a str,
}

/// Returns the statements of "Amazon S3 bucket permissions for flow logs".
fn statements(place: &Bucket<'_>, region: &str) -> [Value; 2] {
    let (bucket, account_id) = (place.name, place.account_id);
    let partition = partition(region);
    let folder = if place.is_hive { "aws-account-id=" } else { "" };
    let resource =
        format!("arn:{partition}:s3:::{bucket}/{}AWSLogs/{folder}{account_id}/*", place.prefix);
    let source = format!("arn:{partition}:logs:{region}:{account_id}:*");
    [
        json!({
            "Sid": sid("Write", account_id, region),
            "Effect": "Allow",
            "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": "s3:PutObject",
            "Resource": resource,
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": account_id,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
                "ArnLike": { "aws:SourceArn": source },
            },
        }),
        json!({
            "Sid": sid("AclCheck", account_id, region),
            "Effect": "Allow",
            "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": format!("arn:{partition}:s3:::{bucket}"),
            "Condition": {
                "StringEquals": { "aws:SourceAccount": account_id },
                "ArnLike": { "aws:SourceArn": source },
            },
        }),
    ]
}

/// Returns a name for a statement, which has letters and digits only.
fn sid(what: &str, account_id: &str, region: &str) -> String {
    let region: String = region.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("TidegateFlowLogs{what}{account_id}{region}")
}

/// Returns who may take the role on: flow logs of this account, of any region.
fn trust(partition: &str, account_id: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "vpc-flow-logs.amazonaws.com" },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": account_id },
                "ArnLike": {
                    "aws:SourceArn": format!("arn:{partition}:ec2:*:{account_id}:vpc-flow-log/*"),
                },
            },
        }],
    })
}

/// Returns what the role may do ("IAM role for publishing flow logs to `CloudWatch` Logs").
fn role_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
            ],
            "Resource": "*",
        }],
    })
}

/// Returns the policy of a bucket with `statements` added to `existing`; `None` if they are in it
/// already, whatever they are called.
///
/// # Errors
///
/// [`Error::Policy`] if `existing` is no policy, [`Error::PolicyLength`] if the result would be
/// longer than AWS allows.
pub fn merged(
    bucket: &str,
    existing: Option<&Value>,
    statements: &[Value],
) -> Result<Option<Value>, Error> {
    let empty = json!({ "Version": "2012-10-17" });
    let Some(fields) = existing.unwrap_or(&empty).as_object() else {
        return Err(Error::Policy { bucket: bucket.to_owned() });
    };
    let mut all = match fields.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(Value::Null) | None => Vec::new(),
        // A single statement may stand without its list.
        Some(statement) => vec![statement.clone()],
    };
    let n_before = all.len();
    for statement in statements {
        if !all.iter().any(|it| says_the_same(it, statement)) {
            let mut statement = statement.clone();
            statement["Sid"] = free_sid(&all, &statement).into();
            all.push(statement);
        }
    }
    if all.len() == n_before {
        return Ok(None);
    }
    let mut fields = fields.clone();
    fields.insert("Statement".to_owned(), all.into());
    let policy = Value::from(fields);
    let n_bytes = policy.to_string().len();
    if n_bytes > POLICY_BYTES_MAX {
        let (bucket, n_bytes_max) = (bucket.to_owned(), POLICY_BYTES_MAX);
        return Err(Error::PolicyLength { bucket, n_bytes, n_bytes_max });
    }
    Ok(Some(policy))
}

/// Returns whether two documents or statements mean the same: names do not matter, a text is a list
/// of one, and the order of a list does not matter.
#[must_use]
pub fn says_the_same(one: &Value, other: &Value) -> bool {
    plain(one) == plain(other)
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, _)| *name != "Sid");
            fields.map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        Value::Array(values) => {
            let mut values: Vec<Value> = values.iter().map(plain).collect();
            values.sort_by_key(Value::to_string);
            values.dedup();
            match &values[..] {
                [value] => value.clone(),
                _ => values.into(),
            }
        }
        other => other.clone(),
    }
}

/// Returns the statement's name, with a number if another one has it.
fn free_sid(all: &[Value], statement: &Value) -> String {
    let sid = statement["Sid"].as_str().unwrap_or_default().to_owned();
    let is_taken = |sid: &String| all.iter().any(|it| it["Sid"] == **sid);
    if !is_taken(&sid) {
        return sid;
    }
    let numbered = (2..).map(|n| format!("{sid}{n}"));
    numbered.into_iter().find(|it| !is_taken(it)).unwrap_or(sid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow_logs::wish::{Files, Traffic};

    fn permission(destination: &str, is_hive: bool) -> Permission {
        let files = Files { is_parquet: true, is_hive, is_hourly: true };
        let wish = Wish {
            traffic: Traffic::All,
            destination: Destination::parse(destination, files, None).unwrap(),
            fields: Vec::new(),
            interval_s: 60,
        };
        permissions(&wish, "111122223333", &["eu-west-1".to_owned()]).pop().unwrap()
    }

    fn statements_of(permission: Permission) -> Vec<Value> {
        match permission {
            Permission::Bucket { statements, .. } => statements,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bucket_lets_the_delivery_service_write_for_one_account_and_region() {
        let statements = statements_of(permission("s3://acme-logs/flow/", true));
        insta::assert_snapshot!(serde_json::to_string_pretty(&statements).unwrap(), @r#"
        [
          {
            "Action": "s3:PutObject",
            "Condition": {
              "ArnLike": {
                "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*"
              },
              "StringEquals": {
                "aws:SourceAccount": "111122223333",
                "s3:x-amz-acl": "bucket-owner-full-control"
              }
            },
            "Effect": "Allow",
            "Principal": {
              "Service": "delivery.logs.amazonaws.com"
            },
            "Resource": "arn:aws:s3:::acme-logs/flow/AWSLogs/aws-account-id=111122223333/*",
            "Sid": "TidegateFlowLogsWrite111122223333euwest1"
          },
          {
            "Action": [
              "s3:GetBucketAcl",
              "s3:ListBucket"
            ],
            "Condition": {
              "ArnLike": {
                "aws:SourceArn": "arn:aws:logs:eu-west-1:111122223333:*"
              },
              "StringEquals": {
                "aws:SourceAccount": "111122223333"
              }
            },
            "Effect": "Allow",
            "Principal": {
              "Service": "delivery.logs.amazonaws.com"
            },
            "Resource": "arn:aws:s3:::acme-logs",
            "Sid": "TidegateFlowLogsAclCheck111122223333euwest1"
          }
        ]
        "#);
        let plain = statements_of(permission("s3://acme-logs", false));
        assert_eq!(plain[0]["Resource"], "arn:aws:s3:::acme-logs/AWSLogs/111122223333/*");
    }

    #[test]
    fn the_role_is_for_flow_logs_and_nobody_else() {
        let Permission::Role { trust, policy, name } = permission("cloudwatch:flow", false) else {
            panic!("a log group needs a role");
        };
        assert_eq!(name, "tidegate-flow-logs");
        let statement = &trust["Statement"][0];
        assert_eq!(statement["Principal"]["Service"], "vpc-flow-logs.amazonaws.com");
        assert_eq!(
            statement["Condition"]["ArnLike"]["aws:SourceArn"],
            "arn:aws:ec2:*:111122223333:vpc-flow-log/*"
        );
        assert_eq!(policy["Statement"][0]["Action"].as_array().unwrap().len(), 5);
        assert_eq!(role_arn("1", "us-gov-west-1"), "arn:aws-us-gov:iam::1:role/tidegate-flow-logs");
    }

    #[test]
    fn what_others_wrote_into_a_policy_stays_and_ours_is_added_once() {
        let ours = statements_of(permission("s3://acme-logs", false));
        let theirs = json!({ "Version": "2008-10-17", "Id": "theirs", "Statement": {
            "Sid": ours[0]["Sid"], "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::acme-logs/*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        } });
        let policy = merged("acme-logs", Some(&theirs), &ours).unwrap().unwrap();
        assert_eq!((&policy["Version"], &policy["Id"]), (&json!("2008-10-17"), &json!("theirs")));
        assert_eq!(policy["Statement"][0], theirs["Statement"]);
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 3);
        // Its name was taken, so it has a number.
        assert_eq!(policy["Statement"][1]["Sid"], "TidegateFlowLogsWrite111122223333euwest12");
        assert_eq!(merged("acme-logs", Some(&policy), &ours).unwrap(), None);
        assert!(merged("acme-logs", None, &ours).unwrap().is_some());
    }

    #[test]
    fn a_statement_is_known_again_in_other_words() {
        let ours = statements_of(permission("s3://acme-logs", false));
        let mut theirs = ours.clone();
        theirs[0]["Sid"] = json!("AWSLogDeliveryWrite");
        theirs[0]["Action"] = json!(["s3:PutObject"]);
        theirs[1]["Action"] = json!(["s3:ListBucket", "s3:GetBucketAcl"]);
        let policy = json!({ "Version": "2012-10-17", "Statement": theirs });
        assert_eq!(merged("acme-logs", Some(&policy), &ours).unwrap(), None);
    }

    #[test]
    fn a_policy_that_cannot_be_read_or_would_be_too_long_is_left_alone() {
        let ours = statements_of(permission("s3://acme-logs", false));
        let check =
            |policy: &Value| merged("acme-logs", Some(policy), &ours).unwrap_err().to_string();
        insta::assert_snapshot!(check(&json!([])), @"cannot add to the policy of the bucket `acme-logs`: it is no object");
        let long = json!({ "Statement": [{ "Sid": "x".repeat(POLICY_BYTES_MAX) }] });
        insta::assert_snapshot!(check(&long), @"the policy of the bucket `acme-logs` would have 21228 bytes, AWS allows 20480");
    }
}
