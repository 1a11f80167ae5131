//! A plan as steps that can be taken, and taken back.
//!
//! First what opens, then what closes, so that nothing that is needed is shut out in between. Each
//! group carries the rules that it had when the plan was made: whoever takes the steps looks again
//! first. A step names rules by what they say, since a rule that comes back has another id.
//!
//! Reading order: here, then [`wire`] (a file of it).

pub mod wire;

use std::collections::{BTreeMap, BTreeSet};

use tidegate_model::inventory::{Peer, SecurityGroupRule};

use crate::flow::{ICMP, ICMPV6, TCP, UDP};
use crate::propose::narrow::peer_text;
use crate::report::Report;
use crate::verdict::Confidence;

/// What is done to rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// They are made.
    Authorize,
    /// They are taken away.
    Revoke,
}

/// Rules of one group and one way that come or go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// `sg-...`.
    pub group_id: String,
    /// Whether they are about what leaves.
    pub is_egress: bool,
    /// The rules; those to be made have no ids.
    pub rules: Vec<SecurityGroupRule>,
}

/// A group as it is before the first step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupState {
    /// `sg-...`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Region, or empty.
    pub region: String,
    /// Owner.
    pub account_id: String,
    /// Its rules.
    pub rules: Vec<SecurityGroupRule>,
}

/// Steps in their order, and what they take for granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// The groups that are changed, by id.
    pub groups: Vec<GroupState>,
    /// What is done: all that opens before all that closes.
    pub steps: Vec<Step>,
    /// Whether they take other steps back, of which perhaps not all were taken.
    pub is_rollback: bool,
}

impl Steps {
    /// Returns the steps of a report's plan. What is open to the world closes first, then what is
    /// surest.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let mut opens: BTreeMap<(&str, bool), Vec<SecurityGroupRule>> = BTreeMap::new();
        let mut closes: BTreeMap<(&str, bool), (bool, Confidence, Vec<SecurityGroupRule>)> =
            BTreeMap::new();
        for change in &report.plan.changes {
            let key = (change.revoke.group_id.as_str(), change.revoke.is_egress);
            let close = closes.entry(key).or_insert((false, Confidence::Low, Vec::new()));
            close.0 |= is_world(&change.revoke);
            close.1 = close.1.max(change.confidence);
            close.2.push(change.revoke.clone());
            add_new(opens.entry(key).or_default(), &change.authorize);
        }
        let step = |action, (group_id, is_egress): (&str, bool), rules| Step {
            action,
            group_id: group_id.to_owned(),
            is_egress,
            rules,
        };
        let opens = opens.into_iter().filter(|it| !it.1.is_empty());
        let mut steps: Vec<Step> =
            opens.map(|(key, rules)| step(Action::Authorize, key, rules)).collect();
        let mut closes: Vec<_> = closes.into_iter().collect();
        closes.sort_by_key(|(key, it)| (std::cmp::Reverse((it.0, it.1)), *key));
        steps.extend(closes.into_iter().map(|(key, it)| step(Action::Revoke, key, it.2)));
        Self { groups: groups(report, &steps), steps, is_rollback: false }
    }

    /// Returns the steps that make everything as it was: what was taken away comes back first.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let turned = |step: &Step| Step {
            action: match step.action {
                Action::Authorize => Action::Revoke,
                Action::Revoke => Action::Authorize,
            },
            ..step.clone()
        };
        let groups = self.groups.iter().map(|it| GroupState {
            rules: after(&it.rules, self.steps.iter().filter(|step| step.group_id == it.id)),
            ..it.clone()
        });
        let steps = self.steps.iter().rev().map(turned).collect();
        Self { groups: groups.collect(), steps, is_rollback: !self.is_rollback }
    }

    /// Returns what is different now from what the steps take for granted, in words; `now` are the
    /// rules that the groups have. What the steps themselves did, if they were begun before, is no
    /// difference.
    #[must_use]
    pub fn differences(&self, now: &[SecurityGroupRule]) -> Vec<String> {
        let mut differences = Vec::new();
        for group in &self.groups {
            let own: Vec<&SecurityGroupRule> =
                now.iter().filter(|it| it.group_id == group.id).collect();
            let is_gone = |rule: &&SecurityGroupRule| {
                !own.iter().any(|it| admits_the_same(it, rule)) && !self.does(Action::Revoke, rule)
            };
            let gone = group.rules.iter().filter(is_gone);
            differences.extend(gone.map(|it| format!("{}: gone is {}", group.id, words(it))));
            let is_new = |rule: &&&SecurityGroupRule| {
                !group.rules.iter().any(|it| admits_the_same(it, rule))
                    && !self.does(Action::Authorize, rule)
            };
            let new = own.iter().filter(is_new);
            differences.extend(new.map(|it| format!("{}: new is {}", group.id, words(it))));
            // Of a rule that stays, the description is its owner's business; that of one that goes would
            // be lost, for the way back has the old one.
            let described = own.iter().filter(|it| {
                let same = group.rules.iter().find(|rule| admits_the_same(rule, it));
                let is_other = same.is_some_and(|rule| rule.description != it.description);
                is_other && self.does(Action::Revoke, it)
            });
            differences.extend(described.map(|it| {
                let (id, words, description) = (&group.id, words(it), &it.description);
                format!("{id}: the description of {words} is `{description}` now")
            }));
        }
        differences
    }

    /// Returns the steps without what is so already. Rules to be revoked have the ids that they have
    /// now.
    #[must_use]
    pub fn pending(&self, now: &[SecurityGroupRule]) -> Vec<Step> {
        let rule = |action: Action, rule: &SecurityGroupRule| {
            let found = now.iter().find(|it| admits_the_same(it, rule));
            match action {
                Action::Authorize if found.is_none() => Some(rule.clone()),
                Action::Authorize => None,
                Action::Revoke => found.cloned(),
            }
        };
        let step = |step: &Step| {
            let rules = step.rules.iter().filter_map(|it| rule(step.action, it)).collect();
            Step { rules, ..step.clone() }
        };
        self.steps.iter().map(step).filter(|it| !it.rules.is_empty()).collect()
    }

    /// Returns whether nothing of the steps is so already; `pending` are those that are left.
    #[must_use]
    pub fn is_untouched(&self, pending: &[Step]) -> bool {
        let n_rules = |steps: &[Step]| steps.iter().map(|it| it.rules.len()).sum::<usize>();
        n_rules(&self.steps) == n_rules(pending)
    }

    fn does(&self, action: Action, rule: &SecurityGroupRule) -> bool {
        let own = self.steps.iter().filter(|it| it.action == action);
        own.flat_map(|it| &it.rules).any(|it| admits_the_same(it, rule))
    }

    /// Returns the region of a group, or an empty text.
    #[must_use]
    pub fn region(&self, group_id: &str) -> &str {
        let group = self.groups.iter().find(|it| it.id == group_id);
        group.map_or("", |it| &it.region)
    }
}

