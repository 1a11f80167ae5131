//! Steps as calls of the AWS command line: one script that does them, one that takes them back.

use serde_json::Value;
use tidegate_model::inventory::SecurityGroupRule;

use super::permission::{is_named, permission};
use super::words;
use crate::steps::{self, Action, Step, Steps};

const HEAD: &str = "\
#!/usr/bin/env bash
# Security group rules, as advised by `tidegate advise sg`.
#   open    makes the narrower rules; run it first, then watch
#   close   revokes the old ones
set -euo pipefail
";

const ROLLBACK_HEAD: &str = "\
#!/usr/bin/env bash
# Takes the other script back: the exact inverse, in the opposite order.
#   open    brings the old rules back, with their descriptions; ids are new
#   close   revokes what the other script made
set -euo pipefail
";

const TAIL: &str = r#"
case ${1:-} in
    open) open ;;
    close) close ;;
    *) echo "usage: $0 open | close" >&2; exit 2 ;;
esac
"#;

/// Returns the script that does the steps.
#[must_use]
pub fn script(steps: &Steps) -> String {
    let mut text = HEAD.to_owned();
    for line in words::ORDER {
        text.push_str("# ");
        text.push_str(line);
        text.push('\n');
    }
    text + &body(steps)
}

/// Returns the script that takes the steps back.
#[must_use]
pub fn rollback(steps: &Steps) -> String {
    ROLLBACK_HEAD.to_owned() + &body(&steps.inverse())
}

fn body(steps: &Steps) -> String {
    let function = |name: &str, action: Action| {
        let own = steps.steps.iter().filter(|it| it.action == action);
        let mut lines: String = own.map(|it| step_lines(steps, it)).collect();
        if lines.is_empty() {
            lines.push_str("    echo 'nothing to do'\n");
        }
        format!("\n{name}() {{\n{lines}}}\n")
    };
    function("open", Action::Authorize) + &function("close", Action::Revoke) + TAIL
}

fn step_lines(steps: &Steps, step: &Step) -> String {
    let rules = step.rules.iter().map(|it| format!("    # {}\n", comment(it)));
    let head: String = rules.collect();
    let named: Vec<&SecurityGroupRule> = step.rules.iter().filter(|it| is_named(it)).collect();
    let others = step.rules.iter().filter(|it| !is_named(it) || step.action == Action::Authorize);
    let others: Vec<Value> = others.map(permission).collect();
    let mut text = head;
    if step.action == Action::Revoke && !named.is_empty() {
        let ids: Vec<String> = named.iter().map(|it| quoted(&it.id)).collect();
        text.push_str(&call(steps, step, &format!("--security-group-rule-ids {}", ids.join(" "))));
    }
    if !others.is_empty() {
        let permissions = quoted(&Value::from(others).to_string());
        text.push_str(&call(steps, step, &format!("--ip-permissions {permissions}")));
    }
    text
}

fn call(steps: &Steps, step: &Step, what: &str) -> String {
    let verb = match step.action {
        Action::Authorize => "authorize",
        Action::Revoke => "revoke",
    };
    let way = if step.is_egress { "egress" } else { "ingress" };
    let region = steps.region(&step.group_id);
    let region =
        if region.is_empty() { String::new() } else { format!(" --region {}", quoted(region)) };
    format!(
        "    aws ec2 {verb}-security-group-{way}{region} --group-id {} --output text \\\n        \
         {what}\n",
        quoted(&step.group_id),
    )
}

/// Returns a rule in words on one line; descriptions are other people's.
fn comment(rule: &SecurityGroupRule) -> String {
    let mut text = steps::words(rule);
    if !rule.description.is_empty() {
        text.push_str(": ");
        text.push_str(&rule.description);
    }
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// Returns a word as a shell takes it, whatever is in it.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./:".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
