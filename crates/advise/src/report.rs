//! The advice as one value; what is shown, in any form, is a function of it.

use hashbrown::HashMap;
use tidegate_model::inventory::{SecurityGroupRule, Validity};

use crate::checks::{self, Finding};
use crate::coverage::Coverage;
use crate::flow::Flow;
use crate::groups::{self, GroupAdvice};
use crate::members::clipped;
use crate::missing::{self, MissingRule};
use crate::propose::Plan;
use crate::propose::narrow::Width;
use crate::shadow::{self, NoOps};
use crate::slots::Current;
use crate::study::{Study, Totals};
use crate::usage::Use;
use crate::verdict::{Confidence, Doubt, Facts, Verdict, confidence, decide};
use tidegate_network::RulePeer;

/// What to make of the security groups of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The time that was looked at.
    pub window: Validity,
    /// What was looked at.
    pub totals: Totals,
    /// Every rule of today, in the order of groups and ids.
    pub rules: Vec<RuleAdvice>,
    /// Every group of today, by id.
    pub groups: Vec<GroupAdvice>,
    /// What to change, played back.
    pub plan: Plan,
    /// What rules say that guidelines forbid.
    pub findings: Vec<Finding>,
    /// Rules that are probably missing.
    pub missing: Vec<MissingRule>,
    /// Where a group can be held that nobody looked.
    pub unchecked: Vec<&'static str>,
}

/// A rule, and what is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleAdvice {
    /// The rule.
    pub rule: SecurityGroupRule,
    /// Name of its group.
    pub group_name: String,
    /// VPC of its group.
    pub vpc_id: String,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// How sure that is.
    pub confidence: Confidence,
    /// What lowers the confidence, in words.
    pub reasons: Vec<String>,
    /// What it was used for.
    pub used: Use,
    /// How much of the time of its interfaces was watched.
    pub coverage: Coverage,
    /// The part of the window in which the rule was there.
    pub observed: Validity,
    /// How wide it is for its use; `None` if it is not used.
    pub width: Option<Width>,
}

impl Study<'_> {
    /// Returns the advice on some groups, or on all if none are named. `rejected` are flows of which
    /// all records were rejected.
    #[must_use]
    pub fn report(&self, rejected: &[Flow], group_ids: &[String]) -> Report {
        let is_asked = |id: &String| group_ids.is_empty() || group_ids.contains(id);
        let mut rules = self.rules();
        rules.retain(|it| is_asked(&it.rule.group_id));
        let plan = self.plan(&mut rules, rejected);
        let mut groups = groups::advice(self.inventory, self.network, &self.members, self.window);
        groups.retain(|it| is_asked(&it.group.id));
        let mut missing = missing::rules(self, rejected);
        missing.retain(|it| it.group_ids.iter().any(is_asked));
        Report {
            window: self.window,
            totals: self.totals,
            findings: checks::findings(self.inventory, &rules),
            rules,
            groups,
            plan,
            missing,
            unchecked: groups::unchecked(self.inventory),
        }
    }

    fn rules(&self) -> Vec<RuleAdvice> {
        let shadows = shadow::shadows(&self.slots, self.network, self.window.until_us - 1);
        let no_ops = NoOps::new(self.inventory, self.network, &self.members, self.window);
        let groups = self.inventory.security_groups.iter().map(|it| &it.value);
        let groups: HashMap<&str, _> = groups.map(|it| (it.id.as_str(), it)).collect();
        let mut advice = Vec::with_capacity(self.slots.len());
        for ((current, used), shadow) in self.slots.rules.iter().zip(self.uses()).zip(shadows) {
            let by = shadow.map(|it| self.slots.get(it).rule.id.as_str());
            let mut own = self.rule_advice(current, used, (by, &no_ops));
            if let Some(group) = groups.get(own.rule.group_id.as_str()) {
                own.group_name.clone_from(&group.name);
                own.vpc_id.clone_from(&group.vpc_id);
            }
            advice.push(own);
        }
        advice.sort_by(|a, b| {
            (&a.rule.group_id, a.rule.is_egress, &a.rule.id).cmp(&(
                &b.rule.group_id,
                b.rule.is_egress,
                &b.rule.id,
            ))
        });
        advice
    }

    fn rule_advice(
        &self,
        current: &Current,
        mut used: Use,
        (shadow, no_ops): (Option<&str>, &NoOps<'_>),
    ) -> RuleAdvice {
        let never = Validity { from_us: self.window.until_us, until_us: self.window.until_us };
        let observed = clipped(current.validity, self.window).unwrap_or(never);
        let memberships = self.members.during(current.group, observed);
        let coverage = self.watched.coverage(self.network, memberships);
        let observed_s = (observed.until_us - observed.from_us) / crate::coverage::SECOND_US;
        if let RulePeer::SecurityGroup(group) = current.said.peer
            && self.members.is_behind_balancer(group)
        {
            used.doubts.push(Doubt::LoadBalancer);
        }
        let facts = Facts {
            no_op: no_ops.of(current, &used),
            shadow,
            used: &used,
            coverage: &coverage,
            observed_s: u64::try_from(observed_s).unwrap_or(0),
        };
        let verdict = decide(&facts);
        let (confidence, reasons) = confidence(&facts, &verdict);
        RuleAdvice {
            rule: current.rule.clone(),
            group_name: String::new(),
            vpc_id: String::new(),
            verdict,
            confidence,
            reasons,
            used,
            coverage,
            observed,
            width: None,
        }
    }
}
