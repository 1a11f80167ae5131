//! Adds rows up as the program's questions to the engine do.

use std::collections::BTreeMap;
use std::net::IpAddr;

use arrow::array::{
    Array as _, AsArray as _, Float64Array, Int32Array, Int64Array, TimestampMicrosecondArray,
};
use arrow::datatypes::Float64Type;
use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_advise::study::{Doubtful, SURE_PERCENT};
use tidegate_advise::{Counts, Flow, Study};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::inventory::Validity;
use tidegate_network::admit::{Packet, Way};

/// A row with the columns that matter.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) interface_id: String,
    pub(crate) direction: String,
    pub(crate) initiator: String,
    pub(crate) percent: u8,
    pub(crate) protocol: u8,
    pub(crate) ports: [u16; 2],
    pub(crate) ends: [IpAddr; 2],
    pub(crate) packets: i64,
    pub(crate) bytes: i64,
    pub(crate) flags: Option<i32>,
    pub(crate) start_us: i64,
    pub(crate) end_us: i64,
    pub(crate) is_accept: bool,
}

/// Ids of rows, and the values that they mean.
type Text<'a> = (&'a [u32], &'a [String]);

/// The columns that matter, found once.
struct View<'a> {
    columns: &'a Columns,
    texts: Vec<(&'static str, Option<Text<'a>>)>,
    ints: [Option<&'a Int32Array>; 4],
    longs: [Option<&'a Int64Array>; 2],
}

const TEXTS: [&str; 9] = [
    "interface_id",
    "direction",
    "initiator",
    "srcaddr",
    "dstaddr",
    "pkt_srcaddr",
    "pkt_dstaddr",
    "action",
    "log_status",
];

impl<'a> View<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self {
            columns,
            texts: TEXTS.iter().map(|it| (*it, columns.text(it))).collect(),
            ints: ["protocol", "srcport", "dstport", "tcp_flags"].map(|it| columns.int32(it)),
            longs: ["packets", "bytes"].map(|it| columns.int64(it)),
        }
    }

    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        let (ids, values) = self.texts.iter().find(|it| it.0 == name)?.1?;
        (ids[row] != NULL).then(|| values[ids[row] as usize].as_str())
    }

    fn int(&self, at: usize, row: usize) -> Option<i32> {
        self.ints[at].filter(|it| it.is_valid(row)).map(|it| it.value(row))
    }

    fn long(&self, at: usize, row: usize) -> Option<i64> {
        self.longs[at].filter(|it| it.is_valid(row)).map(|it| it.value(row))
    }

    fn address(&self, names: [&str; 2], row: usize) -> Option<IpAddr> {
        self.text(names[0], row).or_else(|| self.text(names[1], row))?.parse().ok()
    }

    /// Returns the row, or none if it has no traffic.
    fn row(&self, percents: &Float64Array, (starts, ends): Times<'_>, row: usize) -> Option<Row> {
        if self.text("log_status", row) != Some("OK") {
            return None;
        }
        let port = |at: usize| Some(u16::try_from(self.int(at, row)?).unwrap());
        Some(Row {
            interface_id: self.text("interface_id", row)?.to_owned(),
            direction: self.text("direction", row)?.to_owned(),
            initiator: self.text("initiator", row)?.to_owned(),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 100"
            )]
            percent: (percents.value(row) * 100.0).round() as u8,
            protocol: u8::try_from(self.int(0, row)?).unwrap(),
            ports: [port(1)?, port(2)?],
            ends: [
                self.address(["pkt_srcaddr", "srcaddr"], row)?,
                self.address(["pkt_dstaddr", "dstaddr"], row)?,
            ],
            packets: self.long(0, row).unwrap_or(0),
            bytes: self.long(1, row).unwrap_or(0),
            flags: self.int(3, row),
            start_us: starts.value(row),
            end_us: ends.value(row),
            is_accept: self.text("action", row) == Some("ACCEPT"),
        })
    }

    fn times(&self) -> Times<'a> {
        (self.columns.time("start").unwrap(), self.columns.time("end").unwrap())
    }
}

