//! Configuration items of AWS Config: one resource at the moment when it was recorded.
//!
//! Snapshots (`ConfigSnapshot`) and histories (`ConfigHistory`) have the same items. An item is about
//! its resource alone: from what a snapshot leaves out nothing follows, for deletions are recorded as
//! items of their own. Their times are exact, so this is the best source of a history.

use serde_json::Value;
use tidegate_model::inventory::{PrefixList, Tags};

use super::item::Item;
use super::{Context, Reader, flow_log, group, interface, network, prefix_list};
use crate::{Kind, Thing as _};

/// The resource types that are read.
const TYPES: &[(&str, Kind)] = &[
    ("AWS::EC2::NetworkInterface", Kind::Interface),
    ("AWS::EC2::SecurityGroup", Kind::SecurityGroup),
    ("AWS::EC2::PrefixList", Kind::PrefixList),
    ("AWS::EC2::Subnet", Kind::Subnet),
    ("AWS::EC2::VPC", Kind::Vpc),
    ("AWS::EC2::NatGateway", Kind::NatGateway),
    ("AWS::EC2::Instance", Kind::Instance),
    ("AWS::EC2::FlowLog", Kind::FlowLog),
];

/// What an item says beside its `configuration`.
struct Recorded {
    id: String,
    account_id: String,
    region: String,
    tags: Tags,
}

/// Reads a configuration item; resources of other types are passed over.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
    let resource_type = item.text("ResourceType");
    let Some((_, kind)) = TYPES.iter().find(|it| it.0 == resource_type) else {
        if resource_type.is_empty() {
            reader.note(&item.path, "the item has no `resourceType`");
        }
        return;
    };
    let Some(id) = item.id("ResourceId", reader) else { return };
    if item.get("ConfigurationItemCaptureTime").is_none() {
        return reader.note(&item.path, "the item has no `configurationItemCaptureTime`");
    }
    let Some(moment_us) = item.time("ConfigurationItemCaptureTime", reader) else { return };
    let context = Context { source: context.source.clone(), moment_us };
    if item.text("ConfigurationItemStatus").starts_with("ResourceDeleted") {
        return read_deleted(reader, &context, *kind, &id);
    }
    let Some(configuration) = configuration(reader, item) else { return };
    let recorded = Recorded {
        id,
        account_id: item.text("AwsAccountId"),
        region: item.text("AwsRegion"),
        tags: item.tags(&["Tags"]),
    };
    let configuration = Item { value: &configuration, path: item.path_of("configuration") };
    read_resource(reader, &context, *kind, &configuration, recorded);
}

fn read_deleted(reader: &mut Reader<'_>, context: &Context, kind: Kind, id: &str) {
    reader.gone(context, kind, id);
    if kind == Kind::SecurityGroup {
        reader.list_surely(context, Kind::SecurityGroupRule, id);
    }
}

/// Returns the configuration: an object in delivered files, a text with JSON in what the command
/// line prints.
fn configuration(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Value> {
    let configuration = match item.get("Configuration") {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    if let Some(value @ Value::Object(_)) = configuration {
        return Some(value);
    }
    let status = item.text("ConfigurationItemStatus");
    let reason = format!("the item has no `configuration` (its status is `{status}`)");
    reader.note(&item.path, &reason);
    None
}

fn read_resource(
    reader: &mut Reader<'_>,
    context: &Context,
    kind: Kind,
    item: &Item<'_>,
    recorded: Recorded,
) {
    match kind {
        Kind::Interface => read_interface(reader, context, item, recorded),
        Kind::SecurityGroup | Kind::SecurityGroupRule => {
            read_group(reader, context, item, recorded);
        }
        Kind::PrefixList => read_prefix_list(reader, context, item, recorded),
        Kind::Subnet => {
            let Some(mut subnet) = network::subnet(reader, item) else { return };
            subnet.settle(&recorded.account_id, &recorded.region);
            fill_tags(&mut subnet.tags, recorded.tags);
            reader.add_alone(context, subnet, None);
        }
        Kind::Vpc => {
            let Some(mut vpc) = network::vpc(reader, item) else { return };
            vpc.settle(&recorded.account_id, &recorded.region);
            fill_tags(&mut vpc.tags, recorded.tags);
            reader.add_alone(context, vpc, None);
        }
        Kind::NatGateway => {
            let Some(mut gateway) = network::nat_gateway(reader, item) else { return };
            gateway.settle(&recorded.account_id, &recorded.region);
            fill_tags(&mut gateway.tags, recorded.tags);
            reader.add_alone(context, gateway, None);
        }
        Kind::Instance => read_instance(reader, context, item, recorded),
        Kind::FlowLog => {
            let Some(mut flow_log) = flow_log::flow_log(reader, item) else { return };
            flow_log.settle(&recorded.account_id, &recorded.region);
            fill_tags(&mut flow_log.tags, recorded.tags);
            reader.add_alone(context, flow_log, None);
        }
        // No type of AWS Config that is read.
        Kind::Function | Kind::GroupReference => {}
    }
}

fn read_interface(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>, recorded: Recorded) {
    let Some(mut interface) = interface::interface(reader, item) else { return };
    interface.settle(&recorded.account_id, &recorded.region);
    fill_tags(&mut interface.tags, recorded.tags);
    let made_us = item.child("Attachment").time("AttachTime", reader);
    reader.add_alone(context, interface, made_us);
}

fn read_group(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>, recorded: Recorded) {
    let Some(mut group) = group::group(reader, item) else { return };
    group::permissions(reader, context, item, &group.id);
    group.settle(&recorded.account_id, &recorded.region);
    fill_tags(&mut group.tags, recorded.tags);
    reader.add_alone(context, group, None);
}

fn read_prefix_list(
    reader: &mut Reader<'_>,
    context: &Context,
    item: &Item<'_>,
    recorded: Recorded,
) {
    let mut owner_id = item.text("OwnerId");
    fill(&mut owner_id, recorded.account_id);
    let entries = prefix_list::entries(reader, item);
    let name = item.text("PrefixListName");
    let region = recorded.region;
    let list = PrefixList { id: recorded.id, name, owner_id, region, entries };
    reader.add_alone(context, list, None);
}

fn read_instance(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>, recorded: Recorded) {
    let Some(mut instance) = network::instance(reader, item, &recorded.account_id) else { return };
    instance.settle(&recorded.account_id, &recorded.region);
    if item.child("State").text("Name") == "terminated" {
        return reader.gone(context, Kind::Instance, &instance.id);
    }
    fill_tags(&mut instance.tags, recorded.tags);
    if let Some(name) = instance.tags.get("Name") {
        instance.name.clone_from(name);
    }
    let made_us = item.time("LaunchTime", reader);
    reader.add_alone(context, instance, made_us);
}

fn fill(text: &mut String, recorded: String) {
    if text.is_empty() {
        *text = recorded;
    }
}

fn fill_tags(tags: &mut Tags, recorded: Tags) {
    if tags.is_empty() {
        *tags = recorded;
    }
}
