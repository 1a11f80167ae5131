//! Who carries which security groups, and when: the groups of teams come and go.
//!
//! What `group` allows stays as it is and explains the traffic. The groups here have no rules, so
//! that a world with them has the same records as one without; only the answer to "which groups
//! had this interface then" changes.

use std::collections::BTreeSet;

use crate::Spec;
use crate::dice::{Dice, Stream};
use crate::network::group::Group;
use crate::network::interface::Role;
use crate::network::{N_VPCS, Network};
use crate::step::{Clock, DAY_S};

/// The groups of each VPC that come and go. With the two of its role, an interface has at most
/// five, as many as AWS allows by default ("Amazon VPC quotas").
const TEAMS: [&str; 3] = ["team-a", "team-b", "team-c"];

/// How many sets of them there are.
const N_SETS: u8 = 1 << TEAMS.len();

/// What an interface carries from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// First second.
    pub from: u64,
    /// The teams whose groups it carries, a bit for each.
    teams: u8,
}

/// Who carries what, over the whole run.
#[derive(Debug)]
pub(crate) struct History {
    /// By interface, in the order of time; the first begins with the run.
    spans: Vec<Vec<Span>>,
    /// By interface and set of teams: indexes of the groups.
    groups: Vec<Vec<Vec<usize>>>,
    /// By interface and set of teams: ids of the groups, ascending, with spaces between.
    ids: Vec<Vec<String>>,
}

impl History {
    /// Returns the history of a run; adds the groups of the teams to the network, if ever anything
    /// changes.
    pub(crate) fn new(spec: &Spec, clock: Clock, network: &mut Network) -> Self {
        let n_changes = spec.group_changes_per_day;
        let mut dice = Dice::new(spec.seed, Stream::Groups, 0);
        let n_teams = if n_changes == 0 { 0 } else { TEAMS.len() };
        let first_team = network.groups.len();
        for vpc in 0..N_VPCS {
            for name in &TEAMS[..n_teams] {
                let id = format!("sg-0{}", dice.hex(16));
                network.groups.push(Group { id, name, vpc });
            }
        }
        let groups = groups(network, first_team, n_teams);
        let ids = groups.iter().map(|sets| sets.iter().map(|it| ids(network, it)).collect());
        let mut history = Self { spans: Vec::new(), ids: ids.collect(), groups };
        for interface in &network.interfaces {
            let is_member = n_teams > 0 && interface.role != Role::Nat;
            let teams = if is_member { begin(&mut dice) } else { 0 };
            history.spans.push(vec![Span { from: clock.from, teams }]);
        }
        // Each day has its own stream of chance: a longer run begins as a shorter one.
        for day in 0..(clock.until - clock.from) / DAY_S {
            let midnight = clock.from + day * DAY_S;
            for vpc in 0..N_VPCS {
                let stream = 1 + day * N_VPCS as u64 + vpc as u64;
                let mut dice = Dice::new(spec.seed, Stream::Groups, stream);
                history.add_day(midnight, n_changes, &members(network, vpc), &mut dice);
            }
        }
        history
    }

    /// Draws the changes of a day among the interfaces of a VPC.
    fn add_day(&mut self, midnight: u64, n_changes: u32, members: &[usize], dice: &mut Dice) {
        for (second, team) in moments(n_changes, dice) {
            let interface = members[dice.index(members.len())];
            self.change(interface, midnight + u64::from(second), team);
        }
    }

    /// Attaches the group of a team to an interface, or detaches it if it is there.
    fn change(&mut self, interface: usize, from: u64, team: u8) {
        let spans = &mut self.spans[interface];
        let before = spans.last().map_or(0, |it| it.teams);
        spans.push(Span { from, teams: before ^ (1 << team) });
    }

    /// Returns the spans of an interface that begin from `from` to `until`, exclusive.
    pub(crate) fn spans(&self, interface: usize, (from, until): (u64, u64)) -> &[Span] {
        let spans = &self.spans[interface];
        let place = |moment: u64| spans.partition_point(|it| it.from < moment);
        &spans[place(from)..place(until)]
    }

    /// Returns how often a group was attached or detached.
    pub(crate) fn n_changes(&self) -> u64 {
        self.spans.iter().map(|it| it.len() as u64 - 1).sum()
    }

    /// Returns the indexes of the groups that an interface carries in a span.
    pub(crate) fn groups(&self, interface: usize, span: Span) -> &[usize] {
        &self.groups[interface][usize::from(span.teams)]
    }

    /// Returns the ids of the groups that an interface carries at a moment of the run, ascending,
    /// with spaces between.
    pub(crate) fn ids_at(&self, interface: usize, moment: u64) -> &str {
        &self.ids[interface][usize::from(self.span_at(interface, moment).teams)]
    }

