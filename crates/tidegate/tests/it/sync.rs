//! `tidegate inventory sync` and `tidegate setup policy`.

use serde_json::{Value, json};

use crate::run::{Here, Ran};
use crate::support::moto::Moto;
use crate::support::server::{CALLER, NO_FUNCTIONS, NOTHING, serve};

fn run(here: &Here, variables: &[(String, String)], arguments: &[&str]) -> Ran {
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    here.run_with(&variables, &[arguments, &["--lake", "lake"]].concat())
}

/// Syncs, and returns the report.
fn sync(here: &Here, variables: &[(String, String)], arguments: &[&str]) -> Value {
    let ran =
        run(here, variables, &[&["inventory", "sync", "--output", "json"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn between(text: &str, from: &str, until: &str) -> String {
    let rest = &text[text.find(from).unwrap() + from.len()..];
    rest[..rest.find(until).unwrap()].to_owned()
}

#[test]
fn what_aws_has_comes_into_the_lake_and_what_is_gone_goes() {
    let Some(moto) = Moto::start() else { return };
    let here = Here::new();
    let environment = moto.environment();
    let vpc = between(&moto.ec2("Action=CreateVpc&CidrBlock=10.7.0.0%2F16"), "<vpcId>", "</");
    let subnet = moto.ec2(&format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.7.1.0%2F24"));
    let subnet = between(&subnet, "<subnetId>", "</");
    let group = moto
        .ec2(&format!("Action=CreateSecurityGroup&GroupName=web&GroupDescription=x&VpcId={vpc}"));
    let group = between(&group, "<groupId>", "</");
    moto.ec2(&format!(
        "Action=AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=tcp\
         &IpPermissions.1.FromPort=443&IpPermissions.1.ToPort=443\
         &IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0%2F8"
    ));
    let interface = moto
        .ec2(&format!("Action=CreateNetworkInterface&SubnetId={subnet}&SecurityGroupId.1={group}"));
    let interface = between(&interface, "<networkInterfaceId>", "</");

    let first = sync(&here, &environment, &["--save", "saved"]);
    let place = &first["places"][0];
    assert_eq!(
        (&place["account_id"], &place["region"]),
        (&json!("123456789012"), &json!("us-east-1"))
    );
    assert_eq!(place["kinds"]["interfaces"]["n_opened"], 1, "{first}");
    assert_eq!(first["notes"][0]["subject"], "security-groups", "{first}");
    assert!(here.path("saved/123456789012/us-east-1/network-interfaces.json").exists());
    let again = sync(&here, &environment, &[]);
    for counts in again["places"][0]["kinds"].as_object().unwrap().values() {
        let n_changed = ["n_opened", "n_changed", "n_closed", "n_extended"].map(|it| &counts[it]);
        assert_eq!(n_changed, [&json!(0); 4], "{again}");
    }
    let show = run(&here, &environment, &["inventory", "show", &group, "--output", "table"]);
    assert!(show.stdout.contains("tcp 443 from 10.0.0.0/8  sgr-"), "{}", show.stdout);

    // The VPC has no interface any more, and then is gone itself.
    moto.ec2(&format!("Action=DeleteNetworkInterface&NetworkInterfaceId={interface}"));
    moto.ec2(&format!("Action=DeleteSecurityGroup&GroupId={group}"));
    moto.ec2(&format!("Action=DeleteSubnet&SubnetId={subnet}"));
    moto.ec2(&format!("Action=DeleteVpc&VpcId={vpc}"));
    let last = sync(&here, &environment, &[]);
    let kinds = &last["places"][0]["kinds"];
    for (kind, n_closed) in [("interfaces", 1), ("subnets", 1), ("vpcs", 1)] {
        assert_eq!(kinds[kind]["n_closed"], n_closed, "{kind} {last}");
    }
    let open = "SELECT count(*) AS n FROM security_group_rules AS r WHERE r.valid_until IS NULL
        AND r.group_id NOT IN (SELECT id FROM security_groups WHERE valid_until IS NULL)";
    assert_eq!(run(&here, &[], &["sql", open, "--output", "csv"]).stdout, "n\n0\n");
}

#[test]
fn a_role_and_regions_are_chosen_and_what_was_saved_can_be_imported() {
    let Some(moto) = Moto::start() else { return };
    let here = Here::new();
    let environment = moto.environment();
    let role = ["--role-arn", "arn:aws:iam::444455556666:role/read", "--external-id", "x"];
    let regions = ["--region", "eu-west-1", "--region", "eu-north-1", "--save", "saved"];
    let report = sync(&here, &environment, &[&role[..], &regions].concat());
    let places = report["places"].as_array().unwrap();
    let places: Vec<[&Value; 2]> =
        places.iter().map(|it| [&it["account_id"], &it["region"]]).collect();
    let account_id = &json!("444455556666");
    assert_eq!(places, [[account_id, &json!("eu-west-1")], [account_id, &json!("eu-north-1")]]);
    let import = ["inventory", "import", "saved", "--strict", "--output", "json"];
    let imported = run(&here, &[], &import);
    let imported: Value = serde_json::from_str(&imported.stdout).unwrap();
    for (kind, counts) in imported["kinds"].as_object().unwrap() {
        assert_eq!(counts["n_opened"], 0, "{kind} {counts}");
    }
}

#[test]
fn what_may_not_be_read_stays_as_it_was_and_the_rest_is_read() {
    let here = Here::new();
    let all = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "DescribeVpcs" => Some("<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></R>"),
        "DescribeSubnets" => {
            Some("<R><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet></R>")
        }
        "ListFunctions" => Some(NO_FUNCTIONS),
        _ => Some(NOTHING),
    });
    assert_eq!(sync(&here, &all, &[])["notes"], json!([]));
    let some = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "DescribeVpcs" | "ListFunctions" => None,
        _ => Some(NOTHING),
    });
    insta::assert_snapshot!(run(&here, &some, &["inventory", "sync"]).shown(), @"
    exit 0
    --- stderr
    warning: 111122223333 eu-west-1 vpcs: not allowed, the role needs `ec2:DescribeVpcs`: UnauthorizedOperation: You are not authorized.
    warning: 111122223333 eu-west-1 functions: not allowed, the role needs `lambda:ListFunctions`: UnauthorizedOperation: You are not authorized.
    inventory changed by 8 listings of 1 account in [N] s
      111122223333 eu-west-1
        subnets                   1 gone
      2 things could not be read and stayed as known
    ");
    assert_eq!(run(&here, &some, &["inventory", "sync", "--strict"]).code, 4);
    let list = run(&here, &[], &["inventory", "list", "vpcs", "--output", "ndjson"]);
    assert_eq!(list.stdout.lines().count(), 1, "{}", list.stdout);
    let none = serve(|action| (action == "GetCallerIdentity").then_some(CALLER));
    insta::assert_snapshot!(run(&here, &none, &["inventory", "sync"]).shown(), @"
    exit 3
    --- stderr
    error: cannot call ec2:DescribeNetworkInterfaces in eu-west-1
      caused by: UnauthorizedOperation: You are not authorized.

    hint: the role needs `ec2:DescribeNetworkInterfaces`; `tidegate setup policy --for sync` prints what is needed
    ");
}

#[test]
fn an_account_that_lets_nobody_in_does_not_stop_the_others() {
    let here = Here::new();
    let environment = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "ListAccounts" => Some(
            r#"{"Accounts": [{"Id": "111122223333", "Status": "ACTIVE"},
            {"Id": "444455556666", "Status": "ACTIVE"}]}"#,
        ),
        "ListFunctions" => Some(NO_FUNCTIONS),
        "AssumeRole" => None,
        _ => Some(NOTHING),
    });
    let sync = ["inventory", "sync", "--organization", "--role-name", "read"];
    insta::assert_snapshot!(run(&here, &environment, &sync).shown(), @"
    exit 0
    --- stderr
    warning: 444455556666 account: not allowed, the caller needs `sts:AssumeRole` on `arn:aws:iam::444455556666:role/read`, whose trust policy must let the caller in, with the external id that it wants: UnauthorizedOperation: You are not authorized.
    nothing new in 10 listings of 1 account in [N] s
      111122223333 eu-west-1
      1 thing could not be read and stayed as known
    ");
}

