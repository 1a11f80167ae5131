//! `tidegate advise sg --emit` and `tidegate advise apply`.

use serde_json::{Value, json};

use crate::run::{Here, Ran};
use crate::support::checkers::assert_passes;
use crate::support::moto::Moto;

/// A lake with the records and the network of a synthetic world.
fn world() -> Here {
    let here = Here::new();
    for arguments in [
        &["generate", "--out", "world", "--records", "20000"][..],
        &["inventory", "import", "world/network", "--since", "2026-01-01", "--lake", "lake"],
        &["collect", "world/AWSLogs", "--lake", "lake"],
    ] {
        let ran = here.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    here
}

#[test]
fn advice_is_written_in_forms_that_others_read() {
    let here = world();
    let forms = [
        ("terraform", "open/main.tf"),
        ("terraform-close", "close/main.tf"),
        ("cloudformation", "template.json"),
        ("cli", "change.sh"),
        ("rollback", "rollback.sh"),
        ("sarif", "advice.sarif"),
        ("html", "advice.html"),
        ("markdown", "advice.md"),
        ("plan", "plan.json"),
    ];
    for (form, name) in forms {
        let ran = here.run(&["advise", "sg", "--lake", "lake", "--emit", form]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        here.write(name, &ran.stdout);
    }
    let named = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let modules = named(&["open/main.tf", "close/main.tf"]);
    assert_passes(&here, "hcl2tojson", &[], &modules);
    assert_passes(&here, "terraform", &["fmt", "-check", "-diff"], &modules);
    let template = named(&["template.json"]);
    assert_passes(&here, "cfn-lint", &["--regions", "us-east-1", "--"], &template);
    assert_passes(&here, "bash", &["-n"], &named(&["change.sh", "rollback.sh"]));
    let read = |name: &str| std::fs::read_to_string(here.path(name)).unwrap();
    let plan: Value = serde_json::from_str(&read("plan.json")).unwrap();
    assert!(plan["steps"].as_array().unwrap().len() > 1);
    let findings: Value = serde_json::from_str(&read("advice.sarif")).unwrap();
    assert!(!findings["runs"][0]["results"].as_array().unwrap().is_empty());
}

/// A group in a cloud of our own, with two rules by hand, and a plan for them.
struct Cloud {
    here: Here,
    moto: Moto,
    group_id: String,
}

impl Cloud {
    fn start() -> Option<Self> {
        let moto = Moto::start()?;
        let answer = moto.ec2("Action=CreateSecurityGroup&GroupName=web&GroupDescription=by+hand");
        let (_, rest) = answer.split_once("<groupId>").unwrap();
        let group_id = rest.split_once('<').unwrap().0.to_owned();
        let cloud = Self { here: Here::new(), moto, group_id };
        cloud.authorize(22, "0.0.0.0/0");
        cloud.authorize(443, "10.0.0.0/8");
        cloud.here.write("plan.json", &cloud.plan("123456789012").to_string());
        Some(cloud)
    }

    fn authorize(&self, port: u16, cidr: &str) {
        let cidr = cidr.replace('/', "%2F");
        self.moto.ec2(&format!(
            "Action=AuthorizeSecurityGroupIngress&GroupId={}&IpPermissions.1.IpProtocol=tcp&\
             IpPermissions.1.FromPort={port}&IpPermissions.1.ToPort={port}&\
             IpPermissions.1.IpRanges.1.CidrIp={cidr}&\
             IpPermissions.1.IpRanges.1.Description=by+hand",
            self.group_id,
        ));
    }

    fn rule(&self, protocol: &str, port: Option<u16>, cidr: &str) -> Value {
        let is_egress = protocol == "-1";
        json!({
            "id": "",
            "group_id": self.group_id,
            "is_egress": is_egress,
            "protocol": protocol,
            "from_port": port,
            "to_port": port,
            "cidr": cidr,
            "description": if is_egress { "" } else { "by hand" },
        })
    }

    /// A narrower rule for one of the two, and the other one goes.
    fn plan(&self, account_id: &str) -> Value {
        let ssh = self.rule("tcp", Some(22), "0.0.0.0/0");
        let wide = self.rule("tcp", Some(443), "10.0.0.0/8");
        let all = self.rule("-1", None, "0.0.0.0/0");
        let narrow = self.rule("tcp", Some(443), "10.1.2.0/24");
        let step = |action: &str, rules: Value| {
            json!({
                "action": action,
                "group_id": self.group_id,
                "is_egress": false,
                "rules": rules,
            })
        };
        json!({
            "format": "tidegate security group plan",
            "version": 1,
            "is_rollback": false,
            "groups": [{
                "id": self.group_id,
                "name": "web",
                "region": "us-east-1",
                "account_id": account_id,
                "rules_before": [ssh, wide, all],
            }],
            "steps": [
                step("authorize", json!([narrow])),
                step("revoke", json!([ssh, wide])),
            ],
        })
    }

    fn apply(&self, arguments: &[&str]) -> Ran {
        let environment = self.moto.environment();
        let variables: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.here.run_with(&variables, &[&["advise", "apply"], arguments].concat())
    }

    /// Returns what AWS says of the group, whatever the order.
    fn description(&self) -> Vec<String> {
        let answer =
            self.moto.ec2(&format!("Action=DescribeSecurityGroups&GroupId.1={}", self.group_id));
        let (_, body) = answer.split_once("<securityGroupInfo>").unwrap();
        let mut pieces: Vec<String> = body.split('<').map(str::to_owned).collect();
        pieces.sort();
        pieces
    }

    /// Returns what a run said, with the ids of this cloud masked.
    fn shown(&self, ran: &Ran) -> String {
        let text = ran.shown().replace(&self.group_id, "[GROUP]");
        let words = text.split(' ').map(|it| match it.split_once("sgr-") {
            Some((_, rest)) => it.replace(rest.lines().next().unwrap_or_default(), "[ID]"),
            None => it.to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn a_plan_is_told_then_done_and_its_rollback_brings_back_the_same() {
    let Some(cloud) = Cloud::start() else { return };
    let before = cloud.description();
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["plan.json"])), @"
    exit 0
    --- stdout
    + [GROUP] ingress tcp 443 from 10.1.2.0/24
    - [GROUP] ingress tcp 22 from 0.0.0.0/0 sgr-[ID]
    - [GROUP] ingress tcp 443 from 10.0.0.0/8 sgr-[ID]
    --- stderr
    nothing was changed; `--yes` does it
    ");
    assert_eq!(cloud.description(), before);
    assert!(!cloud.here.path("plan.rollback.json").exists());

    let ran = cloud.apply(&["plan.json", "--yes", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_ne!(cloud.description(), before);
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["plan.json", "--yes"])), @"
    exit 0
    --- stderr
    nothing to do
    ");

    let ran = cloud.apply(&["plan.rollback.json", "--yes", "-q"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(cloud.description(), before);
}

#[test]
fn a_plan_for_groups_that_changed_changes_nothing() {
    let Some(cloud) = Cloud::start() else { return };
    cloud.authorize(8080, "10.9.0.0/16");
    let before = cloud.description();
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["plan.json", "--yes"])), @"
    exit 2
    --- stderr
    error: the groups are not what they were when the plan was made
      [GROUP]: new is ingress tcp 8080 from 10.9.0.0/16

    hint: nothing was changed; make the plan anew: `tidegate inventory sync`, then `tidegate advise sg --emit plan`
    ");
    assert_eq!(cloud.description(), before);
    assert!(!cloud.here.path("plan.rollback.json").exists());
}

#[test]
fn what_others_did_in_the_meantime_is_not_taken_for_ours() {
    let Some(cloud) = Cloud::start() else { return };
    // One of the rules that the plan makes is there already: the way back would take it away.
    cloud.authorize(443, "10.1.2.0/24");
    let before = cloud.description();
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["plan.json", "--yes"])), @"
    exit 2
    --- stderr
    error: part of the plan is so already, and not by this plan: the way back would undo what others did

    hint: nothing was changed; make the plan anew: `tidegate inventory sync`, then `tidegate advise sg --emit plan`
    ");
    assert_eq!(cloud.description(), before);
    assert!(!cloud.here.path("plan.rollback.json").exists());
}

#[test]
fn what_is_no_plan_for_here_is_refused() {
    let Some(cloud) = Cloud::start() else { return };
    let before = cloud.description();
    cloud.here.write("other.json", &cloud.plan("999988887777").to_string());
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["other.json", "--yes"])), @"
    exit 2
    --- stderr
    error: the plan is for account 999988887777, the credentials are of 123456789012

    hint: use credentials of that account; a plan is for one account
    ");
    cloud.here.write("no.json", "{}");
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["no.json", "--yes"])), @"
    exit 2
    --- stderr
    error: cannot read the plan: `format` is not that of a plan

    hint: a plan is what `tidegate advise sg --emit plan` writes, or the rollback of one
    ");
    // The only way back from something else is not overwritten.
    cloud.here.write("plan.rollback.json", "{}");
    insta::assert_snapshot!(cloud.shown(&cloud.apply(&["plan.json", "--yes", "-q"])), @"
    exit 2
    --- stdout
    + [GROUP] ingress tcp 443 from 10.1.2.0/24
    - [GROUP] ingress tcp 22 from 0.0.0.0/0 sgr-[ID]
    - [GROUP] ingress tcp 443 from 10.0.0.0/8 sgr-[ID]
    --- stderr
    error: `plan.rollback.json` is there already, of another plan

    hint: name another file: `--rollback FILE`
    ");
    assert_eq!(cloud.description(), before);
}
