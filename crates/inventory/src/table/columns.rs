//! Which columns the tables have, in their order.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    Fact, FlowLog, Instance, Interface, NatGateway, Peer, PrefixList, SecurityGroup,
    SecurityGroupRule, Subnet, Vpc,
};

use super::column::Access::{Flag, Int, Tags, Text, Time, Value, Values};
use super::column::{Column, Row};
use crate::{Error, Kind, Result};

impl Row for Interface {
    const TABLE: &'static str = Kind::Interface.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "interface_type",
            access: Text(
                |it| &it.interface_type,
                |it, value| value.clone_into(&mut it.interface_type),
            ),
        },
        Column {
            name: "description",
            access: Text(|it| &it.description, |it, value| value.clone_into(&mut it.description)),
        },
        Column {
            name: "service",
            access: Text(|it| &it.service, |it, value| value.clone_into(&mut it.service)),
        },
        Column {
            name: "status",
            access: Text(|it| &it.status, |it, value| value.clone_into(&mut it.status)),
        },
        Column {
            name: "primary_address",
            access: Value(
                |it| it.primary_address.map(|it| it.to_string()),
                |it, value| {
                    it.primary_address = value.parse().ok();
                    it.primary_address.is_some()
                },
            ),
        },
        Column {
            name: "private_addresses",
            access: Values(
                |it| told(&it.private_addresses),
                |it, value| add(&mut it.private_addresses, value),
            ),
        },
        Column {
            name: "ipv6_addresses",
            access: Values(
                |it| told(&it.ipv6_addresses),
                |it, value| add(&mut it.ipv6_addresses, value),
            ),
        },
        Column {
            name: "prefixes",
            access: Values(|it| told(&it.prefixes), |it, value| add_cidr(&mut it.prefixes, value)),
        },
        Column {
            name: "public_addresses",
            access: Values(
                |it| told(&it.public_addresses),
                |it, value| add(&mut it.public_addresses, value),
            ),
        },
        Column {
            name: "subnet_id",
            access: Text(|it| &it.subnet_id, |it, value| value.clone_into(&mut it.subnet_id)),
        },
        Column {
            name: "vpc_id",
            access: Text(|it| &it.vpc_id, |it, value| value.clone_into(&mut it.vpc_id)),
        },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
        },
        Column {
            name: "instance_id",
            access: Text(|it| &it.instance_id, |it, value| value.clone_into(&mut it.instance_id)),
        },
        Column {
            name: "security_group_ids",
            access: Values(
                |it| it.security_group_ids.clone(),
                |it, value| add(&mut it.security_group_ids, value),
            ),
        },
        Column {
            name: "is_requester_managed",
            access: Flag(|it| it.is_requester_managed, |it, value| it.is_requester_managed = value),
        },
        Column {
            name: "has_source_dest_check",
            access: Flag(
                |it| it.has_source_dest_check,
                |it, value| it.has_source_dest_check = value,
            ),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

impl Row for SecurityGroup {
    const TABLE: &'static str = Kind::SecurityGroup.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "name",
            access: Text(|it| &it.name, |it, value| value.clone_into(&mut it.name)),
        },
        Column {
            name: "description",
            access: Text(|it| &it.description, |it, value| value.clone_into(&mut it.description)),
        },
        Column {
            name: "vpc_id",
            access: Text(|it| &it.vpc_id, |it, value| value.clone_into(&mut it.vpc_id)),
        },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

/// A rule as a row: its peer is in one of three columns.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleRow {
    id: String,
    group_id: String,
    is_egress: bool,
    protocol: Option<i32>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr: Option<Cidr>,
    prefix_list_id: String,
    referenced_group_id: String,
    description: String,
}

