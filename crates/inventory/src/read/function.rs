//! Functions of Lambda, and references to groups from other VPCs: both use groups that no interface
//! may have.

use tidegate_model::inventory::{Function, GroupReference};

use super::interface::sort;
use super::item::{Item, parts_of_arn};
use super::{Context, Reader};
use crate::{Kind, Thing as _};

/// Reads an item of `aws lambda list-functions`. A function that is in no VPC is none of ours, but
/// was listed.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let function = function(reader, item)?;
    if function.vpc_id.is_empty() {
        if let Some(scope) = function.scope() {
            reader.list(Kind::Function, scope);
        }
        return Some(());
    }
    reader.add(context, function, None);
    Some(())
}

/// Returns the function that an item describes.
pub(super) fn function(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Function> {
    let id = item.id("FunctionArn", reader)?;
    let (account_id, region) = parts_of_arn(&id);
    let vpc = item.child("VpcConfig");
    let mut function = Function {
        id,
        name: item.text("FunctionName"),
        vpc_id: vpc.text("VpcId"),
        account_id,
        region,
        subnet_ids: vpc.texts("SubnetIds"),
        security_group_ids: vpc.texts("SecurityGroupIds"),
    };
    sort(&mut function.subnet_ids);
    sort(&mut function.security_group_ids);
    Some(function)
}

/// Reads an item of `describe-security-group-references`.
pub(super) fn read_reference(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
) -> Option<()> {
    let (group_id, referencing_vpc_id) =
        (item.id("GroupId", reader)?, item.id("ReferencingVpcId", reader)?);
    let reference = GroupReference {
        id: format!("{group_id}/{referencing_vpc_id}"),
        group_id,
        referencing_vpc_id,
        peering_connection_id: item.text("VpcPeeringConnectionId"),
        transit_gateway_id: item.text("TransitGatewayId"),
        ..GroupReference::default()
    };
    reader.add(context, reference, None);
    Some(())
}
