//! Fills the evidence from rows.

use hashbrown::HashMap;
use tidegate_model::columns::Columns;

use super::covers::{Action, DAY_S, LogRange};
use super::interface::InterfaceMemory;
use super::owner::Tenure;
use super::tuple::{Half, Interfaces, Side, Span, mark};
use super::{Evidence, NOWHERE, Noted, fan, tuple};
use crate::endpoints::{Endpoints, Ends, is_public, is_v6};
use crate::hash;
use crate::ports::{self, Ports};
use crate::view::View;

/// Rows that are looked up together: as many as a processor waits for at once, and some more.
pub(crate) const BLOCK: usize = 64;

impl Evidence {
    /// Sees rows; returns where it keeps what they showed.
    pub fn observe(&mut self, columns: &Columns) -> Noted {
        let view = View::new(columns);
        let endpoints = Endpoints::new(&view);
        let noted = self.observe_tuples(&view, &endpoints);
        self.observe_interfaces(&view, &endpoints);
        self.observe_flow_logs(&view);
        self.forget();
        noted
    }

    fn observe_tuples(&mut self, view: &View<'_>, endpoints: &Endpoints<'_>) -> Noted {
        let is_reject = view.action.map(|it| it == "REJECT");
        let interfaces = view.interface_id.map(|it| Interfaces::of(hash::text(it)));
        let seen = Seen { is_reject, interfaces };
        let mut noted = Noted { tuples: vec![NOWHERE; view.n_rows] };
        let mut block: Vec<(usize, Ends)> = Vec::with_capacity(BLOCK);
        let mut keys: Vec<u64> = Vec::with_capacity(2 * BLOCK);
        let mut new: Vec<Counterparts> = Vec::with_capacity(BLOCK);
        for from in (0..view.n_rows).step_by(BLOCK) {
            block.clear();
            let rows = from..view.n_rows.min(from + BLOCK);
            block.extend(rows.filter_map(|row| Some((row, endpoints.get(row)?))));
            keys.clear();
            keys.extend(block.iter().map(|it| it.1.key().0));
            self.touch(&keys);
            new.clear();
            for (at, (row, ends)) in block.iter().enumerate() {
                let (position, news) = self.observe_row(view, *row, ends, &seen);
                noted.tuples[*row] = position;
                new.push(Counterparts { at, position, news });
            }
            new.retain(|it| it.news.of_src || it.news.of_dst);
            keys.clear();
            keys.extend(new.iter().flat_map(|it| fan_keys(&block[it.at].1)));
            self.touch_fans(&keys);
            for it in &new {
                self.observe_fans(&block[it.at].1, it);
            }
        }
        noted
    }

    /// Sees a row; returns where its connection is kept, and whose counterparts are to be counted.
    #[inline]
    fn observe_row(
        &mut self,
        view: &View<'_>,
        row: usize,
        ends: &Ends,
        seen: &Seen,
    ) -> (u32, News) {
        let is_rejected = view.action.id(row).is_some_and(|it| seen.is_reject[it]);
        let mut side = side_of(view, row, ends, is_rejected);
        if let Some(interface) = view.interface_id.id(row).filter(|_| !is_rejected) {
            side.accepted_at = seen.interfaces[interface];
        }
        self.has_rejects |= is_rejected;
        self.from_s = self.from_s.min(side.first_s());
        let (key, is_first) = ends.key();
        let at = usize::from(!is_first);
        let (position, tuple) = self.tuple_mut(key);
        let marks_before = tuple.halves[at].marks;
        let is_counted = tuple.halves.iter().any(|it| it.marks & mark::COUNTED != 0);
        let until_s = side.accepted.until_s.max(side.rejected.until_s);
        let mut news = News { of_src: false, of_dst: false, until_s };
        if may_ask_fans(ends) {
            let is_new = |mark| side.has(mark) && marks_before & mark == 0;
            // Without flags, one row of either direction says all.
            let is_plain = !side.has(mark::FLAGS) && !is_counted;
            news.of_dst = is_new(mark::SYN) || is_plain;
            news.of_src = is_new(mark::SYN_ACK) || is_plain;
            side.marks |= if is_plain { mark::COUNTED } else { 0 };
        }
        let Side { accepted, rejected, n_packets, marks, accepted_at } = side;
        tuple.halves[at].merge(&Half { accepted, n_packets, marks, accepted_at });
        if is_rejected {
            self.rejections.entry(key).or_default()[at].merge(rejected);
        }
        (position, news)
    }

