//! The questions to the engine: everything that can be added up is added up there.
//!
//! A flow is asked for by who opened it. `opened` and `arriving` say for a record whether its source
//! opened the connection, and whether it arrives at the interface; usually they are what the columns
//! `initiator` and `direction` say, and where these are not sure, what they might say.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat};
use tidegate_advise::services::Service;
use tidegate_advise::study::{Doubtful, SURE_PERCENT};
use tidegate_model::inventory::Validity;

/// Interfaces that a question names one by one; of more, all are asked for.
const INTERFACES_NAMED_MAX: usize = 1_000;

/// Rejected flows that are looked at.
const REJECTED_MAX: usize = 1_000_000;

/// How a record is read.
#[derive(Clone, Copy, Debug)]
struct Reading<'a> {
    /// Whether the source opened.
    opened: &'a str,
    /// Whether it arrives.
    arriving: &'a str,
    /// Which records.
    filter: &'a str,
}

const AS_SAID: Reading<'_> = Reading {
    opened: "initiator = 'src'",
    arriving: "direction = 'ingress'",
    filter: "action = 'ACCEPT' AND initiator IN ('src', 'dst') \
             AND direction IN ('ingress', 'egress')",
};

/// Rejected by groups, as far as is known.
const REJECTED: Reading<'_> = Reading {
    filter: "action = 'REJECT' AND initiator IN ('src', 'dst') \
             AND direction IN ('ingress', 'egress') \
             AND reject_cause IN ('security-group', 'security-group-or-nacl')",
    ..AS_SAID
};

/// Returns the first and the last moment of records, and how many there are.
pub(super) fn bounds() -> String {
    "SELECT min(start) AS first, max(start) AS last, count(*) AS n FROM flows".to_owned()
}

/// Returns the question for accepted flows, cut at some moments.
pub(super) fn accepted(window: Validity, splits: &[i64]) -> String {
    flows(&AS_SAID, window, splits, "")
}

/// Returns the question for what each interface has of each day.
pub(super) fn days(window: Validity) -> String {
    let sum =
        |name: &str, condition: &str| format!("count(*) FILTER (WHERE {condition}) AS {name}");
    let is_accept = "action = 'ACCEPT'";
    let sums = [
        sum("n_accept", is_accept),
        sum("n_reject", "action = 'REJECT'"),
        sum("n_nodata", "log_status = 'NODATA'"),
        sum("n_skipdata", "log_status = 'SKIPDATA'"),
        "sum(epoch_seconds(\"end\") - epoch_seconds(start)) \
         FILTER (WHERE log_status = 'SKIPDATA') AS skipped_s"
            .to_owned(),
        sum("n_unsure", &format!("{is_accept} AND ({})", unsure())),
        sum("n_unknown", &format!("{is_accept} AND {UNKNOWN}")),
        sum("n_undirected", &format!("{is_accept} AND {UNDIRECTED}")),
    ];
    format!(
        "SELECT interface_id, date, {} FROM flows WHERE interface_id IS NOT NULL AND {} \
         GROUP BY interface_id, date",
        sums.join(", "),
        within(window),
    )
}

/// Which records have no direction.
const UNDIRECTED: &str = "(direction IS NULL OR direction NOT IN ('ingress', 'egress'))";

/// Which records do not tell who opened.
const UNKNOWN: &str = "(initiator IS NULL OR initiator = 'unknown')";

/// Which records are not sure who opened.
fn unsure() -> String {
    let sure = f64::from(SURE_PERCENT) / 100.0;
    format!("{UNKNOWN} OR initiator_confidence < {sure:.2}")
}

/// How many records there are of which something is not sure.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "counts begin with n")]
pub(super) struct Unsure {
    pub(super) n_unsure: u64,
    pub(super) n_unknown: u64,
    pub(super) n_undirected: u64,
}

