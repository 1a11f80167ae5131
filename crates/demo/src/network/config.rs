//! The history of the network interfaces as AWS Config delivers it: a file for each account and
//! six hours in which something changed.
//!
//! The form is that of "Example Amazon EBS Configuration History from AWS Config" and
//! "Components of a Configuration Item" in the AWS Config Developer Guide.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::World;
use crate::error::Error;
use crate::network::history::Span;
use crate::network::interface::Interface;
use crate::network::json;
use crate::write::text::Gzip;

/// Seconds between two deliveries: AWS Config delivers history every six hours.
const DELIVERY_S: usize = 21_600;

/// The type of the items.
const RESOURCE_TYPE: &str = "AWS::EC2::NetworkInterface";

/// Returns name and bytes of each file; none if nothing ever changes.
pub(crate) fn files(world: &World) -> impl Iterator<Item = Result<(String, Vec<u8>), Error>> {
    let clock = world.clock;
    let is_still = world.spec.group_changes_per_day == 0;
    let until = if is_still { clock.from } else { clock.until };
    let accounts: BTreeSet<&str> =
        world.network.vpcs.iter().map(|it| it.account.as_str()).collect();
    let deliveries = (clock.from..until).step_by(DELIVERY_S);
    deliveries
        .flat_map(move |from| accounts.clone().into_iter().map(move |it| (it, from)))
        .filter_map(|(account, from)| file(world, account, from))
}

/// Returns the file of what changed in an account in the six hours from `from` on.
fn file(world: &World, account: &str, from: u64) -> Option<Result<(String, Vec<u8>), Error>> {
    let until = from + DELIVERY_S as u64;
    let mut changes: Vec<(u64, usize, Span)> = Vec::new();
    for (index, interface) in world.network.interfaces.iter().enumerate() {
        if world.network.vpcs[interface.vpc].account == account {
            let spans = world.history.spans(index, (from, until));
            changes.extend(spans.iter().map(|it| (it.from, index, *it)));
        }
    }
    changes.sort_unstable_by_key(|(moment, index, _)| (*moment, *index));
    let (first, last) = (changes.first()?.0, changes.last()?.0);
    let items: Vec<Value> =
        changes.into_iter().map(|(_, index, span)| item(world, index, span)).collect();
    let text = json!({ "fileVersion": "1.0", "configurationItems": items }).to_string();
    let (first, last) = (time(first, "%Y%m%dT%H%M%SZ"), time(last, "%Y%m%dT%H%M%SZ"));
    let region = &world.network.region;
    let name =
        format!("{account}_Config_{region}_ConfigHistory_{RESOURCE_TYPE}_{first}_{last}_1.json.gz");
    Some(Gzip::new().pack(&name, text.as_bytes()).map(|packed| (name, packed)))
}

/// Returns the configuration item of an interface from the moment on in which a span begins.
fn item(world: &World, index: usize, span: Span) -> Value {
    let network = &world.network;
    let own = &network.interfaces[index];
    let groups = world.history.groups(index, span).to_vec();
    let interface = Interface { groups, ..own.clone() };
    let (vpc, subnet) = (&network.vpcs[own.vpc], &network.subnets[own.subnet]);
    let is_first = span.from == world.clock.from;
    json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": time(span.from, "%Y-%m-%dT%H:%M:%S.000Z"),
        "configurationItemStatus": if is_first { "ResourceDiscovered" } else { "OK" },
        "configurationStateId": span.from * 1_000,
        "awsAccountId": vpc.account,
        "awsRegion": network.region,
        "availabilityZone": network.zone_name(subnet.zone),
        "resourceType": RESOURCE_TYPE,
        "resourceId": own.id,
        "ARN": json::arn(network, vpc, "network-interface", &own.id),
        "tags": { "Name": own.tag(network) },
        "relatedEvents": [],
        "relationships": relationships(world, &interface),
        "configuration": lower_camel(json::interface(network, &interface)),
        "supplementaryConfiguration": {},
    })
}

fn relationships(world: &World, interface: &Interface) -> Vec<Value> {
    let network = &world.network;
    let related = |kind: &str, id: &str, name: &str| json!({ "resourceType": format!("AWS::EC2::{kind}"), "resourceId": id, "name": name });
    let group = |it: &usize| {
        related("SecurityGroup", &network.groups[*it].id, "Is associated with SecurityGroup")
    };
    let mut all: Vec<Value> = interface.groups.iter().map(group).collect();
    let subnet_id = &network.subnets[interface.subnet].id;
    all.push(related("Subnet", subnet_id, "Is attached to Subnet"));
    all.push(related("VPC", &network.vpcs[interface.vpc].id, "Is contained in Vpc"));
    let instance_id = interface.instance_id.iter();
    all.extend(instance_id.map(|it| related("Instance", it, "Is attached to Instance")));
    all
}

/// Returns what the command line prints with names as AWS Config writes them: `groupId` for
/// `GroupId`.
fn lower_camel(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let lower = |(name, value): (String, Value)| (lower_first(&name), lower_camel(value));
            Value::Object(fields.into_iter().map(lower).collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(lower_camel).collect()),
        plain => plain,
    }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn time(second: u64, form: &str) -> String {
    let time = DateTime::from_timestamp(second.cast_signed(), 0).unwrap_or_default();
    time.format(form).to_string()
}