    /// Returns the network with what its interfaces carry at a moment of the run.
    pub(crate) fn network_at(&self, network: &Network, moment: u64) -> Network {
        let mut network = network.clone();
        for (index, interface) in network.interfaces.iter_mut().enumerate() {
            let span = self.span_at(index, moment);
            interface.groups = self.groups(index, span).to_vec();
        }
        network
    }

    fn span_at(&self, interface: usize, moment: u64) -> Span {
        let spans = &self.spans[interface];
        let after = spans.partition_point(|it| it.from <= moment);
        spans[after.saturating_sub(1)]
    }
}

/// Returns the teams that an interface begins with: each in one of three cases.
fn begin(dice: &mut Dice) -> u8 {
    let team = |team: usize| u8::from(dice.is_one_in(3)) << team;
    (0..TEAMS.len()).map(team).sum()
}

/// Returns the interfaces of a VPC that may carry groups: all but those of NAT gateways.
fn members(network: &Network, vpc: usize) -> Vec<usize> {
    let interfaces = network.interfaces.iter().enumerate();
    let own = interfaces.filter(|(_, it)| it.vpc == vpc && it.role != Role::Nat);
    own.map(|(index, _)| index).collect()
}

/// Returns second and team of each change of a day in a VPC, in the order of time: `n` of each
/// team, no two in the same second, none in the first.
fn moments(n: u32, dice: &mut Dice) -> Vec<(u32, u8)> {
    let last = u32::try_from(DAY_S - 1).unwrap_or(u32::MAX);
    let mut taken = BTreeSet::new();
    let mut moments = Vec::new();
    for team in (0_u8..).take(TEAMS.len()) {
        for _ in 0..n {
            let mut second = dice.range(1, last);
            while !taken.insert(second) {
                second = dice.range(1, last);
            }
            moments.push((second, team));
        }
    }
    moments.sort_unstable();
    moments
}

/// Returns the groups of each interface, with each set of the `n_teams` teams of its VPC.
fn groups(network: &Network, first_team: usize, n_teams: usize) -> Vec<Vec<Vec<usize>>> {
    let sets = if n_teams == 0 { 1 } else { N_SETS };
    let of = |interface: &crate::network::interface::Interface| {
        let team = |team: usize| first_team + interface.vpc * n_teams + team;
        let with = |set: u8| {
            let carried = (0..n_teams).filter(|it| set & (1 << it) != 0).map(team);
            interface.groups.iter().copied().chain(carried).collect()
        };
        (0..sets).map(with).collect()
    };
    network.interfaces.iter().map(of).collect()
}

fn ids(network: &Network, groups: &[usize]) -> String {
    let ids: BTreeSet<&str> = groups.iter().map(|it| network.groups[*it].id.as_str()).collect();
    ids.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;

    fn world(days: u32, group_changes_per_day: u32) -> World {
        World::new(Spec { days, group_changes_per_day, ..Spec::small(1) }).unwrap()
    }

    #[test]
    fn every_group_changes_as_often_as_was_asked_for() {
        for (days, n) in [(1, 1), (3, 20), (1, 1_000)] {
            let world = world(days, n);
            let interfaces = world.history.spans.iter().zip(&world.network.interfaces);
            let changes = interfaces
                .flat_map(|(spans, it)| spans.windows(2).map(|pair| (it.vpc, pair[0], pair[1])));
            let mut counts = [[0; TEAMS.len()]; N_VPCS];
            for (vpc, before, after) in changes {
                assert!(before.from < after.from, "one change at a time");
                let team = before.teams ^ after.teams;
                assert_eq!(team.count_ones(), 1, "one group at a time");
                counts[vpc][team.trailing_zeros() as usize] += 1;
            }
            assert_eq!(counts, [[days * n; TEAMS.len()]; N_VPCS]);
        }
    }

    #[test]
    fn a_longer_run_begins_as_a_shorter_one() {
        let (short, long) = (world(2, 30).history, world(5, 30).history);
        for (short, long) in short.spans.iter().zip(&long.spans) {
            assert_eq!(short[..], long[..short.len()]);
        }
        assert!(short.n_changes() < long.n_changes());
    }

    #[test]
    fn a_change_holds_from_its_second_on() {
        let world = world(1, 200);
        let history = &world.history;
        let (interface, spans) =
            history.spans.iter().enumerate().find(|it| it.1.len() > 2).unwrap();
        for pair in spans.windows(2) {
            let change = pair[1].from;
            assert_eq!(history.span_at(interface, change - 1), pair[0]);
            assert_eq!(history.span_at(interface, change), pair[1]);
            assert_ne!(history.ids_at(interface, change - 1), history.ids_at(interface, change));
        }
    }
}
