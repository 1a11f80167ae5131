//! One report in every form.

mod sample;

use serde_json::Value;
use tidegate_model::inventory::SecurityGroupRule;

use super::{cloud_formation, html, markdown, sarif, script, terraform};
use crate::steps::{Steps, wire, words};
use sample::report;

#[test]
fn the_report_in_markdown() {
    insta::assert_snapshot!(markdown::markdown(&report()), @r"
    # Security groups, 2026-02-01 00:00 to 2026-03-03 00:00 UTC

    4 rules in 3 groups: 1 used, 1 unused, 1 redundant, 1 unprovable. 1,000,000 records, 72,000 connections.

    ## What to change

    40,000 flows, 71,500 connections played back: 0 would have been blocked, 0 rejected ones would now pass; reachable space IPv4 -99.98 %, IPv6 from nothing.

    |  | group | goes | comes first | why | confidence |
    |---|---|---|---|---|---|
    | narrow | `web`<br>`sg-1` | `ingress tcp 443 from 10.0.0.0/8`<br>`sgr-0001` | `ingress tcp 443 from sg-7`<br>`ingress tcp 443 from 2001:db8::/64` | used by sg-7 and one subnet; looked at 14 days | medium |
    | remove | `web`<br>`sg-1` | `ingress tcp 22 from 0.0.0.0/0`<br>`sgr-0002` |  | nothing used it; looked at 14 days | medium |
    | remove | `db`<br>`sg-2` | `ingress tcp 5432 from 10.1.2.0/24`<br>`sgr-0004` |  | sgr-0005 admits all that it admits; looked at 14 days | medium |

    Left as they are, because something would have been blocked: sg-8.

    ## Groups that nothing uses

    No interface carries them or did in the window, and no other group names them.

    | group | VPC | description |
    |---|---|---|
    | `old <img>`<br>`sg-3` | `vpc-1` | by \| hand |

    Not looked at, so look yourself: launch templates; ECS services.

    ## What guidelines forbid

    By what rules say; what the traffic says stands beside it.

    | severity | group | what | observed | controls |
    |---|---|---|---|---|
    | high | `web`<br>`sg-1` | the world may use SSH (22) | nothing used it | EC2.13, CIS 5.2 |

    ## Rules that are probably missing

    Inside, again and again, rejected.

    | interface | rejected | other end | records | when |
    |---|---|---|---|---|
    | `eni-1`<br>`sg-2` | `ingress tcp 5432 from 10.0.4.7` | `eni-2`<br>`sg-1` | 77 | 2026-02-01 00:00 to 2026-02-02 00:00 |

    ## Every rule

    Connections count if they were answered, or went one way where nothing else can be; sole are those that no other rule admits; coverage is the share of its interfaces' time with usable logs.

    | verdict | group | rule | connections | sole | peers | last use | coverage | what else |
    |---|---|---|---|---|---|---|---|---|
    | used | `web`<br>`sg-1` | `ingress tcp 443 from 10.0.0.0/8` | 71,000 | 70,500 | 12 | 2026-03-02 00:00 | 99 % | too-wide |
    | unused | `web`<br>`sg-1` | `ingress tcp 22 from 0.0.0.0/0` | 0 | 0 | 0 |  | 99 % | looked at 14 days |
    | unprovable | `web`<br>`sg-1` | `ingress tcp 25 from 10.0.0.0/8` | 0 | 0 | 0 |  | 99 % | looked at 14 days |
    | redundant | `db`<br>`sg-2` | `ingress tcp 5432 from 10.1.2.0/24` | 0 | 0 | 0 |  | 99 % | sgr-0005 admits all of it; looked at 14 days |

    ## In which order, and what to watch

    1. Open first: make the narrower rules. Old and new are in force together, nothing is shut out.
    2. Keep both for a day, or as long as the rarest job takes, and look whether anything else comes through the old rules.
    3. Close then: revoke the old rules, those open to the world first.
    4. Watch REJECTs on the changed groups for five days. Connections that are tracked survive their rule until they have been idle: for TCP up to five days (350 seconds on Nitro v6), so a block may show late. Connections that are not tracked (a rule for everything both ways) break at once.
    5. If something is missing: the rollback brings back every rule as it was, with its description; only ids are new.

    ```sql
    SELECT interface_id, srcaddr, dstaddr, dstport, protocol, count(*) AS n
    FROM flows
    WHERE action = 'REJECT' AND start >= now() - INTERVAL '1 hour'
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY n DESC
    ```
    ");
}

#[test]
fn the_page_needs_nothing_else_and_nothing_in_it_is_markup_of_others() {
    let page = html::html(&report());
    let from = page.find("<header>").unwrap();
    let until = page.find("</section>").unwrap();
    insta::assert_snapshot!(&page[from..until], @r#"
    <header>
    <h1>Security groups</h1>
    <p class="window">2026-02-01 00:00 to 2026-03-03 00:00 UTC</p>
    <ul class="tiles">
    <li class="rules"><b>4</b><span>rules</span></li>
    <li class="groups"><b>3</b><span>groups</span></li>
    <li class="used"><b>1</b><span>used</span></li>
    <li class="unused"><b>1</b><span>unused</span></li>
    <li class="redundant"><b>1</b><span>redundant</span></li>
    <li class="unprovable"><b>1</b><span>unprovable</span></li>
    </ul>
    <p>1,000,000 records, 72,000 connections.</p>
    </header>
    <section>
    <h2>What to change</h2>
    <p>40,000 flows, 71,500 connections played back: 0 would have been blocked, 0 rejected ones would now pass; reachable space IPv4 -99.98 %, IPv6 from nothing.</p>
    <div class="wide"><table>
    <thead><tr><th scope="col"></th><th scope="col">group</th><th scope="col">goes</th><th scope="col">comes first</th><th scope="col">why</th><th scope="col">confidence</th></tr></thead>
    <tbody>
    <tr><td><span class="mark narrow">narrow</span></td><td><code>web</code><br><code><span>sg-1</span></code></td><td><code>ingress tcp 443 from 10.0.0.0/8</code><br><code><span>sgr-0001</span></code></td><td><code>ingress tcp 443 from <span>sg-7</span></code><br><code>ingress tcp 443 from 2001:db8::/64</code></td><td class="long">used by sg-7 and one subnet; looked at 14 days</td><td>medium</td></tr>
    <tr><td><span class="mark remove">remove</span></td><td><code>web</code><br><code><span>sg-1</span></code></td><td><code>ingress tcp 22 from 0.0.0.0/0</code><br><code><span>sgr-0002</span></code></td><td></td><td class="long">nothing used it; looked at 14 days</td><td>medium</td></tr>
    <tr><td><span class="mark remove">remove</span></td><td><code>db</code><br><code><span>sg-2</span></code></td><td><code>ingress tcp 5432 from 10.1.2.0/24</code><br><code><span>sgr-0004</span></code></td><td></td><td class="long">sgr-0005 admits all that it admits; looked at 14 days</td><td>medium</td></tr>
    </tbody>
    </table></div>
    <p class="note">Left as they are, because something would have been blocked: sg-8.</p>
    "#);
    assert_eq!(page.matches("<section>").count(), 6);
    assert!(page.contains("<code>old &lt;img&gt;</code>"));
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("http://"));
    assert!(!page.contains("<img"), "a description is not markup");
}

#[test]
fn findings_in_sarif() {
    let file: Value = serde_json::from_str(&sarif::sarif(&report(), "1.0.0")).unwrap();
    assert_eq!(file["version"], "2.1.0");
    let run = &file["runs"][0];
    let kinds = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap().iter().map(|it| {
        let index = usize::try_from(it["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(kinds[index]["id"], it["ruleId"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let place = &it["locations"][0]["logicalLocations"][0]["fullyQualifiedName"];
        let (kind, level) = (text(&it["ruleId"]), text(&it["level"]));
        format!("{kind} {level} {}: {}", text(place), text(&it["message"]["text"]))
    });
    insta::assert_snapshot!(results.collect::<Vec<_>>().join("\n"), @"
    too-wide-rule warning sg-1/sgr-0001: web ingress tcp 443 from 10.0.0.0/8: used by sg-7 and one subnet (confidence high)
    unused-rule warning sg-1/sgr-0002: web ingress tcp 22 from 0.0.0.0/0: nothing used it (confidence medium)
    redundant-rule note sg-2/sgr-0004: db ingress tcp 5432 from 10.1.2.0/24: sgr-0005 admits all of it (confidence medium)
    unused-group warning sg-3: group old <img> is used by nothing that is known
    world-open-ssh error sg-1/sgr-0002: the world may use SSH (22); nothing used it
    missing-rule note sg-2/eni-1/tcp/5432/10.0.4.7: eni-1 rejected 77 records of tcp 5432 from 10.0.4.7
    ");
}

#[test]
fn a_script_opens_first_and_closes_what_is_open_to_the_world_before_the_rest() {
    let text = script::script(&Steps::of(&report()));
    insta::assert_snapshot!(text[text.find("\nopen()").unwrap()..].trim_start(), @r#"
    open() {
        # ingress tcp 443 from sg-7: it's ${old} <img>
        # ingress tcp 443 from 2001:db8::/64: it's ${old} <img>
        aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --output text \
            --ip-permissions '[{"FromPort":443,"IpProtocol":"tcp","ToPort":443,"UserIdGroupPairs":[{"Description":"it'\''s ${old} <img>","GroupId":"sg-7"}]},{"FromPort":443,"IpProtocol":"tcp","Ipv6Ranges":[{"CidrIpv6":"2001:db8::/64","Description":"it'\''s ${old} <img>"}],"ToPort":443}]'
    }

    close() {
        # ingress tcp 443 from 10.0.0.0/8: it's ${old} <img>
        # ingress tcp 22 from 0.0.0.0/0: it's ${old} <img>
        aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --output text \
            --security-group-rule-ids sgr-0001 sgr-0002
        # ingress tcp 5432 from 10.1.2.0/24: it's ${old} <img>
        aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-2 --output text \
            --security-group-rule-ids sgr-0004
    }

    case ${1:-} in
        open) open ;;
        close) close ;;
        *) echo "usage: $0 open | close" >&2; exit 2 ;;
    esac
    "#);
}

#[test]
fn the_rollback_is_the_inverse_in_the_opposite_order() {
    let text = script::rollback(&Steps::of(&report()));
    insta::assert_snapshot!(text[text.find("\nopen()").unwrap()..].trim_start(), @r#"
    open() {
        # ingress tcp 5432 from 10.1.2.0/24: it's ${old} <img>
        aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-2 --output text \
            --ip-permissions '[{"FromPort":5432,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.1.2.0/24","Description":"it'\''s ${old} <img>"}],"ToPort":5432}]'
        # ingress tcp 443 from 10.0.0.0/8: it's ${old} <img>
        # ingress tcp 22 from 0.0.0.0/0: it's ${old} <img>
        aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-1 --output text \
            --ip-permissions '[{"FromPort":443,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"it'\''s ${old} <img>"}],"ToPort":443},{"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"it'\''s ${old} <img>"}],"ToPort":22}]'
    }

    close() {
        # ingress tcp 443 from sg-7: it's ${old} <img>
        # ingress tcp 443 from 2001:db8::/64: it's ${old} <img>
        aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --output text \
            --ip-permissions '[{"FromPort":443,"IpProtocol":"tcp","ToPort":443,"UserIdGroupPairs":[{"Description":"it'\''s ${old} <img>","GroupId":"sg-7"}]},{"FromPort":443,"IpProtocol":"tcp","Ipv6Ranges":[{"CidrIpv6":"2001:db8::/64","Description":"it'\''s ${old} <img>"}],"ToPort":443}]'
    }

    case ${1:-} in
        open) open ;;
        close) close ;;
        *) echo "usage: $0 open | close" >&2; exit 2 ;;
    esac
    "#);
}

