//! Which columns the tables have, in their order.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, NatGateway, PrefixList, SecurityGroup,
    Subnet, Vpc,
};

use super::column::Access::{Int, Known, Time, Value, Values};
use super::column::{Column, Row};
use crate::Kind;

impl Row for Interface {
    const TABLE: &'static str = Kind::Interface.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("interface_type", |it| &it.interface_type, |it| &mut it.interface_type),
        Column::text("description", |it| &it.description, |it| &mut it.description),
        Column::text("service", |it| &it.service, |it| &mut it.service),
        Column::text("status", |it| &it.status, |it| &mut it.status),
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
        Column::text("subnet_id", |it| &it.subnet_id, |it| &mut it.subnet_id),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column::text("instance_id", |it| &it.instance_id, |it| &mut it.instance_id),
        Column {
            name: "security_group_ids",
            access: Values(
                |it| it.security_group_ids.clone(),
                |it, value| add(&mut it.security_group_ids, value),
            ),
        },
        Column::flag(
            "is_requester_managed",
            |it| &it.is_requester_managed,
            |it| &mut it.is_requester_managed,
        ),
        Column::flag(
            "has_source_dest_check",
            |it| &it.has_source_dest_check,
            |it| &mut it.has_source_dest_check,
        ),
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for SecurityGroup {
    const TABLE: &'static str = Kind::SecurityGroup.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("name", |it| &it.name, |it| &mut it.name),
        Column::text("description", |it| &it.description, |it| &mut it.description),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for PrefixList {
    const TABLE: &'static str = Kind::PrefixList.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("name", |it| &it.name, |it| &mut it.name),
        Column::text("owner_id", |it| &it.owner_id, |it| &mut it.owner_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
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
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column::text(
            "availability_zone",
            |it| &it.availability_zone,
            |it| &mut it.availability_zone,
        ),
        Column {
            name: "cidrs",
            access: Values(|it| told(&it.cidrs), |it, value| add_cidr(&mut it.cidrs, value)),
        },
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for Vpc {
    const TABLE: &'static str = Kind::Vpc.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column {
            name: "cidrs",
            access: Values(|it| told(&it.cidrs), |it, value| add_cidr(&mut it.cidrs, value)),
        },
        Column::flag("is_default", |it| &it.is_default, |it| &mut it.is_default),
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for NatGateway {
    const TABLE: &'static str = Kind::NatGateway.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column::text("subnet_id", |it| &it.subnet_id, |it| &mut it.subnet_id),
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
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for Instance {
    const TABLE: &'static str = Kind::Instance.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("name", |it| &it.name, |it| &mut it.name),
        Column::text("instance_type", |it| &it.instance_type, |it| &mut it.instance_type),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column {
            name: "interface_ids",
            access: Values(
                |it| it.interface_ids.clone(),
                |it, value| add(&mut it.interface_ids, value),
            ),
        },
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for FlowLog {
    const TABLE: &'static str = Kind::FlowLog.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("resource_id", |it| &it.resource_id, |it| &mut it.resource_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
        Column::text("traffic_type", |it| &it.traffic_type, |it| &mut it.traffic_type),
        Column::text("status", |it| &it.status, |it| &mut it.status),
        Column::text("deliver_status", |it| &it.deliver_status, |it| &mut it.deliver_status),
        Column::text("deliver_error", |it| &it.deliver_error, |it| &mut it.deliver_error),
        Column::text("destination_type", |it| &it.destination_type, |it| &mut it.destination_type),
        Column::text("destination", |it| &it.destination, |it| &mut it.destination),
        Column::text("log_format", |it| &it.log_format, |it| &mut it.log_format),
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
        Column::tags("tags", |it| &it.tags, |it| &mut it.tags),
    ];
}

impl Row for Function {
    const TABLE: &'static str = Kind::Function.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("name", |it| &it.name, |it| &mut it.name),
        Column::text("vpc_id", |it| &it.vpc_id, |it| &mut it.vpc_id),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
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
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("group_id", |it| &it.group_id, |it| &mut it.group_id),
        Column::text(
            "referencing_vpc_id",
            |it| &it.referencing_vpc_id,
            |it| &mut it.referencing_vpc_id,
        ),
        Column::text(
            "peering_connection_id",
            |it| &it.peering_connection_id,
            |it| &mut it.peering_connection_id,
        ),
        Column::text(
            "transit_gateway_id",
            |it| &it.transit_gateway_id,
            |it| &mut it.transit_gateway_id,
        ),
        Column::text("account_id", |it| &it.account_id, |it| &mut it.account_id),
        Column::text("region", |it| &it.region, |it| &mut it.region),
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