#[test]
fn a_role_of_another_account_than_it_should_be_is_told() {
    let here = Here::new();
    let environment = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "ListAccounts" => Some(r#"{"Accounts": [{"Id": "444455556666", "Status": "ACTIVE"}]}"#),
        "AssumeRole" => Some(
            "<R><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>hush\
            </SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z\
            </Expiration></Credentials></R>",
        ),
        _ => Some(NOTHING),
    });
    let sync = ["inventory", "sync", "--organization", "--role-name", "read"];
    insta::assert_snapshot!(run(&here, &environment, &sync).shown(), @"
    exit 2
    --- stderr
    error: cannot read account 444455556666: the credentials are of account 111122223333

    hint: use a role of that account, or leave the account out
    ");
}

#[test]
fn an_answer_that_is_none_closes_nothing() {
    let here = Here::new();
    let before = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "DescribeSubnets" => {
            Some("<R><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet></R>")
        }
        "ListFunctions" => Some(NO_FUNCTIONS),
        _ => Some(NOTHING),
    });
    sync(&here, &before, &[]);
    let after = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "DescribeSubnets" => Some("<html/>"),
        "ListFunctions" => Some("null"),
        _ => Some(NOTHING),
    });
    insta::assert_snapshot!(run(&here, &after, &["inventory", "sync"]).shown(), @"
    exit 0
    --- stderr
    warning: 111122223333 eu-west-1 subnets: cannot read the answer of ec2:DescribeSubnets in eu-west-1: it has no list `Subnets`
    warning: 111122223333 eu-west-1 functions: cannot read the answer of lambda:ListFunctions in eu-west-1: it has no list `Functions`
    nothing new in 8 listings of 1 account in [N] s
      111122223333 eu-west-1
      2 things could not be read and stayed as known
    ");
    let list = run(&here, &[], &["inventory", "list", "subnets", "--output", "ndjson"]);
    assert_eq!(list.stdout.lines().count(), 1, "{}", list.stdout);
}

