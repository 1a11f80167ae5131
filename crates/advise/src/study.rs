//! Looks at everything that was seen, and keeps what advice follows from.
//!
//! Flows come first ([`Study::add`]), then what the lake has of each interface and day
//! ([`Study::add_day`]). [`Study::doubtful`] then says about which traffic the caller should ask once
//! more: records of which it is not sure who opened, as the other side would have it. What they could
//! have been admitted by ([`Study::add_doubtful`]) is not called unused.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Inventory, Validity};
use tidegate_model::private::is_private;
use tidegate_network::admit::{self, Owners, Packet, Way};
use tidegate_network::{InterfaceIndex, Network, Rule, RulePeer};

use crate::coverage::{Day, Watched};
use crate::flow::{Flow, Grade, ICMP, ICMPV6, TCP, UDP};
use crate::matcher::{Admission, Matcher};
use crate::members::{self, Members};
use crate::opener::Openers;
use crate::services::{Service, condensed};
use crate::shadow::port_range;
use crate::slots::{Current, Slot, Slots};
use crate::usage::{Tally, Use};
use crate::verdict::Doubt;

/// How sure it must be who opened a connection, in percent, so that the other side is not
/// considered: such signs are right in 99 of 100 cases and more.
pub const SURE_PERCENT: u8 = 90;

/// How sure it must be who opened a connection, in percent, so that it proves a use by itself.
pub const LIKELY_PERCENT: u8 = 75;

/// Moments at which flows are best cut; each makes long flows more.
pub const SPLITS_MAX: usize = 32;

/// Flows that are kept. A flow is some hundred bytes.
pub const FLOWS_MAX: usize = 5_000_000;

/// Of those, flows that are only attempts: they are kept to be counted, and nothing follows from them.
const ATTEMPTS_MAX: usize = 1_000_000;

/// Services that are asked for by name; of more, those that are close to each other become one.
const SERVICES_MAX: usize = 64;

/// Returns what a rule is about.
fn service_of(rule: &Rule) -> Service {
    let (from, to) = match rule.protocol {
        Some(TCP | UDP) => port_range(rule),
        _ => (0, i32::from(u16::MAX)),
    };
    Service {
        is_egress: rule.is_egress,
        protocol: rule.protocol,
        from_port: u16::try_from(from).unwrap_or(0),
        to_port: u16::try_from(to).unwrap_or(u16::MAX),
    }
}

/// What was seen of a network.
#[derive(Clone, Debug)]
pub struct Study<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) network: &'a Network,
    pub(crate) window: Validity,
    pub(crate) slots: Slots,
    pub(crate) members: Members,
    pub(crate) watched: Watched,
    pub(crate) flows: Vec<Flow>,
    /// Flows that a rule surely admitted, by rule.
    pub(crate) admitted: Vec<Vec<u32>>,
    pub(crate) totals: Totals,
    n_attempts_kept: usize,
    matcher: Matcher<'a>,
    openers: Openers<'a>,
    tallies: Vec<Tally>,
    interfaces: Interfaces,
    strangers: Strangers,
    /// Flows that either side may have opened, and that are not kept, by interface.
    n_either: HashMap<InterfaceIndex, u64>,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Flows.
    pub n_flows: u64,
    /// Records of them.
    pub n_records: u64,
    /// Connections of them.
    pub n_connections: u64,
    /// Flows that no rule of today admits: rules of the past did, or the inventory is not complete.
    pub n_unexplained: u64,
    /// Flows of interfaces that the inventory does not know.
    pub n_unknown_interface: u64,
    /// Flows of which it is not sure who opened them.
    pub n_doubtful: u64,
    /// Flows beyond [`FLOWS_MAX`]: nothing is proposed then.
    pub n_not_kept: u64,
}

/// Names of interfaces as records have them.
#[derive(Clone, Debug, Default)]
struct Interfaces {
    by_id: HashMap<Box<str>, u32>,
    all: Vec<(Box<str>, Option<InterfaceIndex>)>,
}