/// Returns the questions for accepted flows as they would be if others had opened them, or if they
/// had gone the other way.
pub(super) fn doubtful(window: Validity, wanted: &[Doubtful], unsure: Unsure) -> Vec<String> {
    let mut questions = Vec::new();
    if wanted.is_empty() {
        return questions;
    }
    let is_way = "direction IN ('ingress', 'egress')";
    let arriving = AS_SAID.arriving;
    let mut ask = |opened: &str, arriving: &str, filter: &str| {
        let filter = format!("action = 'ACCEPT' AND {filter}");
        let reading = Reading { opened, arriving, filter: &filter };
        questions.push(flows(&reading, window, &[], &named(wanted, &reading)));
    };
    if unsure.n_unsure > 0 {
        let flipped = "coalesce(initiator, 'unknown') <> 'src'";
        ask(flipped, arriving, &format!("{is_way} AND ({})", self::unsure()));
    }
    if unsure.n_unknown > 0 {
        ask("false", arriving, &format!("{is_way} AND {UNKNOWN}"));
    }
    if unsure.n_undirected > 0 {
        let undirected_unsure = format!("{UNDIRECTED} AND ({})", self::unsure());
        for arriving in ["true", "false"] {
            ask("coalesce(initiator, 'unknown') <> 'dst'", arriving, UNDIRECTED);
            ask("coalesce(initiator, 'unknown') = 'dst'", arriving, &undirected_unsure);
        }
    }
    questions
}

/// Returns the question for rejected flows inside that repeat.
pub(super) fn rejected(window: Validity) -> String {
    let repeated = format!("HAVING count(*) >= {}", tidegate_advise::missing::REJECTS_MIN);
    let inside = Reading {
        filter: &format!("{} AND is_private({})", REJECTED.filter, peer(REJECTED.arriving)),
        ..REJECTED
    };
    format!("{} {repeated} LIMIT {REJECTED_MAX}", flows(&inside, window, &[], ""))
}

/// Returns the question for all rejected flows of some interfaces.
pub(super) fn rejected_at(window: Validity, interface_ids: &[String]) -> String {
    let filter = among(interface_ids).unwrap_or_default();
    format!("{} LIMIT {REJECTED_MAX}", flows(&REJECTED, window, &[], &filter))
}

/// Returns a question for flows.
fn flows(reading: &Reading<'_>, window: Validity, splits: &[i64], also: &str) -> String {
    let Reading { opened, arriving, filter } = reading;
    let opened = format!("({opened})");
    let arriving = format!("({arriving})");
    let size = "(bytes + packets - 1) / nullif(packets, 0)";
    let count = |condition: &str| format!("count(*) FILTER (WHERE {condition})");
    let opening =
        format!("{opened} AND (protocol <> 6 OR tcp_flags IS NULL OR tcp_flags & 18 = 2)");
    let (group, keys) = match part(splits) {
        None => (String::new(), "1, 2, 3, 4, 5"),
        Some(part) => (format!(", {part} AS part"), "1, 2, 3, 4, 5, 6"),
    };
    let also = if also.is_empty() { String::new() } else { format!(" AND {also}") };
    format!(
        "SELECT interface_id, {opened} <> {arriving} AS is_egress, protocol, {port} AS port, \
         {peer} AS peer{group}, \
         min(start) AS first, max(\"end\") AS last, \
         min({client_port}) AS from_port, max({client_port}) AS to_port, \
         max(initiator_confidence) AS confidence, \
         count(*) AS n_records, {n_connections} AS n_connections, \
         {n_replies} AS n_replies, {n_answers} AS n_answers, \
         max({size}) FILTER (WHERE {opened}) AS request_size, \
         max({size}) FILTER (WHERE NOT {opened}) AS reply_size, \
         sum(bytes) AS bytes \
         FROM flows \
         WHERE {filter} AND {within}{also} \
         GROUP BY {keys}",
        port = format_args!("CASE WHEN {opened} THEN dstport ELSE srcport END"),
        client_port = format_args!("CASE WHEN {opened} THEN srcport ELSE dstport END"),
        peer = peer(&arriving),
        n_connections = count(&opening),
        n_replies = count(&format!("NOT {opened}")),
        n_answers = count(&format!("NOT {opened} AND tcp_flags & 7 <> 4")),
        within = within(window),
    )
}

/// Returns the address at the other end.
fn peer(arriving: &str) -> String {
    format!(
        "CASE WHEN {arriving} THEN coalesce(pkt_srcaddr, srcaddr) \
         ELSE coalesce(pkt_dstaddr, dstaddr) END"
    )
}

/// Returns which part of the window a record is in, if it is cut.
fn part(splits: &[i64]) -> Option<String> {
    let mut text = String::new();
    for (index, moment_us) in splits.iter().enumerate() {
        // Writing into a text cannot fail.
        write!(text, " WHEN start < {} THEN {index}", time(*moment_us)).ok()?;
    }
    (!text.is_empty()).then(|| format!("CASE{text} ELSE {} END", splits.len()))
}