#[test]
fn each_listing_has_its_own_moment_and_what_does_not_fit_is_no_failure() {
    let here = Here::new();
    let environment = serve(|action| match action {
        "GetCallerIdentity" => Some(CALLER),
        "DescribeSubnets" => {
            Some("<R><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet></R>")
        }
        // Asked after the subnets; it has changed between two of its pages.
        "DescribeVpcs" => Some(
            "<R><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item>\
            <item><vpcId>vpc-1</vpcId><isDefault>false</isDefault></item></vpcSet></R>",
        ),
        "ListFunctions" => Some(NO_FUNCTIONS),
        _ => Some(NOTHING),
    });
    let report = sync(&here, &environment, &["--strict"]);
    assert_eq!(report["notes"], json!([]));
    assert_eq!(report["remarks"].as_array().unwrap().len(), 1, "{report}");
    let later = "SELECT v.valid_from > s.valid_from AS later FROM vpcs AS v, subnets AS s";
    let ran = run(&here, &[], &["sql", later, "--output", "csv"]);
    assert_eq!(ran.stdout, "later\ntrue\n", "{}", ran.stderr);
}

#[test]
fn a_policy_allows_what_is_asked_for_and_nothing_else() {
    let here = Here::new();
    let policy = |arguments: &[&str]| {
        let ran = here.run(&[&["setup", "policy"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let text = policy(&[
        "--for",
        "collect",
        "--source",
        "s3://acme-logs/AWSLogs/",
        "--lake",
        "s3://acme-lake",
    ]);
    insta::assert_snapshot!(text, @r#"
    {
      "Statement": [
        {
          "Action": [
            "s3:ListBucket"
          ],
          "Condition": {
            "StringLike": {
              "s3:prefix": [
                "AWSLogs",
                "AWSLogs/*"
              ]
            }
          },
          "Effect": "Allow",
          "Resource": "arn:aws:s3:::acme-logs",
          "Sid": "Bucket"
        },
        {
          "Action": [
            "s3:GetObject"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:s3:::acme-logs/AWSLogs/*",
          "Sid": "Objects"
        },
        {
          "Action": [
            "s3:ListBucket"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:s3:::acme-lake",
          "Sid": "LakeBucket"
        },
        {
          "Action": [
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:PutObject"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:s3:::acme-lake/*",
          "Sid": "LakeObjects"
        }
      ],
      "Version": "2012-10-17"
    }
    "#);
    let text = policy(&["--for", "sync", "--role-name", "read", "--region", "cn-north-1"]);
    assert!(text.contains("arn:aws-cn:iam::*:role/read") && !text.contains("Authorize"), "{text}");
    assert!(!text.contains("organizations:"), "{text}");
    let text = policy(&["--for", "sync", "--role-name", "read", "--organization"]);
    assert!(text.contains("organizations:ListAccounts"), "{text}");
    let text = policy(&["--for", "advise-apply"]);
    insta::assert_snapshot!(text, @r#"
    {
      "Statement": [
        {
          "Action": [
            "ec2:DescribeSecurityGroupRules",
            "ec2:DescribeSecurityGroups"
          ],
          "Effect": "Allow",
          "Resource": "*",
          "Sid": "Read"
        },
        {
          "Action": [
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress"
          ],
          "Effect": "Allow",
          "Resource": [
            "arn:aws:ec2:*:*:security-group/*",
            "arn:aws:ec2:*:*:security-group-rule/*"
          ],
          "Sid": "SecurityGroups"
        }
      ],
      "Version": "2012-10-17"
    }
    "#);
    let text = policy(&["--for", "setup-flow-logs", "--target-bucket", "acme-logs"]);
    insta::assert_snapshot!(text, @r#"
    {
      "Statement": [
        {
          "Action": [
            "ec2:DescribeFlowLogs",
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups"
          ],
          "Effect": "Allow",
          "Resource": "*",
          "Sid": "Read"
        },
        {
          "Action": [
            "ec2:CreateFlowLogs",
            "ec2:DeleteFlowLogs"
          ],
          "Effect": "Allow",
          "Resource": [
            "arn:aws:ec2:*:*:vpc-flow-log/*",
            "arn:aws:ec2:*:*:vpc/*",
            "arn:aws:ec2:*:*:subnet/*",
            "arn:aws:ec2:*:*:network-interface/*"
          ],
          "Sid": "FlowLogs"
        },
        {
          "Action": [
            "ec2:CreateTags"
          ],
          "Condition": {
            "StringEquals": {
              "ec2:CreateAction": "CreateFlowLogs"
            }
          },
          "Effect": "Allow",
          "Resource": "arn:aws:ec2:*:*:vpc-flow-log/*",
          "Sid": "TagNewFlowLogs"
        },
        {
          "Action": [
            "iam:CreateRole",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:PutRolePolicy",
            "iam:TagRole"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:iam::*:role/tidegate-*",
          "Sid": "FlowLogRole"
        },
        {
          "Action": [
            "iam:PassRole"
          ],
          "Condition": {
            "StringEquals": {
              "iam:PassedToService": "vpc-flow-logs.amazonaws.com"
            }
          },
          "Effect": "Allow",
          "Resource": "arn:aws:iam::*:role/tidegate-*",
          "Sid": "PassFlowLogRole"
        },
        {
          "Action": [
            "logs:CreateLogGroup",
            "logs:TagResource"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:logs:*:*:log-group:*",
          "Sid": "LogGroups"
        },
        {
          "Action": [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy"
          ],
          "Effect": "Allow",
          "Resource": "arn:aws:s3:::acme-logs",
          "Sid": "TargetBucket"
        }
      ],
      "Version": "2012-10-17"
    }
    "#);
    let wrong = here.run(&["setup", "policy", "--source", "logs"]);
    insta::assert_snapshot!(wrong.shown(), @"
    exit 2
    --- stderr
    error: `logs` is no bucket

    hint: write `--source s3://bucket/prefix`, or `--source s3` to fill in the name later
    ");
}
