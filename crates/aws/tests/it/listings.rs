//! Lists in pieces, and what they come to as documents.

use tidegate_aws::account;
use tidegate_aws::listing::{SUBJECTS, Subject, list};

use crate::stub::{Answer, Stub, ok, refused, told};

fn subject(name: &str) -> Subject {
    *SUBJECTS.iter().find(|it| it.name == name).unwrap()
}

/// Lists a subject, and returns the documents, what failed, and what was asked.
async fn check(name: &str, answers: Vec<Answer>) -> String {
    let stub = Stub::start(answers);
    let text = match list(&stub.region, "111122223333", subject(name)).await {
        Err(error) => told(&error),
        Ok(listing) => {
            let failures = listing.failures.iter().map(told).collect::<Vec<_>>().join("\n");
            format!("{} items\n{}{failures}", listing.n_items, listing.json)
        }
    };
    let asked = stub.asked();
    let asked = asked.iter().map(|it| {
        let path = it.head.lines().next().unwrap_or_default().replace(" HTTP/1.1", "");
        format!("{path} {}", it.body)
    });
    format!("{text}\n{}", asked.collect::<Vec<_>>().join("\n"))
}

fn vpcs(ids: &[&str], token: &str) -> Answer {
    let items = ids.iter().map(|it| format!("<item><vpcId>{it}</vpcId></item>"));
    ok(format!(
        "<R><vpcSet>{}</vpcSet><nextToken>{token}</nextToken></R>",
        items.collect::<String>()
    ))
}

