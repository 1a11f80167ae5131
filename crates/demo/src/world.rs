//! The world: its network and lanes, made once; its records, made step by step.

use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use crate::error::Error;
use crate::network::history::History;
use crate::network::{Network, config, json};
use crate::spec::Spec;
use crate::step::Clock;
use crate::traffic::Plan;
use crate::traffic::connection::Connection;
use crate::traffic::events::{self, Event};
use crate::traffic::lane::Lanes;
use crate::traffic::noise::Noise;
use crate::traffic::pool::Pools;
use crate::truth::Truth;
use crate::truth::tally::Tally;
use crate::write::pages::{Finished, Pages};
use crate::write::record::Templates;

/// A finished object of the flow logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key, from `AWSLogs/` on (after the prefix, if there is one).
    pub key: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A network and everything that will happen in it.
#[derive(Debug)]
pub struct World {
    pub(crate) spec: Spec,
    pub(crate) clock: Clock,
    /// Indexes of the format's fields.
    pub(crate) format: Vec<usize>,
    pub(crate) network: Network,
    pub(crate) history: History,
    pub(crate) pools: Pools,
    pub(crate) lanes: Lanes,
    pub(crate) noise: Noise,
    pub(crate) events: Vec<Event>,
    /// Connections of the events, by step.
    pub(crate) planned: BTreeMap<u64, Vec<Connection>>,
    pub(crate) templates: Templates,
}

/// What a thread hands over for a step.
type Step = Result<Vec<Finished>, Error>;

/// Hands objects over, and keeps the rows of their records if they were asked for.
struct Taker<'a> {
    emit: &'a mut dyn FnMut(Object) -> io::Result<()>,
    rows: Option<BTreeMap<String, Vec<u8>>>,
}

impl Taker<'_> {
    fn take(&mut self, step: Vec<Finished>) -> Result<(), Error> {
        for finished in step {
            let key = finished.object.key.clone();
            if let (Some(rows), Some(own)) = (&mut self.rows, finished.rows) {
                rows.insert(key.clone(), own);
            }
            (self.emit)(finished.object).map_err(|source| Error::Emit { key, source })?;
        }
        Ok(())
    }
}

impl World {
    /// Returns the world of a specification.
    ///
    /// # Errors
    ///
    /// [`Error::Spec`] if a setting is out of its bounds.
    pub fn new(spec: Spec) -> Result<Self, Error> {
        let format = spec.check()?;
        let clock = Clock::new(spec.start_date, spec.days, spec.interval_s);
        let mut network = Network::new(&spec);
        let history = History::new(&spec, clock, &mut network);
        let pools = Pools::new(spec.seed);
        let mut lanes = Lanes::new(spec.seed, &network, &pools);
        let noise = Noise::new(spec.seed, &network, &pools, &mut lanes);
        let size = (spec.seed, spec.n_records);
        let plan = events::plan(size, clock, (&network, &pools), &mut lanes);
        let templates = Templates::new(&network, &format);
        Ok(Self {
            spec,
            clock,
            format,
            network,
            history,
            pools,
            lanes,
            noise,
            events: plan.events,
            planned: plan.steps,
            templates,
        })
    }

    /// Hands every object to `emit`, in the order of time, and returns the truth of them all.
    ///
    /// # Errors
    ///
    /// [`Error::Emit`] with what `emit` said, as soon as it fails; [`Error::Encode`] if an object
    /// cannot be encoded.
    ///
    /// # Limits
    ///
    /// Holds the text of at most three steps (five or ten minutes each) for each thread.
    pub fn generate(&self, emit: &mut dyn FnMut(Object) -> io::Result<()>) -> Result<Truth, Error> {
        let plan = Plan::new(self);
        let rows = self.spec.has_record_truth.then(BTreeMap::new);
        let mut taker = Taker { emit, rows };
        let tally = if self.spec.n_threads == 1 {
            self.generate_in_turn(&plan, &mut taker)?
        } else {
            self.generate_at_once(&plan, &mut taker)?
        };
        Ok(Truth::new(self, &tally, taker.rows))
    }

    fn generate_in_turn(&self, plan: &Plan, taker: &mut Taker<'_>) -> Result<Tally, Error> {
        let mut pages = Pages::new(self);
        for step in 0..self.clock.n_steps() {
            self.write_step(plan, step, &mut pages);
            taker.take(pages.finish()?)?;
        }
        Ok(pages.tally)
    }

    /// Makes steps on several threads and takes them in order.
    fn generate_at_once(&self, plan: &Plan, taker: &mut Taker<'_>) -> Result<Tally, Error> {
        thread::scope(|scope| {
            let mut receivers = Vec::with_capacity(self.spec.n_threads);
            let mut threads = Vec::with_capacity(self.spec.n_threads);
            for number in 0..self.spec.n_threads {
                let (sender, receiver) = mpsc::sync_channel::<Step>(1);
                receivers.push(receiver);
                threads.push(scope.spawn(move || self.run(plan, number, &sender)));
            }
            let result = self.take_in_order(&receivers, taker);
            // A thread whose steps nobody takes any more stops at the next.
            drop(receivers);
            let mut tally = Tally::new(self.lanes.all.len(), self.events.len());
            for thread in threads {
                match thread.join() {
                    Ok(own) => tally.add(&own),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            result.map(|()| tally)
        })
    }

    fn take_in_order(
        &self,
        receivers: &[mpsc::Receiver<Step>],
        taker: &mut Taker<'_>,
    ) -> Result<(), Error> {
        for (_, receiver) in (0..self.clock.n_steps()).zip(receivers.iter().cycle()) {
            // A thread that is gone has panicked; who joins it passes the panic on.
            let Ok(step) = receiver.recv() else { break };
            taker.take(step?)?;
        }
        Ok(())
    }

    /// Makes every `n_threads`-th step from `number` on, until nobody takes them.
    fn run(&self, plan: &Plan, number: usize, sender: &mpsc::SyncSender<Step>) -> Tally {
        let mut pages = Pages::new(self);
        for step in (number as u64..self.clock.n_steps()).step_by(self.spec.n_threads) {
            self.write_step(plan, step, &mut pages);
            if sender.send(pages.finish()).is_err() {
                break;
            }
        }
        pages.tally
    }

    /// Returns the network as the AWS command line prints it after the run: a file name and its
    /// JSON each. Only which security groups an interface has may have been otherwise before.
    #[must_use]
    pub fn network_json(&self) -> Vec<(String, Value)> {
        json::files(self)
    }

    /// Returns what changed in the run as AWS Config tells it, the first state of each network
    /// interface included: name and bytes of each history file, in the order of time. Empty if
    /// nothing changes.
    ///
    /// # Errors
    ///
    /// [`Error::Encode`] if a file cannot be compressed.
    pub fn config_history(&self) -> impl Iterator<Item = Result<(String, Vec<u8>), Error>> {
        config::files(self)
    }

    /// Returns how often a security group was attached to an interface or detached from one.
    #[must_use]
    pub fn n_group_changes(&self) -> u64 {
        self.history.n_changes()
    }

    /// Returns the specification that the world was made from.
    #[must_use]
    pub fn spec(&self) -> &Spec {
        &self.spec
    }
}
