//! What to change: rules that can go, and narrower ones for those that are too wide.
//!
//! Nothing is offered that would have blocked anything that was answered: the whole plan is played
//! back, and groups for which that fails are left as they are.
//!
//! Reading order: here (which rules, and the plan), [`narrow`] (one rule), `peers` (whom it should
//! be open for), [`ports`], [`cover`].

pub mod cover;
pub mod narrow;
pub(crate) mod peers;
pub mod ports;

use std::collections::BTreeSet;

use tidegate_model::inventory::SecurityGroupRule;

use crate::flow::Flow;
use crate::replay::Replay;
use crate::report::RuleAdvice;
use crate::study::Study;
use crate::usage::Sample;
use crate::verdict::{Confidence, NoOp, Verdict};

/// How often changes are taken back until the plan blocks nothing; then there is no plan.
const ATTEMPTS_MAX: usize = 8;

/// What is done to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is taken away.
    Remove,
    /// Narrower ones take its place.
    Narrow,
}

/// A change of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is done.
    pub kind: ChangeKind,
    /// Name of the group.
    pub group_name: String,
    /// The rule that goes.
    pub revoke: SecurityGroupRule,
    /// The rules that come first, without ids; empty if nothing has to.
    pub authorize: Vec<SecurityGroupRule>,
    /// Why, in a sentence.
    pub why: String,
    /// How sure it is that nobody needs what is taken away.
    pub confidence: Confidence,
    /// What to look at before, in sentences.
    pub notes: Vec<String>,
}

/// All changes together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The changes, in the order of groups and rules.
    pub changes: Vec<Change>,
    /// What they would have done.
    pub replay: Replay,
    /// Groups whose changes were taken back, because something would have been blocked.
    pub taken_back: Vec<String>,
}

impl Study<'_> {
    /// Returns the plan for the rules, and notes on each rule how wide it is.
    pub(crate) fn plan(&self, rules: &mut [RuleAdvice], rejected: &[Flow]) -> Plan {
        if self.totals.n_not_kept > 0 {
            // What was not kept cannot be played back.
            return Plan::default();
        }
        let narrowing = narrow::Narrowing::new(self);
        let mut changes: Vec<Change> = Vec::new();
        for advice in rules {
            if let Some(why) = removal(&advice.verdict) {
                changes.push(change(advice, ChangeKind::Remove, Vec::new(), why));
            } else if advice.verdict == Verdict::Used {
                let (width, authorize) = narrowing.narrow(advice);
                let why = width.excess().map(ToOwned::to_owned);
                changes.extend(why.map(|it| change(advice, ChangeKind::Narrow, authorize, it)));
                advice.width = Some(width);
            }
        }
        self.without_harm(changes, rejected)
    }

    /// Takes changes back until nothing would be blocked.
    fn without_harm(&self, mut changes: Vec<Change>, rejected: &[Flow]) -> Plan {
        let mut taken_back: BTreeSet<String> = BTreeSet::new();
        for _ in 0..ATTEMPTS_MAX {
            let revoke: Vec<SecurityGroupRule> =
                changes.iter().map(|it| it.revoke.clone()).collect();
            let authorize: Vec<SecurityGroupRule> =
                changes.iter().flat_map(|it| it.authorize.clone()).collect();
            let replay = self.replay(&revoke, &authorize, rejected);
            if replay.is_safe() && replay.n_rejects_admitted == 0 {
                return Plan { changes, replay, taken_back: taken_back.into_iter().collect() };
            }
            let guilty = replay.blocked.iter().chain(&replay.admitted);
            let guilty: BTreeSet<String> = guilty.flat_map(|it| self.groups_of(it)).collect();
            changes.retain(|it| !guilty.contains(&it.revoke.group_id));
            taken_back.extend(guilty);
        }
        let all = changes.into_iter().map(|it| it.revoke.group_id);
        taken_back.extend(all);
        Plan { taken_back: taken_back.into_iter().collect(), ..Plan::default() }
    }

    /// Returns the groups that the interface of a sample ever carried.
    fn groups_of(&self, sample: &Sample) -> Vec<String> {
        let interface = self.network.interface(&sample.interface_id);
        let states = interface.map_or(&[][..], |it| self.network.states(it));
        let groups = states.iter().flat_map(|it| self.network.group_ids(it));
        groups.map(|it| self.network.text(*it).to_owned()).collect()
    }
}

/// Returns why a rule can go, if so.
fn removal(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Unused => Some("nothing used it".to_owned()),
        Verdict::AttemptOnly => Some("only tried, never answered: nobody listens".to_owned()),
        Verdict::Redundant { by } => Some(format!("{by} admits all that it admits")),
        // The whole group can go, or will be attached; its rules do no harm until then.
        Verdict::NoOp(NoOp::GroupNotAttached) | Verdict::Used | Verdict::Unprovable(_) => None,
        Verdict::NoOp(no_op) => Some(no_op.words().to_owned()),
    }
}

fn change(
    advice: &RuleAdvice,
    kind: ChangeKind,
    authorize: Vec<SecurityGroupRule>,
    why: String,
) -> Change {
    let mut notes = advice.reasons.clone();
    if kind == ChangeKind::Narrow {
        notes.extend(narrow::notes(&authorize));
    }
    Change {
        kind,
        group_name: advice.group_name.clone(),
        revoke: advice.rule.clone(),
        authorize,
        why,
        confidence: match kind {
            ChangeKind::Remove => advice.confidence,
            ChangeKind::Narrow => narrow::confidence(advice),
        },
        notes,
    }
}