impl Row for RuleRow {
    const TABLE: &'static str = Kind::SecurityGroupRule.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "group_id",
            access: Text(|it| &it.group_id, |it, value| value.clone_into(&mut it.group_id)),
        },
        Column {
            name: "is_egress",
            access: Flag(|it| it.is_egress, |it, value| it.is_egress = value),
        },
        Column {
            name: "protocol",
            access: Int(|it| it.protocol, |it, value| it.protocol = Some(value)),
        },
        Column {
            name: "from_port",
            access: Int(|it| it.from_port, |it, value| it.from_port = Some(value)),
        },
        Column {
            name: "to_port",
            access: Int(|it| it.to_port, |it, value| it.to_port = Some(value)),
        },
        Column {
            name: "cidr",
            access: Value(
                |it| it.cidr.map(|it| it.to_string()),
                |it, value| {
                    it.cidr = Cidr::parse(value);
                    it.cidr.is_some()
                },
            ),
        },
        Column {
            name: "prefix_list_id",
            access: Text(
                |it| &it.prefix_list_id,
                |it, value| value.clone_into(&mut it.prefix_list_id),
            ),
        },
        Column {
            name: "referenced_group_id",
            access: Text(
                |it| &it.referenced_group_id,
                |it, value| value.clone_into(&mut it.referenced_group_id),
            ),
        },
        Column {
            name: "description",
            access: Text(|it| &it.description, |it, value| value.clone_into(&mut it.description)),
        },
    ];
}

impl Row for PrefixList {
    const TABLE: &'static str = Kind::PrefixList.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "name",
            access: Text(|it| &it.name, |it, value| value.clone_into(&mut it.name)),
        },
        Column {
            name: "owner_id",
            access: Text(|it| &it.owner_id, |it, value| value.clone_into(&mut it.owner_id)),
        },
        Column {
            name: "entries",
            access: Values(|it| told(&it.entries), |it, value| add_cidr(&mut it.entries, value)),
        },
    ];
}