/// Adds the rules that are not among `rules`: two changes may ask for the same one.
fn add_new(rules: &mut Vec<SecurityGroupRule>, wanted: &[SecurityGroupRule]) {
    for rule in wanted {
        if !rules.iter().any(|it| admits_the_same(it, rule)) {
            rules.push(rule.clone());
        }
    }
}

/// Returns the groups that steps change, as the report knows them.
fn groups(report: &Report, steps: &[Step]) -> Vec<GroupState> {
    let ids: BTreeSet<&str> = steps.iter().map(|it| it.group_id.as_str()).collect();
    let state = |id: &str| {
        let group = report.groups.iter().find(|it| it.group.id == id).map(|it| &it.group);
        let rules = report.rules.iter().map(|it| &it.rule).filter(|it| it.group_id == id);
        let text = |of: fn(&tidegate_model::inventory::SecurityGroup) -> &String| {
            group.map(of).cloned().unwrap_or_default()
        };
        GroupState {
            id: id.to_owned(),
            name: text(|it| &it.name),
            region: text(|it| &it.region),
            account_id: text(|it| &it.account_id),
            rules: rules.cloned().collect(),
        }
    };
    ids.into_iter().map(state).collect()
}

/// Returns rules after some steps.
fn after<'a>(
    rules: &[SecurityGroupRule],
    steps: impl Iterator<Item = &'a Step>,
) -> Vec<SecurityGroupRule> {
    let mut rules = rules.to_vec();
    for step in steps {
        match step.action {
            Action::Authorize => rules.extend(step.rules.iter().cloned()),
            Action::Revoke => {
                rules.retain(|rule| !step.rules.iter().any(|it| admits_the_same(it, rule)));
            }
        }
    }
    rules
}

/// Returns whether two rules admit the same: AWS has no two such in a group.
#[must_use]
pub fn admits_the_same(one: &SecurityGroupRule, other: &SecurityGroupRule) -> bool {
    one.group_id == other.group_id
        && one.is_egress == other.is_egress
        && one.protocol == other.protocol
        && ports(one) == ports(other)
        && one.peer == other.peer
}

/// Returns the ports of a rule as AWS has them, or ICMP's type and code; `None` where a protocol has
/// neither.
#[must_use]
pub fn ports(rule: &SecurityGroupRule) -> Option<(i32, i32)> {
    let known = |it: Option<i32>| it.filter(|it| *it >= 0);
    let (from, to) = (known(rule.from_port), known(rule.to_port));
    match rule.protocol {
        Some(TCP | UDP) => Some((from.unwrap_or(0), to.unwrap_or(i32::from(u16::MAX)))),
        Some(ICMP | ICMPV6) => Some((from.unwrap_or(-1), to.unwrap_or(-1))),
        _ => None,
    }
}

/// Returns a rule in words, as `ingress tcp 443 from 10.0.0.0/8`.
#[must_use]
pub fn words(rule: &SecurityGroupRule) -> String {
    let (way, word) = if rule.is_egress { ("egress", "to") } else { ("ingress", "from") };
    format!("{way} {} {word} {}", crate::checks::ports_text(rule), peer_text(&rule.peer))
}

fn is_world(rule: &SecurityGroupRule) -> bool {
    !rule.is_egress && matches!(rule.peer, Peer::Cidr(cidr) if cidr.n_bits() == 0)
}