type Times<'a> = (&'a TimestampMicrosecondArray, &'a TimestampMicrosecondArray);

/// Returns the flow of one row, if its direction and its opener are known.
fn flow_of(row: &Row, is_opened_by_src: bool) -> Option<(String, Packet, Flow)> {
    let is_arriving = match row.direction.as_str() {
        "ingress" => true,
        "egress" => false,
        _ => return None,
    };
    let way = if is_opened_by_src == is_arriving { Way::Ingress } else { Way::Egress };
    let peer = row.ends[usize::from(!is_arriving)];
    let port = row.ports[usize::from(is_opened_by_src)];
    let packet = Packet { way, protocol: row.protocol, port, peer };
    let header = if peer.is_ipv4() { 40 } else { 60 };
    let is_bare = row.bytes <= row.packets * header;
    let has_payload = row.bytes > row.packets * (header + 40);
    let is_refusal = row.protocol == 6 && is_bare && row.flags.is_none_or(|it| it & 0b111 == 0b100);
    let is_opening = row.flags.is_none_or(|it| row.protocol != 6 || it & 0b1_0010 == 0b10);
    let counts = Counts {
        n_records: 1,
        n_connections: u64::from(is_opened_by_src && is_opening),
        n_replies: u64::from(!is_opened_by_src),
        n_answers: u64::from(!is_opened_by_src && !is_refusal),
        n_payloads: u64::from(is_opened_by_src && has_payload),
        bytes: u64::try_from(row.bytes).unwrap(),
    };
    let client_port = row.ports[usize::from(!is_opened_by_src)];
    let flow = Flow {
        interface: 0,
        packet,
        first_us: row.start_us,
        last_us: row.end_us,
        client_ports: (client_port, client_port),
        percent: row.percent,
        counts,
    };
    Some((row.interface_id.clone(), packet, flow))
}

type Key = (String, bool, u8, u16, IpAddr);

#[derive(Default)]
struct Sums(BTreeMap<Key, Flow>);

impl Sums {
    fn extend(&mut self, flows: impl IntoIterator<Item = (String, Packet, Flow)>) {
        for flow in flows {
            self.add(flow);
        }
    }

    fn add(&mut self, (id, packet, flow): (String, Packet, Flow)) {
        let is_egress = packet.way == Way::Egress;
        let key = (id, is_egress, packet.protocol, packet.port, packet.peer);
        let sum = self.0.entry(key).or_insert(Flow { counts: Counts::default(), ..flow });
        sum.first_us = sum.first_us.min(flow.first_us);
        sum.last_us = sum.last_us.max(flow.last_us);
        sum.client_ports.0 = sum.client_ports.0.min(flow.client_ports.0);
        sum.client_ports.1 = sum.client_ports.1.max(flow.client_ports.1);
        sum.percent = sum.percent.max(flow.percent);
        sum.counts.n_records += flow.counts.n_records;
        sum.counts.n_connections += flow.counts.n_connections;
        sum.counts.n_replies += flow.counts.n_replies;
        sum.counts.n_answers += flow.counts.n_answers;
        sum.counts.n_payloads += flow.counts.n_payloads;
        sum.counts.bytes += flow.counts.bytes;
    }
}

fn percents(columns: &Columns) -> &Float64Array {
    let Some(Column::Plain(percents)) = columns.get("initiator_confidence") else {
        panic!("no confidence")
    };
    percents.as_primitive::<Float64Type>()
}

/// Returns the rows of the window.
pub(crate) fn rows_of(columns: &Columns, window: Validity) -> Vec<Row> {
    let view = View::new(columns);
    let (percents, times) = (percents(columns), view.times());
    let all = (0..columns.n_rows).filter_map(|it| view.row(percents, times, it));
    all.filter(|it| window.contains(it.start_us)).collect()
}

