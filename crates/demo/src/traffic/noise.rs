//! What the internet sends to everybody, and what does not belong to a service: scanners on closed
//! ports, packets that come late.

use crate::dice::{Dice, Stream};
use crate::network::Network;
use crate::network::address::{self, Addr};
use crate::network::group::{Other, Service};
use crate::network::interface::Role;
use crate::traffic::connection::{Connection, NO_REASON, Outcome, Volume, attempt};
use crate::traffic::lane::{End, Lanes, Pair, own};
use crate::traffic::pool::Pools;
use crate::traffic::service::{HTTPS, Profile, Size, TCP, UDP, Way};

/// Number of scanners that come again and again.
const N_SCANNERS: usize = 300;

/// Ports that scanners like, the most liked first.
#[rustfmt::skip]
const PORTS: &[(u8, u16)] = &[
    (TCP, 23), (TCP, 22), (TCP, 3389), (TCP, 445), (TCP, 8443), (TCP, 6379), (TCP, 5900), (TCP, 1433),
    (UDP, 5060), (TCP, 8888), (TCP, 2222), (TCP, 8081), (UDP, 123), (TCP, 3306), (TCP, 5432),
    (TCP, 81), (TCP, 2375), (TCP, 9200), (TCP, 27_017), (UDP, 161), (TCP, 8545), (TCP, 5555),
    (UDP, 1900), (TCP, 21), (TCP, 25), (TCP, 110), (TCP, 37_215), (TCP, 7547), (UDP, 53), (TCP, 1723),
];

/// A probe.
const PROBE: Profile = Profile {
    protocol: TCP,
    port: 0,
    forward: Size { base: 44, doublings: 0 },
    reverse: Size { base: 40, doublings: 0 },
    duration_s_max: 3,
};

/// Somewhere to knock.
#[derive(Clone, Copy, Debug)]
struct Target {
    lane: u32,
    protocol: u8,
    port: u16,
    outcome: Outcome,
}

/// The noise of a world.
#[derive(Debug)]
pub(crate) struct Noise {
    /// Targets that make one record each.
    single: Vec<Target>,
    /// Targets behind an open rule: the probe is let in, and refused.
    open: Vec<Target>,
    /// Lanes of web clients whose last packets come late.
    late: Vec<u32>,
    scanners: Vec<Addr>,
}

impl Noise {
    /// Returns the noise of a network; adds its lanes to `lanes`.
    pub(crate) fn new(seed: u64, network: &Network, pools: &Pools, lanes: &mut Lanes) -> Self {
        let mut dice = Dice::new(seed, Stream::Pools, 1);
        let scanner = |_| Addr::v4(address::anywhere(&mut dice));
        let scanners = (0..N_SCANNERS).map(scanner).collect();
        let mut noise = Self { single: Vec::new(), open: Vec::new(), late: Vec::new(), scanners };
        for (index, interface) in network.interfaces.iter().enumerate() {
            if interface.public.is_some() {
                noise.add_interface((network, index), pools, lanes);
            }
        }
        noise
    }

    /// Adds the targets of an interface that the internet reaches.
    fn add_interface(
        &mut self,
        (network, index): (&Network, usize),
        pools: &Pools,
        lanes: &mut Lanes,
    ) {
        let role = network.interfaces[index].role;
        let server = own(network, index);
        let mut add = |port: u16, profile: &'static Profile| {
            let pair = Pair { client: End::Stranger, server, way: Way::Direct, port };
            lanes.add(network, pools, profile, pair)
        };
        let closed = add(0, &PROBE);
        for (protocol, port) in PORTS {
            let (protocol, port) = (*protocol, *port);
            let target = |lane, outcome| Target { lane, protocol, port, outcome };
            if role == Role::Nat {
                self.single.push(target(closed, Outcome::Silent));
            } else if !is_open(network, index, protocol, port) {
                self.single.push(target(closed, Outcome::RejectedAtServer));
            } else if port != 22 {
                self.open.push(target(add(port, &PROBE), Outcome::Refused));
            }
        }
        if role == Role::Alb {
            let lane = add(443, &HTTPS);
            lanes.comes_late(lane);
            self.late.push(lane);
        }
    }

    /// Returns some noise that begins at `start`.
    pub(crate) fn draw(&self, start: u64, dice: &mut Dice) -> Connection {
        match dice.below(100) {
            0..6 if !self.open.is_empty() => {
                let target = self.open[dice.index(self.open.len())];
                self.probe(target, start, dice)
            }
            6..10 if !self.late.is_empty() => self.late(start, dice),
            _ => self.draw_single(start, dice),
        }
    }

    /// Returns some noise that makes exactly one record.
    pub(crate) fn draw_single(&self, start: u64, dice: &mut Dice) -> Connection {
        // The smaller of two is likelier to be one of the ports that scanners like.
        let interface = dice.index(self.single.len() / PORTS.len() + 1) * PORTS.len();
        let liked = dice.index(PORTS.len()).min(dice.index(PORTS.len()));
        let target = self.single[(interface + liked) % self.single.len()];
        self.probe(target, start, dice)
    }

    fn probe(&self, target: Target, start: u64, dice: &mut Dice) -> Connection {
        let client = if dice.below(10) < 7 {
            self.scanners[dice.index(self.scanners.len())]
        } else {
            Addr::v4(address::anywhere(dice))
        };
        let is_bpa = target.outcome == Outcome::RejectedAtServer && dice.is_one_in(90);
        Connection {
            lane: target.lane,
            client,
            server: client,
            client_port: dice.port(1_024, 65_535),
            server_port: target.port,
            nat_port: 0,
            protocol: target.protocol,
            start,
            end: start,
            forward: attempt(u64::from(dice.below(8) / 6) + 1, target.protocol),
            reverse: Volume { packets: 1, bytes: 40 },
            outcome: target.outcome,
            has_open: true,
            has_close: true,
            is_reset: false,
            reject_reason: if is_bpa { "BPA" } else { NO_REASON },
            label: 0,
        }
    }

    /// Returns the last packet of a connection that is closed already: it is rejected.
    fn late(&self, start: u64, dice: &mut Dice) -> Connection {
        let lane = self.late[dice.index(self.late.len())];
        let target = Target { lane, protocol: TCP, port: 443, outcome: Outcome::Late };
        let forward = Volume { packets: 1, bytes: 52 };
        Connection { has_open: false, forward, ..self.probe(target, start, dice) }
    }
}

/// Returns whether a rule admits a stranger to a port of an interface.
pub(crate) fn is_open(network: &Network, interface: usize, protocol: u8, port: u16) -> bool {
    let ip = std::net::IpAddr::V4(std::net::Ipv4Addr::new(9, 9, 9, 9));
    let other = Other { ip, interface: None };
    !network.admitting(interface, false, other, Service { protocol, port }).is_empty()
}
