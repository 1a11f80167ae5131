//! Network interfaces.

use tidegate_model::inventory::Interface;

use super::item::{Item, cidr, region_of_zone};
use super::{Context, Reader, service};

/// Reads an item of `describe-network-interfaces`.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let interface = interface(reader, item)?;
    let made_us = item.child("Attachment").time("AttachTime", reader);
    reader.add(context, interface, made_us);
    Some(())
}

/// Returns the interface that an item describes, as the command line or AWS Config writes it.
pub(super) fn interface(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Interface> {
    let mut interface = Interface {
        id: item.id("NetworkInterfaceId", reader)?,
        interface_type: item.text("InterfaceType"),
        description: item.text("Description"),
        status: item.text("Status"),
        primary_address: item.address("PrivateIpAddress", reader),
        subnet_id: item.text("SubnetId"),
        vpc_id: item.text("VpcId"),
        account_id: item.text("OwnerId"),
        region: region_of_zone(&item.text("AvailabilityZone")),
        instance_id: item.child("Attachment").text("InstanceId"),
        security_group_ids: item.texts_of("Groups", "GroupId"),
        is_requester_managed: item.flag("RequesterManaged").unwrap_or(false),
        has_source_dest_check: item.flag("SourceDestCheck").unwrap_or(true),
        tags: item.tags(&["TagSet", "Tags"]),
        ..Interface::default()
    };
    interface.service = service::of(&interface.interface_type, &interface.description).to_owned();
    addresses(reader, item, &mut interface);
    prefixes(reader, item, &mut interface);
    settle(&mut interface);
    Some(interface)
}

fn addresses(reader: &mut Reader<'_>, item: &Item<'_>, interface: &mut Interface) {
    let association = item.child("Association");
    interface.public_addresses.extend(association.address("PublicIp", reader));
    for entry in item.list("PrivateIpAddresses") {
        let address = entry.address("PrivateIpAddress", reader);
        if entry.flag("Primary") == Some(true) && interface.primary_address.is_none() {
            interface.primary_address = address;
        }
        interface.private_addresses.extend(address);
        let association = entry.child("Association");
        interface.public_addresses.extend(association.address("PublicIp", reader));
    }
    for entry in item.list("Ipv6Addresses") {
        interface.ipv6_addresses.extend(entry.address("Ipv6Address", reader));
    }
}

/// The lists of delegated prefixes, and the field of an entry.
const PREFIXES: &[(&str, &str)] = &[("Ipv4Prefixes", "Ipv4Prefix"), ("Ipv6Prefixes", "Ipv6Prefix")];

fn prefixes(reader: &mut Reader<'_>, item: &Item<'_>, interface: &mut Interface) {
    for (list, field) in PREFIXES {
        for entry in item.list(list) {
            let prefix = match entry.value.as_str() {
                Some(text) => cidr(text, &entry.path, reader),
                None => entry.cidr(field, reader),
            };
            interface.prefixes.extend(prefix);
        }
    }
}

/// Puts lists in order: two descriptions of one interface differ only if it does.
pub(super) fn settle(interface: &mut Interface) {
    interface.private_addresses.extend(interface.primary_address.filter(std::net::IpAddr::is_ipv4));
    sort(&mut interface.private_addresses);
    sort(&mut interface.ipv6_addresses);
    sort(&mut interface.public_addresses);
    sort(&mut interface.prefixes);
    sort(&mut interface.security_group_ids);
}

/// Sorts and leaves out what is there twice.
pub(super) fn sort<T: Ord>(values: &mut Vec<T>) {
    values.sort_unstable();
    values.dedup();
}
