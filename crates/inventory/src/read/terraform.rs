//! Terraform state, version 4.
//!
//! State has what Terraform manages and nothing else, as of its last refresh: from what it leaves
//! out nothing follows, and it has no time of its own.

use serde_json::Value;
use tidegate_model::inventory::{
    FlowLog, Instance, Interface, NatGateway, Peer, PrefixList, SecurityGroup, SecurityGroupRule,
    Subnet, Vpc,
};

use super::interface::{settle, sort};
use super::item::{Item, parts_of_arn, region_of_zone};
use super::{Context, Reader, group, service};

/// Reads the instances of one resource.
type ReadInstance = fn(&mut Reader<'_>, &Context, &Item<'_>);

/// The types of resources that are read.
const TYPES: &[(&str, ReadInstance)] = &[
    ("aws_network_interface", read_interface),
    ("aws_security_group", read_group),
    ("aws_default_security_group", read_group),
    ("aws_security_group_rule", read_old_rule),
    ("aws_vpc_security_group_ingress_rule", read_ingress_rule),
    ("aws_vpc_security_group_egress_rule", read_egress_rule),
    ("aws_ec2_managed_prefix_list", read_prefix_list),
    ("aws_subnet", read_subnet),
    ("aws_default_subnet", read_subnet),
    ("aws_vpc", read_vpc),
    ("aws_default_vpc", read_vpc),
    ("aws_nat_gateway", read_nat_gateway),
    ("aws_instance", read_instance),
    ("aws_flow_log", read_flow_log),
];

/// Reads an entry of `resources`; resources of other types, and what is only looked up (`data`), are
/// passed over.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let resource_type = item.text("type");
    let Some((_, read)) = TYPES.iter().find(|it| it.0 == resource_type) else { return };
    if item.text("mode") != "managed" {
        return;
    }
    for instance in item.list("instances") {
        let attributes = instance.child("attributes");
        if attributes.value.is_object() {
            read(reader, context, &attributes);
        } else {
            let reason = format!("the {resource_type} has no `attributes`");
            reader.note(&instance.path, &reason);
        }
    }
}

fn read_interface(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let (_, region) = parts_of_arn(&item.text("arn"));
    let attachments = item.list("attachment");
    let mut interface = Interface {
        id,
        interface_type: item.text("interface_type"),
        description: item.text("description"),
        primary_address: item.address("private_ip", reader),
        subnet_id: item.text("subnet_id"),
        account_id: item.text("owner_id"),
        region,
        instance_id: attachments.first().map(|it| it.text("instance")).unwrap_or_default(),
        security_group_ids: item.texts("security_groups"),
        has_source_dest_check: item.flag("source_dest_check").unwrap_or(true),
        tags: item.tags(&["tags_all", "tags"]),
        ..Interface::default()
    };
    service::of(&interface.interface_type, &interface.description)
        .clone_into(&mut interface.service);
    interface.private_addresses = addresses(reader, item, &["private_ips", "private_ip_list"]);
    interface.ipv6_addresses = addresses(reader, item, &["ipv6_addresses", "ipv6_address_list"]);
    for list in ["ipv4_prefixes", "ipv6_prefixes"] {
        interface.prefixes.extend(cidrs(reader, item, list));
    }
    settle(&mut interface);
    reader.add_alone(context, interface, None);
}

fn addresses(reader: &mut Reader<'_>, item: &Item<'_>, lists: &[&str]) -> Vec<std::net::IpAddr> {
    let mut addresses = Vec::new();
    for list in lists {
        for entry in item.list(list) {
            let text = entry.value.as_str().unwrap_or_default();
            match text.parse() {
                Ok(address) => addresses.push(address),
                Err(_) => reader.note(&entry.path, &format!("`{text}` is not an address")),
            }
        }
    }
    addresses
}

fn cidrs(reader: &mut Reader<'_>, item: &Item<'_>, list: &str) -> Vec<tidegate_model::cidr::Cidr> {
    let mut cidrs = Vec::new();
    for entry in item.list(list) {
        let text = entry.value.as_str().unwrap_or_default();
        cidrs.extend(super::item::cidr(text, &entry.path, reader));
    }
    cidrs
}

