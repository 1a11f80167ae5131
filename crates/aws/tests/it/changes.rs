//! What is changed, as it is asked for; and answers that are no success though they look like one.

use tidegate_aws::flow_log::{self, Destination, FileFormat, NewFlowLogs, S3Options, TagField};
use tidegate_aws::security_group::{self, Direction, NewRule};
use tidegate_aws::{bucket_policy, iam_role, log_group};
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Peer, SecurityGroupRule, Tags};

use crate::stub::{Answer, Stub, ok, refused, told};

fn tags() -> Tags {
    Tags::from([("managed-by".to_owned(), "tidegate".to_owned())])
}

fn new_flow_logs(destination: Destination) -> NewFlowLogs {
    NewFlowLogs {
        resource_type: "VPC".to_owned(),
        resource_ids: vec!["vpc-1".to_owned(), "vpc-2".to_owned()],
        traffic_type: Some("ALL".to_owned()),
        destination,
        log_format: Some("${version} ${srcaddr}".to_owned()),
        aggregation_interval_s: Some(60),
        tag_fields: vec![TagField {
            resource_type: "instance".to_owned(),
            keys: vec!["Name".to_owned()],
        }],
        tags: tags(),
        client_token: Some("once".to_owned()),
    }
}

#[tokio::test]
async fn flow_logs_that_were_not_made_are_told_though_the_answer_is_a_success() {
    let answer = "<R><clientToken>x</clientToken><flowLogIdSet><item>fl-1</item></flowLogIdSet>\
        <unsuccessful><item><resourceId>vpc-2</resourceId><error>\
        <code>FlowLogAlreadyExists</code><message>Error. There is an existing Flow Log.</message>\
        </error></item></unsuccessful></R>";
    let stub = Stub::start(vec![ok(answer)]);
    let options = S3Options {
        file_format: FileFormat::Parquet,
        has_hive_partitions: true,
        has_hourly_partitions: false,
    };
    let destination =
        Destination::S3 { arn: "arn:aws:s3:::acme/flow/".to_owned(), options: Some(options) };
    let created = flow_log::create(&stub.region, &new_flow_logs(destination)).await.unwrap();
    insta::assert_debug_snapshot!(created, @r#"
    Created {
        flow_log_ids: [
            "fl-1",
        ],
        unsuccessful: [
            Unsuccessful {
                resource_id: "vpc-2",
                code: "FlowLogAlreadyExists",
                message: "Error. There is an existing Flow Log.",
            },
        ],
    }
    "#);
    insta::assert_snapshot!(stub.bodies().replace('&', "\n"), @"
    Action=CreateFlowLogs
    Version=2016-11-15
    ResourceType=VPC
    ResourceId.1=vpc-1
    ResourceId.2=vpc-2
    TrafficType=ALL
    LogDestinationType=s3
    LogDestination=arn%3Aaws%3As3%3A%3A%3Aacme%2Fflow%2F
    DestinationOptions.FileFormat=parquet
    DestinationOptions.HiveCompatiblePartitions=true
    DestinationOptions.PerHourPartition=false
    LogFormat=%24%7Bversion%7D%20%24%7Bsrcaddr%7D
    MaxAggregationInterval=60
    TagFieldSpecification.1.ResourceType=instance
    TagFieldSpecification.1.TagKey.1=Name
    TagSpecification.1.ResourceType=vpc-flow-log
    TagSpecification.1.Tag.1.Key=managed-by
    TagSpecification.1.Tag.1.Value=tidegate
    ClientToken=once
    ");
}

#[tokio::test]
async fn every_destination_is_named_by_its_own_parameters() {
    let stub = Stub::start(vec![ok("<R><unsuccessful/></R>")]);
    let text = str::to_owned;
    for destination in [
        Destination::LogGroup { name: text("flow"), role_arn: text("role") },
        Destination::LogGroupArn {
            arn: text("group"),
            role_arn: text("role"),
            cross_account_role_arn: Some(text("other")),
        },
        Destination::Firehose { arn: text("stream"), role_arn: None, cross_account_role_arn: None },
    ] {
        let created = flow_log::create(&stub.region, &new_flow_logs(destination)).await.unwrap();
        assert_eq!(created, flow_log::Created::default());
    }
    let of_destination = |it: &&str| it.starts_with("Log") || it.starts_with("Deliver");
    let asked = stub.asked();
    let lines = asked
        .iter()
        .map(|it| it.body.split('&').filter(of_destination).collect::<Vec<_>>().join(" "));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    LogDestinationType=cloud-watch-logs DeliverLogsPermissionArn=role LogGroupName=flow LogFormat=%24%7Bversion%7D%20%24%7Bsrcaddr%7D
    LogDestinationType=cloud-watch-logs LogDestination=group DeliverLogsPermissionArn=role DeliverCrossAccountRole=other LogFormat=%24%7Bversion%7D%20%24%7Bsrcaddr%7D
    LogDestinationType=kinesis-data-firehose LogDestination=stream LogFormat=%24%7Bversion%7D%20%24%7Bsrcaddr%7D
    ");
    let unsuccessful = flow_log::delete(&stub.region, &["fl-1".to_owned()]).await.unwrap();
    assert_eq!(unsuccessful, []);
}

fn new_rule(protocol: Option<u8>, ports: Option<(i32, i32)>, peer: Peer) -> NewRule {
    let rule = SecurityGroupRule {
        id: String::new(),
        group_id: "sg-1".to_owned(),
        is_egress: false,
        protocol,
        from_port: ports.map(|it| it.0),
        to_port: ports.map(|it| it.1),
        peer,
        description: "by advice".to_owned(),
    };
    NewRule { rule, peer_account_id: None }
}

fn cidr(text: &str) -> Peer {
    Peer::Cidr(Cidr::parse(text).unwrap())
}

#[tokio::test]
async fn rules_are_made_in_one_step_and_their_ids_are_those_of_what_they_say() {
    let made = |id: &str, peer: &str, protocol: &str, port: i32| {
        format!(
            "<item><securityGroupRuleId>{id}</securityGroupRuleId><fromPort>{port}</fromPort>\
             <ipProtocol>{protocol}</ipProtocol>\
             <toPort>{port}</toPort>{peer}<isEgress>false</isEgress></item>"
        )
    };
    let answer = format!(
        "<R><return>true</return><securityGroupRuleSet>{}{}{}{}</securityGroupRuleSet></R>",
        made(
            "sgr-4",
            "<referencedGroupInfo><groupId>sg-2</groupId></referencedGroupInfo>",
            "-1",
            -1
        ),
        made("sgr-2", "<cidrIpv6>2001:db8::/64</cidrIpv6>", "tcp", 443),
        made("sgr-1", "<cidrIpv4>10.0.0.0/8</cidrIpv4>", "tcp", 443),
        made("sgr-3", "<prefixListId>pl-1</prefixListId>", "icmp", -1),
    );
    let stub = Stub::start(vec![ok(answer)]);
    let peer_account_id = Some("444455556666".to_owned());
    let rules = [
        new_rule(Some(6), Some((443, 443)), cidr("10.0.0.0/8")),
        new_rule(Some(6), Some((443, 443)), cidr("2001:db8::/64")),
        new_rule(Some(1), None, Peer::PrefixList("pl-1".to_owned())),
        NewRule { peer_account_id, ..new_rule(None, None, Peer::SecurityGroup("sg-2".to_owned())) },
    ];
    let ids =
        security_group::authorize(&stub.region, "sg-1", Direction::Ingress, &rules, &tags()).await;
    assert_eq!(ids.unwrap(), ["sgr-1", "sgr-2", "sgr-3", "sgr-4"]);
    insta::assert_snapshot!(stub.bodies().replace('&', "\n"), @"
    Action=AuthorizeSecurityGroupIngress
    Version=2016-11-15
    GroupId=sg-1
    IpPermissions.1.IpProtocol=tcp
    IpPermissions.1.FromPort=443
    IpPermissions.1.ToPort=443
    IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0%2F8
    IpPermissions.1.IpRanges.1.Description=by%20advice
    IpPermissions.2.IpProtocol=tcp
    IpPermissions.2.FromPort=443
    IpPermissions.2.ToPort=443
    IpPermissions.2.Ipv6Ranges.1.CidrIpv6=2001%3Adb8%3A%3A%2F64
    IpPermissions.2.Ipv6Ranges.1.Description=by%20advice
    IpPermissions.3.IpProtocol=icmp
    IpPermissions.3.FromPort=-1
    IpPermissions.3.ToPort=-1
    IpPermissions.3.PrefixListIds.1.PrefixListId=pl-1
    IpPermissions.3.PrefixListIds.1.Description=by%20advice
    IpPermissions.4.IpProtocol=-1
    IpPermissions.4.Groups.1.GroupId=sg-2
    IpPermissions.4.Groups.1.UserId=444455556666
    IpPermissions.4.Groups.1.Description=by%20advice
    TagSpecification.1.ResourceType=security-group-rule
    TagSpecification.1.Tag.1.Key=managed-by
    TagSpecification.1.Tag.1.Value=tidegate
    ");
}

#[tokio::test]
async fn rules_that_are_not_there_after_they_were_made_are_an_error() {
    let stub = Stub::start(vec![
        ok("<R><return>true</return></R>"),
        ok("<R><securityGroupInfo/></R>"),
        ok("<R><securityGroupRuleSet/></R>"),
    ]);
    let rules = [new_rule(Some(6), Some((1, 2)), cidr("10.0.0.0/8"))];
    let tags = Tags::new();
    let made = security_group::authorize(&stub.region, "sg-1", Direction::Egress, &rules, &tags);
    insta::assert_snapshot!(told(&made.await.unwrap_err()), @"cannot read the answer of ec2:AuthorizeSecurityGroupEgress in eu-west-1: rules that were asked for are not there");
}

#[tokio::test]
async fn rules_are_revoked_by_their_ids() {
    let stub = Stub::start(vec![ok("<R><return>true</return></R>")]);
    let ids = ["sgr-1".to_owned(), "sgr-2".to_owned()];
    security_group::revoke(&stub.region, "sg-7", Direction::Egress, &ids).await.unwrap();
    insta::assert_snapshot!(stub.bodies(), @"Action=RevokeSecurityGroupEgress&Version=2016-11-15&GroupId=sg-7&SecurityGroupRuleId.1=sgr-1&SecurityGroupRuleId.2=sgr-2");
}

/// An answer that breaks off before it says anything.
fn lost() -> Answer {
    Answer { headers: "x-cut: ".to_owned(), ..ok("") }
}

/// What describes a group that has one rule.
fn group_with_rule(id: &str) -> [Answer; 2] {
    let rule = format!(
        "<item><securityGroupRuleId>{id}</securityGroupRuleId><isEgress>false</isEgress>\
         <ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort>\
         <cidrIpv4>10.0.0.0/8</cidrIpv4></item>"
    );
    [
        ok("<R><securityGroupInfo/></R>"),
        ok(format!("<R><securityGroupRuleSet>{rule}</securityGroupRuleSet></R>")),
    ]
}

#[tokio::test]
async fn what_was_done_though_the_answer_was_lost_is_done() {
    let rules = [new_rule(Some(6), Some((443, 443)), cidr("10.0.0.0/8"))];
    let ids = ["sgr-1".to_owned()];
    let none = Tags::new();
    let duplicate = || refused(400, "InvalidPermission.Duplicate");
    for lost in [lost(), refused(500, "InternalError")] {
        let stub = Stub::start([vec![lost, duplicate()], group_with_rule("sgr-1").into()].concat());
        let made =
            security_group::authorize(&stub.region, "sg-1", Direction::Ingress, &rules, &none);
        assert_eq!(made.await.unwrap(), ids);
    }
    let gone = || refused(400, "InvalidSecurityGroupRuleId.NotFound");
    let stub = Stub::start([vec![lost(), gone()], group_with_rule("sgr-2").into()].concat());
    security_group::revoke(&stub.region, "sg-1", Direction::Ingress, &ids).await.unwrap();
    let stub = Stub::start(vec![lost(), refused(400, "ResourceAlreadyExistsException")]);
    log_group::create(&stub.region, "flow", &none).await.unwrap();
}

#[tokio::test]
async fn what_others_did_is_refused_as_before() {
    let rules = [new_rule(Some(6), Some((443, 443)), cidr("10.0.0.0/8"))];
    let ids = ["sgr-1".to_owned(), "sgr-2".to_owned()];
    let none = Tags::new();
    // Nothing was lost: AWS says it of the first try, or had no time at the first.
    for answers in [vec![], vec![refused(503, "RequestLimitExceeded")]] {
        let duplicate = vec![refused(400, "InvalidPermission.Duplicate")];
        let stub = Stub::start([answers.clone(), duplicate].concat());
        let made =
            security_group::authorize(&stub.region, "sg-1", Direction::Ingress, &rules, &none);
        assert_eq!(made.await.unwrap_err().code(), Some("InvalidPermission.Duplicate"));
        let there = vec![refused(400, "ResourceAlreadyExistsException")];
        let stub = Stub::start([answers, there].concat());
        let made = log_group::create(&stub.region, "flow", &none).await;
        assert_eq!(made.unwrap_err().code(), Some("ResourceAlreadyExistsException"));
    }
    // One of two rules is gone, the other is not: this call did not revoke them.
    let gone = refused(400, "InvalidSecurityGroupRuleId.NotFound");
    let stub = Stub::start([vec![lost(), gone], group_with_rule("sgr-2").into()].concat());
    let revoked = security_group::revoke(&stub.region, "sg-1", Direction::Ingress, &ids).await;
    assert_eq!(revoked.unwrap_err().code(), Some("InvalidSecurityGroupRuleId.NotFound"));
}

#[tokio::test]
async fn a_flow_log_that_is_gone_needs_no_deleting() {
    let failed = |id: &str, code: &str| {
        format!(
            "<item><resourceId>{id}</resourceId><error><code>{code}</code><message>No</message>\
             </error></item>"
        )
    };
    let items = [failed("fl-1", "InvalidFlowLogId.NotFound"), failed("fl-2", "InternalError")];
    let stub =
        Stub::start(vec![ok(format!("<R><unsuccessful>{}</unsuccessful></R>", items.concat()))]);
    let ids = ["fl-1".to_owned(), "fl-2".to_owned()];
    let left = flow_log::delete(&stub.region, &ids).await.unwrap();
    assert_eq!(left.iter().map(|it| it.resource_id.as_str()).collect::<Vec<_>>(), ["fl-2"]);
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let none = |code: &str| Answer { status: 404, ..refused(404, code) };
    let stub = Stub::start(vec![none("NoSuchEntity")]);
    assert_eq!(iam_role::get(&stub.region, "flow").await.unwrap(), None);
    assert_eq!(iam_role::get_policy(&stub.region, "flow", "flow").await.unwrap(), None);
    let stub = Stub::start(vec![none("NoSuchBucketPolicy")]);
    assert_eq!(bucket_policy::get(&stub.region, "acme").await.unwrap(), None);
    let asked = stub.asked();
    assert!(asked[0].head.starts_with("GET /acme/?policy HTTP/1.1\r\n"), "{}", asked[0].head);
    let longer = r#"{"logGroups": [{"logGroupName": "flow-2", "arn": "a:*"}]}"#;
    let stub = Stub::start(vec![ok(longer)]);
    assert!(!log_group::is_there(&stub.region, "flow").await.unwrap());
}