    /// Counts counterparts: of the server, where flags tell who that is; else of both.
    fn observe_fans(&mut self, ends: &Ends, counterparts: &Counterparts) {
        let Counterparts { position: place, news: News { of_src, of_dst, until_s }, .. } =
            *counterparts;
        let Ports { src: srcport, dst: dstport, .. } = ends.ports;
        let [src_key, dst_key] = fan_keys(ends);
        let mut noted = [None; 2];
        if of_dst {
            let (position, fan) = self.fan_mut(dst_key);
            fan.add(ends.src_address, srcport, until_s);
            noted[1] = Some(position);
        }
        if of_src {
            let (position, fan) = self.fan_mut(src_key);
            fan.add(ends.dst_address, dstport, until_s);
            noted[0] = Some(position);
        }
        let (key, is_first) = ends.key();
        let Some(tuple) = self.tuples.at_mut(key, place) else { return };
        if !is_first {
            noted.reverse();
        }
        for (hint, position) in tuple.fans.iter_mut().zip(noted) {
            *hint = position.unwrap_or(*hint);
        }
    }

    fn observe_interfaces(&mut self, view: &View<'_>, endpoints: &Endpoints<'_>) {
        let mut seen: Vec<InterfaceMemory> = Vec::new();
        seen.resize_with(view.interface_id.values.len(), InterfaceMemory::default);
        let is_egress = view.flow_direction.map(|it| it == "egress");
        let is_reject = view.action.map(|it| it == "REJECT");
        let srcaddr = view.srcaddr.map(hash::text);
        let dstaddr = view.dstaddr.map(hash::text);
        let src_is_v6 = view.srcaddr.map(is_v6);
        let is_public = view.pkt_dstaddr.map(is_public);
        let mut senders = Senders::new(srcaddr.len());
        for row in 0..view.n_rows {
            let Some(interface) = view.interface_id.id(row) else { continue };
            let seen = &mut seen[interface];
            seen.n_records = seen.n_records.saturating_add(1);
            seen.until_s = seen.until_s.max(seconds(view.end.get(row)).unwrap_or(0));
            let (Some(src), Some(dst)) = (view.srcaddr.id(row), view.dstaddr.id(row)) else {
                continue;
            };
            if view.action.id(row).is_none_or(|it| !is_reject[it]) {
                seen.logged.merge(span_of(view, row));
            }
            let is_leaving = view.flow_direction.id(row).is_some_and(|it| is_egress[it]);
            seen.is_gateway |= !is_leaving
                && view.pkt_dstaddr.id(row).is_some_and(|it| is_public[it])
                && endpoints.rewritten(row).dst;
            if view.flow_direction.id(row).is_none() {
                let learned = &mut seen.learned[usize::from(src_is_v6[src])];
                learned.get_or_insert_default().add(srcaddr[src], dstaddr[dst]);
                continue;
            }
            if is_leaving {
                senders.add(src, interface, span_of(view, row));
            }
        }
        let interfaces = view.interface_id.map(hash::text);
        for (src, interface, span) in senders.all {
            self.add_owner(srcaddr[src], Tenure { interface: interfaces[interface], span });
        }
        let seen = view.interface_id.values.iter().zip(seen);
        for (id, seen) in seen.filter(|it| it.1.n_records > 0) {
            self.interfaces.entry_ref(id.as_str()).or_default().merge(seen);
        }
    }

