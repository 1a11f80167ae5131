//! All questions about a row, in the order in which one needs the answer of the other.

use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::inventory::Validity;

use crate::apply::Context;
use crate::direction::{self, Direction, Owned};
use crate::endpoints::{Endpoints, Ends, is_public};
use crate::ends::{Place, Places};
use crate::evidence::{
    Action, BLOCK, Connection, InterfaceMemory, NOWHERE, Noted, OwnAddress, SILENT_S, Span,
    Watched, mark, seconds,
};
use crate::hash;
use crate::initiator::{self, Verdict};
use crate::ports::{End, TCP};
use crate::reject::{self, Cause, Groups};
use crate::vantage::{self, Rewritten, Seen, Vantage};
use crate::view::View;
use tidegate_network::admit::{self, Packet, Way};
use tidegate_network::{InterfaceAt, InterfaceIndex, PassThrough};

/// Answers of security groups that are kept: a scan asks for each port once.
const N_ADMITS_MAX: usize = 65_536;

/// What was found of a row.
pub(crate) struct Found<'a> {
    pub(crate) place: Place<'a>,
    /// Nothing if the row is about no traffic.
    pub(crate) traffic: Option<Traffic<'a>>,
}

/// What was found of the traffic of a row.
pub(crate) struct Traffic<'a> {
    pub(crate) direction: (Direction, direction::Source),
    pub(crate) initiator: Verdict,
    pub(crate) vantage: (Vantage, bool),
    pub(crate) is_asymmetric: bool,
    pub(crate) cause: Option<Cause>,
    /// The interface at the other end, as it was.
    pub(crate) peer: Option<&'a InterfaceAt>,
}

/// All rows, with what is known of their distinct values.
pub(crate) struct Rows<'a> {
    context: Context<'a>,
    view: &'a View<'a>,
    noted: &'a Noted,
    endpoints: Endpoints<'a>,
    places: Places<'a>,
    /// The connections of the rows from `ahead_from` on: those of a block are looked up together.
    ahead: Vec<Option<Ahead>>,
    ahead_from: usize,
    keys: Vec<u64>,
    directions: Vec<Option<Direction>>,
    is_reject: Vec<bool>,
    has_traffic: Vec<bool>,
    /// By interface: what was seen of it.
    memories: Vec<Option<&'a InterfaceMemory>>,
    /// By interface: its own addresses of IPv4 and IPv6, as learned.
    learned: Vec<[Option<OwnAddress>; 2]>,
    /// By interface: its hash.
    interfaces: Vec<u64>,
    flow_logs: Vec<u64>,
    /// By interface of the network: its hash, and when it was logged, as far as that was asked.
    logged: HashMap<InterfaceIndex, (u64, Span)>,
    admits: HashMap<(InterfaceIndex, Packet), (Validity, Option<bool>)>,
}

/// The connection of a row: its endpoints, the direction of the row, and the other one.
struct Ahead {
    ends: Ends,
    flags: Option<i32>,
    opener: Option<Verdict>,
    /// Where the connection is kept, if that is known.
    noted: u32,
    connection: Connection,
}

/// What the steps of one row share.
struct Known<'k, 'a> {
    row: usize,
    ahead: &'k Ahead,
    place: &'k Place<'a>,
    direction: Direction,
    pass_through: PassThrough,
    is_rejected: bool,
    /// When it was, if it says so.
    at_s: Option<u32>,
    span: Span,
    peer: Option<InterfaceIndex>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(view: &'a View<'a>, context: &Context<'a>, noted: &'a Noted) -> Self {
        let Context { network, evidence } = *context;
        let memories = view.interface_id.map(|id| evidence.interface(id));
        let own_address = |is_v6: bool| move |it: &InterfaceMemory| it.own_address(is_v6);
        let learned = memories
            .iter()
            .map(|it| [it.and_then(own_address(false)), it.and_then(own_address(true))]);
        let learned = learned.collect();
        Self {
            context: *context,
            view,
            noted,
            places: Places::new(network, view),
            ahead: Vec::with_capacity(BLOCK),
            ahead_from: 0,
            keys: Vec::with_capacity(BLOCK),
            directions: view.flow_direction.map(direction::of_aws),
            is_reject: view.action.map(|it| it == "REJECT"),
            has_traffic: view.log_status.map(|it| it != "NODATA" && it != "SKIPDATA"),
            memories,
            learned,
            interfaces: view.interface_id.map(hash::text),
            endpoints: Endpoints::new(view),
            flow_logs: view.flow_log_id.map(hash::text),
            logged: HashMap::new(),
            admits: HashMap::new(),
        }
    }