fn within(window: Validity) -> String {
    format!("start >= {} AND start < {}", time(window.from_us), time(window.until_us))
}

fn time(moment_us: i64) -> String {
    let moment = DateTime::from_timestamp_micros(moment_us).unwrap_or_default();
    format!("TIMESTAMP '{}'", moment.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Returns the condition that a record is about what is wanted.
fn named(wanted: &[Doubtful], reading: &Reading<'_>) -> String {
    let part = |it: &Doubtful| {
        let services: Vec<String> = it.services.iter().map(|it| service(*it, reading)).collect();
        let services = format!("({})", services.join(" OR "));
        match among(&it.interface_ids) {
            Some(interfaces) => format!("({interfaces} AND {services})"),
            None => services,
        }
    };
    let parts: Vec<String> = wanted.iter().map(part).collect();
    format!("({})", parts.join(" OR "))
}

fn service(service: Service, reading: &Reading<'_>) -> String {
    let Reading { opened, arriving, .. } = reading;
    let sign = if service.is_egress { "<>" } else { "=" };
    let mut conditions = vec![format!("(({opened}) {sign} ({arriving}))")];
    conditions.extend(service.protocol.map(|it| format!("protocol = {it}")));
    if (service.from_port, service.to_port) != (0, u16::MAX) {
        let Service { from_port, to_port, .. } = service;
        let port = format!("CASE WHEN {opened} THEN dstport ELSE srcport END");
        conditions.push(format!("{port} BETWEEN {from_port} AND {to_port}"));
    }
    format!("({})", conditions.join(" AND "))
}

/// Returns the condition that a record is of one of some interfaces, if they are not too many.
fn among(interface_ids: &[String]) -> Option<String> {
    if interface_ids.len() > INTERFACES_NAMED_MAX {
        return None;
    }
    let ids = interface_ids.iter().map(|it| format!("'{}'", it.replace('\'', "''")));
    let ids: Vec<String> = ids.collect();
    Some(if ids.is_empty() {
        "false".to_owned()
    } else {
        format!("interface_id IN ({})", ids.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Validity = Validity { from_us: 0, until_us: 86_400_000_000 };

    #[test]
    fn flows_are_cut_where_rules_change() {
        let text = accepted(WINDOW, &[3_600_000_000]);
        let part = "CASE WHEN start < TIMESTAMP '1970-01-01T01:00:00.000000Z' THEN 0 ELSE 1 END";
        assert!(text.contains(part), "{text}");
        assert!(text.ends_with("GROUP BY 1, 2, 3, 4, 5, 6"), "{text}");
        assert!(!accepted(WINDOW, &[]).contains("AS part"));
    }

    #[test]
    fn only_what_is_not_sure_is_asked_for_again() {
        let service = Service { is_egress: false, protocol: Some(6), from_port: 22, to_port: 22 };
        let ids = vec!["eni-1".to_owned()];
        let wanted = [Doubtful { interface_ids: ids, services: vec![service] }];
        let none = Unsure::default();
        assert!(doubtful(WINDOW, &wanted, none).is_empty());
        assert!(doubtful(WINDOW, &[], Unsure { n_unsure: 1, ..none }).is_empty());
        let one = doubtful(WINDOW, &wanted, Unsure { n_unsure: 1, ..none });
        assert_eq!(one.len(), 1);
        assert!(one[0].contains("interface_id IN ('eni-1')"), "{}", one[0]);
        assert!(one[0].contains("BETWEEN 22 AND 22"), "{}", one[0]);
        let all = Unsure { n_unsure: 2, n_unknown: 1, n_undirected: 1 };
        let all = doubtful(WINDOW, &wanted, all);
        assert_eq!(all.len(), 6);
        // What has no direction is read both ways too, if the one who opened is a guess.
        let flipped = "(direction IS NULL OR direction NOT IN ('ingress', 'egress')) AND \
                       ((initiator IS NULL OR initiator = 'unknown') OR \
                       initiator_confidence < 0.90)";
        assert_eq!(all.iter().filter(|it| it.contains(flipped)).count(), 2, "{all:#?}");
    }
}