fn read_group(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let (account_id, region) = parts_of_arn(&item.text("arn"));
    for (list, is_egress) in [("ingress", false), ("egress", true)] {
        for entry in item.list(list) {
            read_rules(reader, context, &entry, (&id, is_egress));
        }
    }
    let owner_id = item.text("owner_id");
    let group = SecurityGroup {
        id,
        name: item.text("name"),
        description: item.text("description"),
        vpc_id: item.text("vpc_id"),
        account_id: if owner_id.is_empty() { account_id } else { owner_id },
        region,
        tags: item.tags(&["tags_all", "tags"]),
    };
    reader.add_alone(context, group, None);
}

fn read_old_rule(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(group_id) = item.id("security_group_id", reader) else { return };
    let is_egress = item.text("type") == "egress";
    read_rules(reader, context, item, (&group_id, is_egress));
}

/// Reads rules that are written together: one comes of each peer. `of` says of which group and
/// direction they are.
fn read_rules(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>, of: (&str, bool)) {
    let (group_id, is_egress) = of;
    let Some(protocol) = group::protocol(reader, &item.child("protocol")) else { return };
    let ports = (item.int("from_port"), item.int("to_port"));
    let base = group::rule(group_id, is_egress, protocol, ports);
    let peers = peers(reader, item, group_id);
    if peers.is_empty() {
        reader.note(&item.path, "the rule has no peer");
    }
    // The provider knows AWS's id of a rule only if it is one rule.
    let id = if peers.len() == 1 { item.text("security_group_rule_id") } else { String::new() };
    for peer in peers {
        let description = item.text("description");
        let rule = SecurityGroupRule { id: id.clone(), peer, description, ..base.clone() };
        let rule = if rule.id.is_empty() { group::named_by_content(rule) } else { rule };
        reader.add_alone(context, rule, None);
    }
}

fn peers(reader: &mut Reader<'_>, item: &Item<'_>, group_id: &str) -> Vec<Peer> {
    let mut peers = Vec::new();
    for list in ["cidr_blocks", "ipv6_cidr_blocks"] {
        peers.extend(cidrs(reader, item, list).into_iter().map(Peer::Cidr));
    }
    peers.extend(item.texts("prefix_list_ids").into_iter().map(Peer::PrefixList));
    let mut groups = item.texts("security_groups");
    groups.push(item.text("source_security_group_id"));
    if item.flag("self") == Some(true) {
        groups.push(group_id.to_owned());
    }
    groups.retain(|it| !it.is_empty());
    let mut groups: Vec<String> = groups.iter().map(|it| without_account(it)).collect();
    sort(&mut groups);
    peers.extend(groups.into_iter().map(Peer::SecurityGroup));
    peers
}

/// Returns the group of `111122223333/sg-1`, as groups of other accounts are written.
fn without_account(text: &str) -> String {
    text.rsplit('/').next().unwrap_or(text).to_owned()
}

fn read_ingress_rule(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    read_rule(reader, context, item, false);
}

fn read_egress_rule(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    read_rule(reader, context, item, true);
}

fn read_rule(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>, is_egress: bool) {
    let (Some(id), Some(group_id)) = (item.id("id", reader), item.id("security_group_id", reader))
    else {
        return;
    };
    let Some(protocol) = group::protocol(reader, &item.child("ip_protocol")) else { return };
    let ports = (item.int("from_port"), item.int("to_port"));
    let Some(peer) = peer(reader, item) else { return };
    let description = item.text("description");
    let base = group::rule(&group_id, is_egress, protocol, ports);
    reader.add_alone(context, SecurityGroupRule { id, peer, description, ..base }, None);
}

