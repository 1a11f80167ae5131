//! `tidegate audit` and `tidegate setup flow-logs`.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::run::{Here, Ran};
use crate::support::checkers::assert_passes;
use crate::support::moto::Moto;
use crate::support::server::{CALLER, NOTHING, serve};

/// The interface of [`crate::run::LOG`].
const INTERFACE: &str = "eni-1235b8ca123456789";

fn network(flow_logs: &Value) -> String {
    let interface = |id: &str, subnet: &str| {
        json!({
            "NetworkInterfaceId": id, "VpcId": "vpc-1", "SubnetId": subnet, "Status": "in-use",
            "AvailabilityZone": "eu-west-1a", "OwnerId": "111122223333",
        })
    };
    let subnet = |id: &str| json!({ "SubnetId": id, "VpcId": "vpc-1", "OwnerId": "111122223333" });
    let vpc = |id: &str, name: &str| {
        let tags = json!([{ "Key": "Name", "Value": name }]);
        json!({ "VpcId": id, "OwnerId": "111122223333", "Tags": tags })
    };
    let documents = [
        json!({ "Vpcs": [vpc("vpc-1", "shop"), vpc("vpc-2", "empty")] }),
        json!({ "Subnets": [subnet("subnet-1"), subnet("subnet-2")] }),
        json!({ "NetworkInterfaces": [
            interface(INTERFACE, "subnet-1"),
            interface("eni-2", "subnet-2"),
        ] }),
        json!({ "FlowLogs": flow_logs }),
    ];
    documents.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn flow_log(id: &str, resource: &str) -> Value {
    json!({
        "FlowLogId": id, "ResourceId": resource, "TrafficType": "ALL", "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS", "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::acme-logs", "MaxAggregationInterval": 60,
        "CreationTime": "2014-01-01T00:00:00Z",
    })
}

/// A lake with [`crate::run::LOG`] and this network.
fn lake(flow_logs: &Value) -> Here {
    let here = Here::with_lake();
    here.write("network.json", &network(flow_logs));
    let import = ["inventory", "import", "network.json", "--since", "2014-01-01", "--lake", "lake"];
    let ran = here.run(&import);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    here
}

fn audit(here: &Here, arguments: &[&str]) -> Ran {
    let moment = ["audit", "--lake", "lake", "--at", "2014-12-14T06:00Z", "--window", "400d"];
    here.run(&[&moment, arguments].concat())
}

#[test]
fn an_audit_names_what_is_not_logged_and_can_end_with_1() {
    let here = lake(&json!([flow_log("fl-1", "subnet-1")]));
    insta::assert_snapshot!(audit(&here, &["--output", "table"]).shown(), @"
    exit 0
    --- stdout
    place                  name   state    traffic  interval  destination             delivery  newest                why
    ─────────────────────  ─────  ───────  ───────  ────────  ──────────────────────  ────────  ────────────────────  ───────────────────────────────────────────────────────────
    vpc-1                  shop   partial  NULL     NULL      NULL                    NULL      2014-12-14T04:07:50Z  nothing watches 1 of its interfaces in use: eni-2
    subnet-1               NULL   thin     ALL      [N] s      arn:aws:s3:::acme-logs  SUCCESS   2014-12-14T04:07:50Z  without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    eni-1235b8ca123456789  NULL   thin     ALL      [N] s      arn:aws:s3:::acme-logs  SUCCESS   2014-12-14T04:07:50Z  without tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction
    subnet-2               NULL   missing  NULL     NULL      NULL                    NULL      NULL                  no flow log watches it
    eni-2                  NULL   missing  NULL     NULL      NULL                    NULL      NULL                  no flow log watches it
    vpc-2                  empty  missing  NULL     NULL      NULL                    NULL      NULL                  no flow log watches it; it has no interfaces

    missing field   without it unknown
    ──────────────  ────────────────────────────────────────────────────────────────────────────────────────
    tcp-flags       who opened the connection, and whether it was answered: a scan looks like use
    pkt-srcaddr     the true sender behind NAT gateways, load balancers, pods: sources are judged by the hop
    pkt-dstaddr     the true receiver behind NAT gateways, secondary addresses, pods
    flow-direction  incoming or outgoing, as a fact: without it, a guess from addresses
    --- stderr
    2 VPCs: 1 missing, 1 partial
    CIS 2.9, 3.9, 3.7, 4.7 (by edition) and Security Hub EC2.6: 0 of 2 pass
    `tidegate setup flow-logs --to s3://BUCKET/` plans what is missing
    ");
    assert_eq!(audit(&here, &["--fail-on", "missing", "-q"]).code, 1);
    let watched = lake(&json!([flow_log("fl-1", "vpc-1"), flow_log("fl-2", "vpc-2")]));
    assert_eq!(audit(&watched, &["--fail-on", "partial", "-q"]).code, 0);
    assert_eq!(audit(&watched, &["--fail-on", "stale", "-q"]).code, 1);
}

#[test]
fn an_audit_tells_programs_everything() {
    let here = lake(&json!([flow_log("fl-1", "vpc-1")]));
    let ran = audit(&here, &["--output", "json", "-q"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let ids = report["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}", it["id"].as_str().unwrap(), it["state"].as_str().unwrap()));
    insta::assert_snapshot!(ids.collect::<Vec<_>>().join("\n"), @"
    vpc-1 thin
    subnet-1 thin
    eni-1235b8ca123456789 thin
    subnet-2 stale
    eni-2 stale
    vpc-2 missing
    ");
    let vpc = &report["places"][0];
    assert_eq!(vpc["arrived"]["n_records"], 2);
    assert_eq!(vpc["arrived"]["newest"], "2014-12-14T04:07:50Z");
    assert_eq!(vpc["controls"].as_array().unwrap().len(), 5);
    assert_eq!(vpc["controls"][4]["number"], "EC2.6");
    assert_eq!(vpc["controls"][4]["outcome"], "pass");
    let losses = vpc["missing_fields"].as_array().unwrap();
    let flags = losses.iter().find(|it| it["field"] == "tcp-flags").unwrap();
    assert_eq!(flags["needed"], true);
    let rows = audit(&here, &["--output", "ndjson", "-q"]).stdout;
    assert_eq!(rows.lines().count(), report["places"].as_array().unwrap().len());
}

#[test]
fn what_cannot_be_planned_says_what_to_do() {
    let here = lake(&json!([]));
    let setup = |arguments: &[&str]| {
        let begin = ["setup", "flow-logs", "--emit", "cli", "--lake", "lake"];
        here.run(&[&begin, arguments].concat()).shown()
    };
    insta::assert_snapshot!(setup(&["--to", "nowhere"]), @"
    exit 2
    --- stderr
    error: cannot deliver to `nowhere`: it is no bucket, log group or stream

    hint: write `s3://bucket/prefix/`, `cloudwatch:GROUP`, or the ARN of a stream of Firehose
    ");
    insta::assert_snapshot!(setup(&["--to", "s3://acme-logs", "vpc-9"]), @"
    exit 2
    --- stderr
    error: the inventory has no VPC, subnet or interface `vpc-9` now

    hint: `tidegate inventory sync`, or `tidegate inventory list vpcs`, `subnets`, `interfaces`
    ");
    insta::assert_snapshot!(setup(&["--to", "s3://acme-logs", "vpc-2"]), @"
    exit 2
    --- stderr
    error: cannot plan a flow log for `vpc-2`: nothing tells its region: `--region REGION`

    hint: `tidegate inventory list vpcs` lists what is known
    ");
    insta::assert_snapshot!(setup(&["--to", "s3://acme-logs", "--format", "${hue}"]), @"
    exit 2
    --- stderr
    error: no VPC flow log has a field `hue`

    hint: `recommended`, `default`, or fields as in '${version} ${account-id}'; `tidegate schema` lists them
    ");
    insta::assert_snapshot!(setup(&["--to", "s3://acme-logs", "--account", "999988887777"]), @"
    exit 2
    --- stderr
    error: the inventory has no VPC of this account and region

    hint: `tidegate inventory sync` reads what there is; `tidegate inventory list vpcs` lists it
    ");
}

/// Writes a plan of every destination in a language.
fn emitted(language: &str, ending: &str) -> (Here, Vec<String>) {
    let here = lake(&json!([]));
    let destinations = [
        "s3://acme-logs/flow/",
        "cloudwatch:/vpc/flow",
        "arn:aws:firehose:eu-west-1:111122223333:deliverystream/flow",
    ];
    let mut names = Vec::new();
    for (index, destination) in destinations.iter().enumerate() {
        let begin = ["setup", "flow-logs", "--lake", "lake", "--region", "eu-west-1"];
        let ran = here.run(&[&begin[..], &["--to", destination, "--emit", language]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let name = format!("{index}/main.{ending}");
        here.write(&name, &ran.stdout);
        names.push(name);
    }
    (here, names)
}

#[test]
fn emitted_terraform_is_parsed_by_others_and_formatted_as_terraform_does() {
    let (here, names) = emitted("terraform", "tf");
    // `terraform validate` needs the provider, which is not on this machine.
    assert_passes(&here, "hcl2tojson", &[], &names);
    assert_passes(&here, "terraform", &["fmt", "-check", "-diff"], &names);
}

#[test]
fn emitted_templates_pass_the_linter_of_cloud_formation() {
    let (here, names) = emitted("cloudformation", "json");
    assert_passes(&here, "cfn-lint", &["--regions", "eu-west-1", "--"], &names);
}

#[test]
fn an_emitted_script_is_one_that_bash_reads() {
    let (here, names) = emitted("cli", "sh");
    assert_passes(&here, "bash", &["-n"], &names);
    let text = std::fs::read_to_string(here.path(&names[0])).unwrap();
    assert!(text.contains("--resource-ids vpc-1 vpc-2"), "{text}");
}

/// A network of AWS's make, asked and changed by the program.
struct Cloud {
    here: Here,
    moto: Moto,
}

impl Cloud {
    fn run(&self, arguments: &[&str]) -> Ran {
        let environment = self.moto.environment();
        let variables: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.here.run_with(&variables, &[arguments, &["--lake", "lake"]].concat())
    }

    /// Plans or does, and returns the report.
    fn setup(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["setup", "flow-logs", "--output", "json"], arguments].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Returns the states of VPCs, after the inventory was read again.
    fn states(&self) -> Vec<String> {
        let ran = self.run(&["inventory", "sync", "-q"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let ran = self.run(&["audit", "--output", "ndjson", "-q"]);
        let places = ran.stdout.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
        let vpcs = places.filter(|it| it["kind"] == "vpc");
        vpcs.map(|it| it["state"].as_str().unwrap().to_owned()).collect()
    }
}

fn steps(report: &Value) -> Vec<&str> {
    report["steps"].as_array().unwrap().iter().map(|it| it["step"].as_str().unwrap()).collect()
}

#[test]
fn what_is_missing_is_found_planned_made_found_well_and_removed() {
    let Some(moto) = Moto::start() else { return };
    moto.make_bucket("acme-logs");
    let cloud = Cloud { here: Here::new(), moto };
    assert_eq!(cloud.states(), ["missing"]);
    let wish = ["--to", "s3://acme-logs/"];

    let planned = cloud.setup(&wish);
    assert_eq!(steps(&planned), ["put-bucket-policy", "create-flow-logs"]);
    assert_eq!(planned["done"], Value::Null);
    assert_eq!(steps(&cloud.setup(&wish)).len(), 2, "a plan changes nothing");

    let done = cloud.setup(&[&wish[..], &["--yes"]].concat());
    assert_eq!(done["done"]["flow_log_ids"].as_array().unwrap().len(), 1, "{done}");
    let again = cloud.setup(&[&wish[..], &["--yes"]].concat());
    assert_eq!((steps(&again).len(), again["kept"].as_array().unwrap().len()), (0, 1));
    assert_eq!(cloud.states(), ["ok"]);

    let removal = cloud.setup(&["--remove"]);
    assert_eq!(
        (removal["deletes"].as_array().unwrap().len(), &removal["is_done"]),
        (1, &json!(false))
    );
    assert_eq!(cloud.setup(&["--remove", "--yes"])["is_done"], true);
    assert_eq!(cloud.states(), ["missing"]);
    assert_eq!(cloud.setup(&["--remove", "--yes"])["deletes"], json!([]));
}

#[test]
fn a_log_group_and_its_role_are_made_once() {
    let Some(moto) = Moto::start() else { return };
    let cloud = Cloud { here: Here::new(), moto };
    assert_eq!(cloud.states(), ["missing"]);
    let wish = ["--to", "cloudwatch:/vpc/flow", "--traffic", "reject", "--interval", "600"];
    let done = cloud.setup(&[&wish[..], &["--yes"]].concat());
    assert_eq!(steps(&done), ["create-log-group", "create-role", "create-flow-logs"]);
    assert_eq!(steps(&cloud.setup(&wish)).len(), 0);
    assert_eq!(cloud.states(), ["reject-only"]);
    // Another wish needs no other group and no other role.
    let other = cloud.setup(&["--to", "cloudwatch:/vpc/flow"]);
    assert_eq!(steps(&other), ["create-flow-logs"]);
    assert!(other["notes"][0].as_str().unwrap().contains("both are paid for"), "{other}");
}

/// Returns a document as it stands in a form.
fn escaped(document: &Value) -> String {
    let bytes = document.to_string().into_bytes();
    bytes.iter().map(|it| format!("%{it:02X}")).collect::<Vec<_>>().concat()
}

#[test]
fn a_role_that_a_run_left_without_its_policy_gets_it() {
    let Some(moto) = Moto::start() else { return };
    let cloud = Cloud { here: Here::new(), moto };
    assert_eq!(cloud.states(), ["missing"]);
    let wish = ["--to", "cloudwatch:/vpc/flow"];
    let role = cloud.setup(&wish)["steps"][1].clone();
    cloud.moto.iam(&format!(
        "Action=CreateRole&RoleName={}&AssumeRolePolicyDocument={}",
        role["name"].as_str().unwrap(),
        escaped(&role["trust"])
    ));
    let done = cloud.setup(&[&wish[..], &["--yes"]].concat());
    assert_eq!(steps(&done), ["create-log-group", "put-role-policy", "create-flow-logs"]);
    assert_eq!(done["steps"][1]["policy"], role["policy"]);
    assert_eq!(steps(&cloud.setup(&wish)).len(), 0);
}

/// The role, as IAM tells it.
const ROLE: &str = r#"<R><Role><RoleName>tidegate-flow-logs</RoleName><AssumeRolePolicyDocument>
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Condition": {
    "StringEquals": {"aws:SourceAccount": "111122223333"},
    "ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:111122223333:vpc-flow-log/*"}}}]}
    </AssumeRolePolicyDocument></Role></R>"#;

#[test]
fn a_role_that_was_made_though_the_answer_was_lost_is_made() {
    let here = lake(&json!([]));
    let (tell, told) = std::sync::mpsc::channel();
    let is_made = AtomicBool::new(false);
    let environment = serve(move |action| {
        tell.send(action.to_owned()).unwrap();
        match action {
            "GetCallerIdentity" => Some(CALLER),
            "DescribeLogGroups" => Some(r#"{"logGroups": [{"logGroupName": "/vpc/flow"}]}"#),
            "GetRole" if is_made.load(Ordering::Relaxed) => Some(ROLE),
            "GetRole" => {
                Some("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>")
            }
            "CreateRole" => {
                is_made.store(true, Ordering::Relaxed);
                Some(
                    "<ErrorResponse><Error><Code>EntityAlreadyExists</Code></Error></ErrorResponse>",
                )
            }
            "CreateFlowLogs" => Some("<R><flowLogIdSet><item>fl-1</item></flowLogIdSet></R>"),
            _ => Some(NOTHING),
        }
    });
    let variables: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let setup = ["setup", "flow-logs", "vpc-1", "--to", "cloudwatch:/vpc/flow", "--yes"];
    let ran = here.run_with(&variables, &[&setup[..], &["--lake", "lake", "-q"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told: Vec<String> = told.try_iter().collect();
    let changes = told.iter().map(String::as_str);
    let changes = changes.filter(|it| it.starts_with("Create") || it.starts_with("Put"));
    assert_eq!(changes.collect::<Vec<_>>(), ["CreateRole", "PutRolePolicy", "CreateFlowLogs"]);
}

#[test]
fn what_aws_refuses_is_told_although_it_answers_with_success() {
    let Some(moto) = Moto::start() else { return };
    moto.make_bucket("acme-logs");
    let cloud = Cloud { here: Here::new(), moto };
    assert_eq!(cloud.states(), ["missing"]);
    // Moto knows no prefixes: it answers as AWS does for a bucket that is not there.
    let ran = cloud.run(&["setup", "flow-logs", "--to", "s3://acme-logs/flow/", "--yes", "-q"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("AWS did not log vpc-"), "{}", ran.stderr);
    let ran = cloud.run(&["setup", "flow-logs", "--to", "s3://nowhere-logs/"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("NoSuchBucket"), "{}", ran.stderr);
}
