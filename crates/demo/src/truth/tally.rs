//! Sums over what was written. Each thread has its own; they are added at the end.

use crate::network::N_VPCS;
use crate::traffic::connection::{Connection, Outcome, Volume};
use crate::write::record::Values;

/// What happened on a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaneTally {
    /// Ordinary connections that were answered.
    pub n_connections: u64,
    /// Everything else that was tried: not answered, rejected, or part of an attack.
    pub n_attempts: u64,
}

/// What happened in an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventTally {
    /// Connections, answered or not.
    pub n_connections: u64,
    /// Records of them, at all interfaces.
    pub n_records: u64,
    /// Accepted records of them.
    pub n_accept: u64,
    /// Bytes that crossed once, from the one who opened.
    pub bytes_sent: u64,
    /// Bytes that crossed once, in reply.
    pub bytes_received: u64,
}

/// Sums.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// Records with traffic that were accepted.
    pub n_accept: u64,
    /// Records with traffic that were rejected.
    pub n_reject: u64,
    /// `NODATA` records.
    pub n_nodata: u64,
    /// `SKIPDATA` records.
    pub n_skipdata: u64,
    /// Bytes over all records.
    pub bytes: u64,
    /// Packets over all records.
    pub packets: u64,
    /// Connections that were answered.
    pub n_connections: u64,
    /// Connections that were not.
    pub n_attempts: u64,
    /// Bytes that really crossed, each counted once.
    pub bytes_once: u64,
    /// Packets that really crossed, each counted once.
    pub packets_once: u64,
    /// Objects.
    pub n_objects: u64,
    /// Bytes of all objects.
    pub object_bytes: u64,
    /// Records by VPC.
    pub vpcs: [u64; N_VPCS],
    /// By lane.
    pub lanes: Vec<LaneTally>,
    /// By event.
    pub events: Vec<EventTally>,
}

impl Tally {
    /// Returns sums of nothing.
    pub(crate) fn new(n_lanes: usize, n_events: usize) -> Self {
        Self {
            n_accept: 0,
            n_reject: 0,
            n_nodata: 0,
            n_skipdata: 0,
            bytes: 0,
            packets: 0,
            n_connections: 0,
            n_attempts: 0,
            bytes_once: 0,
            packets_once: 0,
            n_objects: 0,
            object_bytes: 0,
            vpcs: [0; N_VPCS],
            lanes: vec![LaneTally::default(); n_lanes],
            events: vec![EventTally::default(); n_events],
        }
    }

    /// Counts a connection, or the part of it that lies in one step.
    pub(crate) fn add_connection(&mut self, connection: &Connection) {
        let (forward, reverse) = (connection.forward, connection.reverse);
        let arrived = |is_forward: bool, volume: Volume| {
            if connection.outcome.arrives(is_forward) { volume } else { Volume::default() }
        };
        let (sent, received) = (arrived(true, forward), arrived(false, reverse));
        self.bytes_once += sent.bytes + received.bytes;
        self.packets_once += sent.packets + received.packets;
        let n = u64::from(connection.has_open);
        let is_answered = connection.outcome == Outcome::Answered;
        if is_answered {
            self.n_connections += n;
        } else {
            self.n_attempts += n;
        }
        let lane = &mut self.lanes[connection.lane as usize];
        if is_answered && connection.label == 0 {
            // A part counts as well: a connection that began before the run proves its rule too.
            lane.n_connections += 1;
        } else {
            lane.n_attempts += 1;
        }
        if let Some(event) = event_index(connection.label) {
            let event = &mut self.events[event];
            event.n_connections += n;
            event.bytes_sent += sent.bytes;
            event.bytes_received += received.bytes;
        }
    }

    /// Counts a record with traffic.
    #[inline]
    pub(crate) fn add_record(&mut self, label: u8, vpc: u8, values: &Values<'_>) {
        let n_accept = u64::from(values.is_accept);
        self.n_accept += n_accept;
        self.n_reject += 1 - n_accept;
        self.bytes += values.bytes.unwrap_or(0);
        self.packets += values.packets;
        self.vpcs[usize::from(vpc)] += 1;
        if let Some(event) = event_index(label) {
            let event = &mut self.events[event];
            event.n_records += 1;
            event.n_accept += n_accept;
        }
    }

    /// Counts a record without traffic.
    pub(crate) fn add_silent(&mut self, vpc: usize, status: &str) {
        self.vpcs[vpc] += 1;
        if status == "NODATA" {
            self.n_nodata += 1;
        } else {
            self.n_skipdata += 1;
        }
    }

    /// Counts an object.
    pub(crate) fn add_object(&mut self, size_bytes: usize) {
        self.n_objects += 1;
        self.object_bytes += size_bytes as u64;
    }

    /// Adds the sums of another thread.
    pub(crate) fn add(&mut self, other: &Self) {
        self.n_accept += other.n_accept;
        self.n_reject += other.n_reject;
        self.n_nodata += other.n_nodata;
        self.n_skipdata += other.n_skipdata;
        self.bytes += other.bytes;
        self.packets += other.packets;
        self.n_connections += other.n_connections;
        self.n_attempts += other.n_attempts;
        self.bytes_once += other.bytes_once;
        self.packets_once += other.packets_once;
        self.n_objects += other.n_objects;
        self.object_bytes += other.object_bytes;
        for (own, other) in self.vpcs.iter_mut().zip(other.vpcs) {
            *own += other;
        }
        for (own, other) in self.lanes.iter_mut().zip(&other.lanes) {
            own.n_connections += other.n_connections;
            own.n_attempts += other.n_attempts;
        }
        for (own, other) in self.events.iter_mut().zip(&other.events) {
            own.n_connections += other.n_connections;
            own.n_records += other.n_records;
            own.n_accept += other.n_accept;
            own.bytes_sent += other.bytes_sent;
            own.bytes_received += other.bytes_received;
        }
    }
}

/// Returns the index of the event with this label.
fn event_index(label: u8) -> Option<usize> {
    usize::from(label).checked_sub(1)
}
