//! What a field that is not logged costs.
//!
//! A format cannot be changed: a flow log with other fields is a new one.

use tidegate_model::field;

/// How much a field matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Without it, questions stay open or answers become guesses.
    Needed,
    /// Without it, answers take longer, or come from the inventory.
    Useful,
}

/// What is lost without a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// AWS's name of the field.
    pub field: &'static str,
    /// How much that matters.
    pub weight: Weight,
    /// What is lost, in words.
    pub costs: &'static str,
}

use Weight::{Needed, Useful};

/// One row for each field of [`field::RECOMMENDED_FORMAT`], in its order.
#[rustfmt::skip]
pub const LOSSES: &[Loss] = &[
    l("version", Useful, "the format's version, by which other readers choose how to read"),
    l("account-id", Useful, "whose interface it is, where several accounts deliver to one place"),
    l("interface-id", Needed, "which interface saw it: no security group, no direction, no advice"),
    l("srcaddr", Needed, "who sent: nearly every question"),
    l("dstaddr", Needed, "who received: nearly every question"),
    l("srcport", Needed, "which end is the service, where nothing else tells"),
    l("dstport", Needed, "which service was asked for, and so which rule was used"),
    l("protocol", Needed, "which rule was used: TCP, UDP and ICMP look the same"),
    l("packets", Useful, "whether a connection was more than an attempt"),
    l("bytes", Useful, "volumes, and whether a connection was more than an attempt"),
    l("start", Needed, "when it began: windows, and the groups of that time"),
    l("end", Useful, "when it ended"),
    l("action", Needed, "whether it was let through"),
    l("log-status", Needed, "holes (SKIPDATA) and proof of silence (NODATA): unused cannot be told from unseen"),
    l("vpc-id", Useful, "the VPC without the inventory"),
    l("subnet-id", Useful, "the subnet without the inventory"),
    l("instance-id", Useful, "the instance without the inventory"),
    l("tcp-flags", Needed, "who opened the connection, and whether it was answered: a scan looks like use"),
    l("type", Useful, "IPv4 and IPv6 apart from EFA"),
    l("pkt-srcaddr", Needed, "the true sender behind NAT gateways, load balancers, pods: sources are judged by the hop"),
    l("pkt-dstaddr", Needed, "the true receiver behind NAT gateways, secondary addresses, pods"),
    l("region", Useful, "the region, where several deliver to one place"),
    l("az-id", Useful, "traffic between Availability Zones, which costs money"),
    l("sublocation-type", Useful, "Outposts, Local Zones and Wavelength Zones apart"),
    l("sublocation-id", Useful, "which Outpost, Local Zone or Wavelength Zone"),
    l("pkt-src-aws-service", Useful, "AWS's own services as senders, by AWS's word"),
    l("pkt-dst-aws-service", Useful, "AWS's own services as receivers, by AWS's word"),
    l("flow-direction", Needed, "incoming or outgoing, as a fact: without it, a guess from addresses"),
    l("traffic-path", Useful, "by which gateway it left"),
    l("reject-reason", Useful, "whether block public access or encryption controls rejected it, not a rule"),
];

/// Returns what a format leaves out: names of fields, as in `${version} ...`.
#[must_use]
pub fn missing(log_format: &str) -> Vec<&'static Loss> {
    let has: Vec<usize> = names(log_format).iter().filter_map(|it| field::find(it)).collect();
    let is_missing = |it: &&Loss| field::find(it.field).is_some_and(|index| !has.contains(&index));
    LOSSES.iter().filter(is_missing).collect()
}

/// Returns the names of a format; those of the default format if it is empty.
#[must_use]
pub fn names(log_format: &str) -> Vec<&str> {
    let is_mark = |it: char| it.is_whitespace() || matches!(it, '$' | '{' | '}' | ',');
    let names: Vec<&str> = log_format.split(is_mark).filter(|it| !it.is_empty()).collect();
    if names.is_empty() { field::DEFAULT_FORMAT.to_vec() } else { names }
}

/// Returns a format as AWS wants it: `${version} ${account-id} ...`.
#[must_use]
pub fn log_format(names: &[&str]) -> String {
    names.iter().map(|it| format!("${{{it}}}")).collect::<Vec<_>>().join(" ")
}

const fn l(field: &'static str, weight: Weight, costs: &'static str) -> Loss {
    Loss { field, weight, costs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str]) -> String {
        let missing = missing(&log_format(names));
        let needed = missing.iter().filter(|it| it.weight == Needed);
        needed.map(|it| it.field).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_recommended_field_has_its_row() {
        let fields: Vec<&str> = LOSSES.iter().map(|it| it.field).collect();
        assert_eq!(fields, field::RECOMMENDED_FORMAT);
    }

    #[test]
    fn what_a_format_leaves_out_is_named() {
        let default = field::DEFAULT_FORMAT;
        assert_eq!(check(default), "tcp-flags pkt-srcaddr pkt-dstaddr flow-direction");
        assert_eq!(check(field::RECOMMENDED_FORMAT), "");
        assert_eq!(missing(&log_format(field::RECOMMENDED_FORMAT)), Vec::<&Loss>::new());
        // Nothing said means the default format, and two blanks are one.
        assert_eq!(missing(""), missing(&log_format(default)));
        assert_eq!(names("${version}  ${account-id}"), ["version", "account-id"]);
        assert_eq!(log_format(&["version", "type"]), "${version} ${type}");
    }
}
