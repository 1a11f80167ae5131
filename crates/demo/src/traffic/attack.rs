//! How each kind of planted event goes.

use std::collections::BTreeSet;

use crate::network::address::{self, Addr};
use crate::network::interface::Role;
use crate::network::{DATA, DEV, PROD};
use crate::traffic::connection::{Connection, NO_REASON, Outcome, Volume, attempt, packed};
use crate::traffic::events::{EventKind, Planner};
use crate::traffic::lane::{End, Pair, own};
use crate::traffic::noise::is_open;
use crate::traffic::service::{HTTPS, Profile, SSH, Size, TCP, UDP, Way};

/// What planted probes are like.
const PROBE: Profile = Profile {
    protocol: TCP,
    port: 0,
    forward: Size { base: 44, doublings: 0 },
    reverse: Size { base: 40, doublings: 0 },
    duration_s_max: 3,
};

/// What planted datagrams are like.
const DATAGRAM: Profile = Profile { protocol: UDP, ..PROBE };

/// Periods that a beacon may have, in seconds; the shortest that the run can bear is taken.
const PERIODS_S: [u64; 8] = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200];

/// A beacon's longest life.
const BEACON_S_MAX: u64 = 3 * 86_400;

/// Records that a call of a beacon makes: two at the host, four at the NAT gateway.
const BEACON_RECORDS: u64 = 6;

/// Plans one event.
pub(crate) fn plan(planner: &mut Planner<'_>, kind: EventKind) {
    match kind {
        EventKind::PortScan => port_scan(planner),
        EventKind::Sweep => sweep(planner),
        EventKind::SshGuessing => ssh_guessing(planner),
        EventKind::SynFlood => syn_flood(planner),
        EventKind::UdpFlood => udp_flood(planner),
        EventKind::Exfiltration => exfiltration(planner),
        EventKind::Beacon => beacon(planner),
        EventKind::NaclAsymmetry => nacl_asymmetry(planner),
        EventKind::MisconfiguredRule => misconfigured_rule(planner),
    }
}

fn port_scan(planner: &mut Planner<'_>) {
    let target = planner.interface(DEV, Role::DevWeb, 0);
    let n_ports = planner.n(6, (60, 2_000));
    let attacker = planner.stranger();
    let server = planner.address_of(target);
    let from = planner.from(900);
    planner.begin(EventKind::PortScan, TCP, vec![index(target)]);
    let mut ports = BTreeSet::from([21, 22, 23, 80, 443, 3306, 5432, 8080]);
    while (ports.len() as u64) < n_ports {
        ports.insert(planner.dice.port(1, 10_000));
    }
    let closed = planner.lane(&PROBE, End::Stranger, own(planner.network, target), 0);
    for (number, port) in (0_u64..).zip(ports) {
        let is_open = is_open(planner.network, target, TCP, port);
        let lane = if is_open {
            planner.lane(&PROBE, End::Stranger, own(planner.network, target), port)
        } else {
            closed
        };
        let outcome = if is_open { Outcome::Refused } else { Outcome::RejectedAtServer };
        let start = from + number * 600 / n_ports;
        let call = planner.call(lane, (attacker, server), port, start);
        planner.add(&Connection { outcome, forward: attempt(1, TCP), ..call });
    }
}

fn sweep(planner: &mut Planner<'_>) {
    let source = planner.interface(PROD, Role::Batch, 1);
    let client = planner.address_of(source);
    let from = planner.from(900);
    let n_hosts = planner.n(3, (40, 250));
    planner.begin(EventKind::Sweep, TCP, vec![index(source)]);
    let network = planner.network;
    let empty = planner.lane(&PROBE, own(network, source), End::Stranger, 445);
    planner.lanes.stays_inside(empty);
    let is_target = |it: usize| {
        let interface = &network.interfaces[it];
        it != source && interface.vpc != DEV && !matches!(interface.role, Role::Quiet | Role::Nat)
    };
    let hosts: Vec<usize> = (0..network.interfaces.len()).filter(|it| is_target(*it)).collect();
    for number in 0..n_hosts {
        let start = from + number * 420 / n_hosts;
        let host = hosts.get(usize::try_from(number * 2 / 3).unwrap_or(usize::MAX));
        let host = host.filter(|_| !number.is_multiple_of(3));
        let Some(host) = host else {
            // Nobody has this address: only the sender's interface sees the attempt.
            let octet = u8::try_from(number).unwrap_or(u8::MAX);
            let server = Addr::v4(std::net::Ipv4Addr::new(10, 0, 40, octet));
            let call = planner.call(empty, (client, server), 445, start);
            planner.add(&Connection { outcome: Outcome::Silent, ..call });
            continue;
        };
        let server = planner.address_of(*host);
        let lane = planner.lane(&PROBE, own(network, source), own(network, *host), 445);
        let is_admitted = planner.lanes.is_admitted(lane);
        let outcome = if is_admitted { Outcome::Refused } else { Outcome::RejectedAtServer };
        let call = planner.call(lane, (client, server), 445, start);
        planner.add(&Connection { outcome, ..call });
    }
}

