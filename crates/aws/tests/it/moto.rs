//! The same calls against moto, a server that keeps what it is told.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::{Value, json};
use tidegate_aws::flow_log::{self, Destination, NewFlowLogs};
use tidegate_aws::listing::{SUBJECTS, list};
use tidegate_aws::security_group::{self, Direction, NewRule};
use tidegate_aws::{Role, Session, account, bucket_policy, iam_role, log_group};
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Peer, SecurityGroupRule, Tags};
use url::Url;

/// How long moto may take to answer its first request.
const START_MAX: Duration = Duration::from_mins(1);

/// A server that is gone when dropped.
struct Moto {
    child: Child,
    session: Session,
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It holds nothing but memory: a server that is gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "moto gives credentials that expire by the clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Starts a server, or says why the test is skipped.
fn start() -> Option<Moto> {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let spawned = Command::new("moto_server")
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            assert!(option_env!("CI").is_none(), "cannot start `moto_server`: {error}");
            skipped(&error);
            return None;
        }
    };
    let begin = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "moto ended at once");
        assert!(begin.elapsed() < START_MAX, "moto does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    let keys = Credentials::new("testing", "testing", None, None, "test");
    let endpoint = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let provider = SharedCredentialsProvider::new(keys);
    let session = Session::new(provider, "eu-west-1", Some(endpoint), now).unwrap();
    Some(Moto { child, session })
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped(error: &std::io::Error) {
    eprintln!("skipped: cannot start `moto_server`: {error}");
}

#[tokio::test]
async fn a_network_is_listed_and_its_rules_come_and_go() {
    let Some(moto) = start() else { return };
    let region = moto.session.in_region("eu-west-1");
    let account_id = account::caller(&region).await.unwrap().account_id;
    let mut documents = Vec::new();
    for subject in SUBJECTS {
        let listing = list(&region, &account_id, *subject).await.unwrap();
        let failures = listing.failures.iter().filter_map(|it| it.code());
        let is_expected = failures.eq(["NotImplemented"].iter().copied().filter(|_| {
            // moto has no `DescribeSecurityGroupReferences`.
            subject.name == "security-groups"
        }));
        assert!(is_expected, "{listing:?}");
        let first: Value =
            serde_json::Deserializer::from_str(&listing.json).into_iter().next().unwrap().unwrap();
        documents.push(first);
    }
    let vpcs = documents.iter().find_map(|it| it["Vpcs"].as_array()).unwrap();
    assert_eq!(vpcs[0]["IsDefault"], json!(true));
    // Every VPC has a group that nobody has to make.
    let groups = documents.iter().find_map(|it| it["SecurityGroups"].as_array()).unwrap();
    let id = groups[0]["GroupId"].as_str().unwrap().to_owned();
    let rule = |port, peer| NewRule {
        rule: SecurityGroupRule {
            id: String::new(),
            group_id: id.clone(),
            is_egress: false,
            protocol: Some(6),
            from_port: Some(port),
            to_port: Some(port),
            peer,
            description: "by test".to_owned(),
        },
        peer_account_id: None,
    };
    let rules = [
        rule(443, Peer::Cidr(Cidr::parse("10.0.0.0/8").unwrap())),
        rule(8443, Peer::SecurityGroup(id.clone())),
    ];
    let ids = std::slice::from_ref(&id);
    let before = security_group::describe(&region, ids).await.unwrap();
    let tags = Tags::new();
    let made = security_group::authorize(&region, &id, Direction::Ingress, &rules, &tags).await;
    let made = made.unwrap();
    let [_, listed] = security_group::describe(&region, ids).await.unwrap();
    let of_made = |rule_id: &str| {
        let listed = listed["SecurityGroupRules"].as_array().unwrap();
        listed.iter().find(|it| it["SecurityGroupRuleId"] == rule_id).unwrap().clone()
    };
    assert_eq!(of_made(&made[0])["CidrIpv4"], "10.0.0.0/8");
    assert_eq!(of_made(&made[1])["ReferencedGroupInfo"]["GroupId"], *id);
    assert_eq!(of_made(&made[1])["FromPort"], 8443);
    let again = security_group::authorize(&region, &id, Direction::Ingress, &rules, &tags).await;
    assert_eq!(again.unwrap_err().code(), Some("InvalidPermission.Duplicate"));
    security_group::revoke(&region, &id, Direction::Ingress, &made).await.unwrap();
    assert_eq!(security_group::describe(&region, ids).await.unwrap(), before);
    let gone = security_group::describe(&region, &["sg-0123456789abcdef0".to_owned()]).await;
    let gone = gone.unwrap_err();
    assert_eq!(gone.code(), Some("InvalidGroup.NotFound"));
}

#[tokio::test]
async fn flow_logs_are_made_into_a_log_group_and_deleted() {
    let Some(moto) = start() else { return };
    let region = moto.session.in_region("eu-west-1");
    let account_id = account::caller(&region).await.unwrap().account_id;
    let tags = Tags::from([("managed-by".to_owned(), "tidegate".to_owned())]);
    assert!(!log_group::is_there(&region, "flow").await.unwrap());
    log_group::create(&region, "flow", &tags).await.unwrap();
    assert!(log_group::is_there(&region, "flow").await.unwrap());

    assert_eq!(iam_role::get(&region, "tidegate-flow-logs").await.unwrap(), None);
    let trust = json!({ "Version": "2012-10-17", "Statement": [] });
    let statement = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let role = iam_role::create(&region, "tidegate-flow-logs", &trust, &tags).await.unwrap();
    assert_eq!(iam_role::get_policy(&region, &role.name, "write").await.unwrap(), None);
    iam_role::put_policy(&region, &role.name, "write", &policy).await.unwrap();
    let put = iam_role::get_policy(&region, &role.name, "write").await.unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&put).unwrap(), policy);
    let found = iam_role::get(&region, &role.name).await.unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&found.trust).unwrap(), trust);
    assert_eq!((&found.arn, &found.tags), (&role.arn, &tags));

    let subject = SUBJECTS.iter().find(|it| it.name == "vpcs").unwrap();
    let vpcs: Value =
        serde_json::from_str(&list(&region, &account_id, *subject).await.unwrap().json).unwrap();
    let wanted = NewFlowLogs {
        resource_type: "VPC".to_owned(),
        resource_ids: vec![vpcs["Vpcs"][0]["VpcId"].as_str().unwrap().to_owned()],
        traffic_type: Some("ALL".to_owned()),
        destination: Destination::LogGroup { name: "flow".to_owned(), role_arn: role.arn },
        log_format: None,
        aggregation_interval_s: Some(60),
        tag_fields: Vec::new(),
        tags,
        client_token: None,
    };
    let created = flow_log::create(&region, &wanted).await.unwrap();
    assert_eq!((created.flow_log_ids.len(), created.unsuccessful.len()), (1, 0));
    // AWS tells this one as `Unsuccessful`, moto as a refusal of the whole call.
    let again = flow_log::create(&region, &wanted).await.unwrap_err();
    assert_eq!(again.code(), Some("FlowLogAlreadyExists"));
    let described = flow_log::describe(&region, &created.flow_log_ids).await.unwrap();
    let flow_log = &described["FlowLogs"][0];
    assert_eq!(flow_log["MaxAggregationInterval"], 60);
    assert_eq!(flow_log["Tags"], json!([{ "Key": "managed-by", "Value": "tidegate" }]));
    assert_eq!(flow_log::delete(&region, &created.flow_log_ids).await.unwrap(), []);
    assert_eq!(flow_log::describe(&region, &[]).await.unwrap(), json!({ "FlowLogs": [] }));
}

#[tokio::test]
async fn a_bucket_has_a_policy_and_a_role_is_another_account() {
    let Some(moto) = start() else { return };
    let region = moto.session.in_region("us-east-1");
    let refused = bucket_policy::get(&region, "acme").await.unwrap_err();
    assert_eq!(refused.code(), Some("NoSuchBucket"));
    let role = Role {
        arn: "arn:aws:iam::444455556666:role/tidegate-read".to_owned(),
        external_id: Some("x".to_owned()),
        session_name: "tidegate".to_owned(),
    };
    let member = moto.session.assume(role).in_region("us-east-1");
    assert_eq!(account::caller(&member).await.unwrap().account_id, "444455556666");
    assert!(account::regions(&region).await.unwrap().contains(&"eu-west-1".to_owned()));
    assert_eq!(account::of_organization(&region).await.unwrap(), []);
}
