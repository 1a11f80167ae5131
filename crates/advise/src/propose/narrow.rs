//! Narrower rules for one that is too wide.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use tidegate_model::inventory::{Peer, SecurityGroupRule};
use tidegate_network::RulePeer;

use crate::coverage::SECOND_US;
use crate::flow::{Flow, Grade, ICMP, ICMPV6, TCP, UDP};
use crate::propose::peers::{Asked, Places, Told};
use crate::propose::ports::{self, PORTS_MAX};
use crate::report::RuleAdvice;
use crate::ruleset::{self, Ruleset};
use crate::slots::Slot;
use crate::space::Space;
use crate::study::Study;
use crate::verdict::{Confidence, Doubt, OBSERVED_S_FULL, OBSERVED_S_MIN};

/// Uses that a rule must have had before what it is used for is taken for all that it is used for.
pub const USES_MIN: u64 = 20;

/// How long the default egress rule (everything to everywhere) must have been watched before less is
/// proposed: what leaves is of more kinds than what comes.
pub const EGRESS_S_MIN: u64 = 7 * 86_400;

/// New rules that may take the place of one.
pub const RULES_NEW_MAX: usize = 16;

/// The share of what a rule admits that must go, for a change to be worth it.
const GAIN_MIN: f64 = 0.5;

/// How wide a rule is for what it is used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Width {
    /// About as wide as its use.
    Fits,
    /// Narrower rules would do.
    TooWide {
        /// What it is used for, in a sentence.
        why: String,
    },
    /// It is wide because it is meant for the public.
    Public {
        /// Networks outside that use it.
        n_networks: usize,
    },
    /// It was used or watched too little to tell, or uses of it may be missing.
    TooEarly,
    /// Narrower rules would be too many, or hardly narrower.
    NoGain,
}

impl Width {
    /// Returns the word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::TooWide { .. } => "too-wide",
            Self::Public { .. } => "public",
            Self::TooEarly => "too-early",
            Self::NoGain => "no-gain",
        }
    }

    /// Returns what the rule is used for, if narrower ones would do.
    #[must_use]
    pub fn excess(&self) -> Option<&str> {
        match self {
            Self::TooWide { why } => Some(why),
            _ => None,
        }
    }
}

/// What is needed to narrow any rule.
pub(crate) struct Narrowing<'a, 'b> {
    study: &'a Study<'b>,
    places: Places<'a>,
    today: Ruleset,
}

/// A protocol and ports: all of them, or a range.
type Ports = (Option<u8>, Option<(u16, u16)>);

impl<'a, 'b> Narrowing<'a, 'b> {
    pub(crate) fn new(study: &'a Study<'b>) -> Self {
        let Study { inventory, network, members, window, .. } = study;
        Self {
            study,
            places: Places::new(inventory, network, members, *window),
            today: Ruleset::of_today(&study.slots),
        }
    }

    /// Returns how wide a used rule is, and the rules that would do.
    pub(crate) fn narrow(&self, advice: &RuleAdvice) -> (Width, Vec<SecurityGroupRule>) {
        let nothing = Vec::new();
        let rule = &advice.rule;
        if !can_be_narrower(rule) {
            return (Width::Fits, nothing);
        }
        let observed_s = (advice.observed.until_us - advice.observed.from_us) / SECOND_US;
        let observed_s = u64::try_from(observed_s).unwrap_or(0);
        let is_default = rule.is_egress && rule.protocol.is_none();
        let least_s = if is_default { EGRESS_S_MIN } else { OBSERVED_S_MIN };
        let is_early = advice.used.n_proofs() < USES_MIN || observed_s < least_s;
        if is_early || !is_all_seen(advice) {
            return (Width::TooEarly, nothing);
        }
        let Some(slot) = self.slot(rule) else { return (Width::TooEarly, nothing) };
        let flows = self.flows(slot);
        let Some(services) = services(rule, &flows) else { return (Width::NoGain, nothing) };
        let mut wanted: BTreeMap<BTreeSet<Peer>, Vec<Ports>> = BTreeMap::new();
        let mut n_public = 0;
        for (ports, flows) in services {
            let own = BTreeSet::from([rule.peer.clone()]);
            let peers = match self.told(rule, slot, &flows) {
                Told::Peers(peers) => peers,
                Told::Public(n_networks) => {
                    n_public = n_public.max(n_networks);
                    own
                }
                Told::AsBefore => own,
            };
            wanted.entry(peers).or_default().push(ports);
        }
        let rules = rules(rule, wanted);
        let width = self.judge(rule, &rules, n_public);
        match width {
            Width::TooWide { .. } => (width, self.missing(rule, rules)),
            _ => (width, nothing),
        }
    }