#[test]
fn terraform_takes_the_old_rules_in_first() {
    let text = terraform::open(&Steps::of(&report()));
    insta::assert_snapshot!(text[text.find("\nresource").unwrap()..].trim_start(), @r#"
    resource "aws_vpc_security_group_ingress_rule" "sg_1_1" {
      security_group_id            = "sg-1"
      region                       = "eu-west-1"
      ip_protocol                  = "tcp"
      from_port                    = 443
      to_port                      = 443
      referenced_security_group_id = "sg-7"
      description                  = "it's $${old} <img>"
    }

    resource "aws_vpc_security_group_ingress_rule" "sg_1_2" {
      security_group_id = "sg-1"
      region            = "eu-west-1"
      ip_protocol       = "tcp"
      from_port         = 443
      to_port           = 443
      cidr_ipv6         = "2001:db8::/64"
      description       = "it's $${old} <img>"
    }

    import {
      to = aws_vpc_security_group_ingress_rule.old_sgr_0001
      id = "sgr-0001"
    }

    resource "aws_vpc_security_group_ingress_rule" "old_sgr_0001" {
      security_group_id = "sg-1"
      region            = "eu-west-1"
      ip_protocol       = "tcp"
      from_port         = 443
      to_port           = 443
      cidr_ipv4         = "10.0.0.0/8"
      description       = "it's $${old} <img>"
    }

    import {
      to = aws_vpc_security_group_ingress_rule.old_sgr_0002
      id = "sgr-0002"
    }

    resource "aws_vpc_security_group_ingress_rule" "old_sgr_0002" {
      security_group_id = "sg-1"
      region            = "eu-west-1"
      ip_protocol       = "tcp"
      from_port         = 22
      to_port           = 22
      cidr_ipv4         = "0.0.0.0/0"
      description       = "it's $${old} <img>"
    }

    import {
      to = aws_vpc_security_group_ingress_rule.old_sgr_0004
      id = "sgr-0004"
    }

    resource "aws_vpc_security_group_ingress_rule" "old_sgr_0004" {
      security_group_id = "sg-2"
      region            = "eu-west-1"
      ip_protocol       = "tcp"
      from_port         = 5432
      to_port           = 5432
      cidr_ipv4         = "10.1.2.0/24"
      description       = "it's $${old} <img>"
    }
    "#);
}

#[test]
fn terraform_lets_the_old_rules_go_then() {
    let text = terraform::close(&Steps::of(&report()));
    insta::assert_snapshot!(text[text.find("\n#").unwrap()..].trim_start(), @"
    # ingress tcp 443 from 10.0.0.0/8
    removed {
      from = aws_vpc_security_group_ingress_rule.old_sgr_0001

      lifecycle {
        destroy = true
      }
    }

    # ingress tcp 22 from 0.0.0.0/0
    removed {
      from = aws_vpc_security_group_ingress_rule.old_sgr_0002

      lifecycle {
        destroy = true
      }
    }

    # ingress tcp 5432 from 10.1.2.0/24
    removed {
      from = aws_vpc_security_group_ingress_rule.old_sgr_0004

      lifecycle {
        destroy = true
      }
    }
    ");
}

#[test]
fn a_template_has_the_new_rules_and_names_the_old_ones() {
    insta::assert_snapshot!(cloud_formation::cloud_formation(&Steps::of(&report())).unwrap(), @r#"
    {
      "AWSTemplateFormatVersion": "2010-09-09",
      "Description": "Narrower security group rules, as advised by tidegate advise sg. The rules that they take the place of are in the metadata: revoke them after a look.",
      "Metadata": {
        "RulesToRevoke": [
          {
            "GroupId": "sg-1",
            "Says": "ingress tcp 443 from 10.0.0.0/8",
            "SecurityGroupRuleId": "sgr-0001"
          },
          {
            "GroupId": "sg-1",
            "Says": "ingress tcp 22 from 0.0.0.0/0",
            "SecurityGroupRuleId": "sgr-0002"
          },
          {
            "GroupId": "sg-2",
            "Says": "ingress tcp 5432 from 10.1.2.0/24",
            "SecurityGroupRuleId": "sgr-0004"
          }
        ]
      },
      "Resources": {
        "Ingresssg1N1": {
          "Properties": {
            "Description": "it's ${old} <img>",
            "FromPort": 443,
            "GroupId": "sg-1",
            "IpProtocol": "tcp",
            "SourceSecurityGroupId": "sg-7",
            "ToPort": 443
          },
          "Type": "AWS::EC2::SecurityGroupIngress"
        },
        "Ingresssg1N2": {
          "Properties": {
            "CidrIpv6": "2001:db8::/64",
            "Description": "it's ${old} <img>",
            "FromPort": 443,
            "GroupId": "sg-1",
            "IpProtocol": "tcp",
            "ToPort": 443
          },
          "Type": "AWS::EC2::SecurityGroupIngress"
        }
      }
    }
    "#);
    assert_eq!(cloud_formation::cloud_formation(&Steps::default()), None);
}

#[test]
fn a_plan_is_read_as_it_was_written_and_its_inverse_is_taken_back_by_its_own() {
    let steps = Steps::of(&report());
    assert_eq!(wire::from_json(&wire::to_json(&steps)).unwrap(), steps);
    let inverse = steps.inverse();
    assert_eq!(wire::from_json(&wire::to_json(&inverse)).unwrap(), inverse);
    let back = inverse.inverse();
    assert_eq!(back.steps, steps.steps);
    let rules: Vec<_> = steps.groups.iter().flat_map(|it| it.rules.clone()).collect();
    assert_eq!(back.differences(&rules), Vec::<String>::new());
}

#[test]
fn groups_that_changed_since_are_told_rule_by_rule() {
    let steps = Steps::of(&report());
    let mut now: Vec<_> = steps.groups.iter().flat_map(|it| it.rules.clone()).collect();
    assert_eq!(steps.differences(&now), Vec::<String>::new());
    now[0].description = "other".to_owned();
    // Its going is no step of the plan.
    now.retain(|it| it.id != "sgr-0003");
    insta::assert_snapshot!(steps.differences(&now).join("\n"), @"
    sg-1: gone is ingress tcp 25 from 10.0.0.0/8
    sg-1: the description of ingress tcp 443 from 10.0.0.0/8 is `other` now
    ");
}

#[test]
fn steps_that_were_begun_go_on_where_they_stopped() {
    let steps = Steps::of(&report());
    let before: Vec<_> = steps.groups.iter().flat_map(|it| it.rules.clone()).collect();
    assert_eq!(steps.pending(&before), steps.steps);
    // One of two rules was made, one of three revoked.
    let mut now = before.clone();
    let made = SecurityGroupRule { id: "sgr-0010".to_owned(), ..steps.steps[0].rules[0].clone() };
    now.push(made);
    now.retain(|it| it.id != "sgr-0002");
    assert_eq!(steps.differences(&now), Vec::<String>::new());
    let left = |steps: &Steps| {
        let pending = steps.pending(&now).into_iter();
        let lines = pending.flat_map(|step| {
            let line =
                move |it: &SecurityGroupRule| format!("{:?} {} {}", step.action, it.id, words(it));
            step.rules.iter().map(line).collect::<Vec<_>>()
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(left(&steps), @"
    Authorize  ingress tcp 443 from 2001:db8::/64
    Revoke sgr-0001 ingress tcp 443 from 10.0.0.0/8
    Revoke sgr-0004 ingress tcp 5432 from 10.1.2.0/24
    ");
    // Half of it can be taken back as well.
    let inverse = steps.inverse();
    assert_eq!(inverse.differences(&now), Vec::<String>::new());
    insta::assert_snapshot!(left(&inverse), @"
    Authorize sgr-0002 ingress tcp 22 from 0.0.0.0/0
    Revoke sgr-0010 ingress tcp 443 from sg-7
    ");
}

#[test]
fn a_file_that_is_no_plan_says_where_it_is_wrong() {
    let text = wire::to_json(&Steps::of(&report()));
    let check = |change: fn(&mut Value)| {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        change(&mut file);
        wire::from_json(&file.to_string()).unwrap_err().to_string()
    };
    let errors = [
        wire::from_json("{").unwrap_err().to_string(),
        check(|it| it["format"] = "other".into()),
        check(|it| it["version"] = 2.into()),
        check(|it| it["steps"][0]["action"] = "close".into()),
        check(|it| it["steps"][0]["group_id"] = "sg-9".into()),
        check(|it| it["steps"][0]["rules"][0]["referenced_group_id"] = Value::Null),
        check(|it| it["steps"][0]["rules"][0]["is_egress"] = true.into()),
        check(|it| it["steps"][0]["rules"][0]["from_port"] = 70_000.into()),
        check(|it| it["steps"][0]["rules"][0]["protocol"] = "tcpip".into()),
        check(|it| it["groups"] = Value::Null),
    ];
    insta::assert_snapshot!(errors.join("\n"), @"
    cannot read the plan: it is not JSON
    cannot read the plan: `format` is not that of a plan
    cannot read the plan: `version` is not 1, which is the one that is known
    cannot read the plan: `steps[0].action` is not authorize or revoke
    cannot read the plan: `steps[0].group_id` is not one of the plan's groups
    cannot read the plan: `steps[0].rules[0]` does not have exactly one peer
    cannot read the plan: `steps[0].rules[0]` is of another group or way
    cannot read the plan: `steps[0].rules[0].from_port` is no port
    cannot read the plan: `steps[0].rules[0].protocol` is no protocol
    cannot read the plan: `groups` is no list
    ");
}
