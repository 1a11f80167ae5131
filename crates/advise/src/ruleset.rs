//! Rules of groups as they would be: those of today without some, and with others.

use hashbrown::HashMap;
use tidegate_model::inventory::{Peer, SecurityGroupRule, Validity};
use tidegate_network::admit::{Owners, Packet, matches_with};
use tidegate_network::{InterfaceAt, Network, Rule, RulePeer, Symbol};

use crate::slots::Slots;

/// All time: a rule that would be is asked about as if it had always been.
const ALWAYS: Validity = Validity { from_us: i64::MIN, until_us: i64::MAX };

/// The rules of all groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ruleset {
    by_group: HashMap<Symbol, Vec<Rule>>,
}

/// What rules say to a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is rejected.
    Refused,
    /// It passes if its peer is one of these, of which the inventory does not know enough.
    Unknown(Vec<RulePeer>),
    /// It passes.
    Admitted,
}

impl Answer {
    /// Returns whether a packet that may pass with another answer passes with this one, too.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Admitted, _) | (_, Self::Refused) => true,
            (Self::Unknown(own), Self::Unknown(others)) => others.iter().all(|it| own.contains(it)),
            (Self::Refused, _) | (Self::Unknown(_), Self::Admitted) => false,
        }
    }
}

impl Ruleset {
    /// Returns the rules of today.
    pub(crate) fn of_today(slots: &Slots) -> Self {
        let mut ruleset = Self::default();
        for current in &slots.rules {
            ruleset.by_group.entry(current.group).or_default().push(current.said);
        }
        ruleset
    }

    /// Returns the rules, without those that are revoked and with those that are authorized; and
    /// which rules of the change had no effect: those that are revoked and were not there, and
    /// those whose group or peer the inventory does not know, which admit nothing.
    pub(crate) fn changed(
        &self,
        network: &Network,
        changes: &Changes<'_>,
    ) -> (Self, Vec<SecurityGroupRule>) {
        let mut after = self.clone();
        let mut not_found = Vec::new();
        for rule in changes.revoke {
            let own = network.symbol(&rule.group_id).and_then(|it| after.by_group.get_mut(&it));
            let place = said(network, rule).zip(own).and_then(|(said, own)| {
                let place = own.iter().position(|it| is_same(it, &said))?;
                Some(own.remove(place))
            });
            not_found.extend(place.is_none().then(|| rule.clone()));
        }
        for rule in changes.authorize {
            if let (Some(group), Some(said)) = (network.symbol(&rule.group_id), said(network, rule))
            {
                after.by_group.entry(group).or_default().push(said);
            } else {
                not_found.push(rule.clone());
            }
        }
        (after, not_found)
    }

    /// Returns what the rules say to a packet at an interface with the groups of a state.
    pub(crate) fn answer(
        &self,
        at: &InterfaceAt,
        moment_us: i64,
        (network, owners): (&Network, &Owners<'_>),
        packet: &Packet,
    ) -> Answer {
        let groups = network.group_ids(at).iter().filter_map(|it| self.by_group.get(it));
        let mut unknown = Vec::new();
        for rule in groups.flatten() {
            match matches_with(owners, rule, moment_us, packet) {
                Some(true) => return Answer::Admitted,
                Some(false) => {}
                None => unknown.push(rule.peer),
            }
        }
        if unknown.is_empty() { Answer::Refused } else { Answer::Unknown(unknown) }
    }

    /// Returns the moments at which what rules of some groups name becomes something else.
    pub(crate) fn moments(&self, network: &Network, groups: &[Symbol]) -> Vec<i64> {
        let mut moments = Vec::new();
        let mut add = |it: Validity| moments.extend([it.from_us, it.until_us]);
        for rule in groups.iter().flat_map(|it| self.rules(*it)) {
            match rule.peer {
                RulePeer::Cidr(_) => {}
                RulePeer::PrefixList(id) => network.prefix_list_validities(id).for_each(&mut add),
                RulePeer::SecurityGroup(id) => network.group_validities(id).for_each(&mut add),
            }
        }
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// Returns the groups of which rules are other ones than in another set.
    pub(crate) fn different(&self, other: &Self) -> Vec<Symbol> {
        let all = self.by_group.keys().chain(other.by_group.keys());
        let empty = Vec::new();
        let of = |set: &Self, group: Symbol| -> Vec<RuleText> {
            let rules = set.by_group.get(&group).unwrap_or(&empty);
            let mut texts: Vec<RuleText> = rules.iter().map(text).collect();
            texts.sort_unstable();
            texts
        };
        let mut groups: Vec<Symbol> =
            all.copied().filter(|it| of(self, *it) != of(other, *it)).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Returns the rules of a group.
    pub(crate) fn rules(&self, group: Symbol) -> &[Rule] {
        self.by_group.get(&group).map_or(&[], Vec::as_slice)
    }
}

/// What a change takes away and adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changes<'a> {
    pub(crate) revoke: &'a [SecurityGroupRule],
    pub(crate) authorize: &'a [SecurityGroupRule],
}

/// What a rule says, in an order.
type RuleText = (bool, Option<u8>, Option<i32>, Option<i32>, String);

fn text(rule: &Rule) -> RuleText {
    (rule.is_egress, rule.protocol, rule.from_port, rule.to_port, format!("{:?}", rule.peer))
}

/// Returns whether two rules say the same.
pub(crate) fn is_same(one: &Rule, other: &Rule) -> bool {
    text(one) == text(other)
}

/// Returns what a rule says, if the inventory knows what it names.
pub(crate) fn said(network: &Network, rule: &SecurityGroupRule) -> Option<Rule> {
    let peer = match &rule.peer {
        Peer::Cidr(cidr) => RulePeer::Cidr(*cidr),
        Peer::PrefixList(id) => RulePeer::PrefixList(network.symbol(id)?),
        Peer::SecurityGroup(id) => RulePeer::SecurityGroup(network.symbol(id)?),
    };
    Some(Rule {
        validity: ALWAYS,
        id: network.symbol(&rule.id).unwrap_or(Symbol::EMPTY),
        is_egress: rule.is_egress,
        protocol: rule.protocol,
        from_port: rule.from_port,
        to_port: rule.to_port,
        peer,
    })
}
