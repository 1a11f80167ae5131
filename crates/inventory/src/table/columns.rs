//! Which columns the tables have, in their order.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, NatGateway, PrefixList, SecurityGroup,
    Subnet, Vpc,
};

use super::column::Access::{Flag, Int, Known, Tags, Text, Time, Value, Values};
use super::column::{Column, Row};
use crate::Kind;

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
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
        },
        Column {
            name: "entries",
            access: Known(
                |it| it.entries.as_deref().map(told),
                |it| it.entries = Some(Vec::new()),
                |it, value| it.entries.as_mut().is_some_and(|it| add_cidr(it, value)),
            ),
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
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
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
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
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
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
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
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
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
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
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

impl Row for Function {
    const TABLE: &'static str = Kind::Function.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "name",
            access: Text(|it| &it.name, |it, value| value.clone_into(&mut it.name)),
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
            name: "subnet_ids",
            access: Values(|it| it.subnet_ids.clone(), |it, value| add(&mut it.subnet_ids, value)),
        },
        Column {
            name: "security_group_ids",
            access: Values(
                |it| it.security_group_ids.clone(),
                |it, value| add(&mut it.security_group_ids, value),
            ),
        },
    ];
}

impl Row for GroupReference {
    const TABLE: &'static str = Kind::GroupReference.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column { name: "id", access: Text(|it| &it.id, |it, value| value.clone_into(&mut it.id)) },
        Column {
            name: "group_id",
            access: Text(|it| &it.group_id, |it, value| value.clone_into(&mut it.group_id)),
        },
        Column {
            name: "referencing_vpc_id",
            access: Text(
                |it| &it.referencing_vpc_id,
                |it, value| value.clone_into(&mut it.referencing_vpc_id),
            ),
        },
        Column {
            name: "peering_connection_id",
            access: Text(
                |it| &it.peering_connection_id,
                |it, value| value.clone_into(&mut it.peering_connection_id),
            ),
        },
        Column {
            name: "transit_gateway_id",
            access: Text(
                |it| &it.transit_gateway_id,
                |it, value| value.clone_into(&mut it.transit_gateway_id),
            ),
        },
        Column {
            name: "account_id",
            access: Text(|it| &it.account_id, |it, value| value.clone_into(&mut it.account_id)),
        },
        Column {
            name: "region",
            access: Text(|it| &it.region, |it, value| value.clone_into(&mut it.region)),
        },
    ];
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