    fn observe_flow_logs(&mut self, view: &View<'_>) {
        if view.flow_log_id.values.is_empty() {
            return;
        }
        let logs = view.flow_log_id.map(hash::text);
        let is_reject = view.action.map(|it| it == "REJECT");
        let mut ranges = Ranges::new(view.interface_id.values.len());
        for row in 0..view.n_rows {
            let (Some(log), Some(action)) = (view.flow_log_id.id(row), view.action.id(row)) else {
                continue;
            };
            let Some(watched) = Watched::of(view, row) else { continue };
            let Some(at_s) = seconds(view.moment_us(row)) else { continue };
            let slot = view.interface_id.id(row).map(|it| 2 * it + usize::from(is_reject[action]));
            ranges.add((watched, is_reject[action], log, at_s / DAY_S), slot, at_s);
        }
        for ((watched, is_rejected, log, _), (from_s, until_s)) in ranges.all {
            let action = if is_rejected { Action::Reject } else { Action::Accept };
            let memory = self.interfaces.entry_ref(watched.id(view)).or_default();
            memory.covers[action.index()].add(LogRange::daily(logs[log], from_s, until_s));
        }
    }
}

/// Returns whether counterparts can matter: where both ends have ports and neither is a known one.
#[inline]
pub(crate) fn may_ask_fans(ends: &Ends) -> bool {
    ends.ports.has_ports() && ends.ports.has_service_port().is_none()
}

/// Returns the keys of a row's source and destination as endpoints.
#[inline]
pub(crate) fn fan_keys(ends: &Ends) -> [u64; 2] {
    [ends.src, ends.dst].map(|it| fan::key(it, ends.ports.protocol))
}

/// Ends that are to be counted as counterparts of each other.
struct Counterparts {
    /// The position of the row in its block.
    at: usize,
    /// Where the connection is kept.
    position: u32,
    news: News,
}

/// What a row says of counterparts that was not known.
#[derive(Clone, Copy)]
struct News {
    /// Whether the destination is one of the source's.
    of_src: bool,
    /// Whether the source is one of the destination's.
    of_dst: bool,
    until_s: u32,
}

/// What is known of distinct values.
struct Seen {
    /// By action.
    is_reject: Vec<bool>,
    /// By interface.
    interfaces: Vec<Interfaces>,
}

/// What a flow log wrote, on which day: what is watched, whether it was rejected, the log, the day. Each
/// day is for itself: on one between two others, there may be no record.
type LogDay = (Watched, bool, usize, u32);

/// First and last second of each.
struct Ranges {
    all: Vec<(LogDay, (u32, u32))>,
    known: HashMap<LogDay, usize>,
    /// By interface and action: the range of its last row, which is nearly always that of the next.
    last: Vec<usize>,
}

impl Ranges {
    fn new(n_interfaces: usize) -> Self {
        Self { all: Vec::new(), known: HashMap::new(), last: vec![usize::MAX; 2 * n_interfaces] }
    }

    #[inline]
    fn add(&mut self, key: LogDay, slot: Option<usize>, at_s: u32) {
        let guess = slot.map_or(usize::MAX, |it| self.last[it]);
        let at = if self.all.get(guess).is_some_and(|it| it.0 == key) {
            guess
        } else {
            self.find(key, at_s)
        };
        if let Some(slot) = slot {
            self.last[slot] = at;
        }
        let range = &mut self.all[at].1;
        *range = (range.0.min(at_s), range.1.max(at_s));
    }

    fn find(&mut self, key: LogDay, at_s: u32) -> usize {
        *self.known.entry(key).or_insert_with(|| {
            self.all.push((key, (at_s, at_s)));
            self.all.len() - 1
        })
    }
}

/// Who sends from each address, as positions in their columns, and when.
struct Senders {
    /// By address: the position of its last sender.
    last: Vec<usize>,
    all: Vec<(usize, usize, Span)>,
}

impl Senders {
    fn new(n_addresses: usize) -> Self {
        Self { last: vec![usize::MAX; n_addresses], all: Vec::new() }
    }