    fn slot(&self, rule: &SecurityGroupRule) -> Option<Slot> {
        let rules = (0..).zip(&self.study.slots.rules);
        rules.into_iter().find(|(_, it)| it.rule.id == rule.id).map(|it| it.0)
    }

    /// Returns what proves that a rule is used, and what may have been opened by the other side.
    fn flows(&self, slot: Slot) -> Vec<&Flow> {
        let places = self.study.admitted[slot as usize].iter();
        let flows = places.filter_map(|it| self.study.flows.get(*it as usize));
        flows.filter(|it| it.grade() != Grade::AttemptOnly).collect()
    }

    fn told(&self, rule: &SecurityGroupRule, slot: Slot, flows: &[&Flow]) -> Told {
        let RulePeer::Cidr(cidr) = self.study.slots.get(slot).said.peer else {
            return Told::AsBefore;
        };
        let peers: Vec<(IpAddr, i64)> =
            flows.iter().map(|it| (it.packet.peer, it.first_us)).collect();
        let groups = self.study.inventory.security_groups.iter().filter(|it| it.validity.is_open());
        let mut groups = groups.map(|it| &it.value);
        // The group of a rule that holds is there.
        let Some(group) = groups.find(|it| it.id == rule.group_id) else { return Told::AsBefore };
        let vpc = self.study.network.symbol(&group.vpc_id).unwrap_or_default();
        let is_egress = rule.is_egress;
        self.places.tell(&Asked { rule: cidr, is_egress, group, vpc, peers: &peers })
    }

    /// Returns whether rules are worth it to take the place of one.
    fn judge(
        &self,
        rule: &SecurityGroupRule,
        rules: &[SecurityGroupRule],
        n_public: usize,
    ) -> Width {
        let before = self.space(std::slice::from_ref(rule));
        let after = self.space(rules);
        let shrinks = |before: f64, after: f64| after <= before * (1.0 - GAIN_MIN);
        let is_gain = shrinks(before.v4, after.v4) && shrinks(before.v6, after.v6);
        match (is_gain, n_public) {
            (false, 1..) => return Width::Public { n_networks: n_public },
            (false, 0) => {
                let is_same = after.v4 >= before.v4 && after.v6 >= before.v6;
                return if is_same { Width::Fits } else { Width::NoGain };
            }
            (true, _) => {}
        }
        if rules.len() > RULES_NEW_MAX {
            return Width::NoGain;
        }
        Width::TooWide { why: why(rules) }
    }

    fn space(&self, rules: &[SecurityGroupRule]) -> Space {
        let network = self.study.network;
        let said = rules.iter().filter_map(|it| ruleset::said(network, it));
        Space::of_rules(network, said, self.study.window.until_us - 1)
    }

    /// Returns the rules that the group does not have yet.
    fn missing(
        &self,
        rule: &SecurityGroupRule,
        rules: Vec<SecurityGroupRule>,
    ) -> Vec<SecurityGroupRule> {
        let network = self.study.network;
        let group = network.symbol(&rule.group_id).unwrap_or_default();
        let own = self.today.rules(group);
        let has = |it: &SecurityGroupRule| {
            ruleset::said(network, it)
                .is_some_and(|said| own.iter().any(|it| ruleset::is_same(it, &said)))
        };
        rules.into_iter().filter(|it| !has(it)).collect()
    }
}

/// Returns whether what was seen of a rule's use is all that there was.
fn is_all_seen(advice: &RuleAdvice) -> bool {
    advice.coverage.is_enough() && !advice.used.doubts.iter().any(|it| Doubt::hides_uses(*it))
}

/// Returns whether a rule could say less: a block of addresses, all protocols, or several ports.
fn can_be_narrower(rule: &SecurityGroupRule) -> bool {
    let is_block = match &rule.peer {
        Peer::Cidr(cidr) => cidr.n_bits() < if cidr.first().is_ipv4() { 32 } else { 128 },
        _ => false,
    };
    is_block || rule.protocol.is_none() || has_many_ports(rule)
}

fn has_many_ports(rule: &SecurityGroupRule) -> bool {
    matches!(rule.protocol, Some(TCP | UDP)) && rule.from_port != rule.to_port
        || (matches!(rule.protocol, Some(TCP | UDP)) && rule.from_port.is_none())
}

/// A service and the flows that used it.
type Services<'a> = Vec<(Ports, Vec<&'a Flow>)>;