fn peer(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Peer> {
    for field in ["cidr_ipv4", "cidr_ipv6"] {
        if !item.text(field).is_empty() {
            return item.cidr(field, reader).map(Peer::Cidr);
        }
    }
    let (list, group) = (item.text("prefix_list_id"), item.text("referenced_security_group_id"));
    if !list.is_empty() {
        return Some(Peer::PrefixList(list));
    }
    if group.is_empty() {
        reader.note(&item.path, "the rule has no peer");
        return None;
    }
    Some(Peer::SecurityGroup(without_account(&group)))
}

fn read_prefix_list(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let read: Vec<_> = item.list("entry").iter().map(|it| it.cidr("cidr", reader)).collect();
    let mut entries: Option<Vec<_>> = item.get("entry").and_then(|_| read.into_iter().collect());
    entries.iter_mut().for_each(sort);
    let (name, owner_id) = (item.text("name"), item.text("owner_id"));
    let list = PrefixList { id, name, owner_id, entries, ..PrefixList::default() };
    reader.add_alone(context, list, None);
}

fn read_subnet(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let subnet = Subnet {
        id,
        vpc_id: item.text("vpc_id"),
        account_id: item.text("owner_id"),
        region: region_of_zone(&item.text("availability_zone")),
        availability_zone: item.first_text(&["availability_zone_id", "availability_zone"]),
        cidrs: blocks(reader, item),
        tags: item.tags(&["tags_all", "tags"]),
    };
    reader.add_alone(context, subnet, None);
}

fn blocks(reader: &mut Reader<'_>, item: &Item<'_>) -> Vec<tidegate_model::cidr::Cidr> {
    let fields = ["cidr_block", "ipv6_cidr_block"];
    let mut blocks = Vec::new();
    for field in fields {
        blocks.extend(item.cidr(field, reader));
    }
    sort(&mut blocks);
    blocks
}

fn read_vpc(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let vpc = Vpc {
        id,
        account_id: item.text("owner_id"),
        cidrs: blocks(reader, item),
        tags: item.tags(&["tags_all", "tags"]),
        ..Vpc::default()
    };
    reader.add_alone(context, vpc, None);
}

fn read_nat_gateway(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let interface_id = item.text("network_interface_id");
    let gateway = NatGateway {
        id,
        vpc_id: item.text("vpc_id"),
        subnet_id: item.text("subnet_id"),
        interface_ids: Some(interface_id).filter(|it| !it.is_empty()).into_iter().collect(),
        private_addresses: item.address("private_ip", reader).into_iter().collect(),
        public_addresses: item.address("public_ip", reader).into_iter().collect(),
        tags: item.tags(&["tags_all", "tags"]),
        ..NatGateway::default()
    };
    reader.add_alone(context, gateway, None);
}

fn read_instance(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let (account_id, region) = parts_of_arn(&item.text("arn"));
    let tags = item.tags(&["tags_all", "tags"]);
    let interface_id = item.text("primary_network_interface_id");
    let instance = Instance {
        id,
        name: tags.get("Name").cloned().unwrap_or_default(),
        instance_type: item.text("instance_type"),
        vpc_id: String::new(),
        account_id,
        region,
        interface_ids: Some(interface_id).filter(|it| !it.is_empty()).into_iter().collect(),
        tags,
    };
    reader.add_alone(context, instance, None);
}

/// Attributes that name what a flow log watches.
const WATCHED: &[&str] =
    &["vpc_id", "subnet_id", "eni_id", "transit_gateway_id", "transit_gateway_attachment_id"];

fn read_flow_log(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let Some(id) = item.id("id", reader) else { return };
    let interval_s = item.get("max_aggregation_interval").and_then(Value::as_i64).unwrap_or(600);
    let flow_log = FlowLog {
        id,
        resource_id: item.first_text(WATCHED),
        traffic_type: item.text("traffic_type"),
        destination_type: item.text("log_destination_type"),
        destination: item.first_text(&["log_destination", "log_group_name"]),
        log_format: item.text("log_format"),
        aggregation_interval_s: i32::try_from(interval_s).unwrap_or(i32::MAX),
        tags: item.tags(&["tags_all", "tags"]),
        ..FlowLog::default()
    };
    reader.add_alone(context, flow_log, None);
}
