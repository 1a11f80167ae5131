//! Traffic: what crosses the network in each step.
//!
//! A step is made without any other, so that steps can be made at once and nothing is held. What
//! lasts longer than a step is drawn again in every step that it touches, from its own stream of
//! chance. Read `service` (who talks to whom), `lane` (what is seen of it), `connection`, then
//! `noise` and `events`.

pub(crate) mod attack;
pub(crate) mod connection;
pub(crate) mod events;
pub(crate) mod lane;
pub(crate) mod noise;
pub(crate) mod pool;
pub(crate) mod rhythm;
pub(crate) mod service;

use crate::World;
use crate::dice::{Dice, Stream, mix};
use crate::network::interface::Role;
use crate::step::Clock;
use crate::traffic::connection::{Connection, Place, draw, volumes};
use crate::traffic::rhythm::{Split, even_share, even_sum};
use crate::write::pages::Pages;

/// The shortest of the long connections.
const LONG_S_MIN: u32 = 600;

/// The longest of the long connections.
const LONG_S_MAX: u32 = 7_200;

/// Records that a window of a long connection makes, on average.
const LONG_RECORDS: u64 = 4;

/// Percent of the records that long connections make.
const LONG_PERCENT: u64 = 12;

/// Records of a step below which there are no long connections: they would be most of it.
const LONG_STEP_MIN: u64 = 40;

/// Percent of the drawn connections that are noise.
const NOISE_PERCENT: u32 = 22;

/// `NODATA` records are at most one in so many.
const NODATA_ONE_IN: u64 = 100;

/// `SKIPDATA` records are one in so many, and at least [`SKIPDATA_MIN`].
const SKIPDATA_ONE_IN: u64 = 200_000;

/// The fewest `SKIPDATA` records of a run that is large enough to bear them.
const SKIPDATA_MIN: u64 = 2;

/// How many records each step has, and of what.
#[derive(Debug)]
pub(crate) struct Plan {
    split: Split,
    /// Records that ordinary connections and noise make, over the run.
    n_drawn: u64,
    n_long: u64,
    n_nodata: u64,
    n_skipdata: u64,
    /// Interfaces that nobody talks to, by index.
    quiet: Vec<u16>,
}

impl Plan {
    /// Returns the plan of a world whose lanes and events are complete.
    pub(crate) fn new(world: &World) -> Self {
        let clock = &world.clock;
        let n_steps = clock.n_steps();
        let n_records = world.spec.n_records;
        let indexes = (0_u16..).zip(&world.network.interfaces);
        let quiet: Vec<u16> =
            indexes.filter(|(_, it)| it.role == Role::Quiet).map(|(index, _)| index).collect();
        let n_quiet_windows = quiet.len() as u64 * n_steps * clock.n_windows();
        let mean_s = u64::from(LONG_S_MIN + LONG_S_MAX) / 2;
        let n_of_one = LONG_RECORDS * (mean_s / clock.interval_s + 1);
        let has_long = n_records / n_steps >= LONG_STEP_MIN;
        let mut plan = Self {
            split: Split::new(clock),
            n_drawn: 0,
            n_long: if has_long { n_records * LONG_PERCENT / 100 / n_of_one } else { 0 },
            n_nodata: (n_records / NODATA_ONE_IN).min(n_quiet_windows),
            n_skipdata: 0,
            quiet,
        };
        if n_records >= NODATA_ONE_IN * SKIPDATA_MIN {
            plan.n_skipdata = (n_records / SKIPDATA_ONE_IN).max(SKIPDATA_MIN).min(n_steps);
        }
        let n_fixed: u64 = (0..n_steps)
            .flat_map(|step| world.fixed(&plan, step))
            .map(|it| it.n_records(clock, &world.lanes.all[it.lane as usize]))
            .sum();
        let n_silent = plan.n_nodata + plan.n_skipdata;
        plan.n_drawn = n_records.saturating_sub(n_fixed + n_silent);
        plan
    }
}

/// Returns the steps that a long connection may reach beyond the one it begins in.
fn long_reach(clock: &Clock) -> u64 {
    u64::from(LONG_S_MAX).div_ceil(clock.step_s)
}

impl World {
    /// Writes every record of a step.
    pub(crate) fn write_step(&self, plan: &Plan, step: u64, pages: &mut Pages<'_>) {
        let step_from = self.clock.step_from(step);
        pages.begin(step_from);
        let mut dice = Dice::new(self.spec.seed, Stream::Step, step);
        self.write_silent(plan, step, pages);

        // Planned and long connections come in between the others, as they do in AWS's files.
        let mut fixed = self.fixed(plan, step).into_iter();
        let mut n_left = plan.split.share(plan.n_drawn, step);
        let every = n_left / (fixed.len() as u64 * 3 + 1) + 1;
        let mut count = 0_u64;
        while n_left > 0 {
            count += 1;
            if count.is_multiple_of(every)
                && let Some(connection) = fixed.next()
            {
                pages.write(&connection);
            }
            let (connection, n_records) = self.draw(step_from, n_left, &mut dice);
            pages.write(&connection);
            n_left -= n_records;
        }
        for connection in fixed {
            pages.write(&connection);
        }
    }

