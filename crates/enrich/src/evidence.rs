//! What the rows themselves show: who opened a connection, who answers many, whose address it is.
//!
//! A row often cannot tell who opened its connection, but another row of the same connection can:
//! an earlier window, the other direction, the other interface. The evidence is what is kept of all
//! rows for that, in bounded memory.
//!
//! Everything in it is a minimum, a maximum, a union or a sum, so the order of the rows does not
//! matter, and two evidences can be merged in either order. Only two things depend on order, and
//! both on purpose: what a limit cut off (the oldest goes, and is counted), and what was pinned
//! ([`Evidence::pin`]).

mod arena;
mod covers;
mod fan;
mod interface;
mod observe;
mod owner;
mod store;
mod tuple;

use hashbrown::HashMap;

use crate::hash::{self, HashedMap};

pub(crate) use arena::NOWHERE;
pub use covers::Action;
pub(crate) use fan::Fan;
pub(crate) use interface::InterfaceMemory;
pub(crate) use interface::OwnAddress;
pub(crate) use observe::{BLOCK, Watched, seconds};
pub(crate) use owner::SILENT_S;
pub(crate) use tuple::{Side, Span, mark};

use arena::Arena;
use owner::{Owners, Tenure};
use tuple::{Rejections, Tuple};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections, of 40 bytes and 5 in a table of which seven eighths are used at most; 25 more for
    /// those with a rejected row.
    pub n_tuples_max: usize,
    /// Endpoints that talked, of 32 bytes and 5 in such a table.
    pub n_endpoints_max: usize,
    /// Interfaces, of half a kilobyte if their own address must be learned, and addresses that they
    /// send from, of 50 bytes.
    pub n_interfaces_max: usize,
}

impl Default for Limits {
    /// 170 MB for connections and 35 MB for endpoints: tables of four million and one million places,
    /// which hold what some ten million rows showed. On a busy network too, that is longer than most
    /// connections are silent.
    fn default() -> Self {
        Self { n_tuples_max: 3_600_000, n_endpoints_max: 900_000, n_interfaces_max: 500_000 }
    }
}

/// What was seen.
#[derive(Clone, Debug)]
pub struct Evidence {
    limits: Limits,
    tuples: Arena<Tuple>,
    /// Of the connections of which a row was rejected.
    rejections: HashedMap<Rejections>,
    fans: Arena<Fan>,
    interfaces: HashMap<String, InterfaceMemory>,
    /// Interfaces by own address, both as hashes, as egress rows show them.
    owners: Arena<Owners>,
    from_s: u32,
    has_rejects: bool,
    n_forgotten: u64,
}

/// What is known of a row's connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Connection {
    /// The direction of the row.
    pub(crate) own: Side,
    /// The other direction.
    pub(crate) other: Side,
    /// Where the counterparts of the source and of the destination were put.
    pub(crate) fans: [u32; 2],
}

