//! The records of one step, on pages by flow log and slot, and the objects made of them.

use crate::error::Error;
use crate::network::N_VPCS;
use crate::network::address::Addr;
use crate::traffic::connection::{Connection, NO_REASON, Part};
use crate::traffic::lane::{End, Lane, Leg, NO_HOP};
use crate::truth::rows::{self, Row};
use crate::truth::tally::Tally;
use crate::write::key::{self, Name};
use crate::write::parquet;
use crate::write::record::Values;
use crate::write::text::Gzip;
use crate::{FileFormat, Object, World};

/// The most text of one object; what is more goes to another of the same time, as AWS does it.
const OBJECT_TEXT_MAX: usize = 64 << 20;

/// Records that stand together: one flow log, one slot.
#[derive(Debug, Default)]
struct Page {
    text: Vec<u8>,
    /// What is true of each record; empty if nobody asked.
    rows: Vec<Row>,
    n_records: u64,
}

/// An object and the truth of its records.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The object.
    pub object: Object,
    /// Rows of the record truth as a gzip member, if asked for.
    pub rows: Option<Vec<u8>>,
}

/// The pages of the step at hand.
pub(crate) struct Pages<'a> {
    world: &'a World,
    by_slot: Vec<Page>,
    step_from: u64,
    joined: Vec<u8>,
    gzip: Gzip,
    /// Sums over all steps written so far.
    pub tally: Tally,
}

impl<'a> Pages<'a> {
    /// Returns empty pages.
    pub(crate) fn new(world: &'a World) -> Self {
        let n_pages = N_VPCS * world.clock.n_slots();
        Self {
            world,
            by_slot: std::iter::repeat_with(Page::default).take(n_pages).collect(),
            step_from: world.clock.from,
            joined: Vec::new(),
            gzip: Gzip::new(),
            tally: Tally::new(world.lanes.all.len(), world.events.len()),
        }
    }

    /// Clears the pages for a step that begins at `step_from`.
    pub(crate) fn begin(&mut self, step_from: u64) {
        self.step_from = step_from;
        for page in &mut self.by_slot {
            page.text.clear();
            page.rows.clear();
            page.n_records = 0;
        }
    }

    /// Writes every record of a connection.
    pub(crate) fn write(&mut self, connection: &Connection) {
        let world = self.world;
        let lane = &world.lanes.all[connection.lane as usize];
        self.tally.add_connection(connection);
        for part in connection.parts(&world.clock) {
            for leg in &lane.legs {
                self.write_leg(connection, lane, leg, &part);
            }
        }
    }

    fn write_leg(&mut self, connection: &Connection, lane: &Lane, leg: &Leg, part: &Part) {
        let (volume, flags) = if leg.is_forward {
            (part.forward, part.forward_flags)
        } else {
            (part.reverse, part.reverse_flags)
        };
        if volume.packets == 0 {
            return;
        }
        let Some(is_accept) = connection.outcome.verdict(leg) else { return };
        let client_port =
            if leg.has_nat_port { connection.nat_port } else { connection.client_port };
        let (src_port, dst_port) = if leg.is_forward {
            (client_port, connection.server_port)
        } else {
            (connection.server_port, client_port)
        };
        let reject_reason = if is_accept { NO_REASON } else { connection.reject_reason };
        let ends: (&Addr, &Addr) = (&connection.client, &connection.server);
        let network = &self.world.network;
        let values = Values {
            src: leg.src.address(network, ends),
            dst: leg.dst.address(network, ends),
            pkt_src: leg.pkt_src.address(network, ends),
            pkt_dst: leg.pkt_dst.address(network, ends),
            src_port,
            dst_port,
            protocol: connection.protocol,
            packets: volume.packets,
            bytes: (reject_reason == NO_REASON).then_some(volume.bytes),
            start: part.start,
            end: part.end,
            is_accept,
            flags,
            is_egress: leg.is_egress,
            path: leg.path,
            reject_reason,
            encryption: encryption(connection, lane),
            next_hop: (leg.next_hop != NO_HOP).then_some(leg.next_hop),
        };
        let slot = self.world.clock.slot(self.step_from, part.end);
        let page = &mut self.by_slot[usize::from(leg.vpc) * self.world.clock.n_slots() + slot];
        self.world.templates.write(&mut page.text, leg.interface, &values);
        page.n_records += 1;
        if self.world.spec.has_record_truth {
            page.rows.push(Row::new(connection, lane, leg, part.start));
        }
        self.tally.add_record(connection.label, leg.vpc, &values);
    }

