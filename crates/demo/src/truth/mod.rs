//! The truth of a world: what was written, what was planted, which rules were used.

pub(crate) mod rows;
pub(crate) mod rules;
pub(crate) mod tally;

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::{Value, json};

pub use rules::{RuleTruth, Verdict};

use crate::World;
use crate::error::Error;
use crate::traffic::events::{Counted, Event, EventKind, NAMED_MAX};
use crate::truth::tally::{EventTally, Tally};
use crate::write::text::Gzip;

/// What a run really wrote.
#[derive(Clone, Debug)]
pub struct Truth {
    /// All records, with and without traffic.
    pub n_records: u64,
    /// Records with `log-status` `OK`.
    pub n_ok: u64,
    /// Records with `log-status` `NODATA`.
    pub n_nodata: u64,
    /// Records with `log-status` `SKIPDATA`.
    pub n_skipdata: u64,
    /// Records with `action` `ACCEPT`.
    pub n_accept: u64,
    /// Records with `action` `REJECT`.
    pub n_reject: u64,
    /// Bytes over all records, so each connection as often as it was seen.
    pub bytes: u64,
    /// Packets over all records.
    pub packets: u64,
    /// Connections that were opened in the run and answered.
    pub n_connections: u64,
    /// Attempts that were rejected or not answered.
    pub n_attempts: u64,
    /// Bytes that really crossed, each counted once, both directions.
    pub bytes_once: u64,
    /// Packets that really crossed, each counted once, both directions.
    pub packets_once: u64,
    /// Objects.
    pub n_objects: u64,
    /// Bytes of all objects.
    pub object_bytes: u64,
    /// First second of the run, Unix time.
    pub from_s: u64,
    /// Second after the last of the run.
    pub until_s: u64,
    /// Where all chance came from.
    pub seed: u64,
    /// The flow logs.
    pub flow_logs: Vec<FlowLogTruth>,
    /// The planted events.
    pub events: Vec<EventTruth>,
    /// Every rule of every security group.
    pub rules: Vec<RuleTruth>,
    record_rows: Option<BTreeMap<String, Vec<u8>>>,
}

/// A flow log and what it wrote.
#[derive(Clone, Debug)]
pub struct FlowLogTruth {
    /// `fl-...`.
    pub flow_log_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Name of the VPC.
    pub vpc_name: String,
    /// Account that owns it.
    pub account: String,
    /// Records.
    pub n_records: u64,
}

/// A planted event and what was written of it.
#[derive(Clone, Debug)]
pub struct EventTruth {
    /// What it is.
    pub kind: EventKind,
    /// First second, Unix time.
    pub from_s: u64,
    /// Second after the last.
    pub until_s: u64,
    /// Addresses that opened, the most frequent first; at most 16.
    pub srcaddrs: Vec<String>,
    /// How many there were.
    pub n_srcaddrs: u64,
    /// Addresses that were called, the most frequent first; at most 16.
    pub dstaddrs: Vec<String>,
    /// How many there were.
    pub n_dstaddrs: u64,
    /// Ports that were called, the most frequent first; at most 16.
    pub dstports: Vec<u16>,
    /// How many there were.
    pub n_dstports: u64,
    /// Protocol number.
    pub protocol: u8,
    /// Interfaces whose records show it best.
    pub interface_ids: Vec<String>,
    /// Connections and attempts.
    pub n_connections: u64,
    /// Records, at all interfaces.
    pub n_records: u64,
    /// Accepted records among them.
    pub n_accept: u64,
    /// Bytes that crossed once, from the one who opened.
    pub bytes_sent: u64,
    /// Bytes that crossed once, in reply.
    pub bytes_received: u64,
    /// Seconds between two calls of a beacon.
    pub period_s: Option<u64>,
}

impl Truth {
    /// Returns the truth of a run.
    pub(crate) fn new(
        world: &World,
        tally: &Tally,
        record_rows: Option<BTreeMap<String, Vec<u8>>>,
    ) -> Self {
        let n_ok = tally.n_accept + tally.n_reject;
        let flow_logs = world.network.vpcs.iter().zip(tally.vpcs).map(|(vpc, n)| FlowLogTruth {
            flow_log_id: vpc.flow_log_id.clone(),
            vpc_id: vpc.id.clone(),
            vpc_name: vpc.name.to_owned(),
            account: vpc.account.clone(),
            n_records: n,
        });
        let events = world.events.iter().zip(&tally.events);
        Self {
            n_records: n_ok + tally.n_nodata + tally.n_skipdata,
            n_ok,
            n_nodata: tally.n_nodata,
            n_skipdata: tally.n_skipdata,
            n_accept: tally.n_accept,
            n_reject: tally.n_reject,
            bytes: tally.bytes,
            packets: tally.packets,
            n_connections: tally.n_connections,
            n_attempts: tally.n_attempts,
            bytes_once: tally.bytes_once,
            packets_once: tally.packets_once,
            n_objects: tally.n_objects,
            object_bytes: tally.object_bytes,
            from_s: world.clock.from,
            until_s: world.clock.until,
            seed: world.spec.seed,
            flow_logs: flow_logs.collect(),
            events: events.map(|(event, tally)| event_truth(world, event, *tally)).collect(),
            rules: rules::rules(world, tally),
            record_rows,
        }
    }