/// Packets of interfaces that the inventory does not know.
#[derive(Clone, Debug, Default)]
struct Strangers {
    seen: HashSet<Packet>,
    /// Rules that may admit packets of a way and a protocol, if no packet is known yet that they do.
    open: HashMap<(Way, u8), Vec<Slot>>,
}

/// Traffic of some interfaces about which it should be asked once more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubtful {
    /// The interfaces, ascending.
    pub interface_ids: Vec<String>,
    /// Ways, protocols and ports, a few.
    pub services: Vec<Service>,
}

impl<'a> Study<'a> {
    /// Begins a study of a window.
    #[must_use]
    pub fn new(inventory: &'a Inventory, network: &'a Network, window: Validity) -> Self {
        let slots = Slots::new(inventory, network);
        Self {
            inventory,
            network,
            window,
            members: Members::new(network),
            watched: Watched::new(inventory, network),
            flows: Vec::new(),
            admitted: vec![Vec::new(); slots.len()],
            totals: Totals::default(),
            n_attempts_kept: 0,
            matcher: Matcher::new(network, members::moments(inventory)),
            openers: Openers::new(inventory, network),
            tallies: vec![Tally::default(); slots.len()],
            interfaces: Interfaces::default(),
            strangers: Strangers::default(),
            n_either: HashMap::new(),
            slots,
        }
    }

    /// Returns the moments at which flows are best cut in two, so that what admits a flow is the same
    /// all the time; at most [`SPLITS_MAX`]. What is not cut is less sure, not wrong.
    #[must_use]
    pub fn splits(&self) -> Vec<i64> {
        members::splits(self.inventory, self.window, SPLITS_MAX)
    }

    /// Returns what was looked at so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Returns whether there is a rule to say something of.
    #[must_use]
    pub fn has_rules(&self) -> bool {
        self.slots.len() > 0
    }

