//! VPCs, subnets, NAT gateways and instances.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Instance, NatGateway, Subnet, Vpc};

use super::interface::sort;
use super::item::{Item, region_of_zone};
use super::{Context, Reader};
use crate::Kind;

/// Reads an item of `describe-vpcs`.
pub(super) fn read_vpc(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let vpc = vpc(reader, item)?;
    reader.add(context, vpc, None);
    Some(())
}

/// Returns the VPC that an item describes.
pub(super) fn vpc(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Vpc> {
    Some(Vpc {
        id: item.id("VpcId", reader)?,
        account_id: item.text("OwnerId"),
        cidrs: cidrs(reader, item),
        is_default: item.flag("IsDefault").unwrap_or(false),
        tags: item.tags(&["Tags"]),
        ..Vpc::default()
    })
}

/// Reads an item of `describe-subnets`.
pub(super) fn read_subnet(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
) -> Option<()> {
    let subnet = subnet(reader, item)?;
    reader.add(context, subnet, None);
    Some(())
}

/// Returns the subnet that an item describes.
pub(super) fn subnet(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Subnet> {
    Some(Subnet {
        id: item.id("SubnetId", reader)?,
        vpc_id: item.text("VpcId"),
        account_id: item.text("OwnerId"),
        region: region_of_zone(&item.text("AvailabilityZone")),
        availability_zone: item.first_text(&["AvailabilityZoneId", "AvailabilityZone"]),
        cidrs: cidrs(reader, item),
        tags: item.tags(&["Tags"]),
    })
}

/// Associations of further blocks: the list, the block, its state.
const ASSOCIATIONS: &[(&str, &str, &str)] = &[
    ("CidrBlockAssociationSet", "CidrBlock", "CidrBlockState"),
    ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "Ipv6CidrBlockState"),
];

/// Returns the blocks that are associated now.
fn cidrs(reader: &mut Reader<'_>, item: &Item<'_>) -> Vec<Cidr> {
    let mut cidrs: Vec<Cidr> = item.cidr("CidrBlock", reader).into_iter().collect();
    for (list, block, state) in ASSOCIATIONS {
        for entry in item.list(list) {
            let state = entry.child(state);
            // AWS Config writes the state as an object with `code`.
            let is_left = ["disassociated", "disassociating", "failed", "failing"]
                .contains(&state.first_text(&["State", "code"]).as_str());
            if !is_left {
                cidrs.extend(entry.cidr(block, reader));
            }
        }
    }
    sort(&mut cidrs);
    cidrs
}

/// Reads an item of `describe-nat-gateways`, which lists what was deleted for an hour more.
pub(super) fn read_nat_gateway(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
) -> Option<()> {
    let gateway = nat_gateway(reader, item)?;
    if matches!(item.text("State").as_str(), "deleted" | "failed") {
        reader.gone(context, Kind::NatGateway, &gateway.id);
        return Some(());
    }
    let made_us = item.time("CreateTime", reader);
    reader.add(context, gateway, made_us);
    Some(())
}

/// Returns the NAT gateway that an item describes.
pub(super) fn nat_gateway(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<NatGateway> {
    let mut gateway = NatGateway {
        id: item.id("NatGatewayId", reader)?,
        vpc_id: item.text("VpcId"),
        subnet_id: item.text("SubnetId"),
        interface_ids: item.texts_of("NatGatewayAddresses", "NetworkInterfaceId"),
        tags: item.tags(&["Tags", "TagSet"]),
        ..NatGateway::default()
    };
    for entry in item.list("NatGatewayAddresses") {
        gateway.private_addresses.extend(entry.address("PrivateIp", reader));
        gateway.public_addresses.extend(entry.address("PublicIp", reader));
    }
    sort(&mut gateway.interface_ids);
    sort(&mut gateway.private_addresses);
    sort(&mut gateway.public_addresses);
    Some(gateway)
}

/// Reads an item of `describe-instances`, which lists what was terminated for an hour more. Each
/// instance of the item that can be read is, whatever its neighbours are.
pub(super) fn read_reservation(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
) -> Option<()> {
    let account_id = item.text("OwnerId");
    let mut whole = item.value.is_object().then_some(());
    for entry in item.list("Instances") {
        let Some(instance) = instance(reader, &entry, &account_id) else {
            whole = None;
            continue;
        };
        if entry.child("State").text("Name") == "terminated" {
            reader.gone(context, Kind::Instance, &instance.id);
            continue;
        }
        let made_us = entry.time("LaunchTime", reader);
        reader.add(context, instance, made_us);
    }
    whole
}

/// Returns the instance that an item describes.
pub(super) fn instance(
    reader: &mut Reader<'_>,
    item: &Item<'_>,
    account_id: &str,
) -> Option<Instance> {
    let tags = item.tags(&["Tags"]);
    let mut interface_ids = item.texts_of("NetworkInterfaces", "NetworkInterfaceId");
    sort(&mut interface_ids);
    Some(Instance {
        id: item.id("InstanceId", reader)?,
        name: tags.get("Name").cloned().unwrap_or_default(),
        instance_type: item.text("InstanceType"),
        vpc_id: item.text("VpcId"),
        account_id: account_id.to_owned(),
        region: region_of_zone(&item.child("Placement").text("AvailabilityZone")),
        interface_ids,
        tags,
    })
}