fn ssh_guessing(planner: &mut Planner<'_>) {
    let target = planner.interface(PROD, Role::Bastion, 0);
    let n = planner.n(5, (60, 4_000));
    let attacker = planner.stranger();
    let server = planner.address_of(target);
    let from = planner.from(3_600);
    planner.begin(EventKind::SshGuessing, TCP, vec![index(target)]);
    let lane = planner.lane(&SSH, End::Stranger, own(planner.network, target), 22);
    for number in 0..n {
        let start = from + number * 3_000 / n;
        let sent = u64::from(planner.dice.range(1_100, 2_400));
        let received = u64::from(planner.dice.range(1_600, 3_000));
        let (forward, reverse) = packed(TCP, false, sent, received);
        let end = start + u64::from(planner.dice.range(1, 4));
        let call = planner.call(lane, (attacker, server), 22, start);
        let outcome = Outcome::Answered;
        planner.add(&Connection { end, forward, reverse, outcome, has_close: true, ..call });
    }
}

fn syn_flood(planner: &mut Planner<'_>) {
    let target = planner.interface(PROD, Role::Alb, 0);
    let n = planner.n(8, (100, 8_000));
    let server = planner.address_of(target);
    let from = planner.from(600);
    planner.begin(EventKind::SynFlood, TCP, vec![index(target)]);
    let lane = planner.lane(&HTTPS, End::Stranger, own(planner.network, target), 443);
    for number in 0..n {
        let attacker = planner.stranger();
        let call = planner.call(lane, (attacker, server), 443, from + number * 240 / n);
        let reverse = Volume { packets: 3, bytes: 132 };
        let forward = Volume { packets: 1, bytes: 44 };
        let outcome = Outcome::Answered;
        // All in one second: what is left half open sends nothing more.
        let end = call.start;
        planner.add(&Connection { end, outcome, forward, reverse, has_close: false, ..call });
    }
}

fn udp_flood(planner: &mut Planner<'_>) {
    let target = planner.interface(DEV, Role::DevWeb, 1);
    let server = planner.address_of(target);
    let from = planner.from(900);
    let n = planner.n(1, (12, 60));
    planner.begin(EventKind::UdpFlood, UDP, vec![index(target)]);
    let lane = planner.lane(&DATAGRAM, End::Stranger, own(planner.network, target), 5353);
    for number in 0..n {
        let attacker = planner.stranger();
        let packets = u64::from(planner.dice.range(80_000, 400_000));
        let call = planner.call(lane, (attacker, server), 5353, from + number % 30);
        planner.add(&Connection {
            end: from + 240 + number % 30,
            forward: Volume { packets, bytes: packets * 512 },
            outcome: Outcome::RejectedAtServer,
            ..call
        });
    }
}

fn exfiltration(planner: &mut Planner<'_>) {
    let source = planner.interface(PROD, Role::Batch, 0);
    let client = planner.address_of(source);
    let server = planner.stranger();
    let from = planner.from(3_600);
    planner.begin(EventKind::Exfiltration, TCP, vec![index(source)]);
    let lane = planner.nat_lane(source, 443);
    let sent = u64::from(planner.dice.range(3_000, 9_000)) * 1_000_000;
    let (forward, reverse) = packed(TCP, false, sent, sent / 900);
    let call = planner.call(lane, (client, server), 443, from);
    let end = from + u64::from(planner.dice.range(1_500, 2_700));
    let outcome = Outcome::Answered;
    planner.add(&Connection { end, forward, reverse, outcome, has_close: true, ..call });
}

