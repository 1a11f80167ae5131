//! One plan in every language.

use serde_json::Value;

use super::cloud_formation::cloud_formation;
use super::script::script;
use super::terraform::terraform;
use crate::flow_logs::ground::{Place, PlaceKind};
use crate::flow_logs::plan::{Plan, Request, plan};
use crate::flow_logs::wish::{Destination, Files, Traffic, Wish, fields};

fn place(kind: PlaceKind, id: &str, region: &str) -> Place {
    Place {
        kind,
        id: id.to_owned(),
        name: String::new(),
        vpc_id: String::new(),
        subnet_id: String::new(),
        account_id: "111122223333".to_owned(),
        region: region.to_owned(),
        is_in_use: false,
        is_default: false,
    }
}

fn planned(destination: &str, places: &[Place]) -> Plan {
    let files = Files { is_parquet: true, is_hive: false, is_hourly: true };
    let wish = Wish {
        traffic: Traffic::All,
        destination: Destination::parse(destination, files, None).unwrap(),
        fields: fields("${version} ${srcaddr}").unwrap(),
        interval_s: 60,
    };
    let places: Vec<&Place> = places.iter().collect();
    plan(&Request { places: &places, wish: &wish, flow_logs: &[], account_id: "", region: "" })
        .unwrap()
}

fn to_bucket() -> Plan {
    planned("s3://acme-logs/flow/", &[place(PlaceKind::Vpc, "vpc-1", "eu-west-1")])
}

fn to_group() -> Plan {
    let places = [
        place(PlaceKind::Subnet, "subnet-1", "eu-west-1"),
        place(PlaceKind::Subnet, "subnet-2", "eu-west-1"),
    ];
    planned("cloudwatch:/vpc/flow", &places)
}

#[test]
fn a_script_adds_to_the_policy_and_looks_into_the_answer() {
    insta::assert_snapshot!(script(&to_bucket()), @r#"
    #!/usr/bin/env bash
    # Switches VPC flow logs on, as planned by `tidegate setup flow-logs`.
    # Needs: aws (version 2), jq. Safe to run again: what exists is left, and said to exist.
    set -euo pipefail

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

    add_statements acme-logs '[{"Action":"s3:PutObject","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:logs:eu-west-1:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333","s3:x-amz-acl":"bucket-owner-full-control"}},"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Resource":"arn:aws:s3:::acme-logs/flow/AWSLogs/111122223333/*","Sid":"TidegateFlowLogsWrite111122223333euwest1"},{"Action":["s3:GetBucketAcl","s3:ListBucket"],"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:logs:eu-west-1:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}},"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Resource":"arn:aws:s3:::acme-logs","Sid":"TidegateFlowLogsAclCheck111122223333euwest1"}]'

    create --region eu-west-1 \
        --resource-type VPC \
        --resource-ids vpc-1 \
        --traffic-type ALL \
        --log-destination-type s3 \
        --log-destination arn:aws:s3:::acme-logs/flow/ \
        --destination-options FileFormat=parquet,HiveCompatiblePartitions=false,PerHourPartition=true \
        --max-aggregation-interval 60 \
        --log-format '${version} ${srcaddr}' \
        --tag-specifications 'ResourceType=vpc-flow-log,Tags=[{Key=managed-by,Value=tidegate}]'
    "#);
}

#[test]
fn a_script_makes_group_and_role_unless_they_are_there() {
    let text = script(&to_group());
    insta::assert_snapshot!(text[text.find("\naws").unwrap()..].trim_start(), @r#"
    aws logs describe-log-groups --region eu-west-1 --log-group-name-prefix /vpc/flow \
            --query 'logGroups[?logGroupName=='\''/vpc/flow'\''].arn' --output text | grep -q . \
        || aws logs create-log-group --region eu-west-1 --log-group-name /vpc/flow

    aws iam get-role --role-name tidegate-flow-logs --output text >/dev/null 2>&1 \
        || aws iam create-role --role-name tidegate-flow-logs --output text \
            --assume-role-policy-document '{"Statement":[{"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ec2:*:111122223333:vpc-flow-log/*"},"StringEquals":{"aws:SourceAccount":"111122223333"}},"Effect":"Allow","Principal":{"Service":"vpc-flow-logs.amazonaws.com"}}],"Version":"2012-10-17"}'
    aws iam put-role-policy --role-name tidegate-flow-logs --policy-name tidegate-flow-logs \
        --policy-document '{"Statement":[{"Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogGroups","logs:DescribeLogStreams"],"Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}'

    create --region eu-west-1 \
        --resource-type Subnet \
        --resource-ids subnet-1 subnet-2 \
        --traffic-type ALL \
        --log-destination-type cloud-watch-logs \
        --log-destination arn:aws:logs:eu-west-1:111122223333:log-group:/vpc/flow \
        --deliver-logs-permission-arn arn:aws:iam::111122223333:role/tidegate-flow-logs \
        --max-aggregation-interval 60 \
        --log-format '${version} ${srcaddr}' \
        --tag-specifications 'ResourceType=vpc-flow-log,Tags=[{Key=managed-by,Value=tidegate}]'
    "#);
}

#[test]
fn terraform_writes_the_policy_only_on_request() {
    insta::assert_snapshot!(terraform(&to_bucket()), @r#"
    # VPC flow logs, as planned by `tidegate setup flow-logs`.

    terraform {
      required_version = ">= 1.5"
      required_providers {
        aws = {
          source  = "hashicorp/aws"
          version = ">= 6.0"
        }
      }
    }

    variable "write_bucket_policy" {
      description = "Whether to write the bucket's policy, which replaces the one that is there. If it has one, add the output `bucket_policy_statements` to it instead."
      type        = bool
      default     = false
    }

    output "bucket_policy_statements" {
      description = "What the bucket's policy must say."
      value       = local.bucket_policy_statements
    }

    locals {
      bucket_policy_statements = [
        {
          Action = "s3:PutObject"
          Condition = {
            ArnLike = {
              "aws:SourceArn" = "arn:aws:logs:eu-west-1:111122223333:*"
            }
            StringEquals = {
              "aws:SourceAccount" = "111122223333"
              "s3:x-amz-acl"      = "bucket-owner-full-control"
            }
          }
          Effect = "Allow"
          Principal = {
            Service = "delivery.logs.amazonaws.com"
          }
          Resource = "arn:aws:s3:::acme-logs/flow/AWSLogs/111122223333/*"
          Sid      = "TidegateFlowLogsWrite111122223333euwest1"
        },
        {
          Action = ["s3:GetBucketAcl", "s3:ListBucket"]
          Condition = {
            ArnLike = {
              "aws:SourceArn" = "arn:aws:logs:eu-west-1:111122223333:*"
            }
            StringEquals = {
              "aws:SourceAccount" = "111122223333"
            }
          }
          Effect = "Allow"
          Principal = {
            Service = "delivery.logs.amazonaws.com"
          }
          Resource = "arn:aws:s3:::acme-logs"
          Sid      = "TidegateFlowLogsAclCheck111122223333euwest1"
        },
      ]
    }

    resource "aws_s3_bucket_policy" "flow_logs" {
      count  = var.write_bucket_policy ? 1 : 0
      bucket = "acme-logs"
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = local.bucket_policy_statements
      })
    }

    resource "aws_flow_log" "vpc_1" {
      vpc_id                   = "vpc-1"
      region                   = "eu-west-1"
      traffic_type             = "ALL"
      log_destination_type     = "s3"
      log_destination          = "arn:aws:s3:::acme-logs/flow/"
      max_aggregation_interval = 60
      log_format               = "$${version} $${srcaddr}"

      destination_options {
        file_format                = "parquet"
        hive_compatible_partitions = false
        per_hour_partition         = true
      }

      tags = {
        "managed-by" = "tidegate"
      }
    }
    "#);
}

