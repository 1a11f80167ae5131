//! Steps as Terraform, for version 6 of the provider `hashicorp/aws`.
//!
//! Whether the old rules are in some state already nobody knows here. So there are two files, one
//! after the other: the first makes the new rules and takes the old ones into its state (`import`),
//! the second keeps the new rules and deletes the old ones (`removed`). Where the old rules are in
//! code of yours, change them there instead, and keep the new ones only.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use tidegate_model::inventory::{Peer, SecurityGroupRule};

use super::permission::is_named;
use crate::flow::protocol_name;
use crate::steps::{self, Action, Steps, ports};

const HEAD: &str = r#"terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}
"#;

/// Returns the first file: new rules are made, old ones taken into the state as they are.
#[must_use]
pub fn open(steps: &Steps) -> String {
    let mut text =
        "# First: the narrower rules, beside the old ones. Apply it, and watch.\n\n".to_owned();
    text.push_str(HEAD);
    text.push_str(&new_rules(steps));
    for rule in old_rules(steps) {
        let resource = address(rule, &old_label(rule));
        // Writing into a text cannot fail.
        let _ = write!(text, "\nimport {{\n  to = {resource}\n  id = {}\n}}\n", quoted(&rule.id));
        text.push_str(&block(steps, rule, &old_label(rule)));
    }
    text + &nameless(steps)
}

/// Returns the second file, which takes the place of the first one: old rules are deleted.
#[must_use]
pub fn close(steps: &Steps) -> String {
    let mut text = "# Then, in place of the first file: the old rules go.\n\n".to_owned();
    text.push_str(HEAD);
    text.push_str(&new_rules(steps));
    for rule in old_rules(steps) {
        let _ = write!(
            text,
            "\n# {}\nremoved {{\n  from = {}\n\n  lifecycle {{\n    destroy = true\n  }}\n}}\n",
            comment(&steps::words(rule)),
            address(rule, &old_label(rule)),
        );
    }
    text + &nameless(steps)
}

fn new_rules(steps: &Steps) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut text = String::new();
    for step in steps.steps.iter().filter(|it| it.action == Action::Authorize) {
        for rule in &step.rules {
            let count = counts.entry(&rule.group_id).or_default();
            *count += 1;
            text.push_str(&block(steps, rule, &format!("{}_{count}", label(&rule.group_id))));
        }
    }
    text
}

/// Returns the rules that go and have an id by which they can be found.
fn old_rules(steps: &Steps) -> impl Iterator<Item = &SecurityGroupRule> {
    let revokes = steps.steps.iter().filter(|it| it.action == Action::Revoke);
    revokes.flat_map(|it| &it.rules).filter(|it| is_named(it))
}

/// Returns what is said of rules whose ids nobody knows.
fn nameless(steps: &Steps) -> String {
    let revokes = steps.steps.iter().filter(|it| it.action == Action::Revoke);
    let rules = revokes.flat_map(|it| &it.rules).filter(|it| !is_named(it));
    let lines = rules.map(|it| {
        let words = comment(&steps::words(it));
        format!("# Without an id of AWS, so delete it yourself: {} {words}\n", it.group_id)
    });
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn block(steps: &Steps, rule: &SecurityGroupRule, label: &str) -> String {
    let mut arguments = vec![("security_group_id", quoted(&rule.group_id))];
    let region = steps.region(&rule.group_id);
    if !region.is_empty() {
        arguments.push(("region", quoted(region)));
    }
    arguments.push(("ip_protocol", quoted(&protocol_name(rule.protocol))));
    if let Some((from, to)) = ports(rule) {
        arguments.push(("from_port", from.to_string()));
        arguments.push(("to_port", to.to_string()));
    }
    let (name, peer) = match &rule.peer {
        Peer::Cidr(cidr) if cidr.first().is_ipv6() => ("cidr_ipv6", cidr.to_string()),
        Peer::Cidr(cidr) => ("cidr_ipv4", cidr.to_string()),
        Peer::PrefixList(id) => ("prefix_list_id", id.clone()),
        Peer::SecurityGroup(id) => ("referenced_security_group_id", id.clone()),
    };
    arguments.push((name, quoted(&peer)));
    if !rule.description.is_empty() {
        arguments.push(("description", quoted(&rule.description)));
    }
    let width = arguments.iter().map(|it| it.0.len()).max().unwrap_or(0);
    let lines = arguments.iter().map(|(name, value)| format!("  {name:<width$} = {value}\n"));
    let lines: String = lines.collect();
    format!("\nresource \"{}\" \"{label}\" {{\n{lines}}}\n", kind(rule))
}

fn address(rule: &SecurityGroupRule, label: &str) -> String {
    format!("{}.{label}", kind(rule))
}

fn kind(rule: &SecurityGroupRule) -> &'static str {
    if rule.is_egress {
        "aws_vpc_security_group_egress_rule"
    } else {
        "aws_vpc_security_group_ingress_rule"
    }
}

fn old_label(rule: &SecurityGroupRule) -> String {
    format!("old_{}", label(&rule.id))
}

/// Returns an id as a name in Terraform.
fn label(id: &str) -> String {
    let mark = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
    id.chars().map(mark).collect()
}

/// Returns text as Terraform reads it: `${` and `%{` begin templates there.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace("${", "$${").replace("%{", "%%{")
}

fn comment(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