    /// Returns `truth.csv.gz`: under a header one row for each record, in the order of the sorted
    /// keys and of the lines within; `None` if the specification did not ask.
    ///
    /// | column | |
    /// |---|---|
    /// | `initiator` | `src` or `dst`: which side of this record opened the connection |
    /// | `label` | the kind of planted event, or `-` |
    /// | `direction` | `ingress` or `egress` at the record's interface |
    /// | `security_group_ids` | groups of the interface at the record's `start`, ascending, with spaces between; empty for none |
    /// | `peer_security_group_ids` | the same of the other end's interface, if it is one of ours |
    /// | `counted` | `true` or `false`: the bytes of counted records add up to `bytes_once` |
    ///
    /// A record without traffic has `-` for the first three, no peer, and is not counted.
    pub fn records_csv_gz(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(rows) = &self.record_rows else { return Ok(None) };
        let mut file = Gzip::new().pack("truth.csv.gz", rows::HEADER.as_bytes())?;
        for member in rows.values() {
            file.extend_from_slice(member);
        }
        Ok(Some(file))
    }

    /// Returns everything but the rows of the records as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "seed": self.seed,
            "from": time(self.from_s),
            "until": time(self.until_s),
            "records": {
                "total": self.n_records,
                "ok": self.n_ok,
                "nodata": self.n_nodata,
                "skipdata": self.n_skipdata,
                "accept": self.n_accept,
                "reject": self.n_reject,
                "bytes": self.bytes,
                "packets": self.packets,
            },
            "connections": {
                "answered": self.n_connections,
                "attempts": self.n_attempts,
                "bytes_once": self.bytes_once,
                "packets_once": self.packets_once,
            },
            "objects": { "count": self.n_objects, "bytes": self.object_bytes },
            "flow_logs": self.flow_logs.iter().map(flow_log_json).collect::<Vec<_>>(),
            "events": self.events.iter().map(event_json).collect::<Vec<_>>(),
            "rules": self.rules.iter().map(rules::rule_json).collect::<Vec<_>>(),
        })
    }
}

fn event_truth(world: &World, event: &Event, tally: EventTally) -> EventTruth {
    let interface_id = |it: &u16| world.network.interfaces[usize::from(*it)].id.clone();
    EventTruth {
        kind: event.kind,
        from_s: event.from,
        until_s: event.until,
        srcaddrs: most_frequent(&event.sources),
        n_srcaddrs: event.sources.len() as u64,
        dstaddrs: most_frequent(&event.destinations),
        n_dstaddrs: event.destinations.len() as u64,
        dstports: most_frequent(&event.ports),
        n_dstports: event.ports.len() as u64,
        protocol: event.protocol,
        interface_ids: event.interfaces.iter().map(interface_id).collect(),
        n_connections: tally.n_connections,
        n_records: tally.n_records,
        n_accept: tally.n_accept,
        bytes_sent: tally.bytes_sent,
        bytes_received: tally.bytes_received,
        period_s: event.period_s,
    }
}

fn most_frequent<T: Ord + Clone>(counted: &Counted<T>) -> Vec<T> {
    let mut values: Vec<(&T, &u64)> = counted.iter().collect();
    values.sort_by_key(|(value, n)| (std::cmp::Reverse(**n), (*value).clone()));
    values.into_iter().take(NAMED_MAX).map(|(value, _)| value.clone()).collect()
}

fn flow_log_json(flow_log: &FlowLogTruth) -> Value {
    json!({
        "flow_log_id": flow_log.flow_log_id,
        "vpc_id": flow_log.vpc_id,
        "vpc_name": flow_log.vpc_name,
        "account": flow_log.account,
        "records": flow_log.n_records,
    })
}

fn event_json(event: &EventTruth) -> Value {
    json!({
        "kind": event.kind.name(),
        "from": time(event.from_s),
        "until": time(event.until_s),
        "from_s": event.from_s,
        "until_s": event.until_s,
        "srcaddrs": event.srcaddrs,
        "n_srcaddrs": event.n_srcaddrs,
        "dstaddrs": event.dstaddrs,
        "n_dstaddrs": event.n_dstaddrs,
        "dstports": event.dstports,
        "n_dstports": event.n_dstports,
        "protocol": event.protocol,
        "interface_ids": event.interface_ids,
        "connections": event.n_connections,
        "records": event.n_records,
        "accept": event.n_accept,
        "reject": event.n_records - event.n_accept,
        "bytes_sent": event.bytes_sent,
        "bytes_received": event.bytes_received,
        "period_s": event.period_s,
    })
}

/// Returns a time as RFC 3339.
fn time(second: u64) -> String {
    let time = chrono::DateTime::from_timestamp(second.cast_signed(), 0).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns values as text.
pub(crate) fn texts(values: impl IntoIterator<Item = impl Display>) -> Vec<String> {
    values.into_iter().map(|it| it.to_string()).collect()
}
