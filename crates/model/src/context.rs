//! The columns that a record gains beside what AWS wrote: its context.
//!
//! One row here is one column of the table. How the values come about is the crate `enrich`. What AWS
//! wrote is never changed; where it wrote nothing, `account_id`, `vpc_id`, `subnet_id`, `instance_id` and
//! `interface_type` are filled from the inventory, and `filled_fields` says so.

use arrow_schema::{DataType, Field};
use std::sync::Arc;

use ContextKind::{Flag, Float, Lists, Number, Text};

/// How the value of a column of context is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContextKind {
    /// Text.
    Text,
    /// A list of text.
    Lists,
    /// Yes or no.
    Flag,
    /// A whole number of 64 bits.
    Number,
    /// A number.
    Float,
}

impl ContextKind {
    /// Returns the Arrow type of the column, as stored and as seen in SQL.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Text => DataType::Utf8,
            Lists => DataType::List(Arc::new(Field::new("element", DataType::Utf8, true))),
            Flag => DataType::Boolean,
            Number => DataType::Int64,
            Float => DataType::Float64,
        }
    }
}

/// One column of context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextColumn {
    /// The column's name.
    pub name: &'static str,
    /// How the value is stored.
    pub kind: ContextKind,
    /// What the value means, in a sentence.
    pub doc: &'static str,
}

/// Every column of context, in the order of the table.
#[rustfmt::skip]
pub const CONTEXT: &[ContextColumn] = &[
    c("direction", Text, "Relative to the interface: ingress, egress, internal (both ends are its own), transit (neither is), unknown."),
    c("direction_source", Text, "How the direction is known: aws, inventory, learned, none."),
    c("initiator", Text, "The side of this record that opened the connection: src, dst, unknown."),
    c("initiator_source", Text, "How the initiator is known: syn, connection, nat, one-sided, reset, first, service, port, none."),
    c("initiator_confidence", Float, "How sure that is, from 0.5 to 1."),
    c("flow_log_id", Text, "The flow log that published the record, from the object's name."),
    c("vantage", Text, "The role of this record among the views of its conversation: sender, receiver, transit, duplicate, unknown."),
    c("counted", Flag, "Whether sums count this record: of all views of the same packets, one is counted."),
    c("nacl_asymmetric", Flag, "Whether one way of the conversation was accepted and the other rejected, which only a network ACL does."),
    c("reject_cause", Text, "Why a rejected record was rejected, as far as data can tell: security-group, nacl, security-group-or-nacl, block-public-access, encryption-control, late-packet, unknown."),
    c("interface_service", Text, "The service that the interface belongs to: nat-gateway, alb, rds, ..."),
    c("filled_fields", Lists, "Which of AWS's columns have their value from the inventory, because AWS wrote none."),
    c("security_group_ids", Lists, "The security groups of the interface at the time of the record."),
    c("peer_interface_id", Text, "The interface at the other end, if it is one of ours."),
    c("peer_security_group_ids", Lists, "The security groups of the interface at the other end, at the time of the record."),
    c("src_country_code", Text, "Country of the source: ISO 3166-1, two letters."),
    c("src_country_name", Text, "Country of the source."),
    c("src_region_code", Text, "Region of the source: ISO 3166-2, without the country."),
    c("src_region_name", Text, "Region of the source."),
    c("src_city", Text, "City of the source."),
    c("src_latitude", Float, "Latitude of the source."),
    c("src_longitude", Float, "Longitude of the source."),
    c("src_as_number", Number, "Number of the autonomous system of the source."),
    c("src_as_name", Text, "Name of the autonomous system of the source."),
    c("src_aws_service", Text, "AWS's service whose range holds the source."),
    c("src_aws_region", Text, "AWS's region whose range holds the source."),
    c("dst_country_code", Text, "Country of the destination: ISO 3166-1, two letters."),
    c("dst_country_name", Text, "Country of the destination."),
    c("dst_region_code", Text, "Region of the destination: ISO 3166-2, without the country."),
    c("dst_region_name", Text, "Region of the destination."),
    c("dst_city", Text, "City of the destination."),
    c("dst_latitude", Float, "Latitude of the destination."),
    c("dst_longitude", Float, "Longitude of the destination."),
    c("dst_as_number", Number, "Number of the autonomous system of the destination."),
    c("dst_as_name", Text, "Name of the autonomous system of the destination."),
    c("dst_aws_service", Text, "AWS's service whose range holds the destination."),
    c("dst_aws_region", Text, "AWS's region whose range holds the destination."),
];

const fn c(name: &'static str, kind: ContextKind, doc: &'static str) -> ContextColumn {
    ContextColumn { name, kind, doc }
}

/// Returns the column of context called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static ContextColumn> {
    CONTEXT.iter().find(|it| it.name == name)
}