/// Where the evidence keeps what rows showed, so that it need not be looked up again for them.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// By row, where its connection was put. It may have been moved since: keys tell.
    pub(crate) tuples: Vec<u32>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Evidence {
    /// Returns the evidence of no row.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            tuples: Arena::default(),
            rejections: HashedMap::default(),
            fans: Arena::default(),
            interfaces: HashMap::new(),
            owners: Arena::default(),
            from_s: u32::MAX,
            has_rejects: false,
            n_forgotten: 0,
        }
    }

    /// Adds what another evidence saw.
    pub fn merge(&mut self, other: Self) {
        // Before the connections: what was rejected is worth more when something must go.
        for (key, rejections) in other.rejections {
            let own = self.rejections.entry(key).or_default();
            own.iter_mut().zip(rejections).for_each(|(own, other)| own.merge(other));
        }
        for (key, tuple) in other.tuples {
            self.tuple_mut(key).1.merge(&tuple);
        }
        for (key, fan) in other.fans {
            self.fan_mut(key).1.merge(&fan);
        }
        for (id, memory) in other.interfaces {
            self.interfaces.entry(id).or_default().merge(memory);
        }
        for (address, owners) in other.owners {
            owners.tenures.into_iter().for_each(|it| self.add_owner(address, it));
        }
        self.from_s = self.from_s.min(other.from_s);
        self.has_rejects |= other.has_rejects;
        self.n_forgotten = self.n_forgotten.saturating_add(other.n_forgotten);
        self.forget();
    }

    /// Decides for ever which flow log counts for each interface and day seen so far. Call it after
    /// [`observe`](Self::observe) and before rows are enriched: another choice later would count
    /// twice what was written, or not at all.
    pub fn pin(&mut self) {
        for memory in self.interfaces.values_mut() {
            memory.pin();
        }
    }

    /// Returns an evidence that knows only what was pinned.
    #[must_use]
    pub fn pins(&self) -> Self {
        let mut pins = Self::new(self.limits);
        let pinned = self.interfaces.iter().filter(|it| it.1.is_pinned());
        pins.interfaces.extend(pinned.map(|(id, memory)| (id.clone(), memory.pins())));
        pins
    }

    /// Returns how many connections are remembered.
    #[must_use]
    pub fn n_tuples(&self) -> usize {
        self.tuples.len()
    }

    /// Returns how many things had to be forgotten because of the limits.
    #[must_use]
    pub fn n_forgotten(&self) -> u64 {
        self.n_forgotten
    }

    /// Returns whether a row that begins at `start_s` may belong to a connection that is older than
    /// everything that was seen.
    pub(crate) fn may_be_older(&self, start_s: u32) -> bool {
        /// The longest aggregation interval ("Flow log records" of the VPC user guide).
        const INTERVAL_S: u32 = 600;
        start_s.saturating_sub(self.from_s) < INTERVAL_S
    }

    /// Returns whether any rejected row was seen.
    pub(crate) fn has_rejects(&self) -> bool {
        self.has_rejects
    }

    /// Looks connections up for nothing but to have them near: the memory of a large table is far away,
    /// but it can be waited for all at once.
    pub(crate) fn touch(&self, keys: &[u64]) {
        let marks = keys.iter().filter_map(|it| self.tuples.get(*it)).map(|it| it.halves[0].marks);
        std::hint::black_box(marks.fold(0, |all, it| all | it));
    }

    /// Does the same with connections whose places are known.
    pub(crate) fn touch_noted(&self, places: impl Iterator<Item = u32>) {
        let marks = places.filter_map(|it| self.tuples.at(it)).map(|it| it.halves[0].marks);
        std::hint::black_box(marks.fold(0, |all, it| all | it));
    }

    /// Does the same with endpoints.
    pub(crate) fn touch_fans(&self, keys: &[u64]) {
        let seen = keys.iter().filter_map(|it| self.fans.get(*it)).map(|it| it.until_s);
        std::hint::black_box(seen.fold(0, |all, it| all | it));
    }

    /// Returns what is known of a connection. `hint` is where it was put, if that is known.
    #[inline]
    pub(crate) fn connection(&self, key: (u64, bool), hint: u32) -> Connection {
        let Some(tuple) = self.tuples.near(key.0, hint) else { return Connection::default() };
        let rejections = if tuple.has_rejections() { self.rejections.get(&key.0) } else { None };
        let rejections = rejections.copied().unwrap_or_default();
        let [first, second] = [0, 1].map(|it| tuple.halves[it].with(rejections[it]));
        let [first_fan, second_fan] = tuple.fans;
        if key.1 {
            Connection { own: first, other: second, fans: [first_fan, second_fan] }
        } else {
            Connection { own: second, other: first, fans: [second_fan, first_fan] }
        }
    }

    /// Returns who talked to an endpoint. `hint` is where that is kept, if that is known.
    pub(crate) fn fan(&self, endpoint: u64, protocol: u16, hint: u32) -> Fan {
        self.fans.near(fan::key(endpoint, protocol), hint).copied().unwrap_or_default()
    }

    /// Returns what was seen at an interface.
    pub(crate) fn interface(&self, id: &str) -> Option<&InterfaceMemory> {
        self.interfaces.get(id)
    }

    /// Returns the hash of the interface that sends from an address at a moment, by its hash.
    pub(crate) fn owner(&self, address: u64, at_s: Option<u32>) -> Option<u64> {
        self.owners.get(address)?.at(at_s)
    }

    /// Returns a connection, new or known, and where it is. A table that would grow makes room first.
    #[inline]
    fn tuple_mut(&mut self, key: u64) -> (u32, &mut Tuple) {
        if self.tuples.len() >= self.limits.n_tuples_max {
            self.forget();
        }
        self.tuples.entry(key)
    }

    /// Returns the counterparts of an endpoint, new or known, and where they are.
    #[inline]
    fn fan_mut(&mut self, key: u64) -> (u32, &mut Fan) {
        if self.fans.len() >= self.limits.n_endpoints_max {
            self.forget();
        }
        self.fans.entry(key)
    }

    fn add_owner(&mut self, address: u64, tenure: Tenure) {
        self.owners.entry(address).1.add(tenure);
    }

    /// Keeps the limits: the oldest goes first, a quarter at a time, so that it is seldom.
    fn forget(&mut self) {
        let Limits { n_tuples_max, n_endpoints_max, n_interfaces_max } = self.limits;
        let rejected_s = |key: u64| {
            let rejections = self.rejections.get(&key);
            rejections.map_or(0, |it| it[0].until_s.max(it[1].until_s))
        };
        let worth = |key: u64, it: &Tuple| {
            let rejected_s = if it.has_rejections() { rejected_s(key) } else { 0 };
            it.until_s().max(rejected_s)
        };
        let n_tuples = cut(&mut self.tuples, n_tuples_max, worth);
        if n_tuples > 0 {
            self.rejections.retain(|key, _| self.tuples.get(*key).is_some());
        }
        // An endpoint with one counterpart says least.
        let n_fans = cut(&mut self.fans, n_endpoints_max, |_, it| it.worth());
        if n_fans > 0 {
            // Whose counterparts were forgotten counts them again when it is next seen.
            self.tuples.values_mut().for_each(Tuple::forget_counted);
        }
        let n_owners = cut(&mut self.owners, n_interfaces_max, |_, it| it.until_s());
        let mut n_interfaces = 0;
        if self.interfaces.len() > n_interfaces_max {
            let keys = self.interfaces.iter();
            let keys = keys.map(|(id, it)| (it.until_s(), hash::text(id))).collect();
            let least = nth_from_last(keys, n_interfaces_max - n_interfaces_max / 4);
            let n_before = self.interfaces.len();
            self.interfaces.retain(|id, it| (it.until_s(), hash::text(id)) >= least);
            n_interfaces = n_before - self.interfaces.len();
        }
        let n = n_tuples + n_fans + n_owners + n_interfaces;
        self.n_forgotten = self.n_forgotten.saturating_add(n as u64);
    }
}

/// Leaves out the entries of least worth if there are `n_max` or more, and returns how many.
fn cut<V>(arena: &mut Arena<V>, n_max: usize, worth: impl Fn(u64, &V) -> u32) -> usize {
    if arena.len() < n_max {
        return 0;
    }
    let n_before = arena.len();
    let keys = arena.iter().map(|(key, it)| (worth(*key, it), *key)).collect();
    let least = nth_from_last(keys, n_max - n_max / 4);
    arena.retain(|key, it| (worth(key, it), key) >= least);
    n_before - arena.len()
}

/// Returns the smallest of the `n_kept` largest keys.
fn nth_from_last(mut keys: Vec<(u32, u64)>, n_kept: usize) -> (u32, u64) {
    match keys.len().checked_sub(n_kept) {
        Some(at) if at < keys.len() => *keys.select_nth_unstable(at).1,
        _ => (u32::MAX, u64::MAX),
    }
}
