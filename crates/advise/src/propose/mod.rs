//! What to change: rules that can go, and narrower ones for those that are too wide.
//!
//! Nothing is offered that would have blocked anything that was answered: the whole plan is played
//! back, and groups for which that fails are left as they are.
//!
//! Reading order: here (which rules, and the plan), [`narrow`] (one rule), `peers` (whom it should
//! be open for), [`ports`], [`cover`], [`quota`] (how many rules there is room for).

pub mod cover;
pub mod narrow;
pub(crate) mod peers;
pub mod ports;
pub mod quota;

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};
use tidegate_model::inventory::SecurityGroupRule;

use crate::flow::Flow;
use crate::propose::narrow::{Narrowing, Width};
use crate::propose::quota::Quota;
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
        let narrowing = Narrowing::new(self);
        let mut quota = Quota::new(self);
        let mut changes: Vec<Change> = Vec::new();
        for advice in rules.iter_mut() {
            if let Some(why) = removal(&advice.verdict) {
                changes.push(change(advice, ChangeKind::Remove, Vec::new(), why));
            } else if advice.verdict == Verdict::Used {
                changes.extend(narrowed(advice, &narrowing, &mut quota));
            }
        }
        drop_orphans(rules, &mut changes);
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

/// Notes how wide a used rule is; returns what makes it narrower, if that is worth it and there is
/// room for it.
fn narrowed(
    advice: &mut RuleAdvice,
    narrowing: &Narrowing<'_, '_>,
    quota: &mut Quota<'_, '_>,
) -> Option<Change> {
    let (width, authorize) = narrowing.narrow(advice);
    let has_room = width.excess().is_none() || quota.take(&authorize);
    let width = if has_room { width } else { Width::NoGain };
    let why = width.excess().map(ToOwned::to_owned);
    advice.width = Some(width);
    why.map(|it| change(advice, ChangeKind::Narrow, authorize, it))
}

/// Drops the removals of redundant rules of which the rule that contains them changes as well: what
/// is left then may contain them no more.
fn drop_orphans(rules: &[RuleAdvice], changes: &mut Vec<Change>) {
    let by = |it: &RuleAdvice| match &it.verdict {
        Verdict::Redundant { by } => Some((it.rule.id.clone(), by.clone())),
        _ => None,
    };
    let shadows: HashMap<String, String> = rules.iter().filter_map(by).collect();
    let gone: HashSet<String> = changes.iter().map(|it| it.revoke.id.clone()).collect();
    changes.retain(|change| {
        let Some(mut by) = shadows.get(&change.revoke.id) else { return true };
        // What contains it may be redundant itself, and so on; nothing contains itself.
        for _ in 0..shadows.len() {
            let Some(next) = shadows.get(by) else { break };
            by = next;
        }
        !gone.contains(by)
    });
}

/// Returns why a rule can go, if so.
fn removal(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Unused => Some("nothing used it".to_owned()),
        Verdict::AttemptOnly => Some("only tried, never answered: nobody listens".to_owned()),
        Verdict::Redundant { by } => Some(format!("{by} admits all that it admits")),
        Verdict::NoOp(NoOp::NotFiltered) => Some(NoOp::NotFiltered.words().to_owned()),
        // Groups will be attached and lists filled, or they can go as a whole; rules do no harm
        // until then, and how long it has been so is not known.
        Verdict::NoOp(
            NoOp::GroupNotAttached | NoOp::PeerWithoutMembers | NoOp::EmptyPrefixList,
        )
        | Verdict::Used
        | Verdict::Unprovable(_) => None,
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