    /// Writes a record without traffic for an interface and a window of the step.
    pub(crate) fn write_silent(&mut self, interface: u16, window: u64, status: &str) {
        let world = self.world;
        let start = self.step_from + window * world.clock.interval_s;
        let end = start + world.clock.interval_s - 1;
        let vpc = world.network.interfaces[usize::from(interface)].vpc;
        let slot = world.clock.slot(self.step_from, end);
        let page = &mut self.by_slot[vpc * world.clock.n_slots() + slot];
        let place = (&world.network, interface);
        world.templates.write_silent(&mut page.text, place, status, (start, end));
        page.n_records += 1;
        if world.spec.has_record_truth {
            page.rows.push(Row::silent(interface, start));
        }
        self.tally.add_silent(vpc, status);
    }

    /// Returns the objects of the step, in the order of time and flow log.
    pub(crate) fn finish(&mut self) -> Result<Vec<Finished>, Error> {
        let clock = self.world.clock;
        let n_pages = clock.n_slots() / clock.n_objects();
        let mut finished = Vec::new();
        for object in 0..clock.n_objects() {
            for vpc in 0..N_VPCS {
                let first = vpc * clock.n_slots() + object * n_pages;
                let from = self.step_from + object as u64 * crate::step::OBJECT_S;
                self.finish_pages(vpc, from, first..first + n_pages, &mut finished)?;
            }
        }
        Ok(finished)
    }

    fn finish_pages(
        &mut self,
        vpc: usize,
        from: u64,
        pages: std::ops::Range<usize>,
        finished: &mut Vec<Finished>,
    ) -> Result<(), Error> {
        let mut first = pages.start;
        let mut part = 0;
        while first < pages.end {
            let mut until = first + 1;
            let mut size = self.by_slot[first].text.len();
            while until < pages.end && size + self.by_slot[until].text.len() <= OBJECT_TEXT_MAX {
                size += self.by_slot[until].text.len();
                until += 1;
            }
            if size > 0 {
                finished.push(self.finish_object(vpc, from, part, first..until)?);
            }
            part += 1;
            first = until;
        }
        Ok(())
    }

    fn finish_object(
        &mut self,
        vpc: usize,
        from: u64,
        part: u64,
        pages: std::ops::Range<usize>,
    ) -> Result<Finished, Error> {
        let world = self.world;
        let vpc = &world.network.vpcs[vpc];
        let name = Name { account: &vpc.account, flow_log_id: &vpc.flow_log_id, from, part };
        let key = key::key(&world.spec, name);
        let is_text = world.spec.file_format == FileFormat::Text;
        self.joined.clear();
        if is_text {
            self.joined.extend_from_slice(&world.templates.header);
        }
        for page in &self.by_slot[pages.clone()] {
            self.joined.extend_from_slice(&page.text);
        }
        let bytes = if is_text {
            self.gzip.pack(&key, &self.joined)?
        } else {
            parquet::pack(&key, &world.format, &self.joined)?
        };
        let rows = if world.spec.has_record_truth {
            let all = self.by_slot[pages].iter().flat_map(|it| &it.rows);
            Some(self.gzip.pack(&key, &rows::text(all, world))?)
        } else {
            None
        };
        self.tally.add_object(bytes.len());
        Ok(Finished { object: Object { key, bytes }, rows })
    }
}

/// Returns `encryption-status`: Nitro encrypts between own instances, the application on port 443.
fn encryption(connection: &Connection, lane: &Lane) -> u8 {
    let is_own = |it: End| matches!(it, End::Own { .. });
    let nitro = u8::from(is_own(lane.client) && is_own(lane.server));
    let application = if connection.server_port == 443 { 2 } else { 0 };
    nitro + application
}