fn beacon(planner: &mut Planner<'_>) {
    let source = planner.interface(PROD, Role::Web, 3);
    let client = planner.address_of(source);
    let server = planner.stranger();
    let (from, until) = planner.bounds;
    let length_s = (until - from).min(BEACON_S_MAX);
    let from = planner.from(length_s);
    let n_calls_max = planner.unit * 25 / BEACON_RECORDS;
    let is_borne = |period_s: &u64| length_s / period_s <= n_calls_max;
    let period_s = PERIODS_S.into_iter().find(is_borne).unwrap_or(PERIODS_S[7]);
    planner.begin(EventKind::Beacon, TCP, vec![index(source)]);
    planner.note_period(period_s);
    let lane = planner.nat_lane(source, 443);
    let jitter_s = u32::try_from(period_s / 12).unwrap_or(0);
    for number in 0..length_s / period_s {
        let start = from + number * period_s + u64::from(planner.dice.below(jitter_s));
        let sent = u64::from(planner.dice.range(310, 330));
        let (forward, reverse) = packed(TCP, false, sent, 190);
        let call = planner.call(lane, (client, server), 443, start);
        let outcome = Outcome::Answered;
        planner.add(&Connection { forward, reverse, outcome, has_close: true, ..call });
    }
}

fn nacl_asymmetry(planner: &mut Planner<'_>) {
    let target = planner.interface(DEV, Role::DevWeb, 1);
    let server = planner.address_of(target);
    let client = planner.stranger();
    let n = planner.n(1, (20, 200));
    let from = planner.from(7_200);
    planner.begin(EventKind::NaclAsymmetry, TCP, vec![index(target)]);
    let lane = planner.lane(&PROBE, End::Stranger, own(planner.network, target), 8080);
    for number in 0..n {
        let call = planner.call(lane, (client, server), 8080, from + number * 6_600 / n);
        let outcome = Outcome::ReplyRejected;
        let (forward, reverse) = (attempt(3, TCP), attempt(3, TCP));
        planner.add(&Connection { end: call.start + 7, outcome, forward, reverse, ..call });
    }
}

fn misconfigured_rule(planner: &mut Planner<'_>) {
    let source = planner.interface(DATA, Role::Batch, 0);
    let target = planner.interface(DATA, Role::Rds, 0);
    let ends = (planner.address_of(source), planner.address_of(target));
    let n = planner.n(2, (30, 240));
    let from = planner.from(n * 60 + 60);
    let network = planner.network;
    planner.begin(EventKind::MisconfiguredRule, TCP, vec![index(source), index(target)]);
    let lane = planner.lane(&PROBE, own(network, source), own(network, target), 443);
    for number in 0..n {
        let call = planner.call(lane, ends, 443, from + number * 60 + number % 7);
        let outcome = Outcome::RejectedAtServer;
        planner.add(&Connection { outcome, forward: attempt(3, TCP), ..call });
    }
}

fn index(interface: usize) -> u16 {
    u16::try_from(interface).unwrap_or(u16::MAX)
}

impl Planner<'_> {
    /// Returns interface `number` of a role.
    fn interface(&self, vpc: usize, role: Role, number: usize) -> usize {
        let interfaces = self.network.interfaces.iter().enumerate();
        let mut own = interfaces.filter(|(_, it)| it.vpc == vpc && it.role == role);
        own.nth(number).map_or(0, |it| it.0)
    }

    fn address_of(&self, interface: usize) -> Addr {
        let primary = self.network.interfaces[interface].primary;
        self.network.addresses[usize::from(primary)]
    }

    fn stranger(&mut self) -> Addr {
        Addr::v4(address::anywhere(&mut self.dice))
    }

    fn lane(&mut self, profile: &'static Profile, client: End, server: End, port: u16) -> u32 {
        let pair = Pair { client, server, way: Way::Direct, port };
        self.lanes.add(self.network, self.pools, profile, pair)
    }

    fn nat_lane(&mut self, source: usize, port: u16) -> u32 {
        let client = own(self.network, source);
        let pair = Pair { client, server: End::Stranger, way: Way::Nat, port };
        self.lanes.add(self.network, self.pools, &HTTPS, pair)
    }

    /// Returns a call from one address to a port of another: one packet, and a reset if it is
    /// refused.
    fn call(
        &mut self,
        lane: u32,
        (client, server): (Addr, Addr),
        port: u16,
        start: u64,
    ) -> Connection {
        let protocol = self.lanes.all[lane as usize].profile.protocol;
        Connection {
            lane,
            client,
            server,
            client_port: self.dice.port(32_768, 60_999),
            server_port: port,
            nat_port: self.dice.port(1_024, 65_535),
            protocol,
            start,
            end: start + 1,
            forward: attempt(2, protocol),
            reverse: Volume { packets: 1, bytes: 40 },
            outcome: Outcome::Refused,
            has_open: true,
            has_close: false,
            is_reset: false,
            reject_reason: NO_REASON,
            label: 0,
        }
    }
}