/// Returns the accepted flows of rows of which it is told who opened them.
pub(crate) fn told(
    study: &mut Study<'_>,
    columns: &Columns,
    window: Validity,
    is_opened_by_src: impl Fn(usize) -> Option<bool>,
) -> Vec<Flow> {
    let view = View::new(columns);
    let (percents, times) = (percents(columns), view.times());
    let mut sums = Sums::default();
    for at in 0..columns.n_rows {
        let Some(is_opened_by_src) = is_opened_by_src(at) else { continue };
        let row = view.row(percents, times, at);
        let Some(row) = row.filter(|it| it.is_accept && window.contains(it.start_us)) else {
            continue;
        };
        sums.extend(flow_of(&row, is_opened_by_src));
    }
    let mut flows = Vec::new();
    for ((id, ..), mut flow) in sums.0 {
        flow.interface = study.interface(&id);
        flows.push(flow);
    }
    flows
}

/// Adds the rows to a study: accepted flows, days, then what is doubtful.
pub(crate) fn add_all(study: &mut Study<'_>, columns: &Columns, window: Validity) {
    let rows = rows_of(columns, window);
    let accepted = || rows.iter().filter(|it| it.is_accept);
    let is_sure = |it: &Row| it.initiator != "unknown" && it.percent >= SURE_PERCENT;
    let mut sums = Sums::default();
    for row in accepted().filter(|it| it.initiator != "unknown") {
        sums.extend(flow_of(row, row.initiator == "src"));
    }
    for ((id, ..), mut flow) in sums.0 {
        flow.interface = study.interface(&id);
        study.add(&flow);
    }
    add_days(study, columns, window);
    let wanted = study.doubtful();
    let mut sums = Sums::default();
    for row in accepted().filter(|it| !is_sure(it)) {
        let flips: &[bool] = match row.initiator.as_str() {
            "src" => &[false],
            "dst" => &[true],
            _ => &[true, false],
        };
        let flows = flips.iter().filter_map(|it| flow_of(row, *it));
        flows.filter(|(id, packet, _)| is_wanted(&wanted, id, packet)).for_each(|it| sums.add(it));
    }
    for ((id, ..), mut flow) in sums.0 {
        flow.interface = study.interface(&id);
        study.add_doubtful(&flow);
    }
}

fn is_wanted(wanted: &[Doubtful], id: &str, packet: &Packet) -> bool {
    let is_service = |it: &tidegate_advise::services::Service| {
        it.is_egress == (packet.way == Way::Egress)
            && it.protocol.is_none_or(|it| it == packet.protocol)
            && (it.from_port..=it.to_port).contains(&packet.port)
    };
    wanted.iter().any(|part| {
        part.interface_ids.iter().any(|it| it == id) && part.services.iter().any(is_service)
    })
}

fn add_days(study: &mut Study<'_>, columns: &Columns, window: Validity) {
    let mut days: BTreeMap<(String, i64), Day> = BTreeMap::new();
    let view = View::new(columns);
    let (starts, ends) = view.times();
    for row in 0..columns.n_rows {
        let Some(id) = view.text("interface_id", row) else { continue };
        let (start_us, end_us) = (starts.value(row), ends.value(row));
        if !window.contains(start_us) {
            continue;
        }
        let from_us = start_us - start_us.rem_euclid(DAY_US);
        let day = days.entry((id.to_owned(), from_us)).or_insert(Day { from_us, ..Day::default() });
        match (view.text("log_status", row), view.text("action", row)) {
            (Some("NODATA"), _) => day.n_nodata += 1,
            (Some("SKIPDATA"), _) => {
                day.n_skipdata += 1;
                day.skipped_s += u64::try_from((end_us - start_us) / 1_000_000).unwrap();
            }
            (_, Some("ACCEPT")) => day.n_accept += 1,
            _ => day.n_reject += 1,
        }
    }
    for ((id, _), day) in days {
        let interface = study.interface(&id);
        study.add_day(interface, day);
    }
}