impl Row for Subnet {
    const TABLE: &'static str = Kind::Subnet.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "vpc_id",
            access: Text(|it| &it.vpc_id, |it, value| value.clone_into(&mut it.vpc_id)),
        },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "availability_zone",
            access: Text(
                |it| &it.availability_zone,
                |it, value| value.clone_into(&mut it.availability_zone),
            ),
        },
        Column {
            name: "cidrs",
            access: Values(|it| told(&it.cidrs), |it, value| add_cidr(&mut it.cidrs, value)),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

impl Row for Vpc {
    const TABLE: &'static str = Kind::Vpc.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "cidrs",
            access: Values(|it| told(&it.cidrs), |it, value| add_cidr(&mut it.cidrs, value)),
        },
        Column {
            name: "is_default",
            access: Flag(|it| it.is_default, |it, value| it.is_default = value),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

impl Row for NatGateway {
    const TABLE: &'static str = Kind::NatGateway.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "vpc_id",
            access: Text(|it| &it.vpc_id, |it, value| value.clone_into(&mut it.vpc_id)),
        },
        Column {
            name: "subnet_id",
            access: Text(|it| &it.subnet_id, |it, value| value.clone_into(&mut it.subnet_id)),
        },
        Column {
            name: "interface_ids",
            access: Values(
                |it| it.interface_ids.clone(),
                |it, value| add(&mut it.interface_ids, value),
            ),
        },
        Column {
            name: "private_addresses",
            access: Values(
                |it| told(&it.private_addresses),
                |it, value| add(&mut it.private_addresses, value),
            ),
        },
        Column {
            name: "public_addresses",
            access: Values(
                |it| told(&it.public_addresses),
                |it, value| add(&mut it.public_addresses, value),
            ),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

impl Row for Instance {
    const TABLE: &'static str = Kind::Instance.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "name",
            access: Text(|it| &it.name, |it, value| value.clone_into(&mut it.name)),
        },
        Column {
            name: "instance_type",
            access: Text(
                |it| &it.instance_type,
                |it, value| value.clone_into(&mut it.instance_type),
            ),
        },
        Column {
            name: "vpc_id",
            access: Text(|it| &it.vpc_id, |it, value| value.clone_into(&mut it.vpc_id)),
        },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "interface_ids",
            access: Values(
                |it| it.interface_ids.clone(),
                |it, value| add(&mut it.interface_ids, value),
            ),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

impl Row for FlowLog {
    const TABLE: &'static str = Kind::FlowLog.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "resource_id",
            access: Text(|it| &it.resource_id, |it, value| value.clone_into(&mut it.resource_id)),
        },
        Column {
            name: "traffic_type",
            access: Text(|it| &it.traffic_type, |it, value| value.clone_into(&mut it.traffic_type)),
        },
        Column {
            name: "status",
            access: Text(|it| &it.status, |it, value| value.clone_into(&mut it.status)),
        },
        Column {
            name: "deliver_status",
            access: Text(
                |it| &it.deliver_status,
                |it, value| value.clone_into(&mut it.deliver_status),
            ),
        },
        Column {
            name: "deliver_error",
            access: Text(
                |it| &it.deliver_error,
                |it, value| value.clone_into(&mut it.deliver_error),
            ),
        },
        Column {
            name: "destination_type",
            access: Text(
                |it| &it.destination_type,
                |it, value| value.clone_into(&mut it.destination_type),
            ),
        },
        Column {
            name: "destination",
            access: Text(|it| &it.destination, |it, value| value.clone_into(&mut it.destination)),
        },
        Column {
            name: "log_format",
            access: Text(|it| &it.log_format, |it, value| value.clone_into(&mut it.log_format)),
        },
        Column {
            name: "aggregation_interval_s",
            access: Int(
                |it| Some(it.aggregation_interval_s),
                |it, value| it.aggregation_interval_s = value,
            ),
        },
        Column {
            name: "created",
            access: Time(|it| it.created_us, |it, value| it.created_us = Some(value)),
        },
        Column { name: "tags", access: Tags(|it| &it.tags, |it, value| it.tags = value) },
    ];
}

/// Returns rules as rows.
pub(super) fn rows(facts: &[Fact<SecurityGroupRule>]) -> Vec<Fact<RuleRow>> {
    let row = |fact: &Fact<SecurityGroupRule>| Fact {
        validity: fact.validity,
        source: fact.source.clone(),
        value: row(&fact.value),
    };
    facts.iter().map(row).collect()
}

fn row(rule: &SecurityGroupRule) -> RuleRow {
    let mut row = RuleRow {
        id: rule.id.clone(),
        group_id: rule.group_id.clone(),
        is_egress: rule.is_egress,
        protocol: rule.protocol.map(i32::from),
        from_port: rule.from_port,
        to_port: rule.to_port,
        description: rule.description.clone(),
        ..RuleRow::default()
    };
    match &rule.peer {
        Peer::Cidr(cidr) => row.cidr = Some(*cidr),
        Peer::PrefixList(id) => row.prefix_list_id.clone_from(id),
        Peer::SecurityGroup(id) => row.referenced_group_id.clone_from(id),
    }
    row
}

/// Returns the rule of a row.
pub(super) fn rule(fact: Fact<RuleRow>) -> Result<Fact<SecurityGroupRule>> {
    let Fact { validity, source, value: row } = fact;
    let protocol = row.protocol.map(u8::try_from).transpose().map_err(|_| Error::Value {
        table: RuleRow::TABLE,
        column: "protocol",
        value: row.protocol.unwrap_or_default().to_string(),
    })?;
    let peer = match row.cidr {
        Some(cidr) => Peer::Cidr(cidr),
        None if row.prefix_list_id.is_empty() => Peer::SecurityGroup(row.referenced_group_id),
        None => Peer::PrefixList(row.prefix_list_id),
    };
    let value = SecurityGroupRule {
        id: row.id,
        group_id: row.group_id,
        is_egress: row.is_egress,
        protocol,
        from_port: row.from_port,
        to_port: row.to_port,
        peer,
        description: row.description,
    };
    Ok(Fact { validity, source, value })
}

fn told(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Adds what `text` says; returns whether it says anything.
fn add<T: std::str::FromStr>(values: &mut Vec<T>, text: &str) -> bool {
    let value = text.parse().ok();
    let is_known = value.is_some();
    values.extend(value);
    is_known
}

fn add_cidr(cidrs: &mut Vec<Cidr>, text: &str) -> bool {
    let cidr = Cidr::parse(text);
    cidrs.extend(cidr);
    cidr.is_some()
}