#[tokio::test]
async fn pages_are_one_listing() {
    let pages = vec![vpcs(&["vpc-1", "vpc-2"], "a+/="), vpcs(&[], "b"), vpcs(&["vpc-3"], "")];
    insta::assert_snapshot!(check("vpcs", pages).await, @r#"
    3 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","Vpcs":[{"VpcId":"vpc-1"},{"VpcId":"vpc-2"},{"VpcId":"vpc-3"}]}

    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000&NextToken=a%2B%2F%3D
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000&NextToken=b
    "#);
}

#[tokio::test]
async fn pages_without_an_end_stop_and_the_listing_is_not_complete() {
    insta::assert_snapshot!(check("vpcs", vec![vpcs(&["vpc-1"], "same")]).await, @r#"
    2 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","Vpcs":[{"VpcId":"vpc-1"},{"VpcId":"vpc-1"}],"NextToken":"not read"}
    cannot read the answer of ec2:DescribeVpcs in eu-west-1: its `NextToken` is one that it gave before: the pages have no end
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000&NextToken=same
    "#);
}

#[tokio::test]
async fn a_page_that_fails_leaves_a_listing_that_is_not_complete() {
    let pages = vec![vpcs(&["vpc-1"], "a"), refused(403, "UnauthorizedOperation")];
    insta::assert_snapshot!(check("vpcs", pages).await, @r#"
    1 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","Vpcs":[{"VpcId":"vpc-1"}],"NextToken":"not read"}
    cannot call ec2:DescribeVpcs in eu-west-1
      caused by: UnauthorizedOperation: It is so. (request r-1)
    hint: the role needs `ec2:DescribeVpcs`; `tidegate setup policy --for sync` prints what is needed
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000&NextToken=a
    "#);
}

#[tokio::test]
async fn a_first_page_that_is_refused_is_no_listing() {
    insta::assert_snapshot!(check("vpcs", vec![refused(403, "UnauthorizedOperation")]).await, @"
    cannot call ec2:DescribeVpcs in eu-west-1
      caused by: UnauthorizedOperation: It is so. (request r-1)
    hint: the role needs `ec2:DescribeVpcs`; `tidegate setup policy --for sync` prints what is needed
    POST / Action=DescribeVpcs&Version=2016-11-15&MaxResults=1000
    ");
}

#[tokio::test]
async fn an_answer_without_its_list_is_no_listing_and_no_end_of_one() {
    let cases = [
        ("vpcs", vec![ok("<html/>")]),
        ("functions", vec![ok("")]),
        ("functions", vec![ok("{}")]),
        ("vpcs", vec![vpcs(&["vpc-1"], "a"), ok("<R/>")]),
    ];
    let mut lines = Vec::new();
    for (name, answers) in cases {
        let text = check(name, answers).await;
        let lines_told =
            text.lines().filter(|it| !it.starts_with("POST") && !it.starts_with("GET"));
        lines.extend(lines_told.map(str::to_owned));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    cannot read the answer of ec2:DescribeVpcs in eu-west-1: it has no list `Vpcs`
    cannot read the answer of lambda:ListFunctions in eu-west-1: it has no list `Functions`
    cannot read the answer of lambda:ListFunctions in eu-west-1: it has no list `Functions`
    1 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","Vpcs":[{"VpcId":"vpc-1"}],"NextToken":"not read"}
    cannot read the answer of ec2:DescribeVpcs in eu-west-1: it has no list `Vpcs`
    "#);
    let groups =
        "<R><securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo></R>";
    insta::assert_snapshot!(check("security-groups", vec![ok(groups), ok("<R/>")]).await, @r#"
    1 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","SecurityGroups":[{"GroupId":"sg-1"}]}
    cannot read the answer of ec2:DescribeSecurityGroupReferences in eu-west-1: it has no list `SecurityGroupReferenceSet`
    POST / Action=DescribeSecurityGroups&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeSecurityGroupReferences&Version=2016-11-15&GroupId.1=sg-1
    "#);
}

#[tokio::test]
async fn interfaces_of_every_kind_are_written_as_the_command_line_does() {
    let body = include_str!("../../test_data/network_interfaces.xml");
    let text = check("network-interfaces", vec![ok(body)]).await;
    insta::assert_snapshot!(text, @r#"
    3 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","NetworkInterfaces":[{"Association":{"IpOwnerId":"amazon-elb","PublicIp":"198.51.100.10"},"Attachment":{"AttachmentId":"ela-attach-1","DeleteOnTermination":false,"DeviceIndex":1,"InstanceOwnerId":"amazon-elb","NetworkCardIndex":0,"Status":"attached"},"AvailabilityZone":"eu-west-1a","Description":"ELB app/shop/50dc6c495c0c9188","Groups":[{"GroupId":"sg-1","GroupName":"shop & more"}],"InterfaceType":"interface","Ipv6Addresses":[],"MacAddress":"02:00:00:00:00:0a","NetworkInterfaceId":"eni-0a","OwnerId":"111122223333","PrivateIpAddress":"10.0.0.10","PrivateIpAddresses":[{"Association":{"PublicIp":"198.51.100.10"},"Primary":true,"PrivateIpAddress":"10.0.0.10"}],"RequesterId":"amazon-elb","RequesterManaged":true,"SourceDestCheck":true,"Status":"in-use","SubnetId":"subnet-1","TagSet":[],"VpcId":"vpc-1"},{"Description":"Interface for NAT Gateway nat-1","Groups":[],"InterfaceType":"nat_gateway","NetworkInterfaceId":"eni-0b","PrivateIpAddress":"10.0.0.20","RequesterManaged":true,"SourceDestCheck":false},{"Description":"AWS Lambda VPC ENI-report-1","Groups":[{"GroupId":"sg-9","GroupName":"report"}],"InterfaceType":"lambda","Ipv4Prefixes":[{"Ipv4Prefix":"10.0.4.0/28"}],"NetworkInterfaceId":"eni-0c","Operator":{"Managed":true,"Principal":"lambda.amazonaws.com"},"RequesterManaged":true,"TagSet":[{"Key":"443","Value":"true"}]}]}

    POST / Action=DescribeNetworkInterfaces&Version=2016-11-15&MaxResults=1000&IncludeManagedResources=true
    "#);
}

#[tokio::test]
async fn groups_come_with_who_refers_to_them() {
    let groups =
        "<R><securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo></R>";
    let references = "<R><securityGroupReferenceSet><item><groupId>sg-1</groupId>\
        <referencingVpcId>vpc-2</referencingVpcId>\
        <vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId></item></securityGroupReferenceSet></R>";
    insta::assert_snapshot!(check("security-groups", vec![ok(groups), ok(references)]).await, @r#"
    1 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","SecurityGroups":[{"GroupId":"sg-1"}]}
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","SecurityGroupReferenceSet":[{"GroupId":"sg-1","ReferencingVpcId":"vpc-2","VpcPeeringConnectionId":"pcx-1"}]}

    POST / Action=DescribeSecurityGroups&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeSecurityGroupReferences&Version=2016-11-15&GroupId.1=sg-1
    "#);
    let refusal = refused(501, "NotImplemented");
    insta::assert_snapshot!(check("security-groups", vec![ok(groups), refusal]).await, @r#"
    1 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","SecurityGroups":[{"GroupId":"sg-1"}]}
    cannot call ec2:DescribeSecurityGroupReferences in eu-west-1
      caused by: NotImplemented: It is so. (request r-1)
    POST / Action=DescribeSecurityGroups&Version=2016-11-15&MaxResults=1000
    POST / Action=DescribeSecurityGroupReferences&Version=2016-11-15&GroupId.1=sg-1
    "#);
}

#[tokio::test]
async fn prefix_lists_come_with_their_entries_and_half_of_them_are_none() {
    let lists = "<R><prefixListSet><item><prefixListId>pl-1</prefixListId></item><item>\
        <prefixListId>pl-2</prefixListId></item></prefixListSet></R>";
    let entries = |token: &str| {
        ok(format!(
            "<R><entrySet><item><cidr>10.0.0.0/8</cidr></item></entrySet>\
             <nextToken>{token}</nextToken></R>"
        ))
    };
    let answers =
        vec![ok(lists), entries(""), entries("more"), refused(400, "InvalidPrefixListID.NotFound")];
    insta::assert_snapshot!(check("prefix-lists", answers).await, @r#"
    2 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","PrefixLists":[{"PrefixListId":"pl-1"},{"PrefixListId":"pl-2"}]}
    {"PrefixListId":"pl-1","Entries":[{"Cidr":"10.0.0.0/8"}]}
    cannot call ec2:GetManagedPrefixListEntries in eu-west-1
      caused by: InvalidPrefixListID.NotFound: It is so. (request r-1)
    POST / Action=DescribeManagedPrefixLists&Version=2016-11-15&MaxResults=100
    POST / Action=GetManagedPrefixListEntries&Version=2016-11-15&PrefixListId=pl-1&MaxResults=100
    POST / Action=GetManagedPrefixListEntries&Version=2016-11-15&PrefixListId=pl-2&MaxResults=100
    POST / Action=GetManagedPrefixListEntries&Version=2016-11-15&PrefixListId=pl-2&MaxResults=100&NextToken=more
    "#);
}

#[tokio::test]
async fn functions_come_in_pages_and_without_their_environment() {
    let page = |name: &str, marker: &str| {
        ok(format!(
            r#"{{"Functions": [{{"FunctionName": "{name}", "FunctionArn": "arn:aws:lambda:{name}",
            "Environment": {{"Variables": {{"PASSWORD": "hush"}}}},
            "VpcConfig": {{"VpcId": "vpc-1", "SubnetIds": [], "SecurityGroupIds": []}}}}],
            "NextMarker": {marker}}}"#
        ))
    };
    let answers = vec![page("a", "\"m/1\""), page("b", "null")];
    let text = check("functions", answers).await;
    assert!(!text.contains("hush"), "{text}");
    insta::assert_snapshot!(text, @r#"
    2 items
    {"ListedAccountId":"111122223333","ListedRegion":"eu-west-1","Functions":[{"FunctionArn":"arn:aws:lambda:a","FunctionName":"a","VpcConfig":{"SecurityGroupIds":[],"SubnetIds":[],"VpcId":"vpc-1"}},{"FunctionArn":"arn:aws:lambda:b","FunctionName":"b","VpcConfig":{"SecurityGroupIds":[],"SubnetIds":[],"VpcId":"vpc-1"}}]}

    GET /2015-03-31/functions?MaxItems=50 
    GET /2015-03-31/functions?MaxItems=50&Marker=m%2F1
    "#);
}

#[tokio::test]
async fn accounts_of_the_organization_come_in_pages_and_those_that_are_closed_do_not() {
    let first = r#"{"Accounts": [{"Id": "2", "Name": "b", "Status": "ACTIVE"},
        {"Id": "3", "Name": "c", "Status": "SUSPENDED"}], "NextToken": "n"}"#;
    let second = r#"{"Accounts": [{"Id": "1", "Name": "a", "Status": "ACTIVE"}]}"#;
    let stub = Stub::start(vec![ok(first), ok(second)]);
    let accounts = account::of_organization(&stub.region).await.unwrap();
    let shown: Vec<String> = accounts.iter().map(|it| format!("{} {}", it.id, it.name)).collect();
    assert_eq!(shown, ["1 a", "2 b"]);
    assert_eq!(stub.bodies(), "{}\n{\"NextToken\":\"n\"}");
    let head = stub.asked()[0].head.clone();
    assert!(head.contains("x-amz-target: AWSOrganizationsV20161128.ListAccounts\r\n"), "{head}");
    assert!(head.contains("/us-east-1/organizations/aws4_request"), "{head}");
}