    /// Returns what can be found of a row. Rows are asked for one after the other.
    pub(crate) fn find(&mut self, row: usize) -> Found<'a> {
        let place = self.places.place(row);
        if row == self.ahead_from + self.ahead.len() {
            self.look_ahead(row);
        }
        let ahead = self.ahead.get_mut(row - self.ahead_from).and_then(Option::take);
        let traffic = ahead.map(|mut ahead| self.traffic(row, &mut ahead, &place));
        Found { place, traffic }
    }

    /// Looks up the connections of the block that begins with `row`.
    fn look_ahead(&mut self, row: usize) {
        let Self { view, context, .. } = *self;
        let has_rejects = context.evidence.has_rejects();
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.clear();
        ahead.extend((row..view.n_rows.min(row + BLOCK)).map(|row| self.ahead_of(row)));
        // A row that opens needs no memory, unless something may have been rejected.
        let needs_memory = |it: &&mut Ahead| it.opener.is_none() || has_rejects;
        self.keys.clear();
        let unknown = ahead.iter_mut().flatten().filter(needs_memory);
        let unknown = unknown.filter(|it| it.noted == NOWHERE);
        self.keys.extend(unknown.map(|it| it.ends.key().0));
        context.evidence.touch(&self.keys);
        context.evidence.touch_noted(ahead.iter().flatten().map(|it| it.noted));
        for it in ahead.iter_mut().flatten().filter(needs_memory) {
            it.connection = context.evidence.connection(it.ends.key(), it.noted);
        }
        self.ahead = ahead;
        self.ahead_from = row;
    }

    /// Returns the connection of a row, of which nothing was looked up yet.
    fn ahead_of(&self, row: usize) -> Option<Ahead> {
        let view = self.view;
        let has_traffic = view.log_status.id(row).is_none_or(|it| self.has_traffic[it]);
        let ends = self.endpoints.get(row).filter(|_| has_traffic)?;
        let flags = view.tcp_flags.get(row).filter(|_| i32::from(ends.ports.protocol) == TCP);
        let opener = initiator::by_own_flags(flags);
        let noted = self.noted.tuples.get(row).copied().unwrap_or(NOWHERE);
        Some(Ahead { ends, flags, opener, noted, connection: Connection::default() })
    }

    fn traffic(&mut self, row: usize, ahead: &mut Ahead, place: &Place<'a>) -> Traffic<'a> {
        let Context { network, evidence } = self.context;
        let view = self.view;
        let direction = self.direction(row, place);
        let pass_through = self.pass_through(row, place);
        if pass_through != PassThrough::No {
            // Whether a gateway's row was answered must be known, even if it opens.
            ahead.connection = evidence.connection(ahead.ends.key(), ahead.noted);
        }
        let peer = self.places.peer(row, place, direction.0);
        let at_s = seconds(view.moment_us(row));
        let from_s = at_s.unwrap_or(0);
        let until_s = seconds(view.end.get(row)).unwrap_or(from_s);
        let known = Known {
            row,
            ahead,
            place,
            direction: direction.0,
            pass_through,
            is_rejected: view.action.id(row).is_some_and(|it| self.is_reject[it]),
            at_s,
            span: Span { from_s, until_s },
            peer,
        };
        let views = self.views(&known);
        let initiator = ahead.opener.unwrap_or_else(|| self.initiator(&known, &views));
        let (is_asymmetric, cause) = self.rejection(&known);
        Traffic {
            direction,
            initiator,
            vantage: vantage::decide(&views),
            is_asymmetric,
            cause,
            peer: peer.and_then(|it| network.at(it, place.moment_us)),
        }
    }

    fn direction(&self, row: usize, place: &Place<'_>) -> (Direction, direction::Source) {
        let question = direction::Question {
            aws: self.view.flow_direction.id(row).and_then(|it| self.directions[it]),
            known: place.at.map(|it| it.pass_through),
            plain: place.plain,
            packet: place.packet,
        };
        direction::decide(question, || self.learned(row).unwrap_or_default())
    }

    fn learned(&self, row: usize) -> Option<Owned> {
        let (src, dst, is_v6) = self.endpoints.plain(row)?;
        let interface = self.view.interface_id.id(row)?;
        let own = self.learned[interface][usize::from(is_v6)]?;
        Some(Owned { src: own.fits(src), dst: own.fits(dst) })
    }

    fn initiator(&self, known: &Known<'_, '_>, views: &vantage::Question) -> Verdict {
        let Ahead { ends, flags, connection, .. } = known.ahead;
        let Connection { own, other, fans: [src, dst] } = connection;
        let question = initiator::Question {
            ports: ends.ports,
            flags: *flags,
            is_rejected: known.is_rejected,
            nat_inside: nat_inside(known, views),
            own,
            other,
            may_be_older: self.context.evidence.may_be_older(own.first_s()),
        };
        initiator::decide(&question, || {
            let evidence = self.context.evidence;
            let fan = |endpoint, hint| evidence.fan(endpoint, ends.ports.protocol, hint);
            (fan(ends.src, *src), fan(ends.dst, *dst))
        })
    }

    fn views(&mut self, known: &Known<'_, '_>) -> vantage::Question {
        let row = known.row;
        let is_plain = known.pass_through == PassThrough::No;
        let Connection { own, other, .. } = &known.ahead.connection;
        let may_be_stopped = own.has(mark::REJECTED)
            && !other.has(mark::SEEN)
            && own.rejected.is_within(reject::APART_S, known.span);
        // Most rows are of an interface of its own, where one end says enough.
        let needs_sender = !is_plain || known.direction != Direction::Egress;
        let needs_receiver = !is_plain || known.direction != Direction::Ingress;
        let sender = if needs_sender { self.sender(known).0 } else { Seen::Here };
        let needs_receiver = needs_receiver || may_be_stopped;
        let (receiver, elsewhere) =
            if needs_receiver { self.receiver(known) } else { (Seen::Here, None) };
        // What was let out here and not let in there, and never answered, did not cross.
        let is_stopped = may_be_stopped
            && elsewhere.is_some_and(|interface| !own.accepted_at.may_have(interface));
        let rewritten = if is_plain { Rewritten::default() } else { self.endpoints.rewritten(row) };
        let is_nat = known.pass_through == PassThrough::Nat;
        vantage::Question {
            direction: known.direction,
            pass_through: known.pass_through,
            rewritten,
            is_peer_inside: is_nat && !rewritten.is_known && self.is_peer_inside(known),
            sender,
            receiver,
            is_answered: other.has(mark::SEEN),
            is_rejected: known.is_rejected || is_stopped,
            is_duplicate: self.is_duplicate(known),
        }
    }

    fn sender(&mut self, known: &Known<'_, '_>) -> (Seen, Option<u64>) {
        let interface = match known.direction {
            Direction::Ingress => known.peer,
            _ => self.places.sender(known.row, known.place),
        };
        self.seen(known, interface, known.ahead.ends.src_address)
    }

    fn receiver(&mut self, known: &Known<'_, '_>) -> (Seen, Option<u64>) {
        let interface = match known.direction {
            Direction::Egress => known.peer,
            _ => self.places.receiver(known.row, known.place),
        };
        self.seen(known, interface, known.ahead.ends.dst_address)
    }

    /// Returns what is known of an end, by the inventory, else by who was seen sending from there;
    /// and the hash of the interface if it is another one.
    fn seen(
        &mut self,
        known: &Known<'_, '_>,
        interface: Option<InterfaceIndex>,
        address: u64,
    ) -> (Seen, Option<u64>) {
        let Context { network, evidence } = self.context;
        if let Some(interface) = interface {
            if known.place.interface == Some(interface) {
                return (Seen::Here, None);
            }
            let (hash, logged) = *self.logged.entry(interface).or_insert_with(|| {
                let id = network.interface_id(interface);
                (hash::text(id), evidence.interface(id).map_or_else(Span::default, |it| it.logged))
            });
            // Where times are not known, a record at any time says that it is logged.
            let distance_s = logged.distance_s(known.at_s.unwrap_or(logged.from_s));
            if distance_s <= SILENT_S {
                return (Seen::Elsewhere, Some(hash));
            }
            return (Seen::Nowhere, None);
        }
        let here = self.view.interface_id.id(known.row).map(|it| self.interfaces[it]);
        match evidence.owner(address, known.at_s) {
            None => (Seen::Nowhere, None),
            sender if sender == here => (Seen::Here, None),
            sender => (Seen::Elsewhere, sender),
        }
    }

    fn is_peer_inside(&self, known: &Known<'_, '_>) -> bool {
        let peer = match known.direction {
            Direction::Ingress => self.view.srcaddr.get(known.row),
            Direction::Egress => self.view.dstaddr.get(known.row),
            _ => None,
        };
        known.peer.is_some() || peer.is_some_and(|it| !is_public(it))
    }

    /// Returns how the interface of a row hands on: by the inventory, by what AWS wrote, or by what
    /// was seen of it.
    fn pass_through(&self, row: usize, place: &Place<'_>) -> PassThrough {
        let known = self.places.pass_through(row, place);
        let seen = || self.memories[self.view.interface_id.id(row)?];
        if place.at.is_none()
            && known == PassThrough::No
            && seen().is_some_and(InterfaceMemory::is_gateway)
        {
            return PassThrough::Nat;
        }
        known
    }

    fn is_duplicate(&self, known: &Known<'_, '_>) -> bool {
        let Some(flow_log) = self.view.flow_log_id.id(known.row) else { return false };
        let memory = match Watched::of(self.view, known.row) {
            Some(Watched::Interface(id)) => self.memories[id],
            Some(other) => self.context.evidence.interface(other.id(self.view)),
            None => None,
        };
        let Some(memory) = memory else { return false };
        let action = if known.is_rejected { Action::Reject } else { Action::Accept };
        let flow_log = self.flow_logs[flow_log];
        memory.covers(action).is_duplicate(flow_log, known.span.from_s)
    }

    fn rejection(&mut self, known: &Known<'_, '_>) -> (bool, Option<Cause>) {
        if !known.is_rejected && !known.ahead.connection.other.has(mark::REJECTED) {
            return (false, None);
        }
        let Ahead { ends, flags, connection: Connection { own, other, .. }, .. } = known.ahead;
        let question = reject::Question {
            is_rejected: known.is_rejected,
            flags: *flags,
            has_ports: ends.ports.has_ports(),
            span: known.span,
            own,
            other,
        };
        let is_asymmetric = reject::is_nacl_asymmetric(&question);
        let reason = self.view.reject_reason.get(known.row);
        let cause =
            known.is_rejected.then(|| reject::cause(&question, reason, || self.groups(known)));
        (is_asymmetric, cause)
    }

    /// Returns what the security groups of the interface say about the packets of a row.
    fn groups(&mut self, known: &Known<'_, '_>) -> Groups {
        let view = self.view;
        let (way, address) = match known.direction {
            Direction::Ingress => (Way::Ingress, [&view.pkt_srcaddr, &view.srcaddr]),
            Direction::Egress => (Way::Egress, [&view.pkt_dstaddr, &view.dstaddr]),
            _ => return Groups::NoDirection,
        };
        let Place { interface: Some(interface), at: Some(at), moment_us, .. } = *known.place else {
            return Groups::Unknown;
        };
        if matches!(at.pass_through, PassThrough::Nat | PassThrough::TransitGateway) {
            return Groups::Admit;
        }
        let peer = address.iter().find_map(|it| it.get(known.row));
        let peer: Option<IpAddr> = peer.and_then(|it| it.parse().ok());
        let protocol = u8::try_from(known.ahead.ends.ports.protocol).ok();
        let (Some(peer), Some(protocol)) = (peer, protocol) else { return Groups::Unknown };
        let packet = Packet { way, protocol, port: known.ahead.ends.ports.dst, peer };
        match self.admits(interface, moment_us, packet) {
            Some(true) => Groups::Admit,
            Some(false) => Groups::Refuse,
            None => Groups::Unknown,
        }
    }

    fn admits(
        &mut self,
        interface: InterfaceIndex,
        moment_us: i64,
        packet: Packet,
    ) -> Option<bool> {
        let network = self.context.network;
        let known = self.admits.get(&(interface, packet));
        if let Some((_, answer)) = known.filter(|it| it.0.contains(moment_us)) {
            return *answer;
        }
        if self.admits.len() >= N_ADMITS_MAX {
            self.admits.clear();
        }
        let answer = admit::admits(network, interface, moment_us, &packet);
        let during = admit::same_during(network, interface, moment_us, &packet);
        self.admits.insert((interface, packet), (during, answer));
        answer
    }
}

/// Returns the end from which a NAT gateway lets connections out, for a row of one.
fn nat_inside(known: &Known<'_, '_>, views: &vantage::Question) -> Option<End> {
    if views.pass_through != PassThrough::Nat {
        return None;
    }
    if let Some(inside) = vantage::nat_inside(views) {
        return Some(inside);
    }
    // On the outer leg the gateway is inside; what comes and gets no answer came unasked.
    match known.direction {
        Direction::Egress => Some(End::Src),
        Direction::Ingress if known.ahead.connection.other.has(mark::SEEN) => Some(End::Dst),
        _ => None,
    }
}
