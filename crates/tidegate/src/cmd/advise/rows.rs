//! Rows of the engine's answers as flows and days.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context as _;
use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, Float64Array, Int64Array, RecordBatch,
    StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_advise::{Counts, Flow, Study};
use tidegate_network::admit::{Packet, Way};

use super::ask::Unsure;

/// Bytes of bare headers of TCP over IPv4, over IPv6: all that a reset has.
const HEADER_BYTES: [i64; 2] = [40, 60];

/// Options that headers of TCP may carry beside.
const OPTIONS_BYTES: i64 = 40;

/// Calls `visit` with every flow of a batch.
pub(super) fn flows(
    study: &mut Study<'_>,
    batch: &RecordBatch,
    mut visit: impl FnMut(&mut Study<'_>, Flow),
) -> anyhow::Result<()> {
    let columns = FlowColumns::new(batch)?;
    for row in 0..batch.num_rows() {
        // What is no address and no port was never let through by a rule.
        let Some(packet) = columns.packet(row) else { continue };
        let interface = study.interface(columns.interface_id.value(row));
        let flow = columns.flow(row, interface, packet);
        visit(study, flow);
    }
    Ok(())
}

struct FlowColumns {
    interface_id: StringViewArray,
    is_egress: BooleanArray,
    peer: StringViewArray,
    confidence: Float64Array,
    ints: [Int64Array; 13],
}

/// The columns of whole numbers.
const INTS: [&str; 13] = [
    "protocol",
    "port",
    "first",
    "last",
    "from_port",
    "to_port",
    "n_records",
    "n_connections",
    "n_replies",
    "n_answers",
    "request_size",
    "reply_size",
    "bytes",
];

impl FlowColumns {
    fn new(batch: &RecordBatch) -> anyhow::Result<Self> {
        let mut ints = Vec::with_capacity(INTS.len());
        for name in INTS {
            ints.push(int(batch, name)?);
        }
        let ints = ints.try_into().ok().context("an answer has too few columns")?;
        Ok(Self {
            interface_id: text(batch, "interface_id")?,
            is_egress: column(batch, "is_egress", &DataType::Boolean)?.as_boolean().clone(),
            peer: text(batch, "peer")?,
            confidence: column(batch, "confidence", &DataType::Float64)?
                .as_primitive::<Float64Type>()
                .clone(),
            ints,
        })
    }

    fn packet(&self, row: usize) -> Option<Packet> {
        let [protocol, port, ..] = &self.ints;
        if self.interface_id.is_null(row) || self.peer.is_null(row) || protocol.is_null(row) {
            return None;
        }
        let peer: IpAddr = self.peer.value(row).parse().ok()?;
        let way = if self.is_egress.value(row) { Way::Egress } else { Way::Ingress };
        let protocol = u8::try_from(protocol.value(row)).ok()?;
        let port = if port.is_null(row) { 0 } else { u16::try_from(port.value(row)).ok()? };
        Some(Packet { way, protocol, port, peer })
    }

    fn flow(&self, row: usize, interface: u32, packet: Packet) -> Flow {
        let [_, _, first, last, from_port, to_port, n_records, n_connections, rest @ ..] =
            &self.ints;
        let [n_replies, n_answers, request_size, reply_size, bytes] = rest;
        let size = |it: &Int64Array| if it.is_null(row) { 0 } else { it.value(row) };
        let count = |it: &Int64Array| u64::try_from(size(it)).unwrap_or(0);
        let port = |it: &Int64Array| u16::try_from(size(it)).unwrap_or(0);
        let header_bytes = HEADER_BYTES[usize::from(packet.peer.is_ipv6())];
        let is_answer = size(reply_size) > header_bytes;
        let has_payload = size(request_size) > header_bytes + OPTIONS_BYTES;
        let confidence =
            if self.confidence.is_null(row) { 0.0 } else { self.confidence.value(row) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = (confidence * 100.0).round().clamp(0.0, 100.0) as u8;
        Flow {
            interface,
            packet,
            first_us: first.value(row),
            last_us: last.value(row).max(first.value(row)),
            client_ports: (port(from_port), port(to_port)),
            percent,
            counts: Counts {
                n_records: count(n_records),
                n_connections: count(n_connections),
                n_replies: count(n_replies),
                n_answers: count(n_answers) + u64::from(is_answer),
                n_payloads: u64::from(has_payload),
                bytes: count(bytes),
            },
        }
    }
}

/// Adds the days of a batch; returns how many records there are of which something is not sure.
pub(super) fn days(study: &mut Study<'_>, batch: &RecordBatch) -> anyhow::Result<Unsure> {
    let ids = text(batch, "interface_id")?;
    let date = column(batch, "date", &DataType::Date32)?;
    let date = int_of(&cast(&date, &DataType::Int32)?)?;
    let names = ["n_accept", "n_reject", "n_nodata", "n_skipdata", "skipped_s"];
    let mut sums = Vec::new();
    for name in names {
        sums.push(int(batch, name)?);
    }
    let count = |at: usize, row: usize| {
        // A sum of nothing is NULL.
        if sums[at].is_null(row) { 0 } else { u64::try_from(sums[at].value(row)).unwrap_or(0) }
    };
    for row in (0..batch.num_rows()).filter(|it| ids.is_valid(*it) && date.is_valid(*it)) {
        let interface = study.interface(ids.value(row));
        let day = Day {
            from_us: date.value(row) * DAY_US,
            n_accept: count(0, row),
            n_reject: count(1, row),
            n_nodata: count(2, row),
            n_skipdata: count(3, row),
            skipped_s: count(4, row),
        };
        study.add_day(interface, day);
    }
    let sum = |name: &str| -> anyhow::Result<u64> {
        let all = int(batch, name)?;
        Ok(all.iter().flatten().map(|it| u64::try_from(it).unwrap_or(0)).sum())
    };
    Ok(Unsure {
        n_unsure: sum("n_unsure")?,
        n_unknown: sum("n_unknown")?,
        n_undirected: sum("n_undirected")?,
    })
}

/// Returns a column of whole numbers; moments are microseconds since the Unix epoch.
pub(super) fn int(batch: &RecordBatch, name: &str) -> anyhow::Result<Int64Array> {
    let array = batch.column_by_name(name).with_context(|| missing(name))?;
    let array = match array.data_type() {
        DataType::Timestamp(_, zone) => {
            cast(array, &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?
        }
        _ => Arc::clone(array),
    };
    int_of(&array)
}

fn int_of(array: &ArrayRef) -> anyhow::Result<Int64Array> {
    Ok(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn text(batch: &RecordBatch, name: &str) -> anyhow::Result<StringViewArray> {
    Ok(column(batch, name, &DataType::Utf8View)?.as_string_view().clone())
}

fn column(batch: &RecordBatch, name: &str, data_type: &DataType) -> anyhow::Result<ArrayRef> {
    let array = batch.column_by_name(name).with_context(|| missing(name))?;
    Ok(cast(array, data_type)?)
}

fn missing(name: &str) -> String {
    format!("the answer has no column `{name}`")
}