#[test]
fn terraform_makes_group_and_role() {
    let text = terraform(&to_group());
    insta::assert_snapshot!(text[text.find("# Note").unwrap()..], @r#"
    # Note: the log group `/vpc/flow` keeps everything for ever unless it has a retention

    resource "aws_cloudwatch_log_group" "eu_west_1" {
      name   = "/vpc/flow"
      region = "eu-west-1"
    }

    resource "aws_iam_role" "flow_logs" {
      name = "tidegate-flow-logs"
      assume_role_policy = jsonencode({
        Statement = [
          {
            Action = "sts:AssumeRole"
            Condition = {
              ArnLike = {
                "aws:SourceArn" = "arn:aws:ec2:*:111122223333:vpc-flow-log/*"
              }
              StringEquals = {
                "aws:SourceAccount" = "111122223333"
              }
            }
            Effect = "Allow"
            Principal = {
              Service = "vpc-flow-logs.amazonaws.com"
            }
          },
        ]
        Version = "2012-10-17"
      })
    }

    resource "aws_iam_role_policy" "flow_logs" {
      name = "tidegate-flow-logs"
      role = aws_iam_role.flow_logs.id
      policy = jsonencode({
        Statement = [
          {
            Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
            Effect   = "Allow"
            Resource = "*"
          },
        ]
        Version = "2012-10-17"
      })
    }

    resource "aws_flow_log" "subnet_1" {
      subnet_id                = "subnet-1"
      region                   = "eu-west-1"
      traffic_type             = "ALL"
      log_destination_type     = "cloud-watch-logs"
      log_destination          = aws_cloudwatch_log_group.eu_west_1.arn
      iam_role_arn             = aws_iam_role.flow_logs.arn
      max_aggregation_interval = 60
      log_format               = "$${version} $${srcaddr}"

      tags = {
        "managed-by" = "tidegate"
      }
    }

    resource "aws_flow_log" "subnet_2" {
      subnet_id                = "subnet-2"
      region                   = "eu-west-1"
      traffic_type             = "ALL"
      log_destination_type     = "cloud-watch-logs"
      log_destination          = aws_cloudwatch_log_group.eu_west_1.arn
      iam_role_arn             = aws_iam_role.flow_logs.arn
      max_aggregation_interval = 60
      log_format               = "$${version} $${srcaddr}"

      tags = {
        "managed-by" = "tidegate"
      }
    }
    "#);
}

#[test]
fn cloud_formation_writes_the_policy_only_on_request() {
    insta::assert_snapshot!(cloud_formation(&to_bucket()).unwrap(), @r#"
    {
      "AWSTemplateFormatVersion": "2010-09-09",
      "Conditions": {
        "WritesBucketPolicy": {
          "Fn::Equals": [
            {
              "Ref": "WriteBucketPolicy"
            },
            "true"
          ]
        }
      },
      "Description": "VPC flow logs, as planned by tidegate setup flow-logs.",
      "Parameters": {
        "WriteBucketPolicy": {
          "AllowedValues": [
            "true",
            "false"
          ],
          "Default": "false",
          "Description": "Whether to write the policy of the bucket. If it has one, add the statements to it instead.",
          "Type": "String"
        }
      },
      "Resources": {
        "BucketPolicy": {
          "Condition": "WritesBucketPolicy",
          "Properties": {
            "Bucket": "acme-logs",
            "PolicyDocument": {
              "Statement": [
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
                  "Resource": "arn:aws:s3:::acme-logs/flow/AWSLogs/111122223333/*",
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
              ],
              "Version": "2012-10-17"
            }
          },
          "Type": "AWS::S3::BucketPolicy"
        },
        "FlowLogvpc1": {
          "Metadata": {
            "BucketPolicy": {
              "Fn::If": [
                "WritesBucketPolicy",
                {
                  "Ref": "BucketPolicy"
                },
                "kept"
              ]
            }
          },
          "Properties": {
            "DestinationOptions": {
              "FileFormat": "parquet",
              "HiveCompatiblePartitions": false,
              "PerHourPartition": true
            },
            "LogDestination": "arn:aws:s3:::acme-logs/flow/",
            "LogDestinationType": "s3",
            "LogFormat": "${version} ${srcaddr}",
            "MaxAggregationInterval": 60,
            "ResourceId": "vpc-1",
            "ResourceType": "VPC",
            "Tags": [
              {
                "Key": "managed-by",
                "Value": "tidegate"
              }
            ],
            "TrafficType": "ALL"
          },
          "Type": "AWS::EC2::FlowLog"
        }
      }
    }
    "#);
}

#[test]
fn cloud_formation_makes_group_and_role() {
    let template: Value = serde_json::from_str(&cloud_formation(&to_group()).unwrap()).unwrap();
    let resources = &template["Resources"];
    let kinds = resources.as_object().unwrap().iter().map(|(name, it)| (name, &it["Type"]));
    let kinds: Vec<String> = kinds.map(|(name, it)| format!("{name} {it}")).collect();
    insta::assert_snapshot!(kinds.join("\n"), @r#"
    FlowLogsubnet1 "AWS::EC2::FlowLog"
    FlowLogsubnet2 "AWS::EC2::FlowLog"
    LogGroup "AWS::Logs::LogGroup"
    Role "AWS::IAM::Role"
    "#);
    let text = serde_json::to_string_pretty(&resources["FlowLogsubnet2"]).unwrap();
    insta::assert_snapshot!(text, @r#"
    {
      "Properties": {
        "DeliverLogsPermissionArn": {
          "Fn::GetAtt": [
            "Role",
            "Arn"
          ]
        },
        "LogDestinationType": "cloud-watch-logs",
        "LogFormat": "${version} ${srcaddr}",
        "LogGroupName": {
          "Ref": "LogGroup"
        },
        "MaxAggregationInterval": 60,
        "ResourceId": "subnet-2",
        "ResourceType": "Subnet",
        "Tags": [
          {
            "Key": "managed-by",
            "Value": "tidegate"
          }
        ],
        "TrafficType": "ALL"
      },
      "Type": "AWS::EC2::FlowLog"
    }
    "#);
}

#[test]
fn a_template_is_for_one_region_and_a_script_for_all() {
    let places = [
        place(PlaceKind::Interface, "eni-1", "eu-west-1"),
        place(PlaceKind::Interface, "eni-2", "cn-north-1"),
    ];
    let plan = planned("arn:aws:firehose:eu-west-1:111122223333:deliverystream/flow", &places);
    let error = cloud_formation(&plan).unwrap_err();
    insta::assert_snapshot!(error, @"cannot write one template for several regions: cn-north-1, eu-west-1");
    assert_eq!(script(&plan).matches("\ncreate --region").count(), 2);
    assert_eq!(terraform(&plan).matches("resource \"aws_flow_log\"").count(), 2);
}