/// Returns what a rule was used for, by protocol and ports; `None` if that is too much to list.
fn services<'a>(rule: &SecurityGroupRule, flows: &[&'a Flow]) -> Option<Services<'a>> {
    let mut by_port: BTreeMap<(u8, u16), Vec<&Flow>> = BTreeMap::new();
    for flow in flows {
        let has_ports = matches!(flow.packet.protocol, TCP | UDP);
        let port = if has_ports { flow.packet.port } else { 0 };
        by_port.entry((flow.packet.protocol, port)).or_default().push(flow);
    }
    if rule.protocol.is_some() && !has_many_ports(rule) {
        // Ports, and types of ICMP, stay as they are.
        let from_to = rule.from_port.zip(rule.to_port);
        let range = from_to
            .and_then(|(from, to)| Some((u16::try_from(from).ok()?, u16::try_from(to).ok()?)));
        return Some(vec![((rule.protocol, range), flows.to_vec())]);
    }
    let protocols: BTreeSet<u8> = by_port.keys().map(|it| it.0).collect();
    let mut services = Vec::new();
    for protocol in protocols {
        let own: Vec<u16> = by_port.keys().filter(|it| it.0 == protocol).map(|it| it.1).collect();
        if own.len() > PORTS_MAX {
            return None;
        }
        for port in own {
            let flows = by_port.remove(&(protocol, port)).unwrap_or_default();
            let range = matches!(protocol, TCP | UDP).then_some((port, port));
            services.push(((Some(protocol), range), flows));
        }
    }
    Some(services)
}

/// Returns the rules for services that are to be open for peers.
fn rules(
    rule: &SecurityGroupRule,
    wanted: BTreeMap<BTreeSet<Peer>, Vec<Ports>>,
) -> Vec<SecurityGroupRule> {
    let mut rules = Vec::new();
    for (peers, services) in wanted {
        for (protocol, range) in merged(services) {
            let is_icmp = matches!(protocol, Some(ICMP | ICMPV6));
            let typed = rule.protocol == protocol && is_icmp;
            let (from_port, to_port) = match range {
                Some((from, to)) => (Some(i32::from(from)), Some(i32::from(to))),
                None if typed => (rule.from_port, rule.to_port),
                None => (None, None),
            };
            rules.extend(peers.iter().map(|peer| SecurityGroupRule {
                id: String::new(),
                protocol,
                from_port,
                to_port,
                peer: peer.clone(),
                ..rule.clone()
            }));
        }
    }
    rules
}

/// Returns services with ports that are neighbours as one.
fn merged(services: Vec<Ports>) -> Vec<Ports> {
    let mut by_protocol: BTreeMap<Option<u8>, Vec<u16>> = BTreeMap::new();
    let mut merged = Vec::new();
    for (protocol, range) in services {
        match range {
            Some((from, to)) if from == to => by_protocol.entry(protocol).or_default().push(from),
            other => merged.push((protocol, other)),
        }
    }
    for (protocol, ports) in by_protocol {
        let ranges = ports::ranges(ports).unwrap_or_default();
        merged.extend(ranges.into_iter().map(|it| (protocol, Some(it))));
    }
    merged
}

fn why(rules: &[SecurityGroupRule]) -> String {
    let ports: BTreeSet<String> = rules.iter().map(crate::checks::ports_text).collect();
    let peers: BTreeSet<String> = rules.iter().map(|it| peer_text(&it.peer)).collect();
    let join = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join(", ");
    format!("used for {} by {} only", join(ports), join(peers))
}

/// Returns a peer as AWS writes it.
#[must_use]
pub fn peer_text(peer: &Peer) -> String {
    match peer {
        Peer::Cidr(cidr) => cidr.to_string(),
        Peer::PrefixList(id) | Peer::SecurityGroup(id) => id.clone(),
    }
}

/// Returns how sure it is that narrower rules will do.
pub(crate) fn confidence(advice: &RuleAdvice) -> Confidence {
    let observed_s = (advice.observed.until_us - advice.observed.from_us) / SECOND_US;
    let is_doubted = !advice.used.doubts.is_empty() || advice.coverage.n_skipdata > 0;
    match u64::try_from(observed_s).unwrap_or(0) {
        _ if !is_all_seen(advice) => Confidence::Low,
        OBSERVED_S_FULL.. if !is_doubted => Confidence::High,
        EGRESS_S_MIN.. => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// Returns what to look at before rules are taken.
pub(crate) fn notes(rules: &[SecurityGroupRule]) -> Vec<String> {
    let hosts = rules.iter().filter_map(|it| match it.peer {
        Peer::Cidr(cidr) if cidr.n_bits() == 32 && cidr.first().is_ipv4() => Some(cidr.to_string()),
        _ => None,
    });
    let hosts: BTreeSet<String> = hosts.collect();
    if hosts.is_empty() {
        return Vec::new();
    }
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
    vec![format!("single addresses: {hosts}; leave out those that you do not know")]
}