    /// Returns a connection that makes at most `n_left` records, and how many.
    fn draw(&self, step_from: u64, n_left: u64, dice: &mut Dice) -> (Connection, u64) {
        let step_s = u32::try_from(self.clock.step_s).unwrap_or(u32::MAX);
        let offset = dice.below(step_s);
        let start = step_from + u64::from(offset);
        let connection = if dice.below(100) < NOISE_PERCENT {
            self.noise.draw(start, dice)
        } else {
            let lane_index = self.lanes.pick_short(dice);
            let lane = &self.lanes.all[lane_index as usize];
            // Most connections are much shorter than the longest.
            let longest = lane.profile.duration_s_max >> dice.below(4);
            let duration_s = dice.below(longest + 1);
            let end = start + u64::from(duration_s.min(step_s - 1 - offset));
            let place = Place { network: &self.network, pools: &self.pools, lane, lane_index };
            draw(place, (start, end), dice)
        };
        let lane = &self.lanes.all[connection.lane as usize];
        let n_records = connection.n_records(&self.clock, lane);
        if n_records <= n_left {
            return (connection, n_records);
        }
        (self.noise.draw_single(start, dice), 1)
    }

    /// Returns what is fixed before anything is drawn: planned and long connections.
    fn fixed(&self, plan: &Plan, step: u64) -> Vec<Connection> {
        let mut connections = self.planned.get(&step).cloned().unwrap_or_default();
        let reach = long_reach(&self.clock);
        let n_starts = self.clock.n_steps() + reach;
        // Long connections begin in any of the steps before; the first of them before the run.
        for start_step in step..=step + reach {
            let n_long = even_share(plan.n_long, start_step, n_starts);
            let first = even_sum(plan.n_long, start_step, n_starts);
            for number in first..first + n_long {
                connections.extend(self.long_piece(number, start_step, step));
            }
        }
        connections
    }

    /// Returns the part of a long connection that lies in `step`. Its number is its own stream of
    /// chance; `start_step` counts from before the run.
    fn long_piece(&self, number: u64, start_step: u64, step: u64) -> Option<Connection> {
        let clock = &self.clock;
        let reach_s = long_reach(clock) * clock.step_s;
        let mut dice = Dice::new(self.spec.seed, Stream::Long, number);
        let offset = u64::from(dice.below(u32::try_from(clock.step_s).unwrap_or(u32::MAX)));
        let start = clock.from + start_step * clock.step_s + offset - reach_s;
        let end = start + u64::from(dice.range(LONG_S_MIN, LONG_S_MAX));
        let (from, until) = (clock.step_from(step), clock.step_from(step + 1));
        if end < from || start >= until {
            return None;
        }
        let lane_index = self.lanes.pick_long(&mut dice);
        let lane = &self.lanes.all[lane_index as usize];
        let place = Place { network: &self.network, pools: &self.pools, lane, lane_index };
        let whole = draw(place, (start, end), &mut dice);

        // What crosses in a step depends on the connection and the step alone.
        let mut dice = Dice::new(mix(number), Stream::Long, step);
        let (mut forward, mut reverse) = volumes(lane.profile, lane.is_v6, &mut dice);
        for volume in [&mut forward, &mut reverse] {
            volume.packets += clock.n_windows() * 2;
            volume.bytes += clock.n_windows() * 2 * 52;
        }
        let has_open = start >= from;
        let has_close = end < until;
        Some(Connection {
            start: start.max(from),
            end: end.min(until - 1),
            forward,
            reverse,
            has_open,
            has_close,
            ..whole
        })
    }

    fn write_silent(&self, plan: &Plan, step: u64, pages: &mut Pages<'_>) {
        let n_steps = self.clock.n_steps();
        let n_windows = self.clock.n_windows();
        let n_quiet = plan.quiet.len() as u64;
        let n_places = n_quiet * n_windows;
        let first = even_sum(plan.n_nodata, step, n_steps);
        for number in first..first + even_share(plan.n_nodata, step, n_steps) {
            let place = number % n_places;
            let interface = plan.quiet[usize::try_from(place % n_quiet).unwrap_or(0)];
            pages.write_silent(interface, place / n_quiet, "NODATA");
        }
        let n_skipdata = even_share(plan.n_skipdata, step, n_steps);
        for number in 0..n_skipdata {
            let bits = mix(self.spec.seed ^ mix(step * 16 + number));
            let busy = (0_u16..).zip(&self.network.interfaces);
            let busy: Vec<u16> =
                busy.filter(|(_, it)| it.role != Role::Quiet).map(|(index, _)| index).collect();
            let interface = busy[usize::try_from(bits % busy.len() as u64).unwrap_or(0)];
            pages.write_silent(interface, (bits >> 32) % n_windows, "SKIPDATA");
        }
    }
}