    #[inline]
    fn add(&mut self, address: usize, interface: usize, span: Span) {
        match self.all.get_mut(self.last[address]) {
            Some(last) if last.1 == interface => last.2.merge(span),
            _ => {
                self.last[address] = self.all.len();
                self.all.push((address, interface, span));
            }
        }
    }
}

/// What a flow log watches at the place of a row: the interface, or what stands for one, by the
/// position in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Watched {
    Interface(usize),
    Attachment(usize),
    Resource(usize),
}

impl Watched {
    /// Returns what is watched at the place of a row.
    pub(crate) fn of(view: &View<'_>, row: usize) -> Option<Self> {
        let interface = view.interface_id.id(row).map(Self::Interface);
        let attachment = || view.attachment_id.id(row).map(Self::Attachment);
        let resource = || view.resource_id.id(row).map(Self::Resource);
        interface.or_else(attachment).or_else(resource)
    }

    /// Returns its id.
    pub(crate) fn id<'a>(self, view: &View<'a>) -> &'a str {
        match self {
            Self::Interface(id) => &view.interface_id.values[id],
            Self::Attachment(id) => &view.attachment_id.values[id],
            Self::Resource(id) => &view.resource_id.values[id],
        }
    }
}

/// Returns the second of a moment.
#[inline]
pub(crate) fn seconds(moment_us: Option<i64>) -> Option<u32> {
    u32::try_from(moment_us?.div_euclid(1_000_000)).ok()
}

/// Returns when the packets of a row were: at any time, if it has none.
#[inline]
fn span_of(view: &View<'_>, row: usize) -> Span {
    let Some(from_s) = seconds(view.moment_us(row)) else {
        return Span { from_s: 0, until_s: u32::MAX };
    };
    Span { from_s, until_s: seconds(view.end.get(row)).unwrap_or(from_s).max(from_s) }
}

/// What the options of a SYN take at most in practice; TCP allows 40.
const OPTIONS_BYTES: i64 = 24;

/// Returns what one row shows of its direction.
#[inline]
fn side_of(view: &View<'_>, row: usize, ends: &Ends, is_rejected: bool) -> Side {
    let from_s = seconds(view.moment_us(row)).unwrap_or(tuple::SOMETIME_S);
    let until_s = seconds(view.end.get(row).or_else(|| view.start.get(row))).unwrap_or(0);
    let n_packets = view.packets.get(row).unwrap_or(0);
    let n_bytes = view.bytes.get(row).unwrap_or(0);
    let mut side = Side { marks: mark::SEEN, ..Side::default() };
    side.n_packets = u16::try_from(n_packets).unwrap_or(u16::MAX);
    if is_rejected {
        side.rejected = Span { from_s, until_s };
        side.marks |= mark::REJECTED;
    } else {
        side.accepted = Span { from_s, until_s };
    }
    let header_bytes = if ends.is_v6 { 60 } else { 40 };
    if n_bytes != n_packets.saturating_mul(header_bytes) {
        side.marks |= mark::NOT_BARE;
    }
    if n_bytes > n_packets.saturating_mul(header_bytes + OPTIONS_BYTES) {
        side.marks |= mark::PAYLOAD;
    }
    if let (Some(flags), Some(ports::TCP)) = (view.tcp_flags.get(row), view.protocol.get(row)) {
        side.marks |= mark::FLAGS | flag_marks(flags);
        if is_rejected && side.has(mark::SYN_ACK) {
            side.marks |= mark::REJECTED_ANSWER;
        }
    }
    side
}

/// Returns the marks of TCP flags, as "Flow log records" of the VPC user guide gives their bits.
#[inline]
fn flag_marks(flags: i32) -> u16 {
    let opening = match flags & ports::SYN_ACK {
        ports::SYN => mark::SYN,
        ports::SYN_ACK => mark::SYN_ACK,
        _ => 0,
    };
    if flags == ports::RST { opening } else { opening | mark::MORE_THAN_RESET }
}