    /// Returns the ids of the interfaces that carried one of some groups in the window, ascending.
    #[must_use]
    pub fn interfaces_of(&self, group_ids: &[String]) -> Vec<String> {
        let groups = group_ids.iter().filter_map(|it| self.network.symbol(it));
        let members = groups.flat_map(|it| self.members.during(it, self.window));
        let ids = members.map(|it| self.network.interface_id(it.interface).to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Returns the place of an interface that records name.
    pub fn interface(&mut self, id: &str) -> u32 {
        self.interfaces.place(self.network, id)
    }

    /// Returns the id of the interface at a place.
    #[must_use]
    pub fn interface_id(&self, place: u32) -> &str {
        self.interfaces.all.get(place as usize).map_or("", |it| &it.0)
    }

    pub(crate) fn interface_index(&self, place: u32) -> Option<InterfaceIndex> {
        self.interfaces.index(place)
    }

    /// Adds accepted connections as the ones who probably opened them have it.
    ///
    /// # Limits
    ///
    /// [`FLOWS_MAX`] flows are kept for proposals; of more, uses are counted and nothing is proposed
    /// for the rules that they used.
    pub fn add(&mut self, flow: &Flow) {
        self.totals.n_flows += 1;
        self.totals.n_records += flow.counts.n_records;
        self.totals.n_connections += flow.counts.n_connections;
        let Some(interface) = self.interfaces.index(flow.interface) else {
            self.add_of_stranger(flow);
            return;
        };
        let is_only = flow.percent < SURE_PERCENT && !self.openers.could_be_other(interface, flow);
        if flow.percent < LIKELY_PERCENT && !is_only {
            // It proves no use, but a change must not block it either.
            let place = self.keep(flow);
            for slot in self.add_guess(interface, flow).sure {
                self.admitted[slot as usize].extend(place);
            }
            return;
        }
        let percent = if is_only { 100 } else { flow.percent };
        self.add_opened(interface, &Flow { percent, ..*flow });
    }

    /// Returns whether no fact begins or ends in a range.
    pub(crate) fn is_still(&self, range: Validity) -> bool {
        self.matcher.is_still(range)
    }

    fn add_opened(&mut self, interface: InterfaceIndex, flow: &Flow) {
        let admission = self.matcher.admission(&self.slots, interface, flow);
        let is_proof = flow.grade() != Grade::AttemptOnly;
        let is_explained = !(admission.sure.is_empty() && admission.possible.is_empty());
        if !is_explained && is_proof && self.is_filtered(interface, flow.first_us) {
            self.totals.n_unexplained += 1;
            self.doubt_unknown_peer(interface, flow);
        }
        let place = self.keep(flow);
        self.credit(flow, &admission, place);
    }

    /// Notes which rules may have admitted what no rule explains: those that name a group, if nobody
    /// knows who had the peer's address then. An interface may live between two looks at the
    /// inventory, or be older than the first.
    fn doubt_unknown_peer(&mut self, interface: InterfaceIndex, flow: &Flow) {
        let (packet, moment_us) = (&flow.packet, flow.first_us);
        let owners = self.network.owners(packet.peer);
        let is_known = owners.iter().any(|it| !it.is_public && it.holds(moment_us));
        // A public address never matches a reference to a group.
        let is_public = packet.peer.is_ipv4() && !is_private(packet.peer);
        let at = self.network.at(interface, moment_us).filter(|_| !is_known && !is_public);
        let (Some(at), Some(all)) = (at, Cidr::new(packet.peer, 0)) else { return };
        for group in self.network.group_ids(at) {
            let rules = self.network.rules(*group).iter().enumerate();
            let named = rules.filter(|(_, it)| {
                let anybody = Rule { peer: RulePeer::Cidr(all), ..**it };
                let is_reference = matches!(it.peer, RulePeer::SecurityGroup(_));
                is_reference
                    && it.validity.contains(moment_us)
                    && admit::matches(self.network, &anybody, moment_us, packet) == Some(true)
            });
            for slot in named.filter_map(|(place, _)| self.slots.at(*group, place)) {
                self.tallies[slot as usize].doubt(Doubt::UnknownPeer);
            }
        }
    }

    /// Keeps a flow for proposals, if there are not too many; returns its place.
    fn keep(&mut self, flow: &Flow) -> Option<u32> {
        let place = u32::try_from(self.flows.len()).ok()?;
        if flow.grade() == Grade::AttemptOnly {
            if self.n_attempts_kept >= ATTEMPTS_MAX {
                return None;
            }
            self.n_attempts_kept += 1;
        }
        if self.flows.len() >= FLOWS_MAX {
            self.totals.n_not_kept += 1;
            return None;
        }
        self.flows.push(*flow);
        Some(place)
    }

    /// Counts a flow for the rules that admitted it.
    fn credit(&mut self, flow: &Flow, admission: &Admission, place: Option<u32>) {
        let id = self.interfaces.all.get(flow.interface as usize).map_or("", |it| &it.0);
        let is_sole = admission.sure.len() == 1 && admission.possible.is_empty();
        for slot in &admission.sure {
            let tally = &mut self.tallies[*slot as usize];
            let is_typed = is_typed_icmp(&self.slots, *slot);
            if is_typed && !is_sole {
                // Another rule admits it as well, and this one may be about another type.
                tally.doubt(Doubt::IcmpType);
                continue;
            }
            tally.add(flow, id, is_sole);
            self.admitted[*slot as usize].extend(place);
        }
        for slot in &admission.possible {
            let doubt = match (admission.is_unknown, self.peer_is_known(*slot)) {
                (true, _) => Doubt::GroupsThen,
                (false, true) => Doubt::Change,
                (false, false) => Doubt::UnknownPeer,
            };
            self.tallies[*slot as usize].doubt(doubt);
        }
    }

    /// Adds accepted connections as they would be if those had opened them who probably did not.
    pub fn add_doubtful(&mut self, flow: &Flow) {
        self.totals.n_doubtful += 1;
        let Some(interface) = self.interfaces.index(flow.interface) else {
            self.add_of_stranger(flow);
            return;
        };
        if !self.openers.could_be(interface, flow) {
            return;
        }
        if self.openers.could_be_other(interface, flow) {
            let admission = self.add_guess(interface, flow);
            if !(admission.sure.is_empty() && admission.possible.is_empty()) {
                *self.n_either.entry(interface).or_default() += 1;
            }
        } else {
            self.add_opened(interface, &Flow { percent: 100, ..*flow });
        }
    }

    /// Notes what could have admitted connections that anybody may have opened.
    fn add_guess(&mut self, interface: InterfaceIndex, flow: &Flow) -> Admission {
        let admission = self.matcher.admission(&self.slots, interface, flow);
        for slot in admission.sure.iter().chain(&admission.possible) {
            self.tallies[*slot as usize].doubt(Doubt::Initiator);
        }
        admission
    }

    /// Adds what the lake has of an interface on a day.
    pub fn add_day(&mut self, interface: u32, day: Day) {
        if let Some(interface) = self.interfaces.index(interface) {
            self.watched.add(self.network, interface, day);
        }
    }

    /// Returns how many flows a change cannot be asked about: those of interfaces that nobody
    /// knows, and those at some interfaces that either side may have opened.
    pub(crate) fn n_not_asked(&self, is_concerned: impl Fn(InterfaceIndex) -> bool) -> u64 {
        let either = self.n_either.iter().filter(|it| is_concerned(*it.0));
        self.totals.n_unknown_interface + either.map(|it| it.1).sum::<u64>()
    }

    /// Returns about which traffic to ask once more, after everything else was added: what rules
    /// admit that nothing proves used yet, or of which only a part may be used.
    #[must_use]
    pub fn doubtful(&self) -> Vec<Doubtful> {
        // A rule for nearly everything is asked about where it holds only; others are few ports.
        let mut narrow = (BTreeSet::new(), Vec::new());
        let mut broad: BTreeMap<Service, BTreeSet<InterfaceIndex>> = BTreeMap::new();
        for (tally, current) in self.tallies.iter().zip(&self.slots.rules) {
            if !is_open(tally, current) {
                continue;
            }
            let members = self.members.during(current.group, self.window);
            let mut members = members.map(|it| it.interface).peekable();
            if members.peek().is_none() {
                continue;
            }
            let service = service_of(&current.said);
            if service.is_broad() {
                broad.entry(service).or_default().extend(members);
            } else {
                narrow.0.extend(members);
                narrow.1.push(service);
            }
        }
        let mut parts = vec![(narrow.0, condensed(narrow.1, SERVICES_MAX))];
        parts.extend(broad.into_iter().map(|(service, interfaces)| (interfaces, vec![service])));
        parts.retain(|it| !it.1.is_empty());
        let id = |it: &InterfaceIndex| self.network.interface_id(*it).to_owned();
        let part = |(interfaces, services): (BTreeSet<InterfaceIndex>, _)| {
            let mut interface_ids: Vec<String> = interfaces.iter().map(id).collect();
            interface_ids.sort_unstable();
            Doubtful { interface_ids, services }
        };
        parts.into_iter().map(part).chain(self.doubtful_of_strangers()).collect()
    }

    /// Returns about which traffic of interfaces that nobody knows to ask once more.
    fn doubtful_of_strangers(&self) -> Option<Doubtful> {
        let rules = self.tallies.iter().zip(&self.slots.rules);
        let open = rules.filter(|(tally, current)| {
            is_open(tally, current) && !tally.used.doubts.contains(&Doubt::UnknownInterface)
        });
        let services: Vec<Service> = open.map(|(_, current)| service_of(&current.said)).collect();
        let strange = self.interfaces.all.iter().filter(|it| it.1.is_none());
        let mut interface_ids: Vec<String> = strange.map(|it| it.0.to_string()).collect();
        interface_ids.sort_unstable();
        let is_any = !(services.is_empty() || interface_ids.is_empty());
        let services = condensed(services, SERVICES_MAX);
        is_any.then_some(Doubtful { interface_ids, services })
    }

    /// Returns what each rule was used for, in the order of the rules.
    pub(crate) fn uses(&self) -> Vec<Use> {
        self.tallies.iter().map(Tally::finish).collect()
    }

    /// Returns whether groups had a say at an interface.
    fn is_filtered(&self, interface: InterfaceIndex, moment_us: i64) -> bool {
        let at = self.network.at(interface, moment_us);
        at.is_some_and(|it| !self.network.group_ids(it).is_empty())
    }

    /// Returns whether the inventory has what a rule names.
    fn peer_is_known(&self, slot: Slot) -> bool {
        let moment_us = self.window.until_us - 1;
        match self.slots.get(slot).said.peer {
            RulePeer::Cidr(_) => true,
            RulePeer::PrefixList(id) => self.network.prefix_list(id, moment_us).is_some(),
            RulePeer::SecurityGroup(id) => self.network.knows_group(id, moment_us),
        }
    }

    /// Any group may be the one of an interface that nobody knows.
    fn add_of_stranger(&mut self, flow: &Flow) {
        self.totals.n_unknown_interface += 1;
        let packet = flow.packet;
        if !self.strangers.seen.insert(packet) {
            return;
        }
        let slots = &self.slots;
        let key = (packet.way, packet.protocol);
        let open = self.strangers.open.entry(key).or_insert_with(|| {
            let is_way = |it: &Slot| slots.get(*it).said.is_egress == (packet.way == Way::Egress);
            let all = 0..u32::try_from(slots.len()).unwrap_or(u32::MAX);
            all.filter(is_way).collect()
        });
        let owners = Owners::new(self.network, packet.peer);
        let tallies = &mut self.tallies;
        open.retain(|slot| {
            let said = &slots.get(*slot).said;
            let admits = admit::matches_with(&owners, said, flow.first_us, &packet);
            if admits != Some(false) {
                tallies[*slot as usize].doubt(Doubt::UnknownInterface);
            }
            admits == Some(false)
        });
    }
}

impl Interfaces {
    fn place(&mut self, network: &Network, id: &str) -> u32 {
        if let Some(place) = self.by_id.get(id) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.by_id.insert(id.into(), place);
        self.all.push((id.into(), network.interface(id)));
        place
    }

    fn index(&self, place: u32) -> Option<InterfaceIndex> {
        self.all.get(place as usize)?.1
    }
}

/// Returns whether what is seen of a rule may not be all: nothing proves it used, or it admits more
/// than one address or port, so that what it is used for may be a part.
fn is_open(tally: &Tally, current: &Current) -> bool {
    let service = service_of(&current.said);
    let is_wide = match current.said.peer {
        RulePeer::Cidr(cidr) => cidr.n_bits() < if cidr.first().is_ipv4() { 32 } else { 128 },
        RulePeer::PrefixList(_) | RulePeer::SecurityGroup(_) => false,
    };
    let has_ports = match service.protocol {
        None => true,
        Some(TCP | UDP) => service.from_port != service.to_port,
        Some(_) => false,
    };
    tally.used.n_proofs() == 0 || is_wide || has_ports
}

/// Returns whether a rule names a type of ICMP.
fn is_typed_icmp(slots: &Slots, slot: Slot) -> bool {
    let said = &slots.get(slot).said;
    matches!(said.protocol, Some(ICMP | ICMPV6)) && said.from_port.is_some_and(|it| it >= 0)
}
